package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// PublishRules makes the draft the account's rules, or an old version once more.
type PublishRules struct {
	Version int64     // of the draft; 0: any
	Edition int64     // an old version in place of the draft
	At      time.Time // zero or past: now
	Note    string
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
	case draft.Version == 0 && last > 0: // another was quicker with it, or it is long published
		err = waybill.E("rules.publish", waybill.ReasonVersion, "there is no draft of the rules any more: version %d is the newest that was published", last)
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
