package sqlstore

import (
	"database/sql"
	"slices"

	"waybill"
	"waybill/store"
)

var manifests = define(noun[waybill.Manifest]{
	table:   "manifest",
	columns: []string{"connection", "location", "day", "state"},
	values: func(_ *tx, v *waybill.Manifest) []any {
		return []any{string(v.Connection), string(v.Location), v.Day, string(v.State)}
	},
})

// manifestTable implements store.Manifests.
type manifestTable struct{ table[waybill.Manifest] }

// Find lists by cursor.
func (m manifestTable) Find(q store.ManifestQuery, page store.Page) (store.Slice[waybill.Manifest], error) {
	return partOf(m.table, q, page, func(s *statement) bool {
		if q.Location != "" {
			s.add(" and location = ?", string(q.Location))
		}
		if q.Connection != "" {
			s.add(" and connection = ?", string(q.Connection))
		}
		if q.Day != "" {
			s.add(" and day = ?", q.Day)
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

// Open reads the one of a connection, location and day that nobody knows the end of.
func (m manifestTable) Open(account, connection, location waybill.ID, day string) (waybill.Manifest, error) {
	s := m.where("account = ? and connection = ? and location = ? and day = ? and state in ('requested', 'unsure', 'stuck')",
		string(account), string(connection), string(location), day)
	return m.one("open", m.tx.scopeBy(s, unindexed))
}

// consignmentTable implements store.Consignments.
type consignmentTable struct{ tx *tx }

const consignmentColumns = "shipment, account, purchase, connection, location, day, manifest, state, parcels, grams, booked"

// Add puts one in, in the place of one of an earlier purchase.
func (c consignmentTable) Add(v waybill.Consignment) error {
	const op = "store.consignment.add"
	if err := c.tx.sees(op, v.Account, waybill.ReasonUnknownShipment); err != nil {
		return c.tx.doom(err)
	}
	args := []any{
		string(v.Shipment), string(v.Account), string(v.Purchase), string(v.Connection), string(v.Location), v.Day, string(v.Manifest), string(v.State),
		int64(v.Parcels), v.Grams, micro(v.Booked), int64(0),
	}
	if err := checkKeys(op, args); err != nil {
		return c.tx.doom(err)
	}
	_, err := c.tx.exec("insert into consignment ("+consignmentColumns+", warned) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"+
		" on conflict (shipment) do update set purchase = $3, connection = $4, location = $5, day = $6, manifest = $7, state = $8, parcels = $9,"+
		" grams = $10, booked = $11, warned = $12 where consignment.purchase <> $3 and consignment.account = $2", args...)
	return err
}

// Of reads those of the shipments that have one.
func (c consignmentTable) Of(shipments ...waybill.ID) (list []waybill.Consignment, err error) {
	for part := range slices.Chunk(shipments, 256) {
		some, err := c.list(in(c.where(), "shipment", part), "")
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// Leaving lists what leaves a location with a connection on days, the earliest booked first.
func (c consignmentTable) Leaving(q store.LeavingQuery, limit int) ([]waybill.Consignment, error) {
	s := c.where().add("account = ? and connection = ? and location = ? and ", string(q.Account), string(q.Connection), string(q.Location))
	in(s, "day", q.Days)
	if q.Waiting {
		s.add(" and manifest = '' and state = ''")
	} else {
		s.add(" and (manifest <> '' or state <> '')")
	}
	return c.list(s, " order by booked, shipment limit ?", int64(limit))
}

// On lists what is on a manifest, by shipment, after one.
func (c consignmentTable) On(manifest, after waybill.ID, limit int) ([]waybill.Consignment, error) {
	if manifest == "" {
		return nil, nil
	}
	s := c.where().add("manifest = ? and manifest <> '' and shipment > ?", string(manifest), string(after))
	return c.list(s, " order by shipment limit ?", int64(limit))
}

// Claim puts shipments on a manifest, all or none.
func (c consignmentTable) Claim(manifest waybill.ID, shipments []waybill.ID) error {
	for part := range slices.Chunk(shipments, 256) {
		s := (&statement{}).add("update consignment set manifest = ? where manifest = '' and state = '' and ", string(manifest))
		c.tx.scopeBy(in(s, "shipment", part), unindexed)
		n, err := c.tx.exec(s.text.String(), s.args...)
		if err != nil {
			return err
		}
		if n != int64(len(part)) {
			return c.tx.doom(waybill.E("store.consignment.claim", waybill.ReasonTaken, "a shipment went on another manifest, or is given up, meanwhile"))
		}
	}
	return nil
}

// Release takes everything off a manifest.
func (c consignmentTable) Release(manifest waybill.ID) error {
	s := (&statement{}).add("update consignment set manifest = '' where manifest = ? and manifest <> ''", string(manifest))
	c.tx.scopeBy(s, unindexed)
	_, err := c.tx.exec(s.text.String(), s.args...)
	return err
}

// Mark changes the state of one that is as it was read.
func (c consignmentTable) Mark(v waybill.Consignment, state waybill.ConsignmentState) error {
	s := (&statement{}).add("update consignment set state = ? where shipment = ? and manifest = ? and state = ?",
		string(state), string(v.Shipment), string(v.Manifest), string(v.State))
	c.tx.scopeBy(s, unindexed)
	n, err := c.tx.exec(s.text.String(), s.args...)
	if err == nil && n == 0 {
		err = c.tx.doom(waybill.E("store.consignment.mark", waybill.ReasonVersion, "the shipment went on a manifest, or off one, meanwhile"))
	}
	return err
}

// Warn notes that people were told of what waits, and answers how many of them they had not been told of.
func (c consignmentTable) Warn(q store.LeavingQuery) (int, error) {
	s := (&statement{}).add("update consignment set warned = ? where account = ? and connection = ? and location = ? and manifest = '' and state = '' and warned = 0 and ",
		micro(c.tx.Now()), string(q.Account), string(q.Connection), string(q.Location))
	c.tx.scopeBy(in(s, "day", q.Days), unindexed)
	n, err := c.tx.exec(s.text.String(), s.args...)
	return int(n), err
}

// Waiting counts what is on no manifest, by day, connection and location.
func (c consignmentTable) Waiting(days []string) (list []store.Waiting, err error) {
	s := (&statement{}).add("select account, day, connection, location, count(*), sum(parcels), max(booked) from consignment where manifest = '' and state = '' and ")
	c.tx.scope(in(s, "day", days))
	s.add(" group by account, day, connection, location order by day, account, connection, location")
	err = c.tx.each(func(rows *sql.Rows) error {
		var w store.Waiting
		var latest int64
		err := rows.Scan(&w.Account, &w.Day, &w.Connection, &w.Location, &w.Shipments, &w.Parcels, &latest)
		w.Latest = fromMicro(latest)
		list = append(list, w)
		return err
	}, s.text.String(), s.args...)
	return list, err
}

func (c consignmentTable) where() *statement {
	return (&statement{}).add("select " + consignmentColumns + " from consignment where ")
}

// list completes a select and reads.
func (c consignmentTable) list(s *statement, order string, args ...any) (list []waybill.Consignment, err error) {
	c.tx.scopeBy(s, unindexed).add(order, args...)
	err = c.tx.each(func(rows *sql.Rows) error {
		var v waybill.Consignment
		var booked int64
		err := rows.Scan(&v.Shipment, &v.Account, &v.Purchase, &v.Connection, &v.Location, &v.Day, &v.Manifest, &v.State, &v.Parcels, &v.Grams, &booked)
		v.Booked = fromMicro(booked)
		list = append(list, v)
		return err
	}, s.text.String(), s.args...)
	return list, err
}

var (
	_ store.Manifests    = manifestTable{}
	_ store.Consignments = consignmentTable{}
)
