package lynkup

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode"

	"waybill"
	"waybill/dialect"
)

// The lengths of text, in characters. The vendor publishes those of keys, locale and instructions; the
// others keep a slip from filling the store.
const (
	maxKey    = 100 // ids, group, signature
	maxLocale = 50
	maxNotes  = 10_000
	maxName   = 255 // names, lines of an address
	maxText   = 10_000
	maxItems  = 100 // of every array
)

// member is one member of a request's body: how it is read into a shipment. One that is null or missing
// reads as "not set". Reading depends on the value and the shipment alone, so an edit may do it twice.
type member struct {
	name     string
	required bool
	read     func(dialect.Value, *waybill.Shipment)
}

// members are what create and edit have in common. The location is not among them: the engine resolves
// it.
var members = []member{
	{"orderExternalId", true, readReference},
	{"orderValue", true, func(v dialect.Value, s *waybill.Shipment) { s.Value.Value = readNumber(v, mostMoney) }},
	{"deliveryContact", true, func(v dialect.Value, s *waybill.Shipment) { s.To.Contact = readContact(v, s.To.Contact) }},
	{"deliveryAddress", true, func(v dialect.Value, s *waybill.Shipment) { s.To.Address = readAddress(v, s.To.Address) }},
	{"package", false, readPackage},
	{"itemList", false, readItems},
	{"pickupTime", false, func(v dialect.Value, s *waybill.Shipment) { s.PickupTime = readWindow(v) }},
	{"deliveryTime", false, func(v dialect.Value, s *waybill.Shipment) { s.DeliveryTime = readWindow(v) }},
	{"groupId", false, func(v dialect.Value, s *waybill.Shipment) { s.Group = v.String(maxKey) }},
	{"signature", false, func(v dialect.Value, s *waybill.Shipment) { s.Options.Signature = v.String(maxKey) }},
	{"deliveryInstructions", false, func(v dialect.Value, s *waybill.Shipment) { s.Instructions = v.String(maxNotes) }},
	{"pickupInstructions", false, func(v dialect.Value, s *waybill.Shipment) { s.PickupNotes = v.String(maxNotes) }},
	{"orderAttributes", false, readAttributes},
	{"proposedProviders", false, readProposals},
	{"locale", false, func(v dialect.Value, s *waybill.Shipment) { s.Locale = v.String(maxLocale) }},
	{"createdDate", false, func(v dialect.Value, s *waybill.Shipment) { s.Placed = readMillis(v) }},
}

// object reads the body, which must be a JSON object.
func object(r *dialect.Request) (dialect.Value, error) {
	v, err := r.JSON()
	if err != nil {
		return v, err
	}
	if _, ok := v.Raw().(map[string]any); !ok {
		return v, waybill.E(r.Op, waybill.ReasonBadJSON, "the body must be a JSON object")
	}
	return v, nil
}

// isObject notes an error unless the value is an object; null, as one of a list, is none.
func isObject(v dialect.Value) bool {
	if v.Null() {
		v.Note(waybill.RuleObject, "", "%s must be an object", v.Path())
	}
	return v.Object()
}

// require notes a member that must be there; the address has a text of its own.
func (m member) require(v dialect.Value) dialect.Value {
	switch {
	case !m.required:
		return v
	case m.name == "deliveryAddress" && v.Absent():
		v.Note(waybill.RuleRequired, "", "Delivery Address not provided")
		return v
	}
	return v.Required()
}

// readReference reads the name that later calls put into their path: control characters cannot be asked
// for again.
func readReference(v dialect.Value, s *waybill.Shipment) {
	s.Reference = v.String(maxKey)
	if strings.ContainsFunc(s.Reference, func(c rune) bool { return unicode.IsControl(c) || c == unicode.ReplacementChar }) {
		v.Note(waybill.RuleFormat, "", "%s must not hold control characters", v.Path())
	}
}

// readContact reads a customer. What another API knows of the same person and this one does not is kept.
func readContact(v dialect.Value, old waybill.Contact) waybill.Contact {
	if !v.Object() {
		return old
	}
	name, phone := v.At("name").Required().String(maxName), v.At("phone").Text(maxKey)
	c := old
	if name != old.FullName() {
		c.Name, c.First, c.Last = name, "", ""
	}
	if phone != old.AnyPhone() {
		c.Phone, c.Mobile = phone, ""
	}
	c.Email = v.At("email").String(maxName)
	return c
}

// readAddress reads where the order goes. Coordinates belong to the place: the old ones stay when the
// place does and none are sent, and stay found by us when they are sent back.
func readAddress(v dialect.Value, old waybill.Address) waybill.Address {
	if !v.Object() {
		return old
	}
	a := waybill.Address{
		Street1: v.At("street1").Required().Text(maxName), Street2: v.At("street2").Text(maxName),
		Apartment: v.At("apartmentNumber").Text(maxName), City: v.At("city").Required().String(maxName),
		State: v.At("state").String(maxName), Postcode: v.At("postalCode").Text(maxKey),
		Country: strings.ToUpper(strings.TrimSpace(v.At("countryCode").Required().String(maxKey))),
		Point:   readPoint(v),
	}
	if shown := addressOf(&old); a.Street1 == shown.Street1 && a.Street2 == shown.Street2 {
		a.Street1, a.House, a.Street2, a.Street3 = old.Street1, old.House, old.Street2, old.Street3
		a.What3Words, a.Residential = old.What3Words, old.Residential
	}
	point := a.Point
	if a.Point, a.PointFound = old.Point, old.PointFound; a == old && (point == nil || (old.Point != nil && *point == *old.Point)) {
		return old
	}
	a.Point, a.PointFound = point, false
	return a
}

func readPoint(v dialect.Value) *waybill.Point {
	lat, lng := v.At("latitude"), v.At("longitude")
	if lat.Absent() && lng.Absent() {
		return nil
	}
	if lat.Absent() != lng.Absent() {
		v.Note(waybill.RuleNeeds, "", "%s needs latitude and longitude together", v.Path())
	}
	return &waybill.Point{Lat: readDegrees(lat, 90), Lng: readDegrees(lng, 180)}
}

func readDegrees(v dialect.Value, most float64) float64 {
	d := v.Decimal()
	if d == "" {
		return 0
	}
	degrees, err := strconv.ParseFloat(string(d), 64)
	if err != nil || degrees < -most || degrees > most {
		v.Note(waybill.RuleRange, "", "%s must be from %g to %g", v.Path(), -most, most)
	}
	return degrees
}

// readWindow reads a span of time, open at either end.
func readWindow(v dialect.Value) waybill.Window {
	if !v.Object() {
		return waybill.Window{}
	}
	w := waybill.Window{Starts: readMillis(v.At("startsAt")), Ends: readMillis(v.At("endsAt"))}
	if w.Starts != nil && w.Ends != nil && w.Ends.Before(*w.Starts) {
		v.Note(waybill.RuleRange, "", "%s must not end before it starts", v.Path())
	}
	return w
}

// lastMilli is the end of the year 9999, past which no date can be written.
const lastMilli = 253_402_300_799_999

func readMillis(v dialect.Value) *time.Time {
	if v.Absent() {
		return nil
	}
	t := time.UnixMilli(v.Integer(0, lastMilli)).UTC()
	return &t
}

func readAttributes(v dialect.Value, s *waybill.Shipment) {
	s.Attributes = nil
	if v.Object() {
		v.Whole()
		if b := v.Bytes(); !bytes.Equal(b, []byte("{}")) {
			s.Attributes = b
		}
	}
}

func readProposals(v dialect.Value, s *waybill.Shipment) {
	s.Choice.Proposed = nil
	for _, v := range v.Items(maxItems) {
		if !isObject(v) {
			continue
		}
		pick := waybill.Pick{Provider: v.At("name").Required().String(maxName)}
		for _, service := range v.At("services").Items(maxItems) {
			if !isObject(service) {
				continue
			}
			pick.Services = append(pick.Services, service.At("id").Required().String(maxName))
		}
		s.Choice.Proposed = append(s.Choice.Proposed, pick)
	}
}
