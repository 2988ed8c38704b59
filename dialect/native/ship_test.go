package native_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill"
)

// object is JSON in the making.
type object = map[string]any

// parcelTo is a shipment to somebody in Bristol.
func parcelTo(reference string) object {
	return object{
		"reference": reference, "location": "bath", "value": object{"amount": 4999, "currency": "GBP"},
		"to":      object{"name": "Ada Byron", "street1": "12 Park Row", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "email": "ada@example.com", "phone": "0117 496 0000"},
		"parcels": []any{object{"weight": object{"value": 1.20, "unit": "kg"}, "size": object{"length": 30, "width": 20, "height": 10, "unit": "cm"}}},
		"items":   []any{object{"sku": "MUG", "title": "Mug", "quantity": 2, "price": object{"amount": 1250, "currency": "GBP"}, "hs_code": "691110"}},
	}
}

func and(o object, name string, value any) object {
	more := object{name: value}
	for k, v := range o {
		if k != name {
			more[k] = v
		}
	}
	return more
}

// TestAFilterGivenTwiceMeansBoth: clients write lists with commas or with the name again. What can be given once only
// is refused when it is given twice, since either might be meant.
func TestAFilterGivenTwiceMeansBoth(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("F-1")).is(201)
	w.ask("admin", "POST", "/shipments", and(parcelTo("F-2"), "book", object{})).is(201)
	for query, want := range map[string]int{"booking=booked": 1, "booking=draft,booked": 2, "booking=draft&booking=booked": 2, "booking=held&booking=booked": 1} {
		if got := w.ask("admin", "GET", "/shipments?"+query, nil).is(200); got.count("items") != want {
			t.Errorf("%s finds %d, not %d", query, got.count("items"), want)
		}
	}
	if got := w.ask("admin", "GET", "/shipments?limit=1&limit=2", nil).refused(422, waybill.ReasonFields); got.text("errors.0.path") != "query.limit" {
		t.Error(string(got.body))
	}
}

// TestWhatSomebodyElseChangedIsNotBooked: who books what he saw is told where it is no longer that.
func TestWhatSomebodyElseChangedIsNotBooked(t *testing.T) {
	w := begin(t)
	seen := with{"If-Match", w.ask("admin", "POST", "/shipments", parcelTo("V-1")).is(201).header.Get("ETag")}
	now := with{"If-Match", w.ask("admin", "PATCH", "/shipments/V-1", object{"instructions": "Ring twice"}, seen).is(200).header.Get("ETag")}
	for _, verb := range []string{"book", "retry"} {
		w.ask("admin", "POST", "/shipments/V-1/"+verb, nil, seen).refused(412, waybill.ReasonVersion)
	}
	if got := w.ask("admin", "POST", "/shipments/V-1/book", nil, now).is(200); got.text("booking") != "booked" {
		t.Error(string(got.body))
	}
}

// TestAParcelFromRatesToItsEnd is the whole of a booking.
func TestAParcelFromRatesToItsEnd(t *testing.T) {
	w := begin(t)
	rates := w.ask("admin", "POST", "/rates", object{"shipment": parcelTo("R-1")}).is(200)
	if rates.count("rates") != 4 || rates.text("rates.0.connection") != "van" || rates.text("rates.0.service") != "standard" || rates.text("rates.0.price.amount") != "450" {
		t.Fatal(string(rates.body))
	}
	if w.ask("admin", "GET", "/shipments/R-1", nil).refused(404, waybill.ReasonUnknownShipment); rates.get("shipment_id") != nil {
		t.Error("asking for prices stored something")
	}
	draft := w.ask("admin", "POST", "/shipments", parcelTo("R-1")).is(201)
	id := draft.text("id")
	if draft.text("booking") != "draft" || draft.header.Get("Location") != "http://waybill.test/api/v1/shipments/"+id || draft.text("parcels.0.weight.value") != "1.2" {
		t.Error(string(draft.body))
	}
	stored := w.ask("admin", "POST", "/rates", object{"shipment_id": "R-1"}).is(200)
	if stored.text("shipment_id") != id || stored.count("rates") != 4 {
		t.Error(string(stored.body))
	}
	w.ask("admin", "POST", "/shipments/R-1/book", object{"service": "nothing"}).refused(422, waybill.ReasonFields)
	w.ask("admin", "POST", "/shipments/R-1/book", object{"service": "express", "max_price": object{"amount": 899, "currency": "GBP"}}).refused(422, waybill.ReasonUnknownRate)
	w.ask("admin", "GET", "/shipments/R-1/label", nil).refused(404, waybill.ReasonNoLabel)

	booked := w.ask("admin", "POST", "/shipments/R-1/book", object{"connection": "sim", "service": "express"}).is(200)
	if booked.text("booking") != "booked" || booked.text("carrier.connection") != "sim" || booked.text("carrier.service") != "express" ||
		booked.text("price.amount") != "1000" || booked.text("bought.amount") != "1000" || booked.text("tracking_number") == "" {
		t.Fatal(string(booked.body))
	}
	w.ask("admin", "POST", "/shipments/R-1/book", object{}).refused(409, waybill.ReasonAlreadyBooked)
	for _, name := range []string{id, "R-1", "ref:R-1"} {
		if got := w.ask("read-only", "GET", "/shipments/"+name, nil).is(200); got.text("id") != id {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	for format, start := range map[string]string{"pdf": "%PDF-", "png": "\x89PNG", "zpl": "^XA"} {
		label := w.ask("admin", "GET", "/shipments/R-1/label?dpi=300&format="+format, nil).is(200)
		if !bytes.HasPrefix(label.body, []byte(start)) {
			t.Errorf("%s: %.20q", format, label.body)
		}
	}
	w.ask("admin", "GET", "/shipments/R-1/label?printed=true", nil).is(200)
	papers := w.ask("admin", "GET", "/shipments/R-1/documents", nil).is(200)
	paper := w.ask("admin", "GET", "/shipments/R-1/documents/"+papers.text("items.0.id")+"?format=zpl", nil).is(200)
	if papers.count("items") != 1 || !bytes.HasPrefix(paper.body, []byte("^XA")) {
		t.Error(string(papers.body))
	}
	w.ask("admin", "GET", "/shipments/R-1/documents/aaaaaaaaaaaaaaaaaaaaaaaa", nil).refused(404, waybill.ReasonUnknownRecord)
	w.told(booked.text("tracking_number"))

	cancelled := w.ask("admin", "DELETE", "/shipments/R-1?note=changed%20my%20mind", nil).is(200)
	if cancelled.text("booking") != "cancelled" {
		t.Error(string(cancelled.body))
	}
	w.ask("admin", "DELETE", "/shipments/R-1", nil).refused(409, waybill.ReasonAlreadyCancelled)
}

// told looks at what is told of the shipment R-1, which was booked and printed.
func (w *world) told(tracking string) {
	w.t.Helper()
	var kinds []string
	events := w.ask("admin", "GET", "/shipments/R-1/events", nil).is(200)
	for i := range events.count("items") {
		kinds = append(kinds, events.text(fmt.Sprintf("items.%d.kind", i)))
	}
	if got := strings.Join(kinds, " "); got != "shipment.created shipment.rated shipment.booked label.printed" {
		w.t.Error(got)
	}
	why := w.ask("admin", "GET", "/shipments/R-1/decision", nil).is(200)
	if why.text("items.0.outcome") != "book" || why.count("items.0.rates") != 4 || !strings.Contains(why.text("items.0.story"), "the caller picked it") {
		w.t.Error(string(why.body))
	}
	line := w.ask("admin", "GET", "/shipments/R-1/timeline", nil).is(200)
	seen := map[string]bool{}
	for i := range line.count("items") {
		kind := line.text(fmt.Sprintf("items.%d.kind", i))
		seen[kind] = true
		if actor := line.text(fmt.Sprintf("items.%d.actor.name", i)); actor != "admin" {
			w.t.Errorf("%s is signed %q", kind, actor)
		}
	}
	if !seen["event"] || !seen["decision"] || !seen["purchase"] || !strings.Contains(string(line.body), tracking) {
		w.t.Error(string(line.body))
	}
}

func TestCreatingAndBookingAtOnce(t *testing.T) {
	w := begin(t)
	rules := w.ask("admin", "POST", "/shipments", and(parcelTo("A-1"), "book", object{})).is(201)
	if rules.text("booking") != "booked" || rules.text("carrier.connection") != "van" {
		t.Error(string(rules.body))
	}
	named := w.ask("admin", "POST", "/shipments", and(parcelTo("A-2"), "book", object{"connection": "sim", "service": "express"})).is(201)
	if named.text("carrier.connection") != "sim" || named.text("carrier.service") != "express" {
		t.Error(string(named.body))
	}
	held := w.ask("admin", "POST", "/shipments", and(parcelTo("A-3"), "book", object{"hold": true})).is(201)
	if held.text("booking") != "held" {
		t.Error(string(held.body))
	}
	if a := w.ask("admin", "POST", "/shipments/A-3/retry", nil).refused(409, waybill.ReasonNotRetryable); !strings.Contains(a.text("detail"), "/book") {
		t.Error("a retry of what is held for approval:", string(a.body))
	}
	if a := w.ask("admin", "POST", "/scan", object{"text": "A-3"}).is(200); !strings.Contains(string(a.body), `"actions":["rate","book","edit","cancel"]`) {
		t.Error("what may be done with what is held:", string(a.body))
	}
	if freed := w.ask("admin", "POST", "/shipments/A-3/book", nil).is(200); freed.text("booking") != "booked" {
		t.Error(string(freed.body))
	}
	w.ask("admin", "POST", "/shipments/A-3/retry", nil).refused(409, waybill.ReasonNotRetryable)
	w.ask("admin", "POST", "/shipments", and(parcelTo("A-4"), "book", object{"service": "teleport"})).refused(422, waybill.ReasonFields)
	w.ask("admin", "POST", "/shipments", and(parcelTo("A-1"), "book", object{})).refused(409, waybill.ReasonDuplicate)
	unnamed := parcelTo("")
	delete(unnamed, "reference")
	if made := w.ask("admin", "POST", "/shipments", unnamed).is(201); len(made.text("reference")) < 10 {
		t.Error(string(made.body))
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	w := begin(t)
	for name, test := range map[string]struct {
		change func(object)
		path   string
		rule   waybill.FieldRule
	}{
		"missing":  {func(o object) { delete(o, "to") }, "to", waybill.RuleRequired},
		"nested":   {func(o object) { delete(o["to"].(object), "country") }, "to.country", waybill.RuleRequired},
		"type":     {func(o object) { o["reference"] = 7 }, "reference", waybill.RuleString},
		"length":   {func(o object) { o["reference"] = strings.Repeat("x", 101) }, "reference", waybill.RuleMaxLength},
		"pattern":  {func(o object) { o["to"].(object)["country"] = "gb" }, "to.country", waybill.RuleFormat},
		"country":  {func(o object) { o["to"].(object)["country"] = "XX" }, "to.country", waybill.RuleFormat},
		"enum":     {func(o object) { o["label"] = object{"format": "gif"} }, "label.format", waybill.RuleEnum},
		"number":   {func(o object) { o["parcels"].([]any)[0].(object)["weight"] = object{"value": "heavy", "unit": "kg"} }, "parcels[0].weight.value", waybill.RuleNumber},
		"range":    {func(o object) { o["parcels"].([]any)[0].(object)["weight"] = object{"value": -1, "unit": "kg"} }, "parcels[0].weight.value", waybill.RuleRange},
		"integer":  {func(o object) { o["value"] = object{"amount": 1.5, "currency": "GBP"} }, "value.amount", waybill.RuleInteger},
		"boolean":  {func(o object) { o["options"] = object{"pin": "yes"} }, "options.pin", waybill.RuleBoolean},
		"object":   {func(o object) { o["options"] = []any{} }, "options", waybill.RuleObject},
		"array":    {func(o object) { o["parcels"] = object{} }, "parcels", waybill.RuleArray},
		"time":     {func(o object) { o["placed_at"] = "yesterday" }, "placed_at", waybill.RuleFormat},
		"unknown":  {func(o object) { o["refrence"] = "x" }, "refrence", waybill.RuleExists},
		"location": {func(o object) { o["location"] = "moon" }, "location", waybill.RuleExists},
		"tag":      {func(o object) { o["tags"] = []int{5} }, "tags[0]", waybill.RuleExists},
		"size":     {func(o object) { o["parcels"].([]any)[0].(object)["package_size"] = 7 }, "parcels[0].package_size", waybill.RuleExists},
	} {
		body := parcelTo("W-" + name)
		test.change(body)
		a := w.ask("admin", "POST", "/shipments", body)
		if a.status != 422 || a.text("errors.0.path") != test.path || a.text("errors.0.rule") != string(test.rule) || a.text("errors.0.message") == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	a := w.ask("admin", "GET", "/shipments?limit=1000&sort=size&colour=red", nil).is(422)
	if a.text("errors.0.path") != "query.colour" || a.text("errors.0.rule") != "exists" {
		t.Error(string(a.body))
	}
	if a := w.ask("admin", "GET", "/shipments?limit=1000", nil).is(422); a.text("errors.0.path") != "query.limit" || a.text("errors.0.rule") != "range" || a.text("errors.0.limit") != "100" {
		t.Error(string(a.body))
	}
}

func TestEditing(t *testing.T) {
	w := begin(t)
	first := w.ask("admin", "POST", "/shipments", and(parcelTo("E-1"), "instructions", "Ring once")).is(201)
	tag := first.header.Get("ETag")
	changed := w.ask("admin", "PATCH", "/shipments/E-1", object{"to": object{"phone": "1", "email": nil}, "instructions": nil, "reference2": "PO-7"}, with{"If-Match", tag}).is(200)
	if changed.text("to.phone") != "1" || changed.get("to.email") != nil || changed.text("to.name") != "Ada Byron" || changed.get("instructions") != nil ||
		changed.text("reference2") != "PO-7" || changed.text("parcels.0.weight.value") != "1.2" || changed.header.Get("ETag") == tag {
		t.Error(string(changed.body), changed.header)
	}
	w.ask("admin", "PATCH", "/shipments/E-1", object{"reference2": "PO-8"}, with{"If-Match", tag}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "DELETE", "/shipments/E-1", nil, with{"If-Match", tag}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "PATCH", "/shipments/E-1", object{"reference2": "PO-8"}, with{"If-Match", `"nonsense"`}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "PATCH", "/shipments/E-1", object{"reference2": "PO-8"}).is(200)
	bad := w.ask("admin", "PATCH", "/shipments/E-1", object{"to": object{"country": 5}}).refused(422, waybill.ReasonFields)
	if bad.text("errors.0.path") != "to.country" {
		t.Error(string(bad.body))
	}
	w.ask("admin", "PATCH", "/shipments/E-1", object{}).refused(422, waybill.ReasonFields)
	w.ask("admin", "PATCH", "/shipments/E-1", object{"location": "moon"}).refused(422, waybill.ReasonUnknownLocation)
	w.ask("admin", "POST", "/shipments/E-1/book", nil).is(200)
	if frozen := w.ask("admin", "PATCH", "/shipments/E-1", object{"parcels": []any{}}).refused(422, waybill.ReasonFrozen); frozen.text("errors.0.path") != "parcels" {
		t.Error(string(frozen.body))
	}
	w.deafen()
	for member, patch := range map[string]object{
		"carrier_choice": {"carrier_choice": object{"connection": "van"}}, "location": {"location": "wells"}, "total_weight": {"total_weight": object{"value": 9, "unit": "kg"}},
	} {
		a := w.ask("admin", "PATCH", "/shipments/E-1", patch).refused(422, waybill.ReasonFrozen)
		if a.text("errors.0.path") != member || !strings.Contains(a.text("detail"), member) {
			t.Error(member, string(a.body))
		}
	}
	if booked := w.ask("admin", "POST", "/shipments/E-1/book", nil).refused(409, waybill.ReasonAlreadyBooked); booked.get("errors") != nil {
		t.Error(string(booked.body))
	}
	if again := w.ask("admin", "PATCH", "/shipments/E-1", object{"instructions": "Knock"}).is(200); again.text("instructions") != "Knock" {
		t.Error(string(again.body))
	}
}

// TestEveryMemberIsTakenShownAndChanged gives each member of an order a value, and finds it again.
func TestEveryMemberIsTakenShownAndChanged(t *testing.T) {
	w := begin(t)
	who := object{
		"name": "Grace Hopper", "first_name": "Grace", "last_name": "Hopper", "company": "Navy", "phone": "1", "mobile": "2", "email": "g@example.com", "street1": "a", "street2": "b",
		"street3": "c", "house": "4", "apartment": "5", "city": "London", "state": "LND", "postcode": "SW1A 1AA", "country": "GB", "what3words": "filled.count.soap",
		"residential": true, "latitude": 51.5, "longitude": -0.14, "tax_ids": []any{object{"type": "VAT", "number": "GB1", "country": "GB"}},
	}
	moment, later := "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z"
	service := w.ask("admin", "POST", "/services", object{"carrier": "house", "provider": "van", "code": "standard", "name": "Slow"}).is(201).get("number")
	full := object{
		"reference": "F-1", "reference2": "r2", "reference3": "r3", "group": "g", "channel": "shop", "method": "fast", "metadata": "m", "locale": "en", "placed_at": moment,
		"from": who, "to": who, "billing": who, "return_to": who, "value": object{"amount": 100, "currency": "GBP"}, "total_weight": object{"value": 3, "unit": "lb"},
		"parcels": []any{object{
			"name": "box", "size": object{"length": 1.5, "width": 2, "height": 3, "unit": "in"}, "weight": object{"value": 3, "unit": "lb"}, "item_count": 2, "description": "d",
			"temperature": "ambient", "barcode": "b", "contents": []any{"x"},
		}},
		"items": []any{object{
			"sku": "s", "title": "t", "quantity": 3, "size": object{"length": 1, "width": 2, "height": 3, "unit": "cm"}, "weight": object{"value": 4, "unit": "oz"}, "price": object{"amount": 125, "currency": "GBP"},
			"sale_price": object{"amount": 105, "currency": "GBP"}, "hs_code": "6911.10", "customs_description": "cd", "country_of_origin": "CN", "composition": "clay", "manufacturer_id": "mid",
		}},
		"carrier_choice": object{"connection": "van", "service_number": service, "increment": 2, "proposed": []any{object{"connection": "van", "services": []any{"standard"}}}},
		"options": object{
			"signature": "required", "temperature": "ambient", "dangerous_goods": true, "insurance": object{"amount": 5, "currency": "GBP"}, "cod": object{"amount": 6, "currency": "GBP"},
			"enhancement": "e", "format": "f", "ship_date": "2026-11-24", "pin": true, "contents": "books", "undeliverable": "dispose", "letterbox": true,
		},
		"label": object{"format": "zpl", "dpi": 300}, "instructions": "i", "pickup_notes": "p", "attributes": object{"any": []any{1.0, "two"}},
		"pickup_time": object{"starts": moment, "ends": later}, "delivery_time": object{"starts": moment, "ends": later},
	}
	made := w.ask("admin", "POST", "/shipments", full).is(201)
	w.same(made, "", full)
	for name, value := range full {
		body := parcelTo("F-of-" + name)
		w.ask("admin", "POST", "/shipments", body).is(201)
		if name == "reference" {
			value = "F-other"
		}
		w.same(w.ask("admin", "PATCH", "/shipments/F-of-"+name, object{name: value}).is(200), "", object{name: value})
	}
}

// same finds each leaf of what was sent in an answer.
func (w *world) same(a answer, path string, want any) {
	w.t.Helper()
	at := func(step string) string { return strings.TrimPrefix(path+"."+step, ".") }
	switch v := want.(type) {
	case object:
		for name, value := range v {
			w.same(a, at(name), value)
		}
	case []any:
		for i, value := range v {
			w.same(a, at(fmt.Sprint(i)), value)
		}
	default:
		if a.text(path) != fmt.Sprint(want) {
			w.t.Errorf("%s: %s is %q, want %v", a.asked, path, a.text(path), want)
		}
	}
}

func TestLists(t *testing.T) {
	w := begin(t)
	for i := range 7 {
		w.app.Clock.Advance(time.Minute)
		body := parcelTo(fmt.Sprintf("L-%d", i))
		if i%2 == 1 {
			body = and(body, "book", object{})
		}
		w.ask("admin", "POST", "/shipments", body).is(201)
	}
	seen, cursor := []string{}, ""
	for page := 0; ; page++ {
		path := "/shipments?limit=3"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		a := w.ask("read-only", "GET", path, nil).is(200)
		for i := range a.count("items") {
			seen = append(seen, a.text(fmt.Sprintf("items.%d.reference", i)))
		}
		w.app.Clock.Advance(time.Minute)
		w.ask("admin", "POST", "/shipments", parcelTo(fmt.Sprintf("L-new-%d", page))).is(201) // somebody writes meanwhile
		w.app.Clock.Advance(time.Second)
		w.ask("admin", "PATCH", "/shipments/L-0", object{"reference2": fmt.Sprint(page)}).is(200)
		if cursor = a.text("next_cursor"); cursor == "" {
			break
		}
		if !strings.Contains(a.header.Get("Link"), `rel="next"`) {
			t.Error(a.header)
		}
	}
	if got := strings.Join(seen, " "); got != "L-6 L-5 L-4 L-3 L-2 L-1 L-0" {
		t.Error(got)
	}
	for query, want := range map[string]string{
		"booking=booked&sort=created":        "L-1 L-3 L-5",
		"booking=booked,draft&limit=2":       "L-new-2 L-new-1",
		"reference=L-2,L-4":                  "L-4 L-2",
		"carrier=van&limit=1":                "L-5",
		"postcode=bs1%205ln&limit=1":         "L-new-2",
		"q=L-3":                              "L-3",
		"q=ada%20byron&limit=1":              "L-new-2",
		"q=ADA@example.com&limit=2":          "L-new-2 L-new-1",
		"q=nobody":                           "",
		"transit=label_made&sort=created":    "L-1 L-3 L-5",
		"created_to=2026-11-23T09:02:00Z":    "L-1 L-0",
		"sort=-updated&limit=1":              "L-0",
		"updated_since=2026-11-23T09:10:00Z": "L-new-2 L-0",
		"reference2=2":                       "L-0",
	} {
		a := w.ask("read-only", "GET", "/shipments?"+query, nil).is(200)
		var got []string
		for i := range a.count("items") {
			got = append(got, a.text(fmt.Sprintf("items.%d.reference", i)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	w.ask("admin", "GET", "/shipments?cursor=n.rubbish", nil).refused(400, waybill.ReasonBadCursor)
	w.ask("admin", "GET", "/shipments?transit=flying", nil).refused(422, waybill.ReasonFields)
	w.ask("admin", "GET", "/shipments?q=%2d%2d", nil).refused(422, waybill.ReasonFields)
}
