package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// amendable are the members of a booked shipment that a carrier may be told to change, in the words of
// [carrier.EditRequest].
var amendable = map[string]string{
	"to": "to", "parcels": "parcels", "totalweight": "parcels", "parcelcount": "parcels", "items": "items",
	"instructions": "instructions", "pickuptime": "pickup_time", "deliverytime": "delivery_time",
}

// redrawn are the members that our own courier takes: its label is drawn anew.
var redrawn = []string{"to", "instructions", "pickuptime", "deliverytime"}

// amend changes a booked shipment. A carrier that takes changes is told before they are stored, and its refusal
// is the answer; what our own courier is told is drawn on a new label. Any other takes none.
func (s Session) amend(
	ctx context.Context, in EditShipment, o *order, before waybill.Shipment, changed []string,
) (waybill.Shipment, error) {
	var p waybill.Purchase
	var at waybill.Transit
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if at, err = foremostOf(tx, before); err != nil {
			return err
		}
		p, err = tx.Purchases().Get(before.Purchase)
		return err
	})
	if err != nil {
		return waybill.Shipment{}, err
	}
	a := &attempt{set: o.set, purchase: p}
	if a.connection, a.carrier, a.shut, err = s.reopen(ctx, p.Connection); err != nil {
		return waybill.Shipment{}, err
	}
	if !s.Actor.Reaches(a.connection.Mode) {
		return waybill.Shipment{}, a.shut
	}
	if before.Provider != nil { // which says how it was bought
		if err := s.mayReach(*before.Provider); err != nil {
			return waybill.Shipment{}, err
		}
	}
	switch {
	case a.carrier != nil && a.carrier.Has(carrier.Edits):
		return s.tellCarrier(ctx, in, o, a, before, changed)
	case a.local() && a.carrier.Has(carrier.Relabels):
		return s.redraw(ctx, in, o, a, at, changed)
	}
	if err := frozen(changed, in.Force); err != nil {
		return waybill.Shipment{}, err
	}
	return s.putEdit(ctx, o, changed, nil)
}

// tellCarrier has the carrier change what it was told. It happens on the engine's time: what the carrier took is stored
// though the caller may be gone.
func (s Session) tellCarrier(
	ctx context.Context, in EditShipment, o *order, a *attempt, before waybill.Shipment, changed []string,
) (waybill.Shipment, error) {
	told, rest := toBeTold(before, o.shipment, changed)
	if err := frozen(rest, in.Force); err != nil {
		return waybill.Shipment{}, err
	}
	if len(told) == 0 {
		return s.putEdit(ctx, o, changed, nil)
	}
	keepNumbers(&o.shipment, before)
	sh, inTime, err := outlive(ctx, s.Engine, s.Answer, func(ctx context.Context) (waybill.Shipment, error) {
		deadline, cancel := context.WithTimeout(ctx, s.Purchase)
		defer cancel()
		err := a.carrier.Edit(deadline, carrier.EditRequest{
			CarrierID: a.purchase.Booking.CarrierID, Numbers: a.purchase.Booking.Numbers, Key: a.purchase.Key,
			Shipment: o.shipment, Changed: told,
		})
		if err != nil && !(in.Force && refused(err) && !slices.Contains(told, "parcels")) {
			return waybill.Shipment{}, err
		}
		return s.putEdit(ctx, o, changed, nil)
	})
	if !inTime {
		late := waybill.E("edit", waybill.ReasonCarrierOutage, "the carrier has not confirmed the change yet")
		late.Unsure = true
		err = late
	}
	return sh, err
}

// refused reports whether a carrier's answer is a no that will stay one.
func refused(err error) bool {
	e := waybill.AsError(err)
	return !e.Unsure && e.Severity == waybill.Hard
}

// toBeTold are the changes that a carrier may be told of, in its port's words, and those members that it may not.
func toBeTold(before, after waybill.Shipment, changed []string) (told, rest []string) {
	for _, member := range changed {
		word := amendable[member]
		if member == "options" && onlyCOD(before.Options, after.Options) {
			word = "cod"
		}
		if word == "parcels" && len(before.Parcels) != len(after.Parcels) {
			word = "" // each has its number and its label
		}
		switch {
		case word == "":
			rest = append(rest, member)
		case !slices.Contains(told, word):
			told = append(told, word)
		}
	}
	return told, rest
}

func onlyCOD(before, after waybill.Options) bool {
	before.COD = after.COD
	return before == after
}

// keepNumbers gives parcels back what only the booking knows of them.
func keepNumbers(sh *waybill.Shipment, before waybill.Shipment) {
	for i := range sh.Parcels {
		if i < len(before.Parcels) {
			sh.Parcels[i].Tracking, sh.Parcels[i].SSCC = before.Parcels[i].Tracking, before.Parcels[i].SSCC
		}
	}
}

// redraw has our own courier draw the labels anew, unless nothing of what it was told is different. A parcel that
// is on its last way, or at its end, needs no other label.
func (s Session) redraw(
	ctx context.Context, in EditShipment, o *order, a *attempt, at waybill.Transit, changed []string,
) (waybill.Shipment, error) {
	rest := slices.DeleteFunc(slices.Clone(changed), func(member string) bool { return slices.Contains(redrawn, member) })
	if err := frozen(rest, in.Force); err != nil {
		return waybill.Shipment{}, err
	}
	if len(rest) == len(changed) {
		return s.putEdit(ctx, o, changed, nil)
	}
	if gone(at) {
		if in.Force {
			return s.putEdit(ctx, o, changed, nil)
		}
		return waybill.Shipment{}, waybill.E("edit", waybill.ReasonFrozen, "the parcel is %s; its label can no longer be changed", words(string(at)))
	}
	labels, err := a.carrier.Label(ctx, carrier.LabelRequest{
		CarrierID: a.purchase.Booking.CarrierID, Numbers: a.purchase.Booking.Numbers,
		Label: labelSpec(o.set, o.shipment, a.connection), Shipment: &o.shipment, Service: a.purchase.Service, Now: a.purchase.Created,
	})
	if err != nil {
		if in.Force {
			return s.putEdit(ctx, o, changed, nil)
		}
		return waybill.Shipment{}, err
	}
	a.shipment = o.shipment
	papers, err := s.documents(ctx, a, carrier.Booking{Receipt: *a.purchase.Booking, Labels: labels})
	if err != nil {
		return waybill.Shipment{}, err
	}
	return s.putEdit(ctx, o, changed, papers)
}

// replaceLabels puts new labels in the place of those that the shipment travels with; none: they stay.
func replaceLabels(tx store.Tx, sh waybill.Shipment, fresh []waybill.Document) error {
	if len(fresh) == 0 {
		return nil
	}
	old, err := labelsOf(tx, sh, false)
	if err != nil {
		return err
	}
	for _, d := range old {
		if err := tx.Documents().Delete(d.ID, d.Version); err != nil {
			return err
		}
	}
	for _, d := range fresh {
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	return nil
}
