package sqlstore

import (
	"strings"
	"unicode/utf8"

	"waybill"
	"waybill/store"
)

const setupTable = "setup"

// longestKey is the most bytes a key column takes: a PostgreSQL index row has room for two and some.
const longestKey = 1000

// keepable reports whether both databases can keep the text and index it: valid UTF-8 without NUL.
func keepable(s string) bool {
	return len(s) <= longestKey && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// setupNouns are the names of all set-up nouns.
var setupNouns []string

// setUp describes a set-up noun by its key.
func setUp[T any](name string, key func(*T) string) noun[T] {
	setupNouns = append(setupNouns, name)
	return define(noun[T]{
		table: setupTable, name: name,
		columns: []string{"noun", "key", "parent"},
		values:  func(_ *tx, v *T) []any { return []any{name, key(v), ""} },
		after:   func(t *tx, v *T, deleted bool) error { return t.changed(row(v), deleted) },
	})
}

var (
	accounts      = accountNoun()
	connections   = connectionNoun()
	users         = setUp("user", func(v *waybill.User) string { return strings.ToLower(v.Email) })
	clients       = setUp("client", func(v *waybill.Client) string { return v.ClientID })
	brands        = setUp("brand", func(v *waybill.Brand) string { return v.ExternalID })
	locations     = setUp("location", func(v *waybill.Location) string { return v.ExternalID })
	services      = setUp("service", serviceKey)
	packageSizes  = setUp("package_size", func(v *waybill.PackageSize) string { return v.Name })
	products      = productNoun()
	tags          = setUp("tag", func(v *waybill.Tag) string { return v.Name })
	rules         = setUp("rule", func(v *waybill.Rule) string { return v.Name })
	ruleDrafts    = setUp("rule_draft", func(*waybill.RuleDraft) string { return "draft" })
	registrations = define(noun[waybill.Registration]{ // no part of the set-up: nobody is told that it changed
		table: "registration", columns: []string{"key"},
		values: func(_ *tx, v *waybill.Registration) []any {
			return []any{string(v.Connection) + "/" + string(v.Location)}
		},
	})
	proofs = define(noun[waybill.Proof]{ // nor this: it is about the set-up, and no part of it
		table: "proof", columns: []string{"key"},
		values: func(_ *tx, v *waybill.Proof) []any { return []any{v.Key()} },
	})
	apiKeys = define(noun[waybill.APIKey]{ // no part of the set-up either: its last use is noted all day long
		table: "api_key", columns: []string{"key"},
		values: func(_ *tx, v *waybill.APIKey) []any { return []any{v.Hash} },
	})
	addresses = define(noun[waybill.SavedAddress]{ // nor this: a shop may save one a day, and no booking reads them
		table: "address", columns: []string{"key"},
		values: func(_ *tx, v *waybill.SavedAddress) []any { return []any{v.Reference} },
	})
	logins = define(noun[waybill.Login]{ // nor this: people come and go
		table: "login", columns: []string{"key"},
		values: func(_ *tx, v *waybill.Login) []any { return []any{v.Hash} },
	})
	savedViews = define(noun[waybill.SavedView]{
		table: "saved_view", columns: []string{"key"},
		values: func(_ *tx, v *waybill.SavedView) []any { return []any{v.Name} },
	})
	subscriptions = setUp("subscription", func(v *waybill.Subscription) string { return v.Name })
)

func serviceKey(v *waybill.Service) string {
	return string(v.Direction) + "/" + v.Carrier + "/" + v.Name
}

// accountNoun: an account belongs to itself, so that its actors see it.
func accountNoun() noun[waybill.Account] {
	n := setUp("account", func(v *waybill.Account) string { return v.Name })
	n.values = func(_ *tx, v *waybill.Account) []any { return []any{"account", v.Name, string(v.Parent)} }
	return n
}

// connectionNoun keeps beside each connection whom it is lent to. Those who had it before and those who
// have it now all see a change of their set-up.
func connectionNoun() noun[waybill.Connection] {
	n := setUp("connection", func(v *waybill.Connection) string { return v.ExternalID })
	n.after = func(t *tx, v *waybill.Connection, deleted bool) error {
		before, err := t.strings("select account from loan where connection = $1", string(v.ID))
		if err != nil {
			return err
		}
		for _, account := range before {
			t.touch(waybill.ID(account))
		}
		if len(before) > 0 {
			if _, err := t.exec("delete from loan where connection = $1", string(v.ID)); err != nil {
				return err
			}
		}
		for _, loan := range v.Lent {
			t.touch(loan.Account)
			if deleted {
				continue
			}
			if _, err := t.exec("insert into loan (account, connection) values ($1, $2) on conflict do nothing", string(loan.Account), string(v.ID)); err != nil {
				return err
			}
		}
		return t.changed(row(v), deleted)
	}
	return n
}

// keyed implements store.Keyed for a set-up noun.
type keyed[T any] struct {
	table[T]
	lent bool // records of others may be lent: connections
}

func keep[T any](t *tx, n *noun[T]) store.Keyed[T] {
	return keyed[T]{table: table[T]{t, n}}
}

// visible writes which accounts' records are seen: the actor's, and what was lent to them.
func (k keyed[T]) visible(s *statement, column string) *statement {
	if !k.lent || k.tx.actor.Everywhere() {
		return k.tx.scopeBy(s, column)
	}
	s.add(" and (")
	in(s, column, k.tx.accounts())
	s.add(" or id in (select connection from loan where ")
	return in(s, "account", k.tx.accounts()).add("))")
}

// ownFirst orders records of several accounts: those of the actor's own account first.
func (k keyed[T]) ownFirst(s *statement) *statement {
	return s.add(" order by case when account = ? then 0 else 1 end, created, id limit 1", string(k.tx.actor.Account))
}

// Get reads one record.
func (k keyed[T]) Get(id waybill.ID) (T, error) {
	return k.one("get", k.visible(k.where("id = ?", string(id)), unindexed))
}

// GetMany reads those of the records that exist, in the order asked for.
func (k keyed[T]) GetMany(ids []waybill.ID) ([]T, error) {
	rows, err := k.rows(k.visible(in(k.where(""), "id", ids), unindexed))
	if err != nil {
		return nil, err
	}
	return k.decode(inOrder(rows, ids))
}

// ByKey reads the record of a key.
func (k keyed[T]) ByKey(key string) (T, error) {
	if key == "" || !keepable(key) {
		var none T
		return none, waybill.E(k.noun.op("by_key"), k.noun.unknown, "there is no such record")
	}
	return k.one("by_key", k.ownFirst(k.visible(k.where("key = ? and key <> ''", key), "account")))
}

// ByNumber reads the record of a number.
func (k keyed[T]) ByNumber(number int64) (T, error) {
	if number == 0 {
		var none T
		return none, waybill.E(k.noun.op("by_number"), k.noun.unknown, "there is no such record")
	}
	return k.one("by_number", k.ownFirst(k.visible(k.where("number = ? and number <> 0", number), "account")))
}

// All reads every record, oldest first.
func (k keyed[T]) All() ([]T, error) {
	return k.list(k.visible(k.where("1=1"), "account").add(" order by created, id"))
}
