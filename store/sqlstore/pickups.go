package sqlstore

import (
	"waybill"
	"waybill/store"
)

var pickups = define(noun[waybill.Pickup]{
	table:   "pickup",
	columns: []string{"connection", "location", "state", "day"},
	values: func(_ *tx, v *waybill.Pickup) []any {
		return []any{string(v.Connection), string(v.Location), string(v.State), v.Day}
	},
})

// pickupTable implements store.Pickups.
type pickupTable struct{ table[waybill.Pickup] }

// Find lists by cursor.
func (p pickupTable) Find(q store.PickupQuery, page store.Page) (store.Slice[waybill.Pickup], error) {
	return partOf(p.table, q, page, func(s *statement) bool {
		if q.Location != "" {
			s.add(" and location = ?", string(q.Location))
		}
		if q.Connection != "" {
			s.add(" and connection = ?", string(q.Connection))
		}
		if len(q.States) > 0 {
			in(s.add(" and "), "state", q.States)
		}
		if !q.UpdatedFrom.IsZero() {
			s.add(" and updated >= ?", micro(q.UpdatedFrom))
		}
		return false
	})
}

// Open lists the visits of a connection to a location, or to all, on a day that may still come.
func (p pickupTable) Open(connection, location waybill.ID, day string) ([]waybill.Pickup, error) {
	s := p.where("connection = ? and day = ?", string(connection), day)
	if location != "" {
		s.add(" and location = ?", string(location))
	}
	in(s.add(" and "), "state", []waybill.PickupState{waybill.PickupRequested, waybill.PickupConfirmed, waybill.PickupUnsure})
	return p.list(p.tx.scopeBy(s, unindexed).add(" order by created, id"))
}

// From lists the confirmed visits of a connection on a day or later.
func (p pickupTable) From(connection waybill.ID, day string) ([]waybill.Pickup, error) {
	s := p.where("connection = ? and day >= ? and state = ?", string(connection), day, string(waybill.PickupConfirmed))
	return p.list(p.tx.scopeBy(s, unindexed).add(" order by created, id"))
}

var _ store.Pickups = pickupTable{}
