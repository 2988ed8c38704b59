package rule

import (
	"slices"
	"strconv"

	"waybill"
)

// option is something a shipment may go by: a service of a connection before rating, a rate after.
type option struct {
	connection int // index of the connection
	provider   *waybill.Provider
	increment  int
	code       string
	service    string // name
	number     int64
	abilities  []string     // nil: not known yet
	open       bool         // services known only once rates come in: stands for all of them…
	named      []ServiceKey // …or, once a rule required some, for these
	out        string       // why it is out; empty: still in
	by         *claim       // the rule's action that took it out
}

func (o *option) label() string {
	service := o.service
	if service == "" {
		service = o.code
	}
	return named(o.provider, service)
}

// claim is an action of a rule that matched.
type claim struct {
	rule *Compiled
	act  *action
	hits []bool // of a rule that speaks of rates: the options it matched; nil: all
}

// fits reports whether the claim is about an option. Open options fit a service "perhaps": unsure.
func (c *claim) fits(i int, o *option, unsure bool) bool {
	if c.hits != nil && !c.hits[i] {
		return false
	}
	if !c.act.carrierFits(o.provider) {
		return false
	}
	if o.open && len(c.act.Service) > 0 {
		return unsure && (o.named == nil || overlap(o.named, c.act.Service))
	}
	return c.act.serviceFits(o.code, o.number)
}

// overlap reports whether two lists may mean a service in common: a code and a number may be the same.
func overlap(a, b []ServiceKey) bool {
	return slices.ContainsFunc(a, func(k ServiceKey) bool {
		return slices.ContainsFunc(b, func(other ServiceKey) bool {
			return k == other || (k.Number == 0) != (other.Number == 0)
		})
	})
}

// pool is what is left of the options.
type pool struct {
	options  []option
	required *claim // the first require or fixed that took effect
}

// keep takes out whatever does not fit, with a reason.
func (p *pool) keep(fits func(*option) bool, reason string) {
	for i := range p.options {
		if o := &p.options[i]; o.out == "" && !fits(o) {
			o.out = reason
		}
	}
}

// left is how many options are in.
func (p *pool) left() int {
	n := 0
	for i := range p.options {
		if p.options[i].out == "" {
			n++
		}
	}
	return n
}

// stays reports whether an option survives a claim.
func (c *claim) stays(i int, o *option) bool {
	if c.act.Do == Exclude {
		return !c.fits(i, o, false)
	}
	return c.fits(i, o, true)
}

// against finds the claim that a new one contradicts: an exclusion that would leave nothing of what was
// required; a requirement all of whose options were excluded, or that shares none with an earlier one.
// Two exclusions never contradict each other: together they may leave nothing.
func (p *pool) against(c *claim) *claim {
	if p.left() == 0 {
		return nil
	}
	var excluded *claim
	for i := range p.options {
		o := &p.options[i]
		if !c.stays(i, o) {
			continue
		}
		if o.out == "" {
			return nil // something is left: no contradiction
		}
		if excluded == nil && o.by != nil {
			excluded = o.by
		}
	}
	if c.act.Do == Exclude || excluded == nil {
		return p.required
	}
	return excluded
}

// narrow carries out a claim.
func (p *pool) narrow(c *claim) {
	for i := range p.options {
		o := &p.options[i]
		switch {
		case o.out != "":
		case !c.stays(i, o):
			o.out, o.by = c.act.reason, c
		case o.open && c.act.Do != Exclude && len(c.act.Service) > 0:
			o.named = slices.DeleteFunc(slices.Clone(c.act.Service), func(k ServiceKey) bool {
				return o.named != nil && !overlap(o.named, []ServiceKey{k})
			})
		}
	}
	if c.act.Do != Exclude && p.required == nil {
		p.required = c
	}
}

// ledger holds the claims in effect, in the order they took effect.
type ledger struct{ claims []*claim }

// holder is the claim that has a slot; nil: nobody.
func (l *ledger) holder(slot string) *claim {
	i := slices.IndexFunc(l.claims, func(c *claim) bool { return c.act.slot == slot })
	if i < 0 {
		return nil
	}
	return l.claims[i]
}

// trace is the story of a decision.
type trace []waybill.Step

func (t *trace) add(stage, subject, outcome, detail string) {
	*t = append(*t, waybill.Step{Stage: stage, Subject: subject, Outcome: outcome, Detail: detail})
}

// overruled notes that a claim gave way to another.
func (t *trace) overruled(c, by *claim) {
	t.add(waybill.StageRule, c.rule.Name(), waybill.StepOverruled,
		c.act.words+", but "+precedence(by.rule, c.rule)+" "+strconv.Quote(by.rule.Name())+" "+by.act.words)
}

func (t *trace) applied(c *claim) {
	t.add(waybill.StageRule, c.rule.Name(), waybill.StepApplied, c.act.words)
}

// settle lets one claim take effect on the options left, or on its slot, or give way to an earlier one of
// another mind.
func (l *ledger) settle(c *claim, p *pool, t *trace) {
	var by *claim
	if c.act.narrows() {
		by = p.against(c)
	} else if c.act.slot != "" {
		by = l.holder(c.act.slot)
	}
	if by != nil && !by.act.same(c.act) {
		t.overruled(c, by)
		return
	}
	if c.act.narrows() {
		p.narrow(c)
	}
	l.claims = append(l.claims, c)
	t.applied(c)
}

// fixed reports whether a rule in effect named the service.
func (l *ledger) fixed() bool {
	return slices.ContainsFunc(l.claims, func(c *claim) bool { return c.act.Do == Fixed })
}
