package geo

// patchy are the countries of which GeoNames lists only some of the codes in use: capitals are
// missing, or it has a few dozen where the post has hundreds.
var patchy = map[string]bool{
	"AR": true, "BL": true, "BY": true, "DO": true, "EC": true, "HN": true, "MA": true, "MD": true, "MF": true, "MW": true,
	"PA": true, "RS": true,
}

// Covers reports whether the table has the postal codes of a country, all but a few: one it does not
// know is then probably wrong. Elsewhere an address that is not found may well exist, and refusing it
// would be ours to explain.
func (t *Table) Covers(country string) bool {
	c, ok := CountryByCode(country)
	if !ok || patchy[c.Alpha2] {
		return false
	}
	_, ok = t.span(c.Alpha2)
	return ok
}
