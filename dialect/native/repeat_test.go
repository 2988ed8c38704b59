package native_test

import (
	"bytes"
	"fmt"
	"net/url"
	"testing"
)

// askTwice sends a write with a key of its own, and, where it was done, once more: nothing is done again, and the answer is
// the same but for the header that says so.
func (w *world) askTwice(key, method, path string, body any, headers ...with) answer {
	w.t.Helper()
	at, err := url.Parse(w.url + path)
	w.check(err)
	pattern, _ := w.doc.routes.Find(method, at.EscapedPath())
	route := w.doc.routes[pattern]
	w.turn++
	headers = append([]with{{"Idempotency-Key", fmt.Sprint("twice ", w.turn)}}, headers...)
	first := w.askOnce(key, method, path, body, headers...)
	if route.Open || first.status >= 300 {
		return first
	}
	if first.header.Get(replayed) != "" {
		w.t.Errorf("%s: a first answer says that it is a repeat", first.asked)
	}
	again := w.askOnce(key, method, path, body, headers...)
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("ETag") != first.header.Get("ETag") {
		w.t.Errorf("%s is repeated otherwise:\n%d %s\n%d %s", first.asked, first.status, first.body, again.status, again.body)
	}
	if again.header.Get(replayed) != "true" {
		w.t.Errorf("%s: a repeat does not say that it is one", first.asked)
	}
	w.twice[route.Op] = true
	return first
}

const replayed = "Idempotent-Replayed"

// TestEveryWriteIsDoneOnceByItsKey goes over the document: whatever takes an Idempotency-Key is sent twice with one.
func TestEveryWriteIsDoneOnceByItsKey(t *testing.T) {
	w := begin(t)
	w.twice = map[string]bool{}
	w.ask("admin", "POST", "/shipments", parcelTo("R-0")).is(201)
	w.ask("admin", "GET", "/shipments/R-0", nil).is(200)
	entry := w.ask("admin", "GET", "/requests?operation=get-shipment&reference=R-0", nil).is(200)
	w.ask("test", "POST", "/requests/"+entry.text("items.0.id")+"/replay", nil).is(200) // while no carrier is live
	s := &stale{w, map[string]bool{}}
	s.everywhere()
	w.theRest()
	for path, item := range w.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if o.Parameters.GetByInAndName("header", "Idempotency-Key") != nil && !w.twice[o.OperationID] {
				t.Errorf("%s %s (%s) was not sent twice", method, path, o.OperationID)
			}
		}
	}
}

// theRest does what depends on no version.
func (w *world) theRest() {
	number := w.ask("admin", "POST", "/shipments", and(and(parcelTo("R-1"), "book", object{}), "carrier_choice", object{"connection": "van"})).is(201).text("tracking_number")
	w.ask("admin", "POST", "/labels", object{"shipments": []string{"R-1"}}).is(200)
	w.ask("admin", "POST", "/rates", object{"shipment_id": "R-1"}).is(200)
	back := w.ask("admin", "POST", "/returns", object{"shipment": "R-1"}).is(201).text("id")
	w.ask("admin", "POST", "/returns/"+back+"/rates", nil).is(200)
	w.ask("admin", "POST", "/tracking", object{"numbers": []any{object{"number": number}}}).is(200)
	w.ask("admin", "POST", "/tracking/"+number+"/scans", object{"status": "picked_up"}).is(201)
	w.ask("admin", "POST", "/scan", object{"text": number}).is(200)
	w.ask("admin", "POST", "/connections/sim/resume", nil).is(200)
	tried := w.ask("test", "POST", "/shipments", and(parcelTo("R-2"), "book", object{})).is(201).text("tracking_number")
	w.ask("admin", "POST", "/sandbox/parcels/"+tried+"/advance", nil).is(200)
	w.ask("admin", "POST", "/sandbox/clock", object{"advance": "1h"}).is(200)
	rule := object{"name": "Labels", "then": []any{object{"do": "printer", "name": "one"}}}
	w.ask("admin", "POST", "/rules/validate", rule).is(200)
	w.ask("admin", "POST", "/rules/dry-run", object{"shipment_id": "R-1"}).is(200)
	w.ask("admin", "POST", "/rules/backtest", object{"rules": []any{rule}}).is(200)
	w.ask("admin", "POST", "/connections/sim/check", nil).is(200)
	w.ask("admin", "POST", "/connections/sim/test", nil).is(200)
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 5000, "cause": "transfer"}).is(201)
	hook := "/webhooks/" + w.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/again"}).is(201).text("id")
	w.ask("admin", "POST", hook+"/replay", object{"from": "2026-11-01T00:00:00Z"}).is(202)
	w.ask("admin", "PUT", "/limits/native?account=child", object{"requests": 100, "period_seconds": 60}).is(200)
	w.ask("admin", "DELETE", "/limits/native?account=child", nil).is(204)
	ada := object{"email": "ada@example.com"}
	w.ask("admin", "POST", "/erasures/preview", ada).is(200)
	w.ask("admin", "POST", "/erasures", ada).is(202)
	person := w.person("rob@shop.example", "operations")
	first, second := w.ask("", "POST", "/sessions", person).is(201), w.ask("", "POST", "/sessions", person).is(201)
	w.ask("", "DELETE", "/sessions/"+second.text("id"), nil, bearer(first.text("token"))).is(204)
	w.ask("", "DELETE", "/sessions", nil, bearer(first.text("token"))).is(204)
}
