package rule

import (
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// place is an address's postal code as patterns see it. Case, spaces and hyphens do not count.
type place struct {
	shown   string // as the caller wrote it
	whole   string // SW1A1AA
	outward string // SW1A: the part that names the district; all of it where a country's codes have none
	british bool
	area    area // of the outward part
}

// area is a district in parts: SW1A is SW, 1, A.
type area struct {
	letters string
	number  int
	suffix  string
}

func readPlace(country, postcode string) *place {
	p := &place{shown: postcode, whole: squeeze(postcode)}
	p.british = slices.Contains([]string{"GB", "GG", "JE", "IM"}, country)
	p.outward = outward(country, p.whole)
	p.area, _ = readArea(p.outward)
	return p
}

// squeeze brings a code into upper case without spaces, hyphens and points.
func squeeze(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		clean = clean && (s[i] >= '0' && s[i] <= '9' || s[i] >= 'A' && s[i] <= 'Z')
	}
	if clean {
		return s
	}
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '\t' || r == '\u00a0' {
			return -1
		}
		return r
	}, s))
}

// outward is the part of a code that names the district: what is written before the space or hyphen
// in the countries that write one, so that "SW1A", "M5V" and "90210" stand for all codes in them.
func outward(country, code string) string {
	length := len(code)
	switch country {
	case "GB", "GG", "JE", "IM": // the inward part is a digit and two letters
		if n := len(code) - 3; n >= 2 && digits(code[n:n+1]) && !strings.ContainsAny(code[n+1:], "0123456789") {
			length = n
		}
	case "CA", "IE", "JP":
		length = 3
	case "NL", "PT":
		length = 4
	case "US", "BR":
		length = 5
	}
	return code[:min(length, len(code))]
}

// readArea takes letters, a number and at most one more letter apart.
func readArea(s string) (area, bool) {
	i := 0
	for i < len(s) && s[i] >= 'A' && s[i] <= 'Z' {
		i++
	}
	j := i
	for j < len(s) && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	if i == 0 || j == i || j-i > 9 {
		return area{letters: s[:i]}, false
	}
	number, _ := strconv.Atoi(s[i:j])
	return area{letters: s[:i], number: number, suffix: s[j:]}, len(s)-j <= 1
}

func digits(s string) bool   { return s != "" && strings.Trim(s, "0123456789") == "" }
func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// patterns is a list of postal codes, ranges and wildcards, ready to be matched.
type patterns struct {
	codes map[string]struct{} // a whole code or a district
	globs []string
	spans []span
	areas []areaSpan
}

// span is a range of numeric codes of one length; areaSpan one of districts that share their letters.
type (
	span     struct{ low, high string }
	areaSpan struct{ low, high area }
)

// match reports whether any pattern fits the place.
func (ps *patterns) match(p *place) bool {
	if p.whole == "" {
		return false
	}
	if _, ok := ps.codes[p.whole]; ok {
		return true
	}
	if _, ok := ps.codes[p.outward]; ok {
		return true
	}
	if p.british { // BT is all of Belfast's area, SW1 has SW1A in it
		if _, ok := ps.codes[p.area.letters]; ok {
			return true
		}
		if _, ok := ps.codes[strings.TrimSuffix(p.outward, p.area.suffix)]; ok {
			return true
		}
	}
	for _, s := range ps.spans {
		if s.has(p.whole) || s.has(p.outward) {
			return true
		}
	}
	for _, s := range ps.areas {
		if s.has(p.area) {
			return true
		}
	}
	return slices.ContainsFunc(ps.globs, func(pattern string) bool { return glob(pattern, p.whole) })
}

func (s span) has(code string) bool {
	return len(code) == len(s.low) && s.low <= code && code <= s.high && digits(code)
}

// has compares letters exactly, then number, then suffix. SW1-SW3 ends with all of SW3, SW3A included.
func (s areaSpan) has(a area) bool {
	if a.letters == "" || a.letters != s.low.letters || a.number < s.low.number || a.number > s.high.number {
		return false
	}
	if a.number == s.low.number && a.suffix < s.low.suffix {
		return false
	}
	return a.number < s.high.number || s.high.suffix == "" || a.suffix <= s.high.suffix
}

// readPatterns reads patterns as people list them, separated by commas or lines:
//
//	SW1A 1AA      that code
//	SW1, M5V, BT  the district (and, in the United Kingdom, the area) with all codes in it
//	BT1-BT94      districts from one to the other
//	10000-10299   numeric codes of one length from one to the other
//	IM*, *00      * stands for any text
//
// A hyphen between two numbers of different length is part of the code: 00-950, 1000-001, 02118-1234.
func (p *parser) readPatterns(list string, raw []byte, path string, into *patterns) {
	for _, pattern := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" {
			continue
		}
		if problem := into.add(pattern); problem != "" {
			p.wrong(path, waybill.RuleFormat, raw, "%q: %s", shorten(pattern, 40), problem)
		}
	}
}

func (ps *patterns) add(pattern string) (problem string) {
	left, right, isRange := divide(pattern)
	low, high := squeeze(left), squeeze(right)
	switch {
	case strings.Contains(pattern, "*"):
		return ps.addGlob(squeeze(pattern), isRange && (strings.Contains(low, "*") || (hasDigit(low) && !digits(strings.Trim(high, "*")))))
	case !isRange:
	case digits(low) && digits(high) && len(low) == len(high):
		if low > high {
			return "the range runs backwards"
		}
		ps.spans = append(ps.spans, span{low, high})
		return ""
	case hasDigit(low) && !digits(low):
		return ps.addAreas(low, high)
	}
	code := squeeze(pattern)
	if code == "" || strings.Trim(code, codeLetters) != "" {
		return notCode
	}
	ps.codes[code] = struct{}{}
	return ""
}

const (
	codeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	notCode     = "a postal code has letters and digits"
)

func (ps *patterns) addGlob(pattern string, inRange bool) (problem string) {
	switch {
	case inRange:
		return "a range has no wildcard in it"
	case strings.Trim(pattern, codeLetters+"*") != "":
		return notCode
	}
	ps.globs = append(ps.globs, pattern)
	return ""
}

func (ps *patterns) addAreas(from, to string) (problem string) {
	low, ok1 := readArea(from)
	high, ok2 := readArea(to)
	switch {
	case !ok1 || !ok2:
		return "a range goes from one district to another, such as BT1-BT94"
	case low.letters != high.letters:
		return "a range keeps its letters: write AB1-AB9, BT1-BT94"
	case low.number > high.number || (low.number == high.number && high.suffix != "" && low.suffix > high.suffix):
		return "the range runs backwards"
	}
	ps.areas = append(ps.areas, areaSpan{low, high})
	return ""
}

// divide finds the hyphen of a range: the one between spaces, else the middle one.
func divide(pattern string) (left, right string, ok bool) {
	if left, right, ok = strings.Cut(pattern, " - "); ok {
		return left, right, true
	}
	parts := strings.Split(pattern, "-")
	if len(parts)%2 != 0 {
		return pattern, "", false
	}
	half := len(parts) / 2
	return strings.Join(parts[:half], "-"), strings.Join(parts[half:], "-"), true
}

// postcodeTest makes a criterion on a postal code. is and is_not take one code or district; the others
// patterns.
func (p *parser) postcodeTest(l *leaf, f field, op Op, value []byte, path string) {
	ps := &patterns{codes: map[string]struct{}{}}
	before := len(p.problems)
	listed := p.postcodes(op, value, path)
	for _, s := range listed {
		p.readPatterns(s, value, path, ps)
	}
	ranged := len(ps.globs) + len(ps.spans) + len(ps.areas)
	switch {
	case len(p.problems) > before:
	case ranged+len(ps.codes) == 0:
		p.wrong(path, waybill.RuleEmpty, value, "postal codes are wanted")
	case (op == Is || op == IsNot) && (len(ps.codes) != 1 || ranged > 0):
		p.wrong(path, waybill.RuleFormat, value, "%s takes one postal code or district; in and matches take patterns", op)
	}
	wanted := op != IsNot && op != NotIn
	l.words = phrase(f, op, shorten(words(listed), 120))
	l.test = func(v *view) bool { return ps.match(f.place(v)) == wanted }
	l.got = func(v *view) string {
		if shown := f.place(v).shown; shown != "" {
			return shown
		}
		return "missing"
	}
}

// postcodes reads the value: a text with commas, or a list of such texts for in and not_in.
func (p *parser) postcodes(op Op, value []byte, path string) []string {
	if s, ok := text(value); ok {
		return []string{s}
	}
	if op != In && op != NotIn {
		p.wrong(path, waybill.RuleString, value, "postal codes are text")
		return nil
	}
	elements, _ := p.elements(value, path)
	var list []string
	for i, element := range elements {
		s, ok := text(element)
		if !ok {
			p.wrong(path+"["+strconv.Itoa(i)+"]", waybill.RuleString, element, "postal codes are text")
		}
		list = append(list, s)
	}
	return list
}
