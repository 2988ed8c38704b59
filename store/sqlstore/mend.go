package sqlstore

import (
	"cmp"
	"slices"
	"strings"

	"waybill"
	"waybill/store"
)

// Mending writes down who mends, in place of whoever did before.
func (s shipmentTable) Mending(by waybill.ID) error {
	_, err := s.tx.exec("insert into upkeep (name, at) values ('recount', $1) on conflict (name) do update set at = excluded.at", string(by))
	return err
}

// Mend takes from counters what they are off by. They are added to, as by every writer, and in the order of those.
func (s shipmentTable) Mend(by waybill.ID, off []store.Tally) error {
	const op = "store.shipment.mend"
	last, err := s.tx.strings("select at from upkeep where name = 'recount'" + s.tx.store.flavour.hold)
	if err != nil {
		return err
	}
	if !slices.Equal(last, []string{string(by)}) {
		return s.tx.doom(waybill.E(op, waybill.ReasonTaken, "somebody else mends the counters now"))
	}
	off = slices.SortedFunc(slices.Values(off), func(a, b store.Tally) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), strings.Compare(a.Day, b.Day), strings.Compare(keyOf(a), keyOf(b)))
	})
	for _, k := range off {
		if err := s.tx.sees(op, k.Account, waybill.ReasonUnknownRecord); err != nil {
			return s.tx.doom(err)
		}
		if _, err := s.tx.exec("insert into tally (account, day, key, n) values ($1, $2, $3, $4) on conflict (account, day, key) do update set n = tally.n + excluded.n",
			string(k.Account), k.Day, keyOf(k), -k.Count); err != nil {
			return err
		}
	}
	return nil
}
