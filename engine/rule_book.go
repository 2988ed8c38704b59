package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// An account's rules are what the version in force says. Every change of one rule is a version of its own, in force
// at once; a draft becomes one, now or later. So what decided a shipment can always be told, and put back.

// ruleBook is the rules in force as a table like any other: what is written to it is the next version.
type ruleBook struct{ tx store.Tx }

func rulesIn(tx store.Tx) store.Keyed[waybill.Rule] { return ruleBook{tx} }

// begun is how many of a list of versions, in the order in which they take effect, have done so. What was published to
// hold at once holds from then on, also on a node whose clock is behind, or was set back.
func begun[T any](list []T, at time.Time, edition func(T) waybill.Edition) (n int) {
	for i, v := range list {
		if e := edition(v); !e.Planned || !e.From.After(at) {
			n = i + 1
		}
	}
	return n
}

// inForce are the rules of an account that hold at a time, and those to come.
func inForce(tx store.Tx, account waybill.ID, at time.Time) (now waybill.RuleSet, later []waybill.RuleSet, err error) {
	list, err := tx.RuleSets().From(account, at)
	if err != nil {
		return now, nil, err
	}
	if n := begun(list, at, func(set waybill.RuleSet) waybill.Edition { return set.Edition }); n > 0 {
		return list[n-1], list[n:], nil
	}
	now.Account = account
	now.Rules, err = own(tx.Rules(), account) // as they were kept before versions
	return now, list, err
}

// all are the rules of every account that is seen, oldest first.
func (b ruleBook) all() (list []waybill.Rule, err error) {
	actor := b.tx.Actor()
	for _, account := range append([]waybill.ID{actor.Account}, actor.Grants...) {
		if account == "" {
			continue
		}
		set, _, err := inForce(b.tx, account, b.tx.Now())
		if err != nil {
			return nil, err
		}
		list = append(list, set.Rules...)
	}
	return list, nil
}

// find is the first rule that fits: the actor's own before a child's.
func (b ruleBook) find(fits func(*waybill.Rule) bool) (waybill.Rule, error) {
	list, err := b.all()
	if err != nil {
		return waybill.Rule{}, err
	}
	for i := range list {
		if fits(&list[i]) {
			return list[i], nil
		}
	}
	return waybill.Rule{}, waybill.E("store.rule.get", waybill.ReasonUnknownRecord, "there is no such record")
}

// Get reads a rule.
func (b ruleBook) Get(id waybill.ID) (waybill.Rule, error) {
	return b.find(func(r *waybill.Rule) bool { return r.ID == id })
}

// ByKey reads the rule of a name.
func (b ruleBook) ByKey(name string) (waybill.Rule, error) {
	return b.find(func(r *waybill.Rule) bool { return r.Name == name && name != "" })
}

// ByNumber reads the rule of a number.
func (b ruleBook) ByNumber(number int64) (waybill.Rule, error) {
	return b.find(func(r *waybill.Rule) bool { return r.Number == number && number != 0 })
}

// GetMany reads those that exist.
func (b ruleBook) GetMany(ids []waybill.ID) (list []waybill.Rule, err error) {
	all, err := b.all()
	for _, id := range ids {
		for _, r := range all {
			if r.ID == id {
				list = append(list, r)
			}
		}
	}
	return list, err
}

// All reads every rule.
func (b ruleBook) All() ([]waybill.Rule, error) {
	list, err := b.all()
	slices.SortStableFunc(list, func(a, b waybill.Rule) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Put adds or replaces a rule, in a version of its own.
func (b ruleBook) Put(r *waybill.Rule) error {
	last, err := b.tx.RuleSets().Latest(r.Account)
	if err != nil {
		return err
	}
	set, _, err := inForce(b.tx, r.Account, b.tx.Now())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(set.Rules, func(old waybill.Rule) bool { return old.ID == r.ID })
	switch {
	case slices.ContainsFunc(set.Rules, func(old waybill.Rule) bool { return old.Name == r.Name && old.ID != r.ID }):
		return waybill.E("store.rule.put", waybill.ReasonTaken, "its name or number is in use by another record")
	case at < 0 && r.Version != 0, at >= 0 && set.Rules[at].Version != r.Version:
		return movedOn()
	}
	next := *r
	next.Version, next.Updated = r.Version+1, b.tx.Now()
	rules := slices.Clone(set.Rules)
	note := "changed " + r.Name
	if at < 0 {
		next.Created, note = next.Updated, "added "+r.Name
		rules = append(rules, next)
	} else {
		rules[at] = next
	}
	_, err = publish(b.tx, r.Account, last, rules, edition{note: note})
	if err == nil {
		*r = next
	}
	return err
}

// Delete removes a rule, in a version of its own.
func (b ruleBook) Delete(id waybill.ID, version int64) error {
	r, err := b.Get(id)
	if err != nil {
		return err
	}
	last, err := b.tx.RuleSets().Latest(r.Account)
	if err != nil {
		return err
	}
	if r.Version != version {
		return movedOn()
	}
	set, _, err := inForce(b.tx, r.Account, b.tx.Now())
	if err != nil {
		return err
	}
	rules := slices.DeleteFunc(slices.Clone(set.Rules), func(old waybill.Rule) bool { return old.ID == id })
	_, err = publish(b.tx, r.Account, last, rules, edition{note: "removed " + r.Name})
	return err
}

// mostRules is how many rules an account may have: each decision looks at all of them.
const mostRules = 1000

// edition is what is said of a version beside its content.
type edition struct {
	at       time.Time // zero: now
	note     string
	restores int64
}

// publish adds the version after the last one, which was looked up before the rules were read: of two who publish at
// once the second is refused, Conflict, ReasonVersion, rather than undo what the first did. Rules that were kept before
// there were versions become the first.
func publish(tx store.Tx, account waybill.ID, last int64, rules []waybill.Rule, e edition) (set waybill.RuleSet, err error) {
	if len(rules) > mostRules {
		return set, wrongField("rules", waybill.RuleMaxItems, itoa(len(rules)), "an account has at most "+itoa(mostRules)+" rules")
	}
	if last == 0 {
		old, err := own(tx.Rules(), account)
		if err != nil {
			return set, err
		}
		if len(old) > 0 {
			first := waybill.RuleSet{
				Row:     waybill.Row{ID: versionID("rules", account, 1), Account: account},
				Edition: waybill.Edition{No: 1, From: old[0].Created, Note: "as they were before versions were kept"}, Rules: old,
			}
			if err := tx.RuleSets().Put(&first); err != nil {
				return set, err
			}
			last = 1
		}
	}
	set = waybill.RuleSet{Row: waybill.Row{ID: versionID("rules", account, last+1), Account: account}, Rules: rules}
	set.Edition = waybill.Edition{
		No: last + 1, From: tx.Now(), Author: tx.Actor().Name, Note: e.note, Restores: e.restores,
	}
	if e.at.After(set.From) {
		set.From, set.Planned = e.at.UTC().Truncate(time.Microsecond), true
		return set, tx.RuleSets().Put(&set)
	}
	now, _, err := inForce(tx, account, set.From)
	if err != nil {
		return set, err
	}
	if now.From.After(set.From) {
		set.From = now.From // of a node whose clock is ahead: this takes its place all the same
	}
	return set, tx.RuleSets().Put(&set)
}

// versionID follows from what it is a version of, and from its number, so that the database takes each number once.
// It begins with the number: versions of one moment are listed in order.
func versionID(kind string, subject waybill.ID, edition int64) waybill.ID {
	sum := sha256.Sum256([]byte(kind + "\x00" + string(subject)))
	return waybill.ID(fmt.Sprintf("%08x", uint32(edition)) + hex.EncodeToString(sum[:8]))
}
