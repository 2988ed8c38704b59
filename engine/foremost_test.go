package engine_test

import (
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// boxes is an order of so many parcels.
func boxes(reference string, n int) engine.CreateShipment {
	in := enginetest.Order(reference)
	in.Shipment.Parcels = slices.Repeat(in.Shipment.Parcels, n)
	return in
}

// A shipment of several parcels is given back whole or not at all: one that is gone keeps the others, and the carrier
// is not asked for any.
func TestOneParcelGoneKeepsTheShipment(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh := create(t, d, boxes("A-1", 2))
	second := sh.Parcels[1].Tracking
	d.Courier.Scan(second, waybill.Scan{At: d.World.Clock.Now(), Status: waybill.Delivered})
	if _, err := d.TrackShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")}); err != nil {
		t.Fatal(err)
	}
	if at := get(t, d, "A-1").Transit; at != waybill.LabelMade {
		t.Fatalf("the shipment is %s: the first parcel is behind", at)
	}
	_, err := cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelRefused)
	if n := d.Courier.Asked(enginetest.OpVoid); n != 0 || d.Courier.Live() != 1 {
		t.Errorf("the carrier was asked %d times to take it back", n)
	}
	out, err := d.ResolveScan(t.Context(), engine.ResolveScan{Text: second})
	if err != nil || len(out.Things) != 1 || slices.Contains(out.Things[0].Actions, engine.ActionCancel) {
		t.Errorf("%v: offered are %+v", err, out.Things)
	}
	// One that is merely on its way is for the carrier to say.
	other := create(t, d, boxes("A-2", 2))
	d.Courier.Scan(other.Parcels[1].Tracking, waybill.Scan{At: d.World.Clock.Now(), Status: waybill.InTransit})
	if _, err := d.TrackShipment(t.Context(), engine.GetShipment{Ref: ref("A-2")}); err != nil {
		t.Fatal(err)
	}
	if sh, err := cancel(t, d, "A-2"); err != nil || sh.Booking != waybill.Cancelled {
		t.Errorf("on its way: %v, %s", err, sh.Booking)
	}
}

// Of our own drivers' parcels one that was picked up is enough, and one that is delivered keeps the labels of all.
func TestOneParcelOfOurOwnPickedUp(t *testing.T) {
	d := houseOnly(t)
	sh := create(t, d, boxes("A-1", 3))
	move := func(status waybill.Transit) {
		t.Helper()
		d.World.Clock.Advance(time.Minute)
		if at := scan(t, d, sh.Parcels[2].Tracking, status); at.Transit != waybill.LabelMade {
			t.Fatalf("the shipment is %s", at.Transit)
		}
	}
	move(waybill.PickedUp)
	_, err := cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelRefused)
	elsewhere := func(s *waybill.Shipment) { s.Instructions = "leave it with the neighbour" }
	if _, err := edit(t, d, "A-1", elsewhere); err != nil {
		t.Errorf("its label can be drawn anew: %v", err)
	}
	move(waybill.Delivered)
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.Instructions = "ring twice" })
	wantReason(t, err, waybill.ReasonFrozen)
	if now := get(t, d, "A-1"); now.Booking != waybill.Booked || now.CancelWanted {
		t.Errorf("it is %s, cancel wanted %t", now.Booking, now.CancelWanted)
	}
}

// A return of several parcels is given back like a shipment.
func TestOneParcelOfAReturnGone(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	in := standing()
	in.Return.Parcels = slices.Repeat(in.Return.Parcels, 2)
	r, err := bookReturn(t, d, draftReturn(t, d, in))
	if err != nil || len(r.Parcels) != 2 {
		t.Fatalf("%v: %d parcels", err, len(r.Parcels))
	}
	scan(t, d, r.Parcels[1].Tracking, waybill.Delivered)
	asked := d.Courier.Asked(enginetest.OpVoid)
	_, err = d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}})
	wantReason(t, err, waybill.ReasonCancelRefused)
	if d.Courier.Asked(enginetest.OpVoid) != asked {
		t.Error("the carrier was asked")
	}
}
