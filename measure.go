package waybill

import (
	"errors"
	"math/big"
	"strings"
)

// Decimal is an exact decimal number as text, the way the caller wrote it: "10", "2.50". Empty is
// "not given". It exists because 2.5 kg and 10.33 dollars have no exact binary fraction.
type Decimal string

// ErrDecimal is what [ParseDecimal] says of text that is no decimal number.
var ErrDecimal = errors.New("not a decimal number")

// ParseDecimal reads a plain or exponent decimal of at most 30 characters.
func ParseDecimal(s string) (Decimal, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 30 {
		return "", ErrDecimal
	}
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case (c == '-' || c == '+') && (i == 0 || s[i-1] == 'e' || s[i-1] == 'E'):
		case c == '.' && strings.IndexByte(s, '.') == i && !strings.ContainsAny(s[:i], "eE"):
		case (c == 'e' || c == 'E') && i > 0 && strings.IndexAny(s, "eE") == i:
		default:
			return "", ErrDecimal
		}
	}
	if digits == 0 || !strings.ContainsAny(s[:1], "0123456789-+.") {
		return "", ErrDecimal
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return expand(s, i)
	}
	if _, ok := new(big.Rat).SetString(s); !ok {
		return "", ErrDecimal
	}
	return Decimal(strings.TrimPrefix(s, "+")), nil
}

// expand writes 1.5e3 out as 1500; exponents past 18 are nobody's weight or price.
func expand(s string, at int) (Decimal, error) {
	exp := strings.TrimLeft(s[at+1:], "+-0")
	if len(exp) > 2 || (len(exp) == 2 && exp > "18") {
		return "", ErrDecimal
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", ErrDecimal
	}
	text := r.FloatString(30)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if text == "" || text == "-" {
		text = "0"
	}
	return Decimal(text), nil
}

// Scaled is the number times numerator/denominator, as an integer, rounded up (away from zero) so
// that a parcel is never declared lighter or smaller than it is. False: not a number, or too large, in which
// case it is the largest number there is.
func (d Decimal) Scaled(numerator, denominator int64) (int64, bool) {
	return d.scale(numerator, denominator, true)
}

func (d Decimal) scale(numerator, denominator int64, up bool) (int64, bool) {
	if n, ok := d.scaleSmall(numerator, denominator, up); ok {
		return n, true
	}
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return 0, false
	}
	r.Mul(r, big.NewRat(numerator, denominator))
	quotient, remainder := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	grow := remainder.Sign() != 0
	if !up {
		grow = new(big.Int).Abs(new(big.Int).Lsh(remainder, 1)).Cmp(r.Denom()) >= 0
	}
	if grow {
		quotient.Add(quotient, big.NewInt(int64(r.Sign())))
	}
	return held(quotient), quotient.IsInt64()
}

// scaleSmall is scale in machine integers, for the nine digits that every parcel in practice has.
func (d Decimal) scaleSmall(numerator, denominator int64, up bool) (int64, bool) {
	if len(d) == 0 || len(d) > 10 || numerator < 1 || numerator > 1_000_000_000 {
		return 0, false
	}
	var digits, over int64 = 0, 1
	point := false
	for i := 0; i < len(d); i++ {
		switch c := d[i]; {
		case c >= '0' && c <= '9':
			digits = digits*10 + int64(c-'0')
			if point {
				over *= 10
			}
		case c == '.' && !point:
			point = true
		default:
			return 0, false
		}
	}
	if digits > 999_999_999 || denominator < 1 || over > 1_000_000_000_000_000_000/denominator {
		return 0, false
	}
	high, low := digits*numerator, over*denominator
	quotient, remainder := high/low, high%low
	if (up && remainder > 0) || (!up && remainder >= low-remainder) {
		quotient++
	}
	return quotient, true
}

// Positive reports whether the number is above zero.
func (d Decimal) Positive() bool { return d.Sign() > 0 }

// Sign is -1, 0 or 1; text that is no number counts as 0.
func (d Decimal) Sign() int {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return 0
	}
	return r.Sign()
}

// Equal compares by value: 10 and 10.0 are one number. What is not given equals what is not given.
func (d Decimal) Equal(e Decimal) bool {
	if d == e {
		return true
	}
	a, ok1 := new(big.Rat).SetString(string(d))
	b, ok2 := new(big.Rat).SetString(string(e))
	return ok1 && ok2 && a.Cmp(b) == 0
}

// Convert is the number times numerator/denominator, rounded half up to places, trailing zeros cut:
// how one dialect shows a measure that another was given.
func (d Decimal) Convert(numerator, denominator int64, places int) Decimal {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return d
	}
	text := r.Mul(r, big.NewRat(numerator, denominator)).FloatString(places)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return Decimal(text)
}

// WeightUnit is how a weight was written.
type WeightUnit string

// The units callers write.
const (
	Kilogram WeightUnit = "kg"
	Gram     WeightUnit = "g"
	Pound    WeightUnit = "lb"
	Ounce    WeightUnit = "oz"
)

// micrograms, exact: a pound is 453.59237 g.
var micrograms = map[WeightUnit]int64{Kilogram: 1_000_000_000, Gram: 1_000_000, Pound: 453_592_370, Ounce: 28_349_523}

// up is the number times numerator/denominator, rounded up (away from zero) to places.
func (d Decimal) up(numerator, denominator int64, places int) Decimal {
	unit := int64(1)
	for range places {
		unit *= 10
	}
	whole := new(big.Rat).SetInt64(numerator)
	r, ok := new(big.Rat).SetString(string(d))
	if !ok || numerator == 0 || denominator == 0 {
		return ""
	}
	whole.Mul(whole.Mul(whole, r), big.NewRat(unit, denominator))
	quotient, remainder := new(big.Int).QuoRem(whole.Num(), whole.Denom(), new(big.Int))
	if remainder.Sign() != 0 {
		quotient.Add(quotient, big.NewInt(int64(whole.Sign())))
	}
	return Decimal(new(big.Rat).SetFrac(quotient, big.NewInt(unit)).FloatString(places))
}

// Weight is a weight as the caller wrote it.
type Weight struct {
	Value Decimal
	Unit  WeightUnit
}

// mostMeasure is more grams, or millimetres, than anything carried has. Sums of it stay within 64 bits.
const mostMeasure = 1_000_000_000_000

// Grams is the weight rounded up to a gram; 0 when none was given, and never more than a million tonnes.
func (w Weight) Grams() int64 {
	g, _ := w.Value.Scaled(micrograms[w.Unit], 1_000_000)
	return min(g, mostMeasure)
}

// Known reports whether the unit is one of ours.
func (u WeightUnit) Known() bool { return micrograms[u] != 0 }

// In is the weight in another unit, rounded to places; in its own unit it is the caller's figure.
func (w Weight) In(unit WeightUnit, places int) Decimal {
	if w.Value == "" || w.Unit == unit {
		return w.Value
	}
	return w.Value.Convert(micrograms[w.Unit], micrograms[unit], places)
}

// AtLeast is the smallest weight in the unit, to places, that is not below this one: what a carrier is
// told, since a parcel must never be declared lighter than it is. Ten pounds stay ten pounds. Empty
// when no weight was given.
func (w Weight) AtLeast(unit WeightUnit, places int) Decimal {
	return w.Value.up(micrograms[w.Unit], micrograms[unit], places)
}

// WeightOf is a weight of whole grams.
func WeightOf(grams int64) Weight {
	return Weight{Value: Decimal(big.NewRat(grams, 1).FloatString(0)), Unit: Gram}
}

// LengthUnit is how a length was written.
type LengthUnit string

// The units callers write.
const (
	Centimetre LengthUnit = "cm"
	Millimetre LengthUnit = "mm"
	Metre      LengthUnit = "m"
	Inch       LengthUnit = "in"
	Foot       LengthUnit = "ft"
)

// micrometres in one of each unit (an inch is 25.4 mm by definition).
var micrometres = map[LengthUnit]int64{Centimetre: 10_000, Millimetre: 1000, Metre: 1_000_000, Inch: 25_400, Foot: 304_800}

// Known reports whether the unit is one of ours.
func (u LengthUnit) Known() bool { return micrometres[u] != 0 }

// Size is a box as the caller wrote it.
type Size struct {
	Length Decimal
	Width  Decimal
	Height Decimal
	Unit   LengthUnit
}

// Millimetres are the three edges rounded up; zeros when none were given, and none beyond a million kilometres.
func (s Size) Millimetres() (length, width, height int64) {
	n := micrometres[s.Unit]
	length, _ = s.Length.Scaled(n, 1000)
	width, _ = s.Width.Scaled(n, 1000)
	height, _ = s.Height.Scaled(n, 1000)
	return min(length, mostMeasure), min(width, mostMeasure), min(height, mostMeasure)
}

// In is one edge in another unit, rounded to places.
func (s Size) In(edge Decimal, unit LengthUnit, places int) Decimal {
	if edge == "" || s.Unit == unit {
		return edge
	}
	return edge.Convert(micrometres[s.Unit], micrometres[unit], places)
}

// AtLeast is the smallest edge in the unit, to places, that is not below this one; empty when none was
// given.
func (s Size) AtLeast(edge Decimal, unit LengthUnit, places int) Decimal {
	return edge.up(micrometres[s.Unit], micrometres[unit], places)
}

// Known reports whether all three edges were given.
func (s Size) Known() bool {
	return s.Length.Positive() && s.Width.Positive() && s.Height.Positive()
}
