package house_test

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/house"
)

// TestCarrier: a connection passes what every carrier must, with numbers of our own form and with Peddler's.
func TestCarrier(t *testing.T) {
	local := func() waybill.Shipment { return shipment(boston, brooklin, "2.5") }
	dutch := func() waybill.Shipment { return shipment(rotterdam, amsterdam, "2.5") }
	for name, c := range map[string]struct {
		card, form, service, incoming string
		sample                        func() waybill.Shipment
	}{"own": {"us", "", "ground", "return", local}, "peddler": {"nl", "peddler", "NEXT_DAY_48", "RETURN_48", dutch}} {
		t.Run(name, func(t *testing.T) {
			card, err := house.DemoCard(c.card)
			if err != nil {
				t.Fatal(err)
			}
			settings := carrier.Settings{"rate_card": string(card)}
			if c.form != "" {
				settings["number_form"] = c.form
			}
			skips := carriertest.WithoutAPI("the house courier has no API: a purchase is a pure function of its request")
			delete(skips, "many calls at once")
			skips["statuses map, unknown ones to unknown"] = "the house courier reports no statuses: its scans are entered in the store"
			carriertest.Run(t, carriertest.Harness{
				Driver: house.Driver(), Settings: settings, Sample: c.sample, Service: c.service, Incoming: c.incoming,
				Formats:   []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL},
				Abilities: []carrier.Ability{carrier.Quotes, carrier.Voids, carrier.Returns, carrier.Collects, carrier.Relabels, carrier.Manifests},
				Skips:     skips,
			})
		})
	}
}
