package engine

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
	"waybill/rule"
)

// missingWhen tells of names in the conditions of a rule that the account has nothing of: such a criterion holds of no
// shipment, or, denied, of all.
func (e *Engine) missingWhen(set *setup, r waybill.Rule) (said []RuleNotice) {
	var root rule.Condition
	if json.Unmarshal(r.When, &root) != nil {
		return nil
	}
	var walk func(c rule.Condition, path string)
	walk = func(c rule.Condition, path string) {
		for i, kid := range c.All {
			walk(kid, path+".all["+itoa(i)+"]")
		}
		for i, kid := range c.Any {
			walk(kid, path+".any["+itoa(i)+"]")
		}
		if c.Not != nil {
			walk(*c.Not, path+".not")
		}
		said = append(said, e.missingLeaf(set, c, path+".value")...)
	}
	walk(root, "when")
	return said
}

// missingLeaf tells of those in one criterion, whose value stands at a path.
func (e *Engine) missingLeaf(set *setup, c rule.Condition, path string) (said []RuleNotice) {
	if !slices.Contains([]rule.Op{rule.Is, rule.IsNot, rule.In, rule.NotIn}, c.Op) {
		return nil
	}
	var list []json.RawMessage
	listed := json.Unmarshal(c.Value, &list) == nil
	if !listed {
		list = []json.RawMessage{c.Value}
	}
	for i, raw := range list {
		message := e.nobodys(set, c.Field, raw)
		if message == "" {
			continue
		}
		at := path
		if listed {
			at += "[" + itoa(i) + "]"
		}
		said = append(said, RuleNotice{Path: at, Message: message})
	}
	return said
}

// nobodys says of a value that a field is compared with that the account has nothing that is called so; empty: it has,
// or the field takes any value.
func (e *Engine) nobodys(set *setup, field string, raw json.RawMessage) string {
	if field == "service" {
		for _, name := range e.unsold(set, rule.Require, raw) {
			return "the account has no service " + name
		}
		return ""
	}
	var name string
	if json.Unmarshal(raw, &name) != nil {
		return ""
	}
	connection := func(is func(waybill.Connection) bool) bool { return slices.ContainsFunc(set.connections, is) }
	has, what := true, ""
	switch field {
	case "location":
		has, what = slices.ContainsFunc(set.locations, func(l waybill.Location) bool { return l.ExternalID == name }), "no location of the account has the external id "
	case "brand":
		has, what = slices.ContainsFunc(set.brands, func(b waybill.Brand) bool { return b.ExternalID == name }), "no brand of the account has the external id "
	case "tag":
		has, what = slices.ContainsFunc(set.tags, func(t waybill.Tag) bool { return strconv.FormatInt(t.Number, 10) == name }), "no tag of the account has the number "
	case "connection":
		has, what = connection(func(c waybill.Connection) bool { return c.ExternalID == name }), "no connection of the account has the external id "
	case "carrier":
		has, what = connection(func(c waybill.Connection) bool { return strings.EqualFold(c.Carrier, name) }), "no connection of the account has the carrier "
	case "provider":
		has, what = connection(func(c waybill.Connection) bool { return strings.EqualFold(c.Name, name) }), "no connection of the account is called "
	}
	if has {
		return ""
	}
	return what + name
}
