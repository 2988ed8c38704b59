package sqlstore

import (
	"database/sql"

	"waybill"
)

// Reindex brings the next n shipments of an earlier version up to date with what they are found by and counted under.
// Their versions stay. One that is written meanwhile is brought up to date by that; that it is done again harms nothing.
func (s shipmentTable) Reindex(n int) (done bool, err error) {
	list, err := s.tx.strings("select at from upkeep where name = 'shipment'" + s.tx.store.flavour.hold)
	if err != nil || len(list) == 0 {
		return true, err
	}
	shipments, err := s.list(s.where("id > ? order by id limit ?", list[0], int64(n)))
	if err != nil {
		return false, err
	}
	for i := range shipments {
		if err := s.reindex(&shipments[i]); err != nil {
			return false, err
		}
	}
	if len(shipments) < n {
		_, err = s.tx.exec("delete from upkeep where name = 'shipment'")
		return true, err
	}
	_, err = s.tx.exec("update upkeep set at = $1 where name = 'shipment'", string(shipments[n-1].ID))
	return false, err
}

func (s shipmentTable) reindex(v *waybill.Shipment) error {
	r := row(v)
	var text, tallied string
	found := false
	err := s.tx.each(func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&text, &tallied)
	}, "select terms, tally from shipment where id = $1 and version = $2"+s.tx.store.flavour.hold, string(r.ID), r.Version)
	if err != nil || !found {
		return err
	}
	s.tx.terms, s.tx.tally = termsOf(v), tallyOf(v)
	if err := s.tx.moveTerms(r, parseTerms(text), true); err != nil {
		return err
	}
	s.tx.count(r.Account, tallied, -1)
	s.tx.count(r.Account, s.tx.tally, 1)
	_, err = s.tx.exec("update shipment set terms = $1, tally = $2 where id = $3", string(termText(s.tx.terms)), s.tx.tally, string(r.ID))
	return err
}
