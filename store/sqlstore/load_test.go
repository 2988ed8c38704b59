package sqlstore_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// TestLoad: a database that was loaded is the one that writing the same shipments would have made.
func TestLoad(t *testing.T) {
	for _, flavour := range []string{"sqlite", "postgres"} {
		t.Run(flavour, func(t *testing.T) {
			clock := waybill.NewManualClock(storetest.Start)
			config := func() sqlstore.Config {
				cfg := storetest.Config(clock)
				if flavour == "sqlite" {
					cfg.Dir = storetest.Folder(t)
				} else {
					cfg.URL = storetest.Postgres(t)
				}
				return cfg
			}
			written, loaded := config(), config()
			var all []waybill.Shipment
			s := storetest.Open(t, written)
			for n := range 150 {
				clock.Advance(7000)
				v := storetest.Shipment(waybill.ID(fmt.Sprintf("a%d", 1+n%2)), id(n))
				v.Tags, v.LocationKey, v.Options.ShipDate = []int64{int64(n % 3)}, fmt.Sprintf("L%d", n%4), fmt.Sprintf("2026-03-%02d", 1+n%9)
				v.To.Contact.Last = fmt.Sprintf("Ö%d\x00%d", n%7, n)
				err := s.Update(t.Context(), waybill.System(""), func(tx store.Tx) error { return tx.Shipments().Put(&v) })
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, v)
			}
			if flavour == "postgres" {
				if err := s.Fold(); err != nil {
					t.Fatal(err)
				}
			}
			if err := sqlstore.Load(t.Context(), loaded, slices.Values(all)); err != nil {
				t.Fatal(err)
			}
			other := storetest.Open(t, loaded)
			for _, query := range []string{
				"select id || account || number || version || created || updated || reference || booking || transit || location_key || grp || pickup_start || drop_end || tally || terms from shipment order by id",
				"select account || ' ' || noun || ' ' || field || ' ' || value || ' ' || created || ' ' || id from term order by 1",
				"select account || ' ' || day || ' ' || key || ' ' || n from tally order by 1",
				"select account || ' ' || epoch from tenant order by 1",
			} {
				want, err := s.Strings(query)
				if err != nil || len(want) < 2 {
					t.Fatal(query, len(want), err)
				}
				got, err := other.Strings(query)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%s: %v\n%s", query, err, diff)
				}
			}
			err := other.View(t.Context(), waybill.System(""), func(tx store.Tx) error {
				for _, v := range all {
					got, err := tx.Shipments().Get(v.ID)
					if diff := cmp.Diff(v, got); diff != "" || err != nil {
						t.Fatal(err, diff)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if err := sqlstore.Load(t.Context(), written, slices.Values(all)); err == nil {
				t.Error("a database with shipments is loaded")
			}
		})
	}
}
