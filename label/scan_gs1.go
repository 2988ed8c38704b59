package label

import (
	"net/url"
	"strings"
)

// element is a part of a GS1 barcode: an application identifier and what it says (GS1 General Specifications, 3.2).
type element struct{ ai, value string }

// sized are the identifiers met on parcels and goods whose values have a length of their own; all others end with FNC1
// or with the barcode.
var sized = map[string]int{
	"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6, "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13, "416": 13,
	"402": 17, "422": 3, "424": 3, "426": 3,
}

// open are those of values that end with FNC1.
var open = map[string]bool{
	"10": true, "21": true, "37": true, "240": true, "241": true, "400": true, "401": true, "403": true, "420": true, "421": true, "423": true, "425": true,
}

// elements cuts a GS1 barcode into its parts: with identifiers in brackets, as people read them, or with FNC1 (a group
// separator) behind values of any length, as scanners send them. Nil: it is none.
func elements(text string) (list []element) {
	if strings.HasPrefix(text, "(") {
		for rest := text; rest != ""; {
			ai, value, ok := strings.Cut(strings.TrimPrefix(rest, "("), ")")
			if !ok || !digits(ai) || ai == "" {
				return nil
			}
			value, rest, ok = strings.Cut(value, "(")
			if ok {
				rest = "(" + rest
			}
			list = append(list, element{ai, strings.Trim(value, " \x1d")})
		}
		return list
	}
	for rest := text; rest != ""; rest = strings.TrimPrefix(rest, "\x1d") {
		e, after := first(rest)
		if e.ai == "" {
			return nil
		}
		list, rest = append(list, e), after
	}
	return list
}

// first is the element that a text begins with; without identifier: none.
func first(text string) (element, string) {
	for n := 2; n <= 3 && n <= len(text); n++ {
		ai := text[:n]
		if size, ok := sized[ai]; ok && len(text) >= n+size && digits(text[n:n+size]) {
			return element{ai, text[n : n+size]}, text[n+size:]
		}
		if open[ai] {
			value, rest, _ := strings.Cut(text[n:], "\x1d")
			return element{ai, value}, rest
		}
	}
	return element{}, text
}

// gs1 reads the SSCC (00) or the article (01, 02) that a GS1 barcode of several parts names.
func gs1(text string) (list []Reading) {
	for _, e := range elements(text) {
		switch {
		case e.ai == "00" && len(e.value) == 18 && Valid(GS1, e.value):
			list = append(list, Reading{Form: FormSSCC, Number: e.value, Checked: true})
		case (e.ai == "01" || e.ai == "02") && len(e.value) == 14 && Valid(GS1, e.value):
			list = append(list, Reading{Form: FormGTIN, Number: e.value, Checked: true})
		}
	}
	return list
}

// links are what an address in a QR code may name: a carrier's or our own page of a parcel has its number at the end of
// the path, or as a value behind it.
func links(text string) (names []string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil
	}
	add := func(name string) {
		if name = strings.TrimSpace(name); name != "" && len(names) < 8 {
			names = append(names, name)
		}
	}
	add(u.Path[strings.LastIndex(u.Path, "/")+1:])
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(pair, "=")
		if value, err := url.QueryUnescape(value); err == nil {
			add(value)
		}
	}
	return names
}
