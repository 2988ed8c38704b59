package rule

import (
	"cmp"
	"slices"
	"strings"

	"waybill"
)

// offer is a candidate being ranked.
type offer struct {
	index     int
	candidate *waybill.Candidate
	promise   promise
}

// order is how offers are ranked: what the rules in effect say, in their order; then price, speed and the
// order of the connections, as far as no rule spoke of them.
type order struct {
	claims     []*claim
	fastest    bool     // a rule ranks by speed: between equals of all rules, price decides
	currencies []string // amounts of different currencies do not compare: the first one's go first
}

func newOrder(offers []offer, l *ledger, f *Facts) *order {
	o := &order{}
	for _, c := range l.claims {
		if c.act.orders() {
			o.claims = append(o.claims, c)
			o.fastest = o.fastest || c.act.Do == Fastest
		}
	}
	for i := range offers {
		if currency := offers[i].candidate.Sold.Currency; !slices.Contains(o.currencies, currency) {
			o.currencies = append(o.currencies, currency)
		}
	}
	// The currency the goods are valued in is the account's own, more likely than any other.
	if i := slices.Index(o.currencies, f.Shipment.Value.Currency); i > 0 {
		o.currencies = slices.Insert(slices.Delete(o.currencies, i, i+1), 0, f.Shipment.Value.Currency)
	}
	return o
}

func (o *order) compare(a, b *offer, p *pool) int {
	for _, c := range o.claims {
		result := 0
		switch c.act.Do {
		case Cheapest:
			result = o.price(a, b)
		case Fastest:
			result = a.promise.compare(b.promise)
		default:
			result = prefer(c.fits(a.index, &p.options[a.index], false), c.fits(b.index, &p.options[b.index], false))
		}
		if result != 0 {
			return result
		}
	}
	return cmp.Or(o.price(a, b), a.promise.compare(b.promise), cmp.Compare(a.index, b.index))
}

// prefer orders yes before no.
func prefer(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (o *order) price(a, b *offer) int {
	x, y := a.candidate.Sold, b.candidate.Sold
	if x.Currency != y.Currency {
		return cmp.Compare(slices.Index(o.currencies, x.Currency), slices.Index(o.currencies, y.Currency))
	}
	return cmp.Compare(x.Minor, y.Minor)
}

// words say how offers were ranked.
func (o *order) words() string {
	var parts []string
	byPrice := false
	for _, c := range o.claims {
		switch c.act.Do {
		case Cheapest:
			byPrice = true
			parts = append(parts, "price")
		case Fastest:
			parts = append(parts, "speed")
		default:
			parts = append(parts, "preference")
		}
	}
	if !byPrice {
		parts = append(parts, "price")
	}
	if !o.fastest {
		parts = append(parts, "speed")
	}
	said := strings.Join(slices.Compact(parts), ", then ")
	if len(o.currencies) > 1 {
		said += " (amounts in " + o.currencies[0] + " first: different currencies do not compare)"
	}
	return said
}
