package engine_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill"
	"waybill/carrier/ups/upssim"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/internal/fixture"
)

// upsFirst is an account whose parcels go by UPS Ground, with the house courier as second choice.
func upsFirst(t *testing.T, o enginetest.Options) *enginetest.Desk {
	d := enginetest.New(t, o).Account("acme")
	d.Boston(d.Ups("ups"), d.House("house", "House Courier", "us"))
	d.Rule("UPS first", `{"field":"destination.country","op":"is","value":"US"}`,
		`[{"do":"prefer","provider":"UPS","service":"03"},{"do":"fallback","max_extra":"1000%","later":true}]`)
	return d
}

func ref(reference string) engine.Ref { return engine.Ref{Reference: reference} }

func purchases(t *testing.T, d *enginetest.Desk, states ...waybill.PurchaseState) []waybill.Purchase {
	t.Helper()
	list, err := d.ListPurchases(t.Context(), states)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func history(t *testing.T, d *enginetest.Desk, reference string) []waybill.EventKind {
	t.Helper()
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []waybill.EventKind
	for _, e := range h.Events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func get(t *testing.T, d *enginetest.Desk, reference string) waybill.Shipment {
	t.Helper()
	sh, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

func create(t *testing.T, d *enginetest.Desk, in engine.CreateShipment) waybill.Shipment {
	t.Helper()
	sh, err := d.CreateShipment(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

func mischief(t *testing.T, d *enginetest.Desk, op string, kind fixture.Kind, n int) {
	t.Helper()
	if err := d.UPS.Mischief().Set(op, kind, n); err != nil {
		t.Fatal(err)
	}
}

// A booking whose answer was lost is looked up, never repeated: one label is sold.
func TestALostAnswerIsLookedUp(t *testing.T) {
	for _, kind := range []fixture.Kind{fixture.Drop, fixture.FailAfter} {
		t.Run(string(kind), func(t *testing.T) {
			d := upsFirst(t, enginetest.Options{})
			mischief(t, d, upssim.OpShip, kind, 1)
			if sh := create(t, d, enginetest.Order("A-1")); sh.Booking != waybill.Unsettled {
				t.Fatalf("after the lost answer it is %s, want unsettled", sh.Booking)
			}
			if n := len(purchases(t, d, waybill.Unsure)); n != 1 {
				t.Fatalf("%d purchases are unsure, want 1", n)
			}
			d.Drain()
			sh := get(t, d, "A-1")
			if sh.Booking != waybill.Booked || len(sh.Tracking) != 18 {
				t.Fatalf("after the lookup it is %s with %q", sh.Booking, sh.Tracking)
			}
			if n := len(d.UPS.Mischief().Effects(upssim.OpShip)); n != 1 {
				t.Errorf("UPS sold %d labels, want 1", n)
			}
			if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")}); err != nil {
				t.Errorf("the label of the booking that was looked up: %v", err)
			}
			want := []waybill.EventKind{
				waybill.ShipmentCreated, waybill.ShipmentRated, waybill.ShipmentUnsettled, waybill.PurchaseUnsure,
				waybill.ShipmentPending, waybill.ShipmentBooked, waybill.PurchaseSettled,
			}
			if got := history(t, d, "A-1"); !slices.Equal(got, want) {
				t.Errorf("history %v\n   want %v", got, want)
			}
		})
	}
}

// An outage after the rates is a certain failure: the next carrier within the rule's limits takes over.
func TestACertainRefusalFallsBack(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	mischief(t, d, upssim.OpShip, fixture.RateLimit, 1)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked {
		t.Fatalf("it is %s: %+v", sh.Booking, sh.Failure)
	}
	if sh.Attempt != 2 {
		t.Errorf("%d attempts, want 2", sh.Attempt)
	}
	if !slices.Contains(history(t, d, "A-1"), waybill.ShipmentFellBack) {
		t.Errorf("no fallback in the history %v", history(t, d, "A-1"))
	}
	if n := len(purchases(t, d, waybill.Refused)); n != 1 {
		t.Errorf("%d refused purchases are kept, want 1", n)
	}
}

// When nobody may take over, the shipment is stored as failed, and can be retried.
func TestARefusalWithoutSecondChoiceFails(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	d.Rule("UPS first", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"fixed","provider":"UPS","service":"03"}]`)
	mischief(t, d, upssim.OpShip, fixture.RateLimit, 1)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Failed || waybill.ReasonOf(sh.Refusal()) != waybill.ReasonBookingFailed {
		t.Fatalf("it is %s: %v", sh.Booking, sh.Refusal())
	}
	again, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1")})
	if err != nil || again.Booking != waybill.Booked || again.ID != sh.ID {
		t.Fatalf("retry: %v, %s", err, again.Booking)
	}
	if _, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1")}); waybill.ReasonOf(err) != waybill.ReasonNotRetryable {
		t.Errorf("retry of a booked one: %v", err)
	}
}

// A booking that its caller was told goes on cannot be changed meanwhile, and ends.
func TestASlowCarrierDoesNotHoldTheCaller(t *testing.T) { synctest.Test(t, slowCarrier) }

func slowCarrier(t *testing.T) {
	d := enginetest.New(t, ownBudget).Account("acme")
	d.Boston(d.Fake("courier", "courier"))
	d.Courier.Before = slow(enginetest.OpShip, 10*time.Second)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Unsettled {
		t.Fatalf("it is %s, want unsettled", sh.Booking)
	}
	if _, err := d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Change: func(s *waybill.Shipment) { s.Group = "g" }}); waybill.ReasonOf(err) != waybill.ReasonUnsettled {
		t.Errorf("an edit meanwhile: %v", err)
	}
	if err := d.World.Engine.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("in the end it is %s", sh.Booking)
	}
}

// A carrier too slow to quote costs its own rates only.
func TestASlowQuoteCostsItsRatesOnly(t *testing.T) {
	d := upsFirst(t, enginetest.Options{Config: func(c *engine.Config) { c.Rating = 2 * time.Second }})
	mischief(t, d, upssim.OpRate, fixture.Hang, 1)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked || sh.Provider.Name != "House Courier" {
		t.Errorf("it is %s with %+v", sh.Booking, sh.Provider)
	}
}

// Of two concurrent creates with one reference exactly one books.
func TestConcurrentCreatesWithOneReference(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() { _, errs[i] = d.CreateShipment(t.Context(), enginetest.Order("A-1")) })
	}
	wait.Wait()
	booked := 0
	for _, err := range errs {
		switch waybill.ReasonOf(err) {
		case "":
			booked++
		case waybill.ReasonDuplicate:
		default:
			t.Errorf("unexpected: %v", err)
		}
	}
	if booked != 1 || len(d.UPS.Mischief().Effects(upssim.OpShip)) != 1 {
		t.Errorf("%d creates succeeded, UPS sold %d", booked, len(d.UPS.Mischief().Effects(upssim.OpShip)))
	}
}

func TestAnIdempotencyKeyReplays(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	in := enginetest.Order("A-1")
	in.Key, in.Hash = "k1", "h1"
	first := create(t, d, in)
	again := create(t, d, in)
	if first.ID != again.ID || len(d.UPS.Mischief().Effects(upssim.OpShip)) != 1 {
		t.Errorf("the replay booked again: %s, %s", first.ID, again.ID)
	}
	in.Hash = "h2"
	if _, err := d.CreateShipment(t.Context(), in); waybill.ReasonOf(err) != waybill.ReasonKeyReused {
		t.Errorf("another body under the same key: %v", err)
	}
}

// A cancel that comes while the carrier is still thinking voids on settlement.
func TestCancelRacesWithBooking(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	mischief(t, d, upssim.OpShip, fixture.Drop, 1)
	create(t, d, enginetest.Order("A-1"))
	sh, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")})
	if err != nil || !sh.CancelWanted {
		t.Fatalf("cancel while unsettled: %v, %+v", err, sh.CancelWanted)
	}
	d.Drain()
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled {
		t.Errorf("it is %s, want cancelled", sh.Booking)
	}
	if n := len(d.UPS.Mischief().Effects(upssim.OpVoid)); n != 1 {
		t.Errorf("UPS voided %d times, want once", n)
	}
}

func TestCancelABookedShipment(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	create(t, d, enginetest.Order("A-1"))
	sh, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")})
	if err != nil || sh.Booking != waybill.Cancelled {
		t.Fatalf("cancel: %v, %s", err, sh.Booking)
	}
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")}); waybill.ReasonOf(err) != waybill.ReasonAlreadyCancelled {
		t.Errorf("again: %v", err)
	}
	if len(purchases(t, d, waybill.Voided)) != 1 {
		t.Error("the purchase is not voided")
	}
}

// A void whose answer is lost is asked for again until the carrier says so.
func TestALostVoidIsAskedAgain(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	create(t, d, enginetest.Order("A-1"))
	mischief(t, d, upssim.OpVoid, fixture.Drop, 1)
	_, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")})
	if e := waybill.AsError(err); err == nil || !e.Unsure {
		t.Fatalf("a lost void: %v", err)
	}
	d.After(2 * time.Minute)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled {
		t.Errorf("it is %s, want cancelled", sh.Booking)
	}
}

// What no carrier can be asked about ends with a person, who decides.
func TestAPersonDecidesAStuckPurchase(t *testing.T) {
	d := upsFirst(t, enginetest.Options{})
	mischief(t, d, upssim.OpShip, fixture.Drop, 1)
	create(t, d, enginetest.Order("A-1"))
	mischief(t, d, upssim.OpTrackReference, fixture.Outage, 1000)
	for range 20 {
		d.After(2 * time.Hour)
	}
	stuck := purchases(t, d, waybill.Stuck)
	if len(stuck) != 1 {
		t.Fatalf("%d stuck purchases, want 1 (unsure: %d)", len(stuck), len(purchases(t, d, waybill.Unsure)))
	}
	d.UPS.Mischief().Clear()
	sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: stuck[0].ID, Bought: false})
	if err != nil || sh.Booking != waybill.Failed && sh.Booking != waybill.Booked {
		t.Fatalf("decided as not bought: %v, %s", err, sh.Booking)
	}
}

// A shipment nobody can carry is stored, and a new create with its reference tries again with new data.
func TestNoProviderIsStoredAndReplaced(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston()
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.NoProvider || waybill.ReasonOf(sh.Refusal()) != waybill.ReasonNoConnection {
		t.Fatalf("it is %s: %v", sh.Booking, sh.Refusal())
	}
	d.Boston(d.House("house", "House Courier", "us"))
	in := enginetest.Order("A-1")
	in.Shipment.Group = "second"
	again := create(t, d, in)
	if again.ID != sh.ID || again.Booking != waybill.Booked || again.Group != "second" {
		t.Errorf("replaced: id %s (was %s), %s, group %q", again.ID, sh.ID, again.Booking, again.Group)
	}
	if _, err := d.CreateShipment(t.Context(), in); waybill.ReasonOf(err) != waybill.ReasonDuplicate {
		t.Errorf("a third create: %v", err)
	}
}
