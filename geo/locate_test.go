package geo_test

import (
	"bytes"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"waybill"
	"waybill/geo"
)

// Addresses as people write them are found where they are: the point is checked against a landmark
// of the area, within so many kilometres.
func TestLocateByPostcode(t *testing.T) {
	tests := []struct {
		country, postcode     string
		city, printed, state  string
		lat, lng, withinKM    float64
		zone, territory, note string
	}{
		{country: "US", postcode: "02118", city: "Boston", printed: "02118", state: "MA", lat: 42.3388, lng: -71.0726, withinKM: 2, zone: "America/New_York"},
		{country: "US", postcode: "75206", city: "Dallas", printed: "75206", state: "TX", lat: 32.8310, lng: -96.7690, withinKM: 2, zone: "America/Chicago"},
		{country: "US", postcode: "10036", city: "New York", printed: "10036", state: "NY", lat: 40.7580, lng: -73.9855, withinKM: 2, zone: "America/New_York", note: "Times Square"},
		{country: "USA", postcode: "10036-4003", city: "New York", printed: "10036", state: "NY", lat: 40.7580, lng: -73.9855, withinKM: 2, zone: "America/New_York", note: "ZIP+4, alpha-3"},
		{country: "us", postcode: " 100364003 ", city: "New York", printed: "10036", state: "NY", lat: 40.7580, lng: -73.9855, withinKM: 2, zone: "America/New_York"},
		{country: "US", postcode: "79901", city: "El Paso", printed: "79901", state: "TX", lat: 31.7600, lng: -106.4850, withinKM: 5, zone: "America/Denver", note: "the corner of Texas on Mountain time"},
		{country: "US", postcode: "00901", city: "San Juan", printed: "00901", lat: 18.4655, lng: -66.1057, withinKM: 5, zone: "America/Puerto_Rico", territory: "PR"},
		{country: "US", postcode: "09012", city: "APO", printed: "09012", state: "AE", lat: 49.4369, lng: 7.6003, withinKM: 5, zone: "Europe/Berlin", note: "Ramstein"},
		{country: "GB", postcode: "BS2 3AP", city: "Bristol", printed: "BS2", lat: 51.4545, lng: -2.5879, withinKM: 3, zone: "Europe/London"},
		{country: "GB", postcode: "bs23ap", city: "Bristol", printed: "BS2", lat: 51.4545, lng: -2.5879, withinKM: 3, zone: "Europe/London"},
		{country: "GB", postcode: "BS2", city: "Bristol", printed: "BS2", lat: 51.4545, lng: -2.5879, withinKM: 3, zone: "Europe/London", note: "outward code alone"},
		{country: "UK", postcode: "BA1 2JW", printed: "BA1", lat: 51.3811, lng: -2.3590, withinKM: 3, zone: "Europe/London", note: "Bath Abbey"},
		{country: "GB", postcode: "EC1A 1BB", city: "London", printed: "EC1A", lat: 51.5165, lng: -0.1000, withinKM: 3, zone: "Europe/London"},
		{country: "GB", postcode: "JE2 3AB", city: "St Helier", printed: "JE2", lat: 49.1900, lng: -2.1000, withinKM: 3, zone: "Europe/London"},
		{country: "IM", postcode: "IM1 1AA", city: "Douglas", printed: "IM1", lat: 54.1500, lng: -4.4800, withinKM: 3, zone: "Europe/Isle_of_Man", note: "IM is part of the code, not the country"},
		{country: "IN", postcode: "110001", city: "New Delhi G.P.O.", printed: "110001", state: "DL", lat: 28.6289, lng: 77.2065, withinKM: 3, zone: "Asia/Kolkata"},
		{country: "IN", postcode: "११०००१", city: "New Delhi G.P.O.", printed: "110001", state: "DL", lat: 28.6289, lng: 77.2065, withinKM: 3, zone: "Asia/Kolkata", note: "Devanagari digits"},
		{country: "IN", postcode: "560 001", printed: "560001", state: "KA", lat: 12.9763, lng: 77.5929, withinKM: 30, zone: "Asia/Kolkata", note: "GeoNames has the office 25 km north"},
		{country: "NL", postcode: "1066EP", city: "Amsterdam", printed: "1066", lat: 52.3480, lng: 4.8230, withinKM: 2, zone: "Europe/Amsterdam"},
		{country: "NL", postcode: "1066 ep", city: "Amsterdam", printed: "1066", lat: 52.3480, lng: 4.8230, withinKM: 2, zone: "Europe/Amsterdam"},
		{country: "NL", postcode: "NL-1066", city: "Amsterdam", printed: "1066", lat: 52.3480, lng: 4.8230, withinKM: 2, zone: "Europe/Amsterdam"},
		{country: "CA", postcode: "K1A 0B1", printed: "K1A", state: "ON", lat: 45.4215, lng: -75.6972, withinKM: 3, zone: "America/Toronto", note: "Ottawa"},
		{country: "CA", postcode: "v6b-1a1", city: "Vancouver (NE Downtown / Harbour Centre / Gastown / Yaletown)", printed: "V6B", state: "BC", lat: 49.2800, lng: -123.1150, withinKM: 3, zone: "America/Vancouver"},
		{country: "DE", postcode: "D-10115", city: "Berlin", printed: "10115", lat: 52.5323, lng: 13.3846, withinKM: 2, zone: "Europe/Berlin"},
		{country: "FR", postcode: "75008", city: "Paris", printed: "75008", lat: 48.8738, lng: 2.2950, withinKM: 4, zone: "Europe/Paris"},
		{country: "FR", postcode: "13020 CEDEX 20", city: "Marseille", printed: "13020", lat: 43.2965, lng: 5.3698, withinKM: 3, zone: "Europe/Paris"},
		{country: "FR", postcode: "97110", city: "Pointe-à-Pitre", printed: "97110", lat: 16.2410, lng: -61.5330, withinKM: 3, zone: "America/Guadeloupe", territory: "GP"},
		{country: "ES", postcode: "35001", city: "Las Palmas De Gran Canaria", printed: "35001", lat: 28.1000, lng: -15.4130, withinKM: 3, zone: "Atlantic/Canary"},
		{country: "SE", postcode: "11120", city: "Stockholm", printed: "111 20", lat: 59.3326, lng: 18.0649, withinKM: 3, zone: "Europe/Stockholm"},
		{country: "PL", postcode: "00814", city: "Warszawa", printed: "00-814", lat: 52.2297, lng: 21.0122, withinKM: 3, zone: "Europe/Warsaw"},
		{country: "LV", postcode: "1010", city: "Riga", printed: "LV-1010", lat: 56.9496, lng: 24.1052, withinKM: 3, zone: "Europe/Riga"},
		{country: "LU", postcode: "L-1111", city: "Luxembourg", printed: "L-1111", lat: 49.6116, lng: 6.1319, withinKM: 3, zone: "Europe/Luxembourg"},
		{country: "MT", postcode: "VLT 1117", city: "Valletta", printed: "VLT", lat: 35.8989, lng: 14.5146, withinKM: 3, zone: "Europe/Malta"},
		{country: "IE", postcode: "D02 X285", city: "Dublin 2", printed: "D02", lat: 53.3400, lng: -6.2540, withinKM: 3, zone: "Europe/Dublin"},
		{country: "BR", postcode: "01310-100", city: "São Paulo", printed: "01000-000", state: "SP", lat: -23.5505, lng: -46.6333, withinKM: 12, zone: "America/Sao_Paulo", note: "data has each town's first code"},
		{country: "BR", postcode: "08010-000", city: "São Paulo", printed: "08010-000", state: "SP", lat: -23.5420, lng: -46.4440, withinKM: 12, zone: "America/Sao_Paulo", note: "the second run of São Paulo"},
		{country: "BR", postcode: "69005", city: "Manaus", printed: "69000-000", state: "AM", lat: -3.1190, lng: -60.0217, withinKM: 70, zone: "America/Manaus", note: "five digits, before 1992"},
		{country: "CN", postcode: "518057", city: "Shenzhen", printed: "518000", state: "GD", lat: 22.5431, lng: 114.0579, withinKM: 5, zone: "Asia/Shanghai"},
		{country: "CL", postcode: "8330015", city: "Santiago", printed: "8320000", lat: -33.4489, lng: -70.6693, withinKM: 5, zone: "America/Santiago"},
		{country: "AR", postcode: "C1425ABC", city: "Ciudad Autónoma de Buenos Aires", printed: "1425", state: "C", lat: -34.6037, lng: -58.3816, withinKM: 5, zone: "America/Argentina/Buenos_Aires"},
		{country: "AR", postcode: "B1900", printed: "1900", state: "B", lat: -34.9205, lng: -57.9536, withinKM: 5, zone: "America/Argentina/Buenos_Aires", note: "La Plata"},
		{country: "AU", postcode: "6000", state: "WA", printed: "6000", lat: -31.9523, lng: 115.8613, withinKM: 3, zone: "Australia/Perth"},
		{country: "FK", postcode: "FIQQ 1ZZ", printed: "FIQQ", lat: -51.7, lng: -59, withinKM: 80, zone: "Atlantic/Stanley"},
	}
	for _, tt := range tests {
		t.Run(tt.country+" "+tt.postcode, func(t *testing.T) {
			p, ok := geo.Locate(tt.country, tt.postcode, "", "")
			if !ok {
				t.Fatal("not located")
			}
			if tt.city != "" && p.City != tt.city {
				t.Errorf("city %q, want %q", p.City, tt.city)
			}
			if p.Postcode != tt.printed || p.State != tt.state || p.By != geo.ByPostcode {
				t.Errorf("got postcode %q, state %q, by %q; want %q, %q, %q", p.Postcode, p.State, p.By, tt.printed, tt.state, geo.ByPostcode)
			}
			if tt.territory != "" && p.Country != tt.territory {
				t.Errorf("country %q, want %q", p.Country, tt.territory)
			}
			if d := (waybill.Point{Lat: p.Lat, Lng: p.Lng}).Metres(waybill.Point{Lat: tt.lat, Lng: tt.lng}); float64(d) > tt.withinKM*1000 {
				t.Errorf("found at %v,%v: %d m from where it is", p.Lat, p.Lng, d)
			}
			if p.TimeZone != tt.zone {
				t.Errorf("time zone %q, want %q", p.TimeZone, tt.zone)
			}
			if _, err := time.LoadLocation(p.TimeZone); err != nil {
				t.Error(err)
			}
		})
	}
}

// 10001 is a code of many countries; each finds its own.
func TestLocateSameCodeInManyCountries(t *testing.T) {
	for country, want := range map[string]struct {
		city     string
		lat, lng float64
	}{
		"EE": {"Lasnamäe", 59.4370, 24.7536},
		"ES": {"Caceres", 39.4753, -6.3724},
		"FR": {"Troyes", 48.2973, 4.0744},
		"LT": {"Vilnius", 54.6872, 25.2797},
		"US": {"New York", 40.7506, -73.9972},
	} {
		p, ok := geo.Locate(country, "10001", "", "")
		if !ok || p.Country != country || p.City != want.city {
			t.Errorf("%s: got %+v, want %s", country, p, want.city)
		}
		if d := (waybill.Point{Lat: p.Lat, Lng: p.Lng}).Metres(waybill.Point{Lat: want.lat, Lng: want.lng}); d > 5_000 {
			t.Errorf("%s: %d m off", country, d)
		}
	}
}

// What is no code, or none we know, is not located, even if the town is well known: the address is
// wrong somewhere, and a guess would hide it.
func TestLocateRefuses(t *testing.T) {
	for _, tt := range []struct{ country, postcode, city, why string }{
		{"US", "00000", "", "no such ZIP"},
		{"US", "99999", "Boston", "no such ZIP, known town"},
		{"US", "2118", "Boston", "leading zero lost"},
		{"US", "02118-12", "", "half a ZIP+4"},
		{"US", "021181", "", "a digit too many"},
		{"US", "ABCDE", "", "letters"},
		{"US", "0211!", "", "a character no code has"},
		{"US", "02118\xff", "", "not text"},
		{"US", "02118021180211802118021180211802118", "", "endless"},
		{"GB", "ZZ1 1ZZ", "London", "no such area"},
		{"GB", "BS2 3A", "Bristol", "half an inward code"},
		{"CA", "K1A 0B", "", "half a code"},
		{"NL", "1066E", "", "one letter"},
		{"NL", "0999AA", "", "no such code"},
		{"JE", "2", "", "JE is part of the code"},
		{"DE", "00000", "Berlin", "no such code"},
		{"FR", "75008 BIS", "", "no suffix of a code"},
		{"IN", "000000", "Delhi", "no such PIN"},
		{"CA", "H0H 0H0", "", "Santa Claus: no carrier goes there"},
		{"BR", "00100-000", "", "before the first town's"},
		{"JP", "100-0001", "Tokyo", "no data of the country"},
		{"XX", "10001", "", "no such country"},
		{"", "10001", "", "no country"},
		{"US", "", "", "nothing to go by"},
		{"US", " - ", "", "nothing but separators"},
		{"US", "", "Springfield", "a town in thirty states"},
		{"US", "", "Nowhere At All", "no such town"},
		{"JP", "", "Tokyo", "town of a country without data"},
	} {
		if p, ok := geo.Locate(tt.country, tt.postcode, tt.city, ""); ok || p != (geo.Place{}) {
			t.Errorf("%s %q %q (%s): located at %+v", tt.country, tt.postcode, tt.city, tt.why, p)
		}
	}
}

func TestLocateByCity(t *testing.T) {
	for _, tt := range []struct {
		country, city, state string
		called, inState      string
		lat, lng             float64
	}{
		{"US", "Boston", "MA", "Boston", "MA", 42.3601, -71.0589},
		{"US", "boston", "", "Boston", "MA", 42.3601, -71.0589},
		{"US", "Springfield", "Illinois", "Springfield", "IL", 39.7817, -89.6501},
		{"US", "SPRINGFIELD", "ma", "Springfield", "MA", 42.1015, -72.5898},
		{"US", "St. Louis", "Missouri", "Saint Louis", "MO", 38.6270, -90.1994},
		{"GB", "Bristol", "", "Bristol", "", 51.4545, -2.5879},
		{"FR", "Paris", "", "Paris", "", 48.8566, 2.3522},
		{"DE", "Munchen", "", "München", "", 48.1351, 11.5820},
		{"DE", "Munich", "", "Munich", "", 48.1351, 11.5820},
		{"AT", "Vienna", "", "Vienna", "", 48.2082, 16.3738},
		{"CZ", "Praha", "", "Praha", "", 50.0755, 14.4378},
		{"DK", "København", "", "København", "", 55.6761, 12.5683},
		{"NL", "The Hague", "", "The Hague", "", 52.0705, 4.3007},
		{"ES", "Alicante", "", "Alicante", "", 38.3452, -0.4810},
		{"BG", "София", "", "София", "", 42.6977, 23.3219},
		{"BR", "Sao Paulo", "São Paulo", "São Paulo", "SP", -23.5505, -46.6333},
		{"AU", "Perth", "Western Australia", "Perth", "WA", -31.9523, 115.8613},
		{"IE", "Galway", "", "Galway", "", 53.2707, -9.0568},
		{"MD", "Chişinău", "", "Chisinau", "", 47.0105, 28.8638},
	} {
		p, ok := geo.Locate(tt.country, "", tt.city, tt.state)
		if !ok || p.By != geo.ByCity || p.State != tt.inState || p.Postcode != "" || p.City != tt.called {
			t.Errorf("%s %s %s: got %+v %v", tt.country, tt.city, tt.state, p, ok)
			continue
		}
		if d := (waybill.Point{Lat: p.Lat, Lng: p.Lng}).Metres(waybill.Point{Lat: tt.lat, Lng: tt.lng}); d > 15_000 {
			t.Errorf("%s %s: found at %v,%v: %d m off", tt.country, tt.city, p.Lat, p.Lng, d)
		}
	}
}

// Where there are no postal codes, whatever filler a form demanded is passed over.
func TestLocateWithoutPostcodes(t *testing.T) {
	for _, tt := range []struct {
		country, postcode, city, found string
		by                             geo.By
		zone                           string
	}{
		{"AE", "", "Dubai", "Dubai", geo.ByCity, "Asia/Dubai"},
		{"ARE", "00000", "DUBAI", "Dubai", geo.ByCity, "Asia/Dubai"},
		{"AE", "N/A", "Liwa", "Abu Dhabi", geo.ByCapital, "Asia/Dubai"},
		{"HK", "999077", "Kowloon", "Hong Kong", geo.ByCapital, "Asia/Hong_Kong"},
		{"BO", "", "Santa Cruz", "Santa Cruz", geo.ByCity, "America/La_Paz"},
		{"IE", "", "Ballybeyond", "Dublin", geo.ByCapital, "Europe/Dublin"},
	} {
		p, ok := geo.Locate(tt.country, tt.postcode, tt.city, "")
		if !ok || p.City != tt.found || p.By != tt.by || p.TimeZone != tt.zone {
			t.Errorf("%s %q %q: got %+v %v", tt.country, tt.postcode, tt.city, p, ok)
		}
	}
	for country, want := range map[string]bool{"US": true, "GBR": true, "IE": true, "JP": true, "AE": false, "HK": false, "XX": false} {
		if got := geo.HasPostcodes(country); got != want {
			t.Errorf("HasPostcodes(%s) = %v", country, got)
		}
	}
}

// A refusal is only ours to make where the data is nearly complete.
func TestCovers(t *testing.T) {
	for country, want := range map[string]bool{"US": true, "gb": true, "IND": true, "NL": true, "JP": false, "MX": false, "MA": false, "AE": false, "XX": false} {
		if got := geo.Covers(country); got != want {
			t.Errorf("Covers(%s) = %v", country, got)
		}
	}
	p, ok := geo.Locate("MD", "MD-2999", "Chisinau", "")
	if !ok || p.By != geo.ByCity {
		t.Errorf("patchy country: an unknown code with a known town: got %+v %v", p, ok)
	}
}

// Many requests may be the first at once.
func TestLocateConcurrently(t *testing.T) {
	table, err := geo.Load(bytes.NewReader(packed(t)))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if p, ok := table.Locate("US", "", "Boston", "MA"); !ok || p.State != "MA" {
				t.Errorf("Boston: %+v", p)
			}
			if p, ok := table.Locate("GB", "BS2 3AP", "", ""); !ok || p.City != "Bristol" {
				t.Errorf("BS2: %+v", p)
			}
		})
	}
	wait.Wait()
}

// Nothing a caller writes makes a lookup fail otherwise than by not finding.
func FuzzLocate(f *testing.F) {
	f.Add("US", "02118", "Boston", "MA")
	f.Add("NL", "1066EP", "", "")
	f.Add("BR", "99999-999", "São Paulo", "SP")
	f.Add("FR", "13020CEDEX20", "Paris (8e)/", ",")
	f.Add("GB", "", " - 1 2", "")
	f.Add("AR", "C1425ABC", "\u0301", "")
	f.Fuzz(func(t *testing.T, country, postcode, city, state string) {
		p, ok := geo.Locate(country, postcode, city, state)
		if ok && (!geo.ValidPoint(p.Lat, p.Lng) || p.City == "" || p.TimeZone == "" || p.By == "") {
			t.Errorf("located without a place: %+v", p)
		}
		known, valid := geo.PostcodeValid(country, postcode)
		if valid && !known {
			t.Error("valid by no known shape")
		}
	})
}
