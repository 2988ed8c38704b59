package sqlstore

import (
	"database/sql"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// hanging describes a noun whose records hang on a shipment and have no other columns.
func hanging[T any](table string, shipment func(*T) waybill.ID) noun[T] {
	return define(noun[T]{
		table:   table,
		columns: []string{"shipment"},
		values:  func(_ *tx, v *T) []any { return []any{string(shipment(v))} },
	})
}

var (
	decisions = hanging("decision", func(v *waybill.Decision) waybill.ID { return v.Shipment })
	hooks     = hanging("hook", func(v *waybill.Subscription) waybill.ID { return v.Shipment })
	documents = define(noun[waybill.Document]{
		table:   "document",
		columns: []string{"shipment", "blob"},
		values:  func(_ *tx, v *waybill.Document) []any { return []any{string(v.Shipment), v.Blob} },
	})
	purchases = define(noun[waybill.Purchase]{
		table:   "purchase",
		columns: []string{"shipment", "key", "state"},
		values:  func(_ *tx, v *waybill.Purchase) []any { return []any{string(v.Shipment), v.Key, string(v.State)} },
	})
	trackers = define(noun[waybill.Tracker]{
		table:   "tracker",
		columns: []string{"shipment", "connection", "track", "due", "open"},
		values: func(_ *tx, v *waybill.Tracker) []any {
			return []any{string(v.Shipment), string(v.Connection), v.Track.Number, micro(v.Due), bit(v.Open)}
		},
	})
	deliveries = define(noun[waybill.Delivery]{
		table:   "delivery",
		columns: []string{"subscription", "state", "shipment"},
		values: func(_ *tx, v *waybill.Delivery) []any {
			return []any{string(v.Subscription), v.State, string(v.Shipment)}
		},
	})
)

// child implements store.Child.
type child[T any] struct{ table[T] }

// Of reads the records of a shipment, oldest first.
func (c child[T]) Of(shipment waybill.ID) ([]T, error) {
	return c.list(c.tx.scope(c.where("shipment = ?", string(shipment))).add(" order by created, id"))
}

// purchaseTable implements store.Purchases.
type purchaseTable struct{ child[waybill.Purchase] }

// InState reads purchases in any of the states, oldest first.
func (p purchaseTable) InState(states []waybill.PurchaseState, limit int) ([]waybill.Purchase, error) {
	return p.list(p.tx.scope(in(p.where(""), "state", states)).add(" order by created, id limit ?", int64(limit)))
}

// trackerTable implements store.Trackers.
type trackerTable struct{ child[waybill.Tracker] }

// ByNumber reads the newest tracker of a number: carriers use numbers again after years.
func (t trackerTable) ByNumber(connection waybill.ID, number string) (waybill.Tracker, error) {
	if !keepable(number) {
		return waybill.Tracker{}, waybill.E("store.tracker.by_number", waybill.ReasonUnknownRecord, "there is no such record")
	}
	s := t.where("connection = ? and track = ?", string(connection), number)
	return t.one("by_number", t.tx.scope(s).add(" order by created desc limit 1"))
}

// Due reads open trackers of a connection that are due, the longest due first.
func (t trackerTable) Due(connection waybill.ID, now time.Time, limit int) ([]waybill.Tracker, error) {
	s := t.where("connection = ? and open = 1 and due <= ?", string(connection), micro(now))
	return t.list(t.tx.scope(s).add(" order by due, id limit ?", int64(limit)))
}

// OldestDue is when the connection's next tracker is due; zero when none is open.
func (t trackerTable) OldestDue(connection waybill.ID) (time.Time, error) {
	s := (&statement{}).add("select due from tracker where connection = ? and open = 1", string(connection))
	s = t.tx.scope(s).add(" order by due limit 1")
	n, err := t.tx.int(s.text.String(), s.args...)
	return fromMicro(n), err
}

// Taken answers which numbers parcels of a connection, anybody's, have had since a time. With many writers the numbers'
// locks make sure that each sees what the other did.
func (t trackerTable) Taken(connection waybill.ID, numbers []string, since time.Time) ([]string, error) {
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return !keepable(n) })
	slices.Sort(numbers)
	if lock := t.tx.store.flavour.lock; lock != "" {
		for _, number := range slices.Compact(slices.Clone(numbers)) {
			s := (&statement{}).add(lock, "number "+string(connection)+" "+number)
			if err := t.tx.each(func(*sql.Rows) error { return nil }, s.text.String(), s.args...); err != nil {
				return nil, err
			}
		}
	}
	s := (&statement{}).add("select distinct track from tracker where connection = ? and created >= ? and ", string(connection), micro(since))
	return t.tx.strings(in(s, "track", numbers).add(" order by track").text.String(), s.args...)
}

// deliveryTable implements store.Deliveries.
type deliveryTable struct{ table[waybill.Delivery] }

// Of reads a subscription's deliveries in a state (any when empty), newest first.
func (d deliveryTable) Of(subscription waybill.ID, state string, limit int) ([]waybill.Delivery, error) {
	s := d.where("subscription = ?", string(subscription))
	if state != "" {
		s.add(" and state = ?", state)
	}
	return d.list(d.tx.scopeBy(s, unindexed).add(" order by created desc, id desc limit ?", int64(limit)))
}

// Find lists by cursor.
func (d deliveryTable) Find(q store.DeliveryQuery, page store.Page) (store.Slice[waybill.Delivery], error) {
	return partOf(d.table, q, page, func(s *statement) bool {
		if q.Subscription != "" {
			s.add(" and subscription = ?", string(q.Subscription))
		}
		if len(q.States) > 0 {
			in(s.add(" and "), "state", q.States)
		}
		if !q.From.IsZero() {
			s.add(" and created >= ?", micro(q.From))
		}
		if !q.To.IsZero() {
			s.add(" and created <= ?", micro(q.To))
		}
		if !q.UpdatedFrom.IsZero() {
			s.add(" and updated >= ?", micro(q.UpdatedFrom))
		}
		return q.Subscription != ""
	})
}

// About reads the deliveries of a shipment's events, oldest first.
func (d deliveryTable) About(shipment waybill.ID) ([]waybill.Delivery, error) {
	s := d.where("shipment = ? and shipment <> ''", string(shipment))
	return d.list(d.tx.scopeBy(s, unindexed).add(" order by created, id"))
}

var (
	_ store.Purchases  = purchaseTable{}
	_ store.Trackers   = trackerTable{}
	_ store.Deliveries = deliveryTable{}
)
