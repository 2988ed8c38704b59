package engine

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// EditShipment changes a shipment, all or nothing. Before a carrier has it everything may change, and
// what would leave it without a carrier is refused. Afterwards the carrier is told, if it takes changes; of one
// that takes none parcels are frozen, and what it was told changes only with Force. If another changes the shipment at the same moment, the change is
// made anew on what that left.
func (s Session) EditShipment(ctx context.Context, in EditShipment) (waybill.Shipment, error) {
	if err := s.enter("edit"); err != nil { // it may ask carriers for rates
		return waybill.Shipment{}, err
	}
	defer s.leave()
	for try := 1; ; try++ {
		sh, err := s.edit(ctx, in)
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < editTimes && in.Version == 0 {
			continue
		}
		return sh, err
	}
}

// editTimes is how often a change is made anew: of many that come at once each waits for all before it.
const editTimes = 50

func (s Session) edit(ctx context.Context, in EditShipment) (waybill.Shipment, error) {
	o, before, changed, err := s.prepareEdit(ctx, in)
	switch {
	case err != nil:
		return waybill.Shipment{}, err
	case len(changed) == 0:
		return before, nil
	case before.Booking == waybill.Booked:
		return s.amend(ctx, in, o, before, changed)
	}
	if o.shipment.Booking.Open() && !in.Force && o.shipment.Booking != waybill.Draft && touches(changed, carriage) {
		if d := s.decide(ctx, o); d.decision.Outcome == outcomeNone {
			return waybill.Shipment{}, waybill.E("edit", d.reason, "%s", d.decision.Reason)
		}
	}
	return s.putEdit(ctx, o, changed, nil)
}

// putEdit stores a changed shipment, with the papers that take the place of those it had.
func (s Session) putEdit(ctx context.Context, o *order, changed []string, papers []waybill.Document) (waybill.Shipment, error) {
	var stored waybill.Shipment
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		sh := o.shipment
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
		if err := replaceLabels(tx, sh, papers); err != nil {
			return err
		}
		if err := s.emit(tx, o.set, waybill.ShipmentChanged, &sh, waybill.Facts{Fields: changed}); err != nil {
			return err
		}
		stored = sh
		return nil
	})
	if waybill.ReasonOf(err) == waybill.ReasonDuplicate {
		err = duplicate(o.shipment.Reference)
	}
	return stored, err
}

// prepareEdit applies the change to a copy and checks it; it writes nothing. It answers what was before, and
// what is different.
func (s Session) prepareEdit(ctx context.Context, in EditShipment) (*order, waybill.Shipment, []string, error) {
	o := &order{verb: "edit", existing: true, began: time.Now()}
	if err := s.read(ctx, o, in.Ref); err != nil {
		return o, o.shipment, nil, err
	}
	before := o.shipment
	if err := atVersion(before, in.Version); err != nil {
		return o, before, nil, err
	}
	if err := editable(before); err != nil {
		return o, before, nil, err
	}
	o.shipment = clone(before)
	o.shipment.Notices = nil // of this request, from here on
	in.Change(&o.shipment)
	o.shipment.Row = before.Row
	if s.Actor.Connection != "" {
		o.shipment.Choice.Connection = before.Choice.Connection
	}
	if err := checkRepriced(before, &o.shipment); err != nil {
		return o, before, nil, err
	}
	if err := s.name(o, in.Named); err != nil {
		return o, before, nil, err
	}
	if err := s.relocate(o, in, before); err != nil {
		return o, before, nil, err
	}
	changed := differences(before, o.shipment)
	if len(changed) > 0 && o.shipment.Reference != before.Reference {
		if err := checkReference(o.shipment.Reference); err != nil {
			return o, before, nil, err
		}
	}
	return o, before, changed, s.checkEdit(in, o.shipment, changed)
}

func editable(sh waybill.Shipment) error {
	switch sh.Booking {
	case waybill.Unsettled:
		return waybill.E("edit", waybill.ReasonUnsettled, "the shipment is being booked; change it when that is settled")
	case waybill.Cancelled:
		return waybill.E("edit", waybill.ReasonFrozen, "a cancelled shipment can no longer be changed")
	case waybill.Declared:
		return waybill.E("edit", waybill.ReasonFrozen, "the shipment is only declared here; who carries it declares it anew")
	case waybill.Booked:
		if sh.CancelWanted {
			return waybill.E("edit", waybill.ReasonUnsettled, "the shipment is being cancelled; the carrier has not answered yet")
		}
	}
	return nil
}

// relocate follows a change of location or address: sender, time zone, coordinates.
func (s Session) relocate(o *order, in EditShipment, before waybill.Shipment) error {
	if o.location = o.home(); o.location == nil && before.Booking != waybill.Draft {
		return noLocation()
	}
	if in.Location != nil && *in.Location != before.LocationKey {
		if o.location != nil {
			o.leave(before)
		}
		o.in.Location = *in.Location
		if err := o.place(); err != nil {
			return err
		}
	}
	if in.Return != nil && *in.Return != before.ReturnKey {
		if err := o.sendBack(*in.Return); err != nil {
			return err
		}
	}
	if err := o.fillParcels(); err != nil {
		return err
	}
	if err := checkParty("to", o.shipment.To); err != nil {
		return err
	}
	was, now := before.To.Address, &o.shipment.To.Address
	if reflect.DeepEqual(was, *now) {
		return nil
	}
	switch same := samePoint(was, *now); {
	case !same:
		now.PointFound = false // the caller's own
	case moved(was, *now):
		now.Point, now.PointFound = nil, false // the old place's
	}
	return locateParties(o.set.account, &o.shipment, in.MustLocate)
}

// sendBack names another place for what nobody takes; empty: none, so that it comes back to where it left.
func (o *order) sendBack(to string) error {
	sh := &o.shipment
	sh.ReturnTo, sh.ReturnKey, sh.ReturnName = nil, "", ""
	if to == "" {
		return nil
	}
	o.in.Return = to
	return o.placeReturn()
}

// atVersion refuses a shipment that somebody else has changed since the caller looked.
func atVersion(sh waybill.Shipment, version int64) error {
	if version == 0 || sh.Version == version {
		return nil
	}
	return waybill.E("edit", waybill.ReasonVersion, "the shipment was changed meanwhile")
}

// leave takes off what the shipment has only because of the place it leaves from: what the caller said
// itself stays.
func (o *order) leave(before waybill.Shipment) {
	sh := &o.shipment
	if before.LocationKey != "" && sh.PickupNotes == o.set.pickupNotes(o.location) {
		sh.PickupNotes = ""
	}
	back := o.set.returnOf(o.location)
	if back != nil && before.ReturnKey == back.ExternalID {
		sh.ReturnTo, sh.ReturnKey, sh.ReturnName = nil, "", ""
	}
}

func moved(a, b waybill.Address) bool {
	return a.Postcode != b.Postcode || a.City != b.City || a.Country != b.Country || a.Street1 != b.Street1
}

func samePoint(a, b waybill.Address) bool {
	return a.Point != nil && b.Point != nil && *a.Point == *b.Point
}

// clone copies what a change may write into, so that the stored value stays as it is.
func clone(s waybill.Shipment) waybill.Shipment {
	s.Parcels, s.Items, s.Tags = slices.Clone(s.Parcels), slices.Clone(s.Items), slices.Clone(s.Tags)
	s.Choice.Proposed, s.Notices = slices.Clone(s.Choice.Proposed), slices.Clone(s.Notices)
	return s
}

// The members of a shipment that an edit may reach, by what depends on them.
var (
	parcelMembers = []string{"Parcels", "TotalWeight", "ParcelCount"}
	toldMembers   = []string{"To", "From", "Options", "PickupTime", "DeliveryTime", "Instructions", "Choice", "Location", "Label"}
	freeMembers   = []string{
		"Reference", "Reference2", "Reference3", "Group", "Value", "Items", "Locale", "Placed", "Attributes", "Extra",
		"Channel", "Method", "Metadata", "Tags", "Billing", "PickupNotes", "ReturnTo", "ReturnKey", "ReturnName",
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
			if !same(va.FieldByName(name), vb.FieldByName(name)) {
				names = append(names, strings.ToLower(name))
			}
		}
	}
	return names
}

// same compares by meaning: a client that sends back what it was shown changes nothing. 10 and 10.0 are
// one number, a moment is one in every time zone, and a list without entries is no list.
func same(a, b reflect.Value) bool {
	switch x := a.Interface().(type) {
	case time.Time:
		return x.Equal(b.Interface().(time.Time))
	case waybill.Decimal:
		return x.Equal(b.Interface().(waybill.Decimal))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	}
	return a.Equal(b)
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
