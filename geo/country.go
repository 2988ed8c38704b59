package geo

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Country is a country or territory as parcels know it: ISO 3166-1 and ISO 4217, and the plain
// English name that vendors print ("United Kingdom", not "United Kingdom of Great Britain and …").
// Kosovo has no ISO entry; it is here as carriers write it, XK, without a number.
type Country struct {
	Alpha2   string // GB
	Alpha3   string // GBR
	Numeric  string // 826, always three digits
	Currency string // GBP; empty where there is none of its own (Antarctica)
	Name     string // United Kingdom
	zone     string // where most people live
}

//go:embed country.tsv
var countryFile string

// codeAlias are codes the EU uses instead of the ISO ones.
var codeAlias = map[string]string{"UK": "GB", "EL": "GR"}

// nameAlias is what else callers call a country, folded.
var nameAlias = map[string]string{
	"united states of america": "US", "u s a": "US", "u s": "US", "great britain": "GB", "england": "GB",
	"scotland": "GB", "wales": "GB", "northern ireland": "GB", "republic of ireland": "IE", "eire": "IE",
	"holland": "NL", "the netherlands": "NL", "deutschland": "DE", "czech republic": "CZ", "turkiye": "TR",
	"slovak republic": "SK", "russian federation": "RU", "korea": "KR", "republic of korea": "KR",
	"viet nam": "VN", "burma": "MM", "swaziland": "SZ", "macedonia": "MK", "macau": "MO", "ivory coast": "CI",
	"cabo verde": "CV", "east timor": "TL", "uae": "AE", "holy see": "VA", "brunei darussalam": "BN",
	"the bahamas": "BS", "the gambia": "GM", "congo kinshasa": "CD", "congo brazzaville": "CG",
}

// countryIndex is all countries, in order of alpha-2, and by code and by folded name.
type countryIndex struct {
	list   []Country
	byCode map[string]*Country
	byName map[string]*Country
}

var countries = sync.OnceValue(func() countryIndex {
	x := countryIndex{byCode: map[string]*Country{}, byName: map[string]*Country{}}
	for line := range strings.Lines(countryFile) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 6 {
			x.list = append(x.list, Country{Alpha2: f[0], Alpha3: f[1], Numeric: f[2], Currency: f[3], zone: f[4], Name: f[5]})
		}
	}
	for i := range x.list {
		c := &x.list[i]
		x.byCode[c.Alpha2], x.byCode[c.Alpha3] = c, c
		if c.Numeric != "" {
			x.byCode[c.Numeric] = c
		}
		x.byName[fold(c.Name)] = c
	}
	for alias, alpha2 := range codeAlias {
		x.byCode[alias] = x.byCode[alpha2]
	}
	for alias, alpha2 := range nameAlias {
		x.byName[alias] = x.byCode[alpha2]
	}
	return x
})

// Countries are all countries in order of their alpha-2 codes; the slice is the caller's.
func Countries() []Country { return slices.Clone(countries().list) }

// CountryByCode finds a country by its alpha-2, alpha-3 or three-digit code, in any case; UK and EL
// are taken for GB and GR.
func CountryByCode(code string) (Country, bool) {
	c, ok := countries().byCode[code]
	if !ok {
		c, ok = countries().byCode[strings.ToUpper(strings.TrimSpace(code))]
	}
	if !ok {
		return Country{}, false
	}
	return *c, true
}

// CountryByName finds a country by its English name or another in common use ("Holland"), ignoring
// case, accents and punctuation. A code is taken too, because callers mix the two.
func CountryByName(name string) (Country, bool) {
	if c, ok := countries().byName[fold(name)]; ok {
		return *c, true
	}
	return CountryByCode(name)
}
