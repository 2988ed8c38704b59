package storetest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

func testIdempotency(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	ctx := context.Background()
	begin := store.Key{Account: "a1", Surface: "native", Key: "k1", Hash: "h1", Verb: "create", Running: true, Expires: Start.Add(time.Hour)}
	update(t, s, alice, func(tx store.Tx) error {
		if _, found, err := tx.Keys().Get("native", "k1"); found || err != nil {
			t.Errorf("before: %v %v", found, err)
		}
		return tx.Keys().Put(begin)
	})
	err := s.Update(ctx, alice, func(tx store.Tx) error { return tx.Keys().Put(begin) })
	wants(t, "a second one that has not looked", err, waybill.Conflict, waybill.ReasonKeyRunning)
	done := begin
	done.Running, done.Subject, done.Reason = false, id(1), waybill.ReasonNoRate
	update(t, s, alice, func(tx store.Tx) error {
		got, found, err := tx.Keys().Get("native", "k1")
		if got != begin || !found || err != nil {
			t.Errorf("while it runs: %+v %v %v", got, found, err)
		}
		return tx.Keys().Put(done)
	})
	view(t, s, alice, func(tx store.Tx) error {
		got, found, err := tx.Keys().Get("native", "k1")
		if got != done || !found || err != nil {
			t.Errorf("when it is done: %+v %v %v", got, found, err)
		}
		if _, found, _ := tx.Keys().Get("lynkup", "k1"); found {
			t.Error("a key is good on every surface")
		}
		return err
	})
	update(t, s, alice, func(tx store.Tx) error { // who has looked may begin again: the engine's recovery
		if _, _, err := tx.Keys().Get("native", "k1"); err != nil {
			return err
		}
		return tx.Keys().Put(begin)
	})
	clock.Advance(time.Hour)
	next := begin
	next.Hash, next.Expires = "h2", clock.Now().Add(time.Hour)
	update(t, s, alice, func(tx store.Tx) error {
		if _, found, _ := tx.Keys().Get("native", "k1"); found {
			t.Error("an expired key is there")
		}
		return tx.Keys().Put(next)
	})
	for n := range 5 {
		key := begin
		key.Key, key.Expires = strings.Repeat("x", n+1), clock.Now().Add(time.Duration(n)*time.Minute)
		key.Running = false
		update(t, s, alice, func(tx store.Tx) error { return tx.Keys().Put(key) })
	}
	update(t, s, everywhere, func(tx store.Tx) error {
		first, err := tx.Keys().Expire(clock.Now().Add(3*time.Minute), 3)
		second, err1 := tx.Keys().Expire(clock.Now().Add(3*time.Minute), 3)
		if first != 3 || second != 1 {
			t.Errorf("expired %d and %d, want 3 and 1", first, second)
		}
		return errors.Join(err, err1)
	})

	// Of many who begin with one key at once, one does.
	var wait sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range h.Callers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := s.Update(ctx, alice, func(tx store.Tx) error {
				_, found, err := tx.Keys().Get("native", "race")
				if err != nil || found {
					return errors.Join(err, waybill.E("test", waybill.ReasonKeyRunning, "found"))
				}
				key := begin
				key.Key, key.Expires = "race", tx.Now().Add(time.Hour)
				return tx.Keys().Put(key)
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else {
				wants(t, "who lost", err, waybill.Conflict, waybill.ReasonKeyRunning)
			}
		}()
	}
	wait.Wait()
	if won != 1 {
		t.Errorf("%d began with one key", won)
	}
}

func testNumbers(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	stores := []store.Store{s}
	if h.Twin != nil {
		stores = append(stores, h.Twin(t, s, nil))
	}
	var mu sync.Mutex
	given := map[int64]bool{}
	var wait sync.WaitGroup
	for c := range h.Callers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range 20 {
				first, err := stores[c%len(stores)].Numbers(context.Background(), n+1)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for i := range int64(n + 1) {
					if given[first+i] || first+i <= 0 {
						t.Errorf("%d was given twice, or is none", first+i)
					}
					given[first+i] = true
				}
				mu.Unlock()
			}
		}()
	}
	wait.Wait()
	// A number brought along from elsewhere is not given out again.
	highest := int64(0)
	for n := range given {
		highest = max(highest, n)
	}
	brought := highest + 10_000
	update(t, s, alice, func(tx store.Tx) error {
		return tx.Tags().Put(&waybill.Tag{Row: waybill.Row{ID: id(1), Account: "a1", Number: brought}, Name: "t"})
	})
	first, err := s.Numbers(context.Background(), 200)
	if err != nil || first <= brought {
		t.Errorf("after %d was brought along, %d was given (%v)", brought, first, err)
	}
	// One from far ahead carries nobody there, and is stepped over.
	afar := first + 1_500_000
	update(t, s, alice, func(tx store.Tx) error {
		return tx.Tags().Put(&waybill.Tag{Row: waybill.Row{ID: id(2), Account: "a1", Number: afar}, Name: "afar"})
	})
	for _, n := range []int{1_000_000, 600_000, 1} {
		first, err := s.Numbers(context.Background(), n)
		if err != nil || first <= afar && afar < first+int64(n) {
			t.Errorf("%d from %d were given, though %d was brought along (%v)", n, first, afar, err)
		}
		if n == 1_000_000 && first > afar {
			t.Errorf("the counter went to %d", first)
		}
	}
}

func testBlobs(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	ctx := context.Background()
	big := bytes.Repeat([]byte("label \x00\xff"), 20_000)
	for _, data := range [][]byte{big, []byte("small"), {}} {
		sum, err := s.Blobs().Put(ctx, data)
		if err != nil || len(sum) != 64 {
			t.Fatalf("put: %q, %v", sum, err)
		}
		again, err := s.Blobs().Put(ctx, data)
		if again != sum || err != nil {
			t.Errorf("again: %q, %v", again, err)
		}
		got, err := s.Blobs().Get(ctx, sum)
		if !bytes.Equal(got, data) || err != nil {
			t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
		}
	}
	for _, sum := range []string{strings.Repeat("0", 64), "", "x", "../../etc/passwd", strings.Repeat("Z", 64)} {
		_, err := s.Blobs().Get(ctx, sum)
		wants(t, "blob "+sum, err, waybill.NotFound, waybill.ReasonUnknownRecord)
	}
	sum, err := s.Blobs().Put(ctx, []byte("to be forgotten"))
	for range 2 { // what is gone may be removed
		if failed := s.Blobs().Delete(ctx, sum); err != nil || failed != nil {
			t.Error(err, failed)
		}
	}
	_, err = s.Blobs().Get(ctx, sum)
	wants(t, "a removed blob", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	if err := s.Blobs().Delete(ctx, "../../etc/passwd"); err != nil {
		t.Errorf("what is no blob: %v", err)
	}
	var wait sync.WaitGroup
	for range h.Callers { // the same label, at once
		wait.Add(1)
		go func() {
			defer wait.Done()
			sum, err := s.Blobs().Put(ctx, []byte("all at once"))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := s.Blobs().Get(ctx, sum); string(got) != "all at once" {
				t.Errorf("%q, %v", got, err)
			}
		}()
	}
	wait.Wait()
}

// testKeyUsed: that an API key is used is noted with it, and changes neither its version nor when it was updated.
func testKeyUsed(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	key := waybill.APIKey{Row: rowOf("a1", 1), Name: "Till", Hash: "h1"}
	update(t, s, alice, func(tx store.Tx) error { return tx.APIKeys().Put(&key) })
	clock.Advance(time.Hour)
	read := func() (found waybill.APIKey) {
		t.Helper()
		view(t, s, alice, func(tx store.Tx) (err error) { found, err = tx.APIKeys().ByKey("h1"); return err })
		return found
	}
	seen := read()
	update(t, s, everywhere, func(tx store.Tx) error { return tx.KeyUsed(seen, clock.Now()) })
	used := read()
	if used.LastUsed == nil || !used.LastUsed.Equal(clock.Now()) || used.Version != seen.Version || !used.Updated.Equal(seen.Updated) {
		t.Errorf("used: %+v, before: %+v", used, seen)
	}
	used.Name = "Counter"
	update(t, s, alice, func(tx store.Tx) error { return tx.APIKeys().Put(&used) })
	clock.Advance(time.Hour)
	update(t, s, everywhere, func(tx store.Tx) error { return tx.KeyUsed(seen, clock.Now()) }) // who read it before it was changed
	if now := read(); now.Name != "Counter" || now.Version != seen.Version+1 || now.LastUsed.Equal(clock.Now()) {
		t.Errorf("a use undid a change: %+v", now)
	}
	err := s.Update(t.Context(), bob, func(tx store.Tx) error { return tx.KeyUsed(seen, clock.Now()) })
	if err == nil {
		t.Error("another account notes uses of a key")
	}
}
