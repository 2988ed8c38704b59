package geo

// Place is where an address was found: a point good for distances, zones and time zones, not for
// the driver's last hundred metres.
type Place struct {
	Country  string // alpha-2, of the territory itself: a San Juan address given as US is in PR
	Postcode string // the area found, as the country prints it: BS2, 1066, 02118, 452 40; empty unless By is ByPostcode
	City     string // as the postal data spells it
	State    string // code, see Subdivision; empty where addresses carry none
	Lat, Lng float64
	TimeZone string // IANA name: the main one of the country or state
	By       By
}

// By is what an address was found by, from exact to rough.
type By string

// The three ways to find a place.
const (
	ByPostcode By = "postcode" // the centre of its postal area
	ByCity     By = "city"     // the centre of its town
	ByCapital  By = "capital"  // only the country is known, and it has no postal codes
)

// relatives are the territories whose codes are part of another country's scheme and turn up in
// addresses under its name, and the islands that keep theirs among a neighbour's.
var relatives = map[string][]string{
	"US": {"PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW"},
	"FR": {"GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "MC"},
	"GB": {"GG", "JE", "IM"},
	"AU": {"CC", "CX", "NF"},
	"IT": {"SM", "VA"},
	"CH": {"LI"}, "NO": {"SJ"}, "FI": {"AX"}, "DK": {"FO", "GL"},
	"GG": {"GB"}, "JE": {"GB"}, "IM": {"GB"}, "BL": {"GP"}, "MF": {"GP"}, "AX": {"FI"}, "SJ": {"NO"},
}

// Locate finds an address by its postal code, or, if that is blank, by its town (and state, where
// a country has several towns of the name). Codes are taken as people write them: any case, with or
// without spaces, hyphens and country prefix, more exact than the data (ZIP+4, a full British,
// Canadian or Dutch code). The country may be given by any of its codes.
//
// A code that is given but not known is not located, whatever the town: someone must look at that
// address. Only where the data itself is patchy does the town speak for it; [Table.Covers] tells
// these countries, and those without any data, from the rest. In countries without postal codes the
// code is ignored, and an address is placed by its town or else the seat of government.
func (t *Table) Locate(country, postcode, city, state string) (Place, bool) {
	c, ok := CountryByCode(country)
	if !ok {
		return Place{}, false
	}
	if towns, ok := uncoded[c.Alpha2]; ok {
		return settle(c.Alpha2, towns, city)
	}
	var buf [maxCode]byte
	code, ok := bare(c.Alpha2, postcode, &buf)
	if !ok {
		return Place{}, false
	}
	if len(code) == 0 {
		if p, ok := t.locateCity(c.Alpha2, city, state); ok {
			return p, true
		}
		return settle(c.Alpha2, optional[c.Alpha2], city)
	}
	key, ok := keyOf(area(c.Alpha2, code))
	if !ok {
		return Place{}, false
	}
	if p, ok := t.locateKey(c.Alpha2, key); ok {
		return p, true
	}
	for _, relative := range relatives[c.Alpha2] {
		if p, ok := t.locateKey(relative, key); ok {
			return p, true
		}
	}
	if patchy[c.Alpha2] {
		return t.locateCity(c.Alpha2, city, state)
	}
	return Place{}, false
}

// locateKey finds an area of one country.
func (t *Table) locateKey(country string, key uint32) (Place, bool) {
	s, ok := t.span(country)
	if !ok {
		return Place{}, false
	}
	var p Place
	if i, ok := t.row(s, key); ok {
		key, p = t.keys[i], t.place(s, i)
	} else if p, ok = s.gapAt(key); !ok {
		return Place{}, false
	}
	p.Postcode, p.By = s.print(key), ByPostcode
	p.TimeZone = zone(p.Country, p.State, p.Postcode)
	return p, true
}

// place is the town of a row.
func (t *Table) place(s span, row int) Place {
	return Place{
		Country: s.country, City: t.cityAt(row), State: t.states[t.state[row]],
		Lat: float64(t.lat[row]) / scale, Lng: float64(t.lng[row]) / scale,
	}
}
