package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// draftRules is the word for the draft where a version can be named.
const draftRules = "draft"

// RuleDraft is the set of rules that an account works on, with what can be said of it.
type RuleDraft struct {
	waybill.RuleDraft                      // Version 0: nobody has saved one, these are the rules in force
	Problems          []waybill.FieldError // paths lead to rule and node, such as rules[2].when.all[0].value; none: it can be published
	Notices           []NoticedRule
	Changes           []RuleChange // against what is in force
}

// SaveRuleDraft puts a whole set of rules in the place of the draft. Rules are told apart by their names.
type SaveRuleDraft struct {
	Version int64 // 0: any
	Rules   []waybill.Rule
}

// GetRuleDraft reads the draft; where nobody has saved one it is what is in force.
func (s Session) GetRuleDraft(ctx context.Context, _ struct{}) (out RuleDraft, err error) {
	var now waybill.RuleSet
	var set *setup
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if now, _, err = inForce(tx, s.Actor.Account, tx.Now()); err != nil {
			return err
		}
		if set, err = s.setup(tx, s.Actor.Account); err != nil {
			return err
		}
		out.RuleDraft, err = ownDraft(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Version == 0 {
		out.Base, out.Rules = now.No, now.Rules
	}
	out.Problems = checkRules(out.Rules)
	out.Changes = diffRules(now.Rules, out.Rules)
	if len(out.Problems) == 0 {
		out.Notices = s.noticed(set, out.Rules)
	}
	return out, nil
}

// ownDraft is the account's draft; version 0: there is none.
func ownDraft(tx store.Tx, account waybill.ID) (waybill.RuleDraft, error) {
	all, err := own(tx.RuleDrafts(), account)
	if err != nil || len(all) == 0 {
		return waybill.RuleDraft{Row: waybill.Row{Account: account}}, err
	}
	return all[0], nil
}

// SaveRuleDraft stores the draft, as it is: one with mistakes is kept too, and cannot be published.
func (s Session) SaveRuleDraft(ctx context.Context, in SaveRuleDraft) (RuleDraft, error) {
	if s.Actor.Account == "" {
		return RuleDraft{}, noAccount()
	}
	if len(in.Rules) > mostRules {
		return RuleDraft{}, wrongField("rules", waybill.RuleMaxItems, itoa(len(in.Rules)), "an account has at most "+itoa(mostRules)+" rules")
	}
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		draft, err := ownDraft(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != draft.Version {
			return movedOn()
		}
		if draft.Base, err = tx.RuleSets().Latest(s.Actor.Account); err != nil {
			return err
		}
		before := draft
		if draft.Version == 0 {
			draft.ID = s.IDs.New()
		}
		draft.Rules, draft.Author = in.Rules, s.Actor.Name
		if err := tx.RuleDrafts().Put(&draft); err != nil {
			return err
		}
		if before.Version == 0 {
			return s.noteChange(tx, nil, &draft)
		}
		return s.noteChange(tx, &before, &draft)
	})
	if err != nil {
		return RuleDraft{}, err
	}
	return s.GetRuleDraft(ctx, struct{}{})
}

// DropRuleDraft throws the draft away.
func (s Session) DropRuleDraft(ctx context.Context, version int64) (struct{}, error) {
	return struct{}{}, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		draft, err := ownDraft(tx, s.Actor.Account)
		switch {
		case err != nil:
			return err
		case draft.Version == 0:
			return noDraft()
		case version != 0 && version != draft.Version:
			return movedOn()
		}
		if err := tx.RuleDrafts().Delete(draft.ID, draft.Version); err != nil {
			return err
		}
		return s.noteChange(tx, &draft, nil)
	})
}

func noDraft() error {
	return waybill.E("rules", waybill.ReasonUnknownRecord, "there is no draft of the rules")
}
