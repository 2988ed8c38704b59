// Package geo knows where places are and how countries write them, offline: postal codes and towns to
// coordinates, countries and subdivisions by any of their codes, the shape of a postal code, distance.
//
// A lookup reads memory only. The postal codes are embedded (see [Attribution]), unpacked on first
// use, and an operator may put a newer file in their place with [Load]. Whoever holds a [Table] may
// share it between goroutines.
package geo

import (
	_ "embed"
	"strings"
	"sync"
)

// Attribution is what the licence of the embedded postal codes (Creative Commons Attribution 4.0)
// asks us to show wherever they are shipped: in NOTICE and on the console's about page.
const Attribution = "Postal codes and their coordinates: GeoNames (https://www.geonames.org), licensed under " +
	"CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/); averaged per postal area and repacked."

//go:embed postal.bin
var embedded string

// Default is the table of the embedded postal codes. The first call unpacks it.
var Default = sync.OnceValue(func() *Table {
	t, err := Load(strings.NewReader(embedded))
	if err != nil {
		panic("geo: the embedded postal codes cannot be read: " + err.Error()) // only a broken build gets here
	}
	return t
})

// Locate finds an address in the embedded postal codes: see [Table.Locate].
func Locate(country, postcode, city, state string) (Place, bool) {
	return Default().Locate(country, postcode, city, state)
}

// Covers reports whether the embedded postal codes know the country: see [Table.Covers].
func Covers(country string) bool { return Default().Covers(country) }
