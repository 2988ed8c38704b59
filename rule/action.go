package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// Do is what an action does.
type Do string

// The closed list of actions, with the members each takes in JSON beside "do". The first four take a
// [Target]; where a rule speaks of rates the target may be left out: then the rates that match are meant.
const (
	Require  Do = "require" // only these may carry it
	Exclude  Do = "exclude" // these may not
	Prefer   Do = "prefer"  // these come first
	Fixed    Do = "fixed"   // this service and, should it fail, no other. A carrier without a service: hold, a person chooses
	Cheapest Do = "cheapest"
	Fastest  Do = "fastest"
	// SecondChoice limits what is tried after a certain failure: off, max_extra ("10%" over the winner's price), max_extra_amount
	// ("5.00 GBP"), later (true: a later promise will do), latest (as [TypeMoment]), services (codes), attempts (1 to 3).
	SecondChoice  Do = "fallback"
	Hold          Do = "hold"           // reason: wait for a person to approve
	Ignore        Do = "ignore"         // reason: try nothing
	ReturnService Do = "return_service" // service: attach a return label
	Printer       Do = "printer"        // name: print the label there
	Alter         Do = "change"         // field and value: see [Change]
)

// Action is one element of a stored rule's Then: {"do": "require", "carrier": "ups"}. Members that the
// action does not take are refused.
type Action struct {
	Do Do `json:"do"`
	Target
	Reason string          `json:"reason,omitempty"`
	Name   string          `json:"name,omitempty"`
	Field  string          `json:"field,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`

	Off            bool     `json:"off,omitempty"`
	MaxExtra       string   `json:"max_extra,omitempty"`
	MaxExtraAmount string   `json:"max_extra_amount,omitempty"`
	Later          bool     `json:"later,omitempty"`
	Latest         string   `json:"latest,omitempty"`
	Services       []string `json:"services,omitempty"`
	Attempts       int      `json:"attempts,omitempty"`
}

var (
	targetMembers   = []string{"carrier", "connection", "provider", "service"}
	fallbackMembers = []string{"off", "max_extra", "max_extra_amount", "later", "latest", "services", "attempts"}
	actionMembers   = slices.Concat([]string{"do"}, targetMembers, fallbackMembers, []string{"reason", "name", "field", "value"})
)

// membersOf are the members each action takes, [needed] the one it cannot do without.
var (
	membersOf = map[Do][]string{
		Require: targetMembers, Exclude: targetMembers, Prefer: targetMembers, Fixed: targetMembers,
		Cheapest: nil, Fastest: nil, Hold: {"reason"}, Ignore: {"reason"},
		SecondChoice:  fallbackMembers,
		ReturnService: {"service"}, Printer: {"name"}, Alter: {"field", "value"},
	}
	needed = map[Do]string{ReturnService: "service", Printer: "name", Alter: "field"}
)

// Dos lists every action.
var Dos = []Do{
	Require, Exclude, Prefer, Fixed, Cheapest, Fastest, SecondChoice, Hold, Ignore, ReturnService, Printer, Alter,
}

// actions reads a Then. One that cannot be read does nothing.
func (p *parser) actions(raw []byte, path string) []Action {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" || !p.document(raw, path) {
		return nil
	}
	elements, _ := p.elements(raw, path)
	if len(elements) > maxActions {
		p.wrong(path, waybill.RuleMaxItems, nil, "at most %d actions", maxActions)
		return nil
	}
	list := make([]Action, len(elements))
	for i, element := range elements {
		before := len(p.problems)
		if a := p.action(element, fmt.Sprintf("%s[%d]", path, i)); len(p.problems) == before {
			list[i] = a
		}
	}
	return list
}

func (p *parser) action(raw json.RawMessage, path string) Action {
	var a Action
	members, _ := p.members(raw, path, actionMembers)
	if members == nil {
		return a
	}
	do, _ := text(members["do"])
	a.Do = Do(do)
	takes, ok := membersOf[a.Do]
	if !ok {
		p.wrong(path+".do", waybill.RuleEnum, members["do"], "do is one of %s", words(Dos))
		return a
	}
	if need := needed[a.Do]; need != "" && members[need] == nil {
		p.wrong(path+"."+need, waybill.RuleRequired, nil, "%s needs %s", a.Do, need)
	}
	for _, name := range actionMembers[1:] {
		switch value := members[name]; {
		case value == nil:
		case slices.Contains(takes, name):
			p.parameter(&a, name, value, path+"."+name)
		default:
			p.wrong(path+"."+name, waybill.RuleEnum, value, "%s takes no %s", a.Do, name)
		}
	}
	return a
}

// parameter reads one member of an action.
func (p *parser) parameter(a *Action, name string, raw json.RawMessage, path string) {
	ok, rule, want := true, waybill.RuleString, "text of 1 to 500 bytes is wanted"
	line := func(into *string) {
		*into, ok = text(raw)
		ok = ok && *into != "" && len(*into) <= maxText
	}
	yes := func(into *bool) {
		*into, ok = truth(raw)
		rule, want = waybill.RuleBoolean, "true or false is wanted"
	}
	switch name {
	case "carrier":
		a.Carrier = p.names(raw, path)
	case "connection":
		a.Connection = p.names(raw, path)
	case "provider":
		a.Provider = p.names(raw, path)
	case "services":
		a.Services = p.names(raw, path)
	case "service":
		a.Service = p.serviceKeys(raw, path, a.Do != ReturnService)
	case "value":
		a.Value = raw
	case "reason":
		line(&a.Reason)
	case "name":
		line(&a.Name)
	case "field":
		line(&a.Field)
	case "max_extra":
		line(&a.MaxExtra)
	case "max_extra_amount":
		line(&a.MaxExtraAmount)
	case "latest":
		line(&a.Latest)
	case "off":
		yes(&a.Off)
	case "later":
		yes(&a.Later)
	case "attempts":
		n, isWhole := whole(raw)
		a.Attempts, ok = int(n), isWhole && n >= 1 && n <= maxAttempts
		rule, want = waybill.RuleRange, "attempts are 1 to "+strconv.Itoa(maxAttempts)
	}
	if !ok {
		p.wrong(path, rule, raw, "%s", want)
	}
}

// action is an Action ready to run.
type action struct {
	Action
	slot   string // actions of one slot contradict each other; empty: they add up
	words  string // "requires carrier ups"
	reason string // `rule "Heavy" requires carrier ups`
	at     int    // its place in the stored list
	value  string // of a change, in words
	alter  func(*waybill.Shipment)
	limits func(*waybill.Fallback, *Facts)
}

// same reports whether two actions of one slot want the same, whatever their reasons.
func (a *action) same(b *action) bool {
	return a.words == b.words || (a.Do == b.Do && (a.Do == Hold || a.Do == Ignore))
}

// compileActions checks actions and makes them ready to run; rated: the rule speaks of rates.
func (p *parser) compileActions(list []Action, path, rule string, rated bool) []action {
	var all []action
	seen := map[string]bool{}
	for i, given := range list {
		if given.Do == "" {
			continue // it was told already
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		for _, a := range p.compileAction(given, at, rated) {
			once := a.slot
			if a.Do == Fixed {
				once = string(Fixed)
			}
			if once != "" && seen[once] {
				p.wrong(at+".do", waybill.RuleUnique, []byte(a.Do), "an earlier action of this rule already decides that (%s)", once)
			}
			seen[once] = true
			a.at = i
			a.reason = "rule " + strconv.Quote(rule) + " " + a.words
			all = append(all, a)
		}
	}
	return all
}

// compileAction makes one stored action ready to run; it may take two.
func (p *parser) compileAction(given Action, path string, rated bool) []action {
	a := action{Action: given}
	switch given.Do {
	case Require, Exclude, Prefer, Fixed:
		return p.compileTarget(a, path, rated)
	case Cheapest:
		a.slot, a.words = "order", "ranks by price"
	case Fastest:
		a.slot, a.words = "order", "ranks by speed"
	case Hold:
		a.slot, a.words = "outcome", because("holds the shipment for approval", given.Reason)
	case Ignore:
		a.slot, a.words = "outcome", because("ignores the shipment", given.Reason)
	case Printer:
		a.slot, a.words = "printer", "prints on "+given.Name
	case ReturnService:
		a.slot, a.words = "return service", "attaches return "+given.Target.words()
	case SecondChoice:
		p.compileFallback(&a, path)
	case Alter:
		p.compileChange(&a, path)
	}
	if rated && (given.Do == Ignore || given.Do == Alter) {
		p.wrong(path+".do", waybill.RuleNeeds, []byte(given.Do), "%s must be decided before rates are asked for; this rule speaks of rates", given.Do)
	}
	return []action{a}
}

var verbs = map[Do]string{Require: "requires ", Exclude: "excludes ", Prefer: "prefers ", Fixed: "fixes "}

func (p *parser) compileTarget(a action, path string, rated bool) []action {
	object := a.Target.words()
	switch {
	case rated && a.empty():
		object = "the rates that match"
	case rated:
		object += " among the rates that match"
	case a.empty():
		p.wrong(path, waybill.RuleRequired, nil, "%s needs a carrier, connection, provider or service", a.Do)
	}
	a.words = verbs[a.Do] + object
	if a.Do != Fixed || rated || len(a.Service) > 0 {
		return []action{a}
	}
	// A carrier without a service cannot be booked; Shiptheory lets such a shipment wait.
	a.Do, a.words = Require, verbs[Require]+object
	hold := action{Action: Action{Do: Hold, Reason: "a service of " + object + " must be chosen"}, slot: "outcome"}
	hold.words = because("holds the shipment for approval", hold.Reason)
	return []action{a, hold}
}

func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

// narrows reports whether the action takes carriers or services out.
func (a *action) narrows() bool { return slices.Contains([]Do{Require, Exclude, Fixed}, a.Do) }

// orders reports whether the action decides who comes first.
func (a *action) orders() bool { return slices.Contains([]Do{Prefer, Cheapest, Fastest}, a.Do) }

// percent reads "12.5%" into per mille.
func percent(s string) (int64, bool) {
	number, found := strings.CutSuffix(strings.TrimSpace(s), "%")
	d, err := waybill.ParseDecimal(strings.TrimSpace(number))
	if !found || err != nil || d.Sign() < 0 {
		return 0, false
	}
	n, ok := d.Scaled(10, 1)
	exact, _ := d.Scaled(1000, 1)
	return n, ok && n <= 100_000 && exact == n*100
}
