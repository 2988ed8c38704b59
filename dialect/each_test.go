package dialect_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"

	"waybill"
	"waybill/dialect"
)

// Results stand in the order of the items, though some end before others that began earlier; one that fails and one
// that panics harm no other; never more than eight are under way.
func TestEach(t *testing.T) {
	odd := errors.New("odd")
	items := make([]int, 100)
	for i := range items {
		items[i] = i
	}
	var under, most atomic.Int64
	begun, gate := make(chan struct{}), make(chan struct{}) // the second waits for the first to begin, which waits until the second is done
	results := dialect.Each(t.Context(), slog.New(slog.DiscardHandler), items, func(_ context.Context, n int) (int, error) {
		now := under.Add(1)
		defer under.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		switch {
		case n == 0:
			close(begun)
			<-gate
		case n == 1:
			<-begun
			defer close(gate)
			return 0, odd
		case n == 2:
			panic("two")
		case n%2 == 1:
			return 0, odd
		}
		return n * n, nil
	})
	if len(results) != len(items) {
		t.Fatalf("%d results", len(results))
	}
	for n, r := range results {
		switch {
		case n == 2:
			if waybill.ReasonOf(r.Err) != waybill.ReasonBug {
				t.Errorf("a panic is told as %v", r.Err)
			}
		case n%2 == 1:
			if !errors.Is(r.Err, odd) {
				t.Errorf("%d: %v", n, r.Err)
			}
		case r.Err != nil || r.Value != n*n:
			t.Errorf("%d: %d, %v", n, r.Value, r.Err)
		}
	}
	if most.Load() > 8 || most.Load() < 2 {
		t.Errorf("%d at once", most.Load())
	}
}

// No items, no results.
func TestEachOfNone(t *testing.T) {
	results := dialect.Each(t.Context(), slog.New(slog.DiscardHandler), nil, func(context.Context, int) (int, error) {
		t.Error("something was done")
		return 0, nil
	})
	if len(results) != 0 {
		t.Errorf("%d results", len(results))
	}
}
