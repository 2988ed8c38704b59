package doordash

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/doordash/doordashsim"
)

func TestConformance(t *testing.T) { carriertest.Run(t, harness()) }

func harness() carriertest.Harness {
	return carriertest.Harness{
		Driver: Driver(),
		Settings: carrier.Settings{
			"developer_id": doordashsim.DefaultDeveloperID, "key_id": doordashsim.DefaultKeyID, "signing_secret": doordashsim.DefaultSigningSecret,
		},
		Wrong:       carrier.Settings{"key_id": "nobody", "signing_secret": "YS13cm9uZy1zZWNyZXQtZm9yLWEtdGVzdA"},
		Backend:     backend,
		Operations:  map[string]string{"quote": doordashsim.OpQuote, "ship": doordashsim.OpCreate, "track": doordashsim.OpGet, "void": doordashsim.OpCancel},
		Sample:      sample,
		Service:     service,
		Formats:     []waybill.LabelFormat{waybill.PDF}, // asked for, and not printed
		BadPostcode: "00000",
		Step:        1,
		Abilities:   []carrier.Ability{carrier.Quotes, carrier.Voids, carrier.Finds, carrier.Edits, carrier.Pushes},
		StatusTable: statusFile,
		Status: func(words []string) waybill.Transit {
			state, _ := transit(words[0], words[1])
			return state
		},
		Skips: map[string]string{
			"a label opens as its format and carries its number": "DoorDash prints no label: the Dasher takes what he is given",
		},
	}
}

// backend starts a simulator.
func backend(t *testing.T, clock *waybill.ManualClock) carriertest.Backend {
	sim, base := simulated(t, clock)
	return carriertest.Backend{
		Base:     base,
		Mischief: carriertest.Spoil(t, sim),
		Hung:     carriertest.Hung(sim),
		Sold: func() (list []carriertest.Sold) {
			for _, d := range sim.State().Deliveries {
				if d.Status == "quote" {
					continue
				}
				one := carriertest.Sold{ID: d.ID, Keys: []string{d.ID}, Numbers: []string{d.ID}, Name: d.Recipient, Voided: d.Status == "cancelled"}
				street, _, _ := strings.Cut(d.Address, ", Los Angeles")
				one.Street = strings.ReplaceAll(street, ", ", " ")
				for _, pounds := range d.Weights {
					one.Weights = append(one.Weights, waybill.Weight{Value: waybill.Decimal(pounds), Unit: waybill.Pound})
				}
				list = append(list, one)
			}
			return list
		},
	}
}

func simulated(t *testing.T, clock *waybill.ManualClock) (*doordashsim.Sim, string) {
	sim := doordashsim.New(doordashsim.Options{Clock: clock, Seed: 7, MaxHang: 30 * time.Second})
	return sim, carriertest.Serve(t, sim, nil).URL
}

func sample() waybill.Shipment {
	return waybill.Shipment{
		Reference: "SO-2026-0815",
		From: waybill.Party{
			Contact: waybill.Contact{Name: "Grace Hopper", Company: "Harbor Goods", Phone: "+1 213-555-0123"},
			Address: waybill.Address{Street1: "6250 Hollywood Boulevard", City: "Los Angeles", State: "CA", Postcode: "90028", Country: "US"},
		},
		To: waybill.Party{
			Contact: waybill.Contact{First: "Ada", Last: "Byron", Phone: "3105550188", Email: "ada@example.com"},
			Address: waybill.Address{
				Street1: "1200 Wilshire Boulevard", Apartment: "Apt 4", City: "Los Angeles", State: "CA", Postcode: "90017-1234", Country: "US",
			},
		},
		Value:        waybill.Amount{Value: "84.50", Currency: "USD"},
		Instructions: "Ring twice.", PickupNotes: "At the counter in the back.",
		Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}, Size: waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}}},
		Items: []waybill.Item{
			{SKU: "MUG-1", Title: "Stoneware mug", Quantity: 2, Price: "12.25"},
			{SKU: "TEA-9", Title: "Green tea", Quantity: 1, Price: "60.00"},
		},
	}
}
