package ups

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/ups/upssim"
)

func TestConformance(t *testing.T) { carriertest.Run(t, harness()) }

func harness() carriertest.Harness {
	return carriertest.Harness{
		Driver: Driver(),
		Settings: carrier.Settings{
			"client_id": upssim.DefaultClientID, "client_secret": upssim.DefaultClientSecret,
			"account_number": upssim.DefaultAccount, "push_credential": "agreed-with-ups",
		},
		Wrong:       carrier.Settings{"client_id": "nobody", "client_secret": "a-wrong-secret"},
		Backend:     backend,
		Operations:  map[string]string{"quote": upssim.OpRate, "ship": upssim.OpShip, "track": upssim.OpTrack, "void": upssim.OpVoid},
		Sample:      sample,
		Service:     "03",
		Incoming:    "03",
		Formats:     []waybill.LabelFormat{waybill.PDF, waybill.ZPL},
		BadPostcode: "00000",
		Step:        46, // a tenth of a pound
		Abilities: []carrier.Ability{
			carrier.Quotes, carrier.Voids, carrier.Returns, carrier.Collects, carrier.Finds, carrier.Relabels, carrier.Pushes,
		},
		StatusTable: statusFile,
		Status: func(words []string) waybill.Transit {
			state, _ := transit(trackStatus{Type: words[0], Code: words[1], StatusCode: words[2]})
			return state
		},
	}
}

func sample() waybill.Shipment {
	home := true
	return waybill.Shipment{
		Reference: "SO-2026-0815",
		From: waybill.Party{
			Contact: waybill.Contact{Name: "Grace Hopper", Company: "Harbor Goods", Phone: "+1 212-555-0123"},
			Address: waybill.Address{Street1: "350 5th Avenue", City: "New York", State: "New York", Postcode: "10118", Country: "US"},
		},
		To: waybill.Party{
			Contact: waybill.Contact{First: "Ada", Last: "Byron", Phone: "3105550188", Email: "ada@example.com"},
			Address: waybill.Address{
				Street1: "1200 Wilshire Boulevard", Apartment: "Apt 4", City: "Los Angeles", State: "CA", Postcode: "90017-1234", Country: "US",
				Residential: &home,
			},
		},
		Value:   waybill.Amount{Value: "84.50", Currency: "USD"},
		Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}, Size: waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}}},
		Items: []waybill.Item{
			{SKU: "MUG-1", Title: "Stoneware mug", Quantity: 2, Price: "12.25"},
			{SKU: "TEA-9", Title: "Green tea", Quantity: 1, Price: "60.00"},
		},
	}
}
