package rule

import (
	"cmp"
	"math"
	"slices"
)

// extent is what a criterion lets through, as far as it can be told without a shipment: of fields that hold text a list
// or all but a list, of those with an order spans. What cannot be told (patterns, expressions) is known by its words.
type extent struct {
	field   string
	words   string
	many    bool // the field can hold several things
	missing bool // it holds when the field has no value

	texts   bool // list is filled in
	list    []string
	except  bool // all but the list
	accepts func(string) bool

	spans []interval // of ordered fields; nil: not known
	unit  string
}

// interval is a range of an ordered field, both ends included.
type interval struct{ from, to int64 }

// textExtent describes a criterion on text: is and in name a list, the negatives all but it.
func textExtent(f field, op Op, folded []string, hit func(string) bool) *extent {
	e := &extent{field: f.Name, many: f.many != nil, accepts: hit}
	switch op {
	case Is, In:
		e.texts, e.list = true, folded
	case IsNot, NotIn:
		e.texts, e.list, e.except, e.missing = true, folded, true, true
		e.accepts = func(s string) bool { return !hit(s) }
	}
	return e
}

// numberExtent describes a criterion on a field with an order.
func numberExtent(f field, op Op, bounds []bound) *extent {
	const low, high = math.MinInt64, math.MaxInt64
	first := bounds[0].n
	e := &extent{field: f.Name, unit: bounds[0].unit}
	switch op {
	case Lt:
		e.spans = []interval{{low, first - 1}}
	case Lte:
		e.spans = []interval{{low, first}}
	case Gt:
		e.spans = []interval{{first + 1, high}}
	case Gte:
		e.spans = []interval{{first, high}}
	case Between:
		e.spans = []interval{{first, bounds[1].n}}
		if first > bounds[1].n { // over midnight, over the weekend
			e.spans = []interval{{low, bounds[1].n}, {first, high}}
		}
	default:
		for _, b := range bounds {
			if b.unit != e.unit {
				return &extent{field: f.Name}
			}
			e.spans = append(e.spans, interval{b.n, b.n})
		}
		slices.SortFunc(e.spans, func(a, b interval) int { return cmp.Compare(a.from, b.from) })
		e.spans = slices.Compact(e.spans)
		if op == IsNot || op == NotIn {
			e.spans, e.missing = complement(e.spans), true
		}
	}
	return e
}

// flagExtent describes a criterion on yes or no.
func flagExtent(f field, wanted bool) *extent {
	n := int64(0)
	if wanted {
		n = 1
	}
	return &extent{field: f.Name, spans: []interval{{n, n}}}
}

// existExtent describes a criterion that asks whether anything is given.
func existExtent(f field, wanted bool) *extent {
	e := &extent{field: f.Name, many: f.many != nil, missing: !wanted, accepts: func(string) bool { return wanted }}
	switch {
	case f.one != nil || f.many != nil:
		e.texts, e.except = true, wanted
	case f.number != nil || f.flag != nil:
		if e.spans = []interval{}; wanted {
			e.spans = []interval{{math.MinInt64, math.MaxInt64}}
		}
	}
	return e
}

// complement is what lies between and outside of spans that are in order.
func complement(list []interval) []interval {
	out, from, open := []interval{}, int64(math.MinInt64), true
	for _, s := range list {
		if open && s.from > from {
			out = append(out, interval{from, s.from - 1})
		}
		if open = s.to != math.MaxInt64; open {
			from = s.to + 1
		}
	}
	if open {
		out = append(out, interval{from, math.MaxInt64})
	}
	return out
}

// common is what two lists of spans share.
func common(a, b []interval) (out []interval) {
	for _, x := range a {
		for _, y := range b {
			if s := (interval{max(x.from, y.from), min(x.to, y.to)}); s.from <= s.to {
				out = append(out, s)
			}
		}
	}
	return out
}

// negated is what a criterion does not let through; nil: it cannot be told.
func (e *extent) negated() *extent {
	n := *e
	n.missing = !e.missing
	switch {
	case e.texts:
		n.except = !e.except
	case e.spans != nil && e.unit == "":
		n.spans = complement(e.spans)
	default:
		return nil
	}
	if accepts := e.accepts; accepts != nil {
		n.accepts = func(s string) bool { return !accepts(s) }
	}
	return &n
}

// nothing reports whether the criterion wants the field to have no value.
func (e *extent) nothing() bool { return e.texts && !e.except && len(e.list) == 0 }

// within reports whether whatever a lets through b does too; false: it need not, or cannot be told.
func (e *extent) within(b *extent) bool {
	if e.field != b.field {
		return false
	}
	if e.words == b.words {
		return true
	}
	if e.missing && !b.missing {
		return false
	}
	switch {
	case e.texts && !e.except && b.accepts != nil && !(e.many && b.texts && b.except && len(b.list) > 0):
		return all(e.list, b.accepts)
	case e.texts && e.except && b.texts && b.except:
		return all(b.list, func(s string) bool { return slices.Contains(e.list, s) })
	case e.spans != nil && b.spans != nil && e.unit == b.unit, e.spans != nil && b.spans != nil && b.unit == "" && !b.missing:
		return covered(e.spans, b.spans)
	}
	return false
}

// apart reports whether there is nothing that both let through; false: there may be.
func (e *extent) apart(b *extent) bool {
	if e.field != b.field || (e.missing && b.missing) {
		return false
	}
	switch {
	case e.many && e.texts && b.texts: // one of a list, and none of another that has all of it
		positive, negative := e, b
		if positive.except {
			positive, negative = b, e
		}
		return !positive.except && negative.except && negative.missing && all(positive.list, func(s string) bool { return slices.Contains(negative.list, s) })
	case e.many:
		return false
	case e.texts && !e.except && b.accepts != nil:
		return all(e.list, func(s string) bool { return !b.accepts(s) })
	case b.texts && !b.except && e.accepts != nil:
		return all(b.list, func(s string) bool { return !e.accepts(s) })
	case e.spans != nil && b.spans != nil && e.unit != b.unit:
		return e.unit != "" && b.unit != "" && !e.missing && !b.missing // an amount has one currency
	case e.spans != nil && b.spans != nil:
		return len(common(e.spans, b.spans)) == 0
	}
	return false
}

func all(list []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !holds(s) })
}

// covered reports whether each of the spans lies in one of the others.
func covered(list, in []interval) bool {
	for _, s := range list {
		if !slices.ContainsFunc(in, func(o interval) bool { return o.from <= s.from && s.to <= o.to }) {
			return false
		}
	}
	return true
}
