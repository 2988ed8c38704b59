package sqlstore_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// rowsVariable sets how many shipments the benchmark of lists has; the promise is of a million.
const rowsVariable = "WAYBILL_BENCH_ROWS"

// crowd fills a store with shipments of one account, a minute apart, in SQL: one in a thousand failed, one
// in a hundred at another place, one city in ten thousand.
func crowd(b *testing.B, s *sqlstore.Store, n int) {
	b.Helper()
	body := `'{"v":1,"Reference":"R","To":{"Contact":{"Name":"Ana Lund","Email":"ana@example.com"},"Address":{"Street1":"7 Harbour Lane","City":"Portland","Postcode":"04101","Country":"US"}},"Parcels":[{"Weight":{"Value":"2.5","Unit":"lb"}}]}'`
	cast, word := "cast(%s as blob)", "printf('%024d', n)"
	numbers := "with recursive k (n) as (select 1 union all select n + 1 from k where n < $1)"
	if s.Flavour() == "postgres" {
		cast, word = "convert_to(%s, 'UTF8')", "lpad(n::bigint::text, 24, '0')"
		numbers = "with k (n) as (select generate_series(1::bigint, $1::bigint))"
	}
	at := fmt.Sprintf("%d + n * 60000000", storetest.Start.UnixMicro())
	for _, insert := range []string{
		"insert into tenant (account, epoch) select 'a1', 0 from (" + numbers + " select n from k where n = 1) k",
		"insert into shipment (id, account, number, version, created, updated, reference, booking, transit, location_key, grp, pickup_start, drop_end, terms, body) " + numbers +
			" select " + word + ", 'a1', n, 1, " + at + ", " + at + ", 'R' || n, case when n % 1000 = 0 then 'failed' else 'booked' end, 'delivered', case when n % 100 = 0 then 'L2' else 'L1' end, '', 0, 0, '', " + fmt.Sprintf(cast, body) + " from k",
		"insert into term (account, noun, field, value, created, id) " + numbers + " select 'a1', 'shipment', 'location', case when n % 100 = 0 then 'L2' else 'L1' end, " + at + ", " + word + " from k",
		"insert into term (account, noun, field, value, created, id) " + numbers + " select 'a1', 'shipment', 'country', 'us', " + at + ", " + word + " from k",
		"insert into term (account, noun, field, value, created, id) " + numbers + " select 'a1', 'shipment', 'city', case when n % 10000 = 0 then 'oslo' else 'portland' end, " + at + ", " + word + " from k",
	} {
		if err := s.Exec(insert, n); err != nil {
			b.Fatal(err)
		}
	}
	if s.Flavour() == "postgres" {
		if err := s.Exec("vacuum analyze"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLists asks for a page of each kind in a crowd.
func BenchmarkLists(b *testing.B) {
	n := 20_000
	if text := os.Getenv(rowsVariable); text != "" {
		n, _ = strconv.Atoi(text)
	}
	term := func(field, value string) store.Term { return store.Term{Field: field, Value: value} }
	end := storetest.Start.Add(time.Duration(n) * time.Minute)
	for name, open := range map[string]func(testing.TB, waybill.Clock) *sqlstore.Store{"sqlite": storetest.SQLite, "postgres": storetest.PostgreSQL} {
		b.Run(name, func(b *testing.B) {
			s := open(b, nil)
			crowd(b, s, n)
			for _, c := range []struct {
				name string
				q    store.ShipmentQuery
				page store.Page
			}{
				{"newest 25", store.ShipmentQuery{}, store.Page{Limit: 25}},
				{"newest 1000", store.ShipmentQuery{}, store.Page{Limit: 1000}},
				{"24 h of a place, 100", store.ShipmentQuery{Locations: []string{"L2"}, CreatedFrom: end.AddDate(0, 0, -1)}, store.Page{Limit: 100}},
				{"a rare state", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Failed}}, store.Page{Limit: 100}},
				{"a common state", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Booked}}, store.Page{Limit: 100}},
				{"a rare and a common term", store.ShipmentQuery{Terms: []store.Term{term(store.TermCountry, "us"), term(store.TermCity, "oslo")}}, store.Page{Limit: 100}},
				{"by change, a place", store.ShipmentQuery{Locations: []string{"L2"}}, store.Page{Limit: 100, Order: store.ByUpdated}},
				{"what is not there", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Held}, Locations: []string{"L1"}}, store.Page{Limit: 100}},
				{"page number in the middle", store.ShipmentQuery{}, store.Page{Limit: 25, Offset: n / 2}},
				{"page number, a common state", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Booked}}, store.Page{Limit: 25, Offset: n / 2}},
			} {
				b.Run(c.name, func(b *testing.B) {
					for b.Loop() {
						view(b, s, func(tx store.Tx) error { _, err := tx.Shipments().Find(c.q, c.page); return err })
					}
				})
			}
			b.Run("count all", func(b *testing.B) {
				for b.Loop() {
					view(b, s, func(tx store.Tx) error {
						_, _, err := tx.Shipments().Count(store.ShipmentQuery{}, n+1)
						return err
					})
				}
			})
			b.Run("count a state to 10000", func(b *testing.B) {
				for b.Loop() {
					view(b, s, func(tx store.Tx) error {
						_, _, err := tx.Shipments().Count(store.ShipmentQuery{Booking: []waybill.Booking{waybill.Booked}}, 10_000)
						return err
					})
				}
			})
		})
	}
}

func view(b testing.TB, s store.Store, fn func(store.Tx) error) {
	b.Helper()
	if err := s.View(b.Context(), alice, fn); err != nil {
		b.Fatal(err)
	}
}
