package sqlstore

import (
	"database/sql"
	"time"

	"waybill"
	"waybill/store"
)

var calls = define(noun[waybill.CarrierCall]{
	table:   "carrier_call",
	columns: []string{"request", "shipment", "connection", "carrier", "op", "failed", "refused", "took"},
	values: func(_ *tx, v *waybill.CarrierCall) []any {
		return []any{
			string(v.Request), string(v.Shipment), string(v.Connection), v.Carrier, v.Operation, bit(v.Failed), bit(v.Reason != "" && !v.Failed),
			v.Took.Microseconds(),
		}
	},
})

// callTable implements store.Calls.
type callTable struct{ table[waybill.CarrierCall] }

// Add puts entries in as they are.
func (c callTable) Add(entries []waybill.CarrierCall) error { return addAll(c.table, entries) }

// Of lists the calls of a request or about a shipment, oldest first.
func (c callTable) Of(q store.CallQuery, limit int) ([]waybill.CarrierCall, error) {
	s := c.where("1=1")
	switch {
	case q.Request != "":
		s.add(" and request = ? and request <> ''", string(q.Request))
	case q.Shipment != "":
		s.add(" and shipment = ? and shipment <> ''", string(q.Shipment))
	default:
		return nil, nil
	}
	return c.list(c.tx.scopeBy(s, unindexed).add(" order by created, id limit ?", int64(limit)))
}

// Recent reads from the index alone, an account at a time.
func (c callTable) Recent(since time.Time, limit int) (list []store.CallOutcome, err error) {
	read := func(s *statement, by string) error {
		s.add(" and "+by+" >= ? order by "+by+" desc limit ?", micro(since), int64(limit))
		return c.tx.each(func(rows *sql.Rows) error {
			var o store.CallOutcome
			var failed, refused, took int64
			if err := rows.Scan(&o.Account, &o.Connection, &o.Carrier, &o.Operation, &failed, &refused, &took); err != nil {
				return err
			}
			o.Failed, o.Refused, o.Took = failed == 1, refused == 1, time.Duration(took)*time.Microsecond
			list = append(list, o)
			return nil
		}, s.text.String(), s.args...)
	}
	const columns = "select account, connection, carrier, op, failed, refused, took from carrier_call where "
	if c.tx.actor.Everywhere() {
		err := read((&statement{}).add(columns+"1=1"), "updated")
		return list, err
	}
	for _, account := range c.tx.accounts() {
		if err := read((&statement{}).add(columns+"account = ?", string(account)), "created"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Expire removes old entries, the oldest first.
func (c callTable) Expire(account waybill.ID, before time.Time, limit int) (int, error) {
	s := (&statement{}).add("delete from carrier_call where id in (select id from carrier_call where updated < ?", micro(before))
	if account != "" {
		s.add(" and account = ?", string(account))
	}
	c.tx.scope(s).add(" order by updated limit ?)", int64(limit))
	n, err := c.tx.exec(s.text.String(), s.args...)
	return int(n), err
}

// Erase removes the entries about a shipment.
func (c callTable) Erase(shipment waybill.ID) (int, error) {
	return eraseOf(c.tx, "carrier_call", shipment)
}

var _ store.Calls = callTable{}
