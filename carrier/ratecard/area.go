package ratecard

import (
	"slices"
	"strings"

	"waybill"
)

// countries is a set of alpha-2 codes.
type countries [(26*26 + 63) / 64]uint64

// country is the number of an alpha-2 code; -1 when it is none.
func country(code string) int {
	if len(code) != 2 || !isLetter(code[0]) || !isLetter(code[1]) {
		return -1
	}
	return int(code[0]-'A')*26 + int(code[1]-'A')
}

func (c *countries) add(code string) {
	if n := country(code); n >= 0 {
		c[n/64] |= 1 << (n % 64)
	}
}

func (c *countries) has(n int) bool { return n >= 0 && c[n/64]&(1<<(n%64)) != 0 }

// end is one end of a trip, ready to be compared.
type end struct {
	country  int
	state    string // upper case
	postcode postcode
}

// readEnd prepares an address for comparing.
func readEnd(e *end, a *waybill.Address) {
	e.country = country(a.Country)
	e.state = strings.ToUpper(a.State)
	readPostcode(&e.postcode, a.Postcode, slices.Contains(british, a.Country))
}

// area is a compiled Area.
type area struct {
	countries countries
	states    map[string]struct{}
	postcodes *patterns
}

// compileAreas reads areas that validate has nothing against.
func compileAreas(list []Area) []area {
	out := make([]area, len(list))
	for i, a := range list {
		for _, code := range a.Countries {
			out[i].countries.add(code)
		}
		if len(a.States) > 0 {
			out[i].states = make(map[string]struct{}, len(a.States))
		}
		for _, state := range a.States {
			out[i].states[strings.ToUpper(state)] = struct{}{}
		}
		if len(a.Postcodes) > 0 {
			out[i].postcodes = compilePatterns(a.Postcodes, slices.Contains(british, a.Countries[0]))
		}
	}
	return out
}

// inside reports whether the address is in one of the areas; no areas are everywhere.
func inside(areas []area, e *end) bool {
	for i := range areas {
		a := &areas[i]
		if !a.countries.has(e.country) {
			continue
		}
		if a.states != nil {
			if _, ok := a.states[e.state]; !ok {
				continue
			}
		}
		if a.postcodes == nil || a.postcodes.match(&e.postcode) {
			return true
		}
	}
	return len(areas) == 0
}

// zone is a compiled Zone; the distance in metres.
type zone struct {
	code     string
	from, to []area
	measured bool
	over     int64
	upTo     int64 // 0: no end
}

func compileZone(z Zone) zone {
	out := zone{code: z.Code, from: compileAreas(z.From), to: compileAreas(z.To)}
	if z.Distance != nil {
		out.measured, out.over, out.upTo = true, z.Distance.OverKM*1000, z.Distance.UpToKM*1000
	}
	return out
}

// belongs is what is known of a trip and a zone.
type belongs uint8

const (
	notAsked belongs = iota
	yes
	no
	noPoints // perhaps, but the distance is not known
)

// holds tells whether the trip belongs to the zone. Metres is below 0 when an end has no coordinates.
func (z *zone) holds(from, to *end, metres int64) belongs {
	switch {
	case !inside(z.from, from) || !inside(z.to, to):
		return no
	case !z.measured:
		return yes
	case metres < 0:
		return noPoints
	case (z.over > 0 && metres <= z.over) || (z.upTo > 0 && metres > z.upTo):
		return no
	default:
		return yes
	}
}
