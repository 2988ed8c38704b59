package shiptheory_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/dialect/dialecttest"
)

// everything is a booking with every member that the API documents.
const everything = `{
	"reference": "", "reference2": "O1", "delivery_service": 38, "increment": 1, "mark_for_approval": false, "tags": [801],
	"shipment_detail": {
		"weight": 3, "parcels": 1, "value": 20, "enhancement_id": "", "format_id": "", "instructions": "Ring", "channel_shipservice_name": "Fast",
		"currency_code": "GBP", "shipping_price": 4.5, "reference3": "R3", "gift_message": "Hi", "sales_source": "Shop",
		"ship_date": "2026-11-23", "rules_metadata": "a", "duty_tax_number": "123", "duty_tax_number_type": "IOSS"
	},
	"recipient": {
		"company": "C", "firstname": "F", "lastname": "L", "address_line_1": "A1", "address_line_2": "A2", "address_line_3": "A3", "city": "Bristol",
		"county": "Avon", "country": "GB", "postcode": "BS1 4TW", "telephone": "1", "mobile": "2", "email": "a@example.com", "tax_number": "T1",
		"what3words": "a.b.c", "tax_numbers": [{"tax_number": "V1", "tax_number_type": "VAT"}]
	},
	"sender": {
		"company": "C", "firstname": "F", "lastname": "L", "address_line_1": "A1", "address_line_2": "A2", "address_line_3": "A3", "city": "Bath",
		"county": "Avon", "country": "GB", "postcode": "BA1 2JW", "telephone": "1", "mobile": "2", "email": "a@example.com", "tax_number": "T1",
		"what3words": "a.b.c", "tax_numbers": [{"tax_number": "V1", "tax_number_type": "VAT"}]
	},
	"products": [{
		"name": "N", "sku": "S", "qty": 2, "value": 10, "weight": 1, "length": 3, "width": 4, "height": 5, "commodity_code": "1",
		"commodity_description": "D", "commodity_manucountry": "CN", "commodity_composition": "tin", "mid_code": "M", "un_number": "UN1"
	}],
	"packages": [{"id": 501, "weight": 3}],
	"warehouse": "A"
}`

// changes gives each member another value, and says where an answer shows it: v in a view, s in a search, b
// in the booking itself. Nothing: the API has no member for it, and it is only stored.
var changes = []struct {
	path  string
	value any
	shown string
}{
	{"reference2", "O2", "vs"}, {"delivery_service", 39, "s"}, {"increment", 2, ""}, {"mark_for_approval", true, "vsb"}, {"tags", []any{802}, "v"},
	{"shipment_detail.weight", 3.5, "s"}, {"shipment_detail.parcels", 2, "s"}, {"shipment_detail.value", 21, "s"},
	{"shipment_detail.enhancement_id", "E", "bvs"}, {"shipment_detail.format_id", "F", "bvs"}, {"shipment_detail.instructions", "Knock", ""},
	{"shipment_detail.channel_shipservice_name", "Slow", ""}, {"shipment_detail.currency_code", "EUR", ""},
	{"shipment_detail.shipping_price", 5, "v"}, {"shipment_detail.reference3", "R4", "v"}, {"shipment_detail.gift_message", "Ho", ""},
	{"shipment_detail.sales_source", "Fair", "s"}, {"shipment_detail.ship_date", "2026-11-24", ""}, {"shipment_detail.rules_metadata", "b", ""},
	{"shipment_detail.duty_tax_number", "124", "v"}, {"shipment_detail.duty_tax_number_type", "VOEC", "v"},
	{"recipient.company", "D", "s"}, {"recipient.firstname", "G", "s"}, {"recipient.lastname", "M", "s"}, {"recipient.address_line_1", "B1", "s"},
	{"recipient.address_line_2", "B2", "s"}, {"recipient.address_line_3", "B3", "s"}, {"recipient.city", "Clifton", "s"},
	{"recipient.county", "Kent", "s"}, {"recipient.country", "IE", "vsb"}, {"recipient.postcode", "BS2 3AP", "s"}, {"recipient.telephone", "3", "s"},
	{"recipient.mobile", "4", "s"}, {"recipient.email", "b@example.com", "s"}, {"recipient.tax_number", "T2", ""},
	{"recipient.what3words", "d.e.f", ""}, {"recipient.tax_numbers.0.tax_number", "V2", ""}, {"recipient.tax_numbers.0.tax_number_type", "EORI", ""},
	{"sender.company", "D", ""}, {"sender.firstname", "G", ""}, {"sender.lastname", "M", ""}, {"sender.address_line_1", "B1", ""},
	{"sender.address_line_2", "B2", ""}, {"sender.address_line_3", "B3", ""}, {"sender.city", "Bristol", ""}, {"sender.county", "Kent", ""},
	{"sender.country", "FR", "vsb"}, {"sender.postcode", "BS2 3AP", ""}, {"sender.telephone", "3", ""}, {"sender.mobile", "4", ""},
	{"sender.email", "b@example.com", ""}, {"sender.tax_number", "T2", ""}, {"sender.what3words", "d.e.f", ""},
	{"sender.tax_numbers.0.tax_number", "V2", ""}, {"sender.tax_numbers.0.tax_number_type", "PID", ""},
	{"products.0.name", "P", "s"}, {"products.0.sku", "T", "s"}, {"products.0.qty", 3, "vs"}, {"products.0.value", 11, "s"},
	{"products.0.weight", 1.5, "s"}, {"products.0.length", 6, "vs"}, {"products.0.width", 7, "vs"}, {"products.0.height", 8, "vs"},
	{"products.0.commodity_code", "2", "s"}, {"products.0.commodity_description", "E", "s"}, {"products.0.commodity_manucountry", "IN", "s"},
	{"products.0.commodity_composition", "wood", "s"}, {"products.0.mid_code", "N", ""}, {"products.0.un_number", "UN2", ""},
	{"packages.0.id", 502, "s"}, {"packages.0.weight", 2, ""}, {"warehouse", "B", ""},
}

// TestEveryFieldIsKept changes each member of a booking in turn and sees what is stored change with it, and
// what the API shows where it can show it.
func TestEveryFieldIsKept(t *testing.T) {
	app := start(t, installation(t))
	for _, line := range []string{"size 501 35 22 13 Shoe Box", "size 502 60 50 40 Large Box"} {
		given(t, app, line)
	}
	for _, number := range []int64{801, 802} {
		addTag(t, app, number)
	}
	base := treeOf(t, everything)
	stored, shown := booked(t, app, base, "base")
	for _, c := range changes {
		body := treeOf(t, everything)
		body.set(c.path, c.value)
		nowStored, nowShown := booked(t, app, body, c.path)
		if string(nowStored) == string(stored) {
			t.Errorf("%s: another value leaves the stored shipment as it is", c.path)
		}
		for kind, before := range shown {
			if differs := nowShown[kind] != before; differs != strings.Contains(c.shown, kind) {
				t.Errorf("%s: another value is seen in %q: %v\n%s\n%s", c.path, kind, differs, before, nowShown[kind])
			}
		}
	}
}

// booked books a body under a reference of its own and answers what is stored and shown, without what
// differs between any two shipments.
func booked(t *testing.T, app *dialecttest.App, body tree, reference string) (stored []byte, shown map[string]string) {
	t.Helper()
	body["reference"] = reference
	shown = map[string]string{}
	answer := must200(t, app, "POST /v1/shipments", body.String())
	sh := shipment(t, app, reference)
	scrub := strings.NewReplacer(reference, "R", orElse(sh.Tracking, "none"), "T").Replace
	shown["b"] = scrub(asText(answer["status"]))
	view := must200(t, app, "GET /v1/shipments/"+reference, "")
	shown["v"] = scrub(asText(map[string]any{"shipment": view["shipment"], "tags": view["tags"]}))
	found := must200(t, app, "GET /v1/shipments/search?created_from=2026-11-21&created_to=2026-11-21&include_products=1&channel_reference_id="+reference, "")
	shown["s"] = scrub(asText(found["shipments"]))
	sh.Row, sh.Reference, sh.Purchase, sh.Tracking = waybill.Row{}, "", "", ""
	for i := range sh.Parcels {
		sh.Parcels[i].Tracking, sh.Parcels[i].SSCC = "", ""
	}
	stored, err := json.Marshal(sh)
	if err != nil {
		t.Fatal(err)
	}
	return stored, shown
}

func asText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// TestChangesAreComplete: each member of a booking that the OpenAPI document describes is changed above.
func TestChangesAreComplete(t *testing.T) {
	data, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	members(document.Components.Schemas["Book"].Value, "", &described)
	if len(described) < 70 {
		t.Fatalf("only %d members are described", len(described))
	}
	for _, path := range described {
		if path != "reference" && !slices.ContainsFunc(changes, func(c struct {
			path  string
			value any
			shown string
		}) bool {
			return c.path == path
		}) {
			t.Errorf("%s is described and not changed", path)
		}
	}
}

// members lists the paths of a schema's plain members; items are counted from 0.
func members(s *openapi3.Schema, path string, into *[]string) {
	join := func(step string) string { return strings.TrimPrefix(path+"."+step, ".") }
	switch {
	case len(s.AnyOf) > 0:
		members(s.AnyOf[0].Value, path, into)
	case len(s.Properties) > 0:
		for name, p := range s.Properties {
			members(p.Value, join(name), into)
		}
	case s.Items != nil && len(s.Items.Value.Properties) > 0:
		members(s.Items.Value, join(strconv.Itoa(0)), into)
	default:
		*into = append(*into, path)
	}
}
