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
	b := &comeback{verb: verbReturn}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if b.purchase, err = tx.Purchases().Get(purchase); err != nil || b.purchase.Return == "" {
			return err
		}
		if b.returning, err = tx.Returns().Get(b.purchase.Return); err != nil {
			return err
		}
		return s.originalOf(tx, b)
	})
	if err != nil || b.purchase.Return == "" {
		return nil, err
	}
	b.state = b.purchase.State
	b.connection, b.carrier, b.shut, err = s.reopen(ctx, b.purchase.Connection)
	return b, err
}

// originalOf reads what belongs to a stored return: its account's set-up, and the shipment it brings back.
func (s Session) originalOf(tx store.Tx, b *comeback) (err error) {
	if b.set, err = s.setup(tx, b.returning.Account); err != nil || b.returning.Shipment == "" {
		return err
	}
	b.original, err = tx.Shipments().Get(b.returning.Shipment)
	return err
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
		return finished(s.settleReturn(ctx, b, booking))
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
	return b.carrier.Find(deadline, b.sought())
}

// sought is what a carrier is asked of a return's purchase.
func (b *comeback) sought() carrier.FindRequest {
	return carrier.FindRequest{
		Key: b.purchase.Key, Token: b.purchase.Rate.Token, Since: b.purchase.Created, Service: b.purchase.Service,
		Parcels: len(b.returning.Parcels), Label: b.labelSpec(), Numbers: b.purchase.Numbers,
		Magic: carrier.MagicOfReturn(b.returning),
	}
}

// askAgainReturn is askAgain for a return.
func (s Session) askAgainReturn(ctx context.Context, b *comeback, job waybill.Job, cause error) error {
	stuck := hopeless(b.purchase, cause)
	b.purchase.Error, b.purchase.Fault = cause.Error(), waybill.AsError(cause).Fault
	b.purchase.Tries++
	kind := waybill.PurchaseUnsure
	if b.purchase.State = waybill.Unsure; stuck {
		b.purchase.State, kind = waybill.Stuck, waybill.PurchaseStuck
	}
	w := returnWrite{kind: kind, facts: waybill.Facts{Message: waybill.AsError(cause).Message, Fault: b.purchase.Fault}}
	w.more = func(tx store.Tx, _ *comeback) error {
		if err := tx.Finish(job); err != nil || stuck {
			return err
		}
		return tx.Enqueue(s.settleReturnJob(b, tx.Now().Add(later(b.purchase.Tries, cause))))
	}
	return s.putReturn(ctx, b, w)
}

// settleReturnLate is an answer for a return's purchase that another wrote meanwhile. If that is still
// open it is settled on what is stored now; if it was given up, the booking is an orphan and given back.
func (s Session) settleReturnLate(ctx context.Context, b *comeback, booking carrier.Booking) error {
	fresh, err := s.resumeReturn(ctx, b.purchase.ID)
	if err != nil {
		return err
	}
	*b = *fresh
	switch {
	case undecided(b.purchase):
		return s.settleReturn(ctx, b, booking)
	case b.purchase.State != waybill.Refused:
		return nil
	}
	b.purchase.State, b.purchase.Booking = waybill.Orphan, &booking.Receipt
	orphan := returnWrite{kind: waybill.PurchaseOrphaned, facts: waybill.Facts{Tracking: first(booking.Numbers)}}
	orphan.more = func(tx store.Tx, next *comeback) error { return tx.Enqueue(s.voidJob(next.purchase, tx.Now())) }
	if err := s.putReturn(ctx, b, orphan); err != nil {
		return err
	}
	return waybill.E(verbReturn, waybill.ReasonBookingFailed, "the return was given up before the carrier answered; its label is given back")
}

// decideReturn settles the purchase of a return by hand; it answers the original, if there is one.
func (s Session) decideReturn(ctx context.Context, b *comeback, in Decide) (waybill.Shipment, error) {
	if err := s.meant(b.purchase.Row); err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.mayDecide(in, b.purchase, len(b.returning.Parcels)); err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.mayReach(provider(b.connection)); err != nil {
		return waybill.Shipment{}, err
	}
	if b.purchase.Booking != nil {
		return s.decideReturnVoid(ctx, b, in)
	}
	if !in.Bought {
		err := s.closeReturn(ctx, b, notBooked())
		return b.original, err
	}
	booking, err := s.told(ctx, in, b.connection, b.carrier, b.shut, b.purchase, b.sought())
	if err != nil {
		return b.original, err
	}
	documents, err := s.returnDocuments(ctx, b, booking)
	if err == nil {
		err = s.writeReturn(ctx, b, documents, booking)
	}
	return b.original, err
}
