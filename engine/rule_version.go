package engine

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// draftRules is the word for the draft where a version can be named.
const draftRules = "draft"

// RuleDraft is the set of rules that an account works on, with what can be said of it.
type RuleDraft struct {
	waybill.RuleDraft                      // Version 0: nobody has saved one, these are the rules in force
	Problems          []waybill.FieldError // paths lead to rule and node, such as rules[2].when.all[0].value; none: it can be published
	Notices           []NoticedRule
	Changes           []RuleChange // against what is in force
}

// RuleChange is a rule in which two sets differ.
type RuleChange struct {
	Name          string
	Before, After *waybill.Rule // nil: it is not in that set
	Fields        []string      // of one that is in both: importance, suspended, when, then
}

// SaveRuleDraft puts a whole set of rules in the place of the draft. Rules are told apart by their names.
type SaveRuleDraft struct {
	Version int64 // 0: any
	Rules   []waybill.Rule
}

// PublishRules makes the draft the account's rules, or an old version once more.
type PublishRules struct {
	Version int64     // of the draft; 0: any
	Edition int64     // an old version in place of the draft
	At      time.Time // zero or past: now
	Note    string
}

// GetRuleDraft reads the draft; where nobody has saved one it is what is in force.
func (s Session) GetRuleDraft(ctx context.Context, _ struct{}) (out RuleDraft, err error) {
	var now waybill.RuleSet
	var set *setup
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if now, _, err = inForce(tx, s.Actor.Account, tx.Now()); err != nil {
			return err
		}
		if set, err = s.setup(tx, s.Actor.Account); err != nil {
			return err
		}
		out.RuleDraft, err = ownDraft(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Version == 0 {
		out.Base, out.Rules = now.No, now.Rules
	}
	out.Problems = checkRules(out.Rules)
	out.Changes = diffRules(now.Rules, out.Rules)
	if len(out.Problems) == 0 {
		out.Notices = noticed(set, out.Rules)
	}
	return out, nil
}

// ownDraft is the account's draft; version 0: there is none.
func ownDraft(tx store.Tx, account waybill.ID) (waybill.RuleDraft, error) {
	all, err := own(tx.RuleDrafts(), account)
	if err != nil || len(all) == 0 {
		return waybill.RuleDraft{Row: waybill.Row{Account: account}}, err
	}
	return all[0], nil
}

// SaveRuleDraft stores the draft, as it is: one with mistakes is kept too, and cannot be published.
func (s Session) SaveRuleDraft(ctx context.Context, in SaveRuleDraft) (RuleDraft, error) {
	if s.Actor.Account == "" {
		return RuleDraft{}, noAccount()
	}
	if len(in.Rules) > mostRules {
		return RuleDraft{}, wrongField("rules", waybill.RuleMaxItems, itoa(len(in.Rules)), "an account has at most "+itoa(mostRules)+" rules")
	}
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		draft, err := ownDraft(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != draft.Version {
			return movedOn()
		}
		if draft.Base, err = tx.RuleSets().Latest(s.Actor.Account); err != nil {
			return err
		}
		before := draft
		if draft.Version == 0 {
			draft.ID = s.IDs.New()
		}
		draft.Rules, draft.Author = in.Rules, s.Actor.Name
		if err := tx.RuleDrafts().Put(&draft); err != nil {
			return err
		}
		if before.Version == 0 {
			return s.noteChange(tx, nil, &draft)
		}
		return s.noteChange(tx, &before, &draft)
	})
	if err != nil {
		return RuleDraft{}, err
	}
	return s.GetRuleDraft(ctx, struct{}{})
}

// DropRuleDraft throws the draft away.
func (s Session) DropRuleDraft(ctx context.Context, version int64) (struct{}, error) {
	return struct{}{}, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		draft, err := ownDraft(tx, s.Actor.Account)
		switch {
		case err != nil:
			return err
		case draft.Version == 0:
			return noDraft()
		case version != 0 && version != draft.Version:
			return movedOn()
		}
		if err := tx.RuleDrafts().Delete(draft.ID, draft.Version); err != nil {
			return err
		}
		return s.noteChange(tx, &draft, nil)
	})
}

func noDraft() error {
	return waybill.E("rules", waybill.ReasonUnknownRecord, "there is no draft of the rules")
}

// PublishRules makes a new version. A draft that was saved before the newest version came is refused: Conflict,
// ReasonVersion; who has looked at the difference saves it again.
func (s Session) PublishRules(ctx context.Context, in PublishRules) (set waybill.RuleSet, err error) {
	if s.Actor.Account == "" {
		return set, noAccount()
	}
	numbers, err := s.take(ctx, mostRules)
	if err != nil {
		return set, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		last, err := tx.RuleSets().Latest(s.Actor.Account)
		if err != nil {
			return err
		}
		draft, rules, err := s.toPublish(tx, in, last)
		if err != nil {
			return err
		}
		if err := waybill.FieldErrors("rules.publish", checkRules(rules)); err != nil {
			return err
		}
		now, _, err := inForce(tx, s.Actor.Account, tx.Now())
		if err != nil {
			return err
		}
		next, err := publish(tx, s.Actor.Account, last, s.merged(now.Rules, rules, tx.Now(), numbers), edition{in.At, in.Note, in.Edition})
		if err != nil {
			return err
		}
		if draft.Version != 0 {
			if err := tx.RuleDrafts().Delete(draft.ID, draft.Version); err != nil {
				return err
			}
		}
		set = next
		return s.noteChange(tx, nil, &next)
	})
	return set, err
}

// toPublish are the rules that shall be published, and the draft that they are of, if they are.
func (s Session) toPublish(tx store.Tx, in PublishRules, last int64) (draft waybill.RuleDraft, rules []waybill.Rule, err error) {
	if in.Edition != 0 {
		old, err := tx.RuleSets().Get(s.Actor.Account, in.Edition)
		if err == nil {
			err = s.meant(old.Row)
		}
		return draft, old.Rules, err
	}
	if draft, err = ownDraft(tx, s.Actor.Account); err != nil {
		return draft, nil, err
	}
	switch {
	case draft.Version == 0:
		err = noDraft()
	case in.Version != 0 && in.Version != draft.Version:
		err = movedOn()
	case draft.Base != last:
		err = waybill.E("rules.publish", waybill.ReasonVersion,
			"version %d of the rules came after this draft was saved: look at the difference, then save the draft again", last)
	}
	return draft, draft.Rules, err
}

// merged are the rules as they are stored next to those in force: one of the same name is the same rule, and keeps its
// id, number and age.
func (s Session) merged(old, rules []waybill.Rule, now time.Time, number int64) []waybill.Rule {
	list := slices.Clone(rules)
	for i := range list {
		r := &list[i]
		at := slices.IndexFunc(old, func(o waybill.Rule) bool { return o.Name == r.Name })
		switch {
		case at >= 0 && len(ruleFields(old[at], *r)) == 0:
			*r = old[at]
			continue
		case at >= 0:
			r.Row = old[at].Row
		case r.ID == "":
			r.Row = waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account, Number: number, Created: now}
			number++
		}
		r.Version, r.Updated = r.Version+1, now
	}
	return list
}

// checkRules finds everything that is wrong with a set of rules.
func checkRules(rules []waybill.Rule) (problems []waybill.FieldError) {
	for i, r := range rules {
		prefix := "rules[" + itoa(i) + "]."
		switch {
		case strings.TrimSpace(r.Name) == "":
			problems = append(problems, waybill.FieldError{Path: prefix + "name", Rule: waybill.RuleRequired, Message: "name is required"})
		case slices.ContainsFunc(rules[:i], func(o waybill.Rule) bool { return o.Name == r.Name }):
			problems = append(problems, waybill.FieldError{Path: prefix + "name", Rule: waybill.RuleUnique, Value: r.Name, Message: "another rule has this name"})
		}
		if _, err := rule.Parse(r); err != nil {
			for _, f := range waybill.AsError(err).Fields {
				f.Path = prefix + f.Path
				problems = append(problems, f)
			}
		}
	}
	return problems
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

// ListedRules are versions of an account's rules, with the number of the one in force; 0: none was ever published.
type ListedRules struct {
	store.Slice[waybill.RuleSet]
	InForce int64
}

// ListVersions asks for a part of a history.
type ListVersions struct {
	Since time.Time
	Page  store.Page
}

// ListRuleVersions lists versions.
func (s Session) ListRuleVersions(ctx context.Context, in ListVersions) (out ListedRules, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		now, _, err := inForce(tx, s.Actor.Account, tx.Now())
		if err != nil {
			return err
		}
		out.InForce = now.No
		out.Slice, err = tx.RuleSets().Find(s.Actor.Account, in.Since, in.Page)
		return err
	})
	return out, err
}

// GetRuleVersion reads one version.
func (s Session) GetRuleVersion(ctx context.Context, number int64) (out ListedRules, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		now, _, err := inForce(tx, s.Actor.Account, tx.Now())
		if err != nil {
			return err
		}
		set, err := tx.RuleSets().Get(s.Actor.Account, number)
		out = ListedRules{InForce: now.No, Slice: store.Slice[waybill.RuleSet]{Items: []waybill.RuleSet{set}}}
		return err
	})
	return out, err
}

// WithdrawRules takes back a version whose time has not come.
func (s Session) WithdrawRules(ctx context.Context, number int64) (struct{}, error) {
	return struct{}{}, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		set, err := tx.RuleSets().Get(s.Actor.Account, number)
		if err == nil {
			err = s.meant(set.Row)
		}
		if err != nil {
			return err
		}
		if err := s.withdraw(tx, &set.Edition); err != nil {
			return err
		}
		before := set
		before.Withdrawn, before.WithdrawnBy = nil, ""
		if err := tx.RuleSets().Put(&set); err != nil {
			return err
		}
		return s.noteChange(tx, &before, &set)
	})
}

// withdraw marks a version as taken back; one that has taken effect is part of history.
func (s Session) withdraw(tx store.Tx, e *waybill.Edition) error {
	now := tx.Now()
	if !e.Stands() || !e.Planned || !e.From.After(now) {
		return waybill.E("withdraw", waybill.ReasonInUse, "only a version whose time has not come can be taken back: publish an earlier one again")
	}
	e.Withdrawn, e.WithdrawnBy = &now, s.Actor.Name
	return nil
}
