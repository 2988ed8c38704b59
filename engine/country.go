package engine

import "waybill/geo"

// Country is a country as dialects write it: ISO 3166-1 codes and the plain English name.
type Country struct {
	Alpha2 string // GB
	Alpha3 string // GBR
	Name   string // United Kingdom
}

// CountryByCode finds a country by its alpha-2 or alpha-3 code, in any case.
func CountryByCode(code string) (Country, bool) {
	c, ok := geo.CountryByCode(code)
	return Country{Alpha2: c.Alpha2, Alpha3: c.Alpha3, Name: c.Name}, ok
}
