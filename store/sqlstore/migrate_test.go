package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// data stores one of what a release left behind.
func data(t *testing.T, s store.Store) {
	t.Helper()
	v := storetest.Shipment("a1", id(1))
	err := s.Update(t.Context(), alice, func(tx store.Tx) error {
		if err := tx.Shipments().Put(&v); err != nil {
			return err
		}
		return tx.Enqueue(waybill.Job{ID: id(2), Account: "a1", Kind: waybill.JobSettle, Key: "k"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func kept(t *testing.T, s store.Store) {
	t.Helper()
	err := s.View(t.Context(), alice, func(tx store.Tx) error {
		v, err := tx.Shipments().ByReference("REF-" + string(id(1)))
		if v.Version != 1 || len(v.Parcels) != 2 {
			t.Errorf("the shipment came through as %+v", v)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// newest is the schema's version: one a migration.
func newest(t *testing.T) int64 {
	t.Helper()
	files, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations: ", err)
	}
	return int64(len(files))
}

// TestMigration: the next release's migration runs on this release's data, keeps a copy of it on SQLite,
// waits to be asked on PostgreSQL, and shuts this release out.
func TestMigration(t *testing.T) {
	const next = "alter table shipment add column later text not null default 'x'"
	for _, flavour := range []string{"sqlite", "postgres"} {
		t.Run(flavour, func(t *testing.T) {
			cfg := storetest.Config(nil)
			if flavour == "sqlite" {
				cfg.Dir = storetest.Folder(t)
			} else {
				cfg.URL = storetest.Postgres(t)
			}
			s, err := sqlstore.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			first, err := s.Version(t.Context())
			if err != nil || first != newest(t) {
				t.Errorf("version %d, %v", first, err)
			}
			data(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}

			undo := sqlstore.NextRelease(next)
			defer undo()
			if flavour == "postgres" {
				_, err := sqlstore.Open(t.Context(), cfg)
				if err == nil || !strings.Contains(err.Error(), "waybill migrate") {
					t.Errorf("an old schema is opened without being asked: %v", err)
				}
			}
			from, to, err := sqlstore.Migrate(t.Context(), cfg)
			if from != first || to != 99999 || err != nil {
				t.Errorf("migrated from %d to %d, %v", from, to, err)
			}
			s = storetest.Open(t, cfg)
			kept(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			undo()

			_, err = sqlstore.Open(t.Context(), cfg)
			if err == nil || !strings.Contains(err.Error(), "newer") {
				t.Errorf("this release opens the next one's schema: %v", err)
			}
			if flavour == "sqlite" { // and the copy is this release's
				back := t.TempDir()
				copied, err := os.ReadFile(filepath.Join(cfg.Dir, fmt.Sprintf("waybill-schema-%d.db", first)))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(back, "waybill.db"), copied, 0o600); err != nil {
					t.Fatal(err)
				}
				cfg.Dir = back
				kept(t, storetest.Open(t, cfg))
			}
		})
	}
}

// TestFirstRelease: what the first release left is found by what the second one looks for, and its backup is
// no worse for being older.
func TestFirstRelease(t *testing.T) {
	for _, flavour := range []string{"sqlite", "postgres"} {
		t.Run(flavour, func(t *testing.T) {
			cfg := storetest.Config(nil)
			if flavour == "sqlite" {
				cfg.Dir = t.TempDir()
			} else {
				cfg.URL = storetest.Postgres(t)
				cfg.Migrate = true
				s, err := sqlstore.Open(t.Context(), cfg)
				if err == nil {
					err = errors.Join(s.Exec("drop schema public cascade"), s.Exec("create schema public"), s.Close())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			undo := sqlstore.FirstRelease()
			defer undo()
			s, err := sqlstore.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			for n, body := range []string{`{"v":1,"Tracking":"R1","Parcels":[{"Tracking":"R1"},{"Tracking":"R2"},{}]}`, `{"v":1}`} {
				err := s.Exec("insert into shipment_return (id, account, number, version, created, updated, shipment, body) values ($1, 'a1', $2, 1, 5, 5, '', $3)",
					string(id(n)), int64(70+n), []byte(body))
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			undo()
			if flavour == "sqlite" {
				report, err := sqlstore.Check(t.Context(), cfg.Dir)
				if err != nil || len(report.Problems) != 0 || len(report.Notes) != 1 || report.Schema != 1 || report.Records["shipment_return"] != 2 {
					t.Errorf("the check of an older folder found %+v, %v", report, err)
				}
			}
			s = storetest.Open(t, cfg)
			err = s.View(t.Context(), alice, func(tx store.Tx) error {
				for _, number := range []string{"R1", "R2"} {
					if list, err := tx.Returns().ByTracking(number); len(list) != 1 || list[0].Number != 70 {
						t.Errorf("%s was found as %+v, %v", number, list, err)
					}
				}
				v, err := tx.Returns().ByNumber(71)
				if v.ID != id(1) {
					t.Errorf("number 71 is %q", v.ID)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNewFolderAndFailedMigration(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.Dir = filepath.Join(t.TempDir(), "not", "yet", "there")
	if from, to, err := sqlstore.Migrate(t.Context(), cfg); from != 0 || to != newest(t) || err != nil {
		t.Errorf("a new folder: from %d to %d, %v", from, to, err)
	}
	s := open(t, cfg.Dir)
	data(t, s)
	s.Close()
	undo := sqlstore.NextRelease("alter table nowhere add column x text")
	if _, err := sqlstore.Open(t.Context(), cfg); err == nil {
		t.Error("a migration that fails is passed over")
	}
	undo()
	kept(t, storetest.Open(t, cfg))
}

// TestSameSchema holds the two flavours together: the same tables with the same columns, but for what
// one of them needs alone.
func TestSameSchema(t *testing.T) {
	lite, err := storetest.SQLite(t, nil).Strings("select m.name || '.' || c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like 'goose_%'")
	if err != nil {
		t.Fatal(err)
	}
	big, err := storetest.PostgreSQL(t, nil).Strings("select table_name || '.' || column_name from information_schema.columns where table_schema = current_schema() and table_name not like 'goose_%'")
	if err != nil {
		t.Fatal(err)
	}
	lite = append(lite, "event.xid", "blob.sum", "blob.data", "applied.key", "applied.at",
		"tally_change.seq", "tally_change.account", "tally_change.day", "tally_change.key", "tally_change.n")
	slices.Sort(lite)
	slices.Sort(big)
	if !slices.Equal(lite, big) {
		t.Errorf("the schemas differ:\nsqlite   %v\npostgres %v", lite, big)
	}
}

func TestBackup(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.Dir = storetest.Folder(t)
	s := storetest.Open(t, cfg)
	data(t, s)
	var sums []string
	for n := range 3 {
		sum, err := s.Blobs().Put(t.Context(), fmt.Appendf(nil, "label %d", n))
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
		err = s.Update(t.Context(), alice, func(tx store.Tx) error {
			return tx.Documents().Put(&waybill.Document{Row: waybill.Row{ID: id(10 + n), Account: "a1"}, Shipment: id(1), Blob: sum})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { // it goes on while others write
		defer close(stopped)
		for n := 1000; ; n++ {
			select {
			case <-stop:
				return
			default:
				if err := add(context.Background(), s, n); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	dir := filepath.Join(t.TempDir(), "backup")
	err := s.Backup(t.Context(), dir)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "a backup into a folder in use", s.Backup(t.Context(), dir), waybill.Invalid, waybill.ReasonFields)
	check := func() sqlstore.Report {
		t.Helper()
		report, err := sqlstore.Check(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	report := check()
	if len(report.Problems) != 0 || report.Schema != newest(t) || report.Blobs != 3 || report.Records["shipment"] != 1 || report.Records["document"] != 3 || report.Records["job"] != 1 {
		t.Errorf("the check found %+v", report)
	}
	copied := open(t, dir)
	kept(t, copied)
	for n, sum := range sums {
		if got, err := copied.Blobs().Get(t.Context(), sum); string(got) != fmt.Sprintf("label %d", n) {
			t.Errorf("label %d came back as %q, %v", n, got, err)
		}
	}
	if err := copied.Close(); err != nil {
		t.Fatal(err)
	}

	path := func(sum string) string { return filepath.Join(dir, "blobs", sum[:2], sum) }
	if err := os.Remove(path(sums[0])); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path(sums[1]), []byte("lable 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if report := check(); len(report.Problems) != 2 || report.Blobs != 1 {
		t.Errorf("with a missing and a damaged label: %+v", report)
	}
	file := filepath.Join(dir, "waybill.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 4096 * 3; at < len(whole); at += 4096 {
		copy(whole[at:], "garbage garbage garbage")
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if report := check(); len(report.Problems) == 0 {
		t.Errorf("a damaged file passes: %+v", report)
	}
	wants(t, "PostgreSQL", storetest.PostgreSQL(t, nil).Backup(t.Context(), t.TempDir()), waybill.Unsupported, waybill.ReasonMethod)
}
