package geo

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"waybill"
)

// A town is found by name only if its areas lie together: three in four within townRadius of the
// middle. Springfield, without a state, is no place to send a parcel.
const townRadius = 60_000 // metres

// exonyms are the English names of towns whose postal names are the local ones, folded.
var exonyms = map[string]string{
	"AT vienna": "wien", "BG sofia": "sofija", "BE antwerp": "antwerpen", "BE brussels": "bruxelles", "BE ghent": "gent", "CH geneva": "geneve",
	"CZ prague": "praha", "DE cologne": "koln", "DE hanover": "hannover", "DE munich": "munchen", "DE nuremberg": "nurnberg",
	"DK copenhagen": "kobenhavn", "ES seville": "sevilla", "IN bengaluru": "bangalore", "IN bombay": "mumbai",
	"IN calcutta": "kolkata", "IN madras": "chennai", "IT florence": "firenze", "IT genoa": "genova", "IT milan": "milano",
	"IT naples": "napoli", "IT rome": "roma", "IT turin": "torino", "IT venice": "venezia", "NL den haag": "s gravenhage",
	"NL the hague": "s gravenhage", "PL cracow": "krakow", "PL warsaw": "warszawa", "RS belgrade": "beograd", "SE gothenburg": "goteborg",
}

// locateCity finds a town by name: the middle of its areas.
func (t *Table) locateCity(country, city, state string) (Place, bool) {
	s, ok := t.span(country)
	if !ok {
		return Place{}, false
	}
	t.index.Do(t.indexTowns)
	wanted := names(country, city)
	if len(wanted) > 0 {
		if local, ok := exonyms[country+" "+wanted[0]]; ok {
			wanted = append(wanted, local)
		}
	}
	code := Subdivision(country, state)
	for _, name := range wanted {
		if rows := t.rowsOf(country, name, code); len(rows) > 0 {
			return t.middle(s, city, rows)
		}
	}
	return Place{}, false
}

// names are what a town's name, as data or callers write it, is compared by, from exact to loose:
// whole; each of two languages; without a remark in brackets, a quarter after a comma, the number or
// letter of a district, or the rank of a post office.
func names(country, name string) []string {
	var all []string
	add := func(folded string) {
		if folded != "" && !slices.Contains(all, folded) {
			all = append(all, folded)
		}
	}
	add(fold(name))
	for part := range strings.SplitSeq(name, "/") {
		part, _, _ = strings.Cut(part, "(")
		add(fold(part))
		for _, mark := range quarterMarks(country) {
			part, _, _ = strings.Cut(part, mark)
		}
		add(withoutRank(country, fold(part)))
	}
	return all
}

// quarterMarks are what a quarter follows in the names of a country's data.
func quarterMarks(country string) []string {
	switch country {
	case "CZ", "SK", "HR": // "Praha 1-Vinohrady"
		return []string{",", "-"}
	}
	return []string{",", " - "}
}

// withoutRank drops the last words of a folded name that number a district or rank a post office.
func withoutRank(country, folded string) string {
	for {
		i := strings.LastIndexByte(folded, ' ')
		if i < 0 {
			return folded
		}
		last := folded[i+1:]
		switch {
		case strings.Trim(last, "0123456789") == "":
		case country == "DK" && len(last) == 1:
		case country == "IN" && len(last) == 1, last == "gpo", last == "cpo", last == "cedex":
		default:
			return folded
		}
		folded = folded[:i]
	}
}

// indexTowns builds the index by name.
func (t *Table) indexTowns() {
	towns := make([]uint64, 0, len(t.keys)+len(t.keys)/8)
	for _, s := range t.spans {
		var last []uint32 // of the row before, which mostly has the same name
		for row := s.first; row < s.last; row++ {
			if row == s.first || t.city[row] != t.city[row-1] {
				last = last[:0]
				for _, name := range names(s.country, t.cityAt(row)) {
					last = append(last, hash(s.country, name))
				}
			}
			for _, h := range last {
				towns = append(towns, uint64(h)<<32|uint64(row))
			}
		}
	}
	slices.Sort(towns)
	t.towns = towns
}

func hash(country, folded string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(country))
	h.Write([]byte(folded))
	return h.Sum32()
}

// rowsOf are the rows of a town, of the state if one is given.
func (t *Table) rowsOf(country, name, state string) []int {
	h := uint64(hash(country, name)) << 32
	i, _ := slices.BinarySearch(t.towns, h)
	var rows []int
	same, checked := false, ^uint32(0)
	for ; i < len(t.towns) && t.towns[i]>>32 == h>>32; i++ {
		row := int(uint32(t.towns[i]))
		if t.city[row] != checked { // two names may share a hash
			checked = t.city[row]
			same = slices.Contains(names(country, t.cityAt(row)), name)
		}
		if at := t.states[t.state[row]]; same && (state == "" || at == "" || at == state) {
			rows = append(rows, row)
		}
	}
	return rows
}

// middle is the town that most of the rows are of. If the data names only its districts, it is
// called what the caller called it.
func (t *Table) middle(s span, asked string, rows []int) (Place, bool) {
	name := fold(asked)
	lat, lng := median(t.lat, rows), median(t.lng, rows)
	found := Place{}
	var sumLat, sumLng float64
	near := 0
	for _, row := range rows {
		p := t.place(s, row)
		if (waybill.Point{Lat: lat, Lng: lng}).Metres(waybill.Point{Lat: p.Lat, Lng: p.Lng}) > townRadius {
			continue
		}
		if near == 0 || fold(p.City) == name && fold(found.City) != name {
			found = p
		}
		sumLat, sumLng, near = sumLat+p.Lat, sumLng+p.Lng, near+1
	}
	if near*4 < len(rows)*3 {
		return Place{}, false
	}
	if fold(found.City) != name {
		found.City = strings.TrimSpace(asked)
	}
	found.Lat, found.Lng = sumLat/float64(near), sumLng/float64(near)
	found.Lat, found.Lng, found.By = math.Round(found.Lat*scale)/scale, math.Round(found.Lng*scale)/scale, ByCity
	found.TimeZone = zone(found.Country, found.State, "")
	return found, true
}

// median is the middle value of a column over some rows, in degrees.
func median(column []int32, rows []int) float64 {
	values := make([]int32, len(rows))
	for i, row := range rows {
		values[i] = column[row]
	}
	slices.Sort(values)
	return float64(values[len(values)/2]) / scale
}
