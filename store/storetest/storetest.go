// Package storetest is the suite every implementation of package store must pass, and the stores that
// other packages' tests run on: a SQLite file in a folder of the test's own, or a database of its own on
// a throw-away PostgreSQL.
package storetest

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/store/sqlstore"
)

// Start is when the clocks of tests stand: a Saturday morning.
var Start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// Patience is the budget of closures in tests: the race detector and busy machines are slow.
const Patience = 10 * time.Second

// Quiet is a log that nobody reads.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Secret signs the cursors of tests.
var Secret = []byte("a secret for tests that is no secret")

// Config is how tests open a store, but for where it is. A nil clock stands still at Start.
func Config(clock waybill.Clock) sqlstore.Config {
	if clock == nil {
		clock = waybill.NewManualClock(Start)
	}
	return sqlstore.Config{Clock: clock, Log: Quiet(), Secret: Secret, Budget: Patience}
}

// template is an empty, migrated data file; copying it takes a millisecond, migrating anew many.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "waybill-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cfg := Config(nil)
	cfg.Dir = dir
	s, err := sqlstore.Open(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "waybill.db"))
})

// SQLite opens a store in a folder of the test's own, closed when the test ends. A nil clock stands
// still at Start.
func SQLite(t testing.TB, clock waybill.Clock) *sqlstore.Store {
	t.Helper()
	cfg := Config(clock)
	cfg.Dir = Folder(t)
	return Open(t, cfg)
}

// Folder is a data folder with an empty, migrated file.
func Folder(t testing.TB) string {
	t.Helper()
	data, err := template()
	if err != nil {
		t.Fatalf("storetest: the template: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "waybill.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Open opens a store and closes it when the test ends.
func Open(t testing.TB, cfg sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("storetest: open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("storetest: close: %v", err)
		}
	})
	return s
}
