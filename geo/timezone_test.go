package geo

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// Every time zone in our tables is one that Go's own database knows.
func TestTimeZonesExist(t *testing.T) {
	check := func(zone, of string) {
		if zone == "" {
			t.Errorf("%s: none", of)
		}
		if _, err := time.LoadLocation(zone); err != nil {
			t.Errorf("%s: %v", of, err)
		}
	}
	for _, c := range countries().list {
		check(c.zone, c.Name)
	}
	for country, states := range zoneByState {
		for state, zone := range states {
			check(zone, country+" "+state)
			if Subdivision(country, state) != state {
				t.Errorf("%s %s: no such state", country, state)
			}
		}
	}
	for country, corners := range zoneByPostcode {
		for digits, zone := range corners {
			check(zone, country+" "+digits)
		}
	}
}

// The tables of countries name countries, and no table says two things at once.
func TestTablesAgree(t *testing.T) {
	for country, towns := range uncoded {
		if _, ok := CountryByCode(country); !ok || len(towns) == 0 {
			t.Errorf("%s: no country, or no town", country)
		}
		for _, town := range append(towns, optional[country]...) {
			if !ValidPoint(town.lat, town.lng) {
				t.Errorf("%s: %+v", country, town)
			}
		}
		if patchy[country] || shared[country] != 0 || len(relatives[country]) > 0 {
			t.Errorf("%s has no postal codes, yet data of them", country)
		}
	}
	for country := range shapes {
		if _, ok := CountryByCode(country); !ok {
			t.Errorf("shape of %s, which is no country", country)
		}
	}
	for alias, code := range nameAlias {
		if fold(alias) != alias {
			t.Errorf("%q is not folded: %q", alias, fold(alias))
		}
		if _, ok := CountryByCode(code); !ok {
			t.Errorf("%q: no country %s", alias, code)
		}
	}
	for english, local := range exonyms {
		if fold(english[3:]) != english[3:] || fold(local) != local {
			t.Errorf("%q, %q: not folded", english, local)
		}
		p, ok := Locate(english[:2], "", english[3:], "")
		if !ok && english[:2] != "IN" {
			t.Errorf("%q leads nowhere: %+v", english, p)
		}
	}
}
