package native_test

import (
	"testing"

	"waybill"
)

func TestWallet(t *testing.T) {
	w := begin(t)
	paid := w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 10000, "cause": "transfer 1"}, with{"Idempotency-Key", "w1"}).is(201)
	again := w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 10000, "cause": "transfer 1"}, with{"Idempotency-Key", "w1"}).is(201)
	if paid.text("id") != again.text("id") || paid.text("available_after.amount") != "10000" || paid.text("available_after.currency") != "GBP" || paid.text("kind") != "top_up" {
		t.Error(string(paid.body), string(again.body))
	}
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 99, "cause": "x"}, with{"Idempotency-Key", "w1"}).refused(409, waybill.ReasonKeyReused)
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": -2500, "cause": "back"}).is(201)
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": -7501, "cause": "x"}).refused(402, waybill.ReasonBalance)
	w.ask("operations", "POST", "/wallets/GBP/top-ups", object{"amount": 1, "cause": "x"}).refused(403, waybill.ReasonRole)
	if a := w.ask("read-only", "GET", "/wallets", nil).is(200); a.count("items") != 1 || a.text("items.0.available.amount") != "7500" || a.text("items.0.paid_in.amount") != "7500" || a.text("items.0.paid_in.currency") != "GBP" {
		t.Error(string(a.body))
	}
	first := w.ask("read-only", "GET", "/wallets/GBP/entries?limit=1", nil).is(200)
	second := w.ask("read-only", "GET", "/wallets/GBP/entries?limit=1&cursor="+first.text("next_cursor"), nil).is(200)
	if first.text("items.0.kind") != "pay_out" || second.text("items.0.id") != paid.text("id") || second.get("next_cursor") != nil {
		t.Error(string(first.body), string(second.body))
	}
	if a := w.ask("read-only", "GET", "/wallets/GBP/holds", nil).is(200); a.count("items") != 0 {
		t.Error(string(a.body))
	}
	for _, who := range []string{"stranger", "child"} {
		if a := w.ask(who, "GET", "/wallets/GBP/entries", nil).is(200); a.count("items") != 0 || w.ask(who, "GET", "/wallets", nil).is(200).count("items") != 0 {
			t.Error(who, "sees the shop's money")
		}
	}
	w.ask("rates-only", "GET", "/wallets", nil).refused(403, waybill.ReasonRole)
	for path, body := range map[string]any{"amount": object{"amount": "much", "cause": "x"}, "cause": object{"amount": 5, "cause": 5}} {
		if a := w.ask("admin", "POST", "/wallets/GBP/top-ups", body).is(422); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := w.ask("admin", "GET", "/wallets/pounds/entries", nil).is(422); a.text("errors.0.path") != "path.currency" {
		t.Error(string(a.body))
	}
	if a := w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 0, "cause": "x"}).is(422); a.text("errors.0.path") != "amount" {
		t.Error(string(a.body))
	}
}

func TestPurchases(t *testing.T) {
	w := begin(t)
	if a := w.ask("read-only", "GET", "/purchases", nil).is(200); a.count("items") != 0 {
		t.Error(string(a.body))
	}
	shipment := w.ask("admin", "POST", "/shipments", and(parcelTo("P-1"), "book", object{"connection": "van"})).is(201)
	bought := w.ask("read-only", "GET", "/purchases?state=bought,voided", nil).is(200)
	id := bought.text("items.0.id")
	if bought.count("items") != 1 || bought.text("items.0.shipment_id") != shipment.text("id") || bought.count("items.0.actions") != 0 {
		t.Fatal(string(bought.body))
	}
	if a := w.ask("read-only", "GET", "/purchases?state=bought&updated_since=2999-01-01T00:00:00Z", nil).is(200); a.count("items") != 0 {
		t.Error(string(a.body))
	}
	w.ask("admin", "POST", "/shipments", and(parcelTo("P-2"), "book", object{"connection": "van"})).is(201)
	part := w.ask("read-only", "GET", "/purchases?state=bought&sort=created&limit=1", nil).is(200)
	rest := w.ask("read-only", "GET", "/purchases?state=bought&sort=created&limit=1&cursor="+part.text("next_cursor"), nil).is(200)
	if part.text("items.0.id") != id || rest.count("items") != 1 || rest.text("items.0.id") == id || rest.get("next_cursor") != nil {
		t.Error(string(part.body), string(rest.body))
	}
	if a := w.ask("read-only", "GET", "/purchases/"+id, nil).is(200); a.text("state") != "bought" || a.text("tracking_numbers.0") != shipment.text("tracking_number") {
		t.Error(string(a.body))
	}
	w.ask("operations", "POST", "/purchases/"+id+"/decide", object{"bought": false}).refused(409, waybill.ReasonNotRetryable)
	w.ask("read-only", "POST", "/purchases/"+id+"/decide", object{"bought": false}).refused(403, waybill.ReasonRole)
	for _, who := range []string{"stranger", "child"} {
		w.ask(who, "GET", "/purchases/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "POST", "/purchases/"+id+"/decide", object{"bought": false}).refused(404, waybill.ReasonUnknownRecord)
	}
	if a := w.ask("admin", "GET", "/purchases?state=lost", nil).is(422); a.text("errors.0.path") != "query.state[0]" {
		t.Error(string(a.body))
	}
	if a := w.ask("admin", "POST", "/purchases/"+id+"/decide", object{"bought": "yes"}).is(422); a.text("errors.0.path") != "bought" {
		t.Error(string(a.body))
	}
}
