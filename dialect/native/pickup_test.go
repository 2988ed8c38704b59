package native_test

import (
	"strings"
	"testing"

	"waybill"
)

// visit is a pickup in Bath, from one to five in the afternoon.
func visit(connection string) object {
	return object{
		"location": "bath", "connection": connection, "ready": "2026-11-24T13:00:00Z", "close": "2026-11-24T17:00:00Z", "parcels": 7,
		"weight": object{"value": 31.5, "unit": "kg"},
	}
}

func TestPickups(t *testing.T) {
	w := begin(t)
	booked := w.ask("operations", "POST", "/pickups", visit("van"), with{"Idempotency-Key", "p1"}).is(201)
	id := booked.text("id")
	if booked.text("state") != "confirmed" || booked.text("carrier_id") == "" || booked.text("day") != "2026-11-24" || booked.text("weight.value") != "31.5" ||
		booked.text("connection") != "van" || booked.text("time_zone") != "Europe/London" {
		t.Error(string(booked.body))
	}
	if again := w.ask("operations", "POST", "/pickups", visit("van"), with{"Idempotency-Key", "p1"}).is(201); again.text("id") != id {
		t.Error("a repeat asked for another:", again.text("id"))
	}
	w.ask("operations", "POST", "/pickups", visit("sim"), with{"Idempotency-Key", "p1"}).refused(409, waybill.ReasonKeyReused)
	evening := and(and(visit("van"), "ready", "2026-11-24T16:00:00Z"), "close", "2026-11-24T18:00:00Z")
	w.ask("admin", "PATCH", "/locations/bath", object{"hours": []object{{"day": "tue", "opens": "08:00", "closes": "18:00"}, {"day": "wed", "opens": "08:00", "closes": "18:00"}}}).is(200)
	night := and(and(visit("van"), "ready", "2026-11-24T18:00:00Z"), "close", "2026-11-24T21:00:00Z")
	if late := w.ask("operations", "POST", "/pickups", night).refused(422, waybill.ReasonFields); late.text("errors.0.path") != "close" ||
		late.text("errors.0.limit") != "2026-11-25T08:00:00Z/2026-11-25T18:00:00Z" {
		t.Error(string(late.body))
	}
	if nobody := w.ask("operations", "POST", "/pickups", and(visit("van"), "services", []any{"nope"})).refused(422, waybill.ReasonFields); nobody.text("errors.0.path") != "services[0]" {
		t.Error(string(nobody.body))
	}
	w.ask("operations", "POST", "/pickups", visit("van")).refused(409, waybill.ReasonTaken)
	if second := w.ask("operations", "POST", "/pickups", evening).refused(409, waybill.ReasonTaken); !strings.Contains(second.text("detail"), id) {
		t.Error("it does not say which one comes:", string(second.body))
	}
	other := w.ask("test", "POST", "/pickups", visit("sim")).is(201)
	w.ask("test", "POST", "/pickups", visit("van")).refused(403, waybill.ReasonRole) // a test key and a live connection

	first := w.ask("read-only", "GET", "/pickups?limit=1", nil).is(200)
	second := w.ask("read-only", "GET", "/pickups?limit=1&cursor="+first.text("next_cursor"), nil).is(200)
	if first.text("items.0.id") != other.text("id") || second.text("items.0.id") != id || second.get("next_cursor") != nil {
		t.Error(string(first.body), string(second.body))
	}
	for query, want := range map[string]int{
		"?location=bath": 2, "?connection=van": 1, "?connection=van&state=cancelled": 0, "?state=confirmed,failed": 2,
		"?updated_since=2026-11-23T10:00:00Z": 0,
	} {
		if got := w.ask("read-only", "GET", "/pickups"+query, nil).is(200).count("items"); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	w.ask("operations", "POST", "/pickups/"+id+"/decide", object{"confirmed": false}).refused(409, waybill.ReasonNotRetryable)
	if gone := w.ask("operations", "DELETE", "/pickups/"+id, nil).is(200); gone.text("state") != "cancelled" || gone.text("cancelled_by") == "" {
		t.Error(string(gone.body))
	}
	w.ask("operations", "DELETE", "/pickups/"+id, nil).refused(409, waybill.ReasonAlreadyCancelled)
	if got := w.ask("read-only", "GET", "/pickups/"+id, nil).is(200); got.text("state") != "cancelled" || got.header.Get("ETag") == "" {
		t.Error(string(got.body))
	}
	for _, who := range []string{"stranger", "child"} {
		w.ask(who, "GET", "/pickups/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "DELETE", "/pickups/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
		if w.ask(who, "GET", "/pickups", nil).is(200).count("items") != 0 {
			t.Error(who, "sees the shop's pickups")
		}
	}
	if lent := w.ask("child", "POST", "/pickups", visit("van")).is(201); lent.text("state") != "confirmed" {
		t.Error("a lent van does not come:", string(lent.body))
	}
	w.ask("rates-only", "GET", "/pickups", nil).refused(403, waybill.ReasonRole)
	w.ask("read-only", "POST", "/pickups", visit("van")).refused(403, waybill.ReasonRole)
}

func TestPickupsNameWhatIsWrong(t *testing.T) {
	w := begin(t)
	for name, c := range map[string]struct {
		member string
		value  any
		path   string
	}{
		"a word for a number":    {"parcels", "seven", "parcels"},
		"none":                   {"parcels", 0, "parcels"},
		"no time":                {"ready", "tomorrow", "ready"},
		"a unit nobody knows":    {"weight", object{"value": 1, "unit": "stone"}, "weight.unit"},
		"a member nobody knows":  {"colour", "red", "colour"},
		"closed before it opens": {"close", "2026-11-24T12:00:00Z", "close"},
		"another day":            {"close", "2026-11-25T12:00:00Z", "close"},
		"no such location":       {"location", "nowhere", "location"},
		"no such connection":     {"connection", "nobody", "connection"},
	} {
		a := w.ask("admin", "POST", "/pickups", and(visit("van"), c.member, c.value)).is(422)
		if a.text("errors.0.path") != c.path {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}
