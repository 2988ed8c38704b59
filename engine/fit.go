package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/geo"
)

// What any carrier must be told, and what nobody can carry out, is judged here, whoever carries; carriers add limits of
// their own. It is held against an order whose caller asks for it (Strict): the vendors' APIs let their callers leave out
// more, and replay old dates, and each says itself what it takes.

// fits refuses a shipment that cannot be booked as it is, with all that is wrong with it.
func (s Session) fits(verb string, sh waybill.Shipment) error {
	return waybill.FieldErrors(verb, unfit(sh, s.Clock.Now()))
}

// unfit is what keeps a shipment from being booked, by path.
func unfit(sh waybill.Shipment, now time.Time) []waybill.FieldError {
	return slices.Concat(unreachable("to", sh.To), unweighed(sh.Parcels), mistimed(sh, now))
}

// unfitReturn is the same of a return: somebody goes, or writes, to where it comes from.
func unfitReturn(r waybill.Return) []waybill.FieldError {
	return slices.Concat(unreachable("from", r.From), unweighed(r.Parcels))
}

// checkCreate holds a new order against that, as far as what is to be done with it needs it.
func (s Session) checkCreate(in CreateShipment, sh waybill.Shipment) error {
	switch {
	case !in.Strict:
		return nil
	case in.Draft || in.Approve:
		return waybill.FieldErrors("create", reversed(sh))
	}
	return s.fits("create", sh)
}

// checkEdit holds what an edit changed against that: of a shipment that is booked where it goes and when. What it weighs
// may not change any more, or its carrier says what may.
func (s Session) checkEdit(in EditShipment, sh waybill.Shipment, changed []string) error {
	if !in.Strict {
		return nil
	}
	wrong := reversed(sh)
	if sh.Booking == waybill.Booked {
		wrong = slices.Concat(unreachable("to", sh.To), mistimed(sh, s.Clock.Now()))
	}
	return waybill.FieldErrors("edit", slices.DeleteFunc(wrong, func(f waybill.FieldError) bool {
		member := f.Path[:strings.IndexAny(f.Path+".", ".[")]
		return !slices.Contains(changed, strings.ReplaceAll(member, "_", ""))
	}))
}

// unreachable is what is missing of a party for a parcel to find it.
func unreachable(path string, p waybill.Party) (wrong []waybill.FieldError) {
	need := func(member, what string, there bool) {
		if !there {
			wrong = append(wrong, waybill.FieldError{
				Path: path + "." + member, Rule: waybill.RuleRequired, Message: "a parcel is booked with " + what + ": " + path + " has none",
			})
		}
	}
	a := p.Address
	need("name", "a name or company", strings.TrimSpace(p.Contact.Name+p.Contact.First+p.Contact.Last+p.Contact.Company) != "")
	need("street1", "a street", len(a.Lines()) > 0)
	need("city", "a town", strings.TrimSpace(a.City) != "")
	need("postcode", "a postal code", strings.TrimSpace(a.Postcode) != "" || !geo.NeedsPostcode(a.Country))
	return wrong
}

// unweighed are the parcels that weigh nothing, or of which nobody said what they weigh.
func unweighed(parcels []waybill.Parcel) (wrong []waybill.FieldError) {
	for i, p := range parcels {
		if p.Weight.Grams() > 0 {
			continue
		}
		f := waybill.FieldError{Path: fmt.Sprintf("parcels[%d].weight", i), Rule: waybill.RuleRequired, Message: "a parcel is booked by its weight"}
		if p.Weight.Value != "" {
			f.Rule, f.Value, f.Message = waybill.RuleRange, string(p.Weight.Value), "a parcel weighs more than nothing"
		}
		wrong = append(wrong, f)
	}
	return wrong
}

// mistimed are days and times that have passed, are too far off, or end before they begin. What is a day is told by the
// clock where it leaves from; yesterday is let pass, since orders are booked after midnight.
func mistimed(sh waybill.Shipment, now time.Time) (wrong []waybill.FieldError) {
	local := now.In(zoneOf(sh))
	if day := sh.Options.ShipDate; day != "" {
		first, last := local.AddDate(0, 0, -1).Format(time.DateOnly), local.AddDate(1, 0, 0).Format(time.DateOnly)
		if _, err := time.Parse(time.DateOnly, day); err != nil || day < first || day > last {
			wrong = append(wrong, waybill.FieldError{
				Path: "options.ship_date", Rule: waybill.RuleRange, Value: day, Limit: first + " to " + last,
				Message: "a parcel leaves from yesterday to a year from now",
			})
		}
	}
	for _, span := range spansOf(sh) {
		switch w := span.window; {
		case backwards(w):
		case w.Ends != nil && !w.Ends.After(now):
			wrong = append(wrong, span.field("ends", *w.Ends, "has passed"))
		case w.Starts != nil && w.Starts.After(now.AddDate(1, 0, 0)):
			wrong = append(wrong, span.field("starts", *w.Starts, "is more than a year away"))
		}
	}
	return append(wrong, reversed(sh)...)
}

// reversed are windows that end before they begin, or as they do. Nobody means them, not in a draft either.
func reversed(sh waybill.Shipment) (wrong []waybill.FieldError) {
	for _, span := range spansOf(sh) {
		if backwards(span.window) {
			wrong = append(wrong, span.field("ends", *span.window.Ends, "is not after its start"))
		}
	}
	return wrong
}

func backwards(w waybill.Window) bool {
	return w.Starts != nil && w.Ends != nil && !w.Ends.After(*w.Starts)
}

// span is one of the times that a caller asks for.
type span struct {
	path   string
	window waybill.Window
}

func spansOf(sh waybill.Shipment) []span {
	return []span{{"pickup_time", sh.PickupTime}, {"delivery_time", sh.DeliveryTime}}
}

func (s span) field(end string, at time.Time, why string) waybill.FieldError {
	return waybill.FieldError{
		Path: s.path + "." + end, Rule: waybill.RuleRange, Value: at.Format(time.RFC3339), Message: s.path + "." + end + " " + why,
	}
}
