package sqlstore_test

import (
	"fmt"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// both runs a test on either database.
func both(t *testing.T, test func(t *testing.T, s *sqlstore.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLite(t, nil)) })
	t.Run("postgres", func(t *testing.T) { test(t, storetest.PostgreSQL(t, nil)) })
}

func must(t testing.TB, s *sqlstore.Store, query string, args ...any) {
	t.Helper()
	if err := s.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func off(t testing.TB, s *sqlstore.Store) (list []store.Tally) {
	t.Helper()
	view(t, s, func(tx store.Tx) (err error) {
		list, err = tx.Shipments().Recount()
		return err
	})
	return list
}

// TestFold: on PostgreSQL the changes of counters end up in the counters, once, and what is read stays the same.
func TestFold(t *testing.T) {
	s := storetest.PostgreSQL(t, nil)
	for n := range 30 {
		v := storetest.Shipment("a1", id(n))
		v.Options.ShipDate = fmt.Sprintf("2026-01-%02d", 1+n%3)
		err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Put(&v) })
		if err == nil && n%5 == 0 {
			err = s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Delete(v.ID, v.Version) })
		}
		if err != nil {
			t.Fatal(err)
		}
		if n%7 == 0 {
			if err := s.Fold(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if list := off(t, s); len(list) > 0 {
			t.Errorf("counters that are off: %+v", list)
		}
		if err := s.Fold(); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.Strings("select (select count(*) from tally_change) || ' ' || (select n from tally where day = '')")
	if err != nil || rows[0] != "0 24" {
		t.Errorf("changes left, and all counted: %v, %v", rows, err)
	}
}

// TestRecount: counters that somebody has bent are told, by how much.
func TestRecount(t *testing.T) {
	both(t, func(t *testing.T, s *sqlstore.Store) {
		data(t, s)
		if s.Flavour() == "postgres" {
			if err := s.Fold(); err != nil {
				t.Fatal(err)
			}
		}
		must(t, s, "update tally set n = 3 where day <> ''")
		list := off(t, s)
		if len(list) != 1 || list[0].Count != 2 || list[0].Carrier != "house" || list[0].Booking != waybill.Booked || list[0].Day == "" {
			t.Errorf("told as off: %+v", list)
		}
		must(t, s, "delete from tally")
		if list = off(t, s); len(list) != 2 || list[0].Count != -1 || list[1].Count != -1 {
			t.Errorf("without counters: %+v", list)
		}
	})
}

// TestReindex: shipments of an earlier version are found by words, tags and all their numbers and are counted once the
// work is done; those that were written meanwhile are left as they are.
func TestReindex(t *testing.T) {
	both(t, func(t *testing.T, s *sqlstore.Store) {
		var all []waybill.Shipment
		for n := range 7 {
			v := storetest.Shipment("a1", id(n))
			v.Tags, v.Parcels[0].SSCC = []int64{42}, fmt.Sprintf("00%016d", n)
			if err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Put(&v) }); err != nil {
				t.Fatal(err)
			}
			all = append(all, v)
		}
		if s.Flavour() == "postgres" {
			if err := s.Fold(); err != nil {
				t.Fatal(err)
			}
		}
		// As an earlier version left them.
		must(t, s, "delete from tally")
		must(t, s, "delete from term where field in ('word', 'tag') or value like '00%'")
		must(t, s, "update shipment set tally = '', terms = ''")
		must(t, s, "insert into upkeep (name, at) values ('shipment', '')")
		find := func(q store.ShipmentQuery) (n int) {
			view(t, s, func(tx store.Tx) error {
				slice, err := tx.Shipments().Find(q, store.Page{Limit: 50})
				n = len(slice.Items)
				return err
			})
			return n
		}
		word, tag := store.ShipmentQuery{Words: store.Wanted("lund")}, store.ShipmentQuery{Terms: []store.Term{store.TagTerm(42)}}
		if find(word) != 0 || find(tag) != 0 {
			t.Fatal("they are found although they are not indexed")
		}
		all[5].To.Contact.Last, all[5].To.Contact.Email = "Berg", ""
		if err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Put(&all[5]) }); err != nil {
			t.Fatal(err)
		}
		rounds := 0
		for done := false; !done; rounds++ {
			err := s.Update(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
				done, err = tx.Shipments().Reindex(3)
				return err
			})
			if err != nil || rounds > 5 {
				t.Fatal(rounds, err)
			}
		}
		if rounds != 3 || find(tag) != 7 || find(store.ShipmentQuery{Words: store.Wanted("berg")}) != 1 || len(off(t, s)) != 0 {
			t.Errorf("after %d rounds: %d, %d, off %+v", rounds, find(word), find(tag), off(t, s))
		}
		view(t, s, func(tx store.Tx) error {
			found, err := tx.Shipments().ByTracking("00" + fmt.Sprintf("%016d", 2))
			if len(found) != 1 || found[0].Version != 1 || !found[0].Updated.Equal(all[2].Updated) {
				t.Errorf("by its SSCC: %d, changed by being indexed", len(found))
			}
			return err
		})
	})
}
