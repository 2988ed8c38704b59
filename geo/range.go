package geo

import "slices"

// shared is for the countries whose data lists only the first code of each town, its others
// following up to the next town's first. The number is the power of ten below which codes may
// differ and still be of the town found: Brazil numbers its towns through within a region (one
// digit), Chile within a province (two of seven), China within a postal zone (three of six).
var shared = map[string]uint32{"BR": 1e7, "CL": 1e5, "CN": 1e3}

// row finds the row of a key: its own, or that of the town whose first code is the last one before it.
func (t *Table) row(s span, key uint32) (int, bool) {
	i, ok := slices.BinarySearch(t.keys[s.first:s.last], key)
	if ok {
		return s.first + i, true
	}
	below, ok := shared[s.country]
	if _, gap := s.gapAt(key); !ok || gap || i == 0 || t.keys[s.first+i-1]/below != key/below {
		return 0, false
	}
	return s.first + i - 1, true
}

// gap is a run of codes of a big town that the data leaves out.
type gap struct {
	from, to uint32 // keys
	place    Place
}

// gaps are the runs that would else be unknown or taken for the town before them: Argentina's
// capital is not in the data, and two Brazilian cities go on after another town's codes.
var gaps = map[string][]gap{
	"AR": {{11000, 11499, Place{City: "Ciudad Autónoma de Buenos Aires", State: "C", Lat: -34.6037, Lng: -58.3816}}},
	"BR": {
		{108000000, 108499999, Place{City: "São Paulo", State: "SP", Lat: -23.5420, Lng: -46.4730}},
		{173000000, 173699999, Place{City: "Brasília", State: "DF", Lat: -15.6500, Lng: -47.7900}},
	},
}

// gapAt is the run of codes that key belongs to.
func (s span) gapAt(key uint32) (Place, bool) {
	for _, g := range gaps[s.country] {
		if key >= g.from && key <= g.to {
			p := g.place
			p.Country = s.country
			return p, true
		}
	}
	return Place{}, false
}
