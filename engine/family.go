package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/store"
)

// An account may have a parent. People and programs of the parent act in the children they were granted;
// the parent lends its connections to children, with a markup, and never shows their credentials.

// checkParent refuses a parent that is not there, and one that descends from the account.
func (s Session) checkParent(ctx context.Context, a waybill.Account) error {
	if a.Parent == "" {
		return nil
	}
	return s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		for id := a.Parent; id != ""; {
			above, err := tx.Accounts().Get(id)
			if err != nil {
				return err
			}
			if above.Name == a.Name {
				return familyError("parent", "an account cannot be below itself")
			}
			id = above.Parent
		}
		return nil
	})
}

// checkGrants refuses grants for what is not a child of the session's account.
func (s Session) checkGrants(ctx context.Context, grants []waybill.ID) error {
	if len(grants) == 0 {
		return nil
	}
	return s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		for i, id := range grants {
			if err := s.checkChild(tx, "grants["+itoa(i)+"]", id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s Session) checkChild(tx store.Tx, field string, id waybill.ID) error {
	account, err := tx.Accounts().Get(id)
	if err != nil && !waybill.IsCode(err, waybill.NotFound) {
		return err
	}
	if err != nil || account.Parent != s.Actor.Account || s.Actor.Account == "" {
		return familyError(field, "this account has no such child") // somebody else's is not told from none
	}
	return nil
}

func familyError(field, message string) error {
	return waybill.FieldErrors("account", []waybill.FieldError{{Path: field, Rule: waybill.RuleExists, Message: message}})
}

// LendConnection lends a connection, named by its external id or Ref, to a child account; Back takes it back.
type LendConnection struct {
	ExternalID string
	Ref        RecordRef // in place of the external id
	To         waybill.ID
	Markup     int64 // per mille on what the lender itself would be charged
	Back       bool
}

// LendConnection lends or takes back. Parcels that a borrower booked stay as they are.
func (s Session) LendConnection(ctx context.Context, in LendConnection) (c waybill.Connection, err error) {
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error { return s.checkChild(tx, "to", in.To) })
	if err != nil {
		return c, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		ref := in.Ref
		if in.ExternalID != "" {
			ref = RecordRef{Key: in.ExternalID}
		}
		found, err := byRef(tx.Connections(), ref)
		if err != nil {
			return err
		}
		if found.Account != s.Actor.Account {
			return familyError("connection", "this connection is borrowed itself")
		}
		if err := s.meant(found.Row); err != nil {
			return err
		}
		before := found
		found.Lent = slices.DeleteFunc(slices.Clone(found.Lent), func(l waybill.Loan) bool { return l.Account == in.To })
		if !in.Back {
			found.Lent = append(found.Lent, waybill.Loan{Account: in.To, Markup: in.Markup})
		}
		if err := tx.Connections().Put(&found); err != nil {
			return err
		}
		c = found
		return s.noteChange(tx, &before, &found)
	})
	return c, err
}
