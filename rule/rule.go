// Package rule decides by an account's shipping rules which carriers may carry a shipment, which of
// their rates wins and what else happens to it. It is pure: facts in, decision and trace out; the
// time is a fact.
//
// A stored rule is data. Its When is a tree of JSON objects, see [Condition]; its Then is a JSON list of
// actions, see [Action]. [Parse] checks one rule and says where it is wrong; [Compile] makes a [Set] of
// an account's rules. A Set runs twice for a shipment: [Set.Before] the carriers are asked for rates, and
// [Set.After] they came in. A rule that speaks of a rate (its price, its carrier…) is decided after;
// every other rule before.
//
// All rules that match take part, the more important first; between equals the one with more criteria,
// then the older. Where two of them contradict each other the first wins, and the trace says so.
package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"waybill"
)

// What a rule may be at most. They bound the work of one decision, not what people write: a list of
// all postal areas of a country fits many times.
const (
	maxBytes   = 64 << 10 // of When and of Then
	maxDepth   = 10       // of the condition tree
	maxLeaves  = 200
	maxActions = 50
)

// Compiled is a rule that was checked and is ready to run. It is immutable.
type Compiled struct {
	rule     waybill.Rule
	when     node
	then     []action
	criteria int
	rated    bool
}

// Name is the rule's own name.
func (c *Compiled) Name() string { return c.rule.Name }

// Criteria is how specific the rule is: the number of its criteria. Of alternatives ("any") the
// smallest counts, since no more than that need hold.
func (c *Compiled) Criteria() int { return c.criteria }

// AfterRating reports whether the rule speaks of rates and is decided once they are in.
func (c *Compiled) AfterRating() bool { return c.rated }

// Parse checks a rule. The error is a *waybill.Error with ReasonFields that holds every mistake, each
// with the path of its node, such as "when.all[1].value" or "then[0].service".
func Parse(r waybill.Rule) (Compiled, error) {
	c, problems := parse(r, "")
	return c, problems.err("rule.parse", r.Name)
}

func parse(r waybill.Rule, prefix string) (Compiled, problems) {
	var p parser
	c := Compiled{rule: r}
	condition, ok := p.condition(r.When, prefix+"when")
	if ok {
		c.when = p.compile(condition, prefix+"when")
		c.criteria, c.rated = c.when.criteria(), c.when.rated()
	}
	if actions := p.actions(r.Then, prefix+"then"); ok { // else nobody knows whether it speaks of rates
		c.then = p.compileActions(actions, prefix+"then", r.Name, c.rated)
	}
	return c, p.problems
}

// Set is an account's rules in the order they take effect. It is immutable and safe for concurrent use.
type Set struct {
	before []*Compiled
	after  []*Compiled
}

// Compile makes a set of rules; suspended ones are left out. Paths in its error begin with the index
// of the rule: "rules[2].when.field".
func Compile(rules []waybill.Rule) (Set, error) {
	var all []*Compiled
	var wrong problems
	name := ""
	for i, r := range rules {
		if r.Suspended {
			continue
		}
		c, problems := parse(r, fmt.Sprintf("rules[%d].", i))
		if len(wrong) == 0 && len(problems) > 0 {
			name = r.Name
		}
		wrong = append(wrong, problems...)
		all = append(all, &c)
	}
	if err := wrong.err("rule.compile", name); err != nil {
		return Set{}, err
	}
	slices.SortStableFunc(all, precede)
	var s Set
	for _, c := range all {
		if c.rated {
			s.after = append(s.after, c)
		} else {
			s.before = append(s.before, c)
		}
	}
	return s, nil
}

// precede orders rules: importance, then criteria, then age.
func precede(a, b *Compiled) int {
	return cmp.Or(
		cmp.Compare(b.rule.Importance, a.rule.Importance),
		cmp.Compare(b.criteria, a.criteria),
		a.rule.Created.Compare(b.rule.Created),
		strings.Compare(string(a.rule.ID), string(b.rule.ID)),
		strings.Compare(a.rule.Name, b.rule.Name),
	)
}

// precedence says in words why rule a comes before rule b.
func precedence(a, b *Compiled) string {
	switch {
	case a == b:
		return "an earlier action of"
	case a.rule.Importance != b.rule.Importance:
		return "the more important rule"
	case a.criteria != b.criteria:
		return "the more specific rule"
	default:
		return "the older rule"
	}
}
