package rule

import (
	"slices"
	"strconv"

	"waybill"
)

// Selection is what is decided before carriers are asked for rates.
type Selection struct {
	// Connections are to be asked, in the order given, each for the services that remain (nil: for all it
	// has). The rest is in Steps, with why not.
	Connections   []Connection
	Ignore        string     // not empty: try nothing, and why
	Hold          string     // not empty: wait for a person, and why
	Changes       []Change   // to be made to the shipment first: see [Selection.Apply]
	ReturnService ServiceKey // the return service to attach; zero: none
	Printer       string
	Fixed         bool // the caller or a rule named the service: no other may be tried
	Steps         []waybill.Step
	Out           []Out // who is not to be asked

	facts   *Facts // as given, the changes not made
	options []option
	choice  choice
	needs   []string
	ledger  ledger
	none    bool // no rule has matched so far
}

// Out is a connection, or one service of it, that is not to be asked.
type Out struct {
	Provider             waybill.Provider
	Service, ServiceName string // empty: the whole connection
	Why                  string
}

// Before decides who may be asked to carry a shipment and what else is to be done with it. Rules see
// the shipment as it was given: a change by one rule makes no other match.
func (s Set) Before(f Facts) Selection {
	sel := Selection{facts: &f, none: true}
	var t trace
	p := newPool(f.Connections)
	sel.choice = p.choose(f.Shipment.Choice, &t)
	if sel.choice.bypass != "" {
		if len(s.before)+len(s.after) > 0 {
			t.add(waybill.StageRule, "all rules", waybill.StepSkipped, sel.choice.bypass)
		}
		sel.none = false
	} else {
		sel.run(s.before, p, &t)
		sel.outcome(f.RequireMatch && len(s.after) == 0)
	}
	sel.Fixed = sel.choice.fixed || sel.ledger.fixed()
	sel.meetNeeds(p)
	sel.options = p.options
	sel.Connections, sel.Out = p.remaining(f.Connections, &t)
	sel.Steps = t
	return sel
}

// newPool makes one option of each service, and one of each connection whose services are not known.
func newPool(connections []Connection) *pool {
	n := 0
	for i := range connections {
		n += max(len(connections[i].Services), 1)
	}
	p := &pool{options: make([]option, 0, n)}
	for i := range connections {
		c := &connections[i]
		if c.Services == nil {
			p.options = append(p.options, option{connection: i, provider: &c.Provider, increment: c.Increment, open: true})
		}
		for j := range c.Services {
			service := &c.Services[j]
			p.options = append(p.options, option{
				connection: i, provider: &c.Provider, increment: c.Increment, code: service.Code, service: service.Name,
				number: service.Number, abilities: service.Abilities,
			})
		}
	}
	return p
}

// run matches the rules that need no rates and lets their actions take effect.
func (sel *Selection) run(rules []*Compiled, p *pool, t *trace) {
	*t = slices.Grow(*t, len(rules)+len(p.options)+8)
	v := &view{facts: sel.facts}
	for _, c := range rules {
		ok, failed := c.when.holds(v)
		if !ok {
			t.add(waybill.StageRule, c.Name(), waybill.StepNotMatched, failed.complaint(v))
			continue
		}
		sel.none = false
		t.add(waybill.StageRule, c.Name(), waybill.StepMatched, "it wants "+c.when.words)
		for i := range c.then {
			sel.act(&claim{rule: c, act: &c.then[i]}, p, t)
		}
	}
}

// act lets an action take effect, unless the caller's own choice leaves it nothing to decide.
func (sel *Selection) act(c *claim, p *pool, t *trace) {
	if sel.choice.pinned != "" && (c.act.narrows() || c.act.orders()) {
		t.add(waybill.StageRule, c.rule.Name(), waybill.StepSkipped, c.act.words+", but "+sel.choice.pinned)
		return
	}
	sel.ledger.settle(c, p, t)
}

// outcome reads what the rules decided; required: a shipment that no rule matched is ignored.
func (sel *Selection) outcome(required bool) {
	for i, c := range sel.ledger.claims {
		if c.act.slot == "" || slices.ContainsFunc(sel.ledger.claims[:i], func(b *claim) bool { return b.act.slot == c.act.slot }) {
			continue
		}
		switch c.act.Do {
		case Hold:
			sel.Hold = c.reason()
		case Ignore:
			sel.Ignore = c.reason()
		case Printer:
			sel.Printer = c.act.Name
		case ReturnService:
			sel.ReturnService = c.act.Service[0]
		case Alter:
			sel.Changes = append(sel.Changes, Change{Field: c.act.Field, Value: c.act.value, Rule: c.rule.Name(), apply: c.act.alter})
		}
	}
	if required && sel.none {
		sel.Ignore = noMatch
	}
}

// noMatch is why a shipment is ignored that no rule wants.
const noMatch = "no rule matched"

// reason is a hold's or ignore's own, else the rule's name.
func (c *claim) reason() string {
	if c.act.Reason != "" {
		return c.act.Reason
	}
	return "rule " + strconv.Quote(c.rule.Name())
}

// meetNeeds takes out services that cannot do what the shipment, with the changes made, asks for.
func (sel *Selection) meetNeeds(p *pool) {
	shipment := sel.facts.Shipment
	sel.Apply(&shipment)
	sel.needs = shipment.Needs()
	for i := range p.options {
		if o := &p.options[i]; o.out == "" && o.abilities != nil {
			o.out = unmet(sel.needs, o.abilities)
		}
	}
}

// remaining are the connections with an option left; the others go into the trace. A connection that is
// out for one reason altogether takes one line.
func (p *pool) remaining(connections []Connection, t *trace) (left []Connection, gone []Out) {
	left = make([]Connection, 0, len(connections))
	rest := p.options
	for i, c := range connections {
		n := 0
		for n < len(rest) && rest[n].connection == i {
			n++
		}
		options := rest[:n]
		rest = rest[n:]
		if reason, all := oneReason(options); all {
			t.add(waybill.StageSelect, named(&c.Provider, ""), waybill.StepRejected, reason)
			gone = append(gone, Out{Provider: c.Provider, Why: reason})
			continue
		}
		for _, o := range options {
			if o.out != "" {
				gone = append(gone, Out{c.Provider, o.code, o.service, o.out})
			}
		}
		if c.Services = keptServices(c.Services, options, t); c.Services == nil || len(c.Services) > 0 {
			left = append(left, c)
		}
	}
	return left, gone
}

// keptServices are the services whose option is in; nil when they are not known.
func keptServices(services []Service, options []option, t *trace) []Service {
	if services == nil {
		return nil
	}
	kept := make([]Service, 0, len(services))
	for i := range options {
		if options[i].out == "" {
			kept = append(kept, services[i])
		} else {
			t.add(waybill.StageSelect, options[i].label(), waybill.StepRejected, options[i].out)
		}
	}
	return kept
}

// oneReason reports whether all options are out for the same reason. None at all: no service is enabled.
func oneReason(options []option) (string, bool) {
	if len(options) == 0 {
		return "no service of it is enabled", true
	}
	first := options[0].out
	return first, first != "" && !slices.ContainsFunc(options, func(o option) bool { return o.out != first })
}
