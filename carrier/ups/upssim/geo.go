package upssim

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// tables holds what the simulator knows of the world: three-digit ZIP prefixes with their state and middle (averaged
// from GeoNames postal code data, CC BY 4.0), countries, services, and tracking statuses.
//
//go:embed tables/*.csv
var tables embed.FS

func mustTable(file string) [][]string {
	f, err := tables.Open("tables/" + file)
	if err != nil {
		panic(fmt.Errorf("table: %w", err)) // a mistake in an embedded table is a mistake in the program
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic(fmt.Errorf("table: %w", err))
	}
	return rows
}

// country is where UPS ships from or to.
type country struct {
	name, region, currency string
	eu                     bool
	perUSD                 int64 // its currency's units per 100 US dollars
	offset                 int   // minutes from UTC, in most of it
}

// area is what a ZIP prefix means.
type area struct {
	states   []string
	lat, lon float64
}

var (
	countries = readCountries()
	zip3      = readZIP3()
)

func readCountries() map[string]country {
	m := map[string]country{}
	for _, row := range mustTable("countries.csv") {
		per, _ := strconv.ParseInt(row[5], 10, 64)
		offset, _ := strconv.Atoi(row[6])
		m[row[0]] = country{name: row[1], region: row[2], eu: row[3] == "y", currency: row[4], perUSD: per, offset: offset}
	}
	return m
}

func readZIP3() map[string]area {
	m := map[string]area{}
	for _, row := range mustTable("zip3.csv") {
		lat, _ := strconv.ParseFloat(row[2], 64)
		lon, _ := strconv.ParseFloat(row[3], 64)
		m[row[0]] = area{strings.Split(row[1], "/"), lat, lon}
	}
	return m
}

var (
	zipForm    = regexp.MustCompile(`^\d{5}(-?\d{4})?$`)
	canadaForm = regexp.MustCompile(`^[A-Z]\d[A-Z] ?\d[A-Z]\d$`)
	provinces  = map[byte]string{
		'A': "NL", 'B': "NS", 'C': "PE", 'E': "NB", 'G': "QC", 'H': "QC", 'J': "QC", 'K': "ON", 'L': "ON", 'M': "ON",
		'N': "ON", 'P': "ON", 'R': "MB", 'S': "SK", 'T': "AB", 'V': "BC", 'X': "NT", 'Y': "YT",
	}
)

// zips tells whether the country is addressed by ZIP code.
func zips(code string) bool { return code == "US" || code == "PR" }

// postalFault says what is wrong with the combination of country, state and postal code; empty: nothing. The codes
// are offsets within the block that UPS keeps for the address (6 state, 7 postal code, 8 country), or 802: the parts
// are fine, together they are not.
func postalFault(a address) (offset int, why string) {
	if _, ok := countries[a.CountryCode]; !ok {
		return 8, fmt.Sprintf("%s is not supported", a.CountryCode)
	}
	switch {
	case zips(a.CountryCode):
		if !zipForm.MatchString(a.PostalCode) {
			return 7, "5 or 9 digits are required"
		}
		where, ok := zip3[a.PostalCode[:3]]
		if !ok {
			return 802, fmt.Sprintf("the postal code %s does not exist", a.PostalCode)
		}
		if a.StateProvinceCode == "" {
			return 6, "is required"
		}
		for _, state := range where.states {
			if a.StateProvinceCode == state {
				return 0, ""
			}
		}
		return 802, fmt.Sprintf("the postal code %s is invalid for %s %s", a.PostalCode, a.StateProvinceCode, a.CountryCode)
	case a.CountryCode == "CA":
		if !canadaForm.MatchString(a.PostalCode) {
			return 7, "must have the form A#A#A#"
		}
		if a.StateProvinceCode == "" {
			return 6, "is required"
		}
		home, ok := provinces[a.PostalCode[0]]
		if !ok || home != a.StateProvinceCode && !(home == "NT" && a.StateProvinceCode == "NU") {
			return 802, fmt.Sprintf("the postal code %s is invalid for %s CA", a.PostalCode, a.StateProvinceCode)
		}
	}
	return 0, ""
}

// zone is UPS's measure of distance within the United States, 2 (nearest) to 8; the limits in miles are those of its
// zone charts. Elsewhere the simulator calls everything zone 5.
func zone(from, to address) int {
	a, okA := zip3[prefix(from)]
	b, okB := zip3[prefix(to)]
	if !okA || !okB {
		return 5
	}
	for i, limit := range []float64{150, 300, 600, 1000, 1400, 1800} {
		if miles(a, b) <= limit {
			return 2 + i
		}
	}
	return 8
}

func prefix(a address) string {
	if !zips(a.CountryCode) || len(a.PostalCode) < 3 {
		return ""
	}
	return a.PostalCode[:3]
}

func miles(a, b area) float64 {
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	h := math.Pow(math.Sin(rad(b.lat-a.lat)/2), 2) +
		math.Cos(rad(a.lat))*math.Cos(rad(b.lat))*math.Pow(math.Sin(rad(b.lon-a.lon)/2), 2)
	return 2 * 3959 * math.Asin(math.Sqrt(h))
}

// hours is how far most of a state is from UTC in winter; the states not named here are on Eastern time.
var hours = map[string]int{
	"PR": -4, "AL": -6, "AR": -6, "IA": -6, "IL": -6, "KS": -6, "LA": -6, "MN": -6, "MO": -6, "MS": -6, "ND": -6, "NE": -6,
	"OK": -6, "SD": -6, "TN": -6, "TX": -6, "WI": -6, "AZ": -7, "CO": -7, "ID": -7, "MT": -7, "NM": -7, "UT": -7, "WY": -7,
	"CA": -8, "NV": -8, "OR": -8, "WA": -8, "AK": -9, "HI": -10,
}

// local returns the time at a place: by state within the United States, elsewhere by the country's usual offset.
// Nobody here saves daylight.
func local(t time.Time, a address) time.Time {
	minutes := countries[a.CountryCode].offset
	if where, ok := zip3[prefix(a)]; ok && hours[where.states[0]] != 0 {
		minutes = hours[where.states[0]] * 60
	}
	return t.In(time.FixedZone("", minutes*60))
}

// offshore tells whether a ZIP lies outside the 48 contiguous states, where the slower air services do not go.
func offshore(a address) bool {
	where, ok := zip3[prefix(a)]
	return ok && (where.states[0] == "AK" || where.states[0] == "HI" || where.states[0] == "PR")
}
