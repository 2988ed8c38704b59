package sqlstore_test

import (
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Callers: 64,
		Fresh:   func(t testing.TB, clock waybill.Clock) store.Store { return storetest.SQLite(t, clock) },
	})
}

// TestNearsighted runs the suite with lists that give up after a dozen keys, as they do after ten
// thousand: every list then has short pages, and every way in is tried.
func TestNearsighted(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Fresh: func(t testing.TB, clock waybill.Clock) store.Store {
			s := storetest.SQLite(t, clock)
			s.Nearsighted()
			return s
		},
	})
}

func TestPostgreSQL(t *testing.T) {
	addresses := map[store.Store]string{}
	storetest.Run(t, storetest.Harness{
		Fresh: func(t testing.TB, clock waybill.Clock) store.Store {
			cfg := storetest.Config(clock)
			cfg.URL = storetest.Postgres(t)
			s := storetest.Open(t, cfg)
			addresses[s] = cfg.URL
			return s
		},
		Twin: func(t testing.TB, s store.Store, clock waybill.Clock) store.Store {
			cfg := storetest.Config(clock)
			cfg.URL = addresses[s]
			return storetest.Open(t, cfg)
		},
	})
}

var _ store.Store = (*sqlstore.Store)(nil)
