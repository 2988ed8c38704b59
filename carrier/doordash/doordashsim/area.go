package doordashsim

import (
	_ "embed"
	"encoding/csv"
	"hash/fnv"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// areas.csv is where the simulator drives: beginnings of postcodes of some large cities with their middle.
//
//go:embed areas.csv
var areasFile string

type spot struct{ lat, lng float64 }

var areas = readAreas()

func readAreas() map[string]spot {
	lines, err := csv.NewReader(strings.NewReader(areasFile)).ReadAll()
	if err != nil {
		panic(err) // a mistake in an embedded table is a mistake in the program
	}
	table := map[string]spot{}
	for _, line := range lines[1:] {
		lat, _ := strconv.ParseFloat(line[2], 64)
		lng, _ := strconv.ParseFloat(line[3], 64)
		table[line[0]+line[1]] = spot{lat, lng}
	}
	return table
}

// Postcodes as they end an address: five digits in the United States, a Canadian one with its letters, four digits
// in Australia and New Zealand, where the country is written out.
var (
	american   = regexp.MustCompile(`\b(\d{5})(?:-\d{4})?\s*(?:,\s*(?:US|USA|United States))?\s*$`)
	canadian   = regexp.MustCompile(`(?i)\b([A-Z]\d[A-Z])[ -]?\d[A-Z]\d\s*,\s*Canada\s*$`)
	antipodean = regexp.MustCompile(`(?i)\b(\d{4})\s*,\s*(Australia|New Zealand)\s*$`)
)

// locate finds an address by its postcode; the country is the key of its money.
func locate(address string) (country string, at spot, ok bool) {
	var key string
	if m := american.FindStringSubmatch(address); m != nil {
		country, key = "US", m[1][:3]
	} else if m := canadian.FindStringSubmatch(address); m != nil {
		country, key = "CA", strings.ToUpper(m[1])
	} else if m := antipodean.FindStringSubmatch(address); m != nil {
		country, key = map[string]string{"australia": "AU", "new zealand": "NZ"}[strings.ToLower(m[2])], m[1]
	}
	at, ok = areas[country+key]
	return country, at, ok
}

var currencies = map[string]string{"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD"}

// furthest is how far a Dasher drives, in miles.
const furthest = 15

// trip is one delivery's way: how far, in tenths of a mile, and in which country.
type trip struct {
	country string
	tenths  int64
}

// route measures a delivery, or says why it is not made.
func route(o order) (trip, error) {
	country, from, ok := locate(o.PickupAddress)
	if o.PickupStoreID != "" && o.PickupAddress == "" {
		country, from, ok = locate(o.DropoffAddress) // a store around the corner
	}
	if !ok {
		return trip{}, notServed("pickup_address_not_in_coverage")
	}
	other, to, ok := locate(o.DropoffAddress)
	if !ok || other != country {
		return trip{}, notServed("delivery_address_not_in_coverage")
	}
	tenths := int64(miles(from, to)*10) + streets(o.PickupAddress+o.DropoffAddress)
	if tenths > furthest*10 {
		return trip{}, notServed("distance_too_long")
	}
	return trip{country, tenths}, nil
}

// streets is what two addresses add to the distance of their postcodes: one to three miles, always the same.
func streets(addresses string) int64 {
	sum := fnv.New32a()
	sum.Write([]byte(addresses))
	return 10 + int64(sum.Sum32()%20)
}

func miles(a, b spot) float64 {
	const rad = math.Pi / 180
	lat, lng := (b.lat-a.lat)*rad/2, (b.lng-a.lng)*rad/2
	h := math.Sin(lat)*math.Sin(lat) + math.Cos(a.lat*rad)*math.Cos(b.lat*rad)*math.Sin(lng)*math.Sin(lng)
	return 2 * 3958.8 * math.Asin(math.Sqrt(min(h, 1)))
}

// What a delivery costs, in cents: 9.75 up to five miles, and 0.75 for each further one that is begun. In Canada
// there is tax on it.
const (
	serviceFee  = 100
	distanceFee = 875
	perMile     = 75
	nearMiles   = 5
	taxPercent  = 13
)

func (t trip) fee() []component {
	further := max(0, (t.tenths+9)/10-nearMiles)
	return []component{{"service_fee", serviceFee}, {"distance_based_fee", distanceFee + further*perMile}}
}

func (t trip) tax() []component {
	if t.country != "CA" {
		return nil
	}
	return []component{{"gst_hst", (sum(t.fee())*taxPercent + 50) / 100}}
}

func sum(parts []component) (total int64) {
	for _, p := range parts {
		total += p.Amount
	}
	return total
}
