package ratecard_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier/ratecard"
)

// The documentation's example is a valid card, prices the example shipment as the page works it out, and
// takes the page's spreadsheets.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/rate-card.md")
	if err != nil {
		t.Fatal(err)
	}
	home := true
	s := &waybill.Shipment{
		From: waybill.Party{Address: waybill.Address{Postcode: "LS1 5HN", Country: "GB"}},
		To:   waybill.Party{Address: waybill.Address{Postcode: "YO1 7HH", Country: "GB", Residential: &home}},
		Parcels: []waybill.Parcel{{
			Weight: waybill.Weight{Value: "1.8", Unit: waybill.Kilogram},
			Size:   waybill.Size{Length: "40", Width: "30", Height: "20", Unit: waybill.Centimetre},
		}},
		Options: waybill.Options{Signature: "required", Insurance: waybill.Amount{Value: "150", Currency: "GBP"}},
	}
	tuesday := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	text := block(t, string(page), "json", 0)
	rates, misses := compiled(t, text).Quote(s, tuesday)
	if len(rates) != 1 || len(misses) != 1 || misses[0].String() != "Van Today does not offer signature" {
		t.Fatalf("got rates %v, misses %v", rates, misses)
	}
	table := "| charge | amount |\n|---|---|\n"
	for _, c := range rates[0].Charges {
		table += "| " + c.Kind + " | " + c.Amount.String() + " |\n"
	}
	table += "| total | " + rates[0].Total.String() + " |\n"
	if !strings.Contains(string(page), table) {
		t.Errorf("the page does not show\n%s", table)
	}
	if want := time.Date(2026, 3, 11, 18, 0, 0, 0, time.UTC); !rates[0].Delivery.Equal(want) {
		t.Errorf("arrives %s", rates[0].Delivery)
	}
	card, err := ratecard.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ratecard.ImportRates(card, strings.NewReader(block(t, string(page), "csv", 0))); err != nil {
		t.Error(err)
	}
	if _, err := ratecard.ImportZones(card, strings.NewReader(block(t, string(page), "csv", 1))); err != nil {
		t.Error(err)
	}
}

// block is the nth fenced block of a language.
func block(t *testing.T, page, language string, n int) string {
	t.Helper()
	parts := strings.Split(page, "```"+language+"\n")
	if len(parts) < n+2 {
		t.Fatalf("the page has no block %d of %s", n, language)
	}
	text, _, _ := strings.Cut(parts[n+1], "```")
	return text
}
