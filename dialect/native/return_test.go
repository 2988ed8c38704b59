package native_test

import (
	"bytes"
	"testing"

	"waybill"
)

func TestReturns(t *testing.T) {
	w := begin(t)
	shipment := w.ask("admin", "POST", "/shipments", and(parcelTo("B-1"), "book", object{"connection": "van"})).is(201)
	draft := w.ask("operations", "POST", "/returns", object{"shipment": "B-1", "reasons": []string{"too small"}}, with{"Idempotency-Key", "r1"}).is(201)
	id := draft.text("id")
	if draft.text("booking") != "draft" || draft.text("shipment_id") != shipment.text("id") || draft.text("from.name") != "Ada Byron" || draft.text("to.city") != "Bath" || draft.count("parcels") != 1 {
		t.Error(string(draft.body))
	}
	if again := w.ask("operations", "POST", "/returns", object{"shipment": "B-1", "reasons": []string{"too small"}}, with{"Idempotency-Key", "r1"}).is(201); again.text("id") != id {
		t.Error("a repeat drew up another")
	}
	rates := w.ask("rates-only", "POST", "/returns/"+id+"/rates", nil).is(200)
	if rates.count("rates") != 2 || rates.text("rates.0.service") != "back" {
		t.Fatal(string(rates.body))
	}
	w.ask("operations", "GET", "/returns/"+id+"/label", nil).refused(404, waybill.ReasonNoLabel)
	w.ask("operations", "POST", "/returns/"+id+"/book", object{"max_price": object{"amount": 1, "currency": "GBP"}}).refused(422, waybill.ReasonUnknownRate)
	booked := w.ask("operations", "POST", "/returns/"+id+"/book", object{"connection": "sim", "service": "back"}, with{"Idempotency-Key", "r2"}).is(200)
	number := booked.text("tracking_number")
	if booked.text("booking") != "booked" || number == "" || booked.text("price.amount") != "500" || booked.text("carrier.connection") != "sim" {
		t.Fatal(string(booked.body))
	}
	if again := w.ask("operations", "POST", "/returns/"+id+"/book", object{"connection": "sim", "service": "back"}, with{"Idempotency-Key", "r2"}).is(200); again.text("tracking_number") != number {
		t.Error("a repeat booked another")
	}
	w.ask("operations", "POST", "/returns/"+id+"/book", object{}).refused(409, waybill.ReasonAlreadyBooked)
	if label := w.ask("read-only", "GET", "/returns/"+number+"/label", nil).is(200); !bytes.HasPrefix(label.body, []byte("%PDF-")) {
		t.Errorf("%.20q", label.body)
	}
	alone := w.ask("operations", "POST", "/returns", object{
		"reference": "RMA-7", "from": object{"name": "Bo Peep", "street1": "3 Hill", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "phone": "0117 496 0000"},
		"location": "bath", "parcels": parcelTo("x")["parcels"], "book": object{"connection": "van"},
	}, with{"Idempotency-Key", "r3"}).is(201)
	if alone.text("booking") != "booked" || alone.get("shipment_id") != nil || alone.text("reference") != "RMA-7" {
		t.Fatal(string(alone.body))
	}
	for _, name := range []string{id, number} {
		if got := w.ask("read-only", "GET", "/returns/"+name, nil).is(200); got.text("id") != id || got.header.Get("ETag") == "" {
			t.Error(string(got.body))
		}
	}
	first := w.ask("read-only", "GET", "/returns?limit=1", nil).is(200)
	second := w.ask("read-only", "GET", "/returns?limit=1&cursor="+first.text("next_cursor"), nil).is(200)
	if first.text("items.0.id") != alone.text("id") || second.text("items.0.id") != id || second.get("next_cursor") != nil {
		t.Error(string(first.body), string(second.body))
	}
	if back := w.ask("read-only", "GET", "/returns?limit=1&cursor="+second.text("prev_cursor"), nil).is(200); back.text("items.0.id") != alone.text("id") {
		t.Error("the way back in the list:", string(back.body))
	}
	if of := w.ask("read-only", "GET", "/returns?shipment=B-1", nil).is(200); of.count("items") != 1 || of.text("items.0.id") != id {
		t.Error(string(of.body))
	}
	if gone := w.ask("operations", "DELETE", "/returns/"+id+"?note=kept", nil).is(200); gone.text("booking") != "cancelled" {
		t.Error(string(gone.body))
	}
	w.ask("operations", "DELETE", "/returns/"+id, nil).refused(409, waybill.ReasonAlreadyCancelled)
	for _, who := range []string{"stranger", "child"} {
		w.ask(who, "GET", "/returns/"+id, nil).refused(404, waybill.ReasonUnknownShipment)
		w.ask(who, "GET", "/returns/"+number, nil).refused(404, waybill.ReasonUnknownShipment)
		w.ask(who, "DELETE", "/returns/"+id, nil).refused(404, waybill.ReasonUnknownShipment)
		w.ask(who, "POST", "/returns", object{"shipment": "B-1"}).refused(404, waybill.ReasonUnknownShipment)
		if w.ask(who, "GET", "/returns", nil).is(200).count("items") != 0 {
			t.Error(who, "sees the shop's returns")
		}
	}
	w.ask("read-only", "POST", "/returns", object{"shipment": "B-1"}).refused(403, waybill.ReasonRole)
	for path, body := range map[string]object{
		"reasons":           {"shipment": "B-1", "reasons": "big"},
		"expires_on":        {"shipment": "B-1", "expires_on": "soon"},
		"parcels[0].weight": {"shipment": "B-1", "parcels": []any{object{"weight": 2}}},
		"colour":            {"shipment": "B-1", "colour": "red"},
	} {
		if a := w.ask("admin", "POST", "/returns", body).is(422); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
}
