package geo_test

import (
	"testing"

	"waybill/geo"
)

func TestCurrencies(t *testing.T) {
	for _, code := range []string{"GBP", "USD", "EUR", "INR", "JPY", "KWD", "XOF", "CHF", "SLE", "UYI", "XPF", "VUV"} {
		if !geo.IsCurrency(code) {
			t.Errorf("%s is a currency", code)
		}
	}
	for _, code := range []string{"", "ZZZ", "gbp", "GB", "ABC"} {
		if geo.IsCurrency(code) {
			t.Errorf("%q is none", code)
		}
	}
}
