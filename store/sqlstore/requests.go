package sqlstore

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

var requests = define(noun[waybill.APIRequest]{
	table:   "request",
	columns: []string{"dialect", "op", "status", "actor", "request", "shipment", "reference"},
	values: func(_ *tx, v *waybill.APIRequest) []any {
		return []any{v.Dialect, v.Operation, int64(v.Status), string(v.ActorID), v.RequestID, string(v.Shipment), v.Reference}
	},
})

// requestTable implements store.Requests.
type requestTable struct{ table[waybill.APIRequest] }

// Add puts entries in as they are.
func (r requestTable) Add(entries []waybill.APIRequest) error { return addAll(r.table, entries) }

// addAll inserts records whose columns are the caller's own, as entries of a log are.
func addAll[T any](t table[T], records []T) error {
	for i := range records {
		value := &records[i]
		r := row(value)
		if err := t.tx.sees(t.noun.op("add"), r.Account, t.noun.unknown); err != nil {
			return t.tx.doom(err)
		}
		body, err := encode(value)
		if err != nil {
			return t.tx.doom(err)
		}
		extra := t.noun.values(t.tx, value)
		for i, v := range extra {
			if text, ok := v.(string); ok && !keepable(text) {
				extra[i] = "" // it cannot be looked for; the body has it
			}
		}
		args := append([]any{string(r.ID), string(r.Account), micro(r.Created), int64(0), int64(1), micro(r.Created)}, extra...)
		if _, err := t.tx.exec(t.noun.insert, append(args, body)...); err != nil {
			return err
		}
	}
	return nil
}

// Find reads a page of keys from each account that the actor sees, in the order of the index that is the way in, and of
// those at most a window: where what matches is far between, a page ends early.
func (r requestTable) Find(q store.RequestQuery, page store.Page) (slice store.Slice[waybill.APIRequest], err error) {
	for _, text := range []string{q.Dialect, q.Operation, string(q.Actor), string(q.Shipment), q.Reference, q.RequestID} {
		if !keepable(text) {
			return slice, nil // no entry has it
		}
	}
	page.Order = store.ByCreated
	list, err := r.tx.store.cursors.list(r.tx.actor, []any{"request", q}, page)
	if err != nil {
		return slice, r.tx.doom(err)
	}
	back := page.Before != ""
	var at *position
	if cursor := page.After + page.Before; cursor != "" {
		place, err := r.tx.store.cursors.read(list, cursor)
		if err != nil {
			return slice, err
		}
		at = &place
	}
	up := page.Ascending != back
	accounts := r.tx.accounts()
	if r.tx.actor.Everywhere() {
		accounts = []waybill.ID{""}
	}
	var found []key
	var cut *key // the nearest place at which an account was given up
	for _, account := range accounts {
		keys, end, err := r.keys(q, account, at, back, up, page.Limit+1)
		if err != nil {
			return slice, err
		}
		if end != nil && (cut == nil || before(*end, *cut, up)) {
			cut = end
		}
		found = append(found, keys...)
	}
	slices.SortFunc(found, func(a, b key) int {
		c := cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id))
		if !up {
			c = -c
		}
		return c
	})
	if cut != nil {
		found = slices.DeleteFunc(found, func(k key) bool { return before(*cut, k, up) })
	}
	on := cut
	if len(found) > page.Limit {
		found = found[:page.Limit]
		if on = nil; page.Limit > 0 {
			on = &found[page.Limit-1]
		}
	}
	slice.Next, slice.Prev = r.tx.store.cursors.around(list, found, on, at, back)
	if back {
		slices.Reverse(found)
	}
	ids := make([]waybill.ID, len(found))
	for i, k := range found {
		ids[i] = waybill.ID(k.id)
	}
	slice.Items, err = r.GetMany(ids)
	return slice, err
}

// before reports whether a comes first in the direction of reading.
func before(a, b key, up bool) bool {
	c := cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id))
	return c != 0 && (c < 0) == up
}

// keys reads up to want keys of one account that fit; cut is the last one looked at, when more may follow.
func (r requestTable) keys(q store.RequestQuery, account waybill.ID, at *position, back, up bool, want int) (found []key, cut *key, err error) {
	s := (&statement{}).add("select created, id, case when 1=1")
	narrow := func(filtered bool, condition string, arg any) {
		if filtered {
			s.add(" and "+condition, arg)
		}
	}
	narrow(q.Dialect != "", "dialect = ?", q.Dialect)
	narrow(q.Operation != "", "op = ?", q.Operation)
	narrow(q.StatusMin > 0, "status >= ?", int64(q.StatusMin))
	narrow(q.StatusMax > 0, "status <= ?", int64(q.StatusMax))
	narrow(q.Actor != "", "actor = ?", string(q.Actor))
	narrow(q.Shipment != "", "shipment = ?", string(q.Shipment))
	narrow(q.Reference != "", "reference = ?", q.Reference)
	narrow(q.RequestID != "", "request = ?", q.RequestID)
	s.add(" then 1 else 0 end from request where ")
	switch { // the way in; the others are looked at entry by entry
	case q.RequestID != "":
		s.add("request = ? and account = ?", q.RequestID, string(account))
	case q.Shipment != "":
		s.add("shipment = ? and shipment <> '' and account = ?", string(q.Shipment), string(account))
	case q.Reference != "":
		s.add("account = ? and reference = ? and reference <> ''", string(account), q.Reference)
	case q.Actor != "":
		s.add("account = ? and actor = ? and actor <> ''", string(account), string(q.Actor))
	case q.StatusMin >= 400:
		s.add("account = ? and status >= 400", string(account))
	default:
		s.add("account = ?", string(account))
	}
	narrow(!q.From.IsZero(), "created >= ?", micro(q.From))
	narrow(!q.To.IsZero(), "created <= ?", micro(q.To))
	compare, way := " < ", " desc"
	if up {
		compare, way = " > ", ""
	}
	if at != nil {
		if at.from != back { // the entry itself lies ahead
			compare = compare[:2] + "= "
		}
		s.add(" and (created, id)"+compare+"(?, ?)", at.key, at.id)
	}
	window := r.tx.store.look.window
	s.add(" order by created"+way+", id"+way+" limit ?", int64(window))
	looked := 0
	var last key
	err = r.tx.each(func(rows *sql.Rows) error {
		var holds int64
		if err := rows.Scan(&last.sort, &last.id, &holds); err != nil {
			return err
		}
		looked++
		if holds == 1 {
			if found = append(found, last); len(found) == want {
				return errEnough
			}
		}
		return nil
	}, s.text.String(), s.args...)
	if looked == window && len(found) < want {
		cut = &last
	}
	return found, cut, err
}

// Expire removes old entries, an account's after another's: the index of its lists has them in the order they came in.
func (r requestTable) Expire(account waybill.ID, before time.Time, limit int) (gone int, err error) {
	accounts := []waybill.ID{account}
	if account == "" {
		if accounts, err = r.logged(); err != nil {
			return 0, err
		}
	}
	for _, account := range accounts {
		if gone == limit {
			break
		}
		s := (&statement{}).add("delete from request where id in (select id from request where account = ? and created < ?", string(account), micro(before))
		r.tx.scope(s).add(" order by created, id limit ?)", int64(limit-gone))
		n, err := r.tx.exec(s.text.String(), s.args...)
		if err != nil {
			return gone, err
		}
		gone += int(n)
	}
	return gone, nil
}

// logged are the accounts that have entries and that the actor sees; the empty one among them for the installation.
func (r requestTable) logged() (accounts []waybill.ID, err error) {
	if !r.tx.actor.Everywhere() {
		return r.tx.accounts(), nil
	}
	for next, compare := "", " >= "; ; compare = " > " {
		found, err := r.tx.strings("select account from request where account"+compare+"$1 order by account limit 1", next)
		if err != nil || len(found) == 0 {
			return accounts, err
		}
		next = found[0]
		accounts = append(accounts, waybill.ID(next))
	}
}

// Erase removes the entries about a shipment.
func (r requestTable) Erase(shipment waybill.ID) (int, error) {
	return eraseOf(r.tx, "request", shipment)
}

func eraseOf(t *tx, log string, shipment waybill.ID) (int, error) {
	if shipment == "" {
		return 0, nil
	}
	s := (&statement{}).add("delete from "+log+" where shipment = ? and shipment <> ''", string(shipment))
	t.scopeBy(s, unindexed)
	n, err := t.exec(s.text.String(), s.args...)
	return int(n), err
}

var _ store.Requests = requestTable{}
