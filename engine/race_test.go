package engine_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// Creates, cancels, edits and jobs at once, with a carrier that loses every third answer: in the end each
// shipment is booked with one live label, or cancelled with none, and nothing is left open.
func TestEverythingAtOnce(t *testing.T) { onBoth(t, everythingAtOnce) }

func everythingAtOnce(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston(d.Fake("courier", "courier"))
	var mu sync.Mutex
	calls := 0
	d.Courier.After = func(_ context.Context, op, _ string) error {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls%3 == 0 && (op == enginetest.OpShip || op == enginetest.OpVoid) {
			return enginetest.Lost()
		}
		return nil
	}
	const shipments = 12
	var wait sync.WaitGroup
	for i := range shipments {
		name := "A-" + itoa(int64(i))
		wait.Go(func() {
			if _, err := d.CreateShipment(t.Context(), enginetest.Order(name)); err != nil {
				t.Error(err)
			}
		})
		wait.Go(func() { // whatever comes of it: it may be too early or too late
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			_, _ = d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref(name)})
		})
		wait.Go(func() {
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			_, _ = d.EditShipment(t.Context(), engine.EditShipment{Ref: ref(name), Change: func(s *waybill.Shipment) { s.Group = "g" }})
		})
	}
	wait.Wait()
	d.Courier.After = nil
	for range 40 {
		d.After(10 * time.Second)
	}
	live := map[waybill.ID]int{}
	for _, sale := range d.Courier.Sales() {
		if !sale.Voided {
			live[sale.Asked.ID]++
		}
	}
	for i := range shipments {
		sh := get(t, d, "A-"+itoa(int64(i)))
		want := map[waybill.Booking]int{waybill.Booked: 1, waybill.Cancelled: 0}
		n, known := want[sh.Booking]
		if !known || live[sh.ID] != n || sh.CancelWanted {
			t.Errorf("%s is %s with %d live labels, cancel wanted %t", sh.Reference, sh.Booking, live[sh.ID], sh.CancelWanted)
		}
	}
	open := purchases(t, d, waybill.Intent, waybill.Unsure, waybill.Stuck, waybill.Voiding, waybill.Orphan)
	buried, err := d.World.Store.Queue().Buried(t.Context(), 10)
	if err != nil || len(open) != 0 || len(buried) != 0 {
		t.Errorf("%v: %d purchases are open, %d jobs were given up", err, len(open), len(buried))
	}
}
