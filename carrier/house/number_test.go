package house_test

import (
	"testing"

	"pgregory.net/rapid"

	"waybill/carrier/house"
)

func TestNumber(t *testing.T) {
	cases := []struct {
		prefix string
		serial int64
		want   string
	}{
		// W is the 23rd letter and weighs 3, B the 2nd and weighs 1: 3*3 + 2*1 = 11, nine short of 20.
		{"WB", 0, "WB0000000009"},
		{"WB", 7, "WB0000000078"},           // 7*3 more
		{"", 1234567890, "12345678905"},     // as a UPC-A would have it
		{"", 999999999999, "9999999999994"}, // longer than nine digits
	}
	for _, c := range cases {
		if got := house.Number(c.prefix, c.serial); got != c.want {
			t.Errorf("Number(%q, %d) = %s, want %s", c.prefix, c.serial, got, c.want)
		}
	}
}

// The published example of an SSCC, and how the prefix's length makes room for the serial number.
func TestSSCC(t *testing.T) {
	cases := []struct {
		prefix string
		serial int64
		want   string
	}{
		{"34012345", 123456789, "340123451234567895"},
		{"34012345", 5_123_456_789, "340123451234567895"}, // wraps after a billion
		{"30123456789", 7, "301234567890000075"},
	}
	for _, c := range cases {
		if got := house.SSCC(c.prefix, c.serial); got != c.want {
			t.Errorf("SSCC(%q, %d) = %s, want %s", c.prefix, c.serial, got, c.want)
		}
	}
}

// Judged by the standard's own rule: all digits weighed 1, 3, 1, … from the check digit leftwards sum to
// a multiple of ten; so no single mistyped digit goes unseen.
func TestNumberSumProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := house.Number(rapid.StringMatching(`[A-Z0-9]{0,8}`).Draw(t, "prefix"), rapid.Int64Range(0, 1<<62).Draw(t, "serial"))
		if !sound(number) {
			t.Fatalf("%s does not sum to a multiple of ten", number)
		}
		i := rapid.IntRange(len(number)-10, len(number)-1).Draw(t, "place")
		typo := []byte(number)
		typo[i] = '0' + (typo[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "off")))%10
		if sound(string(typo)) {
			t.Fatalf("%s was mistyped as %s unseen", number, typo)
		}
	})
}

func sound(number string) bool {
	sum := 0
	for place := range len(number) {
		c := number[len(number)-1-place]
		value := int(c - '0')
		if c >= 'A' {
			value = (int(c-'A') + 1) % 10
		}
		if place%2 == 1 {
			value *= 3
		}
		sum += value
	}
	return sum%10 == 0
}

// Two serial numbers never share a tracking number.
func TestNumberUniqueProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.Int64Range(0, 1<<40)
		a, b := serial.Draw(t, "a"), serial.Draw(t, "b")
		if (a == b) != (house.Number("WB", a) == house.Number("WB", b)) {
			t.Fatalf("%d and %d are %s and %s", a, b, house.Number("WB", a), house.Number("WB", b))
		}
	})
}
