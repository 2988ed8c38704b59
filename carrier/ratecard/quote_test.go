package ratecard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier/ratecard"
)

// small is a card with one of everything, small enough to check by hand. Its prices are in pence.
const small = `{
  "version": "t1", "valid_from": "2026-01-01", "currency": "GBP", "time_zone": "Europe/London", "cutoff": "16:00",
  "zones": [
    {"code": "far", "to": [{"countries": ["GB"], "postcodes": ["IV", "KW1..KW17"]}]},
    {"code": "near", "from": [{"countries": ["GB"]}], "to": [{"countries": ["GB"]}], "distance": {"up_to_km": 20}},
    {"code": "gb", "from": [{"countries": ["GB"]}], "to": [{"countries": ["GB"]}]}
  ],
  "services": [
    {"code": "std", "name": "Standard", "direction": "outgoing",
     "abilities": ["signature", "adult_signature", "insurance", "cod", "multi_piece", "frozen"],
     "divisor": 5000, "weight_step_g": 500, "limits": {"parcel_g": 20000, "edge_mm": 1500, "length_girth_mm": 3000, "parcels": 3},
     "tariffs": [
       {"zone": "gb", "days": 2, "bands": [{"up_to_g": 1000, "price": 400}, {"up_to_g": 5000, "price": 700}], "extra": {"step_g": 1000, "price": 50}},
       {"zone": "far", "days": 4, "bands": [{"up_to_g": 10000, "price": 1500}], "minimum": 1600}
     ]},
    {"code": "bike", "name": "Bike", "direction": "outgoing", "cutoff": "18:00", "deliver_by": "21:00",
     "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
     "tariffs": [{"zone": "near", "days": 0, "bands": [{"up_to_g": 10000, "price": 650}]}]},
    {"code": "back", "name": "Back", "direction": "incoming",
     "tariffs": [{"zone": "gb", "bands": [{"up_to_g": 10000, "price": 300}]}]}
  ],
  "surcharges": [
    {"kind": "residential", "price": 60, "services": ["std"]},
    {"kind": "remote_area", "price": 900, "to": [{"countries": ["GB"], "postcodes": ["KW15"]}], "services": ["std"]},
    {"kind": "extra_parcel", "price": 100, "services": ["std"]},
    {"kind": "long_edge", "price": 250, "over_mm": 1000, "services": ["std"]},
    {"kind": "saturday", "price": 300},
    {"kind": "fuel", "per_mille": 85, "services": ["std"]},
    {"kind": "signature", "price": 150},
    {"kind": "adult_signature", "price": 250},
    {"kind": "insurance", "per_mille": 10, "minimum": 200},
    {"kind": "cod", "price": 100, "per_mille": 20},
    {"kind": "tax", "name": "VAT", "per_mille": 200, "services": ["std"]}
  ]
}`

// thursday is before the cut-off of a working day.
var thursday = time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)

func compiled(t testing.TB, text string) *ratecard.Compiled {
	t.Helper()
	card, err := ratecard.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ratecard.Compile(card)
	if err != nil {
		t.Fatalf("%v: %+v", err, waybill.AsError(err).Fields)
	}
	return c
}

// parcel is a shipment from Bath to Bristol, 17 km on; edit changes it.
func parcel(edit func(*waybill.Shipment)) *waybill.Shipment {
	s := &waybill.Shipment{
		From: waybill.Party{Address: waybill.Address{Postcode: "BA1 2JW", Country: "GB", Point: &waybill.Point{Lat: 51.3862, Lng: -2.3678}}},
		To:   waybill.Party{Address: waybill.Address{Postcode: "bs2 3ap", Country: "GB", Point: &waybill.Point{Lat: 51.4614, Lng: -2.5810}}},
		Parcels: []waybill.Parcel{{
			Weight: waybill.Weight{Value: "2.5", Unit: waybill.Kilogram},
			Size:   waybill.Size{Length: "20", Width: "20", Height: "10", Unit: waybill.Centimetre},
		}},
	}
	if edit != nil {
		edit(s)
	}
	return s
}

func lines(r waybill.Rate) string {
	var b strings.Builder
	for _, c := range r.Charges {
		b.WriteString(c.Kind + " " + c.Amount.String() + "; ")
	}
	return b.String() + "= " + r.Total.String()
}

// Every line of a price, worked out by hand in the comments.
func TestPrice(t *testing.T) {
	home := true
	kilograms := func(value string) waybill.Weight {
		return waybill.Weight{Value: waybill.Decimal(value), Unit: waybill.Kilogram}
	}
	cases := []struct {
		name string
		edit func(*waybill.Shipment)
		want string
	}{
		// 2.5 kg is in the second band: 700; fuel 8.5 % of 7.00 is 59.5, so 60; VAT 20 % of 760.
		{"a plain parcel", nil, "base 7.00 GBP; fuel 0.60 GBP; tax 1.52 GBP; = 9.12 GBP"},
		{"a band ends with its weight", func(s *waybill.Shipment) { s.Parcels[0].Weight = kilograms("1") },
			"base 4.00 GBP; fuel 0.34 GBP; tax 0.87 GBP; = 5.21 GBP"},
		// 1.001 kg is rounded up to 1.5 kg.
		{"the next begins above it", func(s *waybill.Shipment) { s.Parcels[0].Weight = kilograms("1.001") },
			"base 7.00 GBP; fuel 0.60 GBP; tax 1.52 GBP; = 9.12 GBP"},
		// 7.2 kg counts as 7.5 kg: three started kilograms over 5 kg.
		{"over the last band", func(s *waybill.Shipment) { s.Parcels[0].Weight = kilograms("7.2") },
			"base 8.50 GBP; fuel 0.72 GBP; tax 1.84 GBP; = 11.06 GBP"},
		// 50 x 40 x 30 cm are 60,000 cm³, over 5000 is 12 kg: seven kilograms over 5 kg.
		{"volume weighs more", func(s *waybill.Shipment) {
			s.Parcels[0].Size = waybill.Size{Length: "50", Width: "40", Height: "30", Unit: waybill.Centimetre}
		}, "base 10.50 GBP; fuel 0.89 GBP; tax 2.28 GBP; = 13.67 GBP"},
		{"a total given for all wins", func(s *waybill.Shipment) { s.TotalWeight = kilograms("0.9") },
			"base 4.00 GBP; fuel 0.34 GBP; tax 0.87 GBP; = 5.21 GBP"},
		{"a zone listed first wins, and its minimum", func(s *waybill.Shipment) { s.To.Address.Postcode = "IV27 4AA" },
			"base 16.00 GBP; fuel 1.36 GBP; tax 3.47 GBP; = 20.83 GBP"},
		{"a remote area", func(s *waybill.Shipment) { s.To.Address.Postcode = "KW15 1AA" },
			"base 16.00 GBP; remote_area 9.00 GBP; fuel 2.13 GBP; tax 5.43 GBP; = 32.56 GBP"},
		{"to a home, two parcels, one long", func(s *waybill.Shipment) {
			s.To.Address.Residential = &home
			s.Parcels = append(s.Parcels, waybill.Parcel{Weight: kilograms("1"),
				Size: waybill.Size{Length: "1001", Width: "10", Height: "10", Unit: waybill.Millimetre}})
		}, "base 7.00 GBP; residential 0.60 GBP; other 1.00 GBP; other 2.50 GBP; fuel 0.94 GBP; tax 2.41 GBP; = 14.45 GBP"},
		{"signed for", func(s *waybill.Shipment) { s.Options.Signature = "required" },
			"base 7.00 GBP; fuel 0.60 GBP; signature 1.50 GBP; tax 1.82 GBP; = 10.92 GBP"},
		{"signed for by an adult", func(s *waybill.Shipment) { s.Options.Signature = "adult" },
			"base 7.00 GBP; fuel 0.60 GBP; signature 2.50 GBP; tax 2.02 GBP; = 12.12 GBP"},
		{"insured for little", func(s *waybill.Shipment) { s.Options.Insurance = waybill.Amount{Value: "50"} },
			"base 7.00 GBP; fuel 0.60 GBP; insurance 2.00 GBP; tax 1.92 GBP; = 11.52 GBP"},
		{"insured for much", func(s *waybill.Shipment) {
			s.Options.Insurance = waybill.Amount{Value: "1234.50", Currency: "GBP"}
		}, "base 7.00 GBP; fuel 0.60 GBP; insurance 12.35 GBP; tax 3.99 GBP; = 23.94 GBP"},
		{"cash on delivery", func(s *waybill.Shipment) { s.Options.COD = waybill.Amount{Value: "10", Currency: "GBP"} },
			"base 7.00 GBP; fuel 0.60 GBP; cod 1.20 GBP; tax 1.76 GBP; = 10.56 GBP"},
	}
	card := compiled(t, small)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			offer, miss := card.Price("std", parcel(c.edit), thursday)
			if miss != nil {
				t.Fatal(miss)
			}
			if got := lines(offer.Rate); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A service without a price says why, so that a decision can be explained.
func TestMisses(t *testing.T) {
	heavy := waybill.Weight{Value: "21", Unit: waybill.Kilogram}
	cases := []struct {
		service string
		edit    func(*waybill.Shipment)
		want    string
	}{
		{"std", func(s *waybill.Shipment) { s.To.Address.Country = "FR" }, "Standard does not serve bs2 3ap FR"},
		{"std", func(s *waybill.Shipment) { s.From.Address.Country = "IE" }, "Standard does not serve bs2 3ap GB"},
		{"std", func(s *waybill.Shipment) { s.Parcels[0].Weight = heavy }, "Standard carries a parcel of up to 20000 g, not 21000 g"},
		{"std", func(s *waybill.Shipment) {
			s.To.Address.Postcode, s.Parcels[0].Weight.Value = "KW1 4AA", "10.2"
		}, "Standard carries a chargeable weight of up to 10000 g, not 10500 g"},
		{"std", func(s *waybill.Shipment) { s.Parcels[0].Size.Length = "150.1" }, "Standard takes a longest edge of up to 1500 mm, not 1501 mm"},
		{"std", func(s *waybill.Shipment) {
			s.Parcels[0].Size = waybill.Size{Length: "140", Width: "40", Height: "40.1", Unit: waybill.Centimetre}
		}, "Standard takes a length and girth of up to 3000 mm, not 3002 mm"},
		{"std", func(s *waybill.Shipment) { s.Parcels = make([]waybill.Parcel, 4) }, "Standard carries up to 3 parcels, not 4"},
		{"std", func(s *waybill.Shipment) { s.Options.DangerousGoods = true }, "Standard does not offer dangerous_goods"},
		{"std", func(s *waybill.Shipment) { s.Parcels[0].Temperature = "refrigerated" }, "Standard does not offer refrigerated"},
		{"std", func(s *waybill.Shipment) {
			s.Options.Insurance = waybill.Amount{Value: "10", Currency: "EUR"}
		}, "Standard cannot insure or collect an amount in EUR"},
		{"bike", func(s *waybill.Shipment) { s.To.Address.Point = nil }, "Bike is priced by distance, and the coordinates are not known"},
		{"bike", func(s *waybill.Shipment) { s.To.Address.Point = &waybill.Point{Lat: 52, Lng: -2} }, "Bike does not serve bs2 3ap GB"},
		{"bike", func(s *waybill.Shipment) { s.Options.Signature = "please" }, "Bike does not offer signature"},
		{"bike", func(s *waybill.Shipment) { s.Parcels = append(s.Parcels, s.Parcels[0]) }, "Bike does not offer multi_piece"},
		{"horse", nil, "the rate card has no service horse"},
	}
	card := compiled(t, small)
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			rates, misses := card.Quote(parcel(c.edit), thursday, c.service)
			if len(rates) != 0 || len(misses) != 1 {
				t.Fatalf("got %d rates and misses %v", len(rates), misses)
			}
			if got := misses[0].String(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	early := time.Date(2025, 12, 31, 23, 59, 0, 0, time.UTC)
	if _, miss := card.Price("std", parcel(nil), early); miss == nil || miss.Reason != ratecard.NotYetValid {
		t.Errorf("a card priced a shipment before it was valid: %v", miss)
	}
}

// A quote asks the outgoing services unless others are named, and answers for each of them.
func TestQuoteServices(t *testing.T) {
	card := compiled(t, small)
	codes := func(named ...string) (got []string) {
		rates, misses := card.Quote(parcel(nil), thursday, named...)
		for _, r := range rates {
			got = append(got, r.Service)
		}
		for _, m := range misses {
			got = append(got, "no "+m.Service)
		}
		return got
	}
	if diff := cmp.Diff([]string{"std", "bike"}, codes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"back", "no horse"}, codes("back", "horse")); diff != "" {
		t.Error(diff)
	}
}

// A carrier that is told no weight charges its lightest band, not nothing.
func TestNoWeight(t *testing.T) {
	offer, miss := compiled(t, small).Price("std", parcel(func(s *waybill.Shipment) { s.Parcels = []waybill.Parcel{{}} }), thursday)
	if miss != nil || offer.Charges[0].Amount.Minor != 400 {
		t.Errorf("got %v, miss %v", offer.Charges, miss)
	}
}

// Measures that no parcel has are too large, whatever their digits do to 64 bits.
func TestAbsurdMeasures(t *testing.T) {
	card := compiled(t, small)
	huge := waybill.Decimal("99999999999999999999999999")
	for name, edit := range map[string]func(*waybill.Shipment){
		"weight": func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = huge },
		"size": func(s *waybill.Shipment) {
			s.Parcels[0].Size = waybill.Size{Length: huge, Width: huge, Height: huge, Unit: "m"}
		},
		"total": func(s *waybill.Shipment) { s.TotalWeight = waybill.Weight{Value: huge, Unit: waybill.Pound} },
		"below": func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = "-3" },
	} {
		if offer, miss := card.Price("std", parcel(edit), thursday); miss == nil {
			t.Errorf("%s: priced at %v", name, offer.Total)
		}
	}
}
