package native_test

import (
	"strings"
	"testing"

	"waybill"
)

// TestNamesThatAreNobodysAreRefusedByTheirPath: nothing is stored, and nobody is asked.
func TestNamesThatAreNobodysAreRefusedByTheirPath(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("D-1")).is(201)
	sent := w.ask("admin", "POST", "/shipments", and(parcelTo("S-1"), "book", object{"connection": "van"})).is(201)
	if sent.text("booking") != "booked" {
		t.Fatal(string(sent.body))
	}
	choice := func(c object) object { return and(parcelTo("X-1"), "carrier_choice", c) }
	for path, in := range map[string]struct {
		path string
		body any
		on   string
	}{
		"the connection":                  {"/shipments", and(parcelTo("X-1"), "book", object{"connection": "nope"}), "book.connection"},
		"the service":                     {"/shipments", and(parcelTo("X-1"), "book", object{"service": "nope"}), "book.service"},
		"another connection's service":    {"/shipments", and(parcelTo("X-1"), "book", object{"connection": "van", "service": "back"}), "book.service"},
		"the choice of a draft":           {"/shipments", choice(object{"connection": "nope"}), "carrier_choice.connection"},
		"the choice of what is booked":    {"/shipments", and(choice(object{"connection": "nope"}), "book", object{}), "carrier_choice.connection"},
		"a proposed connection":           {"/shipments", choice(object{"proposed": []any{object{"connection": "van"}, object{"connection": "nope"}}}), "carrier_choice.proposed[1].connection"},
		"a proposed service":              {"/shipments", choice(object{"proposed": []any{object{"services": []any{"nope"}}}}), "carrier_choice.proposed[0].services[0]"},
		"the choice of what is priced":    {"/rates", object{"shipment": choice(object{"connection": "nope"})}, "shipment.carrier_choice.connection"},
		"the connection of a draft":       {"/shipments/D-1/book", object{"connection": "nope"}, "connection"},
		"the service of a draft":          {"/shipments/D-1/book", object{"service": "nope"}, "service"},
		"the currency of a draft":         {"/shipments/D-1/book", object{"max_price": object{"amount": 100000, "currency": "JPY"}}, "max_price.currency"},
		"the connection of a return":      {"/returns", object{"shipment": "S-1", "book": object{"connection": "nope"}}, "book.connection"},
		"the service of a return":         {"/returns", object{"shipment": "S-1", "book": object{"service": "nope"}}, "book.service"},
		"the currency of a return":        {"/returns", object{"shipment": "S-1", "book": object{"max_price": object{"amount": 100000, "currency": "JPY"}}}, "book.max_price.currency"},
		"the service of a drafted return": {"/returns/draft/book", object{"service": "nope"}, "service"},
	} {
		if strings.Contains(in.path, "draft/") {
			drafted := w.ask("admin", "POST", "/returns", object{"shipment": "S-1"}).is(201)
			in.path = "/returns/" + drafted.text("id") + "/book"
		}
		a := w.ask("admin", "POST", in.path, in.body).refused(422, waybill.ReasonFields)
		if a.count("errors") != 1 || a.text("errors.0.path") != in.on {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	w.ask("admin", "GET", "/shipments/X-1", nil).refused(404, waybill.ReasonUnknownShipment)
	if d := w.ask("admin", "GET", "/shipments/D-1", nil).is(200); d.text("booking") != "draft" {
		t.Error(string(d.body))
	}
	if n := w.ask("admin", "GET", "/returns", nil).is(200).count("items"); n != 1 {
		t.Errorf("%d returns are stored", n)
	}
	w.ask("admin", "PATCH", "/shipments/D-1", object{"carrier_choice": object{"connection": "nope"}}).refused(422, waybill.ReasonFields)
}

// TestWhoDoesNotTakeAParcelIsNamedWithTheReason: a service that exists and does not take it is no mistake of the caller's.
func TestWhoDoesNotTakeAParcelIsNamedWithTheReason(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("D-1")).is(201)
	dear := w.ask("admin", "POST", "/shipments/D-1/book", object{"connection": "van", "max_price": object{"amount": 1, "currency": "GBP"}}).refused(422, waybill.ReasonUnknownRate)
	if !strings.Contains(dear.text("detail"), "it costs") {
		t.Error(string(dear.body))
	}
	w.ask("admin", "PATCH", "/locations/bath", object{"connections": []any{"van"}}).is(200)
	elsewhere := w.ask("admin", "POST", "/shipments/D-1/book", object{"connection": "sim"}).refused(422, waybill.ReasonUnknownRate)
	if !strings.Contains(elsewhere.text("detail"), "not assigned to the location bath") {
		t.Error(string(elsewhere.body))
	}
	stored := w.ask("admin", "POST", "/shipments", and(parcelTo("D-2"), "book", object{"connection": "sim"})).is(201)
	if stored.text("booking") != "no_provider" || !strings.Contains(stored.text("failure.message"), "not assigned to the location bath") {
		t.Error(string(stored.body))
	}
}
