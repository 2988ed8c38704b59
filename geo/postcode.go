package geo

import (
	"slices"
	"strings"
)

// shapes are how postal codes look, per country, without separators and country prefix: '#' is a
// digit, '%' a digit but zero, '@' a letter, '*' either, anything else itself; several shapes are
// separated by a space. What needs more than a shape is in rules.
var shapes = map[string]string{
	// Europe
	"AD": "%00", "AL": "####", "AM": "####", "AT": "%###", "AX": "22###", "AZ": "####", "BA": "%####", "BE": "%###",
	"BG": "%###", "BY": "2#####", "CH": "%###", "CY": "%###", "CZ": "%####", "DE": "#####", "DK": "####", "EE": "#####",
	"ES": "#####", "FI": "#####", "FO": "###", "FR": "#####", "GE": "####", "GI": "GX111AA", "GL": "39##", "GR": "%####",
	"HR": "%####", "HU": "%###", "IE": "@##**** D6W****", "IS": "###", "IT": "#####", "LI": "94##", "LT": "#####",
	"LU": "%###", "LV": "%###", "MC": "980##", "MD": "####", "ME": "8####", "MK": "%###", "MT": "@@@#### @@@##",
	"NL": "%###@@", "NO": "####", "PL": "#####", "PT": "%######", "RO": "######", "RS": "##### ######", "RU": "%#####",
	"SE": "%####", "SI": "%###", "SJ": "917# 8099", "SK": "#####", "SM": "4789#", "TR": "#####", "UA": "#####",
	"VA": "00120", "XK": "%####",
	// The Americas
	"AI": "2640", "AR": "%### @%### @%###@@@", "BB": "#####", "BL": "97133", "BM": "@@## @@@@", "BR": "########",
	"CL": "#######", "CO": "######", "CR": "#####", "CU": "#####", "DO": "#####", "EC": "######", "GF": "973##",
	"GP": "971## 970##", "GT": "#####", "HN": "##### @@####", "HT": "####", "KY": "#####", "LC": "##### ##", "MF": "97150 97051", "MQ": "972##",
	"MS": "####", "MX": "#####", "NI": "#####", "PA": "#### #####", "PE": "#####", "PM": "97500", "PY": "#### ######",
	"SV": "####", "TT": "######", "UY": "#####", "VC": "####", "VE": "#### ####@", "VG": "11##",
	// Asia and the Middle East
	"AF": "####", "BD": "####", "BH": "### ####", "BN": "@@####", "BT": "#####", "CN": "######", "ID": "%####",
	"IL": "####### #####", "IN": "%#####", "IQ": "#####", "IR": "########## #####", "JO": "#####", "JP": "#######",
	"KG": "######", "KH": "##### ######", "KR": "#####", "KW": "#####", "KZ": "###### @##@#@#", "LA": "#####",
	"LB": "#### ########", "LK": "#####", "MM": "#####", "MN": "##### ######", "MV": "#####", "MY": "#####", "NP": "#####",
	"OM": "###", "PH": "####", "PK": "%####", "PS": "### #######", "SA": "##### #########", "SG": "######", "TH": "%####",
	"TJ": "######", "TM": "######", "TW": "### ##### ######", "UZ": "######", "VN": "##### ######",
	// Africa
	"CV": "####", "DZ": "#####", "EG": "##### #######", "ET": "####", "GN": "###", "GW": "####", "KE": "#####", "LR": "####",
	"LS": "###", "MA": "%####", "MG": "###", "MU": "##### @####", "MW": "######", "MZ": "####", "NA": "#####", "NE": "####",
	"NG": "######", "RE": "974## 977##", "SD": "#####", "SN": "#####", "SS": "#####", "SZ": "@###", "TN": "####", "TZ": "#####",
	"YT": "976##", "ZA": "####", "ZM": "#####",
	// Oceania
	"AU": "####", "CC": "6799", "CX": "6798", "NC": "988##", "NF": "2899", "NR": "NRU68", "NU": "9974", "NZ": "####", "PF": "987##", "PG": "###",
	"WF": "986##", "WS": "####",
	// One code for all of an overseas territory
	"FK": "FIQQ1ZZ", "GS": "SIQQ1ZZ", "IO": "BBND1ZZ", "PN": "PCRN1ZZ", "SH": "ASCN1ZZ STHL1ZZ TDCU1ZZ", "TC": "TKCA1ZZ",
	// The United States Postal Service, with or without the four digits of a street side
	"US": "##### #########", "PR": "00### 00#######", "VI": "008## 008######", "GU": "969## 969######", "AS": "96799 96799####",
	"MP": "9695# 9695#####", "FM": "9694# 9694#####", "MH": "969## 969######", "PW": "96940 96940####",
}

// PostcodeValid reports whether a postal code looks like one of its country; whether it exists is
// for [Table.Locate] to say. Case, spaces, hyphens and the country's prefix do not count. Known is
// false, and valid with it, where we have no shape to compare with: nobody should refuse a code
// then. That includes countries without postal codes, whose addresses come with all kinds of filler.
func PostcodeValid(country, postcode string) (known, valid bool) {
	c, ok := CountryByCode(country)
	if !ok {
		return false, false
	}
	rule, ok := rules[c.Alpha2]
	if !ok {
		list, ok := shapes[c.Alpha2]
		if !ok {
			return false, false
		}
		rule = func(code string) bool {
			return slices.ContainsFunc(strings.Fields(list), func(shape string) bool { return shaped(code, shape) })
		}
	}
	var buf [maxCode]byte
	code, ok := bare(c.Alpha2, postcode, &buf)
	return true, ok && rule(string(code))
}

// rules are for the countries whose codes a shape alone cannot tell.
var rules = map[string]func(code string) bool{
	"GB": royalMail, "GG": islands("GY"), "IM": islands("IM"), "JE": islands("JE"),
	"CA": canadian,
}

// shaped reports whether a code has a shape.
func shaped(code, shape string) bool {
	if len(code) != len(shape) {
		return false
	}
	for i := range len(shape) {
		c, ok := code[i], false
		switch shape[i] {
		case '#':
			ok = c >= '0' && c <= '9'
		case '%':
			ok = c >= '1' && c <= '9'
		case '@':
			ok = c >= 'A' && c <= 'Z'
		case '*':
			ok = true
		default:
			ok = c == shape[i]
		}
		if !ok {
			return false
		}
	}
	return true
}

// royalMail is a British code: an outward part of one of six shapes, an inward part whose letters
// are none that are easily misread; or a field post office; or the old Girobank's.
func royalMail(code string) bool {
	n := len(code)
	if rest, ok := strings.CutPrefix(code, "BFPO"); ok {
		return len(rest) >= 1 && len(rest) <= 4 && strings.Trim(rest, "0123456789") == ""
	}
	if n < 5 || !shaped(code[n-3:], "#@@") || strings.ContainsAny(code[n-2:], "CIKMOV") {
		return false
	}
	return code == "GIR0AA" || slices.ContainsFunc([]string{"@#", "@##", "@#@", "@@#", "@@##", "@@#@"}, func(shape string) bool {
		return shaped(code[:n-3], shape)
	})
}

// islands is the code of an island that is one area of the British scheme.
func islands(area string) func(string) bool {
	return func(code string) bool { return strings.HasPrefix(code, area) && royalMail(code) }
}

// canadian is a Canadian code: the first letter is one of the eighteen districts, and none is a
// letter that is easily misread.
func canadian(code string) bool {
	return shaped(code, "@#@#@#") && !strings.ContainsAny(code, "DFIOQU") && code[0] != 'W' && code[0] != 'Z'
}
