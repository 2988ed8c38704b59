package engine

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"waybill"
	"waybill/store"
)

// RuleChange is a rule in which two sets differ.
type RuleChange struct {
	Name          string
	Before, After *waybill.Rule // nil: it is not in that set
	Fields        []string      // of one that is in both: importance, suspended, when, then
}

// diffRules are the rules in which two sets differ: those of the second in their order, then those that are gone.
func diffRules(before, after []waybill.Rule) (list []RuleChange) {
	named := func(rules []waybill.Rule, name string) *waybill.Rule {
		if i := slices.IndexFunc(rules, func(r waybill.Rule) bool { return r.Name == name }); i >= 0 {
			return &rules[i]
		}
		return nil
	}
	for i := range after {
		change := RuleChange{Name: after[i].Name, Before: named(before, after[i].Name), After: &after[i]}
		if change.Before != nil {
			if change.Fields = ruleFields(*change.Before, after[i]); len(change.Fields) == 0 {
				continue
			}
		}
		list = append(list, change)
	}
	for i := range before {
		if named(after, before[i].Name) == nil {
			list = append(list, RuleChange{Name: before[i].Name, Before: &before[i]})
		}
	}
	return list
}

// ruleFields are the members in which two rules of one name differ.
func ruleFields(a, b waybill.Rule) (fields []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"importance", a.Importance == b.Importance}, {"suspended", a.Suspended == b.Suspended},
		{"when", squeezed(a.When) == squeezed(b.When)}, {"then", bytes.Equal(compacted(a.Then), compacted(b.Then))},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// RuleDiff names two sets: a version's number, "draft", or nothing for what is in force.
type RuleDiff struct{ From, To string }

// DiffRules tells in which rules two sets differ.
func (s Session) DiffRules(ctx context.Context, in RuleDiff) (list []RuleChange, err error) {
	from, err := s.rulesOf(ctx, "query.from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := s.rulesOf(ctx, "query.to", in.To)
	return diffRules(from, to), err
}

// rulesOf are the rules of a set by its name.
func (s Session) rulesOf(ctx context.Context, path, name string) (rules []waybill.Rule, err error) {
	number, bad := strconv.ParseInt(name, 10, 64)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		switch {
		case name == "":
			now, _, err := inForce(tx, s.Actor.Account, tx.Now())
			rules = now.Rules
			return err
		case name == draftRules:
			draft, err := ownDraft(tx, s.Actor.Account)
			if err == nil && draft.Version == 0 {
				err = noDraft()
			}
			rules = draft.Rules
			return err
		case bad != nil:
			return wrongField(path, waybill.RuleFormat, name, "a version is its number, or draft")
		}
		set, err := tx.RuleSets().Get(s.Actor.Account, number)
		rules = set.Rules
		return err
	})
	if waybill.IsCode(err, waybill.NotFound) && name != "" {
		err = wrongField(path, waybill.RuleExists, name, waybill.AsError(err).Message)
	}
	return rules, err
}
