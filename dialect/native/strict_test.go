package native_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill"
)

// TestABodyMeansOneThing: what readers of JSON make different things of is refused, by its path.
func TestABodyMeansOneThing(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("J-1")).is(201)
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	order := func(members string) string {
		return `{"reference":"J-2",` + members + `"to":{"name":"Ada","street1":"1 Row","city":"Bristol","postcode":"BS1 5LN","country":"GB"},"parcels":[{"weight":{"value":1,"unit":"kg"}}]}`
	}
	for _, c := range []struct {
		what, method, path, body, at string
		rule                         waybill.FieldRule
	}{
		{"a member twice", "POST", "/shipments", order(`"reference":"J-3",`), "reference", waybill.RuleUnique},
		{"a member twice, written otherwise", "POST", "/shipments", order(`"refer\u0065nce":"J-3",`), "reference", waybill.RuleUnique},
		{"an inner member twice", "POST", "/shipments", order(`"attributes":{"a":{"b":1,"b":2}},`), "attributes.a.b", waybill.RuleUnique},
		{"a member of a list's item twice", "POST", "/shipments", order(`"items":[{"sku":"A","quantity":1},{"sku":"B","sku":"C"}],`), "items[1].sku", waybill.RuleUnique},
		{"a member twice in a change", "PATCH", "/shipments/J-1", `{"instructions":"a","instructions":"b"}`, "instructions", waybill.RuleUnique},
		{"a member in another case", "POST", "/shipments", order(`"Location":"bath",`), "Location", waybill.RuleExists},
		{"an inner member in another case", "POST", "/shipments", strings.Replace(order(""), `"street1"`, `"Street1"`, 1), "to.Street1", waybill.RuleExists},
		{"a member in another case in a change", "PATCH", "/shipments/J-1", `{"Instructions":"a"}`, "Instructions", waybill.RuleExists},
		{"an inner member in another case in a change", "PATCH", "/shipments/J-1", `{"to":{"Name":"a"}}`, "to.Name", waybill.RuleExists},
		{"attributes without end", "POST", "/shipments", order(`"attributes":{"a":` + deep(5000) + `},`), "attributes.a" + strings.Repeat("[0]", 30), waybill.RuleRange},
		{"attributes without end in a change", "PATCH", "/shipments/J-1", `{"attributes":{"a":` + deep(5000) + `}}`, "attributes.a" + strings.Repeat("[0]", 30), waybill.RuleRange},
		{"a number beyond all", "POST", "/shipments", order(`"attributes":{"a":[1,1e400]},`), "attributes.a[1]", waybill.RuleRange},
		{"a weight beyond all", "POST", "/rates", `{"shipment":` + strings.Replace(order(""), `"value":1`, `"value":1e400`, 1) + `}`, "shipment.parcels[0].weight.value", waybill.RuleRange},
		{"an empty name in a list", "POST", "/labels", `{"shipments":["X",""]}`, "shipments[1]", waybill.RuleExists},
		{"a number where a name is wanted", "POST", "/labels", `{"shipments":["X",1e400]}`, "shipments[1]", waybill.RuleRange},
	} {
		a := w.ask("admin", c.method, c.path, c.body)
		told := fmt.Sprint(a.get("errors"))
		if a.status != 422 || !strings.Contains(told, "path:"+c.at+" ") || !strings.Contains(told, "rule:"+string(c.rule)) {
			t.Errorf("%s: %d %s", c.what, a.status, a.body)
		}
	}
	w.ask("admin", "POST", "/shipments", order(`"attributes":{"A":1,"a":`+deep(29)+`},`)).is(201)
	twice := w.ask("", "POST", "/oauth/token", "grant_type=client_credentials&client_id=oauth&client_id=other&client_secret=oauth-secret", with{"Content-Type", "application/x-www-form-urlencoded"})
	if twice.is(400); !strings.Contains(twice.text("detail"), "client_id is given more than once") {
		t.Error(string(twice.body))
	}
}

// TestWhatNeverHappensIsNotWaitedFor: a kind of events that there is not, and a place in the list that nobody was given.
func TestWhatNeverHappensIsNotWaitedFor(t *testing.T) {
	w := begin(t)
	for _, path := range []string{"/events", "/events/stream"} {
		a := w.ask("admin", "GET", path+"?kind=shipment.booked,nope", nil).refused(422, waybill.ReasonFields)
		if a.text("errors.0.path") != "query.kind[1]" || !strings.Contains(a.text("errors.0.limit"), "shipment.booked") {
			t.Error(string(a.body))
		}
	}
	for _, cursor := range []string{"nonsense", "1", "1.2x", "1.2.3", " 1.2", "-1.+2", "6500f1d2a7b8c9d0e1f2a3b4"} {
		for place, a := range map[string]answer{
			"query.cursor":         w.ask("admin", "GET", "/events/stream?cursor="+strings.ReplaceAll(strings.ReplaceAll(cursor, " ", "%20"), "+", "%2B"), nil),
			"header.Last-Event-ID": w.ask("admin", "GET", "/events/stream", nil, with{"Last-Event-ID", "x" + cursor}),
		} {
			if a.refused(400, waybill.ReasonBadCursor); a.text("errors.0.path") != place {
				t.Errorf("%q: %s", cursor, a.body)
			}
		}
	}
}

// TestACursorOfNobodyIsRefused goes over the document: every list that takes a cursor says so of one that is none of its own.
func TestACursorOfNobodyIsRefused(t *testing.T) {
	w := begin(t)
	w.fill()
	for path, item := range w.doc.Paths.Map() {
		if item.Get == nil || item.Get.Parameters.GetByInAndName("query", "cursor") == nil || strings.HasSuffix(path, "/stream") {
			continue
		}
		a := w.ask("admin", "GET", w.at(path)+"?cursor=nonsense", nil)
		if a.refused(400, waybill.ReasonBadCursor); a.text("errors.0.path") != "query.cursor" {
			t.Errorf("%s: %s", path, a.body)
		}
	}
}

// TestNullTakesACredentialAway: as it does with every member in a change. One that the carrier needs is named.
func TestNullTakesACredentialAway(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/connections", object{
		"reference": "safe", "carrier": "safe", "mode": "sandbox", "settings": object{"user": "me"}, "credentials": object{"secret": "sesame", "pin": "wrong-pin"},
	}).is(201)
	if w.ask("admin", "POST", "/connections/safe/test", nil).is(200).text("ok") != "false" {
		t.Fatal("a wrong PIN is no matter")
	}
	w.ask("admin", "PATCH", "/connections/safe", object{"credentials": object{"pin": nil}}).is(200)
	if now := w.ask("admin", "POST", "/connections/safe/test", nil).is(200); now.text("ok") != "true" {
		t.Errorf("the PIN is still there: %s", now.body)
	}
	for _, change := range []object{{"credentials": object{"secret": nil}}, {"credentials": nil}} {
		if a := w.ask("admin", "PATCH", "/connections/safe", change).refused(422, waybill.ReasonFields); a.text("errors.0.path") != "credentials.secret" {
			t.Errorf("%v: %s", change, a.body)
		}
	}
}
