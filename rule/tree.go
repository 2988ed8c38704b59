package rule

import (
	"slices"
	"strconv"
	"strings"
)

// Fields of criteria that cannot be told: expressions, and what denies a pattern.
const (
	expressionField = "expression"
	deniedPrefix    = "not "
)

// tree is a condition as it is held against others: all or any of its kids, or one criterion. What is denied has been
// carried down to the criteria.
type tree struct {
	any  bool
	kids []tree
	leaf *extent
	path string // where it stands in the rule
}

// tree makes one of a condition that stands at a path; denied: of its contrary.
func (n *node) tree(path string, denied bool) tree {
	switch n.kind {
	case "leaf":
		e := n.leaf.extent
		if denied {
			if n := e.negated(); n != nil {
				n.words = deniedPrefix + e.words
				return tree{leaf: n, path: path}
			}
			return tree{leaf: &extent{field: deniedPrefix + e.field, words: deniedPrefix + e.words}, path: path}
		}
		return tree{leaf: e, path: path}
	case "not":
		return n.kids[0].tree(path+".not", !denied)
	}
	t := tree{any: (n.kind == "any") != denied, path: path}
	for i := range n.kids {
		t.kids = append(t.kids, n.kids[i].tree(path+"."+n.kind+"["+strconv.Itoa(i)+"]", denied))
	}
	return t
}

// clash is a pair of nodes of which both must hold and surely never do together.
type clash struct{ first, second *tree }

// clashes finds them, and whether they leave no way for the tree to hold.
func (t *tree) clashes() (list []clash, never bool) {
	possible := 0
	for i := range t.kids {
		below, impossible := t.kids[i].clashes()
		list = append(list, below...)
		if !impossible {
			possible++
		}
		for j := 0; j < i && !t.any; j++ {
			if t.kids[j].apart(&t.kids[i]) {
				return append(list, clash{&t.kids[j], &t.kids[i]}), true
			}
		}
	}
	if t.any {
		return list, len(t.kids) > 0 && possible == 0
	}
	return list, possible < len(t.kids)
}

// within reports whether u holds wherever t does; false: it need not, or cannot be told.
func (t *tree) within(u *tree) bool {
	switch {
	case u.leaf == nil && !u.any:
		return every(u.kids, func(kid *tree) bool { return t.within(kid) })
	case t.leaf == nil && t.any:
		return every(t.kids, func(kid *tree) bool { return kid.within(u) })
	case u.leaf == nil:
		if some(u.kids, func(kid *tree) bool { return t.within(kid) }) {
			return true
		}
	case t.leaf != nil:
		return t.leaf.within(u.leaf)
	case u.leaf.spans != nil:
		if e := t.narrowed(u.leaf); e != nil && e.within(u.leaf) {
			return true
		}
	}
	return t.leaf == nil && some(t.kids, func(kid *tree) bool { return kid.within(u) })
}

// narrowed is what all criteria of t on the field of e let through together: "over 2 kg" and "at most 5 kg" is a span.
func (t *tree) narrowed(e *extent) (sum *extent) {
	for i := range t.kids {
		k := t.kids[i].leaf
		if k == nil || k.field != e.field || k.spans == nil || k.unit != e.unit {
			continue
		}
		if sum == nil {
			first := *k
			sum = &first
			sum.words = ""
			continue
		}
		sum.spans, sum.missing = common(sum.spans, k.spans), sum.missing && k.missing
	}
	return sum
}

// apart reports whether the two surely never hold together.
func (t *tree) apart(u *tree) bool {
	switch {
	case t.leaf == nil && t.any:
		return every(t.kids, func(kid *tree) bool { return kid.apart(u) })
	case u.leaf == nil && u.any:
		return every(u.kids, func(kid *tree) bool { return t.apart(kid) })
	case t.leaf == nil:
		return some(t.kids, func(kid *tree) bool { return kid.apart(u) })
	case u.leaf == nil:
		return some(u.kids, func(kid *tree) bool { return t.apart(kid) })
	}
	return t.leaf.apart(u.leaf)
}

// shares reports whether the two surely take some shipments in common.
func (t *tree) shares(u *tree) bool { return t.within(u) || u.within(t) || t.meets(u) }

// mostWays is how many ways of holding are looked at.
const mostWays = 32

// meets reports whether the two surely can hold together: there is a way for each in which no two criteria of one
// field, or of one address, are in each other's way. False: they cannot, or it cannot be told.
func (t *tree) meets(u *tree) bool {
	for _, a := range t.ways() {
		for _, b := range u.ways() {
			if possible(slices.Concat(a, b)) {
				return true
			}
		}
	}
	return false
}

// ways are lists of criteria each of which is enough for the tree to hold; not all when there are many.
func (t *tree) ways() (list [][]*extent) {
	switch {
	case t.leaf != nil:
		return [][]*extent{{t.leaf}}
	case t.any:
		for i := range t.kids {
			list = append(list, t.kids[i].ways()...)
		}
		return list[:min(len(list), mostWays)]
	}
	list = [][]*extent{nil}
	for i := range t.kids {
		var next [][]*extent
		for _, way := range list {
			for _, more := range t.kids[i].ways() {
				if len(next) < mostWays {
					next = append(next, slices.Concat(way, more))
				}
			}
		}
		list = next
	}
	return list
}

// possible reports whether some shipment surely meets all criteria: those of one field leave something, and nothing
// that cannot be told stands beside a criterion it may have to do with.
func possible(way []*extent) bool {
	for i, e := range way {
		if e.field == expressionField || strings.HasPrefix(e.field, deniedPrefix) || !e.leaves(way) {
			return false
		}
		for _, other := range way[:i] {
			if e.field != other.field && e.depends(other) {
				return false
			}
		}
	}
	return true
}

// depends reports whether two criteria on different fields may have to do with each other: a country and a postal code
// are not free of each other, nor are a carrier and its services.
func (e *extent) depends(other *extent) bool {
	side, _, _ := strings.Cut(e.field, ".")
	otherSide, _, _ := strings.Cut(other.field, ".")
	offer := func(field string) bool {
		return slices.Contains([]string{"carrier", "connection", "provider", "service", "price", "transit_days", "delivery_by"}, field)
	}
	return side == otherSide && side != "attribute" || offer(e.field) && offer(other.field)
}

// leaves reports whether the criteria of a way on the field of e surely leave anything in common.
func (e *extent) leaves(way []*extent) bool {
	var same []*extent
	for _, k := range way {
		if k.field == e.field && k.words != e.words {
			same = append(same, k)
		}
	}
	agree := func(holds func(*extent) bool) bool {
		return !slices.ContainsFunc(same, func(k *extent) bool { return !holds(k) })
	}
	switch {
	case len(same) == 0, e.missing && agree(func(k *extent) bool { return k.missing }):
		return true
	case e.many:
		return agree(func(k *extent) bool { return k.texts && !e.apart(k) && !e.nothing() && !k.nothing() })
	case e.texts && !e.except:
		return slices.ContainsFunc(e.list, func(s string) bool {
			return agree(func(k *extent) bool { return k.accepts != nil && k.accepts(s) })
		})
	case e.texts:
		return agree(func(k *extent) bool { return k.texts })
	case e.spans != nil:
		left := e.spans
		return agree(func(k *extent) bool { left = common(left, k.spans); return k.unit == e.unit }) && len(left) > 0
	}
	return false
}

func every(kids []tree, holds func(*tree) bool) bool {
	for i := range kids {
		if !holds(&kids[i]) {
			return false
		}
	}
	return true
}

func some(kids []tree, holds func(*tree) bool) bool {
	for i := range kids {
		if holds(&kids[i]) {
			return true
		}
	}
	return false
}
