package sqlstore

import (
	"slices"

	"waybill"
	"waybill/store"
)

var audit = define(noun[waybill.AuditEntry]{
	table: "audit", columns: []string{"kind", "record"},
	values: func(_ *tx, v *waybill.AuditEntry) []any { return []any{v.Kind, string(v.Record)} },
})

// auditTable implements store.Audit.
type auditTable struct{ table[waybill.AuditEntry] }

// Add puts an entry at the end.
func (a auditTable) Add(entry waybill.AuditEntry) error {
	entry.Version = 0
	return a.Put(&entry)
}

// Find lists by cursor: time, then id.
func (a auditTable) Find(q store.AuditQuery, page store.Page) (slice store.Slice[waybill.AuditEntry], err error) {
	page.Order = store.ByCreated
	list, err := a.tx.store.cursors.list(a.tx.actor, []any{"audit", q}, page)
	if err != nil {
		return slice, a.tx.doom(err)
	}
	s := a.where("1=1")
	column := "account"
	if q.Record != "" {
		s.add(" and record = ?", string(q.Record))
		column = unindexed
	}
	if q.Kind != "" {
		s.add(" and kind = ?", q.Kind)
	}
	if !q.From.IsZero() {
		s.add(" and created >= ?", micro(q.From))
	}
	a.tx.scopeBy(s, column)
	cursor, back := page.After, page.Before != ""
	if back {
		cursor = page.Before
	}
	compare, order := "<", " order by created desc, id desc"
	if page.Ascending != back {
		compare, order = ">", " order by created, id"
	}
	var at *position
	if cursor != "" {
		place, err := a.tx.store.cursors.read(list, cursor)
		if err != nil {
			return slice, err
		}
		if at = &place; at.from != back { // the entry itself lies ahead
			compare += "="
		}
		s.add(" and (created, id) "+compare+" (?, ?)", at.key, at.id)
	}
	if slice.Items, err = a.list(s.add(order+" limit ?", int64(page.Limit+1))); err != nil {
		return slice, err
	}
	keys := make([]key, len(slice.Items))
	for i, e := range slice.Items {
		keys[i] = key{sort: micro(e.Created), id: string(e.ID)}
	}
	if keys, _, err = a.tx.ashore(page, keys, nil); err != nil {
		return slice, err
	}
	slice.Items = slice.Items[:len(keys)]
	var on *key
	if len(keys) > page.Limit {
		keys, slice.Items = keys[:page.Limit], slice.Items[:page.Limit]
		if len(keys) > 0 {
			on = &keys[len(keys)-1]
		}
	}
	slice.Next, slice.Prev = a.tx.store.cursors.around(list, keys, on, at, back)
	if back {
		slices.Reverse(slice.Items)
	}
	return slice, nil
}

var _ store.Audit = auditTable{}
