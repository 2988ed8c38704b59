package native

import (
	"encoding/json"
	"time"

	"waybill"
	"waybill/engine"
)

// Rule is a shipping rule, as it is written.
type Rule struct {
	Name       string          `json:"name" minLength:"1" maxLength:"200" doc:"Unique in the account."`
	Importance int             `json:"importance,omitempty" minimum:"-1000000" maximum:"1000000" doc:"Higher wins."`
	Suspended  bool            `json:"suspended,omitempty" doc:"It is kept and takes no part."`
	When       json.RawMessage `json:"when,omitempty" doc:"The condition: {\"field\", \"op\", \"value\"}, or {\"all\": […]}, {\"any\": […]}, {\"not\": …}, {\"expression\": \"…\"}. Nothing holds for every shipment. docs/rules.md."`
	Then       json.RawMessage `json:"then,omitempty" doc:"A list of actions: {\"do\": \"require\", \"connection\": \"dpd\"}. /rules/vocabulary lists them."`
}

type ruleOut struct {
	Kept
	Rule
}

var exampleRule = Rule{
	Name: "Heavy by DPD", Importance: 20,
	When: json.RawMessage(`{"field":"weight","op":"gte","value":"20 kg"}`), Then: json.RawMessage(`[{"do":"require","connection":"dpd"}]`),
}

func rules(a *api) {
	noun[Rule, ruleOut, waybill.Rule, waybill.Rule]{
		name: "rule", plural: "rules", path: "/rules", tag: "Rules", a: "a rule", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		about:   "Rules say who may carry a shipment, which rate wins, and what else is done with it. What is wrong with one is told with the path of the node, such as when.all[1].value.",
		example: exampleRule,
		patch:   map[string]any{"importance": 30}, at: "Heavy by DPD",
		list: engine.Rules.List, get: engine.Rules.Get, create: engine.Rules.Create, change: engine.Rules.Change, remove: engine.Rules.Delete,
		given: givenRule, take: takeRule, row: func(r waybill.Rule) waybill.Row { return r.Row },
		show: func(_ *call, r waybill.Rule) ruleOut { return ruleOut{keptOf(r.Row), givenRule(r)} },
	}.add(a)
	ruleChecks(a)
	ruleVersions(a)
	vocabulary(a)
}

func givenRule(r waybill.Rule) Rule { return Rule{r.Name, r.Importance, r.Suspended, r.When, r.Then} }

func takeRule(in Rule, r *waybill.Rule) {
	r.Name, r.Importance, r.Suspended, r.When, r.Then = in.Name, in.Importance, in.Suspended, said(in.When), said(in.Then)
}

// said is a member that may be anything; null is the same as nothing.
func said(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

type ruleNotice struct {
	RuleID  string `json:"rule_id,omitempty"`
	Rule    string `json:"rule,omitempty" doc:"Its name."`
	Path    string `json:"path,omitempty" doc:"Where in the rule; left out: all of it."`
	Other   string `json:"other,omitempty" doc:"Name of the rule that it has to do with."`
	Message string `json:"message"`
}

type validateRuleIn struct{ Body Rule }

type ruleCheck struct {
	Valid       bool           `json:"valid" doc:"It could be stored."`
	Errors      []fieldProblem `json:"errors" nullable:"false" doc:"Each with the path of the node."`
	Criteria    int            `json:"criteria" doc:"How specific it is: between rules of one importance, the more criteria come first."`
	AfterRating bool           `json:"after_rating" doc:"It speaks of rates, and is decided once they are in."`
	Notices     []ruleNotice   `json:"notices" nullable:"false" doc:"What is allowed and hardly meant: never reached, or about what the account does not have."`
}

type dryRunIn struct {
	Acting
	Body struct {
		ShipmentID string `json:"shipment_id,omitempty" maxLength:"310" doc:"Id or reference of a stored shipment."`
		Shipment   *Order `json:"shipment,omitempty" doc:"Or the shipment itself. It is not stored."`
		RuleChoice
	}
}

type dryRunOut struct {
	Outcome  string    `json:"outcome" enum:"book,hold,ignore,no_provider"`
	Reason   string    `json:"reason,omitempty"`
	Words    []string  `json:"words" nullable:"false" doc:"What was decided and why, in sentences."`
	Rates    []rate    `json:"rates" nullable:"false" doc:"Those that could be bought, the best first."`
	Rejected []rate    `json:"rejected" nullable:"false"`
	Steps    []stepOut `json:"steps" nullable:"false" doc:"The same story as data."`
	Printer  string    `json:"printer,omitempty"`
}

func ruleChecks(a *api) {
	op(a, operation{
		ID: "validate-rule", Method: "POST", Path: "/rules/validate", Tag: "Rules", Summary: "Check a rule without storing it", Scope: waybill.ScopeRead, Example: exampleRule,
	}, func(_ *call, in *validateRuleIn) (waybill.Rule, error) {
		var r waybill.Rule
		takeRule(in.Body, &r)
		return r, nil
	}, engine.Session.CheckRule, func(_ *call, c engine.RuleCheck) *one[ruleCheck] {
		out := ruleCheck{Valid: len(c.Problems) == 0, Errors: []fieldProblem{}, Criteria: c.Criteria, AfterRating: c.AfterRating, Notices: showNotices(waybill.Rule{}, c.Notices)}
		for _, f := range c.Problems {
			out.Errors = append(out.Errors, fieldProblem{f.Path, string(f.Rule), f.Value, f.Limit, f.Message})
		}
		return &one[ruleCheck]{out}
	})
	op(a, operation{
		ID: "list-rule-notices", Method: "GET", Path: "/rules/notices", Tag: "Rules", Summary: "Rules that are never reached, or name what is not there", Scope: waybill.ScopeRead,
		About: "updated_since is held against the rules: a notice is as old as the last change of the rule that it is about.",
	}, toSince, changedSince(engine.Session.RuleNotices, func(r engine.NoticedRule) time.Time { return r.Updated }),
		func(_ *call, told []engine.NoticedRule) *many[ruleNotice] {
			var all []ruleNotice
			for _, r := range told {
				all = append(all, showNotices(r.Rule, r.Notices)...)
			}
			return whole(all, func(n ruleNotice) ruleNotice { return n })
		})
	op(a, operation{
		ID: "dry-run-rules", Method: "POST", Path: "/rules/dry-run", Tag: "Rules", Summary: "What the rules would do with a shipment", Scope: waybill.ScopeRate,
		About:   "Carriers are asked for rates; nothing is stored, held or bought.",
		Example: map[string]any{"shipment": example, "rules": []Rule{exampleRule}},
	}, readDryRun, within(dryRun, nil), func(c *call, d engine.DryRunResult) *one[dryRunOut] {
		out := dryRunOut{Outcome: d.Decision.Outcome, Reason: d.Decision.Reason, Words: append([]string{}, d.Words...), Steps: showSteps(d.Decision.Steps), Printer: d.Decision.Printer}
		out.Rates, out.Rejected = c.rates(d.Decision.Candidates, nil)
		return &one[dryRunOut]{out}
	})
}

func readDryRun(_ *call, in *dryRunIn) (acting[engine.DryRun], error) {
	b := in.Body
	if (b.Shipment == nil) == (b.ShipmentID == "") {
		return acting[engine.DryRun]{}, waybill.FieldErrors("rules", []waybill.FieldError{{
			Path: "shipment", Rule: waybill.RuleNeeds, Message: "give either shipment_id or shipment",
		}})
	}
	run := engine.DryRun{}
	if b.Shipment == nil {
		run.Ref = ref(b.ShipmentID)
	} else {
		if err := b.Shipment.amounts(); err != nil {
			return acting[engine.DryRun]{}, repath(err, belowShipment)
		}
		fresh := quoted(*b.Shipment)
		run.Shipment = &fresh
	}
	run.RuleChoice = b.choice()
	return acting[engine.DryRun]{waybill.ID(in.Account), run}, nil
}

func showNotices(r waybill.Rule, list []engine.RuleNotice) []ruleNotice {
	out := make([]ruleNotice, 0, len(list))
	for _, n := range list {
		out = append(out, ruleNotice{string(r.ID), r.Name, n.Path, n.Other, n.Message})
	}
	return out
}

// vocabularyOut is what rules can be made of.
type vocabularyOut struct {
	Fields      []ruleField  `json:"fields" nullable:"false"`
	Operators   []string     `json:"operators" nullable:"false"`
	Actions     []ruleAction `json:"actions" nullable:"false"`
	Connections []ruleValue  `json:"connections" nullable:"false" doc:"Values are references."`
	Carriers    []ruleValue  `json:"carriers" nullable:"false"`
	Providers   []ruleValue  `json:"providers" nullable:"false" doc:"Names of connections."`
	Services    []ruleValue  `json:"services" nullable:"false" doc:"Values are the carriers' codes."`
	Locations   []ruleValue  `json:"locations" nullable:"false" doc:"Values are references."`
	Tags        []ruleValue  `json:"tags" nullable:"false" doc:"Values are numbers, as text."`
	Sizes       []ruleValue  `json:"package_sizes" nullable:"false"`
	Brands      []ruleValue  `json:"brands" nullable:"false" doc:"Values are references."`
	Channels    []ruleValue  `json:"channels" nullable:"false" doc:"Sales channels of the newest 500 shipments."`
	Accounts    []ruleValue  `json:"accounts" nullable:"false" doc:"Child accounts, whose rules ?account= names. Values are ids."`
}

type ruleField struct {
	Name        string   `json:"name"`
	Type        string   `json:"type" doc:"How values are written: docs/rules.md."`
	Operators   []string `json:"operators" nullable:"false"`
	AfterRating bool     `json:"after_rating,omitempty" doc:"Known only once rates are in."`
	Description string   `json:"description"`
}

type ruleAction struct {
	Do      string   `json:"do"`
	Members []string `json:"members" nullable:"false" doc:"What it takes besides do."`
	Needs   string   `json:"needs,omitempty" doc:"The member it cannot do without."`
}

type ruleValue struct {
	Value string `json:"value"`
	Title string `json:"title"`
	Of    string `json:"of,omitempty" doc:"Of a service: reference of the connection."`
	No    int64  `json:"number,omitempty" doc:"Of a service: the account's own number."`
}

func vocabulary(a *api) {
	op(a, operation{
		ID: "get-rule-vocabulary", Method: "GET", Path: "/rules/vocabulary", Tag: "Rules", Summary: "What rules can be made of", Scope: waybill.ScopeRead,
		About: "Fields with their operators, actions with their members, and the values that this account has.",
	}, func(_ *call, in *struct{ Acting }) (acting[struct{}], error) {
		return acting[struct{}]{account: waybill.ID(in.Account)}, nil
	}, within(engine.Session.RuleVocabulary, nil), showVocabulary)
}

func showVocabulary(_ *call, v engine.RuleVocabulary) *one[vocabularyOut] {
	out := vocabularyOut{
		Operators: words(v.Operators), Fields: []ruleField{}, Actions: []ruleAction{}, Connections: []ruleValue{}, Carriers: []ruleValue{}, Providers: []ruleValue{},
		Services: []ruleValue{}, Locations: []ruleValue{}, Tags: []ruleValue{}, Sizes: []ruleValue{}, Brands: []ruleValue{}, Channels: []ruleValue{}, Accounts: []ruleValue{},
	}
	for _, f := range v.Fields {
		out.Fields = append(out.Fields, ruleField{f.Name, string(f.Type), words(f.Operators), f.AfterRating, f.Description})
	}
	for _, x := range v.Actions {
		out.Actions = append(out.Actions, ruleAction{string(x.Do), words(x.Members), x.Needs})
	}
	for _, c := range v.Connections {
		out.Connections = append(out.Connections, ruleValue{Value: c.ExternalID, Title: c.DisplayName})
		out.Carriers = added(out.Carriers, c.Carrier)
		out.Providers = added(out.Providers, c.Name)
	}
	for _, s := range v.Services {
		out.Services = append(out.Services, ruleValue{s.Code, s.Name, s.Connection.ExternalID, s.Number})
	}
	for _, l := range v.Locations {
		out.Locations = append(out.Locations, ruleValue{Value: l.ExternalID, Title: l.Name})
	}
	for _, t := range v.Tags {
		out.Tags = append(out.Tags, ruleValue{Value: itoa(int(t.Number)), Title: t.Name})
	}
	for _, p := range v.Sizes {
		out.Sizes = append(out.Sizes, ruleValue{Value: p.Name, Title: p.Name})
	}
	for _, b := range v.Brands {
		out.Brands = append(out.Brands, ruleValue{Value: b.ExternalID, Title: b.Name})
	}
	for _, channel := range v.Channels {
		out.Channels = append(out.Channels, ruleValue{Value: channel, Title: channel})
	}
	for _, child := range v.Accounts {
		out.Accounts = append(out.Accounts, ruleValue{Value: string(child.ID), Title: child.Name})
	}
	return &one[vocabularyOut]{out}
}

// added is a list with a word that is there once.
func added(list []ruleValue, word string) []ruleValue {
	for _, v := range list {
		if v.Value == word {
			return list
		}
	}
	return append(list, ruleValue{Value: word, Title: word})
}
