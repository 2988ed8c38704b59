package house_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/house"
	"waybill/label"
)

// wholeCard prices by everything that a card can price by: distance, state, weight, volume, edges, home, and each
// option.
const wholeCard = `{
  "version": "1", "valid_from": "2026-01-01", "currency": "USD", "time_zone": "America/New_York", "cutoff": "16:30",
  "zones": [
    {"code": "near", "from": [{"countries": ["US"]}], "to": [{"countries": ["US"], "postcodes": ["024"]}], "distance": {"up_to_km": 20}},
    {"code": "far", "to": [{"countries": ["US", "GB"]}]}
  ],
  "services": [{
    "code": "day", "name": "Day", "direction": "outgoing", "divisor": 5000,
    "abilities": ["signature", "adult_signature", "insurance", "cod", "multi_piece", "refrigerated", "dangerous_goods"],
    "tariffs": [
      {"zone": "near", "days": 1, "bands": [{"up_to_g": 1000, "price": 500}], "extra": {"step_g": 100, "price": 10}},
      {"zone": "far", "days": 2, "bands": [{"up_to_g": 1000, "price": 900}], "extra": {"step_g": 100, "price": 20}}
    ]
  }],
  "surcharges": [
    {"kind": "residential", "price": 60}, {"kind": "extra_parcel", "price": 150}, {"kind": "signature", "price": 90},
    {"kind": "adult_signature", "price": 190}, {"kind": "insurance", "per_mille": 10}, {"kind": "cod", "per_mille": 20},
    {"kind": "long_edge", "over_mm": 500, "price": 700}
  ]
}`

// TestUnsent: each member of a shipment shows on the label as it is printed, in what was booked, or in a refusal, or a
// driver need not know it.
func TestUnsent(t *testing.T) {
	c, err := carrier.Open(house.Driver(), waybill.Connection{Mode: waybill.ModeLive, Settings: map[string]string{"rate_card": wholeCard}}, nil, carrier.Env{})
	if err != nil {
		t.Fatalf("%+v", waybill.AsError(err).Fields)
	}
	carriertest.Unsent(t, local, func(s waybill.Shipment) (string, bool) {
		offers, err := c.Quote(t.Context(), carrier.QuoteRequest{Shipment: s, Now: thursday})
		if err != nil || len(offers) == 0 {
			return fmt.Sprint("no offer ", err), false
		}
		booking, err := c.Ship(t.Context(), carrier.ShipRequest{Shipment: s, Service: "day", Key: "k-1", Numbers: []string{"1001"}, Now: thursday})
		if err != nil {
			return err.Error(), false
		}
		out, _ := json.Marshal(booking.Receipt)
		for _, l := range booking.Labels {
			printed, err := label.Render(*l.Face, waybill.LabelSpec{Format: waybill.ZPL, DPI: 203})
			if err != nil {
				return err.Error(), false
			}
			out = append(append(out, printed...), l.Face.Matrix...)
		}
		return string(out), strings.Contains(string(out), "^XA")
	})
}

// local makes a filled shipment one that a driver takes from Boston to Brookline on a day that was named; or, bare,
// from Leeds to Bristol at a time that was named, with fewer members that stand in for others.
func local(s *waybill.Shipment, bare bool) {
	from, to := boston, brooklin
	if bare {
		from, to = leeds, bristol
	}
	for _, p := range []struct {
		party *waybill.Party
		at    waybill.Address
	}{{&s.From, from}, {&s.To, to}} {
		a := &p.party.Address
		a.City, a.State, a.Postcode, a.Country = p.at.City, p.at.State, p.at.Postcode, p.at.Country
		*a.Point = *p.at.Point
		if bare {
			c := &p.party.Contact
			c.Name, c.Company, c.Phone = "", "", ""
		}
	}
	s.TimeZone = "America/Chicago"
	s.Options = waybill.Options{
		Signature: "required", DangerousGoods: true, ShipDate: "2026-03-09",
		Insurance: waybill.Amount{Value: "84.50", Currency: "USD"}, COD: waybill.Amount{Value: "20", Currency: "USD"},
	}
	s.TotalWeight = waybill.Weight{}
	*s.PickupTime.Starts = thursday.AddDate(0, 0, 4)
	if bare {
		s.Options.Signature, s.Options.ShipDate = "", ""
		s.TotalWeight = waybill.Weight{Value: "7", Unit: waybill.Kilogram}
	}
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature = ""
		p.Weight = waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		if bare {
			p.Weight.Value = ""
		}
		p.Size = waybill.Size{Length: "60", Width: "30", Height: "20", Unit: waybill.Centimetre}
	}
}
