package native_test

import (
	"net/http"
	"strings"
	"testing"

	"waybill"
)

// TestListsAskedByNobodysName: they are refused by the parameter; what there is is taken by name and by id.
func TestListsAskedByNobodysName(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", and(and(parcelTo("F-1"), "location", "bath"), "book", object{"connection": "van"})).is(201)
	for query, path := range map[string]string{
		"/shipments?location=bath,nope": "query.location[1]", "/shipments?location=000000000000000000000000": "query.location[0]",
		"/shipments?carrier=nope":    "query.carrier",
		"/pickups?location=nope":     "query.location",
		"/pickups?connection=nope":   "query.connection",
		"/manifests?location=nope":   "query.location",
		"/manifests?connection=nope": "query.connection",
		"/requests?client=nope":      "query.client",
	} {
		if a := w.ask("admin", "GET", query, nil).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path || a.text("errors.0.rule") != "exists" {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	for _, path := range []string{"/pickups?location=bath&connection=van", "/manifests?location=bath&connection=van", "/shipments?carrier=VAN", "/shipments?location=bath"} {
		w.ask("admin", "GET", path, nil).is(200)
	}
	w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": "oauth", "client_secret": "wrong"})
	if by := w.ask("admin", "GET", "/requests?client=admin", nil).is(200); by.count("items") == 0 || by.text("items.0.client.name") != "admin" {
		t.Errorf("requests of a key, by its name: %s", by.body)
	}
	w.ask("admin", "GET", "/requests?client=oauth", nil).is(200)
}

// TestAnIdempotencyKeyThatIsNone: two, none, one that is no text of a header, and one without end.
func TestAnIdempotencyKeyThatIsNone(t *testing.T) {
	w := begin(t)
	send := func(keys ...string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/tags", strings.NewReader(`{"name":"`+strings.Repeat("t", len(keys))+`"}`))
		w.check(err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+w.key["admin"])
		r.Header["Idempotency-Key"] = keys
		response, err := http.DefaultClient.Do(r)
		w.check(err)
		defer response.Body.Close()
		return response.StatusCode, response.Header.Get("Content-Type")
	}
	for name, keys := range map[string][]string{
		"an accent": {"é"}, "two": {"a", "b"}, "twice the same": {"a", "a"}, "empty": {""}, "spaces": {"  "}, "endless": {strings.Repeat("k", 1001)},
	} {
		if status, kind := send(keys...); status != 422 || kind != "application/problem+json" {
			t.Errorf("%s: %d %s", name, status, kind)
		}
	}
	a := w.ask("admin", "POST", "/tags", object{"name": "x"}, with{"Idempotency-Key", "é"}).refused(422, waybill.ReasonFields)
	if a.text("errors.0.path") != "header.Idempotency-Key" {
		t.Error(string(a.body))
	}
	if status, _ := send(strings.Repeat("k", 1000)); status != 201 {
		t.Errorf("a long key: %d", status)
	}
	nothing := w.ask("admin", "PATCH", "/locations/bath", object{}).refused(422, waybill.ReasonFields)
	if nothing.text("errors.0.limit") != "1" || !strings.Contains(nothing.text("errors.0.message"), "at least one member") {
		t.Error(string(nothing.body))
	}
}

// TestATokenOfFewerScopes may what it was asked for, and says so.
func TestATokenOfFewerScopes(t *testing.T) {
	w := begin(t)
	ask := func(scope string) answer {
		return w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": "oauth", "client_secret": "oauth-secret", "scope": scope})
	}
	narrow, whole := ask("read").is(200), ask("").is(200)
	if narrow.text("scope") != "read" || whole.text("scope") != "read rate ship" || ask("ship read ship").is(200).text("scope") != "read ship" {
		t.Errorf("%s %s", narrow.body, whole.body)
	}
	as := func(a answer) with { return with{"Authorization", "Bearer " + a.text("access_token")} }
	w.ask("", "GET", "/shipments", nil, as(narrow)).is(200)
	w.ask("", "POST", "/shipments", parcelTo("T-1"), as(narrow)).refused(403, waybill.ReasonRole)
	w.ask("", "POST", "/shipments", parcelTo("T-1"), as(whole)).is(201)
	for _, scope := range []string{"nope", "read setup"} {
		if a := ask(scope).refused(422, waybill.ReasonFields); a.text("errors.0.path") != "scope" || !strings.Contains(a.text("errors.0.message"), "invalid_scope") {
			t.Errorf("%s: %s", scope, a.body)
		}
	}
}

// TestSetUpThatCannotBeMeant is refused by its path, and what is found amiss in a rule is told with its node.
func TestSetUpThatCannotBeMeant(t *testing.T) {
	w := begin(t)
	twice := w.ask("admin", "PATCH", "/locations/bath", object{"connections": []any{"van", "sim", "van"}}).refused(422, waybill.ReasonFields)
	if twice.text("errors.0.path") != "connections[2]" || twice.text("errors.0.rule") != "unique" {
		t.Error(string(twice.body))
	}
	lines := parcelTo("L-1")
	lines["to"] = and(and(lines["to"].(object), "phone", "0117\n496"), "city", "Bris\ttol")
	broken := w.ask("admin", "POST", "/shipments", lines).refused(422, waybill.ReasonFields)
	if broken.count("errors") != 2 || broken.text("errors.0.path") != "to.city" || broken.text("errors.1.path") != "to.phone" {
		t.Error(string(broken.body))
	}
	odd := w.ask("admin", "PATCH", "/connections/van", object{"credentials": object{"zzz": "1"}}).refused(422, waybill.ReasonFields)
	if odd.text("errors.0.path") != "credentials.zzz" {
		t.Error(string(odd.body))
	}
	for _, at := range []string{"2020-01-01T00:00:00Z", "2026-11-23T08:00:00Z"} {
		w.ask("admin", "GET", "/connections/van/rate-card?at="+at, nil).refused(404, waybill.ReasonUnknownRecord)
		w.ask("admin", "GET", "/connections/van/rate-card/rates?at="+at, nil).refused(404, waybill.ReasonUnknownRecord)
	}
	w.ask("admin", "GET", "/connections/van/rate-card?at=2026-11-23T09:00:00Z", nil).is(200)

	leaf := func(field string, value any) object { return object{"field": field, "op": "is", "value": value} }
	van := w.ask("admin", "GET", "/connections/van", nil).is(200).text("id")
	checked := w.ask("admin", "POST", "/rules/validate", object{
		"name": "Odd", "when": object{"all": []any{leaf("location", "NOWHERE"), leaf("tag", "99"), leaf("destination.country", "GB"), object{"any": []any{
			leaf("service", 99999), object{"field": "connection", "op": "in", "value": []any{"van", "nope"}}, leaf("service", "express"),
		}}}}, "then": []any{object{"do": "require", "connection": van}},
	}).is(200)
	var told []string
	for i := range checked.count("notices") {
		told = append(told, checked.text("notices."+string(rune('0'+i))+".path"))
	}
	if got, want := strings.Join(told, " "), "when.all[0].value when.all[1].value when.all[3].any[0].value when.all[3].any[1].value[1]"; got != want {
		t.Errorf("%s\n%s", got, checked.body)
	}
}

// TestScansBeforeTheBookingAndAheadOfNow are refused; and who carries a number is told in one way.
func TestScansBeforeTheBookingAndAheadOfNow(t *testing.T) {
	w := begin(t)
	number := w.ask("admin", "POST", "/shipments", and(parcelTo("S-1"), "book", object{"connection": "van"})).is(201).text("tracking_number")
	path := "/tracking/" + number + "/scans"
	for _, at := range []string{"2019-11-23T09:00:00Z", "2026-11-22T08:59:00Z", "2026-11-23T09:16:00Z", "2026-11-25T08:00:00Z"} {
		if a := w.ask("admin", "POST", path, object{"status": "delivered", "at": at}).refused(422, waybill.ReasonFields); a.text("errors.0.path") != "at" {
			t.Errorf("%s: %s", at, a.body)
		}
	}
	for _, at := range []string{"2026-11-22T09:00:00Z", "2026-11-23T09:15:00Z"} {
		w.ask("admin", "POST", path, object{"status": "in_transit", "at": at}).is(201)
	}
	said := w.ask("admin", "POST", "/tracking", object{"numbers": []any{object{"number": number, "carrier": "nobody"}, object{"number": "X-1", "carrier": "ups"}, object{"number": "1Z5R89390357567127"}}}).is(200)
	if said.text("items.0.carrier") != "house" || said.text("items.1.carrier") != "ups" || said.get("items.1.detected") != nil || said.text("items.2.detected") != "true" {
		t.Error(string(said.body))
	}
	w.ask("admin", "POST", "/shipments", parcelTo("S-2")).is(201)
	dear := w.ask("admin", "POST", "/shipments/S-2/book", object{"connection": "van", "max_price": object{"amount": 449, "currency": "GBP"}}).refused(422, waybill.ReasonUnknownRate)
	if dear.text("errors.0.path") != "max_price.amount" || dear.text("errors.0.limit") != "450" {
		t.Error(string(dear.body))
	}
}
