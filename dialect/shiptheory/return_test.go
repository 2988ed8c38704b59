package shiptheory_test

import (
	"bytes"
	"strings"
	"testing"

	"waybill"
	"waybill/engine"
)

// TestReturnKey: a return that is asked for twice with one Idempotency-Key is one return, and is answered with the
// same number and label; another body is refused.
func TestReturnKey(t *testing.T) {
	app := start(t, installation(t))
	must200(t, app, "POST /v1/shipments", strings.Replace(plain, `"parcels":3`, `"parcels":1`, 1))
	body := `{"outgoing_reference":"S1","delivery_postcode":"BS1 4TW","return_service":"200","expiry":"2026-12-01"}`
	bring := func(body, key string) (int, []byte) {
		return ask(t, app, "POST /v1/returns", body, "Idempotency-Key: "+key)
	}
	status, first := bring(body, "k1")
	again, second := bring(body, "k1")
	if status != 200 || again != 200 || !bytes.Equal(first, second) {
		t.Errorf("%d %.60s, again %d %.60s", status, first, again, second)
	}
	if n := len(shipment(t, app, "S1").Returns); n != 1 {
		t.Errorf("%d returns were made", n)
	}
	if status, answer := bring(strings.Replace(body, "12-01", "12-02", 1), "k1"); status != 409 {
		t.Errorf("the key with another body: %d %s", status, answer)
	}
	if status, third := bring(body, "k2"); status != 200 || bytes.Equal(first, third) {
		t.Errorf("another key: %d %.60s", status, third)
	}
}

// TestDeclared: a shipment that a courier declares through another API is listed, found and read here: complete,
// without a label, and nobody's to change.
func TestDeclared(t *testing.T) {
	app := start(t, installation(t))
	s := admin(t, app)
	declaration := waybill.Declaration{
		Number: "TRK-77", Pieces: 2, Status: "In Transit", Weight: waybill.Weight{Value: "4.5", Unit: waybill.Kilogram},
		Sender:   waybill.Party{Contact: waybill.Contact{Name: "Sara Sender"}, Address: waybill.Address{Street1: "1 Creek Road", City: "Dubai", Country: "AE"}},
		Receiver: waybill.Party{Contact: waybill.Contact{Name: "Ravi Receiver"}, Address: waybill.Address{Street1: "9 Port Road", City: "Sharjah", Country: "AE"}},
	}
	if _, err := s.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: declaration}); err != nil {
		t.Fatal(err)
	}
	read := must200(t, app, "GET /v1/shipments/TRK-77", "")
	seen, _ := read["shipment"].(map[string]any)
	if seen["status"] != "Complete" || seen["tracking_number"] != "TRK-77" || read["label"] != nil {
		t.Errorf("it is %v", read)
	}
	found := must200(t, app, "GET /v1/shipments/list?DeliveryAddress.city=sharjah", "")
	list, _ := found["shipments"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["shipment_detail"].(map[string]any)["tracking_number"] != "TRK-77" {
		t.Errorf("found by its city: %v", found)
	}
	// A courier's number is no reference: a caller's own order may have it, and is then the one that it names.
	body := strings.Replace(plain, `"S1"`, `"TRK-77"`, 1)
	if status, answer := ask(t, app, "POST /v1/shipments", body); status != 200 {
		t.Errorf("it was not booked: %s", answer)
	}
	read = must200(t, app, "GET /v1/shipments/TRK-77", "")
	if seen, _ := read["shipment"].(map[string]any); seen["tracking_number"] == "TRK-77" {
		t.Errorf("the caller's own order is hidden by the declared one: %v", seen)
	}
}
