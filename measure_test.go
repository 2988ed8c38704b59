package waybill_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"waybill"
)

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]waybill.Decimal{
		"10": "10", "2.50": "2.50", "-0.5": "-0.5", "+3": "3", "1e3": "1000", "1.5E-2": "0.015", " 7 ": "7", ".5": ".5", "0e5": "0",
	} {
		if got, err := waybill.ParseDecimal(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "ten", "1,5", "1.2.3", "--1", "1e", "e5", "0x10", "1_000", "NaN", "Inf", "1e99", "1 2", "-", ".",
		"1234567890123456789012345678901",
	} {
		if got, err := waybill.ParseDecimal(text); err == nil {
			t.Errorf("%q is taken for the number %q", text, got)
		}
	}
}

// A parcel is never declared lighter or smaller than it is: derived measures round up.
func TestMeasuresRoundUp(t *testing.T) {
	for _, tt := range []struct {
		weight waybill.Weight
		grams  int64
	}{
		{waybill.Weight{Value: "10", Unit: waybill.Pound}, 4536}, // 4535.9237
		{waybill.Weight{Value: "1", Unit: waybill.Ounce}, 29},    // 28.349523125
		{waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}, 2500},
		{waybill.Weight{Value: "0.0001", Unit: waybill.Kilogram}, 1},
		{waybill.Weight{Value: "7", Unit: waybill.Gram}, 7},
		{waybill.Weight{}, 0},
	} {
		if got := tt.weight.Grams(); got != tt.grams {
			t.Errorf("%s %s are %d g, want %d", tt.weight.Value, tt.weight.Unit, got, tt.grams)
		}
	}
	length, width, height := waybill.Size{Length: "10", Width: "0.1", Height: "3.3", Unit: waybill.Inch}.Millimetres()
	if length != 254 || width != 3 || height != 84 {
		t.Errorf("10 x 0.1 x 3.3 in are %d x %d x %d mm, want 254 x 3 x 84", length, width, height)
	}
}

// The machine-integer way of scaling must agree with exact arithmetic on every number it takes.
func TestScalingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,8}(\.[0-9]{1,6})?`).Draw(t, "number")
		numerator := rapid.Int64Range(1, 1_000_000_000).Draw(t, "numerator")
		denominator := rapid.Int64Range(1, 1_000_000_000).Draw(t, "denominator")
		got, ok := waybill.Decimal(text).Scaled(numerator, denominator)
		exact, _ := new(big.Rat).SetString(text)
		exact.Mul(exact, big.NewRat(numerator, denominator))
		want, rest := new(big.Int).QuoRem(exact.Num(), exact.Denom(), new(big.Int))
		if rest.Sign() > 0 {
			want.Add(want, big.NewInt(1))
		}
		if ok != want.IsInt64() || (ok && got != want.Int64()) {
			t.Fatalf("%s * %d / %d = %d (%v), want %s", text, numerator, denominator, got, ok, want)
		}
	})
}

func TestUnitsConvert(t *testing.T) {
	if got := (waybill.Weight{Value: "10.50", Unit: waybill.Kilogram}).In(waybill.Kilogram, 2); got != "10.50" {
		t.Errorf("a weight in its own unit is %s, want the caller's own figure", got)
	}
	if got := (waybill.Weight{Value: "10", Unit: waybill.Pound}).In(waybill.Kilogram, 3); got != "4.536" {
		t.Errorf("10 lb are %s kg", got)
	}
	size := waybill.Size{Length: "10", Unit: waybill.Inch}
	if got := size.In(size.Length, waybill.Centimetre, 1); got != "25.4" {
		t.Errorf("10 in are %s cm", got)
	}
}

func TestMoney(t *testing.T) {
	for _, tt := range []struct {
		amount waybill.Amount
		minor  int64
		back   waybill.Decimal
	}{
		{waybill.Amount{Value: "10.33", Currency: "USD"}, 1033, "10.33"},
		{waybill.Amount{Value: "10.335", Currency: "USD"}, 1034, "10.34"},
		{waybill.Amount{Value: "10.334", Currency: "USD"}, 1033, "10.33"},
		{waybill.Amount{Value: "-1.005", Currency: "USD"}, -101, "-1.01"},
		{waybill.Amount{Value: "500", Currency: "JPY"}, 500, "500"},
		{waybill.Amount{Value: "1.2345", Currency: "KWD"}, 1235, "1.235"},
		{waybill.Amount{Value: "1.2345", Currency: "CLF"}, 12345, "1.2345"},
	} {
		money := tt.amount.Money()
		if money.Minor != tt.minor || money.Decimal() != tt.back {
			t.Errorf("%s %s is %d minor, written %s; want %d, %s", tt.amount.Value, tt.amount.Currency, money.Minor, money.Decimal(), tt.minor, tt.back)
		}
	}
	if got := (waybill.Money{Minor: 1005, Currency: "USD"}).Plus(50); got.Minor != 1055 {
		t.Errorf("10.05 and 5 %% are %v, want 10.55", got)
	}
}

func TestAmountsThatCannotBe(t *testing.T) {
	for value, beyond := range map[waybill.Decimal]bool{
		"": false, "0": false, "10000000000": false, "0.004": false, "-0.001": true, "-1": true, "10000000000.01": true, "999999999999999999999999999999": true,
	} {
		if got := (waybill.Amount{Value: value, Currency: "EUR"}).Beyond(); got != beyond {
			t.Errorf("%s EUR is beyond all measure: %v", value, got)
		}
	}
}

func TestCurrencies(t *testing.T) {
	for code, places := range map[string]int{
		"GBP": 2, "USD": 2, "EUR": 2, "INR": 2, "JPY": 0, "UYI": 0, "KWD": 3, "BHD": 3, "CLF": 4, "XOF": 0, "CHF": 2, "SLE": 2, "VUV": 0, "HRK": 2,
	} {
		if !waybill.KnownCurrency(code) || waybill.Exponent(code) != places {
			t.Errorf("%s is a currency of %d places: %v, %d", code, places, waybill.KnownCurrency(code), waybill.Exponent(code))
		}
	}
	for _, code := range []string{"", "ZZZ", "gbp", "GB", "ABC", "XAU", "XXX", "DEM"} {
		if waybill.KnownCurrency(code) {
			t.Errorf("%q is none", code)
		}
	}
}

// Every reason belongs to a code, and every code has a reason: a dialect's tables rest on that.
func TestReasonsAndCodes(t *testing.T) {
	used := map[waybill.Code]bool{}
	for reason, code := range waybill.Reasons {
		used[code] = true
		if e := waybill.E("op", reason, "text"); e.Code != code || e.Severity == "" {
			t.Errorf("%s makes %s, %q", reason, e.Code, e.Severity)
		}
	}
	for _, code := range waybill.Codes {
		if !used[code] {
			t.Errorf("no reason belongs to %s", code)
		}
	}
}

// Nothing bought is ever lost track of: no state but a closed one is without a way on, and cancelled
// stays cancelled.
func TestBookingMoves(t *testing.T) {
	for _, b := range []waybill.Booking{waybill.Draft, waybill.Held, waybill.NoProvider, waybill.Failed, waybill.Ignored, waybill.Unsettled, waybill.Booked} {
		if !b.May(waybill.Cancelled) {
			t.Errorf("%s cannot be cancelled", b)
		}
	}
	for _, to := range []waybill.Booking{waybill.Draft, waybill.Unsettled, waybill.Booked, waybill.Failed} {
		if waybill.Cancelled.May(to) {
			t.Errorf("a cancelled shipment may become %s", to)
		}
	}
	if waybill.Booked.May(waybill.Unsettled) {
		t.Error("a booked shipment may be bought again")
	}
}
