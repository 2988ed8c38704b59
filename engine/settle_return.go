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
	b.purchase.State, b.purchase.Error = waybill.Unsure, cause.Error()
	err := s.putReturn(ctx, b, waybill.PurchaseUnsure, func(tx store.Tx, _ *waybill.Shipment) error {
		if err := tx.Unqueue(settleKey(b.purchase.ID)); err != nil {
			return err
		}
		return tx.Enqueue(s.settleReturnJob(b, tx.Now()))
	})
	if err != nil {
		s.Log.Error("a purchase is left to its job", "purchase", string(b.purchase.ID), "error", err.Error())
	}
	return pendingReturn(cause)
}

// closeReturn closes a return that was certainly not bought.
func (s Session) closeReturn(ctx context.Context, b *comeback, cause error) error {
	e := waybill.AsError(cause)
	b.purchase.State, b.purchase.Reason, b.purchase.Error = waybill.Refused, e.Reason, e.Error()
	b.returning.Booking = waybill.Failed
	b.returning.Failure = &waybill.Failure{Reason: e.Reason, Message: e.Message, At: s.Clock.Now()}
	return s.putReturn(ctx, b, waybill.ReturnFailed, func(tx store.Tx, _ *waybill.Shipment) error {
		return tx.Unqueue(settleKey(b.purchase.ID))
	})
}

// settleReturn keeps what was bought: label, numbers, a tracker a parcel, and the mention on the
// original.
func (s Session) settleReturn(ctx context.Context, b *comeback, booking carrier.Booking) (ReturnLabel, error) {
	owner := &attempt{set: b.set, shipment: b.original, purchase: b.purchase, connection: b.connection}
	documents, err := s.documents(ctx, owner, booking)
	if err != nil {
		return ReturnLabel{}, err
	}
	b.booked(booking)
	crash("return.settle.before")
	err = s.putReturn(ctx, b, waybill.ReturnBooked, func(tx store.Tx, original *waybill.Shipment) error {
		return s.keepReturn(tx, b, original, documents, booking)
	})
	crash("return.settle.after")
	if waybill.ReasonOf(err) == waybill.ReasonVersion {
		return s.settleReturnLate(ctx, b.purchase.ID, booking)
	}
	if err != nil {
		return ReturnLabel{}, err
	}
	label, err := s.returnLabel(ctx, b.returning.ID)
	return ReturnLabel{Return: b.returning, Label: label}, err
}

// booked writes the booking into the return and its purchase.
func (b *comeback) booked(booking carrier.Booking) {
	receipt := booking.Receipt
	b.purchase.State, b.purchase.Booking = waybill.Bought, &receipt
	r := &b.returning
	r.Booking, r.Transit, r.Tracking, r.Bought = waybill.Booked, waybill.LabelMade, first(booking.Numbers), booking.Price
	r.Parcels = slices.Clone(r.Parcels)
	for i := range r.Parcels {
		if i < len(booking.Numbers) {
			r.Parcels[i].Tracking = booking.Numbers[i]
		}
	}
}

func (s Session) keepReturn(
	tx store.Tx, b *comeback, original *waybill.Shipment, documents []waybill.Document, booking carrier.Booking,
) error {
	for _, d := range documents {
		d.Return, d.Kind = b.returning.ID, waybill.DocumentReturnLabel
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	for i, p := range b.returning.Parcels {
		t := waybill.Tracker{
			Row: waybill.Row{ID: s.IDs.New(), Account: b.returning.Account}, Shipment: b.original.ID, Return: b.returning.ID,
			Connection: b.purchase.Connection, Parcel: i, CarrierID: booking.CarrierID,
			Track: waybill.Tracking{Number: p.Tracking, Status: waybill.LabelMade}, Due: tx.Now().Add(longestPoll), Open: p.Tracking != "",
		}
		if err := tx.Trackers().Put(&t); err != nil {
			return err
		}
	}
	original.Returns = append(slices.Clone(original.Returns), waybill.ReturnRef{
		ID: b.returning.ID, Tracking: b.returning.Tracking, TrackingURL: booking.TrackingURL, Price: booking.Price, Expiry: b.returning.Expiry,
	})
	if err := tx.Shipments().Put(original); err != nil {
		return err
	}
	if err := s.enqueuePoll(tx, b.connection, b.carrier); err != nil {
		return err
	}
	if b.returning.Attached { // the job that wanted it has nothing left to do
		if err := tx.Unqueue(attachKey(b.original.ID)); err != nil {
			return err
		}
	}
	return tx.Unqueue(settleKey(b.purchase.ID))
}
