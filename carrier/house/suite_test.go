package house_test

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/house"
)

func TestCarrier(t *testing.T) {
	card, err := house.DemoCard("us")
	if err != nil {
		t.Fatal(err)
	}
	skips := carriertest.WithoutAPI("the house courier has no API: a purchase is a pure function of its request")
	delete(skips, "many calls at once")
	skips["statuses map, unknown ones to unknown"] = "the house courier reports no statuses: its scans are entered in the store"
	carriertest.Run(t, carriertest.Harness{
		Driver:    house.Driver(),
		Settings:  carrier.Settings{"rate_card": string(card)},
		Sample:    func() waybill.Shipment { return shipment(boston, brooklin, "2.5") },
		Service:   "ground",
		Incoming:  "return",
		Formats:   []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL},
		Abilities: []carrier.Ability{carrier.Quotes, carrier.Voids, carrier.Returns, carrier.Collects, carrier.Relabels},
		Skips:     skips,
	})
}
