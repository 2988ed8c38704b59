package shiptheory_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"waybill"
)

const plain = `{"reference":"S1","reference2":"O1","shipment_detail":{"weight":2.5,"parcels":3,"value":10},
	"recipient":{"firstname":"Wes","lastname":"Crusher","address_line_1":"1 Baldwin Street","city":"Bristol","postcode":"BS1 4TW","country":"GB"}}`

// TestWeightIsShared: without packages the parcels are equal shares, rounded up to a gram.
func TestWeightIsShared(t *testing.T) {
	app := start(t, installation(t))
	must200(t, app, "POST /v1/shipments", plain)
	sh := shipment(t, app, "S1")
	if len(sh.Parcels) != 3 {
		t.Fatalf("%d parcels, want 3", len(sh.Parcels))
	}
	numbers := map[string]bool{}
	for _, p := range sh.Parcels {
		if p.Weight.Grams() != 834 {
			t.Errorf("a parcel weighs %d g, want 834", p.Weight.Grams())
		}
		numbers[p.Tracking] = true
	}
	if len(numbers) != 3 || sh.TotalWeight.Value != "2.5" {
		t.Errorf("numbers %v, total %v", numbers, sh.TotalWeight)
	}
}

// TestOneParcelHoldsAllItems: what another API shows as the parcel's number of things.
func TestOneParcelHoldsAllItems(t *testing.T) {
	app := start(t, installation(t))
	body := treeOf(t, plain)
	body.set("shipment_detail.parcels", 1)
	body["products"] = []any{
		map[string]any{"name": "N", "sku": "S", "value": 1, "weight": 1, "qty": 4}, map[string]any{"name": "M", "sku": "T", "value": 1, "weight": 1},
	}
	must200(t, app, "POST /v1/shipments", body.String())
	if sh := shipment(t, app, "S1"); sh.Parcels[0].Items != 5 || sh.Items[1].Quantity != 1 {
		t.Errorf("%d things in the parcel, %d of the second product", sh.Parcels[0].Items, sh.Items[1].Quantity)
	}
}

// TestSenderDefaultsToTheLocation, and one that is sent is kept without making a location.
func TestSenderDefaultsToTheLocation(t *testing.T) {
	app := start(t, installation(t))
	must200(t, app, "POST /v1/shipments", plain)
	if sh := shipment(t, app, "S1"); sh.LocationKey != "GB-BATH" || sh.From.Address.Street1 != "65 Horfield Retail Park" {
		t.Errorf("location %q, from %+v", sh.LocationKey, sh.From)
	}
	body := treeOf(t, plain)
	body["reference"] = "S2"
	body["sender"] = map[string]any{"firstname": "J", "lastname": "B", "address_line_1": "9 Quay", "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}
	must200(t, app, "POST /v1/shipments", body.String())
	if sh := shipment(t, app, "S2"); sh.LocationKey != "" || sh.From.Address.Street1 != "9 Quay" || sh.Booking != waybill.Booked {
		t.Errorf("location %q, from %+v, %s", sh.LocationKey, sh.From, sh.Booking)
	}
}

// TestUnknownMembersAreKept: those that only the caller knows, with their place.
func TestUnknownMembersAreKept(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, "size 501 35 22 13 Shoe Box")
	body := treeOf(t, plain)
	body["warehouse"] = "A"
	body.set("shipment_detail.colour", map[string]any{"deep": []any{1.5}})
	body.set("recipient.doorbell", "3")
	body["packages"] = []any{map[string]any{"id": 501, "weight": 1, "note": "top"}}
	body["products"] = []any{map[string]any{"name": "N", "sku": "S", "value": 1, "weight": 1, "packing_group": "II"}}
	must200(t, app, "POST /v1/shipments", body.String())
	sh := shipment(t, app, "S1")
	var extra map[string]any
	if err := json.Unmarshal(sh.Extra, &extra); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"warehouse": `"A"`, "shipment_detail.colour": `{"deep":[1.5]}`, "recipient.doorbell": `"3"`, "packages.0.note": `"top"`,
	} {
		if got := asText(extra[path]); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := string(sh.Items[0].Extra); got != `{"packing_group":"II"}` {
		t.Errorf("the product keeps %s", got)
	}
}

// TestConcurrentBookings: of many at once with one reference exactly one books.
func TestConcurrentBookings(t *testing.T) {
	app := start(t, installation(t))
	answers := make([]string, 8)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			_, body := ask(t, app, "POST /v1/shipments", plain)
			answers[i] = string(body)
		})
	}
	wait.Wait()
	booked := 0
	for _, a := range answers {
		switch {
		case strings.Contains(a, `"status":"Complete"`):
			booked++
		case !strings.Contains(a, `"unique":"This reference is already in use"`):
			t.Errorf("answered %s", a)
		}
	}
	if booked != 1 {
		t.Errorf("%d of %d booked", booked, len(answers))
	}
}

// TestClientsReadEveryAnswer: replies are JSON objects, a success has no message but in a booking, figures
// are no text and codes are whole numbers: what existing clients rely on.
func TestClientsReadEveryAnswer(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, "size 501 35 22 13 Shoe Box")
	must200(t, app, "POST /v1/shipments", strings.Replace(plain, `"value":10`, `"value":10,"shipping_price":"4.50"`, 1))
	for _, first := range []string{
		"GET /v1/shipments/S1", "GET /v1/shipments/list", "GET /v1/shipments/search?created_from=2026-11-21&created_to=2026-11-21", "GET /v1/services",
		"GET /v1/services/incoming", "GET /v1/packages/sizes", "GET /v1/products", "GET /v1/tags",
	} {
		if message, has := must200(t, app, first, "")["message"]; has {
			t.Errorf("%s has the message %v", first, message)
		}
	}
	view := must200(t, app, "GET /v1/shipments/S1", "")["shipment"].(map[string]any)
	if price, ok := view["shipping_price"].(float64); !ok || price != 4.5 {
		t.Errorf("shipping_price is %v", view["shipping_price"])
	}
	for _, first := range []string{"GET /v1/shipments/none", "GET /v1", "PUT /v1/shipments", "POST /v1/shipments"} {
		_, body := ask(t, app, first, "{}")
		var failure struct {
			Message string
			Code    int
		}
		if err := json.Unmarshal(body, &failure); err != nil || failure.Message == "" || failure.Code < 400 {
			t.Errorf("%s: %s (%v)", first, body, err)
		}
	}
}
