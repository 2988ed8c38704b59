package carriertest

import (
	"encoding/csv"
	"slices"
	"strings"

	"waybill"
)

// statusesMap holds each line of the table against the translation it promises, and so finds a line that
// an earlier one hides.
func statusesMap(b *bench) {
	lines, err := csv.NewReader(strings.NewReader(b.h.StatusTable)).ReadAll()
	if err != nil || len(lines) < 2 {
		b.Fatalf("status.csv cannot be read: %v", err)
	}
	n := len(lines[0])
	if n < 3 || lines[0][n-2] != "transit" || lines[0][n-1] != "reason" {
		b.Fatalf("status.csv has the columns %v; the last two must be transit and reason", lines[0])
	}
	for _, line := range lines[1:] {
		words, want := line[:n-2], waybill.Transit(line[n-2])
		if !slices.Contains(waybill.Transits, want) {
			b.Errorf("%v maps to %q, which is no transit state", words, want)
		}
		if got := b.h.Status(words); got != want {
			b.Errorf("%v is %s by the table and %s by the code", words, want, got)
		}
	}
	strange := make([]string, n-2)
	for i := range strange {
		strange[i] = "no such word"
	}
	if got := b.h.Status(strange); got != waybill.TransitUnknown {
		b.Errorf("a word nobody knows is %s", got)
	}
}

func numbersTracked(b *bench) {
	_, first := b.ship()
	_, second := b.ship()
	strange := swapDigits(first.Numbers[0])
	asked := []string{second.Numbers[0], strange, first.Numbers[0]}
	answers, err := b.track(asked...)
	if err != nil {
		b.Fatalf("track: %v", explain(err))
	}
	for i, a := range answers {
		if a.Number != asked[i] {
			b.Errorf("answer %d is of %s, asked was %s", i, a.Number, asked[i])
		}
		if a.Unknown != (i == 1) {
			b.Errorf("%s: unknown is %v", a.Number, a.Unknown)
		}
		if i != 1 && a.Status != waybill.LabelMade {
			b.Errorf("%s has just been sold and is %s", a.Number, a.Status)
		}
		if !slices.IsSortedFunc(a.Scans, func(x, y waybill.Scan) int { return x.At.Compare(y.At) }) {
			b.Errorf("%s: scans are not oldest first", a.Number)
		}
	}
}

// swapDigits makes a number of the same form that nobody was given.
func swapDigits(number string) string {
	return number[:len(number)-4] + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0' + (r-'0'+5)%10
		}
		return r
	}, number[len(number)-4:])
}
