package delhivery

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/delhivery/delhiverysim"
)

func TestConformance(t *testing.T) { carriertest.Run(t, harness()) }

func harness() carriertest.Harness {
	return carriertest.Harness{
		Driver: Driver(),
		Settings: carrier.Settings{
			"token": delhiverysim.DefaultToken, "client_name": delhiverysim.DefaultClient, "pickup_location": delhiverysim.DefaultPlace,
			"push_credential": "agreed-with-delhivery",
		},
		Wrong:       carrier.Settings{"token": "a-wrong-token"},
		Backend:     backend,
		Operations:  map[string]string{"quote": delhiverysim.OpCharges, "ship": delhiverysim.OpCreate, "track": delhiverysim.OpTrack, "void": delhiverysim.OpEdit},
		Sample:      sample,
		Service:     express,
		Incoming:    surface,
		Formats:     []waybill.LabelFormat{waybill.PDF},
		BadPostcode: delhiverysim.PinUnknown,
		Step:        1,
		Abilities: []carrier.Ability{
			carrier.Quotes, carrier.Voids, carrier.Returns, carrier.Collects, carrier.Finds, carrier.Relabels, carrier.Pushes,
			carrier.Numbering, carrier.Registers, carrier.Edits, carrier.Redelivers,
		},
		StatusTable: statusFile,
		Status: func(words []string) waybill.Transit {
			state, _ := transit(words[0], words[1], words[2])
			return state
		},
	}
}

func sample() waybill.Shipment {
	home := true
	return waybill.Shipment{
		Reference: "SO-2026-0815",
		From: waybill.Party{
			Contact: waybill.Contact{Name: "Kiran Desai", Company: "Harbour Goods", Phone: "+91 98110 00000"},
			Address: waybill.Address{Street1: "Plot 5, Okhla Phase III", City: "New Delhi", State: "Delhi", Postcode: "110020", Country: "IN"},
		},
		To: waybill.Party{
			Contact: waybill.Contact{First: "Asha", Last: "Rao", Phone: "09845011223", Email: "asha@example.com"},
			Address: waybill.Address{
				Street1: "14 Residency Road", Apartment: "Flat 4B", City: "Bengaluru", State: "Karnataka", Postcode: "560 025", Country: "IN",
				Residential: &home,
			},
		},
		Value:   waybill.Amount{Value: "1249.50", Currency: "INR"},
		Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: "1.25", Unit: waybill.Kilogram}, Size: waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}}},
		Items: []waybill.Item{
			{SKU: "MUG-1", Title: "Stoneware mug", Quantity: 2, Price: "312.25", Commodity: waybill.Commodity{Code: "691200"}},
			{SKU: "TEA-9", Title: "Green tea & honey", Quantity: 1, Price: "625.00"},
		},
	}
}
