package sqlstore

import (
	"time"

	"waybill"
	"waybill/store"
)

// versioned describes a noun that takes effect at a time. Its ids follow from subject and number, so that of two who
// add the same number one finds it there.
func versioned[T any](name string, subject func(*T) waybill.ID, edition func(*T) *waybill.Edition) noun[T] {
	n := define(noun[T]{
		table: name, columns: []string{"subject", "edition", "starts", "withdrawn"},
		values: func(_ *tx, v *T) []any {
			e := edition(v)
			return []any{string(subject(v)), e.No, micro(e.From), bit(!e.Stands())}
		},
	})
	n.insert += " on conflict do nothing"
	return n
}

var (
	ruleSets  = ruleSetNoun()
	rateCards = versioned("rate_card",
		func(v *waybill.CardVersion) waybill.ID { return v.Connection }, func(v *waybill.CardVersion) *waybill.Edition { return &v.Edition })
)

// ruleSetNoun: a new set of rules is a change of the account's set-up, whenever it takes effect.
func ruleSetNoun() noun[waybill.RuleSet] {
	n := versioned("rule_set",
		func(v *waybill.RuleSet) waybill.ID { return v.Account }, func(v *waybill.RuleSet) *waybill.Edition { return &v.Edition })
	n.after = func(t *tx, v *waybill.RuleSet, _ bool) error {
		t.touch(v.Account)
		return nil
	}
	return n
}

// versionTable implements store.Versions.
type versionTable[T any] struct{ table[T] }

func (t *tx) RuleSets() store.Versions[waybill.RuleSet] {
	return versionTable[waybill.RuleSet]{table[waybill.RuleSet]{t, &ruleSets}}
}

func (t *tx) RateCards() store.Versions[waybill.CardVersion] {
	return versionTable[waybill.CardVersion]{table[waybill.CardVersion]{t, &rateCards}}
}

// Get reads one version.
func (v versionTable[T]) Get(subject waybill.ID, edition int64) (T, error) {
	return v.one("get", v.tx.scopeBy(v.where("subject = ? and edition = ?", string(subject), edition), unindexed))
}

// Latest is the highest number.
func (v versionTable[T]) Latest(subject waybill.ID) (int64, error) {
	s := (&statement{}).add("select max(edition) from "+v.noun.table+" where subject = ?", string(subject))
	v.tx.scopeBy(s, unindexed)
	return v.tx.int(s.text.String(), s.args...)
}

// From lists the version in force and those to come.
func (v versionTable[T]) From(subject waybill.ID, at time.Time) ([]T, error) {
	s := v.where("subject = ? and withdrawn = 0 and starts <= ?", string(subject), micro(at))
	list, err := v.list(v.tx.scopeBy(s, unindexed).add(" order by starts desc, edition desc limit 1"))
	if err != nil {
		return nil, err
	}
	s = v.where("subject = ? and withdrawn = 0 and starts > ?", string(subject), micro(at))
	later, err := v.list(v.tx.scopeBy(s, unindexed).add(" order by starts, edition"))
	return append(list, later...), err
}

// Find lists by cursor.
func (v versionTable[T]) Find(subject waybill.ID, since time.Time, page store.Page) (store.Slice[T], error) {
	return partOf(v.table, []any{subject, since}, page, func(s *statement) bool {
		if s.add(" and subject = ?", string(subject)); !since.IsZero() {
			s.add(" and updated >= ?", micro(since))
		}
		return true
	})
}
