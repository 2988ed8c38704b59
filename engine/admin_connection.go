package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// ListConnections lists connections, those lent to the account too; secrets stay sealed.
func (s Session) ListConnections(ctx context.Context) ([]waybill.Connection, error) {
	all, err := records(ctx, s, store.Tx.Connections)
	for i := range all {
		if !s.Actor.Sees(all[i].Account) {
			all[i] = borrowed(all[i], s.Actor.Account)
		}
		all[i] = folded(all[i], s.Clock.Now())
	}
	return all, err
}

// borrowed is a connection as the borrower may see it: what it is called and what it offers, never the
// lender's credentials, prices or other borrowers.
func borrowed(c waybill.Connection, by waybill.ID) waybill.Connection {
	c.Settings, c.Sealed, c.Base, c.Markup, c.Billed, c.Floor = nil, nil, "", 0, "", waybill.Money{}
	c.Cards, c.Spend = nil, waybill.SpendLimit{}
	c.Lent = slices.DeleteFunc(slices.Clone(c.Lent), func(l waybill.Loan) bool { return l.Account != by })
	return c
}

// SaveConnection is a connection with secret settings, which go over those it has; an empty one takes the
// old one away.
type SaveConnection struct {
	waybill.Connection
	Secrets carrier.Settings
	// NoSecrets takes away all that it has first.
	NoSecrets bool
}

// SaveConnection creates or changes a connection by its external id. Its settings are checked against
// the driver's list, and its carrier is opened, before it is stored.
func (s Session) SaveConnection(ctx context.Context, in SaveConnection) (waybill.Connection, error) {
	if err := needed("external_id", in.ExternalID); err != nil {
		return in.Connection, err
	}
	if err := s.known(ctx, &in.Connection); err != nil {
		return in.Connection, err
	}
	c, opened, err := s.connect(in)
	if err != nil {
		return c, err
	}
	saved, err := save(ctx, s, &c, c.ExternalID, store.Tx.Connections, func(*waybill.Connection) {})
	if err == nil && numbersAhead(saved, opened) {
		err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return s.refill(tx, saved) })
	}
	return saved, err
}

// connect checks a connection that has its id, seals its secrets and opens its carrier.
func (s Session) connect(in SaveConnection) (c waybill.Connection, opened *carrier.Carrier, err error) {
	c = in.Connection
	if err := firstError(validBilling(c), validSpend(c.Spend)); err != nil {
		return c, nil, err
	}
	c.Increment = max(1, c.Increment)
	c.DisplayName = firstOf(c.DisplayName, c.Name)
	secrets, err := s.secrets(c)
	if err != nil {
		return c, nil, err
	}
	if in.NoSecrets {
		secrets = carrier.Settings{}
	}
	for name, value := range in.Secrets {
		secrets[name] = value
		if value == "" {
			delete(secrets, name)
		}
	}
	if in.NoSecrets || len(in.Secrets) > 0 || len(c.Sealed) == 0 {
		if c.Sealed, err = s.sealSettings(c.ID, secrets); err != nil {
			return c, nil, err
		}
	}
	trial := c
	trial.ID = "" // not to be taken for the one that is open
	opened, err = s.openWith(trial, secrets)
	return c, opened, err
}

// known gives the connection the id and sealed settings it is stored under, if it is.
func (s Session) known(ctx context.Context, c *waybill.Connection) error {
	all, err := records(ctx, s, store.Tx.Connections)
	for _, old := range all {
		if old.ExternalID == c.ExternalID && old.Account == s.Actor.Account {
			c.ID, c.Sealed, c.Outages = old.ID, old.Sealed, old.Outages
			s.keepCards(c, old)
			if err := s.mayTurn(ctx, old, *c); err != nil {
				return err
			}
		}
	}
	if c.ID == "" {
		c.ID = s.IDs.New()
	}
	return err
}

// PauseConnection takes a connection out of use, or back into it. A
// paused one is asked for nothing but what became of the parcels that were booked with it.
func (s Session) PauseConnection(ctx context.Context, in PauseConnection) (c waybill.Connection, err error) {
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		found, err := byRef(tx.Connections(), in.ref())
		if err == nil {
			err = s.mine(&found)
		}
		if err == nil {
			err = s.meant(found.Row)
		}
		if err != nil {
			return err
		}
		before := found
		found.Paused, found.PauseReason = in.Paused, in.Reason
		if err := tx.Connections().Put(&found); err != nil {
			return err
		}
		c = found
		return s.noteChange(tx, &before, &found)
	})
	return c, err
}

// PauseConnection names a connection by its external id, or by Ref.
type PauseConnection struct {
	ExternalID string
	Ref        RecordRef
	Paused     bool
	Reason     string
}

func (in PauseConnection) ref() RecordRef {
	if in.ExternalID != "" {
		return RecordRef{Key: in.ExternalID}
	}
	return in.Ref
}
