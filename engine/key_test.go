package engine_test

import (
	"sync"
	"testing"

	"waybill"
	"waybill/engine/enginetest"
)

// Of creates with one Idempotency-Key that begin at once, one books; the others are given its answer or
// told to wait, whatever the carrier.
func TestOneKeyAtOnce(t *testing.T) { onBoth(t, oneKeyAtOnce) }

func oneKeyAtOnce(t *testing.T, o enginetest.Options) {
	w := enginetest.New(t, o)
	for _, driver := range []string{"house", "courier"} {
		d := w.Account(driver)
		if driver == "house" {
			d.Boston(d.House("house", "House Courier", "us"))
		} else {
			d.Boston(d.Fake("courier", "courier"))
		}
		var wait sync.WaitGroup
		errs, ids := make([]error, 6), make([]waybill.ID, 6)
		for i := range errs {
			wait.Go(func() {
				in := enginetest.Order("A-1")
				in.Key, in.Hash = "key", "hash"
				sh, err := d.CreateShipment(t.Context(), in)
				errs[i], ids[i] = err, sh.ID
			})
		}
		wait.Wait()
		stored := get(t, d, "A-1")
		for i, err := range errs {
			if reason := waybill.ReasonOf(err); err != nil && reason != waybill.ReasonKeyRunning {
				t.Errorf("%s: %v", driver, err)
			}
			if err == nil && ids[i] != stored.ID {
				t.Errorf("%s: answered %s, stored %s", driver, ids[i], stored.ID)
			}
		}
	}
}

// The same key with another body is refused though both came at once: a key never changes hands.
func TestOneKeyForTwoOrders(t *testing.T) { onBoth(t, oneKeyForTwoOrders) }

func oneKeyForTwoOrders(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"))
	var wait sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wait.Go(func() {
			in := enginetest.Order(string(rune('A' + i)))
			in.Key, in.Hash = "key", in.Shipment.Reference
			_, errs[i] = d.CreateShipment(t.Context(), in)
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		switch waybill.ReasonOf(err) {
		case "":
			won++
		case waybill.ReasonKeyReused, waybill.ReasonKeyRunning:
		default:
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d orders were stored under one key", won)
	}
}

func TestAKeyRemembersAFailure(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston()
	in := enginetest.Order("A-1")
	in.Key, in.Hash = "key", "hash"
	first := create(t, d, in)
	again := create(t, d, in)
	if again.ID != first.ID || again.Version != first.Version || again.Refusal() == nil {
		t.Errorf("the replay is %s version %d, first %s version %d", again.ID, again.Version, first.ID, first.Version)
	}
	other := enginetest.Order("B-1")
	other.Key, other.Hash = "key", "hash2"
	_, err := d.CreateShipment(t.Context(), other)
	wantReason(t, err, waybill.ReasonKeyReused)
}

// A repeat with the key while the booking is under way is told the same shipment, and books nothing.
func TestAKeyWhileItIsBooked(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	in := enginetest.Order("A-1")
	in.Key, in.Hash = "key", "hash"
	first := create(t, d, in)
	again := create(t, d, in)
	if again.ID != first.ID || again.Booking != waybill.Unsettled || len(d.Courier.Sales()) != 1 {
		t.Errorf("the repeat is %s %s; %d were sold", again.ID, again.Booking, len(d.Courier.Sales()))
	}
	_, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	d.Drain()
	if settled := create(t, d, in); settled.Booking != waybill.Booked {
		t.Errorf("settled, the repeat is told %s", settled.Booking)
	}
}
