package dialect

import (
	"strconv"
	"strings"

	"waybill"
)

// Accept is the best of the offered media types for the caller's Accept header: the highest quality, then
// the order of the offer. No header accepts anything. If nothing fits, the error is ReasonNotAcceptable.
func (r *Request) Accept(offers ...string) (string, error) {
	header := strings.TrimSpace(strings.Join(r.Header.Values("Accept"), ","))
	if header == "" {
		return offers[0], nil
	}
	best, highest := "", 0
	for _, offer := range offers {
		if q := quality(strings.Split(header, ","), offer); q > highest {
			best, highest = offer, q
		}
	}
	if best == "" {
		return "", waybill.E("accept", waybill.ReasonNotAcceptable, "answers come as %s", strings.Join(offers, " or "))
	}
	return best, nil
}

// quality is how much a media type is wanted, in thousandths: that of the most exact range that covers
// it (RFC 9110 section 12.5.1).
func quality(ranges []string, offer string) int {
	kind, _, _ := strings.Cut(offer, "/")
	wanted, exactness := 0, 0
	for _, text := range ranges {
		name, parameters, _ := strings.Cut(text, ";")
		exact := map[string]int{"*/*": 1, kind + "/*": 2, offer: 3}[strings.ToLower(strings.TrimSpace(name))]
		if exact > exactness {
			wanted, exactness = thousandths(parameters), exact
		}
	}
	return wanted
}

// thousandths reads the q of a range's parameters; 1000 when there is none that can be read.
func thousandths(parameters string) int {
	for _, p := range strings.Split(parameters, ";") {
		value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q=")
		if !ok {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		n, err := strconv.Atoi(whole + (fraction + "000")[:3])
		if err == nil && n >= 0 && n <= 1000 {
			return n
		}
	}
	return 1000
}
