package ratecard_test

import (
	"testing"

	"waybill/carrier/ratecard"
)

func BenchmarkQuote(b *testing.B) {
	card := compiled(b, small)
	shipment := parcel(nil)
	b.ReportAllocs()
	for b.Loop() {
		if rates, _ := card.Quote(shipment, thursday); len(rates) != 2 {
			b.Fatal(len(rates))
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		card, err := ratecard.Parse([]byte(small))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := ratecard.Compile(card); err != nil {
			b.Fatal(err)
		}
	}
}
