package native_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
)

// meant are the formats that members of these names have, or a closed list: whatever they are members of.
var meant = map[string]string{
	"country": "country", "country_of_origin": "country", "currency": "currency", "time_zone": "time-zone", "locale": "language",
	"email": "mail", "phone": "phone", "mobile": "phone", "hs_code": "hs-code", "signature": "signature",
	"unit": "", "mode": "", "role": "", "direction": "", "undeliverable": "", "dpi": "", "label_format": "", "day": "",
}

// soughtAsItIs are those of them that are looked for as they are, and so may be anything.
var soughtAsItIs = map[string]bool{
	"create-session email": true, "preview-erasure email": true, "preview-erasure phone": true, "create-erasure email": true, "create-erasure phone": true, "list-shipments email": true, "list-shipments phone": true,
}

// TestMembersOfOneMeaningHaveOneForm: the document says of each country, currency, unit… that it is one, and what the
// document says is held (TestGeneratedRequests breaks each).
func TestMembersOfOneMeaningHaveOneForm(t *testing.T) {
	doc, found := load(t), 0
	var look func(operation, name string, s *openapi3.Schema, seen []*openapi3.Schema)
	look = func(operation, name string, s *openapi3.Schema, seen []*openapi3.Schema) {
		if s == nil || slices.Contains(seen, s) {
			return
		}
		seen = append(slices.Clone(seen), s)
		for member, of := range s.Properties {
			look(operation, member, of.Value, seen)
		}
		if s.Items != nil {
			look(operation, name, s.Items.Value, seen)
		}
		want, closed := meant[name]
		if !closed || s.Type == nil || !s.Type.Is("string") || soughtAsItIs[operation+" "+name] {
			return
		}
		if found++; len(s.Enum) == 0 && (want == "" || s.Format != want) {
			t.Errorf("%s: %s is no closed list, and its format is %q, want %q", operation, name, s.Format, want)
		}
	}
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			for _, p := range o.Parameters {
				look(o.OperationID, p.Value.Name, p.Value.Schema.Value, nil)
			}
			if o.RequestBody != nil {
				for _, content := range o.RequestBody.Value.Content {
					look(o.OperationID, "", content.Schema.Value, nil)
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("%d members were looked at", found)
	}
}

func TestNonsenseIsRefusedByName(t *testing.T) {
	w := begin(t)
	who := func(change object) object {
		p := object{"name": "Bo Peep", "street1": "3 Hill", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB"}
		for name, value := range change {
			p[name] = value
		}
		return p
	}
	order := func(name string, value any) object { return and(parcelTo("N-1"), name, value) }
	w.ask("admin", "POST", "/shipments", parcelTo("KEPT")).is(201)
	w.ask("admin", "POST", "/brands", object{"reference": "outlet", "name": "Outlet"}).is(201)
	for _, c := range []struct {
		method, path string
		body         object
		want         []string
	}{
		{"POST", "/shipments", order("billing", who(object{"country": "ZZ"})), []string{"billing.country"}},
		{"POST", "/shipments", order("return_to", who(object{"country": "ZZ", "phone": "ring me"})), []string{"return_to.country", "return_to.phone"}},
		{"POST", "/shipments", order("to", who(object{"email": "a b@c.example", "mobile": "none"})), []string{"to.email", "to.mobile"}},
		{"POST", "/shipments", order("to", who(object{"email": "ada@"})), []string{"to.email"}},
		{"POST", "/shipments", order("to", who(object{"email": "@example.com"})), []string{"to.email"}},
		{"POST", "/shipments", order("to", who(object{"email": "a@b@c.example"})), []string{"to.email"}},
		{"POST", "/shipments", order("to", who(object{"tax_ids": []any{object{"type": "VAT", "number": "1", "country": "QQ"}}})), []string{"to.tax_ids[0].country"}},
		{"POST", "/shipments", order("items", []any{object{"hs_code": "12345"}, object{"hs_code": "6109.10.00 00"}, object{"hs_code": "1234567890123", "country_of_origin": "ZZ"}}),
			[]string{"items[0].hs_code", "items[2].country_of_origin", "items[2].hs_code"}},
		{"POST", "/shipments", order("locale", "klingon-q"), []string{"locale"}},
		{"POST", "/shipments", order("options", object{"signature": "adlut"}), []string{"options.signature"}},
		{"POST", "/shipments", order("pickup_time", object{"starts": "2026-11-25T12:00:00Z", "ends": "2026-11-25T09:00:00Z"}), []string{"pickup_time.ends"}},
		{"POST", "/shipments", order("delivery_time", object{"starts": "2026-11-25T12:00:00Z", "ends": "2026-11-25T12:00:00Z"}), []string{"delivery_time.ends"}},
		{"POST", "/shipments", order("parcels", []any{object{"size": object{"length": -1, "width": 1e9, "height": 1, "unit": "cm"}}}), []string{"parcels[0].size.length", "parcels[0].size.width"}},
		{"PATCH", "/shipments/KEPT", object{"billing": who(object{"country": "ZZ"}), "locale": "?"}, []string{"billing.country", "locale"}},
		{"PATCH", "/shipments/KEPT", object{"to": object{"email": "nobody"}}, []string{"to.email"}},
		{"PATCH", "/shipments/KEPT", object{"delivery_time": object{"starts": "2026-11-25T12:00:00Z", "ends": "2026-11-25T09:00:00Z"}}, []string{"delivery_time.ends"}},
		{"POST", "/rates", object{"shipment": order("to", who(object{"email": "nobody"}))}, []string{"shipment.to.email"}},
		{"POST", "/rates", object{"shipment": order("pickup_time", object{"starts": "2026-11-25T12:00:00Z", "ends": "2026-11-25T09:00:00Z"})}, []string{"shipment.pickup_time.ends"}},
		{"POST", "/returns", object{"from": who(object{"country": "ZZ"}), "location": "bath"}, []string{"from.country"}},
		{"POST", "/addresses", object{"reference": " ", "address": who(object{"phone": "?"})}, []string{"address.phone", "reference"}},
		{"POST", "/locations", object{"reference": " ", "name": "Hull", "time_zone": "Local", "address": who(nil)}, []string{"reference", "time_zone"}},
		{"POST", "/locations", object{"name": "Hull", "time_zone": "Mars/Olympus", "address": who(nil)}, []string{"time_zone"}},
		{"PATCH", "/locations/bath", object{"time_zone": "Mars/Olympus", "settings": object{"currency": "ZZZ"}}, []string{"settings.currency", "time_zone"}},
		{"POST", "/products", object{"sku": "X", "name": "X", "customs": object{"code": "none", "country": "ZZ"}}, []string{"customs.code", "customs.country"}},
		{"POST", "/users", object{"email": "pat", "role": "operations"}, []string{"email"}},
		{"POST", "/brands", object{"reference": " ", "name": "Outlet"}, []string{"reference"}},
		{"PATCH", "/brands/outlet", object{"reference": "\t "}, []string{"reference"}},
		{"POST", "/services", object{"carrier": "house", "provider": "Nobody", "code": "standard", "name": "Slow"}, []string{"provider"}},
		{"POST", "/services", object{"carrier": "house", "provider": "van", "code": "teleport", "name": "Slow"}, []string{"code"}},
		{"POST", "/services", object{"carrier": "house", "provider": "van", "code": "standard", "direction": "incoming", "name": "Slow"}, []string{"code"}},
		{"POST", "/webhooks", object{"url": "https://shop.example/h", "kinds": []any{"shipment.booked", "nope"}}, []string{"kinds[1]"}},
		{"POST", "/webhooks", object{"url": "https://shop.example/h", "statuses": []any{"booked", "NOPE"}}, []string{"statuses[1]"}},
	} {
		a := w.ask("admin", c.method, c.path, c.body)
		var paths []string
		for i := range 10 {
			if at := a.text(fmt.Sprintf("errors.%d.path", i)); at != "" && a.text(fmt.Sprintf("errors.%d.message", i)) != "" {
				paths = append(paths, at)
			}
		}
		slices.Sort(paths)
		if a.status != 422 || !slices.Equal(paths, c.want) {
			t.Errorf("%s %s %v: %d, named %v, want %v", c.method, c.path, c.body, a.status, paths, c.want)
		}
	}
	if a := w.ask("admin", "GET", "/shipments?country=ZZ", nil).is(422); a.text("errors.0.path") != "query.country" {
		t.Error(string(a.body))
	}
	w.ask("admin", "GET", "/shipments/N-1", nil).refused(404, waybill.ReasonUnknownShipment)
	kept := w.ask("admin", "GET", "/shipments/KEPT", nil).is(200)
	if kept.get("billing") != nil || kept.get("delivery_time") != nil || kept.text("to.email") != "ada@example.com" {
		t.Error("half a change is kept:", string(kept.body))
	}
}

// TestWhatNobodyCouldCarryIsNotBooked: a draft may be thin, and is told what it lacks when it is booked.
func TestWhatNobodyCouldCarryIsNotBooked(t *testing.T) {
	w := begin(t)
	parcel := func(value any) any { return []any{object{"weight": object{"value": value, "unit": "kg"}}} }
	window := func(starts, ends string) object { return object{"starts": starts, "ends": ends} }
	for i, c := range []struct {
		member string
		value  any
		want   string // paths
		always bool   // not even as a draft
	}{
		{"to", object{"country": "GB"}, "to.city to.name to.postcode to.street1", false},
		{"to", object{"name": "", "company": "Navy", "street1": "1 Quay", "city": "Hull", "country": "GB"}, "to.postcode", false},
		{"to", object{"first_name": "Ada", "house": "12", "city": "Dublin", "country": "IE"}, "", false},    // Eircodes are left out by many
		{"to", object{"company": "Navy", "street1": "1 Quay", "city": "Dubai", "country": "AE"}, "", false}, // there are none
		{"to", object{"name": "Ada", "street1": "1 Quay", "postcode": "75001", "country": "FR"}, "to.city", false},
		{"parcels", parcel(0), "parcels[0].weight", false},
		{"parcels", []any{object{}, object{}}, "parcels[0].weight parcels[1].weight", false},
		{"options", object{"ship_date": "2026-11-21"}, "options.ship_date", false},
		{"options", object{"ship_date": "2026-11-22"}, "", false}, // yesterday
		{"options", object{"ship_date": "2027-11-24"}, "options.ship_date", false},
		{"delivery_time", window("2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z"), "delivery_time.ends", false},
		{"delivery_time", window("2026-11-20T08:00:00Z", "2026-11-24T10:00:00Z"), "", false}, // it has begun
		{"pickup_time", window("2099-01-01T08:00:00Z", "2099-01-01T10:00:00Z"), "pickup_time.starts", false},
		{"pickup_time", window("2026-11-24T10:00:00Z", "2026-11-24T08:00:00Z"), "pickup_time.ends", true},
	} {
		reference := fmt.Sprintf("T-%d", i)
		body := and(parcelTo(reference), c.member, c.value)
		at := w.ask("admin", "POST", "/shipments", and(body, "book", object{"connection": "van"}))
		if c.want == "" {
			if at.status != 201 || at.text("booking") != "booked" {
				t.Errorf("%v: %d %s", c.value, at.status, at.body)
			}
			continue
		}
		if got := pathsOf(at); at.status != 422 || got != c.want {
			t.Errorf("%v: %d, named %q, want %q: %s", c.value, at.status, got, c.want, at.body)
		}
		w.ask("admin", "GET", "/shipments/"+reference, nil).refused(404, waybill.ReasonUnknownShipment)
		draft := w.ask("admin", "POST", "/shipments", body)
		if c.always {
			if got := pathsOf(draft); draft.status != 422 || got != c.want {
				t.Errorf("the draft of %v: %d, %q", c.value, draft.status, got)
			}
			continue
		}
		draft.is(201)
		if later := w.ask("admin", "POST", "/shipments/"+reference+"/book", object{"connection": "van"}); later.status != 422 || pathsOf(later) != c.want {
			t.Errorf("the draft of %v, booked: %d, named %q, want %q", c.value, later.status, pathsOf(later), c.want)
		}
		if after := w.ask("admin", "GET", "/shipments/"+reference, nil).is(200); after.text("booking") != "draft" {
			t.Errorf("%v: %s", c.value, after.body)
		}
	}
	w.ask("admin", "POST", "/shipments", and(parcelTo("B-1"), "book", object{"connection": "van"})).is(201)
	if a := w.ask("admin", "PATCH", "/shipments/B-1", object{"to": object{"name": nil, "street1": nil}}); a.status != 422 || pathsOf(a) != "to.name to.street1" {
		t.Errorf("a label to nobody: %d %s", a.status, a.body)
	}
	held := w.ask("admin", "POST", "/shipments", and(and(parcelTo("H-1"), "parcels", parcel(0)), "book", object{"hold": true})).is(201)
	if held.text("booking") != "held" {
		t.Error(string(held.body))
	}
	if a := w.ask("admin", "POST", "/shipments/H-1/book", nil); a.status != 422 || pathsOf(a) != "parcels[0].weight" {
		t.Errorf("what was held is released: %d %s", a.status, a.body)
	}
	back := object{"from": object{"country": "GB"}, "location": "bath", "parcels": parcel(0)}
	if a := w.ask("admin", "POST", "/returns", and(back, "book", object{})); a.status != 422 || pathsOf(a) != "from.city from.name from.postcode from.street1 parcels[0].weight" {
		t.Errorf("a return from nowhere: %d %s", a.status, a.body)
	}
	thin := w.ask("admin", "POST", "/returns", back).is(201)
	if a := w.ask("admin", "POST", "/returns/"+thin.text("id")+"/book", nil); a.status != 422 || !strings.HasPrefix(pathsOf(a), "from.city") {
		t.Errorf("it is booked: %d %s", a.status, a.body)
	}
}

// pathsOf are the members that a refusal names, in order.
func pathsOf(a answer) string {
	var paths []string
	for i := range 20 {
		if at := a.text(fmt.Sprintf("errors.%d.path", i)); at != "" {
			paths = append(paths, at)
		}
	}
	slices.Sort(paths)
	return strings.Join(paths, " ")
}

// TestAServiceIsNamedByWhateverItIsCalled: by number, id, code or name.
func TestAServiceIsNamedByWhateverItIsCalled(t *testing.T) {
	w := begin(t)
	made := w.ask("admin", "POST", "/services", object{"carrier": "house", "provider": "sim", "code": "express", "name": "Quick"}).is(201)
	number := made.text("number")
	for i, name := range []any{made.get("number"), number, made.text("id"), "express", "quick"} {
		a := w.ask("admin", "POST", "/shipments", and(and(parcelTo(fmt.Sprintf("S-%d", i)), "carrier_choice", object{"service_number": name}), "book", object{})).is(201)
		if a.text("carrier.service") != "express" || a.text("carrier.connection") != "sim" || a.text("carrier_choice.service_number") != number {
			t.Errorf("%v: %s", name, a.body)
		}
	}
	bare := w.ask("admin", "POST", "/shipments", and(and(parcelTo("S-8"), "carrier_choice", object{"service_number": "standard"}), "book", object{})).is(201)
	if bare.text("carrier.service") != "standard" || bare.text("carrier_choice.proposed.0.services.0") != "standard" {
		t.Error("one without a number:", string(bare.body))
	}
	for _, name := range []any{"teleport", 999999} {
		if a := w.ask("admin", "POST", "/shipments", and(parcelTo("S-9"), "carrier_choice", object{"service_number": name})); a.status != 422 || pathsOf(a) != "carrier_choice.service_number" {
			t.Errorf("%v: %d %s", name, a.status, a.body)
		}
	}
	w.ask("admin", "POST", "/services", object{"carrier": "house", "provider": "van", "code": "express", "name": "Quicker"}).is(201)
	if a := w.ask("admin", "POST", "/shipments", and(parcelTo("S-9"), "carrier_choice", object{"service_number": "express"})); a.status != 422 || !strings.Contains(a.text("errors.0.limit"), number) {
		t.Errorf("either might be meant: %d %s", a.status, a.body)
	}
	w.ask("admin", "POST", "/shipments", parcelTo("S-9")).is(201)
	changed := w.ask("admin", "PATCH", "/shipments/S-9", object{"carrier_choice": object{"service_number": "quick"}}).is(200)
	if changed.text("carrier_choice.service_number") != number {
		t.Error(string(changed.body))
	}
	w.ask("admin", "PATCH", "/shipments/S-9", object{"carrier_choice": object{"increment": 1}}).is(200)
}
