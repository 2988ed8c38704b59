package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// resume builds an attempt anew from what is stored. It succeeds although the connection is gone: then
// the attempt has no carrier, and says why.
func (s Session) resume(ctx context.Context, purchase waybill.ID) (*attempt, error) {
	a := &attempt{began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		var err error
		if a.purchase, err = tx.Purchases().Get(purchase); err != nil {
			return err
		}
		if a.set, err = s.setup(tx, a.purchase.Account); err != nil {
			return err
		}
		if a.shipment, err = tx.Shipments().Get(a.purchase.Shipment); err != nil {
			return err
		}
		a.booking, a.state = a.shipment.Booking, a.purchase.State
		return a.recall(tx)
	})
	if err != nil {
		return nil, err
	}
	a.connection, a.carrier, a.shut, err = s.reopen(ctx, a.purchase.Connection)
	return a, err
}

// reopen opens the connection that money was spent on, whoever it belongs to now and paused or not: a
// loan that was taken back still has its parcels. No carrier: the connection was deleted or does not open;
// shut is why.
func (s Session) reopen(ctx context.Context, id waybill.ID) (c waybill.Connection, opened *carrier.Carrier, shut, err error) {
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		found, err := tx.Connections().Get(id)
		if err == nil {
			c = found
		}
		return err
	})
	switch {
	case waybill.IsCode(err, waybill.NotFound):
		return c, nil, waybill.E("settle", waybill.ReasonNoConnection, "the connection it was booked with is gone"), nil
	case err != nil:
		return c, nil, nil, err
	}
	opened, shut = s.open(c)
	return c, opened, shut, nil
}

// recall finds the decision the purchase belongs to, and which of its candidates were asked.
func (a *attempt) recall(tx store.Tx) error {
	a.decision, a.tried = waybill.Decision{}, nil
	decisions, err := tx.Decisions().Of(a.shipment.ID)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Attempt <= a.purchase.Sequence {
			a.decision = d
		}
	}
	purchases, err := tx.Purchases().Of(a.shipment.ID)
	for _, p := range purchases {
		if p.Return != "" || p.Sequence < a.decision.Attempt || p.Sequence > a.purchase.Sequence {
			continue
		}
		for i, c := range a.decision.Candidates {
			if c.Connection == p.Connection && c.Rate.Service == p.Service {
				a.tried = append(a.tried, i)
				break
			}
		}
	}
	return err
}
