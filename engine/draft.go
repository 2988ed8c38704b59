package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// A draft is an order that nobody was asked to carry: it has a number and a reference, mostly no sender, and no
// place that it leaves from until it is booked.

// prepareDraft completes a draft as far as that goes without the place it leaves from.
func (s Session) prepareDraft(o *order) error {
	if o.in.Location != "" {
		return s.resolve(o)
	}
	if err := s.name(o, o.in.Named); err != nil {
		return err
	}
	if o.shipment.From.Address.Country != "" {
		if err := checkParty("from", o.shipment.From); err != nil {
			return err
		}
	}
	if o.in.Return != "" {
		if err := o.placeReturn(); err != nil {
			return err
		}
	}
	return s.fill(o)
}

// unlike is the digest of a draft whose request was not digested: no other is equal to it.
const unlike = "-"

// keepDraft stores a draft.
func (s Session) keepDraft(ctx context.Context, o *order) (waybill.Shipment, error) {
	if err := s.number(ctx, o); err != nil {
		return waybill.Shipment{}, err
	}
	a := o.begin(o.shipment)
	a.endKey()
	a.shipment.Booking, a.shipment.Digest = waybill.Draft, firstOf(o.in.Hash, unlike)
	return s.stored(ctx, a, []note{{waybill.ShipmentCreated, waybill.Facts{}}}, nil)
}

// sameDraft is what a draft gets whose reference another took at the same moment: the other, if it was made
// from an equal request.
func (s Session) sameDraft(ctx context.Context, o *order) (waybill.Shipment, error) {
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error { return s.recallReference(tx, o) })
	if err != nil {
		return waybill.Shipment{}, err
	}
	return o.shipment, nil
}

// read takes a stored shipment to be worked on, with what its account is.
func (s Session) read(ctx context.Context, o *order, ref Ref) error {
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, ref)
		if err != nil {
			return err
		}
		o.shipment = clone(sh)
		o.set, err = s.setup(tx, sh.Account)
		return err
	})
}

// depart finds where a stored shipment leaves from: the place named, else its own, else the account's default,
// which also becomes the sender of one that has none.
func (o *order) depart(from Place) error {
	sh := &o.shipment
	o.location = o.home()
	switch {
	case from != Place{}:
		l := o.set.placeOf(from)
		if l == nil {
			return unknownLocation("location", from.name())
		}
		switch {
		case sh.Digest != "": // a draft names no return place: the one it has was the set-up's at that time
			sh.ReturnTo, sh.ReturnKey, sh.ReturnName = nil, "", ""
		case sh.Location != "" && o.location != nil:
			o.leave(*sh)
		}
		o.in.Location = l.ExternalID
	case sh.From.Address.Country != "":
		if o.location == nil {
			return noLocation()
		}
		return nil
	}
	if err := o.place(); err != nil {
		return err
	}
	locate(&sh.From.Address)
	o.inherit()
	return nil
}

// placeOf is the location that a caller names; nil: the account has none such.
func (s *setup) placeOf(p Place) *waybill.Location {
	if p.Number == 0 {
		return s.locationByKey(p.ExternalID)
	}
	for i := range s.locations {
		if s.locations[i].Number == p.Number {
			return &s.locations[i]
		}
	}
	return nil
}

func (p Place) name() string {
	if p.Number != 0 {
		return itoa(int(p.Number))
	}
	return p.ExternalID
}
