package engine

import (
	"context"
	"errors"
	"fmt"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// bookLocal buys from a carrier that is a pure function: the first write and the settlement are one.
// A refusal is certain, so the next candidate follows at once.
func (s Session) bookLocal(ctx context.Context, a *attempt, notes []note) (waybill.Shipment, error) {
	for {
		sh, err := s.sellLocal(ctx, a, notes)
		var no *refusal
		if !errors.As(err, &no) {
			return sh, err
		}
		a.refused(no.cause)
		if !s.next(ctx, a, no.cause) {
			return s.failed(ctx, a, no.cause, notes)
		}
		notes = append(notes, note{waybill.ShipmentFellBack, a.facts()})
		if !a.local() {
			return s.start(ctx, a, notes)
		}
	}
}

// sellLocal asks the pure carrier and keeps what it sold; its no, and the wallet's, is a *refusal.
func (s Session) sellLocal(ctx context.Context, a *attempt, notes []note) (waybill.Shipment, error) {
	booking, err := s.shipLocal(ctx, a)
	if err != nil {
		return waybill.Shipment{}, err
	}
	before := *a
	sh, err := s.keepLocal(ctx, a, booking, notes)
	if a.broke(err) {
		*a, err = before, &refusal{err}
	}
	return sh, err
}

// refusal is a certain no of a carrier or the wallet, as opposed to trouble of our own.
type refusal struct{ cause error }

func (r *refusal) Error() string { return r.cause.Error() }

// shipLocal reserves own numbers and asks the pure carrier; its no is a *refusal.
func (s Session) shipLocal(ctx context.Context, a *attempt) (carrier.Booking, error) {
	request := s.request(a)
	first, err := s.take(ctx, len(a.shipment.Parcels))
	if err != nil {
		return carrier.Booking{}, err
	}
	for i := range a.shipment.Parcels {
		request.Numbers = append(request.Numbers, fmt.Sprint(first+int64(i)))
	}
	booking, err := a.carrier.Ship(ctx, request)
	if err != nil {
		return booking, &refusal{err}
	}
	return booking, nil
}

func (s Session) keepLocal(ctx context.Context, a *attempt, booking carrier.Booking, notes []note) (waybill.Shipment, error) {
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return waybill.Shipment{}, err
	}
	a.booked(booking)
	crash("local.before")
	sh, err := s.stored(ctx, a, append(notes, note{waybill.ShipmentBooked, a.bookedFacts()}), func(tx store.Tx) error {
		return s.keep(tx, a, documents)
	})
	crash("local.after")
	if err == nil {
		s.prove(ctx, a.connection, waybill.ProofBooked, a.shipment.ID, "")
	}
	return sh, err
}
