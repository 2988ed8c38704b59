package native_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
)

// TestARateIsBookedByItsID: until it expires; what cannot be had is told beside, with its reason, and as it is in the
// trace of the decision.
func TestARateIsBookedByItsID(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/rules", object{
		"name": "Nothing dear", "importance": 9, "when": object{"field": "price", "op": "gt", "value": "9.50 GBP"}, "then": []any{object{"do": "exclude", "service": "express"}},
	}).is(201)
	w.ask("admin", "POST", "/rules", object{
		"name": "No simulator to Bristol", "importance": 8, "when": object{"field": "destination.city", "op": "is", "value": "Bristol"}, "then": []any{object{"do": "exclude", "provider": "sim", "service": "standard"}},
	}).is(201)
	rates := w.ask("rates-only", "POST", "/rates", object{"shipment": parcelTo("R-1")}).is(200)
	id := rates.text("rates.0.id")
	if rates.count("rates") != 2 || !strings.HasPrefix(id, "rate_") || rates.text("rates.0.expires_at") != "2026-11-23T09:30:00Z" || rates.text("rates.0.promised_at") == "" {
		t.Fatal(string(rates.body))
	}
	if rates.count("rejected") != 1 || rates.text("rejected.0.price.amount") != "1000" || !strings.Contains(rates.text("rejected.0.rejected"), "Nothing dear") ||
		rates.get("rejected.0.id") != nil || rates.get("rejected.0.expires_at") != nil {
		t.Error(string(rates.body))
	}
	if rates.count("missing") != 1 || rates.text("missing.0.connection") != "sim" || rates.text("missing.0.service") != "standard" || rates.text("missing.0.asked") != "false" ||
		!strings.Contains(rates.text("missing.0.reason"), "No simulator to Bristol") {
		t.Error(string(rates.body))
	}
	w.ask("admin", "POST", "/shipments", and(parcelTo("R-0"), "book", object{"rate": "rate_nonsense"})).refused(422, waybill.ReasonFields)
	w.ask("admin", "POST", "/shipments", and(parcelTo("R-0"), "book", object{"rate": id, "service": "express"})).refused(422, waybill.ReasonFields)
	booked := w.ask("admin", "POST", "/shipments", and(parcelTo("R-1"), "book", object{"rate": id}), with{"Idempotency-Key", "k"}).is(201)
	if booked.text("booking") != "booked" || booked.text("price.amount") != rates.text("rates.0.price.amount") || booked.text("carrier.service") != rates.text("rates.0.service") {
		t.Error(string(booked.body))
	}
	trace := w.ask("admin", "GET", "/shipments/R-1/decision", nil).is(200)
	if got, want := trace.text("items.0.rejected.0.rejected"), rates.text("rejected.0.rejected"); got != want {
		t.Errorf("the trace says %q, the rates said %q", got, want)
	}
	w.ask("admin", "POST", "/shipments", parcelTo("R-2")).is(201)
	back := w.ask("admin", "POST", "/returns", object{"shipment": "R-1"}).is(201).text("id")
	home := w.ask("admin", "POST", "/returns/"+back+"/rates", nil).is(200)

	w.app.Clock.Advance(30 * time.Minute)
	w.ask("admin", "POST", "/shipments/R-2/book", object{"rate": id}).refused(409, waybill.ReasonRateExpired)
	w.ask("admin", "POST", "/returns/"+back+"/book", object{"rate": home.text("rates.0.id")}).refused(409, waybill.ReasonRateExpired)
	if again := w.ask("admin", "POST", "/shipments", and(parcelTo("R-1"), "book", object{"rate": id}), with{"Idempotency-Key", "k"}).is(201); again.text("id") != booked.text("id") {
		t.Error("a repeat is not the first answer")
	}
	fresh := w.ask("admin", "POST", "/rates", object{"shipment_id": "R-2"}).is(200)
	if got := w.ask("admin", "POST", "/shipments/R-2/book", object{"rate": fresh.text("rates.1.id")}).is(200); got.text("carrier.service") != fresh.text("rates.1.service") ||
		got.text("carrier.connection") != fresh.text("rates.1.connection") {
		t.Error(string(got.body))
	}
	home = w.ask("admin", "POST", "/returns/"+back+"/rates", nil).is(200)
	if got := w.ask("admin", "POST", "/returns/"+back+"/book", object{"rate": home.text("rates.1.id")}).is(200); got.text("carrier.connection") != home.text("rates.1.connection") {
		t.Error(string(got.body))
	}
}

// TestRatesThatTheWalletCannotPay: they are among the rejected, of a shipment that is stored and of one that is not, and
// can be bought when there is money.
func TestRatesThatTheWalletCannotPay(t *testing.T) {
	w := begin(t)
	w.ask("admin", "PATCH", "/connections/van", object{"wallet": object{"floor": object{"amount": 0, "currency": "GBP"}}}).is(200)
	w.ask("admin", "PATCH", "/connections/sim", object{"wallet": object{"floor": object{"amount": 0, "currency": "GBP"}}}).is(200)
	w.ask("admin", "POST", "/shipments", parcelTo("POOR-1")).is(201)
	for name, body := range map[string]object{"stored": {"shipment_id": "POOR-1"}, "not stored": {"shipment": parcelTo("POOR-2")}} {
		a := w.ask("admin", "POST", "/rates", body).is(200)
		if a.count("rates") != 0 || a.count("rejected") != 4 || !strings.Contains(a.text("rejected.0.rejected"), "the wallet holds less than") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	w.ask("admin", "POST", "/wallets/XXX/top-ups", object{"amount": 5000, "cause": "transfer"}).is(422)
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 5000, "cause": "transfer"}).is(201)
	if a := w.ask("admin", "POST", "/rates", object{"shipment_id": "POOR-1"}).is(200); a.count("rates") != 4 || a.count("rejected") != 0 {
		t.Error(string(a.body))
	}
}
