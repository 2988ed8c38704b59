package sqlstore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Callers: 64, Left: inFiles,
		Fresh: func(t testing.TB, clock waybill.Clock) store.Store { return storetest.SQLite(t, clock) },
	})
}

// TestNearsighted runs the suite with lists that give up after a dozen keys, as they do after ten
// thousand: every list then has short pages, and every way in is tried.
func TestNearsighted(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Left: inFiles,
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
		Left: unvacuumed,
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

// inFiles lists the files of a data folder that have a word in them: the database and its log.
func inFiles(t testing.TB, s store.Store, word string) (list []string) {
	t.Helper()
	files, err := s.(*sqlstore.Store).Strings("select file from pragma_database_list where name = 'main'")
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, file := range []string{files[0], files[0] + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(word)) {
			list = append(list, filepath.Base(file))
		}
	}
	return list
}

// unvacuumed lists the tables of shipments whose dead rows PostgreSQL still has.
func unvacuumed(t testing.TB, s store.Store, _ string) []string {
	t.Helper()
	list, err := s.(*sqlstore.Store).Strings("select relname from pg_stat_user_tables where relname in ('shipment', 'term') and last_vacuum is null")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var _ store.Store = (*sqlstore.Store)(nil)
