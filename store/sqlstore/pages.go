package sqlstore

import (
	"slices"

	"waybill/store"
)

// partOf reads a part of a list of whole records, by creation or by change. Narrow adds what they must fit, and says
// whether that is the way in, rather than the account; q is the same for whoever goes on with a cursor.
func partOf[T any](t table[T], q any, page store.Page, narrow func(*statement) bool) (slice store.Slice[T], err error) {
	if page.Order != store.ByUpdated {
		page.Order = store.ByCreated
	}
	list, err := t.tx.store.cursors.list(t.tx.actor, []any{t.noun.op("list"), q}, page)
	if err != nil {
		return slice, t.tx.doom(err)
	}
	column, back := string(page.Order), page.Before != ""
	compare, direction := " < ", " desc"
	if page.Ascending != back {
		compare, direction = " > ", ""
	}
	s := t.where("1=1")
	account := "account"
	if narrow(s) {
		account = unindexed
	}
	t.tx.scopeBy(s, account)
	var at *position
	if cursor := page.After + page.Before; cursor != "" {
		place, err := t.tx.store.cursors.read(list, cursor)
		if err != nil {
			return slice, err
		}
		if at = &place; at.from != back { // the record itself lies ahead
			compare = compare[:2] + "= "
		}
		s.add(" and ("+column+", id)"+compare+"(?, ?)", at.key, at.id)
	}
	s.add(" order by "+column+direction+", id"+direction+" limit ?", int64(page.Limit+1))
	rows, err := t.rows(s)
	if err != nil {
		return slice, err
	}
	keys := make([]key, len(rows))
	for i, r := range rows {
		keys[i] = key{micro(r.meta.Created), string(r.meta.ID)}
		if page.Order == store.ByUpdated {
			keys[i].sort = micro(r.meta.Updated)
		}
	}
	if keys, _, err = t.tx.ashore(page, keys, nil); err != nil {
		return slice, err
	}
	rows = rows[:len(keys)]
	var on *key
	if len(keys) > page.Limit {
		keys, rows = keys[:page.Limit], rows[:page.Limit]
		if len(keys) > 0 {
			on = &keys[len(keys)-1]
		}
	}
	slice.Next, slice.Prev = t.tx.store.cursors.around(list, keys, on, at, back)
	if back {
		slices.Reverse(rows)
	}
	slice.Items, err = t.decode(rows)
	return slice, err
}
