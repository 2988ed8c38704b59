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
		"Ring twice":                                 {},
		"COLLECT 20.50 INR · Ring twice":             {COD: waybill.Amount{Value: "20.5", Currency: "INR"}},
		"COLLECT 20.50 INR · SIGNATURE · Ring twice": {COD: waybill.Amount{Value: "20.5", Currency: "INR"}, Signature: "required"},
		"SIGNATURE · Ring twice":                     {Signature: "required"},
	} {
		s := shipment(delhi, mumbai, "1")
		s.Options, s.Instructions = options, "Ring twice"
		booking, err := open(t, "in", waybill.ModeLive, nil).Ship(context.Background(),
			carrier.ShipRequest{Shipment: s, Service: "express", Key: "k", Numbers: []string{"7"}, Now: thursday})
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if got := booking.Labels[0].Face.Instructions; got != want {
			t.Errorf("the label says %q, want %q", got, want)
		}
	}
}
