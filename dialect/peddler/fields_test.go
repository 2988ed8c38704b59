package peddler_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/dialect/dialecttest"
)

// everything is a shipment with every member that the API documents.
const everything = `{
	"metaData": "", "bundleId": "B", "colliMasterId": "M", "colliCount": 2,
	"deliveryAddress": {"company": "C", "name": "N", "house": "4", "address1": "Jodenbreestraat", "address2": "hoog", "city": "Amsterdam", "state": "NH", "postCode": "1011NK", "country": "NL", "phone": "+31205550101"},
	"senderAddress": {"company": "C", "name": "N", "house": "4", "address1": "Coolsingel", "address2": "laag", "city": "Rotterdam", "state": "ZH", "postCode": "3011AD", "country": "NL", "phone": "+31105550101"},
	"deliveryEmail": "a@example.com", "deliveryShippingType": "PACKAGE", "deliveryContentsType": "GOODS",
	"shippingValue": 12.5, "shippingValueCurrency": "EUR", "dimensions": "38.5cm * 35.5cm * 9.0cm", "weight": 3, "weightUnit": "KG",
	"returnType": "RETURN_TO_SENDER", "estimatedInjectionDate": "2026-11-24", "carrierOptions": [{"key": "POD", "value": "SIGNATURE"}],
	"webhookUri": "https://a.example", "serviceLevel": "NEXT_DAY_48", "carrierServiceLevel": "", "gift": true
}`

// changes gives each member another value. Those in shown are seen in the record that an update answers.
var changes = []struct {
	path  string
	value any
	shown bool
}{
	{"bundleId", "B2", true},
	{"colliMasterId", "M2", true},
	{"colliCount", 3, true},
	{"deliveryAddress.company", "D", true},
	{"deliveryAddress.name", "O", true},
	{"deliveryAddress.house", "5", true},
	{"deliveryAddress.address1", "Rozengracht", true},
	{"deliveryAddress.address2", "laag", true},
	{"deliveryAddress.city", "Diemen", true},
	{"deliveryAddress.state", "UT", true},
	{"deliveryAddress.postCode", "1016NK", true},
	{"deliveryAddress.country", "BE", true},
	{"deliveryAddress.phone", "+31205550102", true},
	{"senderAddress.company", "D", true},
	{"senderAddress.name", "O", true},
	{"senderAddress.house", "5", true},
	{"senderAddress.address1", "Blaak", true},
	{"senderAddress.address2", "hoog", true},
	{"senderAddress.city", "Schiedam", true},
	{"senderAddress.state", "UT", true},
	{"senderAddress.postCode", "3012", true},
	{"senderAddress.country", "BE", true},
	{"senderAddress.phone", "+31105550102", true},
	{"deliveryEmail", "b@example.com", true},
	{"deliveryShippingType", "LETTERBOX", true},
	{"deliveryContentsType", "ADR", true},
	{"shippingValue", "13", true},
	{"shippingValueCurrency", "USD", true},
	{"dimensions", "40 x 30 x 10", true},
	{"weight", "4", true},
	{"weightUnit", "LB", true},
	{"returnType", "RETURN_AND_DONATE", true},
	{"estimatedInjectionDate", "2026-11-25T10:00:00Z", true},
	{"carrierOptions", []any{map[string]any{"key": "OTP", "value": "TRUE"}}, true},
	{"carrierOptions.0.key", "ADR", true},
	{"carrierOptions.0.value", "signature", true},
	{"webhookUri", "https://b.example", true},
	{"serviceLevel", "EXPRESS_1200", true},
	{"carrierServiceLevel", "EXPRESS_1800", true},
	{"gift", false, false},
}

// TestEveryFieldIsKept changes each member of a shipment in turn and sees what is stored change with it, and the
// record where it can show it.
func TestEveryFieldIsKept(t *testing.T) {
	app := installation(t).Start(t)
	stored, record := created(t, app, tree(t, everything), "base")
	for i, c := range changes {
		body := tree(t, everything)
		set(body, c.path, c.value)
		if c.path == "deliveryAddress.country" {
			set(body, "deliveryAddress.postCode", "2000") // Antwerp's, and no other street there
			set(body, "deliveryAddress.city", "Antwerpen")
		}
		if c.path == "senderAddress.country" {
			set(body, "senderAddress.postCode", "2000")
		}
		nowStored, nowRecord := created(t, app, body, fmt.Sprintf("change-%d", i))
		if nowStored == stored {
			t.Errorf("%s: another value leaves the stored shipment as it is", c.path)
		}
		if (nowRecord != record) != c.shown {
			t.Errorf("%s: another value is seen in the record: %v\n%s\n%s", c.path, nowRecord != record, record, nowRecord)
		}
	}
}

// created creates a shipment under a metaData of its own and answers what is stored and what its record is, without
// what differs between any two shipments.
func created(t *testing.T, app *dialecttest.App, body map[string]any, reference string) (stored, record string) {
	t.Helper()
	body["metaData"] = reference
	var answer []struct{ Status, Error, TrackingNumber string }
	must200(t, app, "POST "+root+"createShipments", "["+text(body)+"]", &answer)
	if answer[0].Status != "ADDED" {
		t.Fatalf("%s: %s", reference, answer[0].Error)
	}
	sh := shipment(t, app, reference)
	scrub := []string{reference, "R", string(sh.ID), "I", fmt.Sprint(sh.Number), "0"}
	sh.Row, sh.Reference, sh.Purchase, sh.Tracking = waybill.Row{}, "", "", ""
	for i := range sh.Parcels {
		scrub = append(scrub, sh.Parcels[i].Tracking, "T")
		sh.Parcels[i].Tracking = ""
	}
	_, updated := ask(t, app, "POST "+root+"updateShipment/"+answer[0].TrackingNumber, `{"deliveryEmail": "`+sh.To.Contact.Email+`"}`)
	return text(sh), strings.NewReplacer(scrub...).Replace(string(updated))
}

func tree(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// set puts a value at a dotted path; numbers are list indices.
func set(at any, path string, value any) {
	step, rest, more := strings.Cut(path, ".")
	switch inner := at.(type) {
	case map[string]any:
		if more {
			set(inner[step], rest, value)
		} else {
			inner[step] = value
		}
	case []any:
		set(inner[int(step[0]-'0')], rest, value)
	}
}

// TestChangesAreComplete: each member of a shipment that the OpenAPI document describes is changed above.
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
	members(document.Components.Schemas["Shipment"].Value, "", &described)
	if len(described) < 35 {
		t.Fatalf("only %d members are described", len(described))
	}
	for _, path := range described {
		changed := slices.ContainsFunc(changes, func(c struct {
			path  string
			value any
			shown bool
		}) bool {
			return c.path == path
		})
		if path != "metaData" && !changed {
			t.Errorf("%s is described and not changed", path)
		}
	}
}

// members lists the paths of a schema's plain members; items are counted from 0.
func members(s *openapi3.Schema, path string, into *[]string) {
	join := func(step string) string { return strings.TrimPrefix(path+"."+step, ".") }
	switch {
	case len(s.Properties) > 0:
		for name, p := range s.Properties {
			members(p.Value, join(name), into)
		}
	case s.Items != nil && len(s.Items.Value.Properties) > 0:
		members(s.Items.Value, join("0"), into)
	default:
		*into = append(*into, path)
	}
}
