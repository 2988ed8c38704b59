package sqlstore_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
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

// TestMend: counters that are off are put right, whatever is counted meanwhile, and by one at a time.
func TestMend(t *testing.T) {
	both(t, func(t *testing.T, s *sqlstore.Store) {
		data(t, s)
		if s.Flavour() == "postgres" {
			if err := s.Fold(); err != nil {
				t.Fatal(err)
			}
		}
		must(t, s, "update tally set n = 3 where day <> ''")
		must(t, s, "insert into tally (account, day, key, n) values ('a1', '', 'held', 7)")
		mend := func(by waybill.ID, list []store.Tally) error {
			return s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Mend(by, list) })
		}
		begin := func(by waybill.ID) []store.Tally {
			if err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Mending(by) }); err != nil {
				t.Fatal(err)
			}
			return off(t, s)
		}
		wants(t, "mending unannounced", mend("m1", off(t, s)), waybill.Conflict, waybill.ReasonTaken)
		first, second := begin("m1"), begin("m2")
		v := storetest.Shipment("a1", id(7))
		if err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Shipments().Put(&v) }); err != nil {
			t.Fatal(err)
		}
		wants(t, "mending after another began", mend("m1", first), waybill.Conflict, waybill.ReasonTaken)
		if len(second) != 2 || mend("m2", second) != nil || len(off(t, s)) != 0 {
			t.Errorf("were off by %+v, and still are by %+v", second, off(t, s))
		}
		view(t, s, func(tx store.Tx) error {
			n := int64(0)
			all, err := tx.Shipments().Tally(store.TallyQuery{})
			for _, k := range all {
				n += k.Count
			}
			if n != 2 {
				t.Errorf("two shipments are counted as %d", n)
			}
			return err
		})
		stranger := waybill.Actor{Kind: waybill.ActorClient, Account: "a2"}
		err := s.Update(t.Context(), stranger, func(tx store.Tx) error { return tx.Shipments().Mend("m2", second) })
		wants(t, "another account's counters", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	})
}

// TestBarcodes: a product is found by its barcode in whichever way that is written, by whoever sees it.
func TestBarcodes(t *testing.T) {
	both(t, func(t *testing.T, s *sqlstore.Store) {
		codes := []string{"4006381333931", "04006381333931", "012345678905", "KETTLE-1", "1234", "", strings.Repeat("9", 300), "a\x00b"}
		err := s.Update(t.Context(), alice, func(tx store.Tx) error {
			for n, code := range codes {
				p := waybill.Product{Row: waybill.Row{ID: id(n), Account: "a1"}, SKU: fmt.Sprint("SKU-", n), Barcode: code}
				if err := tx.Products().Put(&p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		found := func(tx store.Tx, code string) (list []string) {
			products, err := tx.Products().ByBarcode(code, 10)
			if err != nil {
				t.Error(err)
			}
			for _, p := range products {
				list = append(list, p.SKU)
			}
			return list
		}
		check := func() {
			view(t, s, func(tx store.Tx) error {
				for code, want := range map[string]string{
					"4006381333931": "[SKU-0 SKU-1]", "004006381333931": "[SKU-0 SKU-1]", "12345678905": "[SKU-2]", "KETTLE-1": "[SKU-3]", "1234": "[SKU-4]",
					"00001234": "[]", "kettle-1": "[]", "": "[]", "a\x00b": "[]", "\xff": "[]", codes[6]: "[]", "4006381333932": "[]",
				} {
					if got := fmt.Sprint(found(tx, code)); got != want {
						t.Errorf("%q finds %s, not %s", code, got, want)
					}
				}
				if list, err := tx.Products().ByBarcode("4006381333931", 1); len(list) != 1 {
					t.Errorf("one of two: %d, %v", len(list), err)
				}
				return nil
			})
		}
		check()
		// As the migration finds them, and makes them.
		must(t, s, "drop index setup_code")
		must(t, s, "alter table setup drop column code")
		must(t, s, "drop table upkeep")
		must(t, s, "create table upkeep (name text not null primary key, at text not null)")
		if s.Flavour() == "postgres" {
			must(t, s, "alter table term drop constraint term_pkey, drop column sig")
			must(t, s, "alter table term add constraint term_pkey primary key (account, noun, field, value, created, id)")
		} else {
			must(t, s, "alter table term drop column sig")
		}
		text, err := os.ReadFile("migrations/" + s.Flavour() + "/00013_words.sql")
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		must(t, s, up)
		check()
		view(t, s, func(tx store.Tx) error {
			p, err := tx.Products().ByKey("SKU-2")
			if p.Barcode != codes[2] {
				t.Errorf("a barcode became %q", p.Barcode)
			}
			return err
		})
		stranger := waybill.Actor{Kind: waybill.ActorClient, Account: "a2"}
		err = s.View(t.Context(), stranger, func(tx store.Tx) error {
			if list := found(tx, "1234"); len(list) > 0 {
				t.Errorf("a stranger finds %v", list)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
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
		all[5].To.Contact.Last, all[5].To.Contact.Email = "Müller", ""
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
		if rounds != 3 || find(tag) != 7 || find(store.ShipmentQuery{Words: store.Wanted("ana mueller")}) != 1 || find(store.ShipmentQuery{Words: store.Wanted("muller ana")}) != 1 ||
			find(store.ShipmentQuery{Words: store.Wanted("ana lund")}) != 7 || len(off(t, s)) != 0 {
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

// TestShortPages: whatever is asked for together, all that there is comes page after page, newest first, and no page is
// empty while more is found by an index.
func TestShortPages(t *testing.T) {
	names, towns := strings.Fields("Anna Bergmann Carla Müller Otto"), strings.Fields("Bath Bristol London")
	both(t, func(t *testing.T, s *sqlstore.Store) {
		const all = 150
		held := func(n int) bool { return n%7 == 0 }
		err := s.Update(t.Context(), alice, func(tx store.Tx) error {
			for n := range all {
				v := storetest.Shipment("a1", id(n))
				v.To.Contact = waybill.Contact{Name: names[n%5] + " " + names[n%4], Phone: "+44 117 " + fmt.Sprint(1000+n)}
				v.To.Address.City = towns[n%3]
				if held(n) {
					v.Booking, v.Transit = waybill.Held, waybill.TransitNone
				}
				v.Tags = []int64{int64(n % 11)}
				if err := tx.Shipments().Put(&v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Nearsighted()
		named := func(n int, name string) bool { return names[n%5] == name || names[n%4] == name }
		for _, c := range []struct {
			name string
			q    store.ShipmentQuery
			fits func(n int) bool
		}{
			{"two words", store.ShipmentQuery{Words: store.Wanted("anna bergmann")}, func(n int) bool { return named(n, "Anna") && named(n, "Bergmann") }},
			{"a name and a town", store.ShipmentQuery{Words: store.Wanted("mueller bath")}, func(n int) bool { return named(n, "Müller") && n%3 == 0 }},
			{"words that are never together", store.ShipmentQuery{Words: store.Wanted("bath bristol")}, func(int) bool { return false }},
			{"a word and a state", store.ShipmentQuery{Words: store.Wanted("otto"), Booking: []waybill.Booking{waybill.Held}}, func(n int) bool { return named(n, "Otto") && held(n) }},
			{"a state", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Held, waybill.Failed}}, held},
			{"a state that none has", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Failed}}, func(int) bool { return false }},
			{"a transit state", store.ShipmentQuery{Transit: []waybill.Transit{waybill.TransitNone}}, held},
			{"a state and a tag", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Held}, Terms: []store.Term{store.TagTerm(3)}}, func(n int) bool { return held(n) && n%11 == 3 }},
			{"a word and a tag", store.ShipmentQuery{Words: store.Wanted("carla"), Terms: []store.Term{store.TagTerm(3)}}, func(n int) bool { return named(n, "Carla") && n%11 == 3 }},
			{"a pair of states and a town", store.ShipmentQuery{Words: store.Wanted("london"), States: []store.State{{Booking: waybill.Held, Transit: waybill.TransitNone}, {Booking: waybill.Booked, Transit: waybill.Exception}}},
				func(n int) bool { return held(n) && n%3 == 2 }},
		} {
			for _, ascending := range []bool{false, true} {
				var want, got []string
				for n := range all {
					if c.fits(n) {
						want = append(want, string(id(n)))
					}
				}
				if !ascending {
					slices.Reverse(want)
				}
				for page, empty := (store.Page{Limit: 4, Ascending: ascending}), 0; empty < 2; {
					var slice store.Slice[waybill.Shipment]
					view(t, s, func(tx store.Tx) (err error) {
						slice, err = tx.Shipments().Find(c.q, page)
						return err
					})
					for _, v := range slice.Items {
						got = append(got, string(v.ID))
					}
					if page.After = slice.Next; page.After == "" {
						break
					}
					if len(slice.Items) == 0 {
						empty++
						t.Errorf("%s: an empty page after %d of %d", c.name, len(got), len(want))
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s, ascending %v: %v, not %v", c.name, ascending, got, want)
				}
			}
		}
	})
}
