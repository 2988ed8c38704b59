package geo_test

import (
	"testing"

	"waybill/geo"
)

func TestPostcodeValid(t *testing.T) {
	for country, codes := range map[string]struct{ good, bad []string }{
		"US": {[]string{"02118", "02118-1234", "021181234"}, []string{"", "2118", "0211A", "02118-12", "K1A 0B1"}},
		"PR": {[]string{"00901"}, []string{"10001"}},
		"GB": {[]string{"BS2 3AP", "ba1 2jw", "EC1A1BB", "W1A 1AA", "M1 1AE", "CR2 6XH", "DN55 1PT", "GIR 0AA", "BFPO 57"}, []string{"BS2", "BS2 3A", "BS2 3AC", "B52 3AP5", "1AA 1AA", "10001", "BFPO", ""}},
		"JE": {[]string{"JE2 3AB"}, []string{"GY1 1AA", "BS2 3AP"}},
		"IE": {[]string{"D02 X285", "A65F4E2", "D6W XY00"}, []string{"D02", "DO2 X285", "10001"}},
		"CA": {[]string{"K1A 0B1", "h2y-1c6", "V6B1A1"}, []string{"K1A", "K1A 0B", "D1A 0B1", "W1A 0B1", "K1O 0B1", "K1A 0BB"}},
		"NL": {[]string{"1066EP", "1066 ep", "NL-1066 EP"}, []string{"1066", "0066EP", "1066E", "10666 EP"}},
		"DE": {[]string{"10115", "D-01067", "DE-10115"}, []string{"1011", "101155", "1O115"}},
		"FR": {[]string{"75008", "F-75008", "59391 CEDEX", "13020 cedex 20"}, []string{"7500", "75008 BIS"}},
		"IN": {[]string{"110001", "560 001"}, []string{"010001", "11000", "1100011"}},
		"PT": {[]string{"1000-001", "1000001"}, []string{"1000", "0000-001"}},
		"BR": {[]string{"01310-100", "01310100"}, []string{"01310", "0131-0100A"}},
		"JP": {[]string{"100-0001", "1000001", "１００－０００１"}, []string{"100", "100-001"}},
		"PL": {[]string{"00-950", "00950"}, []string{"0-950", "00-95A"}},
		"SE": {[]string{"111 20", "11120", "SE-111 20"}, []string{"011 20", "1112"}},
		"LV": {[]string{"LV-1010", "1010"}, []string{"LV-101", "LT-1010"}},
		"AU": {[]string{"2000", "0800"}, []string{"200", "20000"}},
		"AR": {[]string{"C1425ABC", "1425", "B1900"}, []string{"C1425AB", "142", "CC1425"}},
		"MT": {[]string{"VLT 1117"}, []string{"1117", "VL 1117"}},
		"MC": {[]string{"98000"}, []string{"97000"}},
		"KR": {[]string{"04524"}, []string{"100-011"}},
		"TW": {[]string{"100", "10001", "100001"}, []string{"1000"}},
		"KY": {[]string{"KY1-1100"}, []string{"KY1-110"}},
		"SZ": {[]string{"H100"}, []string{"100"}},
	} {
		for _, code := range codes.good {
			if known, valid := geo.PostcodeValid(country, code); !known || !valid {
				t.Errorf("%s %q: known %v, valid %v", country, code, known, valid)
			}
		}
		for _, code := range codes.bad {
			if known, valid := geo.PostcodeValid(country, code); !known || valid {
				t.Errorf("%s %q: known %v, valid %v", country, code, known, valid)
			}
		}
	}
	for _, country := range []string{"AE", "HK", "XX", ""} {
		if known, valid := geo.PostcodeValid(country, "10001"); known || valid {
			t.Errorf("%s: known %v, valid %v", country, known, valid)
		}
	}
}

// Of all countries that have postal codes, a shape is missing for a handful nobody ships to.
func TestPostcodeShapesCoverTheWorld(t *testing.T) {
	known, missing := 0, []string{}
	for _, c := range geo.Countries() {
		if ok, _ := geo.PostcodeValid(c.Alpha2, ""); ok {
			known++
			if !geo.HasPostcodes(c.Alpha2) {
				t.Errorf("%s has a shape but no postal codes", c.Name)
			}
		} else if geo.HasPostcodes(c.Alpha2) {
			missing = append(missing, c.Alpha2)
		}
	}
	if known < 150 || len(missing) > 12 {
		t.Errorf("%d countries known, missing %v", known, missing)
	}
}
