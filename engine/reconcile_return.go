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
	b.connection, b.carrier, b.shut, err = s.reopen(ctx, b.purchase.Connection)
	return b, err
}

// reconcileReturn finds out how the purchase of a return ended that was never answered. Nobody waits for
// it any more: found, it is kept with its label; not there, it is refused and can be asked for again.
func (s Session) reconcileReturn(ctx context.Context, b *comeback, job waybill.Job) error {
	if b.purchase.State != waybill.Intent && b.purchase.State != waybill.Unsure {
		return nil
	}
	booking, err := s.lookUpReturn(ctx, b)
	switch {
	case err == nil:
		_, err = s.settleReturn(ctx, b, booking)
		if waybill.ReasonOf(err) == waybill.ReasonNoLabel {
			err = nil // it is booked; the carrier has no label of it any more
		}
		return finished(err)
	case waybill.IsCode(err, waybill.NotFound) && !s.Clock.Now().Before(b.purchase.Deadline.Add(believeAfter)):
		gone := waybill.E("settle", waybill.ReasonBookingFailed, "the carrier does not know the return")
		return finished(s.closeReturn(ctx, b, gone))
	default:
		return finished(s.askAgainReturn(ctx, b, job, err))
	}
}

func (s Session) lookUpReturn(ctx context.Context, b *comeback) (carrier.Booking, error) {
	if b.carrier == nil {
		return carrier.Booking{}, b.shut
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	return b.carrier.Find(deadline, carrier.FindRequest{
		Key: b.purchase.Key, Since: b.purchase.Created, Service: b.purchase.Service, Parcels: len(b.returning.Parcels),
		Label: labelSpec(b.set, b.original, b.connection),
	})
}

// askAgainReturn is askAgain for a return.
func (s Session) askAgainReturn(ctx context.Context, b *comeback, job waybill.Job, cause error) error {
	stuck := hopeless(b.purchase, cause)
	b.purchase.Error = cause.Error()
	b.purchase.Tries++
	kind := waybill.PurchaseUnsure
	if b.purchase.State = waybill.Unsure; stuck {
		b.purchase.State, kind = waybill.Stuck, waybill.PurchaseStuck
	}
	return s.putReturn(ctx, b, kind, func(tx store.Tx, _ *waybill.Shipment) error {
		if err := tx.Finish(job); err != nil || stuck {
			return err
		}
		return tx.Enqueue(s.settleReturnJob(b, tx.Now().Add(backoff(b.purchase.Tries))))
	})
}

// settleReturnLate is an answer for a return's purchase that another wrote meanwhile. If that is still
// open it is settled on what is stored now; if it was given up, the booking is an orphan and given back.
func (s Session) settleReturnLate(ctx context.Context, purchase waybill.ID, booking carrier.Booking) (ReturnLabel, error) {
	b, err := s.resumeReturn(ctx, purchase)
	switch {
	case err != nil:
		return ReturnLabel{}, err
	case unsettled(b.purchase.State):
		return s.settleReturn(ctx, b, booking)
	case b.purchase.State == waybill.Refused:
		err := s.orphan(ctx, b.set, b.original, b.purchase, booking)
		if err == nil {
			err = waybill.E("return", waybill.ReasonBookingFailed, "the return was given up before the carrier answered; its label is given back")
		}
		return ReturnLabel{}, err
	}
	label, err := s.returnLabel(ctx, b.returning.ID)
	return ReturnLabel{Return: b.returning, Label: label}, err
}

// decideReturn settles the purchase of a return by hand; it answers the original.
func (s Session) decideReturn(ctx context.Context, b *comeback, in Decide) (waybill.Shipment, error) {
	if err := in.check(b.purchase, len(b.returning.Parcels)); err != nil {
		return waybill.Shipment{}, err
	}
	if !in.Bought {
		err := s.closeReturn(ctx, b, notBooked())
		return b.original, err
	}
	_, err := s.settleReturn(ctx, b, s.told(ctx, in, b.carrier, b.purchase, labelSpec(b.set, b.original, b.connection)))
	if waybill.ReasonOf(err) == waybill.ReasonNoLabel {
		err = nil // it is booked; there is no label of it any more
	}
	return b.original, err
}
