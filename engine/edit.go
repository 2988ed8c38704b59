package engine

import (
	"context"
	"reflect"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// EditShipment changes a shipment, all or nothing. Before a carrier has it everything may change, and
// what would leave it without a carrier is refused. Afterwards parcels are frozen, and what the carrier
// was told changes only with Force.
func (s Session) EditShipment(ctx context.Context, in EditShipment) (waybill.Shipment, error) {
	o, changed, err := s.prepareEdit(ctx, in)
	if err != nil || len(changed) == 0 {
		return o.shipment, err
	}
	if o.shipment.Booking.Open() && !in.Force && o.shipment.Booking != waybill.Draft && touches(changed, carriage) {
		if d := s.decide(ctx, o); d.decision.Outcome == outcomeNone {
			return waybill.Shipment{}, waybill.E("edit", d.reason, "%s", d.decision.Reason)
		}
	}
	var stored waybill.Shipment
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		sh := o.shipment
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
		if err := s.emit(tx, o.set, waybill.ShipmentChanged, &sh, waybill.Facts{Fields: changed}); err != nil {
			return err
		}
		stored = sh
		return nil
	})
	return stored, err
}

// prepareEdit applies the change to a copy and checks it; it writes nothing.
func (s Session) prepareEdit(ctx context.Context, in EditShipment) (*order, []string, error) {
	o := &order{existing: true, began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		o.shipment = sh
		o.set, err = s.setup(tx, sh.Account)
		return err
	})
	if err != nil {
		return o, nil, err
	}
	before := o.shipment
	if err := editable(before); err != nil {
		return o, nil, err
	}
	after := clone(before)
	in.Change(&after)
	after.Row = before.Row
	o.shipment = after
	if err := s.relocate(o, in, before); err != nil {
		return o, nil, err
	}
	changed := differences(before, o.shipment)
	if before.Booking == waybill.Booked {
		if err := frozen(changed, in.Force); err != nil {
			return o, nil, err
		}
	}
	if after.Reference != before.Reference {
		if err := checkReference(after.Reference); err != nil {
			return o, nil, err
		}
	}
	return o, changed, nil
}

func editable(sh waybill.Shipment) error {
	switch sh.Booking {
	case waybill.Unsettled:
		return waybill.E("edit", waybill.ReasonUnsettled, "the shipment is being booked; change it when that is settled")
	case waybill.Cancelled:
		return waybill.E("edit", waybill.ReasonFrozen, "a cancelled shipment can no longer be changed")
	}
	return nil
}

// relocate follows a change of location or address: sender, time zone, coordinates.
func (s Session) relocate(o *order, in EditShipment, before waybill.Shipment) error {
	o.location = o.home()
	if in.Location != nil && *in.Location != before.LocationKey {
		o.in.Location = *in.Location
		if err := o.place(); err != nil {
			return err
		}
	}
	if o.location == nil {
		return waybill.E("edit", waybill.ReasonUnknownLocation, "the account has no location to ship from")
	}
	if err := o.fillParcels(); err != nil {
		return err
	}
	if err := checkParty("to", o.shipment.To); err != nil {
		return err
	}
	if reflect.DeepEqual(before.To.Address, o.shipment.To.Address) {
		return nil
	}
	if moved(before.To.Address, o.shipment.To.Address) && samePoint(before.To.Address, o.shipment.To.Address) {
		o.shipment.To.Address.Point, o.shipment.To.Address.PointFound = nil, false // the old place's point
	}
	return locateParties(o.set.account, &o.shipment, in.MustLocate)
}

func moved(a, b waybill.Address) bool {
	return a.Postcode != b.Postcode || a.City != b.City || a.Country != b.Country || a.Street1 != b.Street1
}

func samePoint(a, b waybill.Address) bool {
	return a.Point != nil && b.Point != nil && *a.Point == *b.Point
}

// clone copies what a change may write into, so that the stored value stays as it is.
func clone(s waybill.Shipment) waybill.Shipment {
	s.Parcels = append([]waybill.Parcel(nil), s.Parcels...)
	s.Items = append([]waybill.Item(nil), s.Items...)
	s.Tags = append([]int64(nil), s.Tags...)
	s.Choice.Proposed = append([]waybill.Pick(nil), s.Choice.Proposed...)
	return s
}

// The members of a shipment that an edit may reach, by what depends on them.
var (
	parcelMembers = []string{"Parcels", "TotalWeight", "ParcelCount"}
	toldMembers   = []string{"To", "From", "Options", "PickupTime", "DeliveryTime", "Instructions", "Choice", "Location"}
	freeMembers   = []string{
		"Reference", "Reference2", "Reference3", "Group", "Value", "Items", "Locale", "Placed", "Attributes", "Extra",
		"Channel", "Method", "Metadata", "Tags", "PickupNotes",
	}
	// carriage members decide who can carry it.
	carriage = append([]string{"Value", "Items"}, append(parcelMembers, toldMembers...)...)
)

// differences names the members that changed, in the words of the root package, lower case.
func differences(a, b waybill.Shipment) []string {
	var names []string
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for _, group := range [][]string{parcelMembers, toldMembers, freeMembers} {
		for _, name := range group {
			if !reflect.DeepEqual(va.FieldByName(name).Interface(), vb.FieldByName(name).Interface()) {
				names = append(names, strings.ToLower(name))
			}
		}
	}
	return names
}

func touches(changed, members []string) bool {
	for _, c := range changed {
		for _, m := range members {
			if c == strings.ToLower(m) {
				return true
			}
		}
	}
	return false
}

// frozen refuses what a booked shipment can no longer change.
func frozen(changed []string, force bool) error {
	for _, c := range changed {
		if touches([]string{c}, parcelMembers) {
			e := waybill.E("edit", waybill.ReasonFrozen, "%s cannot be changed after dispatch", c)
			e.Fields = []waybill.FieldError{{Path: c, Rule: waybill.RuleFormat, Message: e.Message}}
			return e
		}
	}
	if force {
		return nil
	}
	for _, c := range changed {
		if touches([]string{c}, toldMembers) {
			e := waybill.E("edit", waybill.ReasonBookingFailed, "the carrier takes no change of %s after dispatch", c)
			e.Fields = []waybill.FieldError{{Path: c, Rule: waybill.RuleFormat, Message: e.Message}}
			return e
		}
	}
	return nil
}
