package ratecard

import (
	"slices"
	"strings"
)

// maxPostcode is longer than any postcode in use, separators left out.
const maxPostcode = 16

// british are the countries whose postcodes are an outward and an inward code: BS2 3AP. There a plain
// pattern ends where a code ends, so that B is Birmingham and not Bristol too.
var british = []string{"GB", "GG", "IM", "JE"}

// postcode is a postcode in the form patterns are compared in: upper case, letters and digits only.
type postcode struct {
	text [maxPostcode]byte
	size int
	// of a British one: where the area (BS), the district (BS2) and the outward code end; else 0.
	area, district, outward int
}

// readPostcode brings a postcode to the form patterns are compared in.
func readPostcode(p *postcode, written string, isBritish bool) {
	*p = postcode{}
	for i := 0; i < len(written) && p.size < maxPostcode; i++ {
		c := written[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if isLetter(c) || isDigit(c) {
			p.text[p.size] = c
			p.size++
		}
	}
	if isBritish {
		p.split()
	}
}

// split finds the parts of a British postcode. The inward code is always three characters; a code of
// four or fewer is an outward code alone.
func (p *postcode) split() {
	p.outward = p.size
	if p.size >= 5 {
		p.outward = p.size - 3
	}
	for p.area < p.outward && isLetter(p.text[p.area]) {
		p.area++
	}
	p.district = p.area
	for p.district < p.outward && isDigit(p.text[p.district]) {
		p.district++
	}
}

// numbered writes a British district with two digits (IV02), so that districts compare as numbers.
func (p *postcode) numbered(buffer *[maxPostcode]byte) []byte {
	key := append(buffer[:0], p.text[:p.area]...)
	if p.district-p.area == 1 {
		key = append(key, '0')
	}
	return append(key, p.text[p.area:p.district]...)
}

// patterns is a compiled list of postcode patterns of one country.
type patterns struct {
	british bool
	begins  map[string]struct{} // what a postcode may begin with
	lengths [maxPostcode + 1]bool
	whole   map[string]struct{} // British: areas, districts, outward codes; and beginnings past the outward code
	spans   []span
	globs   []string
}

// span is a list of ranges whose ends have one length, sorted and not overlapping.
type span struct {
	width  int
	ranges [][2]string
}

// compilePatterns reads patterns that [patternProblem] has nothing against.
func compilePatterns(list []string, isBritish bool) *patterns {
	p := &patterns{british: isBritish, begins: map[string]struct{}{}, whole: map[string]struct{}{}}
	for _, written := range list {
		low, high, ranged := strings.Cut(strings.ToUpper(strings.TrimSpace(written)), "..")
		plain := compact(low)
		start, starred := strings.CutSuffix(plain, "*")
		switch {
		case ranged:
			p.addRange(plain, compact(high))
		case strings.ContainsAny(start, "*?#@"):
			p.globs = append(p.globs, plain)
		case isBritish && !starred:
			p.addBritish(low)
		default:
			p.begins[start] = struct{}{}
			p.lengths[len(start)] = true
		}
	}
	for i := range p.spans {
		p.spans[i].ranges = merge(p.spans[i].ranges)
	}
	return p
}

// addBritish takes a plain British pattern: an area, a district, an outward code, a sector or a whole
// postcode. A space, or the shape of a whole postcode, tells the outward code's end.
func (p *patterns) addBritish(written string) {
	if outward, inward, spaced := strings.Cut(strings.TrimSpace(written), " "); spaced {
		p.whole[compact(outward)+" "+compact(inward)] = struct{}{}
		return
	}
	plain := compact(written)
	if n := len(plain); n >= 5 && isDigit(plain[n-3]) && isLetter(plain[n-2]) && isLetter(plain[n-1]) {
		plain = plain[:n-3] + " " + plain[n-3:]
	}
	p.whole[plain] = struct{}{}
}

// addRange takes a range, whose ends it keeps at one length.
func (p *patterns) addRange(low, high string) {
	if p.british {
		low, high = district(low), district(high)
	}
	i := slices.IndexFunc(p.spans, func(s span) bool { return s.width == len(low) })
	if i < 0 {
		i = len(p.spans)
		p.spans = append(p.spans, span{width: len(low)})
	}
	p.spans[i].ranges = append(p.spans[i].ranges, [2]string{low, high})
}

// district is a British district with its number in two digits; empty when it is none.
func district(written string) string {
	var p postcode
	readPostcode(&p, written, true)
	if p.area == 0 || p.district != p.size || p.district-p.area < 1 || p.district-p.area > 2 {
		return ""
	}
	var buffer [maxPostcode]byte
	return string(p.numbered(&buffer))
}

// merge sorts ranges and joins those that overlap, so that one search finds the only candidate.
func merge(ranges [][2]string) [][2]string {
	slices.SortFunc(ranges, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	joined := ranges[:1]
	for _, r := range ranges[1:] {
		if last := &joined[len(joined)-1]; r[0] <= last[1] {
			last[1] = max(last[1], r[1])
		} else {
			joined = append(joined, r)
		}
	}
	return joined
}

// match reports whether any pattern describes how the postcode begins.
func (p *patterns) match(code *postcode) bool {
	text := code.text[:code.size]
	for n := 0; n <= len(text); n++ {
		if p.lengths[n] {
			if _, ok := p.begins[string(text[:n])]; ok {
				return true
			}
		}
	}
	if len(p.whole) > 0 && p.matchWhole(code) {
		return true
	}
	key := text
	if len(p.spans) > 0 && p.british {
		var buffer [maxPostcode]byte
		key = code.numbered(&buffer)
	}
	for i := range p.spans {
		if s := &p.spans[i]; s.holds(key, p.british) {
			return true
		}
	}
	for _, glob := range p.globs {
		if globMatch(glob, text) {
			return true
		}
	}
	return false
}

// matchWhole looks the British parts up: area, district, outward code, then each length of inward code.
func (p *patterns) matchWhole(code *postcode) bool {
	for _, end := range [...]int{code.area, code.district, code.outward} {
		if _, ok := p.whole[string(code.text[:end])]; ok && end > 0 {
			return true
		}
	}
	var spaced [maxPostcode + 1]byte
	n := copy(spaced[:], code.text[:code.outward])
	spaced[n] = ' '
	copy(spaced[n+1:], code.text[code.outward:code.size])
	for end := n + 2; end <= code.size+1; end++ {
		if _, ok := p.whole[string(spaced[:end])]; ok {
			return true
		}
	}
	return false
}

// holds reports whether the postcode's beginning is in one of the ranges. British districts compare whole.
func (s *span) holds(key []byte, isBritish bool) bool {
	if len(key) < s.width || (isBritish && len(key) != s.width) {
		return false
	}
	key = key[:s.width]
	low, high := 0, len(s.ranges)
	for low < high {
		middle := (low + high) / 2
		switch r := &s.ranges[middle]; {
		case string(key) < r[0]:
			high = middle
		case string(key) > r[1]:
			low = middle + 1
		default:
			return true
		}
	}
	return false
}

// globMatch reports whether the text begins as the glob says: ? any character, # a digit, @ a letter, * any
// run. A failed try goes back to the last star, so the work is at most length times length.
func globMatch(glob string, text []byte) bool {
	star, mark, g := -1, 0, 0
	for t := 0; g < len(glob); {
		switch {
		case glob[g] == '*':
			star, mark = g, t
			g++
		case t < len(text) && fits(glob[g], text[t]):
			g++
			t++
		case star >= 0 && mark < len(text):
			mark++
			g, t = star+1, mark
		default:
			return false
		}
	}
	return true
}

func fits(pattern, c byte) bool {
	switch pattern {
	case '?':
		return true
	case '#':
		return isDigit(c)
	case '@':
		return isLetter(c)
	default:
		return pattern == c
	}
}

// patternProblem says in words what is wrong with a pattern; empty: nothing.
func patternProblem(written string, isBritish bool) string {
	low, high, ranged := strings.Cut(strings.ToUpper(strings.TrimSpace(written)), "..")
	low, high = compact(low), compact(high)
	for i := 0; i < len(low+high); i++ {
		if c := (low + high)[i]; !isLetter(c) && !isDigit(c) && !strings.ContainsRune("*?#@", rune(c)) {
			return "a postcode pattern has letters, digits, spaces, hyphens and * ? # @ only"
		}
	}
	switch {
	case low == "" || (ranged && high == ""):
		return "a postcode pattern cannot be empty"
	case len(low) > maxPostcode || len(high) > maxPostcode:
		return "a postcode pattern has at most 16 characters"
	case !ranged:
		return ""
	case strings.ContainsAny(low+high, "*?#@"):
		return "a postcode range has no wildcards"
	case isBritish:
		return districtRangeProblem(low, high)
	case len(low) != len(high):
		return "both ends of a postcode range have the same length"
	case low > high:
		return "a postcode range runs upwards"
	}
	return ""
}

// districtRangeProblem is patternProblem for a British range, IV1..IV28.
func districtRangeProblem(low, high string) string {
	from, to := district(low), district(high)
	if from == "" || to == "" {
		return "a British postcode range goes from district to district, such as IV1..IV28"
	}
	if strings.TrimRight(from, "0123456789") != strings.TrimRight(to, "0123456789") {
		return "both ends of a British postcode range are in one area"
	}
	if from > to {
		return "a postcode range runs upwards"
	}
	return ""
}

// compact leaves spaces and hyphens out.
func compact(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(s)
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
