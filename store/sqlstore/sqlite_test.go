package sqlstore_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/internal/steadytest"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

var alice = waybill.Actor{Kind: waybill.ActorClient, Name: "test", Account: "a1"}

func id(n int) waybill.ID { return waybill.ID(fmt.Sprintf("%024x", n)) }

// add stores a small record.
func add(ctx context.Context, s store.Store, n int) error {
	return s.Update(ctx, alice, func(tx store.Tx) error {
		return tx.Tags().Put(&waybill.Tag{Row: waybill.Row{ID: id(n), Account: "a1"}, Name: fmt.Sprint(n)})
	})
}

// tags are the numbers of the records that add stored.
func tags(t testing.TB, s store.Store) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := s.View(t.Context(), alice, func(tx store.Tx) error {
		list, err := tx.Tags().All()
		for _, v := range list {
			found[v.Name] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wants(t testing.TB, what string, err error, code waybill.Code, reason waybill.Reason) {
	t.Helper()
	if !waybill.IsCode(err, code) || waybill.ReasonOf(err) != reason {
		t.Errorf("%s: got %v (%s), want %s/%s", what, err, waybill.ReasonOf(err), code, reason)
	}
}

func TestOneProcessPerFolder(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.Dir = storetest.Folder(t)
	s, err := sqlstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlstore.Open(t.Context(), cfg)
	wants(t, "a second process", err, waybill.Conflict, waybill.ReasonTaken)
	if !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) || !strings.Contains(err.Error(), cfg.Dir) {
		t.Errorf("%q does not say who holds which folder", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := storetest.Open(t, cfg)
	if err := add(t.Context(), again, 1); err != nil {
		t.Error(err)
	}
	wants(t, "a closed store", add(t.Context(), s, 2), waybill.Unavailable, waybill.ReasonDraining)
}

// hold keeps the writer busy until released.
func hold(t testing.TB, s store.Store) (release func()) {
	t.Helper()
	started, gate, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once sync.Once // a closure may run twice
	go func() {
		defer close(done)
		err := s.Update(context.Background(), alice, func(store.Tx) error {
			once.Do(func() { close(started) })
			<-gate
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-started
	return func() { close(gate); <-done }
}

// queued waits until n updates wait for the writer.
func queued(s *sqlstore.Store, n int) {
	for s.Queued() < n {
		time.Sleep(time.Millisecond) // the queue tells nobody that it grows
	}
}

func TestQueueFull(t *testing.T) {
	s := storetest.SQLite(t, nil)
	release := hold(t, s)
	var wait sync.WaitGroup
	for n := range sqlstore.QueueLength {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := add(context.Background(), s, n); err != nil {
				t.Error(err)
			}
		}()
	}
	queued(s, sqlstore.QueueLength)
	err := add(t.Context(), s, 99_999)
	wants(t, "one too many", err, waybill.TooManyRequests, waybill.ReasonQueueFull)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := add(gone, s, 99_998); waybill.AsError(err).Unsure {
		t.Errorf("an update that never began is unsure: %v", err)
	}
	release()
	wait.Wait()
	if n := len(tags(t, s)); n != sqlstore.QueueLength {
		t.Errorf("%d of %d accepted updates are there", n, sqlstore.QueueLength)
	}
}

func TestBudget(t *testing.T) {
	var log bytes.Buffer
	cfg := storetest.Config(nil)
	cfg.Dir, cfg.Budget, cfg.Log = storetest.Folder(t), 20*time.Millisecond, slog.New(slog.NewTextHandler(&log, nil))
	s := storetest.Open(t, cfg)
	err := s.Update(t.Context(), alice, func(tx store.Tx) error {
		for start := time.Now(); time.Since(start) < 30*time.Millisecond; { // a closure that computes
		}
		_, first := tx.Tags().All()
		wants(t, "a call past the budget", first, waybill.Internal, waybill.ReasonBug)
		return nil
	})
	wants(t, "the update", err, waybill.Internal, waybill.ReasonBug)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "TestBudget") {
		t.Errorf("the log does not name the closure: %s", log.String())
	}
}

// TestRolledBackBatch: when SQLite rolls a batch back under one closure, those before and after it run
// again, once, and each is stored once.
func TestRolledBackBatch(t *testing.T) {
	s := storetest.SQLite(t, nil)
	release := hold(t, s)
	const n = 20
	var ran [n]atomic.Int32
	var wait sync.WaitGroup
	records := make([]waybill.Tag, n)
	for i := range n {
		wait.Add(1)
		records[i] = waybill.Tag{Row: waybill.Row{ID: id(i), Account: "a1"}, Name: fmt.Sprint(i)}
		go func() {
			defer wait.Done()
			err := s.Update(context.Background(), alice, func(tx store.Tx) error {
				first := ran[i].Add(1) == 1
				if err := tx.Tags().Put(&records[i]); err != nil {
					return err
				}
				if i == n/2 && first {
					return sqlstore.Inside(tx, "rollback")
				}
				return nil
			})
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}()
		queued(s, i+1) // in this order
	}
	release()
	wait.Wait()
	if found := tags(t, s); len(found) != n {
		t.Errorf("%d of %d are there", len(found), n)
	}
	for i := range n {
		// Which others ran twice hangs on where the batch ended; that all are stored says they did.
		if runs := ran[i].Load(); runs < 1 || runs > 2 || (i == n/2 && runs != 2) {
			t.Errorf("closure %d ran %d times", i, runs)
		}
		if records[i].Version != 1 {
			t.Errorf("record %d says version %d", i, records[i].Version)
		}
	}
	// One that does it every time is refused, and harms the others no further.
	err := s.Update(t.Context(), alice, func(tx store.Tx) error { return sqlstore.Inside(tx, "rollback") })
	wants(t, "a closure that always rolls back", err, waybill.Unavailable, waybill.ReasonDatabase)
	if err := add(t.Context(), s, n); err != nil {
		t.Error(err)
	}
}

// TestDiskFull: with no room left, writes are refused, Ready says so, reads go on, and when there is room
// again so do writes.
func TestDiskFull(t *testing.T) {
	s := storetest.SQLite(t, nil)
	if err := add(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		t.Helper()
		if err := s.Limit(pages); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes it for the pages there are
	var err error
	for n := 2; n < 1000 && err == nil; n++ {
		err = add(t.Context(), s, n)
	}
	wants(t, "a write without room", err, waybill.Unavailable, waybill.ReasonDiskFull)
	wants(t, "Ready", s.Ready(t.Context()), waybill.Unavailable, waybill.ReasonDiskFull)
	wants(t, "the next write", add(t.Context(), s, 2000), waybill.Unavailable, waybill.ReasonDiskFull)
	before := len(tags(t, s))
	if before == 0 {
		t.Error("what was there cannot be read")
	}
	limit(1 << 30)
	steadytest.Until(t, "the store writes again", func() bool { return s.Ready(t.Context()) == nil }) // one write a second is tried
	if err := add(t.Context(), s, 3000); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if after := len(tags(t, s)); after != before+1 {
		t.Errorf("%d records were there, now %d", before, after)
	}
}

func TestDamagedBlob(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.Dir = storetest.Folder(t)
	s := storetest.Open(t, cfg)
	sum, err := s.Blobs().Put(t.Context(), []byte("a label"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Dir, "blobs", sum[:2], sum)
	if err := os.WriteFile(path, []byte("a lable"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = s.Blobs().Get(t.Context(), sum)
	wants(t, "a damaged blob", err, waybill.Internal, waybill.ReasonBug)
}
