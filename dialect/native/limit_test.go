package native_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

// TestLimitsOfChildren: a parent says how many requests an API takes from its child's callers, and never more than from
// its own; nobody raises their own.
func TestLimitsOfChildren(t *testing.T) {
	w := begin(t)
	of := "?account=" + string(w.id["child"])
	if own := w.ask("read-only", "GET", "/limits", nil).is(200); own.text("items.0.api") != "native" || own.text("items.0.requests") != "1000" || own.text("items.0.period_seconds") != "60" || own.text("items.0.own") != "false" {
		t.Error(string(own.body))
	}
	for _, more := range []object{{"requests": 1001, "period_seconds": 60}, {"requests": 1000, "period_seconds": 59}, {"requests": 20, "period_seconds": 1}, {"requests": 5000, "period_seconds": 86400}} {
		if a := w.ask("admin", "PUT", "/limits/native"+of, more).refused(422, waybill.ReasonFields); a.text("errors.0.path") != "requests" || a.text("errors.0.limit") != "1000 in 1m0s" {
			t.Errorf("%v: %s", more, a.body)
		}
	}
	w.ask("admin", "PUT", "/limits/native"+of, object{"requests": 1000, "period_seconds": 60}).is(200)
	w.ask("admin", "PUT", "/limits/native"+of, object{"requests": 0, "period_seconds": 60}).refused(422, waybill.ReasonFields)
	set := w.ask("admin", "PUT", "/limits/native"+of, object{"requests": 50, "period_seconds": 30}).is(200)
	if set.text("own") != "true" || set.text("requests") != "50" {
		t.Error(string(set.body))
	}
	theirs := w.ask("child", "GET", "/limits", nil).is(200)
	if theirs.text("items.0.requests") != "50" || theirs.text("items.0.period_seconds") != "30" || theirs.header.Get("RateLimit-Limit") != "50" || theirs.header.Get("ETag") != set.header.Get("ETag") {
		t.Error(theirs.header, string(theirs.body))
	}
	if seen := w.ask("admin", "GET", "/limits"+of, nil).is(200); string(seen.body) != string(theirs.body) {
		t.Error(string(seen.body))
	}

	w.ask("child", "PUT", "/limits/native", object{"requests": 60, "period_seconds": 30}).refused(403, waybill.ReasonRole)
	w.ask("child", "PUT", "/limits/native"+of, object{"requests": 10, "period_seconds": 30}).refused(403, waybill.ReasonRole)
	w.ask("child", "DELETE", "/limits/native", nil).refused(403, waybill.ReasonRole)
	w.ask("admin", "PUT", "/limits/native", object{"requests": 10, "period_seconds": 60}).refused(403, waybill.ReasonRole)
	w.ask("developer", "PUT", "/limits/native"+of, object{"requests": 10, "period_seconds": 60}).refused(403, waybill.ReasonRole)
	w.ask("stranger", "PUT", "/limits/native"+of, object{"requests": 10, "period_seconds": 60}).refused(404, waybill.ReasonUnknownRecord)
	w.ask("stranger", "GET", "/limits"+of, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("admin", "PUT", "/limits/fax"+of, object{"requests": 10, "period_seconds": 60}).refused(404, waybill.ReasonUnknownRecord)
	if same := w.ask("child", "GET", "/limits", nil).is(200); string(same.body) != string(theirs.body) {
		t.Error("who was refused changed it:", string(same.body))
	}

	// What the parent has itself may be its own limit, and then a child does not get what the API takes by itself.
	admin := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Account: w.id["shop"]})
	_, err := admin.SetLimit(t.Context(), engineLimit(100))
	w.check(err)
	w.ask("admin", "PUT", "/limits/native"+of, object{"requests": 101, "period_seconds": 60}).refused(422, waybill.ReasonFields)
	w.ask("admin", "DELETE", "/limits/native"+of, nil).refused(422, waybill.ReasonFields)
	_, err = admin.SetLimit(t.Context(), engineLimit(0)) // any number
	w.check(err)
	w.ask("admin", "PUT", "/limits/native"+of, object{"requests": 5000, "period_seconds": 1}).is(200)
	w.ask("admin", "DELETE", "/limits/native"+of, nil).is(204)
	if usual := w.ask("child", "GET", "/limits", nil).is(200); usual.text("items.0.own") != "false" || usual.header.Get("RateLimit-Limit") != "1000" {
		t.Error(usual.header, string(usual.body))
	}
	if log := w.ask("child", "GET", "/audit?kind=account", nil).is(200); log.text("items.0.actor.name") != "admin" || log.text("items.0.action") != "changed" {
		t.Error(string(log.body))
	}
}

// engineLimit is a limit of so many requests a minute.
func engineLimit(requests int) engine.SetLimit {
	return engine.SetLimit{Dialect: "native", Limit: &waybill.RateLimit{Requests: requests, Period: time.Minute}}
}
