package engine_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// cutOff runs a check of the connection whose process ends in the middle, when the carrier is asked where its sample is.
func cutOff(t *testing.T, d *enginetest.Desk) {
	t.Helper()
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpTrack {
			runtime.Goexit()
		}
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: engine.RecordRef{Key: "courier"}, Live: true})
		t.Errorf("the check went on to its end: %+v, %v", check.Steps, err)
	}()
	<-done
	d.Courier.Before = nil
}

// samples are the shipments that checks made.
func samples(t *testing.T, d *enginetest.Desk) (list []waybill.Shipment) {
	t.Helper()
	err := d.World.Store.View(t.Context(), d.Actor, func(tx store.Tx) error {
		for sh, err := range tx.Shipments().Each(store.ShipmentQuery{}) {
			if err != nil {
				return err
			}
			list = append(list, sh)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What a check of a connection bought is given back also when the check itself did not live to do so.
func TestACheckThatDiedGivesItsSampleBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		d.Boston(d.Fake("courier", "courier"))
		cutOff(t, d)
		if list := samples(t, d); len(list) != 1 || list[0].Booking != waybill.Booked || d.Courier.Live() != 1 {
			t.Fatalf("the check died before it bought: %d shipments, %d live", len(list), d.Courier.Live())
		}
		d.After(10 * time.Minute)
		if list := samples(t, d); list[0].Booking != waybill.Cancelled || d.Courier.Live() != 0 {
			t.Errorf("its sample is %s, %d live", list[0].Booking, d.Courier.Live())
		}
		noneBuried(t, d)
	})
}

// One whose carrier was found only later to have sold is given back then.
func TestASampleThatIsFoundLaterIsGivenBack(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: engine.RecordRef{Key: "courier"}, Live: true})
	if err != nil || check.Passed || check.Left == "" || d.Courier.Live() != 1 {
		t.Fatalf("%+v, %v, %d live", check.Steps, err, d.Courier.Live())
	}
	d.Courier.After = nil
	d.After(10 * time.Minute)
	if list := samples(t, d); list[0].Booking != waybill.Cancelled || d.Courier.Live() != 0 {
		t.Errorf("it is %s, %d live", list[0].Booking, d.Courier.Live())
	}
	noneBuried(t, d)
}

// A check that ended well leaves nothing behind to be done.
func TestACheckThatEndedLeavesNoJob(t *testing.T) {
	d := fakeFirst(t, "courier")
	check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: engine.RecordRef{Key: "courier"}, Live: true})
	if err != nil || !check.Passed {
		t.Fatalf("%+v, %v", check.Steps, err)
	}
	before := get(t, d, check.Shipment.Reference)
	d.After(10 * time.Minute)
	if now := get(t, d, check.Shipment.Reference); now.Version != before.Version || now.Booking != waybill.Cancelled {
		t.Errorf("it is %s, version %d became %d", now.Booking, before.Version, now.Version)
	}
}
