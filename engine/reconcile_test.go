package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// reserved is a shipment as the first write leaves it when the process dies right after: the intent is
// stored, and nobody called.
func reserved(t *testing.T, d *enginetest.Desk, reference string) (waybill.Shipment, waybill.Purchase) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hook := d.Courier.Before
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			panic("the process died here")
		}
		return nil
	}
	sh, err := d.CreateShipment(ctx, enginetest.Order(reference))
	if err != nil || sh.Booking != waybill.Unsettled {
		t.Fatalf("reserve: %v, %s", err, sh.Booking)
	}
	d.Courier.Before = hook
	// The panic was written down as "nobody knows", with a job due at once. Put the state back to what a
	// crash leaves: an intent, with a job after the deadline.
	p := onlyPurchase(t, d, waybill.Unsure)
	err = d.World.Store.Update(t.Context(), waybill.System(""), func(tx store.Tx) error {
		p.State, p.Error = waybill.Intent, ""
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := tx.Unqueue("settle:" + string(p.ID)); err != nil {
			return err
		}
		return tx.Enqueue(waybill.Job{
			ID: "crash" + p.ID, Account: p.Account, Kind: waybill.JobSettle, Key: "settle:" + string(p.ID), Subject: p.ID,
			Due: p.Deadline.Add(10 * time.Second), Created: tx.Now(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return get(t, d, reference), p
}

func onlyPurchase(t *testing.T, d *enginetest.Desk, state waybill.PurchaseState) waybill.Purchase {
	t.Helper()
	list := purchases(t, d, state)
	if len(list) != 1 {
		t.Fatalf("%d purchases are %s, want 1", len(list), state)
	}
	return list[0]
}

// wait lets time pass as the program does: what is due is done when it is due.
func wait(d *enginetest.Desk, whole time.Duration) {
	for step := 5 * time.Second; whole > 0; whole -= step {
		if step = min(step, whole); whole > time.Hour {
			step = 5 * time.Minute
		}
		d.After(step)
	}
}

// A process that dies between the first write and the call has bought nothing: after the waiting time the
// next candidate follows.
func TestCrashBeforeTheCall(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Rule("at any price", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"fallback","max_extra":"10000%","later":true}]`)
	_, p := reserved(t, d, "A-1")
	wait(d, 45*time.Second)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Unsettled {
		t.Fatalf("before the waiting time is over it is %s", sh.Booking)
	}
	wait(d, 2*time.Minute)
	sh := get(t, d, "A-1")
	if sales := d.Courier.Sales(); sh.Booking != waybill.Booked || sh.Provider.Service != "fast" || len(sales) != 1 || sales[0].Key == p.Key {
		t.Errorf("it is %s with %+v; the courier sold %+v", sh.Booking, sh.Provider, sales)
	}
	if refused := onlyPurchase(t, d, waybill.Refused); refused.ID != p.ID || refused.Reason != waybill.ReasonBookingFailed {
		t.Errorf("the purchase is refused for %s", refused.Reason)
	}
	wantTold(t, d, "A-1", "does not know the booking")
}

// One that dies after the call has bought: it is found and kept, with label and tracker.
func TestCrashAfterTheCall(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh, p := reserved(t, d, "A-1")
	number := d.Courier.Sell(p.Key, "std", 1)[0]
	wait(d, time.Minute)
	sh = get(t, d, "A-1")
	if sh.Booking != waybill.Booked || sh.Tracking != number || openTrackers(t, d, sh) != 1 || len(d.Courier.Sales()) != 1 {
		t.Fatalf("it is %s with %q, %d trackers", sh.Booking, sh.Tracking, openTrackers(t, d, sh))
	}
	if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")}); err != nil {
		t.Error(err)
	}
	kinds := history(t, d, "A-1")
	if n := len(kinds); kinds[n-1] != waybill.PurchaseSettled || kinds[n-2] != waybill.ShipmentBooked {
		t.Errorf("history %v", kinds)
	}
}

// An answer that comes after the purchase was given up is recorded as an orphan and given back; the
// shipment stays what it became.
func TestALateAnswerIsAnOrphan(t *testing.T) {
	for _, refuseVoid := range []bool{false, true} {
		d := fakeFirst(t, "courier")
		d.Courier.Before = during(d, enginetest.OpShip, func() {
			// While the carrier thinks, a job on another node finds nothing and gives the purchase up.
			d.Courier.Before = nil
			wait(d, 3*time.Minute)
			if sh := get(t, d, "A-1"); sh.Booking != waybill.Failed {
				t.Fatalf("meanwhile it is %s", sh.Booking)
			}
		})
		sh := create(t, d, enginetest.Order("A-1"))
		if sh.Booking != waybill.Failed {
			t.Errorf("answered: %s", sh.Booking)
		}
		onlyPurchase(t, d, waybill.Orphan)
		if refuseVoid {
			d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, waybill.E("courier", waybill.ReasonCancelRefused, "too late"))
		}
		d.Drain()
		sh = get(t, d, "A-1")
		if sh.Booking != waybill.Failed || sh.CancelledBy != "" {
			t.Errorf("the shipment became %s by %q", sh.Booking, sh.CancelledBy)
		}
		if refuseVoid {
			onlyPurchase(t, d, waybill.Orphan) // for a person to see: it is paid for
			if e := lastEvent(t, d, "A-1"); e.Kind != waybill.CancelRefused {
				t.Errorf("the last event is %s", e.Kind)
			}
			continue
		}
		onlyPurchase(t, d, waybill.Voided)
		if d.Courier.Live() != 0 || !slices.Contains(history(t, d, "A-1"), waybill.PurchaseOrphaned) {
			t.Errorf("%d live sales, history %v", d.Courier.Live(), history(t, d, "A-1"))
		}
		d.Courier.Before = nil
		if sh := retry(t, d, "A-1"); sh.Booking != waybill.Booked || d.Courier.Live() != 1 {
			t.Errorf("retried it is %s, %d live sales", sh.Booking, d.Courier.Live())
		}
	}
}

// A carrier that cannot be asked leaves its unsure purchases to a person at once.
func TestACarrierThatCannotBeAsked(t *testing.T) {
	d := fakeFirst(t, "mute")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, enginetest.Order("A-1"))
	d.Drain()
	p := onlyPurchase(t, d, waybill.Stuck)
	_, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{"X1", "X2"}})
	wantReason(t, err, waybill.ReasonFields, "numbers")
	sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{"X1"}})
	if err != nil || sh.Booking != waybill.Booked || sh.Tracking != "X1" || sh.Bought.Minor != 700 {
		t.Fatalf("decided: %v, %s %q %v", err, sh.Booking, sh.Tracking, sh.Bought)
	}
	_, err = d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: false})
	wantReason(t, err, waybill.ReasonNotRetryable)
	_, err = d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonNoLabel) // mute cannot print again
	view, err := d.ViewShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	if err != nil || view.Label != nil {
		t.Errorf("a view without a label: %v, %v", err, view.Label)
	}
}

func stuck(t *testing.T, d *enginetest.Desk, reference string) waybill.Purchase {
	t.Helper()
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	d.Courier.Before = enginetest.Refuse(enginetest.OpFind, waybill.E("courier", waybill.ReasonCarrierOutage, "down"))
	create(t, d, enginetest.Order(reference))
	wait(d, 12*time.Hour)
	d.Courier.Before, d.Courier.After = nil, nil
	return onlyPurchase(t, d, waybill.Stuck)
}

func TestDecidedAsBought(t *testing.T) {
	d := fakeFirst(t, "courier")
	p := stuck(t, d, "A-1")
	if !slices.Contains(history(t, d, "A-1"), waybill.PurchaseStuck) {
		t.Errorf("history %v", history(t, d, "A-1"))
	}
	sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, CarrierID: p.Key, Numbers: []string{"CR000001"}})
	if err != nil || sh.Booking != waybill.Booked || openTrackers(t, d, sh) != 1 {
		t.Fatalf("%v, %s", err, sh.Booking)
	}
	if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")}); err != nil {
		t.Errorf("its label is fetched: %v", err)
	}
	if _, err := cancel(t, d, "A-1"); err != nil || d.Courier.Live() != 0 {
		t.Errorf("and it can be given back: %v", err)
	}
}

// One that a person says was not bought fails, buys from nobody else, and can be retried.
func TestDecidedAsNotBought(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("courier", "courier"), d.House("house", "House Courier", "us"))
	d.Rule("courier first", `{"field":"destination.country","op":"is","value":"US"}`,
		`[{"do":"prefer","provider":"courier"},{"do":"fallback","max_extra":"10000%","later":true}]`)
	p := stuck(t, d, "A-1")
	sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID})
	if err != nil || sh.Booking != waybill.Failed {
		t.Fatalf("%v, %s", err, sh.Booking)
	}
	wait(d, time.Hour)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Failed || len(purchases(t, d, waybill.Intent, waybill.Unsure)) != 0 {
		t.Errorf("later it is %s", sh.Booking)
	}
	if sh := retry(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("retried it is %s", sh.Booking)
	}
}

// Money spent on a connection is settled though the connection was paused, or is gone.
func TestSettlingWithoutTheConnection(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, enginetest.Order("A-1"))
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "courier", Paused: true}); err != nil {
		t.Fatal(err)
	}
	d.Drain()
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("paused: it is %s", sh.Booking)
	}
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Errorf("a paused connection still takes back: %v", err)
	}
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "courier"}); err != nil {
		t.Fatal(err)
	}
	create(t, d, enginetest.Order("A-2"))
	create(t, d, enginetest.Order("A-3"))
	if _, err := cancel(t, d, "A-3"); err != nil {
		t.Fatal(err)
	}
	removeConnection(t, d, "courier")
	d.Drain()
	stuck := purchases(t, d, waybill.Stuck)
	if len(stuck) != 2 {
		t.Fatalf("%d purchases wait for a person, want 2", len(stuck))
	}
	for _, p := range stuck {
		number := "N" + string(p.ID)
		sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{number}})
		if err != nil || sh.Booking != waybill.Booked || sh.Tracking != number {
			t.Errorf("decided: %v, %s", err, sh.Booking)
		}
	}
	d.Drain()
	if sh := get(t, d, "A-3"); sh.Booking != waybill.Booked || sh.CancelWanted || lastEvent(t, d, "A-3").Kind != waybill.CancelRefused {
		t.Errorf("nobody is there to void it: %s, wanted %t, last %s", sh.Booking, sh.CancelWanted, lastEvent(t, d, "A-3").Kind)
	}
	_, err := cancel(t, d, "A-2")
	wantReason(t, err, waybill.ReasonCancelNotOffered)
	if buried, _ := d.World.Store.Queue().Buried(t.Context(), 10); len(buried) != 0 {
		t.Errorf("%d jobs were given up: %+v", len(buried), buried[0])
	}
}

func removeConnection(t *testing.T, d *enginetest.Desk, id string) {
	t.Helper()
	err := d.World.Store.Update(t.Context(), d.Actor, func(tx store.Tx) error {
		c, err := tx.Connections().ByKey(id)
		if err != nil {
			return err
		}
		return tx.Connections().Delete(c.ID, c.Version)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// AutoRetry places a failed shipment again until it finds a carrier or a day is over.
func TestAutoRetry(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	account := d.Tenant
	account.Settings.AutoRetry = true
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	d.Boston(d.Fake("courier", "courier"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpQuote, waybill.E("courier", waybill.ReasonCarrier, "not today"))
	create(t, d, enginetest.Order("A-1"))
	create(t, d, enginetest.Order("A-2"))
	for range 3 {
		d.After(16 * time.Minute)
	}
	if n := d.Courier.Asked(enginetest.OpQuote); n < 6 {
		t.Errorf("rates were asked for %d times in all", n)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.NoProvider {
		t.Fatalf("it is %s", sh.Booking)
	}
	if _, err := cancel(t, d, "A-2"); err != nil {
		t.Fatal(err)
	}
	d.Courier.Before = nil
	d.After(16 * time.Minute)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("the carrier is back and it is %s", sh.Booking)
	}
	if sh := get(t, d, "A-2"); sh.Booking != waybill.Cancelled || len(d.Courier.Sales()) != 1 {
		t.Errorf("the cancelled one is %s", sh.Booking)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpQuote, waybill.E("courier", waybill.ReasonCarrier, "not today"))
	create(t, d, enginetest.Order("A-3"))
	for range 120 {
		d.After(15 * time.Minute)
	}
	asked := d.Courier.Asked(enginetest.OpQuote)
	d.After(24 * time.Hour)
	if n := d.Courier.Asked(enginetest.OpQuote); n != asked {
		t.Error("it is still tried after a day")
	}
}

// Nothing secret and nobody's name reaches the log, whatever goes wrong.
func TestTheLogKeepsSecretsAndPeopleOut(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	d.Boston(d.Ups("ups"), d.Fake("courier", "courier"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, waybill.E("courier", waybill.ReasonCarrier, "refused"))
	create(t, d, enginetest.Order("A-1"))
	in := enginetest.Order("A-2")
	in.Shipment.Choice.Proposed = []waybill.Pick{{Provider: "courier"}}
	create(t, d, in)
	reservedLog(t, d)
	token, err := engine.Gate{Engine: d.World.Engine}.IssueToken(t.Context(), engine.Credentials{Dialect: "lynkup", Kind: waybill.ActorClient, ID: "x", Secret: "top-secret"})
	if err == nil {
		t.Errorf("a token: %v", token)
	}
	log := d.Log.String()
	for _, secret := range []string{"hunter2", "top-secret", "Ray Receiver", "Albany Street", "212-555-0102", "Bearer "} {
		if strings.Contains(log, secret) {
			t.Errorf("the log tells %q:\n%s", secret, log)
		}
	}
	if log == "" {
		t.Error("nothing was logged at all: the test proves nothing")
	}
}

// reservedLog provokes the engine's own error lines.
func reservedLog(t *testing.T, d *enginetest.Desk) {
	t.Helper()
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			panic("broken")
		}
		return nil
	}
	in := enginetest.Order("A-3")
	in.Shipment.Choice.Proposed = []waybill.Pick{{Provider: "courier"}}
	create(t, d, in)
}
