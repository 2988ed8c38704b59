package lynkup_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// whole is a create with every member there is.
const whole = `{
  "locationExternalId": "BATH/1", "orderExternalId": "ORDER", "groupId": "Group A", "orderValue": 129.90, "locale": "el_GR",
  "createdDate": 1795273200000,
  "deliveryContact": {"name": "Ελένη", "phone": "441179000000", "email": "eleni@example.com"},
  "deliveryAddress": {"street1": "12 Queen Square", "street2": "Lab", "apartmentNumber": "4B", "city": "Bristol", "state": "Avon",
    "postalCode": "BS1 4NT", "countryCode": "GB", "latitude": 51.4, "longitude": -2.5},
  "package": {"name": "custom", "size": {"length": 40.5, "width": 30, "height": 12.25, "unit": "cm"}, "weight": {"value": 2.50, "unit": "kg"},
    "itemQuantity": 2, "description": "coffee", "temperatureControl": "refrigerated", "barcode": "OWN-1", "content": ["alcohol", "fragile"]},
  "itemList": [{"sku": "A", "quantity": 2, "title": "Coffee", "price": 9.95, "salePrice": 8, "weight": {"value": 500, "unit": "g"},
    "size": {"length": 100, "width": 80, "height": 60, "unit": "mm"}}],
  "pickupTime": {"startsAt": 1795300000000, "endsAt": 1795303600000}, "deliveryTime": {"startsAt": 1795310000000, "endsAt": 1795320000000},
  "signature": "adult", "deliveryInstructions": "Knock", "pickupInstructions": "Back door",
  "orderAttributes": {"payment": "Cash"}, "proposedProviders": [{"name": "Van", "services": [{"id": "next_day"}]}]
}`

// others are values that a member may have instead, where not any other will do.
var others = map[string]any{
	"locationExternalId": "7709", "deliveryAddress.countryCode": "IE", "package.size.unit": "in", "package.weight.unit": "lb",
	"package.temperatureControl": "none", "itemList[0].size.unit": "cm", "itemList[0].weight.unit": "oz", "signature": "required",
	"proposedProviders[0].name": "The Van", "proposedProviders[0].services[0].id": "next_day_plus",
	"deliveryAddress.postalCode": "BS2 0JP",
}

// changed gives a member another value of its kind.
func changed(path string, v any) any {
	if other, ok := others[path]; ok {
		return other
	}
	switch v := v.(type) {
	case string:
		return v + " x"
	case json.Number:
		f, _ := v.Float64()
		return f + 1
	}
	return nil
}

// leaves visits each plain value of a tree with a function that replaces it.
func leaves(path string, v any, set func(any), visit func(path string, v any, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			leaves(strings.TrimPrefix(path+"."+name, "."), v[name], func(n any) { v[name] = n }, visit)
		}
	case []any:
		for i := range v {
			leaves(fmt.Sprintf("%s[%d]", path, i), v[i], func(n any) { v[i] = n }, visit)
		}
	default:
		visit(path, v, set)
	}
}

func tree(t *testing.T, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v map[string]any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// ask sends a JSON body as the seeded client.
func (w *world) ask(method, path string, body any) *httptest.ResponseRecorder {
	var b []byte
	switch body := body.(type) {
	case nil:
	case string:
		b = []byte(body)
	default:
		b, _ = json.Marshal(body)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(b))
	r.Header.Set("Authorization", w.Authorization)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.Handler.ServeHTTP(rec, r)
	return rec
}

// shown is an answer without what is new in every order.
func shown(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	v := tree(t, rec.Body.String())
	for _, name := range []string{"id", "orderExternalId", "trackingId", "label", "referenceLinks", "lastUpdatedAt"} {
		delete(v, name)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestEveryFieldOfCreateIsAnswered changes each field of a create in turn and sees the answer change.
func TestEveryFieldOfCreateIsAnswered(t *testing.T) {
	w := newWorld(t)
	if err := w.assign("7709 van"); err != nil {
		t.Fatal(err)
	}
	body := tree(t, whole)
	n := 0
	create := func(what string) *httptest.ResponseRecorder {
		t.Helper()
		n++
		body["orderExternalId"] = fmt.Sprintf("ORDER-%d", n)
		rec := w.ask("POST", "/shipments", body)
		if rec.Code != 201 {
			t.Fatalf("%s: %d: %s", what, rec.Code, rec.Body)
		}
		if got := tree(t, rec.Body.String())["orderExternalId"]; got != body["orderExternalId"] {
			t.Errorf("the order is called %v, want %v", got, body["orderExternalId"])
		}
		return rec
	}
	base := shown(t, create("as it is"))
	seen := 0
	leaves("", body, nil, func(path string, v any, set func(any)) {
		if path == "orderExternalId" {
			return
		}
		seen++
		set(changed(path, v))
		if shown(t, create(path)) == base {
			t.Errorf("%s leaves no trace in the answer", path)
		}
		set(v)
	})
	if again := shown(t, create("as it was")); again != base {
		t.Errorf("the same request is answered differently:\n%s\n%s", base, again)
	}
	body["returnLocationId"] = "301"
	if shown(t, create("returnLocationId")) == base {
		t.Error("returnLocationId leaves no trace in the answer")
	}
	if seen < 40 {
		t.Errorf("only %d fields were tried", seen)
	}
}

// TestEveryFieldOfEditIsAnswered changes each member of an order by itself; the answer shows it, and so does a
// later get. Then null clears every member that an order can be without.
func TestEveryFieldOfEditIsAnswered(t *testing.T) {
	w := newWorld(t)
	if err := w.assign("BATH/1"); err != nil { // not dispatched: everything may change
		t.Fatal(err)
	}
	if rec := w.ask("POST", "/shipments", whole); rec.Code != 422 {
		t.Fatalf("%d: %s", rec.Code, rec.Body)
	}
	edit := func(body any) string {
		t.Helper()
		rec := w.ask("PUT", "/shipments/ORDER?forceUpdate=true", body)
		if rec.Code != 200 {
			t.Fatalf("%v: %d: %s", body, rec.Code, rec.Body)
		}
		if later := shown(t, w.ask("GET", "/shipments/ORDER", nil)); later != shown(t, rec) {
			t.Errorf("a get after %v answers otherwise", body)
		}
		return shown(t, rec)
	}
	body := tree(t, whole)
	base := shown(t, w.ask("GET", "/shipments/ORDER", nil))
	leaves("", body, nil, func(path string, v any, set func(any)) {
		switch path {
		case "orderExternalId", "locationExternalId", "deliveryAddress.countryCode": // below
			return
		}
		top, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
		set(changed(path, v))
		if edit(map[string]any{top: body[top]}) == base {
			t.Errorf("%s leaves no trace in the answer", path)
		}
		set(v)
		if got := edit(map[string]any{top: body[top]}); got != base {
			t.Fatalf("%s cannot be changed back:\n%s\n%s", path, base, got)
		}
	})
	abroad := `{"deliveryAddress": {"street1": "1 Rue", "city": "Paris", "postalCode": "75001", "countryCode": "FR"}}`
	if got := edit(abroad); !strings.Contains(got, `"countryCode":"FR"`) {
		t.Errorf("the address did not move: %s", got)
	}
	edit(map[string]any{"deliveryAddress": body["deliveryAddress"]})
	required := []string{"locationExternalId", "orderExternalId", "orderValue", "deliveryContact", "deliveryAddress"}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		rec := w.ask("PUT", "/shipments/ORDER?forceUpdate=true", map[string]any{name: nil})
		if slices.Contains(required, name) {
			if rec.Code != 400 || !strings.Contains(rec.Body.String(), name) {
				t.Errorf("%s: null is answered with %d %s", name, rec.Code, rec.Body)
			}
			continue
		}
		if rec.Code != 200 || shown(t, rec) == base {
			t.Errorf("%s: null does not clear it: %d", name, rec.Code)
		}
		edit(map[string]any{name: body[name]})
	}
	if got := shown(t, w.ask("GET", "/shipments/ORDER", nil)); got != base {
		t.Errorf("after all that the order is another:\n%s\n%s", base, got)
	}
	if got := edit(`{"locationExternalId": "7709"}`); !strings.Contains(got, `"street1":"345 Harrison Avenue"`) {
		t.Errorf("the order did not move to the other location: %s", got)
	}
	if rec := w.ask("PUT", "/shipments/ORDER", `{"orderExternalId": "MOVED"}`); rec.Code == 200 {
		rec = w.ask("GET", "/shipments/MOVED", nil)
		if rec.Code != 200 || w.ask("GET", "/shipments/ORDER", nil).Code != 404 {
			t.Errorf("the new name answers %d", rec.Code)
		}
	} else {
		t.Errorf("the order cannot be renamed: %d %s", rec.Code, rec.Body)
	}
}

// TestSendingBackTheAnswerChangesNothing: clients read an order, change one thing and send all of it. What they
// did not change must not count as a change, dispatched or not, whichever API the order came from.
func TestSendingBackTheAnswerChangesNothing(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{
		whole,
		`{"locationExternalId": "BATH/1", "orderExternalId": "BARE", "orderValue": 1, "deliveryContact": {"name": "A"},
		  "deliveryAddress": {"street1": "1 Quay", "city": "Bristol", "countryCode": "GB", "postalCode": "BS1 4NT"}}`,
	} {
		if rec := w.ask("POST", "/shipments", body); rec.Code != 201 {
			t.Fatalf("%d: %s", rec.Code, rec.Body)
		}
	}
	for _, name := range []string{"ORDER", "BARE"} {
		before := w.ask("GET", "/shipments/"+name, nil)
		events := len(w.events(t))
		after := w.ask("PUT", "/shipments/"+name, before.Body.String())
		if after.Code != 200 || after.Body.String() != before.Body.String() {
			t.Errorf("%s: %d\n%s\n%s", name, after.Code, before.Body, after.Body)
		}
		if n := len(w.events(t)); n != events {
			t.Errorf("%s: %d events came of no change", name, n-events)
		}
	}
	if err := w.ship("FOREIGN"); err != nil {
		t.Fatal(err)
	}
	before := tree(t, w.ask("GET", "/shipments/FOREIGN", nil).Body.String())
	for _, name := range []string{"deliveryContact", "deliveryAddress", "itemList", "orderValue"} {
		if rec := w.ask("PUT", "/shipments/FOREIGN", map[string]any{name: before[name]}); rec.Code != 200 {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
	for _, e := range w.events(t) {
		if e.Kind == "shipment.changed" {
			t.Errorf("sending back what was shown changed %v", e.Facts.Fields)
		}
	}
}

// TestLimitsAreKept sends each text of a published length, at its limit and one past it, in letters of two bytes.
func TestLimitsAreKept(t *testing.T) {
	w := newWorld(t)
	n := 0
	for name, most := range map[string]int{
		"locationExternalId": 100, "orderExternalId": 100, "groupId": 100, "signature": 100, "deliveryInstructions": 10_000, "locale": 50,
	} {
		for _, over := range []int{0, 1} {
			n++
			body := tree(t, whole)
			body["orderExternalId"] = fmt.Sprint("L", n)
			body[name] = strings.Repeat("é", most+over)
			rec := w.ask("POST", "/shipments", body)
			refused := rec.Code == 400 && strings.Contains(rec.Body.String(), fmt.Sprintf("%s must be at most %d characters", name, most))
			if refused != (over == 1) {
				t.Errorf("%s of %d characters: %d %.200s", name, most+over, rec.Code, rec.Body)
			}
		}
	}
	for _, over := range []int{0, 1} {
		body := tree(t, whole)
		body["orderExternalId"] = fmt.Sprint("I", over)
		items := body["itemList"].([]any)
		for len(items) < 100+over {
			items = append(items, items[0])
		}
		body["itemList"] = items
		if rec := w.ask("POST", "/shipments", body); (rec.Code == 400) != (over == 1) {
			t.Errorf("%d items: %d %.200s", len(items), rec.Code, rec.Body)
		}
	}
}
