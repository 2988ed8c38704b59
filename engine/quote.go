package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// QuoteShipment tells what a shipment would cost that is not stored, nor will be: completed, rated and ranked as
// CreateShipment would. It needs no reference, and a used one is no matter.
func (s Session) QuoteShipment(ctx context.Context, in CreateShipment) (Offers, error) {
	if s.Actor.Role == waybill.RoleReadOnly {
		return Offers{}, waybill.E("rate", waybill.ReasonRole, "the role %q may not ask for prices", s.Actor.Role)
	}
	s, err := s.at(ctx, Place{ExternalID: in.Location})
	if err != nil {
		return Offers{}, err
	}
	o := &order{in: in, verb: verbRate, shipment: clone(in.Shipment), released: true, anyone: true, began: time.Now()}
	if err := s.bind(o); err != nil {
		return Offers{}, err
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		o.set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return Offers{}, err
	}
	if err := s.resolve(o); err != nil {
		return Offers{}, err
	}
	if in.Strict {
		if err := waybill.FieldErrors("rate", reversed(o.shipment)); err != nil {
			return Offers{}, err
		}
	}
	if err := locateParties(o.set.account, &o.shipment, in.MustLocate); err != nil {
		return Offers{}, err
	}
	if err := s.mayOrder(o); err != nil {
		return Offers{}, err
	}
	d := s.decide(ctx, o)
	return s.offersOf(o, d), nil
}
