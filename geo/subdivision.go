package geo

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed subdivision.tsv
var subdivisionFile string

// subdivisionIndex is the subdivisions of the countries whose addresses carry one.
type subdivisionIndex struct {
	code map[string]string // country + folded name, code or former code -> code
	name map[string]string // country + code -> name
}

var subdivisions = sync.OnceValue(func() subdivisionIndex {
	x := subdivisionIndex{code: map[string]string{}, name: map[string]string{}}
	for line := range strings.Lines(subdivisionFile) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) < 3 {
			continue
		}
		country, code := f[0], f[1]
		x.name[country+code] = f[2]
		for _, word := range f[1:] {
			x.code[country+fold(word)] = code
		}
	}
	return x
})

// Subdivision is the code an address writes for a state, province or emirate (the part of ISO 3166-2
// after the hyphen: "MA" for Massachusetts), given its name, its code or a former code, in any case
// and with or without accents. It is empty for a name not known and for countries whose addresses
// carry no subdivision.
func Subdivision(country, name string) string {
	c, ok := CountryByCode(country)
	if !ok || name == "" {
		return ""
	}
	x := subdivisions()
	if _, ok := x.name[c.Alpha2+name]; ok {
		return name
	}
	folded := fold(name)
	if code, ok := x.code[c.Alpha2+folded]; ok {
		return code
	}
	// "US-MA" is how ISO itself writes it.
	return x.code[c.Alpha2+strings.TrimPrefix(folded, strings.ToLower(c.Alpha2)+" ")]
}

// SubdivisionName is the plain name of a subdivision: "Massachusetts" for US and MA. What
// [Subdivision] takes is taken here.
func SubdivisionName(country, code string) string {
	c, _ := CountryByCode(country)
	return subdivisions().name[c.Alpha2+Subdivision(c.Alpha2, code)]
}
