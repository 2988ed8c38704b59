package waybill

import (
	"math/big"
	"strings"
)

// Money is an amount in minor units (cents, pence, paise) of an ISO 4217 currency.
type Money struct {
	Minor    int64
	Currency string
}

// Amount is money as a caller wrote it, in major units.
type Amount struct {
	Value    Decimal
	Currency string
}

// exponents lists the currencies whose minor unit is not a hundredth (ISO 4217).
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// Exponent is how many decimal places the currency's minor unit has.
func Exponent(currency string) int {
	if e, ok := exponents[currency]; ok {
		return e
	}
	return 2
}

var powers = [...]int64{1, 10, 100, 1000}

// Money is the amount in minor units, halves rounded away from zero.
func (a Amount) Money() Money {
	minor, _ := a.Value.scale(powers[Exponent(a.Currency)], 1, false)
	return Money{Minor: minor, Currency: a.Currency}
}

// Decimal is the amount in major units with the currency's places: 1033 cents are 10.33.
func (m Money) Decimal() Decimal {
	e := Exponent(m.Currency)
	return Decimal(big.NewRat(m.Minor, powers[e]).FloatString(e))
}

// Plus adds a per-mille markup, rounded half away from zero. What leaves 64 bits is the largest amount there is.
func (m Money) Plus(perMille int64) Money {
	if perMille == 0 {
		return m
	}
	return m.Times(Add(1000, perMille), 1000)
}

// Times is the share numerator/denominator of an amount, rounded half away from zero. What leaves 64 bits is the
// largest amount there is.
func (m Money) Times(numerator, denominator int64) Money {
	exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(m.Minor), big.NewInt(numerator)), big.NewInt(denominator))
	rounded, _ := new(big.Int).SetString(exact.FloatString(0), 10)
	return Money{Minor: held(rounded), Currency: m.Currency}
}

// String is "10.33 USD".
func (m Money) String() string {
	return strings.TrimSpace(string(m.Decimal()) + " " + m.Currency)
}
