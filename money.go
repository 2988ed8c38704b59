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

// currencies are those of ISO 4217 that have a minor unit, by how many decimal places it has. Metals, units of the bond
// markets and codes for tests have none, and nothing costs any of them. What a country has given up lately is still
// here: what was sold in it is still told of.
var currencies = func() map[string]int {
	places := map[string]int{}
	for n, codes := range [...]string{
		"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		"",
		"AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU " +
			"CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES " +
			"KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB " +
			"PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD " +
			"TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ZWL",
		"BHD IQD JOD KWD LYD OMR TND",
		"CLF UYW",
	} {
		for _, code := range strings.Fields(codes) {
			places[code] = n
		}
	}
	return places
}()

// KnownCurrency reports whether amounts can be in a currency: a code of ISO 4217, in capitals.
func KnownCurrency(code string) bool {
	_, known := currencies[code]
	return known
}

// Exponent is how many decimal places the currency's minor unit has. Of one that nobody knows it is taken to be a hundredth.
func Exponent(currency string) int {
	if places, known := currencies[currency]; known {
		return places
	}
	return 2
}

var powers = [...]int64{1, 10, 100, 1000, 10_000}

// Money is the amount in minor units, halves rounded away from zero.
func (a Amount) Money() Money {
	minor, _ := a.Value.scale(powers[Exponent(a.Currency)], 1, false)
	return Money{Minor: minor, Currency: a.Currency}
}

// Beyond reports whether an amount is below zero, or more than anything can cost.
func (a Amount) Beyond() bool { return a.Value.Sign() < 0 || a.Money().Beyond() }

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
