package engine

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// resumeReturn builds the purchase of a return anew from what is stored; nil: the purchase is not a
// return's.
func (s Session) resumeReturn(ctx context.Context, purchase waybill.ID) (*comeback, error) {
	b := &comeback{}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		var err error
		if b.purchase, err = tx.Purchases().Get(purchase); err != nil || b.purchase.Return == "" {
			return err
		}
		if b.set, err = s.setup(tx, b.purchase.Account); err != nil {
			return err
		}
		if b.returning, err = tx.Returns().Get(b.purchase.Return); err != nil {
			return err
		}
		b.original, err = tx.Shipments().Get(b.purchase.Shipment)
		return err
	})
	if err != nil || b.purchase.Return == "" {
		return nil, err
	}
	connection := b.set.connection(b.purchase.Connection)
	if connection == nil {
		return nil, waybill.E("settle", waybill.ReasonNoConnection, "the connection of purchase %s is gone", purchase)
	}
	b.connection = *connection
	b.carrier, err = s.open(*connection)
	return b, err
}

// reconcileReturn finds out how the purchase of a return ended that was never answered. Nobody waits for
// it any more: found, it is kept with its label; not there, it is refused and can be asked for again.
func (s Session) reconcileReturn(ctx context.Context, b *comeback, job waybill.Job, err error) error {
	if err != nil {
		return err
	}
	if b.purchase.State != waybill.Intent && b.purchase.State != waybill.Unsure {
		return nil
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	booking, err := b.carrier.Find(deadline, carrier.FindRequest{
		Key: b.purchase.Key, Since: b.purchase.Created, Service: b.purchase.Service, Parcels: len(b.returning.Parcels),
		Label: labelSpec(b.set, b.original, b.connection),
	})
	switch {
	case err == nil:
		_, err = s.settleReturn(ctx, b, booking)
		return finished(err)
	case waybill.IsCode(err, waybill.NotFound) && s.Clock.Now().After(b.purchase.Deadline.Add(believeAfter)):
		b.purchase.State, b.purchase.Error = waybill.Refused, err.Error()
		b.returning.Booking = waybill.Failed
		b.returning.Failure = &waybill.Failure{
			Reason: waybill.ReasonBookingFailed, Message: "the carrier does not know the return", At: s.Clock.Now(),
		}
		return finished(s.putReturn(ctx, b, waybill.ReturnFailed, s.settled(b)))
	case b.purchase.Tries+1 >= settleTries || waybill.ReasonOf(err) == waybill.ReasonCarrierAbility:
		b.purchase.State, b.purchase.Error = waybill.Stuck, err.Error()
		return finished(s.putReturn(ctx, b, waybill.PurchaseStuck, s.settled(b)))
	}
	b.purchase.State, b.purchase.Error = waybill.Unsure, err.Error()
	b.purchase.Tries++
	return finished(s.putReturn(ctx, b, waybill.PurchaseUnsure, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		again := job
		again.ID, again.Attempt, again.Due = s.IDs.New(), 0, tx.Now().Add(backoff(b.purchase.Tries))
		return tx.Enqueue(again)
	}))
}
