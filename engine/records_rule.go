package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// RuleCheck is what can be said of a rule without a shipment.
type RuleCheck struct {
	Problems    []waybill.FieldError // paths lead to the node; none: it can be stored
	Criteria    int
	AfterRating bool
	Notices     []RuleNotice
}

// RuleNotice is something about a rule that is allowed and hardly meant.
type RuleNotice struct {
	Path    string // where in the rule; empty: all of it
	Other   string // name of the rule that it has to do with
	Message string
}

// CheckRule checks a rule that need not be stored, and holds it against the others and against what the account has.
func (s Session) CheckRule(ctx context.Context, r waybill.Rule) (out RuleCheck, err error) {
	compiled, err := rule.Parse(r)
	if e := waybill.AsError(err); e != nil {
		if len(e.Fields) == 0 {
			return out, err
		}
		return RuleCheck{Problems: e.Fields}, nil
	}
	out.Criteria, out.AfterRating = compiled.Criteria(), compiled.AfterRating()
	set, rules, err := s.ruleWorld(ctx)
	if err != nil {
		return out, err
	}
	rules = append(slices.DeleteFunc(rules, func(other waybill.Rule) bool { return other.Name == r.Name }), r)
	for _, told := range s.noticed(set, rules) {
		if told.Name == r.Name {
			out.Notices = told.Notices
		}
	}
	return out, nil
}

// NoticedRule is a stored rule with something to be said of it.
type NoticedRule struct {
	waybill.Rule
	Notices []RuleNotice
}

// RuleNotices tells the same of the stored rules, oldest first.
func (s Session) RuleNotices(ctx context.Context, _ struct{}) (list []NoticedRule, err error) {
	set, rules, err := s.ruleWorld(ctx)
	if err != nil {
		return nil, err
	}
	return s.noticed(set, rules), nil
}

// noticed are those of the rules of which something is to be said.
func (e *Engine) noticed(set *setup, rules []waybill.Rule) (list []NoticedRule) {
	said := make([][]RuleNotice, len(rules))
	for _, n := range rule.Notices(rules) {
		told := RuleNotice{Path: n.Path, Message: n.Message}
		if n.Other >= 0 {
			told.Other = rules[n.Other].Name
		}
		said[n.Rule] = append(said[n.Rule], told)
	}
	for i, r := range rules {
		if said := append(said[i], e.missing(set, r)...); len(said) > 0 {
			list = append(list, NoticedRule{r, said})
		}
	}
	return list
}

func (s Session) ruleWorld(ctx context.Context) (set *setup, rules []waybill.Rule, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if set, err = s.setup(tx, s.Actor.Account); err != nil {
			return err
		}
		now, _, err := inForce(tx, s.Actor.Account, tx.Now())
		rules = now.Rules
		return err
	})
	return set, rules, err
}

// squeezed is a condition without what makes no difference; one that always holds is empty.
func squeezed(when []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, when) != nil {
		return ""
	}
	switch text := b.String(); text {
	case "null", "{}", `{"all":[]}`:
		return ""
	default:
		return text
	}
}

// compacted is JSON without white space; what is none stays as it is.
func compacted(text []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}

// missing tells of names in a rule that the account has nothing of.
func (e *Engine) missing(set *setup, r waybill.Rule) (said []RuleNotice) {
	return append(e.missingWhen(set, r), e.missingThen(set, r)...)
}

func (e *Engine) missingThen(set *setup, r waybill.Rule) (said []RuleNotice) {
	var actions []struct {
		Do         rule.Do         `json:"do"`
		Service    json.RawMessage `json:"service"`
		Connection json.RawMessage `json:"connection"`
		Carrier    json.RawMessage `json:"carrier"`
		Provider   json.RawMessage `json:"provider"`
	}
	if json.Unmarshal(r.Then, &actions) != nil {
		return nil
	}
	for i, a := range actions {
		for _, m := range []struct {
			member string
			raw    json.RawMessage
			is     func(c waybill.Connection, name string) bool
		}{
			{"connection", a.Connection, func(c waybill.Connection, name string) bool { return c.ExternalID == name || string(c.ID) == name }},
			{"carrier", a.Carrier, func(c waybill.Connection, name string) bool { return alikeWord(c.Carrier, name) }},
			{"provider", a.Provider, func(c waybill.Connection, name string) bool { return alikeWord(c.Name, name) }},
		} {
			for _, name := range oneOrMany(m.raw) {
				if !slices.ContainsFunc(set.connections, func(c waybill.Connection) bool { return m.is(c, name) }) {
					said = append(said, RuleNotice{Path: "then[" + itoa(i) + "]." + m.member, Message: "no connection of the account is called " + name})
				}
			}
		}
		for _, name := range e.unsold(set, a.Do, a.Service) {
			said = append(said, RuleNotice{Path: "then[" + itoa(i) + "].service", Message: "the account has no service " + name})
		}
	}
	return said
}

func alikeWord(a, b string) bool { return store.Fold(a) == store.Fold(b) }

// oneOrMany reads a text or a list of texts.
func oneOrMany(raw json.RawMessage) (list []string) {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	_ = json.Unmarshal(raw, &list) // anything else names nothing
	return list
}

// DryRun asks what the rules would do with a shipment: a stored one, or one that is not stored.
type DryRun struct {
	Ref      Ref
	Shipment *CreateShipment
	RuleChoice
}

// RuleChoice says which rules stand in for those in force: Rules where there are any, else a version by its number, or
// "draft".
type RuleChoice struct {
	Rules   []waybill.Rule
	Version string
}

// chosen are the rules of a choice, ready to run; false: those in force.
func (s Session) chosen(ctx context.Context, c RuleChoice) (set rule.Set, some bool, err error) {
	rules := c.Rules
	if rules == nil && c.Version != "" {
		if rules, err = s.rulesOf(ctx, "version", c.Version); err != nil {
			return set, false, err
		}
	} else if rules == nil {
		return set, false, nil
	}
	set, err = rule.Compile(rules)
	return set, true, err
}

// DryRunResult is a decision that nothing follows from.
type DryRunResult struct {
	Decision waybill.Decision
	Words    []string // the decision's story
	Shipment waybill.Shipment
}

// DryRunRules decides, asking carriers for rates, and writes nothing.
func (s Session) DryRunRules(ctx context.Context, in DryRun) (out DryRunResult, err error) {
	o := &order{verb: verbRate, existing: in.Shipment == nil, began: time.Now()}
	if in.Shipment != nil {
		o.in, o.shipment = *in.Shipment, clone(in.Shipment.Shipment)
		if err := s.bind(o); err != nil {
			return out, err
		}
		if o.set, err = s.world(ctx); err != nil {
			return out, err
		}
		if err := s.resolve(o); err != nil {
			return out, err
		}
		if err := locateParties(o.set.account, &o.shipment, false); err != nil {
			return out, err
		}
	} else {
		if err := s.read(ctx, o, in.Ref); err != nil {
			return out, err
		}
		if err := o.depart(Place{ExternalID: o.shipment.LocationKey}); err != nil {
			return out, err
		}
	}
	rules, some, err := s.chosen(ctx, in.RuleChoice)
	if err != nil {
		return out, err
	}
	if some {
		o.set = o.set.under(rules)
	}
	d := s.decide(ctx, o)
	return DryRunResult{Decision: d.decision, Words: rule.Explain(d.decision), Shipment: d.shipment}, nil
}

// under is the set-up with other rules.
func (s *setup) under(rules rule.Set) *setup {
	return &setup{
		epoch: s.epoch, account: s.account, users: s.users, clients: s.clients, brands: s.brands, locations: s.locations,
		connections: s.connections, services: s.services, sizes: s.sizes, tags: s.tags, rules: rules, hooks: s.hooks,
	}
}

// RuleVocabulary is what rules can be made of, with the values that this account has.
type RuleVocabulary struct {
	Fields      []rule.Field
	Operators   []rule.Op
	Actions     []rule.ActionInfo
	Locations   []waybill.Location
	Connections []waybill.Connection
	Services    []VocabularyService
	Tags        []waybill.Tag
	Sizes       []waybill.PackageSize
	Brands      []waybill.Brand
	Channels    []string          // of the newest shipments, each once
	Accounts    []waybill.Account // children that the account works for
}

// VocabularyService is a service that some connection of the account sells.
type VocabularyService struct {
	Connection waybill.Connection
	rule.Service
}

// RuleVocabulary reads it.
func (s Session) RuleVocabulary(ctx context.Context, _ struct{}) (v RuleVocabulary, err error) {
	set, err := s.world(ctx)
	if err != nil {
		return v, err
	}
	v = RuleVocabulary{
		Fields: rule.Vocabulary(), Operators: rule.Ops, Actions: rule.Actions(), Locations: set.locations, Connections: set.connections,
		Tags: set.tags, Sizes: set.sizes, Brands: set.brands,
	}
	offered := s.offered(set)
	for _, c := range set.connections {
		for _, service := range offered[c.ID] {
			v.Services = append(v.Services, VocabularyService{c, service})
		}
	}
	return v, s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if v.Channels, err = channels(tx); err != nil {
			return err
		}
		all, err := tx.Accounts().GetMany(s.Actor.Grants)
		v.Accounts = all
		return err
	})
}

// lookedThrough is how many shipments are looked at for the words that callers use.
const lookedThrough = 500

// channels are the sales channels of the newest shipments, in the order of the alphabet.
func channels(tx store.Tx) (list []string, err error) {
	slice, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: lookedThrough})
	for _, sh := range slice.Items {
		if sh.Channel != "" {
			list = append(list, sh.Channel)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), err
}

// ListCarriers lists the carriers that a connection can be made with, if they came at that time or later: they are as old
// as the engine.
func (s Session) ListCarriers(_ context.Context, since time.Time) ([]carrier.Driver, error) {
	if s.started.Before(since) {
		return nil, nil
	}
	return s.Carriers.Drivers(), nil
}
