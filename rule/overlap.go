package rule

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
)

// Notice is something about a rule of a set that is allowed and hardly meant. It is said only where it is certain.
type Notice struct {
	Rule    int    // index in the set
	Other   int    // of the rule that it has to do with; negative: of none but itself
	Path    string // of the condition or action; empty: the whole rule
	Message string
}

// Notices finds rules that can never come to anything, because their conditions exclude each other or another takes all
// of their shipments before, and rules that contradict each other with nothing but their age to decide between them. Rules that are suspended or wrong are
// left out; one that was never stored counts as the youngest.
func Notices(rules []waybill.Rule) (list []Notice) {
	var all []*noticed
	for i, r := range rules {
		if r.Suspended {
			continue
		}
		if r.Created.IsZero() {
			r.Created = time.Unix(1<<40, 0)
		}
		c, problems := parse(r, "")
		if len(problems) > 0 {
			continue
		}
		n := &noticed{Compiled: &c, index: i, tree: c.when.tree("when", false)}
		clashes, never := n.tree.clashes()
		for _, k := range clashes {
			list = append(list, Notice{i, -1, k.second.path, "it never holds together with " + k.first.path})
		}
		if !never {
			all = append(all, n)
		}
	}
	for _, r := range all {
		list = append(list, r.unreached(all)...)
		list = append(list, r.contradicted(all)...)
	}
	slices.SortStableFunc(list, func(a, b Notice) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path)) })
	return list
}

// noticed is a rule that is held against others.
type noticed struct {
	*Compiled
	index int
	tree  tree
}

func (r *noticed) does(do Do) bool {
	return slices.ContainsFunc(r.then, func(a action) bool { return a.Do == do })
}

// unreached tells of a rule, or of an action of it, that another always comes before.
func (r *noticed) unreached(all []*noticed) (list []Notice) {
	for _, other := range all {
		if other == r || other.rated || !r.tree.within(&other.tree) {
			continue
		}
		first := precede(other.Compiled, r.Compiled) < 0
		switch {
		case other.does(Ignore) && (first || !(r.does(Hold) || r.does(Ignore))) && !other.forestalled(r, all):
			return []Notice{{r.index, other.index, "", "it is never reached: the rule " + other.Name() + " takes the same shipments, and they go no further (ignore)"}}
		case first && other.does(Hold) && !r.does(Hold) && !r.does(Ignore) && !other.forestalled(r, all):
			list = append(list, Notice{r.index, other.index, "", "it has a say only once a person lets the shipment go: the rule " + other.Name() + " holds the same shipments"})
		}
	}
	for i := range r.then {
		by, first := r.preempted(&r.then[i], all)
		if by == nil {
			continue
		}
		n := Notice{r.index, by.index, "then[" + strconv.Itoa(r.then[i].at) + "]", "it decides nothing: " +
			precedence(by.Compiled, r.Compiled) + " " + by.Name() + " takes the same shipments, and its " + string(first.Do) + " comes first"}
		told := func(o Notice) bool { return o.Path == n.Path && o.Other == n.Other } // an action may be two
		if !slices.ContainsFunc(list, told) {
			list = append(list, n)
		}
	}
	return list
}

// forestalled reports whether a third rule may decide otherwise about shipments of r before this one does.
func (other *noticed) forestalled(r *noticed, all []*noticed) bool {
	return slices.ContainsFunc(all, func(third *noticed) bool {
		return third != r && third != other && (third.does(Hold) || third.does(Ignore)) &&
			precede(third.Compiled, other.Compiled) < 0 && !third.tree.apart(&r.tree)
	})
}

// preempted is the rule with an action that always comes before one of r's and leaves it nothing to decide, and that
// action; nil: there is none.
func (r *noticed) preempted(a *action, all []*noticed) (*noticed, *action) {
	for _, other := range all {
		if other == r || precede(other.Compiled, r.Compiled) >= 0 || (other.rated && !r.rated) || !r.tree.within(&other.tree) {
			continue
		}
		if a.slot == "" {
			if b := r.barred(a, other); b != nil && !other.narrowedBefore(r, a, b, all) {
				return other, b
			}
		} else if b := slotted(other, a); b != nil {
			return other, b
		}
	}
	return nil, nil
}

// barred is the action of a rule before r by which one of r's, that takes carriers or services out, would leave nothing;
// nil: there is none.
func (r *noticed) barred(a *action, other *noticed) *action {
	for i := range other.then {
		b := &other.then[i]
		switch {
		case a.Do == Exclude && r.rated: // it may take but some of the rates
		case b.Do == Exclude && other.rated && !r.rated:
		case b.narrows() && a.narrows() && a.against(b):
			return b
		}
	}
	return nil
}

// narrowedBefore reports whether a third rule may have overruled this one's action b on shipments of r, and leaves r's
// action a something.
func (other *noticed) narrowedBefore(r *noticed, a, b *action, all []*noticed) bool {
	overrules := func(c action) bool {
		spared := c.Do == Exclude && c.Target.apart(&b.Target) || c.Do != Exclude && !c.Target.empty() && c.Target.words() == b.Target.words()
		return c.narrows() && !spared && !a.against(&c)
	}
	return slices.ContainsFunc(all, func(third *noticed) bool {
		before := third.rated == other.rated && precede(third.Compiled, other.Compiled) < 0 || other.rated && !third.rated
		return third != r && third != other && before && slices.ContainsFunc(third.then, overrules) && !third.tree.apart(&r.tree)
	})
}

// slotted is the action of a rule that decides what a decides; nil: it has none.
func slotted(r *noticed, a *action) *action {
	for i := range r.then {
		if r.then[i].slot == a.slot {
			return &r.then[i]
		}
	}
	return nil
}

// contradicted tells of older rules, as important and as specific, that may take the same shipments and want something
// else of them. What is preempted for good has been told.
func (r *noticed) contradicted(all []*noticed) (list []Notice) {
	for _, other := range all {
		if other == r || other.rated != r.rated || other.criteria != r.criteria || other.rule.Importance != r.rule.Importance || precede(other.Compiled, r.Compiled) > 0 {
			continue
		}
		for i := range r.then {
			a := &r.then[i]
			if by, _ := r.preempted(a, all); by != nil || !other.opposes(a) || !r.tree.shares(&other.tree) {
				continue
			}
			list = append(list, Notice{r.index, other.index, "then[" + strconv.Itoa(a.at) + "]", "the rule " + other.Name() +
				" is as important and as specific, and wants something else of shipments that both take: the older one wins"})
		}
	}
	return list
}

// opposes reports whether an action of the rule surely wants something else.
func (r *noticed) opposes(a *action) bool {
	return slices.ContainsFunc(r.then, func(b action) bool {
		if a.slot != "" || b.slot != "" {
			return a.slot == b.slot && !a.same(&b)
		}
		return a.against(&b)
	})
}

// against reports whether of two actions that take carriers or services out one surely leaves nothing of the other.
func (a *action) against(b *action) bool {
	wants := func(a *action) bool { return a.Do == Require || a.Do == Fixed }
	switch {
	case wants(a) && b.Do == Exclude, a.Do == Exclude && wants(b):
		return !a.Target.empty() && a.Target.words() == b.Target.words()
	case wants(a) && wants(b):
		return a.Target.apart(&b.Target)
	}
	return false
}

// apart reports whether nothing can be meant by both targets.
func (t *Target) apart(u *Target) bool {
	none := func(a, b []string) bool {
		return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(s string) bool { return foldContains(b, s) })
	}
	// A connection has an id besides its name, and nobody here knows whose that is.
	ids := slices.ContainsFunc(slices.Concat(t.Connection, u.Connection), isID)
	return none(t.Carrier, u.Carrier) || !ids && none(t.Connection, u.Connection) || none(t.Provider, u.Provider) ||
		len(t.Service) > 0 && len(u.Service) > 0 && !overlap(t.Service, u.Service)
}

// isID reports whether a text is formed as an id: 24 hexadecimal digits.
func isID(text string) bool { return len(text) == 24 && strings.Trim(text, "0123456789abcdef") == "" }
