package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func cancel(t *testing.T, d *enginetest.Desk, reference string) (waybill.Shipment, error) {
	t.Helper()
	return d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref(reference), Note: "changed my mind"})
}

// openTrackers counts the parcels of a shipment that are still followed.
func openTrackers(t *testing.T, d *enginetest.Desk, sh waybill.Shipment) int {
	t.Helper()
	n := 0
	for _, tr := range trackers(t, d, sh.ID) {
		if tr.Open {
			n++
		}
	}
	return n
}

func TestCancelBeforeAnyoneCarriesIt(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	d.Boston(house)
	d.Rule("not for us", `{"field":"metadata","op":"is","value":"ignore"}`, `[{"do":"ignore"}]`)
	orders := map[waybill.Booking]engine.CreateShipment{}
	held := enginetest.Order("held")
	held.Approve = true
	ignored := enginetest.Order("ignored")
	ignored.Shipment.Metadata = "ignore"
	heavy := enginetest.Order("no_provider")
	heavy.Shipment.Parcels[0].Weight.Value = "99999"
	orders[waybill.Held], orders[waybill.Ignored], orders[waybill.NoProvider] = held, ignored, heavy
	for state, in := range orders {
		if sh := create(t, d, in); sh.Booking != state {
			t.Fatalf("%s is %s, want %s", in.Shipment.Reference, sh.Booking, state)
		}
		sh, err := cancel(t, d, in.Shipment.Reference)
		if err != nil || sh.Booking != waybill.Cancelled || sh.CancelledBy != "tester" || sh.Refusal() != nil {
			t.Errorf("%s: %v, %s by %q, %v", state, err, sh.Booking, sh.CancelledBy, sh.Refusal())
		}
		if e := lastEvent(t, d, in.Shipment.Reference); e.Kind != waybill.ShipmentCancelled || e.Facts.Note != "changed my mind" || e.Subject == nil {
			t.Errorf("%s: the event is %s, note %q, subject %v", state, e.Kind, e.Facts.Note, e.Subject)
		}
		_, err = cancel(t, d, in.Shipment.Reference)
		wantReason(t, err, waybill.ReasonAlreadyCancelled)
		_, err = d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref(in.Shipment.Reference)})
		wantReason(t, err, waybill.ReasonNotRetryable)
	}
	_, err := cancel(t, d, "unheard-of")
	wantReason(t, err, waybill.ReasonUnknownShipment)
}

// A reference of a cancelled shipment stays taken: cancelled ones are in the namespace too.
func TestACancelledReferenceStaysTaken(t *testing.T) {
	d := houseOnly(t)
	create(t, d, enginetest.Order("A-1"))
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	_, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
}

func TestCancelWithALocalCarrier(t *testing.T) {
	d := houseOnly(t)
	sh := create(t, d, enginetest.Order("A-1"))
	scan(t, d, sh.Tracking, waybill.PickupScheduled)
	if sh, err := cancel(t, d, "A-1"); err != nil || sh.Booking != waybill.Cancelled || openTrackers(t, d, sh) != 0 {
		t.Errorf("before pickup: %v, %s, %d trackers open", err, sh.Booking, openTrackers(t, d, sh))
	}
	if len(purchases(t, d, waybill.Voided)) != 1 {
		t.Error("the purchase is not voided")
	}
	sh = create(t, d, enginetest.Order("A-2"))
	scan(t, d, sh.Tracking, waybill.PickedUp)
	_, err := cancel(t, d, "A-2")
	wantReason(t, err, waybill.ReasonCancelRefused)
	if sh := get(t, d, "A-2"); sh.Booking != waybill.Booked || sh.CancelWanted {
		t.Errorf("after the refusal it is %s, cancel wanted %t", sh.Booking, sh.CancelWanted)
	}
}

func TestTheCarrierRefusesToVoid(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, waybill.E("courier", waybill.ReasonCancelRefused, "it is on the van"))
	_, err := cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelRefused)
	sh := get(t, d, "A-1")
	if sh.Booking != waybill.Booked || sh.CancelWanted || sh.CancelledBy != "" || openTrackers(t, d, sh) != 1 {
		t.Errorf("it is %s, wanted %t, by %q, %d trackers open", sh.Booking, sh.CancelWanted, sh.CancelledBy, openTrackers(t, d, sh))
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.CancelRefused || e.Facts.Message != "it is on the van" {
		t.Errorf("the event is %s %q", e.Kind, e.Facts.Message)
	}
	d.Courier.Before = nil
	if sh, err := cancel(t, d, "A-1"); err != nil || sh.Booking != waybill.Cancelled {
		t.Errorf("asked again: %v, %s", err, sh.Booking)
	}
}

func TestACarrierThatTakesNothingBack(t *testing.T) {
	d := fakeFirst(t, "mute")
	create(t, d, enginetest.Order("A-1"))
	_, err := cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelNotOffered)
	d.Courier.Scan("CR000001", waybill.Scan{At: d.World.Clock.Now(), Status: waybill.OutForDelivery})
	_, err = d.TrackShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelRefused)
}

// A void whose answer is lost leaves the shipment in between: no second cancel, no edit; the job finds out.
func TestALostVoidIsSettledByItsJob(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	d.Courier.After = enginetest.Refuse(enginetest.OpVoid, enginetest.Lost())
	_, err := cancel(t, d, "A-1")
	if !waybill.AsError(err).Unsure {
		t.Fatalf("cancel: %v", err)
	}
	_, err = cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonUnsettled)
	d.After(2 * time.Minute) // still no answer
	if n := len(purchases(t, d, waybill.Voiding)); n != 1 {
		t.Fatalf("%d purchases are being voided, want 1", n)
	}
	d.Courier.After = nil
	d.After(20 * time.Minute)
	sh := get(t, d, "A-1")
	if sh.Booking != waybill.Cancelled || sh.CancelWanted || sh.CancelledBy != "tester" || openTrackers(t, d, sh) != 0 {
		t.Errorf("it is %s, by %q, %d trackers open", sh.Booking, sh.CancelledBy, openTrackers(t, d, sh))
	}
	n := 0
	for _, kind := range history(t, d, "A-1") {
		if kind == waybill.ShipmentCancelled {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it was cancelled %d times: %v", n, history(t, d, "A-1"))
	}
}

// during makes the courier do something once, while an operation is under way.
func during(d *enginetest.Desk, op string, do func()) func(context.Context, string, string) error {
	done := false
	return func(_ context.Context, at, _ string) error {
		if at == op && !done {
			done = true
			do()
		}
		return nil
	}
}

// The cancel comes in while the carrier is selling: what it sold is given back.
func TestCancelWhileTheCarrierSells(t *testing.T) {
	for _, after := range []bool{false, true} {
		d := fakeFirst(t, "courier")
		wish := during(d, enginetest.OpShip, func() {
			sh, err := cancel(t, d, "A-1")
			if err != nil || sh.Booking != waybill.Unsettled || !sh.CancelWanted {
				t.Errorf("cancel meanwhile: %v, %s", err, sh.Booking)
			}
			if _, err := cancel(t, d, "A-1"); err != nil {
				t.Errorf("said twice: %v", err)
			}
		})
		if d.Courier.Before = wish; after {
			d.Courier.Before, d.Courier.After = nil, wish
		}
		create(t, d, enginetest.Order("A-1"))
		d.Drain()
		sh := get(t, d, "A-1")
		if sh.Booking != waybill.Cancelled || d.Courier.Live() != 0 || sh.CancelledBy != "tester" {
			t.Errorf("it is %s by %q; %d live sales", sh.Booking, sh.CancelledBy, d.Courier.Live())
		}
		wished := 0
		for _, kind := range history(t, d, "A-1") {
			if kind == waybill.CancelRequested {
				wished++
			}
		}
		if wished != 1 {
			t.Errorf("the wish is in the history %d times", wished)
		}
	}
}

// The cancel comes in while the carrier refuses: nobody else is asked.
func TestCancelWhileTheCarrierRefuses(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("courier", "courier"), d.House("house", "House Courier", "us"))
	d.Rule("courier first", `{"field":"destination.country","op":"is","value":"US"}`,
		`[{"do":"prefer","provider":"courier"},{"do":"fallback","max_extra":"10000%","later":true}]`)
	wish := during(d, enginetest.OpShip, func() { _, _ = cancel(t, d, "A-1") })
	d.Courier.Before = func(ctx context.Context, op, key string) error {
		_ = wish(ctx, op, key)
		return enginetest.Refuse(enginetest.OpShip, waybill.E("courier", waybill.ReasonCarrier, "no"))(ctx, op, key)
	}
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Cancelled || sh.CancelledBy != "tester" || sh.Tracking != "" {
		t.Errorf("it is %s by %q with %q", sh.Booking, sh.CancelledBy, sh.Tracking)
	}
	if slices.Contains(history(t, d, "A-1"), waybill.ShipmentFellBack) {
		t.Error("another carrier was asked for a cancelled shipment")
	}
}

// The wish comes in while the shipment is unsure, and the carrier will not take it back.
func TestCancelWantedAndRefused(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, enginetest.Order("A-1"))
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, waybill.E("courier", waybill.ReasonCancelRefused, "too late"))
	d.Drain()
	sh := get(t, d, "A-1")
	if sh.Booking != waybill.Booked || sh.CancelWanted || lastEvent(t, d, "A-1").Kind != waybill.CancelRefused {
		t.Errorf("it is %s, wanted %t, last %s", sh.Booking, sh.CancelWanted, lastEvent(t, d, "A-1").Kind)
	}
}
