package geo

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Table is the postal areas of many countries: what [Load] read. It never changes, and holds its
// quarter of a million areas as a few plain arrays (some 7 MB) so that the garbage collector has
// nothing to walk.
type Table struct {
	// Date is the day the data was taken from its source, as its file says (2006-01-02), or empty.
	Date string
	// Attribution is what the data's licence asks to show; empty if its file says nothing.
	Attribution string

	spans   []span   // by country, ascending
	keys    []uint32 // one per area, ascending within a country
	lat     []int32  // degrees * 10^4: eleven metres
	lng     []int32
	city    []uint32 // index into cityEnd
	state   []uint16 // index into states
	states  []string // states[0] is ""
	cities  string   // all names, one after the other
	cityEnd []uint32

	index sync.Once // builds towns on the first lookup by name
	towns []uint64  // hash of country and folded name << 32 | row, ascending
}

// span is where a country's areas lie in the arrays.
type span struct {
	country     string
	first, last int    // areas first up to, not including, last
	mask        string // how the country prints its codes: '#' for each character of an area
}

// scale turns degrees into what the arrays hold.
const scale = 1e4

// Len is the number of postal areas and of countries they lie in.
func (t *Table) Len() (areas, countries int) { return len(t.keys), len(t.spans) }

// String says what the table is, for logs and the about page: "248978 postal areas of 108 countries, 2026-11-21".
func (t *Table) String() string {
	areas, countries := t.Len()
	return strings.TrimSuffix(fmt.Sprintf("%d postal areas of %d countries, %s", areas, countries, t.Date), ", ")
}

func (t *Table) span(country string) (span, bool) {
	i, ok := slices.BinarySearchFunc(t.spans, country, func(s span, want string) int {
		switch {
		case s.country < want:
			return -1
		case s.country > want:
			return 1
		}
		return 0
	})
	if !ok {
		return span{}, false
	}
	return t.spans[i], true
}

// cityAt is the name of a row's town.
func (t *Table) cityAt(row int) string {
	i := t.city[row]
	start := uint32(0)
	if i > 0 {
		start = t.cityEnd[i-1]
	}
	return t.cities[start:t.cityEnd[i]]
}

// print writes an area's code as its country does.
func (s span) print(key uint32) string {
	var code, out [16]byte
	area := appendKey(code[:0], key)
	holes := 0
	for i := range len(s.mask) {
		if s.mask[i] == '#' {
			holes++
		}
	}
	if holes != len(area) {
		return string(area)
	}
	b := out[:0]
	for i := range len(s.mask) {
		if s.mask[i] == '#' {
			b = append(b, area[0])
			area = area[1:]
		} else {
			b = append(b, s.mask[i])
		}
	}
	return string(b)
}
