package native_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill"
)

func TestConnections(t *testing.T) {
	w := begin(t)
	carriers := w.ask("read-only", "GET", "/carriers", nil).is(200)
	found := false
	for i := range carriers.count("items") {
		of := func(member string) string { return carriers.text("items." + fmt.Sprint(i) + "." + member) }
		if of("name") == "house" {
			found = true
			if of("settings.0.name") != "rate_card" || of("settings.0.required") != "true" || !strings.Contains(of("abilities"), "quote") || of("rate_card.setting") != "rate_card" {
				t.Error(string(carriers.body))
			}
		}
	}
	if !found {
		t.Error("the house courier is not listed")
	}
	made := w.ask("admin", "POST", "/connections", map[string]any{
		"reference": "bike", "carrier": "house", "mode": "simulator", "settings": map[string]any{"rate_card": card(300)}, "services": []string{"express"},
		"wallet": map[string]any{"floor": map[string]any{"amount": 500, "currency": "GBP"}},
	}).is(201)
	if made.text("name") != "House courier" || made.text("wallet.floor.amount") != "500" || made.text("increment") != "1" {
		t.Error(string(made.body))
	}
	one := "/connections/bike"
	got := w.ask("admin", "POST", one+"/test", map[string]any{"grams": 2500}).is(200)
	if got.text("ok") != "true" || got.text("rates.0.service") != "express" || got.text("rates.0.price.amount") != "600" || got.count("rates") != 1 ||
		got.text("from") != "bath" || !strings.Contains(got.text("abilities"), "return") {
		t.Error(string(got.body))
	}
	w.ask("admin", "POST", one+"/test", map[string]any{"to": "nowhere"}).refused(422, waybill.ReasonFields)
	w.ask("operations", "POST", one+"/test", nil).refused(403, waybill.ReasonRole)
	w.ask("test", "POST", "/connections/van/test", nil).refused(403, waybill.ReasonRole)
	w.ask("test", "PATCH", "/connections/van", map[string]any{"markup_per_mille": 1}).refused(403, waybill.ReasonRole)
	w.ask("test", "POST", "/connections/van/pause", nil).refused(403, waybill.ReasonRole)
	w.ask("test", "PATCH", one, map[string]any{"mode": "live"}).refused(403, waybill.ReasonRole)
	if f := w.ask("admin", "PATCH", one, map[string]any{"carrier": "ups"}).refused(422, waybill.ReasonFrozen); f.text("errors.0.path") != "carrier" {
		t.Error(string(f.body))
	}
	if f := w.ask("admin", "PATCH", one, map[string]any{"services": []string{"express", "pigeon"}}).refused(422, waybill.ReasonFields); f.text("errors.0.path") != "services[1]" {
		t.Error(string(f.body))
	}
	if f := w.ask("admin", "PATCH", one, map[string]any{"settings": map[string]any{"colour": "red"}}).refused(422, waybill.ReasonFields); f.text("errors.0.path") != "settings.colour" {
		t.Error(string(f.body))
	}
	if p := w.ask("admin", "POST", one+"/pause", map[string]any{"reason": "strike"}).is(200); p.text("paused") != "true" || p.text("pause_reason") != "strike" {
		t.Error(string(p.body))
	}
	if r := w.ask("admin", "POST", one+"/resume", nil).is(200); r.text("paused") != "" {
		t.Error(string(r.body))
	}
	if used := w.ask("admin", "DELETE", "/connections/van", nil).refused(409, waybill.ReasonInUse); !strings.Contains(used.text("detail"), "Bath") {
		t.Error(string(used.body))
	}
}

// A carrier's secrets go in and never come out; what they are wrong with is told as a credential.
func TestCredentialsAreWriteOnly(t *testing.T) {
	w := begin(t)
	body := map[string]any{
		"reference": "safe", "carrier": "safe", "mode": "sandbox", "settings": map[string]any{"user": "me"}, "credentials": map[string]any{"secret": "sesame-open-1"},
	}
	made := w.ask("admin", "POST", "/connections", body, with{"Idempotency-Key", "safe"}).is(201)
	if made.text("credential_names") != "[secret pin]" || made.text("settings.user") != "me" {
		t.Error(string(made.body))
	}
	for _, a := range []answer{
		made, w.ask("admin", "POST", "/connections", body, with{"Idempotency-Key", "safe"}), w.ask("admin", "GET", "/connections/safe", nil),
		w.ask("admin", "GET", "/connections", nil), w.ask("admin", "GET", "/audit", nil), w.ask("admin", "POST", "/connections/safe/test", nil),
		w.ask("admin", "PATCH", "/connections/safe", map[string]any{"settings": map[string]any{"user": "you"}}),
		w.ask("admin", "PATCH", "/connections/safe", map[string]any{"credentials": map[string]any{"secret": "sesame-open-2"}}),
	} {
		if a.status > 299 || strings.Contains(string(a.body), "sesame") {
			t.Error(string(a.body))
		}
	}
	if log := w.ask("admin", "GET", "/audit?record="+made.text("id"), nil).is(200); log.text("items.0.fields") != "[credentials]" || log.text("items.1.fields") != "[settings]" {
		t.Error(string(log.body))
	}
	gone := w.ask("admin", "PATCH", "/connections/safe", map[string]any{"credentials": map[string]any{"secret": ""}}).refused(422, waybill.ReasonFields)
	if gone.text("errors.0.path") != "credentials.secret" || gone.text("errors.0.rule") != "required" {
		t.Error(string(gone.body))
	}
	wrong := w.ask("admin", "PATCH", "/connections/safe", map[string]any{"credentials": map[string]any{"secret": "wrong-word"}}).is(200)
	if wrong.text("id") != made.text("id") {
		t.Error(string(wrong.body))
	}
	told := w.ask("admin", "POST", "/connections/safe/test", nil).is(200)
	if told.text("ok") != "false" || told.text("opens") != "true" || told.text("problem.reason") != string(waybill.ReasonCarrierLogin) || told.text("problem.carrier.code") != "E-401" {
		t.Error(string(told.body))
	}
}

func TestLending(t *testing.T) {
	w := begin(t)
	child := string(w.id["child"])
	seen := w.ask("child", "GET", "/connections/van", nil).is(200)
	if seen.text("borrowed") != "true" || seen.text("settings") != "" || seen.text("loans") != "" {
		t.Error("a borrower sees the lender's business:", string(seen.body))
	}
	for _, a := range []answer{
		w.ask("child", "PATCH", "/connections/van", map[string]any{"markup_per_mille": 0}), w.ask("child", "DELETE", "/connections/van", nil),
		w.ask("child", "POST", "/connections/van/pause", nil), w.ask("child", "GET", "/connections/van/rate-card", nil),
	} {
		a.refused(404, waybill.ReasonUnknownRecord)
	}
	if got := w.ask("child", "POST", "/connections/van/test", nil).is(200); got.text("ok") != "true" || got.text("rates.0.price.amount") != "495" || got.text("rates.0.bought") != "" {
		t.Error(string(got.body))
	}
	w.ask("admin", "DELETE", "/connections/van/loans/"+child, nil).is(200)
	w.ask("child", "GET", "/connections/van", nil).refused(404, waybill.ReasonUnknownRecord)
	if lent := w.ask("admin", "POST", "/connections/sim/loans", map[string]any{"account": child, "markup_per_mille": 50}).is(200); lent.text("loans.0.account") != child {
		t.Error(string(lent.body))
	}
	w.ask("child", "GET", "/connections/sim", nil).is(200)
	stranger := w.ask("admin", "POST", "/connections/sim/loans", map[string]any{"account": w.id["stranger"]}).refused(422, waybill.ReasonFields)
	nobody := w.ask("admin", "POST", "/connections/sim/loans", map[string]any{"account": "0123456789abcdef01234567"}).refused(422, waybill.ReasonFields)
	if stranger.text("detail") != nobody.text("detail") {
		t.Error("a stranger is told from nobody:", string(stranger.body))
	}
}

func TestRateCards(t *testing.T) {
	w := begin(t)
	one := "/connections/sim/rate-card"
	got := w.ask("admin", "GET", one, nil).is(200)
	if got.text("currency") != "GBP" || got.text("services.0.code") != "standard" {
		t.Error(string(got.body))
	}
	csv := string(w.ask("admin", "GET", one+"/rates", nil).is(200).body)
	if !strings.HasPrefix(csv, "service,zone,days,up_to_kg,price") || !strings.Contains(csv, "standard,all,2,30,5.00") {
		t.Error(csv)
	}
	kind := with{"Content-Type", "text/csv"}
	dearer := strings.Replace(csv, "standard,all,2,30,5.00", "standard,all,2,30,7.25", 1)
	etag := got.header.Get("ETag")
	put := w.ask("admin", "PUT", one+"/rates", dearer, kind, with{"If-Match", etag}).is(200)
	if put.text("services.0.tariffs.0.bands.0.price") != "725" {
		t.Error(string(put.body))
	}
	w.ask("admin", "PUT", one+"/rates", dearer, kind, with{"If-Match", etag}).refused(412, waybill.ReasonVersion)
	if test := w.ask("admin", "POST", "/connections/sim/test", nil).is(200); test.text("rates.0.price.amount") != "725" {
		t.Error("the new price does not hold:", string(test.body))
	}
	foul := strings.Replace(csv, "standard,all,2,30,5.00", "standard,all,2,30,cheap", 1)
	foul = strings.Replace(foul, "express,all", "rocket,all", 1)
	bad := w.ask("admin", "PUT", one+"/rates", foul, kind).refused(422, waybill.ReasonFields)
	if bad.text("errors.0.path") != "rows[2].price" || bad.text("errors.1.path") != "rows[3].service" {
		t.Error(string(bad.body))
	}
	var card map[string]any
	w.check(jsonInto(put.body, &card))
	card["currency"] = "pounds"
	if bad := w.ask("admin", "PUT", one, card).refused(422, waybill.ReasonFields); bad.text("errors.0.path") != "currency" {
		t.Error(string(bad.body))
	}
	card["currency"] = "GBP"
	card["version"] = "2"
	if put := w.ask("admin", "PUT", one, card).is(200); put.text("version") != "2" {
		t.Error(string(put.body))
	}
	w.ask("read-only", "GET", one, nil).refused(403, waybill.ReasonRole)
	w.ask("admin", "GET", one+"/weights", nil).refused(422, waybill.ReasonFields)
	w.ask("stranger", "GET", one, nil).refused(404, waybill.ReasonUnknownRecord)
}

// A connection that parcels are on their way with is not let go of, nor are they lost with it.
func TestConnectionWithOpenParcels(t *testing.T) {
	w := begin(t)
	w.ask("admin", "PATCH", "/locations/bath", map[string]any{"connections": []string{"sim"}}).is(200)
	w.ask("admin", "POST", "/shipments", map[string]any{
		"reference": "B-1", "to": map[string]any{"name": "Jane", "street1": "1 Road", "city": "Leeds", "postcode": "LS1 6HD", "country": "GB"},
		"parcels": []any{map[string]any{"weight": map[string]any{"value": 1, "unit": "kg"}}},
	}).is(201)
	sh := w.ask("admin", "POST", "/shipments/B-1/book", nil).is(200)
	if sh.text("booking") != "booked" || sh.text("carrier.connection") != "sim" {
		t.Fatal(string(sh.body))
	}
	w.ask("admin", "PATCH", "/locations/bath", map[string]any{"connections": nil}).is(200)
	if used := w.ask("admin", "DELETE", "/connections/sim", nil).refused(409, waybill.ReasonInUse); !strings.Contains(used.text("detail"), "parcels") {
		t.Error(string(used.body))
	}
	w.ask("admin", "GET", "/connections/sim", nil).is(200)
	w.ask("admin", "DELETE", "/shipments/B-1", nil).is(200)
	w.ask("admin", "DELETE", "/connections/sim", nil).is(204)
}
