package peddler

import (
	"encoding/json"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// Lengths that the vendor does not publish: what one line may hold here.
const (
	maxText = 255
	maxURI  = 2000
)

// stamp is a time as this API writes it: UTC, with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func stampOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := stamp(*t)
	return &s
}

// orNull is text that is null when it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// address is an address as this API writes it. In the answers of 2023 a location's figures are text.
type address struct {
	Location        *location       `json:"location"`
	Company         *string         `json:"company"`
	Name            *string         `json:"name"`
	House           *string         `json:"house"`
	Address1        string          `json:"address1"`
	Address2        *string         `json:"address2"`
	City            string          `json:"city"`
	State           *string         `json:"state"`
	PostCode        string          `json:"postCode"`
	Country         string          `json:"country"`
	Phone           *string         `json:"phone"`
	Email           *string         `json:"email,omitempty"`
	DisplayAddress  string          `json:"displayAddress"`
	PreviousAddress json.RawMessage `json:"previousAddress,omitempty"`
}

type location struct {
	Lat any `json:"lat"`
	Lng any `json:"lng"`
}

func locationOf(p *waybill.Point) *location {
	if p == nil {
		return nil
	}
	return &location{p.Lat, p.Lng}
}

// textual is a location as it was written in 2023.
func (l *location) textual() {
	if l == nil {
		return
	}
	l.Lat, l.Lng = digits(l.Lat), digits(l.Lng)
}

func digits(v any) string {
	b, _ := json.Marshal(v) // a number
	return string(b)
}

func addressOf(p *waybill.Party) *address {
	a, c := p.Address, p.Contact
	name := c.FullName()
	if c.Name == "" && c.First == "" && c.Last == "" {
		name = ""
	}
	state := a.State
	if state == a.City {
		state = ""
	}
	return &address{
		Location: locationOf(a.Point), Company: orNull(c.Company), Name: orNull(name), House: orNull(a.House),
		Address1: a.Street1, Address2: orNull(joined(a.Street2, a.Street3, a.Apartment)), City: a.City, State: orNull(a.State),
		PostCode: a.Postcode, Country: a.Country, Phone: orNull(c.AnyPhone()),
		DisplayAddress: joined(append(a.Lines(), strings.TrimSpace(a.Postcode+" "+a.City), state, a.Country)...),
	}
}

// joined are the parts that are not empty, with commas between them.
func joined(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, ", ")
}

// Where an address came from before it was changed, among a shipment's members that only this API knows.
const previousAddress = "previousAddress"

// extraOf are the members of a shipment that only this API knows, as they were kept.
func extraOf(s *waybill.Shipment) map[string]json.RawMessage {
	var extra map[string]json.RawMessage
	if json.Unmarshal(s.Extra, &extra) != nil || extra == nil {
		return map[string]json.RawMessage{}
	}
	return extra
}

// named is the shipment that the path names.
func named(r *dialect.Request) engine.Ref { return engine.Ref{Tracking: r.Params[trackingNumber]} }

// list reads a body that is an array, or an object that has one under a name, as items that are read one by one:
// what is wrong with one is told of that one alone. Numbers may come as text.
func list(r *dialect.Request, name string, most int) ([]dialect.Value, error) {
	v, err := r.JSON()
	if err != nil {
		return nil, err
	}
	if object, ok := v.Raw().(map[string]any); ok && object[name] != nil {
		v = v.At(name)
	}
	items := v.Items(most)
	if err := v.Errors(r.Op); err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, waybill.FieldErrors(r.Op, []waybill.FieldError{{Path: name, Rule: waybill.RuleRequired, Message: "there is nothing in the list"}})
	}
	for i := range items {
		items[i] = items[i].Alone()
	}
	return items, nil
}

// isObject notes an error unless the item of a list is an object.
func isObject(v dialect.Value) bool {
	if _, ok := v.Raw().(map[string]any); !ok {
		v.Note(waybill.RuleObject, "", "each item must be an object")
		return false
	}
	return true
}

// given is a member as it was sent, for an answer that gives it back; null when it is no plain value.
func given(v dialect.Value) *string {
	switch raw := v.Raw().(type) {
	case string:
		return &raw
	case json.Number:
		s := raw.String()
		return &s
	}
	return nil
}
