package ratecard_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waybill"
	"waybill/carrier/ratecard"
)

// anyCard draws a valid card of one zone and two services with every kind of surcharge.
func anyCard(t *rapid.T) ratecard.Card {
	amount := rapid.Int64Range(0, 200_000)
	tariff := func() ratecard.Tariff {
		tariff := ratecard.Tariff{Zone: "z", Minimum: amount.Draw(t, "minimum")}
		var grams, price int64
		for range rapid.IntRange(0, 6).Draw(t, "bands") {
			grams += rapid.Int64Range(1, 9000).Draw(t, "grams")
			price += amount.Draw(t, "price")
			tariff.Bands = append(tariff.Bands, ratecard.Band{UpToG: grams, Price: price})
		}
		if len(tariff.Bands) == 0 || rapid.Bool().Draw(t, "extra") {
			tariff.Extra = &ratecard.Extra{StepG: rapid.Int64Range(1, 3000).Draw(t, "step"), Price: amount.Draw(t, "each")}
		}
		if rapid.Bool().Draw(t, "promised") {
			days := rapid.IntRange(0, 9).Draw(t, "days")
			tariff.Days = &days
		}
		return tariff
	}
	card := ratecard.Card{
		Version: "p", ValidFrom: "2026-01-01", Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"), TimeZone: "UTC",
		Zones: []ratecard.Zone{{Code: "z", Name: "Everywhere"}},
	}
	for _, code := range []string{"one", "two"} {
		card.Services = append(card.Services, ratecard.Service{
			Code: code, Name: code, Direction: waybill.Outgoing,
			Abilities:   []string{"signature", "adult_signature", "insurance", "cod", "multi_piece"},
			Divisor:     rapid.Int64Range(0, 6000).Draw(t, "divisor"),
			WeightStepG: rapid.Int64Range(0, 1000).Draw(t, "rounding"),
			Tariffs:     []ratecard.Tariff{tariff()},
		})
	}
	for _, kind := range rapid.Permutation([]ratecard.Kind{
		ratecard.Fuel, ratecard.Residential, ratecard.RemoteArea, ratecard.ExtraParcel, ratecard.Signature, ratecard.AdultSignature,
		ratecard.Insurance, ratecard.COD, ratecard.Saturday, ratecard.LongEdge, ratecard.Tax,
	}).Draw(t, "surcharges") {
		s := ratecard.Surcharge{Kind: kind, Price: 1 + amount.Draw(t, "surcharge")}
		switch kind {
		case ratecard.Fuel, ratecard.Insurance, ratecard.COD, ratecard.Tax:
			s.PerMille, s.Minimum = rapid.Int64Range(0, 1000).Draw(t, "per mille"), amount.Draw(t, "least")
		case ratecard.RemoteArea:
			s.To = []ratecard.Area{{Countries: []string{"FR"}}}
		case ratecard.LongEdge:
			s.OverMM = 500
		}
		card.Surcharges = append(card.Surcharges, s)
	}
	return card
}

// anyShipment draws a shipment whose parcels weigh what the property wants.
func anyShipment(t *rapid.T) *waybill.Shipment {
	home := rapid.Bool().Draw(t, "home")
	s := &waybill.Shipment{}
	s.To.Address = waybill.Address{Country: rapid.SampledFrom([]string{"FR", "DE", ""}).Draw(t, "country"), Residential: &home}
	s.Options.Signature = rapid.SampledFrom([]string{"", "required", "adult"}).Draw(t, "signature")
	s.Options.Insurance.Value = rapid.SampledFrom([]waybill.Decimal{"", "0", "99.995", "100000"}).Draw(t, "insurance")
	s.Options.COD.Value = rapid.SampledFrom([]waybill.Decimal{"", "1", "12.345"}).Draw(t, "cod")
	for range rapid.IntRange(1, 12).Draw(t, "parcels") {
		edge := func(name string) waybill.Decimal {
			return waybill.Decimal(fmt.Sprint(rapid.IntRange(0, 900).Draw(t, name)))
		}
		s.Parcels = append(s.Parcels, waybill.Parcel{
			Weight: waybill.WeightOf(rapid.Int64Range(0, 40_000).Draw(t, "weight")),
			Size:   waybill.Size{Length: edge("length"), Width: edge("width"), Height: edge("height"), Unit: waybill.Millimetre},
		})
	}
	return s
}

// The charges of every rate add up to its total, none is below nothing, and all are in one currency.
func TestChargesSumProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card, err := ratecard.Compile(anyCard(t))
		if err != nil {
			t.Fatal(err)
		}
		rates, misses := card.Quote(anyShipment(t), thursday)
		if len(rates)+len(misses) != 2 {
			t.Fatalf("%d rates and %d misses of 2 services", len(rates), len(misses))
		}
		for _, rate := range rates {
			var sum int64
			for _, c := range rate.Charges {
				if sum += c.Amount.Minor; c.Amount.Minor < 0 || c.Amount.Currency != rate.Total.Currency || c.Name == "" {
					t.Fatalf("a charge of %+v", c)
				}
			}
			if sum != rate.Total.Minor {
				t.Fatalf("charges of %d, a total of %d", sum, rate.Total.Minor)
			}
		}
	})
}

// In one zone nothing gets cheaper by getting heavier, and what is too heavy stays so.
func TestMonotoneInWeightProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card, err := ratecard.Compile(anyCard(t))
		if err != nil {
			t.Fatal(err)
		}
		light := anyShipment(t)
		heavy := *light
		heavy.Parcels = append([]waybill.Parcel(nil), light.Parcels...)
		i := rapid.IntRange(0, len(heavy.Parcels)-1).Draw(t, "which")
		heavy.Parcels[i].Weight = waybill.WeightOf(heavy.Parcels[i].Weight.Grams() + rapid.Int64Range(1, 20_000).Draw(t, "more"))
		a, noA := card.Price("one", light, thursday)
		b, noB := card.Price("one", &heavy, thursday)
		switch {
		case noA != nil && noB == nil:
			t.Fatalf("%d g is refused (%s), %d g is not", light.Grams(), noA, heavy.Grams())
		case noA == nil && noB == nil && a.Total.Minor > b.Total.Minor:
			t.Fatalf("%d g costs %s, %d g costs %s", light.Grams(), a.Total, heavy.Grams(), b.Total)
		}
	})
}

// A card survives its own JSON and its own spreadsheets.
func TestExportImportProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		card := anyCard(t)
		var rates, zones bytes.Buffer
		if err := ratecard.ExportRates(card, &rates); err != nil {
			t.Fatal(err)
		}
		if err := ratecard.ExportZones(card, &zones); err != nil {
			t.Fatal(err)
		}
		bare := card
		bare.Zones = nil
		bare, err := ratecard.ImportZones(bare, &zones)
		if err != nil {
			t.Fatal(err, waybill.AsError(err).Fields)
		}
		sheet := rates.String()
		if bare, err = ratecard.ImportRates(bare, &rates); err != nil {
			t.Fatalf("%v: %v\n%s", err, waybill.AsError(err).Fields, sheet)
		}
		if diff := cmp.Diff(card, bare); diff != "" {
			t.Fatalf("%s\n%s", diff, sheet)
		}
	})
}

// No text makes the reader fail in another way than with an error.
func TestParseProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.IntRange(0, len(small)), func(cut int) string {
			return small[:cut] + strings.ToUpper(small[cut:])
		})).Draw(t, "text")
		card, err := ratecard.Parse([]byte(text))
		if err == nil {
			_, err = ratecard.Compile(card)
		}
		if err != nil && waybill.AsError(err).Code != waybill.Invalid {
			t.Fatalf("%v", err)
		}
	})
}
