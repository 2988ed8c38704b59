package native_test

import (
	"fmt"
	"testing"

	"waybill"
)

// TestARefusedReturnLeavesNothing: what could not be bought is not there as a draft either.
func TestARefusedReturnLeavesNothing(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", and(parcelTo("R-1"), "book", object{"connection": "van"})).is(201)
	for _, book := range []object{
		{"connection": "nope"}, {"max_price": object{"amount": 1, "currency": "GBP"}}, {"rate": "x"}, {"location": "nope"}, {"rate": ""},
	} {
		if a := w.ask("operations", "POST", "/returns", object{"shipment": "R-1", "book": book}); a.status != 422 {
			t.Errorf("%v: %d %s", book, a.status, a.body)
		}
	}
	if a := w.ask("read-only", "GET", "/returns", nil).is(200); a.count("items") != 0 {
		t.Errorf("what was refused is there: %s", a.body)
	}
	for i, connection := range []string{"van", "sim"} {
		body := object{"shipment": "R-1", "book": object{"connection": connection}}
		booked := w.ask("operations", "POST", "/returns", body, with{"Idempotency-Key", "again " + connection}).is(201)
		again := w.ask("operations", "POST", "/returns", body, with{"Idempotency-Key", "again " + connection}).is(201)
		if booked.text("booking") != "booked" || again.text("id") != booked.text("id") || w.ask("read-only", "GET", "/returns", nil).is(200).count("items") != i+1 {
			t.Errorf("%s %s", booked.body, again.body)
		}
	}
	kinds := map[string]int{}
	events := w.ask("admin", "GET", "/shipments/R-1/events", nil).is(200)
	for i := range events.count("items") {
		kinds[events.text(fmt.Sprintf("items.%d.kind", i))]++
	}
	if kinds["return.created"] != 2 || kinds["return.booked"] != 2 {
		t.Error("what is told of the returns:", kinds)
	}
}

// TestWhatIsWrongIsToldWhereItWasSaid: by the paths of the body that was sent.
func TestWhatIsWrongIsToldWhereItWasSaid(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", and(parcelTo("P-1"), "book", object{"connection": "van"})).is(201)
	parcels := []any{object{"package_size": "nope"}}
	dear := object{"amount": 1_000_000_000_001, "currency": "GBP"}
	less := object{"amount": -1, "currency": "GBP"}
	for _, c := range []struct {
		path, target string
		body         object
	}{
		{"shipment.to.country", "/rates", object{"shipment": and(parcelTo("x"), "to", object{"country": "ZZ"})}},
		{"shipment.location", "/rates", object{"shipment": and(parcelTo("x"), "location", "nope")}},
		{"location", "/rates", object{"shipment": parcelTo("x"), "location": "nope"}},
		{"shipment.return_location", "/rates", object{"shipment": and(parcelTo("x"), "return_location", "nope")}},
		{"shipment.tags[0]", "/rates", object{"shipment": and(parcelTo("x"), "tags", []string{"nope"})}},
		{"shipment.parcels[0].package_size", "/rates", object{"shipment": and(parcelTo("x"), "parcels", parcels)}},
		{"shipment.value.amount", "/rates", object{"shipment": and(parcelTo("x"), "value", less)}},
		{"book.rate", "/shipments", and(parcelTo("x"), "book", object{"rate": "x", "hold": true})},
		{"book.rate", "/shipments", and(parcelTo("x"), "book", object{"rate": ""})},
		{"rate", "/shipments/P-1/book", object{"rate": ""}},
		{"value.amount", "/shipments", and(parcelTo("x"), "value", less)},
		{"value.amount", "/shipments", and(parcelTo("x"), "value", dear)},
		{"value.currency", "/shipments", and(parcelTo("x"), "value", object{"amount": 1, "currency": "ZZZ"})},
		{"options.cod.amount", "/shipments", and(parcelTo("x"), "options", object{"cod": less})},
		{"options.insurance.amount", "/shipments", and(parcelTo("x"), "options", object{"insurance": less})},
		{"options.insurance.amount", "/shipments", and(parcelTo("x"), "options", object{"insurance": dear})},
		{"expires_on", "/returns", object{"shipment": "P-1", "expires_on": "2020-01-01"}},
		{"tracking_number", "/returns", object{"shipment": "P-1", "tracking_number": "nope"}},
		{"location", "/returns", object{"shipment": "P-1", "location": "nope"}},
		{"book.location", "/returns", object{"shipment": "P-1", "book": object{"location": "nope"}}},
		{"book.rate", "/returns", object{"shipment": "P-1", "book": object{"rate": "x"}}},
		{"book.rate", "/returns", object{"shipment": "P-1", "book": object{"rate": ""}}},
		{"parcels[0].package_size", "/returns", object{"shipment": "P-1", "parcels": parcels}},
		{"parcels[0].package_size", "/returns", object{"shipment": "P-1", "parcels": []any{object{"package_size": 99999}}}},
		{"options.cod.amount", "/returns", object{"shipment": "P-1", "options": object{"cod": less}}},
		{"expires_at", "/api-keys", object{"name": "k", "role": "read-only", "expires_at": "2020-01-01T00:00:00Z"}},
		{"grants[0]", "/api-keys", object{"name": "k", "role": "read-only", "grants": []string{"nope"}}},
		{"account", "/connections/van/loans", object{"account": "Nobody"}},
		{"settings.currency", "/accounts", object{"name": "C", "settings": object{"currency": "ZZZ"}}},
	} {
		if a := w.ask("admin", "POST", c.target, c.body); a.status != 422 || a.text("errors.0.path") != c.path {
			t.Errorf("%s of %v: %d %s", c.path, c.body, a.status, a.body)
		}
	}
	for path, body := range map[string]object{
		"value.amount": {"value": less}, "options.cod.currency": {"options": object{"cod": object{"amount": 1, "currency": "ZZZ"}}},
	} {
		if a := w.ask("admin", "PATCH", "/shipments/P-1", body); a.status != 422 || a.text("errors.0.path") != path {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := w.ask("admin", "POST", "/returns", object{"shipment": "nope"}).refused(404, waybill.ReasonUnknownShipment); a.text("errors.0.path") != "shipment" {
		t.Error(string(a.body))
	}
	if a := w.ask("admin", "POST", "/rates", object{"shipment_id": "nope"}).refused(404, waybill.ReasonUnknownShipment); a.text("errors.0.path") != "shipment_id" {
		t.Error(string(a.body))
	}
}
