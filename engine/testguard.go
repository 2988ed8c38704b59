package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// What a test key may not change is held here, in one place, whatever verb would write it and in whatever API: what goes,
// or went, by a live connection; the connection itself; and, in an account that has a live connection, all the set-up that
// its live parcels go by, and its money. It is the store's side of the rule; the carriers' is [Session.open].

// desk is the store as an actor has it: a test key writes nothing live (Forbidden, ReasonRole), and the log learns which
// shipments a request came upon.
type desk struct{ store.Store }

// View runs the closure on what the actor sees.
func (d desk) View(ctx context.Context, actor waybill.Actor, read func(store.Tx) error) error {
	return d.Store.View(ctx, actor, func(tx store.Tx) error { return read(watched(tx, actor)) })
}

// Update holds what a test key writes against the rule.
func (d desk) Update(ctx context.Context, actor waybill.Actor, write func(store.Tx) error) error {
	return d.Store.Update(ctx, actor, func(tx store.Tx) error {
		if tx = watched(tx, actor); actor.Test {
			tx = testTx{tx}
		}
		return write(tx)
	})
}

func watched(tx store.Tx, actor waybill.Actor) store.Tx {
	if actor.Subject == nil {
		return tx
	}
	return seenTx{tx, actor.Subject}
}

// system is who may write beyond the session's accounts for it. A test key stays one.
func (s Session) system(account waybill.ID) waybill.Actor {
	actor := waybill.System(account)
	actor.Test = s.Actor.Test
	return actor
}

// testTx is a transaction of a test key.
type testTx struct{ store.Tx }

// reach refuses what is done by a connection of this mode.
func (tx testTx) reach(mode waybill.Mode, name string) error {
	if tx.Actor().Reaches(mode) {
		return nil
	}
	return waybill.E("test", waybill.ReasonRole, "%s; %s is live", testOnly, name)
}

// byProvider refuses what was bought live, whatever its connection has become.
func (tx testTx) byProvider(p *waybill.Provider) error {
	if p == nil {
		return nil
	}
	return tx.reach(p.Mode, p.DisplayName)
}

// byConnection is for what keeps no word of how it was bought.
func (tx testTx) byConnection(id waybill.ID) error {
	c, err := tx.Tx.Connections().Get(id)
	if err != nil {
		return ignoreMissing(err)
	}
	return tx.reach(c.Mode, c.DisplayName)
}

// setUp refuses what belongs to an account that has a live connection, its own or lent.
func (tx testTx) setUp(account waybill.ID) error {
	all, err := tx.Tx.Connections().All()
	if err != nil {
		return err
	}
	for _, c := range all {
		if !tx.Actor().Reaches(c.Mode) && (c.Account == account || lentTo(c, account)) {
			return waybill.E("test", waybill.ReasonRole,
				"%s: it changes nothing that live parcels go by, and the account has the live connection %q", testOnly, c.DisplayName)
		}
	}
	return nil
}

func lentTo(c waybill.Connection, account waybill.ID) bool {
	for _, l := range c.Lent {
		if l.Account == account {
			return true
		}
	}
	return false
}

// carried refuses a shipment, or a return, that was bought live.
func (tx testTx) carried(shipment, back waybill.ID) error {
	if back != "" {
		r, err := tx.Tx.Returns().Get(back)
		if err != nil {
			return ignoreMissing(err)
		}
		return tx.byProvider(r.Provider)
	}
	sh, err := tx.Tx.Shipments().Get(shipment)
	if err != nil {
		return ignoreMissing(err)
	}
	return tx.byProvider(sh.Provider)
}

// heldTable refuses writes of records that are not for a test key: as they are stored, and as they would be.
type heldTable[T any] struct {
	store.Table[T]
	may func(*T) error
}

// Put stores a record that is for a test key.
func (t heldTable[T]) Put(record *T) error {
	row := any(record).(recorded).Meta()
	if row.Version != 0 {
		if err := t.stored(row.ID); err != nil {
			return err
		}
	}
	if err := t.may(record); err != nil {
		return err
	}
	return t.Table.Put(record)
}

// Delete removes one.
func (t heldTable[T]) Delete(id waybill.ID, version int64) error {
	if err := t.stored(id); err != nil {
		return err
	}
	return t.Table.Delete(id, version)
}

func (t heldTable[T]) stored(id waybill.ID) error {
	old, err := t.Get(id)
	if err != nil {
		return ignoreMissing(err)
	}
	return t.may(&old)
}
