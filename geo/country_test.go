package geo_test

import (
	"testing"

	library "github.com/biter777/countries"

	"waybill/geo"
)

func TestCountryByCode(t *testing.T) {
	unitedKingdom := geo.Country{Alpha2: "GB", Alpha3: "GBR", Numeric: "826", Currency: "GBP", Name: "United Kingdom"}
	for _, code := range []string{"GB", "gb", "gbr", "GBR", "826", " gb ", "UK", "uk"} {
		got, ok := geo.CountryByCode(code)
		if !ok || got.Alpha2 != unitedKingdom.Alpha2 || got.Alpha3 != unitedKingdom.Alpha3 || got.Numeric != unitedKingdom.Numeric ||
			got.Currency != unitedKingdom.Currency || got.Name != unitedKingdom.Name {
			t.Errorf("%q: got %+v %v", code, got, ok)
		}
	}
	for alpha3, want := range map[string][4]string{
		"usa": {"US", "United States", "USD", "840"}, "NLD": {"NL", "Netherlands", "EUR", "528"},
		"IND": {"IN", "India", "INR", "356"}, "bgr": {"BG", "Bulgaria", "EUR", "100"}, "hrv": {"HR", "Croatia", "EUR", "191"},
		"XKX": {"XK", "Kosovo", "EUR", ""}, "CIV": {"CI", "Côte d'Ivoire", "XOF", "384"}, "AFG": {"AF", "Afghanistan", "AFN", "004"},
	} {
		c, ok := geo.CountryByCode(alpha3)
		if got := [4]string{c.Alpha2, c.Name, c.Currency, c.Numeric}; !ok || got != want {
			t.Errorf("%s: got %v, want %v", alpha3, got, want)
		}
	}
	for _, code := range []string{"", "X", "XX", "XYZ", "000", "United Kingdom", "G B"} {
		if c, ok := geo.CountryByCode(code); ok {
			t.Errorf("%q is %v", code, c)
		}
	}
}

func TestCountryByName(t *testing.T) {
	for name, want := range map[string]string{
		"United Kingdom": "GB", "united states": "US", "United States of America": "US", "U.S.A.": "US", "usa": "US",
		"Holland": "NL", "Türkiye": "TR", "turkey": "TR", "Cote d’Ivoire": "CI", "St. Lucia": "LC", "Trinidad & Tobago": "TT",
		"Bosnia and Herzegovina": "BA", "Curacao": "CW", "England": "GB", "gbr": "GB", "South Korea": "KR", "Viet Nam": "VN",
	} {
		if c, ok := geo.CountryByName(name); !ok || c.Alpha2 != want {
			t.Errorf("%q: got %q, want %s", name, c.Alpha2, want)
		}
	}
	for _, name := range []string{"", "Atlantis", "..."} {
		if c, ok := geo.CountryByName(name); ok {
			t.Errorf("%q is %v", name, c)
		}
	}
}

// currencyChanged are the currencies that changed, or were never right, since the library was made.
var currencyChanged = map[string]string{
	"BG": "EUR", "CU": "CUP", "CW": "XCG", "SL": "SLE", "SV": "USD", "SX": "XCG", "UY": "UYU", "ZW": "ZWG", "AQ": "",
}

// Another's table is the judge of ours: every code of every country.
func TestCountriesAgreeWithLibrary(t *testing.T) {
	known := map[string]geo.Country{}
	for _, c := range geo.Countries() {
		known[c.Alpha2] = c
		if c.Name == "" || len(c.Alpha3) != 3 {
			t.Errorf("incomplete: %+v", c)
		}
	}
	for _, code := range library.All() {
		if a := code.Alpha2(); a == "AN" || a == "YU" {
			continue // dissolved
		}
		ours, ok := known[code.Alpha2()]
		if !ok {
			t.Errorf("%s %s is missing", code.Alpha2(), code)
			continue
		}
		delete(known, code.Alpha2())
		theirs, _ := geo.CountryByCode(code.Alpha3())
		if theirs.Alpha2 != ours.Alpha2 {
			t.Errorf("%s: alpha-3 is %s, want %s", ours.Alpha2, ours.Alpha3, code.Alpha3())
		}
		currency, changed := currencyChanged[ours.Alpha2]
		if !changed {
			currency = code.Currency().Alpha()
		}
		if ours.Currency != currency {
			t.Errorf("%s: currency is %q, want %q", ours.Alpha2, ours.Currency, currency)
		}
		if want := threeDigits(int(code)); ours.Alpha2 != "XK" && ours.Numeric != want {
			t.Errorf("%s: number is %s, want %s", ours.Alpha2, ours.Numeric, want)
		}
	}
	if len(known) != 0 {
		t.Errorf("countries nobody else knows: %v", known)
	}
}

func threeDigits(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestCountriesIsTheCallersOwn(t *testing.T) {
	geo.Countries()[0].Name = "changed"
	if c, _ := geo.CountryByCode("AD"); c.Name != "Andorra" {
		t.Errorf("a caller renamed Andorra to %s", c.Name)
	}
}
