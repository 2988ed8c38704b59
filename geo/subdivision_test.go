package geo_test

import (
	"strings"
	"testing"

	library "github.com/biter777/countries"

	"waybill/geo"
)

func TestSubdivision(t *testing.T) {
	for _, tt := range []struct{ country, given, code, name string }{
		{"US", "Massachusetts", "MA", "Massachusetts"},
		{"US", "massachusetts", "MA", "Massachusetts"},
		{"usa", "ma", "MA", "Massachusetts"},
		{"US", "US-MA", "MA", "Massachusetts"},
		{"US", "Washington D.C.", "DC", "District of Columbia"},
		{"US", "Puerto Rico", "PR", "Puerto Rico"},
		{"CA", "Québec", "QC", "Quebec"},
		{"CA", "quebec", "QC", "Quebec"},
		{"CA", "PQ", "QC", "Quebec"},
		{"AU", "New South Wales", "NSW", "New South Wales"},
		{"IN", "Orissa", "OD", "Odisha"},
		{"IN", "TG", "TS", "Telangana"},
		{"IN", "Jammu & Kashmir", "JK", "Jammu and Kashmir"},
		{"BR", "Sao Paulo", "SP", "São Paulo"},
		{"MX", "CDMX", "CMX", "Ciudad de México"},
		{"IT", "Milano", "MI", "Milano"},
		{"JP", "東京都", "13", "Tokyo"},
		{"IE", "Co. Cork", "CO", "Cork"},
		{"AE", "Dubai", "DU", "Dubai"},
	} {
		if got := geo.Subdivision(tt.country, tt.given); got != tt.code {
			t.Errorf("Subdivision(%s, %s) = %q, want %s", tt.country, tt.given, got, tt.code)
		}
		if got := geo.SubdivisionName(tt.country, tt.code); got != tt.name {
			t.Errorf("SubdivisionName(%s, %s) = %q, want %s", tt.country, tt.code, got, tt.name)
		}
	}
	for _, tt := range [][2]string{{"US", ""}, {"US", "Bavaria"}, {"DE", "Bayern"}, {"XX", "MA"}, {"", "MA"}} {
		if got := geo.Subdivision(tt[0], tt[1]); got != "" {
			t.Errorf("Subdivision(%s, %s) = %q", tt[0], tt[1], got)
		}
		if got := geo.SubdivisionName(tt[0], tt[1]); got != "" {
			t.Errorf("SubdivisionName(%s, %s) = %q", tt[0], tt[1], got)
		}
	}
}

// Another's table is the judge of ours: every state it has we have.
func TestSubdivisionsAgreeWithLibrary(t *testing.T) {
	for _, country := range []string{"US", "CA", "AU", "IN", "BR", "MX", "AR", "ZA"} {
		found := 0
		for _, s := range library.ByName(country).Subdivisions() {
			switch name := s.String(); {
			case name == "Fernando de Noronha": // an island of the state of Pernambuco
			case geo.Subdivision(country, strings.TrimSuffix(name, " (South Africa)")) == "":
				t.Errorf("%s: %q is missing", country, name)
			default:
				found++
			}
		}
		if found < 8 {
			t.Errorf("%s: the library has %d", country, found)
		}
	}
}
