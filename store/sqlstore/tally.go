package sqlstore

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"time"

	"waybill"
	"waybill/store"
)

// How many shipments there are of each sort is kept in the table tally, by day and (day empty) over all days, and is
// moved in the transaction that writes a shipment. The shipment's row says under what it is counted, so that what it
// was is known exactly. In a data folder the one writer adds to the counters themselves. On PostgreSQL that would make
// every transaction wait for the one before it; there each change is a row of tally_change, which is folded into
// the counters a little later (fold.go). A counter is the sum of both.

// counter names a counter.
type counter struct {
	account waybill.ID
	tally   string // day and key
}

const tallySeparator = "\x1f"

// tallyOf is what a shipment is counted under.
func tallyOf(v *waybill.Shipment) string {
	var carrier, service string
	if v.Provider != nil {
		carrier, service = v.Provider.Carrier, v.Provider.Service
	}
	return strings.Join([]string{shipDay(v), string(v.Booking), string(v.Transit), clip(carrier), clip(service), clip(v.LocationKey)}, tallySeparator)
}

// shipDay is the day a shipment leaves: the one that was asked for, else the day it was made where it leaves from.
func shipDay(v *waybill.Shipment) string {
	if _, err := time.Parse(time.DateOnly, v.Options.ShipDate); err == nil {
		return v.Options.ShipDate
	}
	return v.Created.In(zone(v.TimeZone)).Format(time.DateOnly)
}

var zones sync.Map // name to *time.Location

// zone is a time zone by its IANA name; UTC where there is none of that name.
func zone(name string) *time.Location {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, z)
	return z
}

// count notes a change of a counter, for the end of the transaction.
func (t *tx) count(account waybill.ID, tally string, n int64) {
	if tally == "" {
		return
	}
	if t.counts == nil {
		t.counts = map[counter]int64{}
	}
	t.counts[counter{account, tally}] += n
}

// addUp writes what the transaction changed of the counters, in one order, so that no two wait for each other.
func (t *tx) addUp() error {
	var changed []counter
	for c, n := range t.counts {
		if n != 0 {
			changed = append(changed, c)
		}
	}
	slices.SortFunc(changed, func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.account, b.account), strings.Compare(a.tally, b.tally))
	})
	for _, c := range changed {
		day, key, _ := strings.Cut(c.tally, tallySeparator)
		for _, query := range t.store.flavour.tally {
			args := []any{string(c.account), key, t.counts[c], day}
			if _, err := t.exec(query, args[:strings.Count(query, "$")]...); err != nil {
				return err
			}
		}
	}
	t.counts = nil
	return nil
}

// Tally counts shipments by everything they are counted by.
func (s shipmentTable) Tally(q store.TallyQuery) (list []store.Tally, err error) {
	accounts, err := s.accounts()
	if err != nil {
		return nil, err
	}
	s.tx.long()
	for _, account := range accounts {
		some, err := s.tallies(account, q)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

func (s shipmentTable) tallies(account waybill.ID, q store.TallyQuery) (list []store.Tally, err error) {
	total := !q.ByDay && q.From == "" && q.To == ""
	st := (&statement{}).add("select " + dayColumn(q.ByDay) + ", key, cast(sum(n) as bigint) from (")
	s.counters(st, "tally", account, q, total)
	if s.tx.store.flavour.changes {
		s.counters(st.add(" union all "), "tally_change", account, q, false)
	}
	st.add(") c group by 1, 2 order by 1, 2")
	err = s.tx.each(func(rows *sql.Rows) error {
		var day, key string
		var n int64
		if err := rows.Scan(&day, &key, &n); err != nil {
			return err
		}
		if n != 0 {
			list = append(list, tallyRead(account, day, key, n))
		}
		return nil
	}, st.text.String(), st.args...)
	return list, err
}

func dayColumn(byDay bool) string {
	if byDay {
		return "day"
	}
	return "''"
}

// counters selects an account's counters of a query from a table; total: those over all days.
func (s shipmentTable) counters(st *statement, table string, account waybill.ID, q store.TallyQuery, total bool) {
	st.add("select day, key, n from "+table+" where account = ?", string(account))
	if total {
		st.add(" and day = ''")
		return
	}
	st.add(" and day >= ?", cmp.Or(q.From, " ")) // past the one over all days
	if q.To != "" {
		st.add(" and day <= ?", q.To)
	}
}

func tallyRead(account waybill.ID, day, key string, n int64) store.Tally {
	part := strings.Split(key+strings.Repeat(tallySeparator, 5), tallySeparator)
	return store.Tally{
		Account: account, Day: day, Booking: waybill.Booking(part[0]), Transit: waybill.Transit(part[1]),
		Carrier: part[2], Service: part[3], Location: part[4], Count: n,
	}
}

// recountStep is how many shipments are read at once while they are counted.
const recountStep = 5000

// Recount counts the shipments themselves, and answers by how much each counter is off; none: all are right.
func (s shipmentTable) Recount() (off []store.Tally, err error) {
	accounts, err := s.accounts()
	if err != nil {
		return nil, err
	}
	s.tx.long()
	for _, account := range accounts {
		real, err := s.recount(account)
		if err != nil {
			return nil, err
		}
		kept, err := s.tallies(account, store.TallyQuery{ByDay: true})
		if err != nil {
			return nil, err
		}
		total, err := s.tallies(account, store.TallyQuery{})
		if err != nil {
			return nil, err
		}
		off = append(off, difference(account, kept, total, real)...)
	}
	return off, nil
}

// recount counts an account's shipments by what their rows say.
func (s shipmentTable) recount(account waybill.ID) (map[string]int64, error) {
	real := map[string]int64{}
	var created int64
	var id, tally string
	for n := recountStep; n == recountStep; {
		n = 0
		q := (&statement{}).add("select created, id, tally from shipment where account = ? and (created, id) > (?, ?) order by created, id limit ?",
			string(account), created, id, int64(recountStep))
		err := s.tx.each(func(rows *sql.Rows) error {
			n++
			err := rows.Scan(&created, &id, &tally)
			if tally != "" {
				real[tally]++
			}
			return err
		}, q.text.String(), q.args...)
		if err != nil {
			return nil, err
		}
	}
	return real, nil
}

// difference is kept less real, day by day; and over all days, where that does not follow from the days.
func difference(account waybill.ID, kept, total []store.Tally, real map[string]int64) (off []store.Tally) {
	left, all := map[string]int64{}, map[string]int64{}
	for tally, n := range real {
		_, key, _ := strings.Cut(tally, tallySeparator)
		left[tally] -= n
		all[tallySeparator+key] -= n
	}
	for _, k := range kept {
		left[k.Day+tallySeparator+keyOf(k)] += k.Count
	}
	for _, k := range total {
		all[tallySeparator+keyOf(k)] += k.Count
	}
	for _, list := range []map[string]int64{left, all} {
		for tally, n := range list {
			if day, key, _ := strings.Cut(tally, tallySeparator); n != 0 {
				off = append(off, tallyRead(account, day, key, n))
			}
		}
	}
	slices.SortFunc(off, func(a, b store.Tally) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(keyOf(a), keyOf(b)))
	})
	return off
}

func keyOf(k store.Tally) string {
	return strings.Join([]string{string(k.Booking), string(k.Transit), k.Carrier, k.Service, k.Location}, tallySeparator)
}
