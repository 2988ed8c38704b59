package rule

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"waybill"
)

// Notice is something about a rule of a set that is allowed and hardly meant. It is said only where it is certain.
type Notice struct {
	Rule    int    // index in the set
	Other   int    // of the rule that it has to do with
	Path    string // of the action; empty: the whole rule
	Message string
}

// Notices finds rules that can never come to anything, because another takes all of their shipments before, and rules
// that contradict each other with nothing but their age to decide between them. Rules that are suspended or wrong are
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
		if len(problems) == 0 {
			all = append(all, &noticed{Compiled: &c, index: i, tree: c.when.tree(false)})
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
		if by := r.preempted(&r.then[i], all); by != nil {
			list = append(list, Notice{r.index, by.index, "then[" + strconv.Itoa(r.then[i].at) + "]", "it decides nothing: " +
				precedence(by.Compiled, r.Compiled) + " " + by.Name() + " takes the same shipments, and its " + string(slotted(by, &r.then[i]).Do) + " comes first"})
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

// preempted is the rule whose action of the same slot always comes before one of r's; nil: there is none.
func (r *noticed) preempted(a *action, all []*noticed) *noticed {
	if a.slot == "" {
		return nil
	}
	for _, other := range all {
		if other == r || precede(other.Compiled, r.Compiled) >= 0 || (other.rated && !r.rated) {
			continue
		}
		if slotted(other, a) != nil && r.tree.within(&other.tree) {
			return other
		}
	}
	return nil
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
			if r.preempted(a, all) != nil || !other.opposes(a) || !r.tree.shares(&other.tree) {
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
		switch {
		case a.slot != "" || b.slot != "":
			return a.slot == b.slot && !a.same(&b)
		case a.Do == Require && b.Do == Exclude || a.Do == Exclude && b.Do == Require:
			return !a.Target.empty() && a.Target.words() == b.Target.words()
		case (a.Do == Require || a.Do == Fixed) && (b.Do == Require || b.Do == Fixed):
			return a.Target.apart(&b.Target)
		}
		return false
	})
}

// apart reports whether nothing can be meant by both targets.
func (t *Target) apart(u *Target) bool {
	none := func(a, b []string) bool {
		return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(s string) bool { return foldContains(b, s) })
	}
	return none(t.Carrier, u.Carrier) || none(t.Connection, u.Connection) || none(t.Provider, u.Provider) ||
		len(t.Service) > 0 && len(u.Service) > 0 && !overlap(t.Service, u.Service)
}
