package rule

import (
	"cmp"
	"slices"
	"strconv"

	"waybill"
)

// Ranking is what is decided once rates are in. Ignore, Hold, ReturnService and Printer are the final word:
// what [Set.Before] decided, with what rules that speak of rates made of it.
type Ranking struct {
	Candidates    []waybill.Candidate // the best first, its Rank 1; after them those that are out, Rejected saying why
	Fallback      waybill.Fallback    // for [Next]; off when Fixed
	Fixed         bool                // the caller or a rule named the service: no other may be tried
	Ignore        string
	Hold          string
	ReturnService ServiceKey
	Printer       string
	Steps         []waybill.Step
}

// Winner is the candidate to book first; false: none is left.
func (r Ranking) Winner() (waybill.Candidate, bool) {
	if len(r.Candidates) == 0 || r.Candidates[0].Rank != 1 {
		return waybill.Candidate{}, false
	}
	return r.Candidates[0], true
}

// After ranks the rates that came in for a selection: those in Candidates with Rejected set are out
// already and stay so. Unless rules say otherwise the cheapest comes first, then the fastest, then the order
// of the connections.
func (s Set) After(sel Selection, candidates []waybill.Candidate) Ranking {
	var t trace
	candidates = slices.Clone(candidates)
	p := ratePool(&sel, candidates)
	var matched []*claim
	if sel.choice.bypass == "" {
		matched = sel.matchRated(s.after, candidates, p, &t)
	}
	claims := merge(sel.ledger.claims, matched)

	var inEffect ledger
	for _, c := range claims {
		if sel.decided(c, p, &inEffect, &t) {
			inEffect.settle(c, p, &t)
		}
	}
	ranking := Ranking{Fixed: sel.choice.fixed || inEffect.fixed(), Fallback: DefaultFallback()}
	if c := inEffect.holder("fallback"); c != nil {
		c.act.limits(&ranking.Fallback, sel.facts)
	}
	if ranking.Fixed {
		ranking.Fallback.Off = true
	}
	winner := ranking.rank(candidates, p, &inEffect, sel.facts, &t)
	ranking.conclude(&sel, claims, winner, &t)
	if sel.facts.RequireMatch && sel.none {
		ranking.Ignore = noMatch
	}
	ranking.Steps = t
	return ranking
}

// ratePool makes one option of each rate. Rates nobody asked for are out, and those that cannot do what
// the shipment needs.
func ratePool(sel *Selection, candidates []waybill.Candidate) *pool {
	p := &pool{options: make([]option, len(candidates))}
	for i := range candidates {
		c, o := &candidates[i], &p.options[i]
		*o = option{provider: &c.Provider, service: c.Rate.ServiceName, abilities: c.Rate.Abilities, out: c.Rejected}
		o.code, o.number = serviceOf(c)
		if o.out == "" {
			o.out = sel.unasked(c, o)
		}
		if o.out == "" {
			o.out = unmet(sel.needs, o.abilities)
		}
	}
	return p
}

// unasked is why a rate should not have come in at all: what took its service or connection out before
// rating. It completes the option's abilities.
func (sel *Selection) unasked(c *waybill.Candidate, o *option) string {
	reason := "the connection was not to be asked"
	for i := range sel.options {
		before := &sel.options[i]
		switch {
		case before.provider.Connection != c.Connection:
			continue
		case before.out != "" && (before.open || before.code == o.code):
			return before.out
		case before.open:
			if picks := sel.facts.Shipment.Choice.Proposed; len(picks) > 0 && !proposed(picks, o) {
				return "the caller proposed " + proposal(picks)
			}
			return ""
		case before.code == o.code:
			if o.abilities == nil {
				o.abilities = before.abilities
			}
			return ""
		}
		reason = "the service is not enabled"
	}
	return reason
}

// matchRated matches the rules that speak of rates, each with every rate that is in.
func (sel *Selection) matchRated(rules []*Compiled, candidates []waybill.Candidate, p *pool, t *trace) []*claim {
	v := &view{facts: sel.facts}
	var claims []*claim
	for _, rule := range rules {
		hits, complaint := make([]bool, len(candidates)), ""
		for i := range candidates {
			if p.options[i].out != "" {
				continue
			}
			v.candidate = &candidates[i]
			ok, failed := rule.when.holds(v)
			hits[i] = ok
			if !ok && complaint == "" {
				complaint = "for " + label(v.candidate) + " " + failed.complaint(v)
			}
		}
		if !slices.Contains(hits, true) {
			t.add(waybill.StageRule, rule.Name(), waybill.StepNotMatched, cmp.Or(complaint, "there is no rate to ask about"))
			continue
		}
		sel.none = false
		t.add(waybill.StageRule, rule.Name(), waybill.StepMatched, "it wants "+rule.when.words+": "+matchedLabels(candidates, hits))
		for i := range rule.then {
			claims = append(claims, &claim{rule: rule, act: &rule.then[i], hits: hits})
		}
	}
	return claims
}

func matchedLabels(candidates []waybill.Candidate, hits []bool) string {
	var labels []string
	for i := range candidates {
		if hits[i] {
			labels = append(labels, label(&candidates[i]))
		}
	}
	return words(labels)
}

// merge puts claims of both kinds of rules in the order they take effect.
func merge(before, rated []*claim) []*claim {
	all := slices.Concat(before, rated)
	slices.SortStableFunc(all, func(a, b *claim) int { return precede(a.rule, b.rule) })
	return all
}

// decided lets a claim from before rating take effect again, on the rates, without a word; it reports
// whether the claim is still to be settled. Claims that depend on who wins wait for [Ranking.conclude].
func (sel *Selection) decided(c *claim, p *pool, l *ledger, t *trace) (open bool) {
	switch {
	case c.waits():
		return false
	case c.hits != nil && sel.choice.pinned != "" && (c.act.narrows() || c.act.orders()):
		t.add(waybill.StageRule, c.rule.Name(), waybill.StepSkipped, c.act.words+", but "+sel.choice.pinned)
		return false
	case c.hits != nil:
		return true
	case c.act.slot != "" && l.holder(c.act.slot) != nil && !l.holder(c.act.slot).act.same(c.act):
		return true // a more important rule that speaks of rates was quicker
	case c.act.narrows():
		p.narrow(c)
	}
	l.claims = append(l.claims, c)
	return false
}

// waits reports whether the claim takes effect only if the winner is a rate it matched.
func (c *claim) waits() bool {
	return slices.Contains([]Do{Hold, Ignore, Printer, ReturnService, Alter}, c.act.Do)
}

// conclude decides what happens beside the booking: claims of rules that speak of rates count if they
// matched the winner (an index, or -1).
func (r *Ranking) conclude(sel *Selection, claims []*claim, winner int, t *trace) {
	var l ledger
	for _, c := range claims {
		switch {
		case !c.waits() || (c.hits != nil && winner < 0):
		case c.hits == nil && (l.holder(c.act.slot) == nil || l.holder(c.act.slot).act.same(c.act)):
			l.claims = append(l.claims, c)
		case c.hits != nil && !c.hits[winner]:
			t.add(waybill.StageRule, c.rule.Name(), waybill.StepSkipped, c.act.words+", but the rate chosen is not one it matched")
		default:
			l.settle(c, nil, t)
		}
	}
	if c := l.holder("outcome"); c != nil && c.act.Do == Hold {
		r.Hold = c.reason()
	} else if c != nil {
		r.Ignore = c.reason()
	}
	if c := l.holder("printer"); c != nil {
		r.Printer = c.act.Name
	}
	if c := l.holder("return service"); c != nil {
		r.ReturnService = c.act.Service[0]
	}
}

// rank orders the candidates that are left and answers the winner's index among those given.
func (r *Ranking) rank(candidates []waybill.Candidate, p *pool, l *ledger, f *Facts, t *trace) int {
	offers := make([]offer, 0, len(candidates))
	for i := range candidates {
		c := &candidates[i]
		c.Rank, c.Rejected = 0, p.options[i].out
		if c.Rejected != "" {
			t.add(waybill.StageRate, label(c), waybill.StepRejected, c.Rejected)
			continue
		}
		offers = append(offers, offer{index: i, candidate: c, promise: promised(c, f.Now)})
	}
	order := newOrder(offers, l, f)
	slices.SortStableFunc(offers, func(a, b offer) int { return order.compare(&a, &b, p) })
	r.Candidates = make([]waybill.Candidate, 0, len(candidates))
	for i := range offers {
		o := &offers[i]
		o.candidate.Rank = i + 1
		r.Candidates = append(r.Candidates, *o.candidate)
		outcome := waybill.StepRanked
		detail := "rank " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(offers)) + ": " + o.candidate.Sold.String() + ", " + o.promise.String()
		if i == 0 {
			outcome = waybill.StepChosen
			detail += "; ranked by " + order.words()
		}
		t.add(waybill.StageRank, label(o.candidate), outcome, detail)
	}
	for i := range candidates {
		if candidates[i].Rejected != "" {
			r.Candidates = append(r.Candidates, candidates[i])
		}
	}
	if len(offers) == 0 {
		t.add(waybill.StageRank, "all rates", waybill.StepFailed, "none is left to choose from")
		return -1
	}
	return offers[0].index
}
