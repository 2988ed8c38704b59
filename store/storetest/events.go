package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/internal/steadytest"
	"waybill/store"
)

func testEvents(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	for n := range 10 {
		account := []waybill.ID{"a1", "b1"}[n%2]
		update(t, s, everywhere, func(tx store.Tx) error {
			at := time.Time{}
			if n == 4 {
				at = Start.AddDate(0, 0, -1) // a scan of yesterday is still news of today
			}
			return tx.Emit(waybill.Event{ID: id(100 - n), Account: account, Shipment: waybill.ID("s" + account), Kind: waybill.ShipmentTracked, At: at,
				Facts: waybill.Facts{Note: strconv.Itoa(n)}})
		})
		clock.Advance(time.Second)
	}
	notes := func(list []waybill.Event) (notes []string) {
		for _, e := range list {
			notes = append(notes, e.Facts.Note)
		}
		return notes
	}
	view(t, s, everywhere, func(tx store.Tx) error {
		var got []string
		cursor := ""
		for range 10 {
			list, next, err := tx.Events().Since(cursor, time.Time{}, 3)
			if err != nil {
				return err
			}
			got, cursor = append(got, notes(list)...), next
		}
		same(t, "all events by a cursor", got, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"})
		if list, next, err := tx.Events().Since(cursor, time.Time{}, 3); len(list) != 0 || next != cursor || err != nil {
			t.Errorf("after the last: %d events, cursor %q to %q, %v", len(list), cursor, next, err)
		}
		for from, want := range map[time.Duration][]string{6 * time.Second: {"6", "7", "8", "9"}, 3 * time.Second: {"3", "5", "6", "7", "8", "9"}, time.Minute: nil} {
			list, _, err := tx.Events().Since("", Start.Add(from), 100)
			if same(t, "events of a time or later", notes(list), want); err != nil {
				return err
			}
		}
		for _, bad := range []string{"x", "1", "1.x", "1.1x", "1.1.1", "+1.1"} {
			_, _, err := tx.Events().Since(bad, time.Time{}, 3)
			wants(t, "cursor "+bad, err, waybill.Invalid, waybill.ReasonBadCursor)
		}
		return nil
	})
	view(t, s, alice, func(tx store.Tx) error {
		list, _, err := tx.Events().Since("", time.Time{}, 100)
		same(t, "an account's events", notes(list), []string{"0", "2", "4", "6", "8"})
		history, err1 := tx.Events().Of("sa1")
		same(t, "a shipment's events", notes(history), []string{"0", "2", "4", "6", "8"})
		if !history[0].At.Equal(Start) || !history[2].At.Equal(Start.AddDate(0, 0, -1)) {
			t.Errorf("times: %v, %v", history[0].At, history[2].At)
		}
		if err == nil {
			err = err1
		}
		return err
	})
}

// testEventsConcurrently lets many write counters at once while a reader follows by cursor: it meets
// every event once, and what one transaction saw of another before it.
func testEventsConcurrently(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	const each = 40
	total := h.Callers * each
	var writers sync.WaitGroup
	for w := range h.Callers {
		writers.Add(1)
		go func() {
			defer writers.Done()
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for n := range each {
				err := s.Update(context.Background(), alice, func(tx store.Tx) error {
					e := waybill.Event{ID: id(w*1000 + n), Account: "a1", Shipment: waybill.ID(fmt.Sprint(w)), Facts: waybill.Facts{Note: strconv.Itoa(n)}}
					if random.IntN(4) == 0 { // some take longer between their write and their end
						if err := tx.Emit(e); err != nil {
							return err
						}
						_, _, err := tx.Shipments().Count(store.ShipmentQuery{}, 10)
						return err
					}
					return tx.Emit(e)
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	next := map[waybill.ID]int{} // by writer: what comes next
	cursor, got, deadline := "", 0, time.Now().Add(steadytest.Patience)
	for finished := false; got < total && time.Now().Before(deadline); {
		var list []waybill.Event
		view(t, s, everywhere, func(tx store.Tx) (err error) {
			var to string
			list, to, err = tx.Events().Since(cursor, time.Time{}, 50)
			if err == nil {
				cursor = to
			}
			return err
		})
		for _, e := range list {
			if n, _ := strconv.Atoi(e.Facts.Note); n != next[e.Shipment] {
				t.Fatalf("writer %s: event %d came, %d was next", e.Shipment, n, next[e.Shipment])
			}
			next[e.Shipment]++
			got++
		}
		if finished && len(list) == 0 && got < total {
			continue // other transactions of the server may still hold the end back
		}
		select {
		case <-done:
			finished = true
		default:
		}
	}
	if got != total {
		t.Errorf("%d of %d events were met", got, total)
	}
}
