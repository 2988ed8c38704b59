package ratecard_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"waybill"
	"waybill/carrier/ratecard"
)

// fataler is what a test and a property have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// served reports whether a zone of one destination pattern serves a postcode.
func served(t fataler, country, postcode string, patterns ...string) bool {
	t.Helper()
	card := ratecard.Card{
		Version: "1", ValidFrom: "2026-01-01", Currency: "EUR", TimeZone: "UTC",
		Zones: []ratecard.Zone{{Code: "z", To: []ratecard.Area{{Countries: []string{country}, Postcodes: patterns}}}},
		Services: []ratecard.Service{{
			Code: "s", Name: "S", Direction: waybill.Outgoing,
			Tariffs: []ratecard.Tariff{{Zone: "z", Bands: []ratecard.Band{{UpToG: 1000, Price: 1}}}},
		}},
	}
	c, err := ratecard.Compile(card)
	if err != nil {
		t.Fatalf("%v: %+v", err, waybill.AsError(err).Fields)
	}
	shipment := &waybill.Shipment{To: waybill.Party{Address: waybill.Address{Country: country, Postcode: postcode}}}
	_, miss := c.Price("s", shipment, thursday)
	return miss == nil
}

func TestPostcodePatterns(t *testing.T) {
	cases := []struct{ country, pattern, in, out string }{
		{"US", "021", "02118, 02118-1234, 021", "02218, 12118, , 02"},
		{"US", "021*", "02118", "02218"},
		{"US", "02100..02299", "02100, 02299, 02118-1234", "02300, 02099, 021"},
		{"US", "010..027", "02118, 01001", "02801, 00999"},
		{"US", "02?18", "02118, 02218-0001", "02119, 0211"},
		{"NL", "1000..1999", "1066 EP, 1000aa, 1999", "2000 AA, 0999"},
		{"NL", "#### E*", "1066 EP, 1066 ep", "1066 AP"},
		{"PL", "00-950", "00-950, 00950", "00-951"},
		{"JP", "100..102", "100-0001, 102-9999", "103-0000"},
		{"CA", "K1A..K1P", "K1A 0B1, K1P 1A1, k1b2c3", "K1R 1A1, K2A 1A1"},
		{"IN", "56", "560098", "570001"},
		{"IN", "682551..682559", "682555", "682560, 68255"},
		{"GB", "B", "B1 1AA, B98 7ZZ, b11aa", "BS2 3AP, BA1 2JW"},
		{"GB", "BS", "BS2 3AP, BS23AP, BS2, BS49 5AA", "B1 1AA"},
		{"GB", "BS2", "BS2 3AP, BS2", "BS20 1AA, BS3 1AA, BS22 9AA"},
		{"GB", "BS2*", "BS2 3AP, BS20 1AA", "BS3 1AA"},
		{"GB", "BS2 3", "BS2 3AP, BS2 3ZZ", "BS2 4AP, BS23 1AA"},
		{"GB", "BS2 3AP", "bs2 3ap", "BS2 3AQ"},
		{"GB", "bs23ap", "BS2 3AP", "BS23 4AP"},
		{"GB", "EC1", "EC1A 1BB, EC1V 9AA", "EC2A 1AA, EC11 1AA"},
		{"GB", "EC1A", "EC1A 1BB", "EC1V 9AA"},
		{"GB", "IV1..IV28", "IV1 1AA, IV2 7AA, IV27 4AA, IV28 3AA, IV9", "IV29 1AA, IV41 8AA, KW1 4AA, IV"},
		{"GB", "IV10..IV28", "IV12 1AA", "IV1 2AA, IV2 8AA"},
		{"GB", "B#*", "B1 1AA", "BS2 3AP"},
		{"JE", "JE2..JE3", "JE2 3AB", "JE4 8AA"},
	}
	for _, c := range cases {
		for text, want := range map[string]bool{c.in: true, c.out: false} {
			for _, postcode := range strings.Split(text, ", ") {
				if got := served(t, c.country, postcode, c.pattern); got != want {
					t.Errorf("%s %q holds %q: %t", c.country, c.pattern, postcode, got)
				}
			}
		}
	}
}

// Sorted, merged and searched ranges hold what the plain reading of the ranges holds.
func TestPostcodeRangesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var patterns []string
		code := rapid.IntRange(0, 99999)
		want, asked := false, code.Draw(t, "asked")
		for range rapid.IntRange(1, 12).Draw(t, "ranges") {
			width := rapid.SampledFrom([]int{3, 5}).Draw(t, "width")
			unit := map[int]int{3: 100, 5: 1}[width]
			low, high := code.Draw(t, "low")/unit, code.Draw(t, "high")/unit
			low, high = min(low, high), max(low, high)
			patterns = append(patterns, fmt.Sprintf("%0*d..%0*d", width, low, width, high))
			want = want || (asked/unit >= low && asked/unit <= high)
		}
		if got := served(t, "US", fmt.Sprintf("%05d", asked), patterns...); got != want {
			t.Fatalf("%05d in %v: %t", asked, patterns, got)
		}
	})
}

// A wildcard pattern written from a postcode holds it.
func TestPostcodeWildcardProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		postcode := rapid.StringMatching(`[A-Z0-9]{1,10}`).Draw(t, "postcode")
		var pattern strings.Builder
		for _, c := range postcode {
			switch rapid.IntRange(0, 4).Draw(t, "as") {
			case 0:
				pattern.WriteByte('?')
			case 1:
				pattern.WriteByte('*')
			case 2:
				if c >= 'A' {
					pattern.WriteByte('@')
				} else {
					pattern.WriteByte('#')
				}
			default:
				pattern.WriteRune(c)
			}
		}
		if !served(t, "US", postcode, pattern.String()) {
			t.Fatalf("%q does not hold %q", pattern.String(), postcode)
		}
	})
}
