package house_test

import (
	"context"
	"testing"

	"waybill"
	"waybill/carrier"
)

// What must be done at the door stands on the label, before the sender's own words.
func TestTheDriverIsToldWhatToDo(t *testing.T) {
	for want, options := range map[string]waybill.Options{
		"Ring twice": {},
		"COLLECT 20.50 GBP · Ring twice":             {COD: waybill.Amount{Value: "20.5", Currency: "GBP"}},
		"COLLECT 20.50 GBP · SIGNATURE · Ring twice": {COD: waybill.Amount{Value: "20.5", Currency: "GBP"}, Signature: "required"},
		"ADULT SIGNATURE · Ring twice":               {Signature: "adult"},
	} {
		s := shipment(leeds, bristol, "1")
		s.Options, s.Instructions = options, "Ring twice"
		booking, err := open(t, "gb", waybill.ModeLive, nil).Ship(context.Background(),
			carrier.ShipRequest{Shipment: s, Service: "next_day", Key: "k", Numbers: []string{"7"}, Now: thursday})
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if got := booking.Labels[0].Face.Instructions; got != want {
			t.Errorf("the label says %q, want %q", got, want)
		}
	}
}
