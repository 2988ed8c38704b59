package geo

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
)

// builder gathers the rows of a text file into areas.
type builder struct {
	date, attribution string
	areas             map[areaID]*gathered
	shapes            map[string]map[string]int // by country: how codes are printed, and how many so
	states            map[[3]string]string      // what stateOf found, by country and what the file says
}

type areaID struct {
	country string
	key     uint32
}

// gathered is what the rows of an area said so far.
type gathered struct {
	lat, lng float64 // sums
	n        int
	places   []counted
	state    string
}

type counted struct {
	name string
	n    int
}

func newBuilder() *builder {
	return &builder{areas: map[areaID]*gathered{}, shapes: map[string]map[string]int{}, states: map[[3]string]string{}}
}

// note takes a comment line's "date: …" or "attribution: …".
func (b *builder) note(comment string) {
	name, value, _ := strings.Cut(comment, ":")
	switch strings.TrimSpace(name) {
	case "date":
		b.date = strings.TrimSpace(value)
	case "attribution":
		b.attribution = strings.TrimSpace(value)
	}
}

// add takes in a row, unless it names no area or no point that a parcel could go to: the North Pole
// stands for Santa Claus, and 0, 0 for a point nobody knows.
func (b *builder) add(r row) {
	c, ok := CountryByCode(r.country)
	if !ok || !ValidPoint(r.lat, r.lng) || math.Abs(r.lat) == 90 || r.lat == 0 && r.lng == 0 {
		return
	}
	var buf [maxCode]byte
	code, ok := bare(c.Alpha2, r.postcode, &buf)
	if !ok {
		return
	}
	part := area(c.Alpha2, code)
	key, ok := keyOf(part)
	if !ok {
		return
	}
	id := areaID{c.Alpha2, key}
	g := b.areas[id]
	if g == nil {
		g = &gathered{}
		b.areas[id] = g
	}
	place, state := placeOf(c.Alpha2, r.place)
	if state == "" {
		state = b.stateOf(c.Alpha2, r)
	}
	g.lat, g.lng, g.n = g.lat+r.lat, g.lng+r.lng, g.n+1
	if g.state == "" {
		g.state = state
	}
	if i := slices.IndexFunc(g.places, func(p counted) bool { return p.name == place }); i >= 0 {
		g.places[i].n++
	} else {
		g.places = append(g.places, counted{place, 1})
	}
	if b.shapes[c.Alpha2] == nil {
		b.shapes[c.Alpha2] = map[string]int{}
	}
	b.shapes[c.Alpha2][maskOf(r.postcode, string(part))]++
}

// placeOf cleans a place's name. Military post offices carry their state in it.
func placeOf(country, name string) (place, state string) {
	if office, state, ok := strings.Cut(name, " A"); ok && country == "US" && len(state) == 1 && (office == "APO" || office == "FPO" || office == "DPO") {
		return office, "A" + state
	}
	return strings.Join(strings.Fields(name), " "), ""
}

// maskOf is how an area is printed, read off the way its code is: the characters of the area become
// '#', everything else stays. Codes of which the area is only the first part, and those with CEDEX,
// show nothing: "".
func maskOf(postcode, area string) string {
	mask := []byte(strings.ToUpper(postcode))
	for i := len(mask) - 1; i >= 0 && area != ""; i-- {
		switch mask[i] {
		case area[len(area)-1]:
			mask[i] = '#'
			area = area[:len(area)-1]
		case ' ', '-':
		default:
			return ""
		}
	}
	if area != "" || len(mask) > 12 {
		return ""
	}
	return string(mask)
}

// table makes the table of what was gathered.
func (b *builder) table() (*Table, error) {
	if len(b.areas) == 0 {
		return nil, errors.New("geo: load postal codes: no row has a country, a postal code and a point")
	}
	ids := make([]areaID, 0, len(b.areas))
	for id := range b.areas {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y areaID) int {
		return cmp.Or(strings.Compare(x.country, y.country), cmp.Compare(x.key, y.key))
	})
	t := &Table{Date: b.date, Attribution: b.attribution, states: []string{""}}
	cityIndex, stateIndex := map[string]uint32{}, map[string]uint16{"": 0}
	var names strings.Builder
	for i, id := range ids {
		if i == 0 || ids[i-1].country != id.country {
			t.spans = append(t.spans, span{country: id.country, first: i, mask: commonest(b.shapes[id.country])})
		}
		t.spans[len(t.spans)-1].last = i + 1
		g := b.areas[id]
		name := slices.MaxFunc(g.places, func(x, y counted) int { return cmp.Compare(x.n, y.n) }).name
		city, ok := cityIndex[name]
		if !ok {
			names.WriteString(name)
			city = uint32(len(t.cityEnd))
			cityIndex[name] = city
			t.cityEnd = append(t.cityEnd, uint32(names.Len()))
		}
		state, ok := stateIndex[g.state]
		if !ok {
			if len(t.states) > math.MaxUint16 {
				return nil, errors.New("geo: load postal codes: more states than there are")
			}
			state = uint16(len(t.states))
			stateIndex[g.state] = state
			t.states = append(t.states, g.state)
		}
		t.keys = append(t.keys, id.key)
		t.lat = append(t.lat, int32(math.Round(g.lat/float64(g.n)*scale)))
		t.lng = append(t.lng, int32(math.Round(g.lng/float64(g.n)*scale)))
		t.city = append(t.city, city)
		t.state = append(t.state, state)
	}
	t.cities = names.String()
	return t, nil
}

// commonest is the shape most codes have, the smaller of equals so that packing repeats exactly.
func commonest(shapes map[string]int) string {
	best := ""
	for shape, n := range shapes {
		if shape == "" {
			continue
		}
		if best == "" || n > shapes[best] || n == shapes[best] && shape < best {
			best = shape
		}
	}
	return best
}
