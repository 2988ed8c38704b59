package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// A parcel that was bought and cannot be written down waits for a person with its money, and is not forgotten with
// its job.
func TestABookingThatCannotBeStoredWaitsForAPerson(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 5000, 0)
	sh, p := reserved(t, d, "A-1")
	d.Courier.Sell(p.Key, "std", 1)[0] = strings.Repeat("9", 1500) // no database keeps that as a key
	wait(d, 2*time.Minute)
	stuck := onlyPurchase(t, d, waybill.Stuck)
	if stuck.ID != p.ID || stuck.Error == "" || get(t, d, "A-1").Booking != waybill.Unsettled {
		t.Errorf("%s waits because of %q, and the shipment is %s", stuck.ID, stuck.Error, get(t, d, "A-1").Booking)
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.PurchaseStuck || e.Facts.Message == "" {
		t.Errorf("the last event is %s %q", e.Kind, e.Facts.Message)
	}
	noneBuried(t, d)
	if holds, err := d.ListHolds(t.Context(), "USD"); err != nil || len(holds) != 1 || holds[0].Purchase.ID != p.ID {
		t.Errorf("%v: money is set aside for %+v", err, holds)
	}
	lastSold(d)[0] = "CR000001"
	decided, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, CarrierID: p.Key, Numbers: []string{"CR000001"}})
	if err != nil || decided.ID != sh.ID || decided.Booking != waybill.Booked || decided.Tracking != "CR000001" {
		t.Fatalf("decided: %v, %s %q", err, decided.Booking, decided.Tracking)
	}
	if now := books(t, d); now != [3]int64{4230, 0, 770} {
		t.Errorf("the books are %v", now)
	}
}

// A return that was bought and cannot be written down waits for a person, too.
func TestAReturnThatCannotBeStoredWaitsForAPerson(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	d.Courier.After = onceAfter(enginetest.OpReturn, enginetest.Lost())
	draft := draftReturn(t, d, standing())
	if r, err := bookReturn(t, d, draft); err != nil || r.Booking != waybill.Unsettled {
		t.Fatalf("%v: %s", err, r.Booking)
	}
	sales := d.Courier.Sales()
	sales[len(sales)-1].Numbers[0] = strings.Repeat("9", 1500)
	wait(d, 2*time.Minute)
	p := onlyPurchase(t, d, waybill.Stuck)
	noneBuried(t, d)
	lastSold(d)[0] = "CR000099"
	if _, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, CarrierID: p.Key, Numbers: []string{"CR000099"}}); err != nil {
		t.Fatal(err)
	}
	if r := getReturn(t, d, draft.ID); r.Booking != waybill.Booked || r.Tracking != "CR000099" {
		t.Errorf("the return is %s %q", r.Booking, r.Tracking)
	}
}

// A purchase that is being given back when its carrier no longer opens waits for a person, who says whether the
// carrier took it back.
func TestAVoidThatCannotGoOnWaitsForAPerson(t *testing.T) {
	for _, kept := range []bool{true, false} {
		d := prepaid(t, enginetest.Options{}, 5000, 0)
		create(t, d, enginetest.Order("A-1"))
		d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, enginetest.Lost())
		if _, err := cancel(t, d, "A-1"); !waybill.AsError(err).Unsure {
			t.Fatal(err)
		}
		account(t, d, "courier", "wrong")
		wait(d, 2*time.Minute)
		p := onlyPurchase(t, d, waybill.Stuck)
		noneBuried(t, d)
		if holds, err := d.ListHolds(t.Context(), "USD"); err != nil || len(holds) != 0 {
			t.Errorf("%v: what is spent is told to be set aside: %+v", err, holds)
		}
		sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: kept})
		want, state, money := waybill.Cancelled, waybill.Voided, [3]int64{5000, 0, 0}
		if kept {
			want, state, money = waybill.Booked, waybill.Bought, [3]int64{4230, 0, 770}
		}
		if err != nil || sh.Booking != want || sh.CancelWanted || purchases(t, d, state)[0].ID != p.ID {
			t.Errorf("kept %t: %v, %s, cancel wanted %t", kept, err, sh.Booking, sh.CancelWanted)
		}
		if now := books(t, d); now != money {
			t.Errorf("kept %t: the books are %v, want %v", kept, now, money)
		}
		wait(d, 5*time.Minute)
		if now := get(t, d, "A-1"); now.Booking != want {
			t.Errorf("later it is %s", now.Booking)
		}
	}
}

// A void that is stuck can be asked for again when the carrier opens again.
func TestAStuckVoidIsCancelledAgain(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, enginetest.Lost())
	if _, err := cancel(t, d, "A-1"); !waybill.AsError(err).Unsure {
		t.Fatal(err)
	}
	account(t, d, "courier", "wrong")
	wait(d, 2*time.Minute)
	onlyPurchase(t, d, waybill.Stuck)
	account(t, d, "courier", "right")
	d.Courier.Before = nil
	if sh, err := cancel(t, d, "A-1"); err != nil || sh.Booking != waybill.Cancelled || d.Courier.Live() != 0 {
		t.Errorf("%v, %s", err, sh.Booking)
	}
}

// A purchase whose call must be over is listed with the unsure ones though nobody got round to it, and a person may
// decide it then, not before.
func TestOverdueIntentsAreListed(t *testing.T) {
	d := fakeFirst(t, "courier")
	_, p := reserved(t, d, "A-1")
	if list := purchases(t, d, waybill.Unsure, waybill.Stuck); len(list) != 0 {
		t.Errorf("a call under way is listed: %+v", list)
	}
	_, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID})
	wantReason(t, err, waybill.ReasonNotRetryable)
	d.World.Clock.Advance(p.Deadline.Sub(d.World.Clock.Now()) + 11*time.Second) // and no job runs
	list := purchases(t, d, waybill.Unsure, waybill.Stuck)
	if !slices.ContainsFunc(list, func(o waybill.Purchase) bool { return o.ID == p.ID }) || len(purchases(t, d, waybill.Stuck)) != 0 {
		t.Fatalf("listed are %+v", list)
	}
	if sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID}); err != nil || sh.Booking != waybill.Failed {
		t.Errorf("decided: %v, %s", err, sh.Booking)
	}
	d.Drain()
	if onlyPurchase(t, d, waybill.Refused).ID != p.ID {
		t.Error("it is not closed")
	}
}

// account changes a connection's account at the carrier behind the engine's back.
func account(t *testing.T, d *enginetest.Desk, connection, name string) {
	t.Helper()
	err := d.World.Store.Update(t.Context(), d.Actor, func(tx store.Tx) error {
		c, err := tx.Connections().ByKey(connection)
		if err != nil {
			return err
		}
		c.Settings = map[string]string{"account": name}
		return tx.Connections().Put(&c)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func noneBuried(t *testing.T, d *enginetest.Desk) {
	t.Helper()
	if buried, err := d.World.Store.Queue().Buried(t.Context(), 10); err != nil || len(buried) != 0 {
		t.Errorf("%v: jobs were given up: %+v", err, buried)
	}
}
