package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// unsureReturn notes that nobody knows whether the carrier sold; a job asks at once.
func (s Session) unsureReturn(ctx context.Context, b *comeback, cause error) error {
	b.purchase.State, b.purchase.Error, b.purchase.Fault = waybill.Unsure, cause.Error(), waybill.AsError(cause).Fault
	err := s.putReturn(ctx, b, returnWrite{
		kind: waybill.PurchaseUnsure, facts: waybill.Facts{Message: waybill.AsError(cause).Message, Fault: b.purchase.Fault},
		more: func(tx store.Tx, _ *comeback) error {
			if err := tx.Unqueue(settleKey(b.purchase.ID)); err != nil {
				return err
			}
			return tx.Enqueue(s.settleReturnJob(b, tx.Now()))
		},
	})
	if err != nil {
		s.Log.Error("a purchase is left to its job", "purchase", string(b.purchase.ID), "error", waybill.Logged(err))
	}
	return pendingReturn(cause)
}

// closeReturn closes a return that was certainly not bought. It may be booked again.
func (s Session) closeReturn(ctx context.Context, b *comeback, cause error) error {
	e := waybill.AsError(cause)
	b.purchase.State, b.purchase.Reason, b.purchase.Error, b.purchase.Fault = waybill.Refused, e.Reason, e.Error(), e.Fault
	b.returning.Booking = waybill.Failed
	b.returning.Failure = failureOf(e, e.Reason, s.Clock.Now())
	return s.putReturn(ctx, b, returnWrite{kind: waybill.ReturnFailed, more: func(tx store.Tx, _ *comeback) error {
		return tx.Unqueue(settleKey(b.purchase.ID))
	}})
}

// settleReturn keeps what was bought: label, numbers, a tracker a parcel, and the mention on the original.
func (s Session) settleReturn(ctx context.Context, b *comeback, booking carrier.Booking) error {
	documents, err := s.returnDocuments(ctx, b, booking)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		trial := *b
		err := s.writeReturn(ctx, &trial, documents, booking)
		switch {
		case waybill.ReasonOf(err) != waybill.ReasonVersion || try == settleTimes:
			if err == nil {
				*b = trial
			}
			return err
		case b.purchase.Version > 0:
			return s.settleReturnLate(ctx, b, booking)
		}
		// A local carrier's: nothing was written yet. Another may have booked or cancelled the return.
		if err := s.rereadReturn(ctx, b); err != nil {
			return err
		}
	}
}

// writeReturn is the write that settles a return as bought.
func (s Session) writeReturn(ctx context.Context, b *comeback, documents []waybill.Document, booking carrier.Booking) error {
	b.booked(booking)
	crash("return.settle.before")
	err := s.putReturn(ctx, b, returnWrite{kind: waybill.ReturnBooked, more: func(tx store.Tx, next *comeback) error {
		return s.keepReturn(tx, next, documents, booking)
	}})
	crash("return.settle.after")
	return err
}

// rereadReturn takes the stored version of a return that is still free to be booked.
func (s Session) rereadReturn(ctx context.Context, b *comeback) error {
	if b.returning.Version == 0 {
		return nil
	}
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		stored, err := tx.Returns().Get(b.returning.ID)
		if err == nil {
			err = bookableReturn(stored)
		}
		if err == nil {
			b.returning.Row = stored.Row
		}
		return err
	})
}

// returnDocuments makes the records of a return's labels and papers.
func (s Session) returnDocuments(ctx context.Context, b *comeback, booking carrier.Booking) ([]waybill.Document, error) {
	owner := &attempt{set: b.set, shipment: b.way(), purchase: b.purchase, connection: b.connection}
	documents, err := s.documents(ctx, owner, booking)
	for i := range documents {
		d := &documents[i]
		d.Shipment, d.Return = b.returning.Filed(), b.returning.ID
		if d.Kind == waybill.DocumentLabel {
			d.Kind = waybill.DocumentReturnLabel
		}
	}
	return documents, err
}

// booked writes the booking into the return and its purchase.
func (b *comeback) booked(booking carrier.Booking) {
	receipt := booking.Receipt
	if receipt.Price.Currency != "" {
		reprice(&b.purchase, b.connection, receipt.Price, receipt.Charges)
	}
	b.purchase.State, b.purchase.Booking = waybill.Bought, &receipt
	r := &b.returning
	r.Booking, r.Transit, r.Failure = waybill.Booked, waybill.LabelMade, nil
	r.Tracking, r.CarrierID, r.Fetched = first(booking.Numbers), booking.CarrierID, booking.Fetched
	if r.Bought = booking.Price; r.Bought.Currency == "" || r.Bought.Beyond() {
		r.Bought = b.purchase.Rate.Total
	}
	r.Sold = b.purchase.Sold
	r.Parcels = slices.Clone(r.Parcels)
	for i := range r.Parcels {
		if i < len(booking.Numbers) {
			r.Parcels[i].Tracking = booking.Numbers[i]
		}
	}
}

func (s Session) keepReturn(tx store.Tx, b *comeback, documents []waybill.Document, booking carrier.Booking) error {
	for _, d := range documents {
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	r := b.returning
	for i, p := range r.Parcels {
		t := waybill.Tracker{
			Row: waybill.Row{ID: s.IDs.New(), Account: r.Account}, Shipment: r.Shipment, Return: r.ID,
			Connection: b.purchase.Connection, Parcel: i, CarrierID: booking.CarrierID,
			Track: waybill.Tracking{Number: p.Tracking, Status: waybill.LabelMade}, Due: tx.Now().Add(longestPoll), Open: p.Tracking != "",
			Magic: simulatedBy(b.connection, carrier.MagicOfReturn(r)),
		}
		if err := tx.Trackers().Put(&t); err != nil {
			return err
		}
	}
	if b.original.ID != "" {
		b.original.Returns = append(slices.Clone(b.original.Returns), waybill.ReturnRef{
			ID: r.ID, Tracking: r.Tracking, TrackingURL: booking.TrackingURL, Price: r.Sold, Expiry: r.Expiry,
			Unlabelled: len(documents) == 0,
		})
		if err := tx.Shipments().Put(&b.original); err != nil {
			return err
		}
	}
	if err := s.enqueuePoll(tx, b.connection, b.carrier); err != nil {
		return err
	}
	if r.Attached { // the job that wanted it has nothing left to do
		if err := tx.Unqueue(attachKey(b.original.ID)); err != nil {
			return err
		}
	}
	return tx.Unqueue(settleKey(b.purchase.ID))
}

// moveReturn takes a return along with its parcels: it is where the one furthest behind is. Each new scan is
// an event.
func (s Session) moveReturn(tx store.Tx, t waybill.Tracker, fresh []waybill.Scan) error {
	r, err := tx.Returns().Get(t.Return)
	if err != nil {
		return err
	}
	set, err := s.setup(tx, r.Account)
	if err != nil {
		return err
	}
	trackers, err := together(tx, t)
	if err != nil {
		return err
	}
	r.Transit = furthestBehind(trackers)
	if err := tx.Returns().Put(&r); err != nil {
		return err
	}
	var original waybill.Shipment
	if r.Shipment != "" {
		if original, err = tx.Shipments().Get(r.Shipment); err != nil {
			return err
		}
	}
	for i := range fresh {
		facts := waybill.Facts{
			Transit: fresh[i].Status, Message: fresh[i].Text, Note: fresh[i].Reason, Tracking: t.Track.Number, Scan: &fresh[i],
		}
		if err := s.emitReturn(tx, set, waybill.ReturnTracked, original, r, facts); err != nil {
			return err
		}
	}
	return nil
}

// returnTrackers are the trackers of a return's parcels, found by their numbers, since a return may stand
// alone.
func returnTrackers(tx store.Tx, r waybill.Return, connection waybill.ID) (list []waybill.Tracker, err error) {
	for _, p := range r.Parcels {
		t, err := tx.Trackers().ByNumber(connection, p.Tracking)
		if waybill.IsCode(err, waybill.NotFound) || (err == nil && t.Return != r.ID) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}
