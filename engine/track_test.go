package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// at makes a scan of the courier's, so many hours into the test's day.
func at(d *enginetest.Desk, hour int, status waybill.Transit, code string) waybill.Scan {
	start := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	return waybill.Scan{At: start.Add(time.Duration(hour) * time.Hour), Status: status, Code: code, Text: "it says " + code, Place: "Boston"}
}

func track(t *testing.T, d *enginetest.Desk, reference string) waybill.Shipment {
	t.Helper()
	sh, err := d.TrackShipment(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// told are the transit states that the history tells of.
func told(t *testing.T, d *enginetest.Desk, reference string) (list []waybill.Transit) {
	t.Helper()
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range h.Events {
		if e.Kind == waybill.ShipmentTracked {
			list = append(list, e.Facts.Transit)
		}
	}
	return list
}

// Scans come late, twice and out of order: each counts once, and the latest by its own time tells where
// the parcel is.
func TestScansInAnyOrder(t *testing.T) {
	d := fakeFirst(t, "courier")
	number := create(t, d, enginetest.Order("A-1")).Tracking
	d.Courier.Scan(number, at(d, 9, waybill.OutForDelivery, "OFD"))
	if sh := track(t, d, "A-1"); sh.Transit != waybill.OutForDelivery || !sh.ActualPickup.Equal(at(d, 9, "", "").At) {
		t.Fatalf("it is %s, picked up %v", sh.Transit, sh.ActualPickup)
	}
	d.Courier.Scan(number, at(d, 7, waybill.PickedUp, "PU"), at(d, 8, waybill.AtDepot, "DEP"), at(d, 9, waybill.OutForDelivery, "OFD"))
	track(t, d, "A-1")
	sh := track(t, d, "A-1")
	if sh.Transit != waybill.OutForDelivery || sh.TransitNote != "it says OFD" {
		t.Errorf("late scans moved it back: %s, %q", sh.Transit, sh.TransitNote)
	}
	if !sh.ActualPickup.Equal(at(d, 7, "", "").At) {
		t.Errorf("it was picked up at %v", sh.ActualPickup)
	}
	want := []waybill.Transit{waybill.OutForDelivery, waybill.PickedUp, waybill.AtDepot}
	if got := told(t, d, "A-1"); !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// TestAScanOfYearsAhead: a carrier's scan with a slip in its date tells where the parcel is when it is heard, and no
// longer than until the next.
func TestAScanOfYearsAhead(t *testing.T) {
	d := fakeFirst(t, "courier")
	number := create(t, d, enginetest.Order("A-1")).Tracking
	slip := at(d, 7, waybill.PickedUp, "PU")
	slip.At = slip.At.AddDate(73, 0, 0)
	d.Courier.Scan(number, slip)
	if sh := track(t, d, "A-1"); sh.Transit != waybill.PickedUp {
		t.Errorf("its only scan is passed over: %s", sh.Transit)
	}
	d.After(time.Hour)
	next := waybill.Scan{At: d.Clock.Now(), Status: waybill.OutForDelivery, Code: "OFD"}
	d.Courier.Scan(number, next)
	if sh := track(t, d, "A-1"); sh.Transit != waybill.OutForDelivery {
		t.Errorf("it is %s until then", sh.Transit)
	}
	d.Courier.Scan(number, slip)
	if sh := track(t, d, "A-1"); sh.Transit != waybill.OutForDelivery || len(told(t, d, "A-1")) != 2 {
		t.Errorf("told again it is %s, %v", sh.Transit, told(t, d, "A-1"))
	}
}

func TestWordsNobodyKnows(t *testing.T) {
	d := fakeFirst(t, "courier")
	number := create(t, d, enginetest.Order("A-1")).Tracking
	d.Courier.Scan(number, at(d, 7, waybill.InTransit, "X"), at(d, 8, waybill.TransitUnknown, "??"))
	if sh := track(t, d, "A-1"); sh.Transit != waybill.InTransit {
		t.Errorf("an unknown word moved it to %s", sh.Transit)
	}
	if got := told(t, d, "A-1"); len(got) != 2 {
		t.Errorf("told %v: what the carrier said is kept", got)
	}
}

// A delivered parcel is never asked after again; what a push still says of it is kept.
func TestDeliveredIsTheEnd(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh := create(t, d, enginetest.Order("A-1"))
	done := at(d, 9, waybill.Delivered, "DL")
	done.Recipient = "Mrs Front Desk"
	d.Courier.Scan(sh.Tracking, at(d, 8, waybill.OutForDelivery, "OFD"), done)
	d.After(3 * time.Hour)
	sh = get(t, d, "A-1")
	if sh.Transit != waybill.Delivered || !sh.ActualDelivery.Equal(done.At) || openTrackers(t, d, sh) != 0 {
		t.Fatalf("it is %s, delivered %v, %d trackers", sh.Transit, sh.ActualDelivery, openTrackers(t, d, sh))
	}
	if r := trackers(t, d, sh.ID)[0].Track.Recipient; r != "Mrs Front Desk" {
		t.Errorf("taken by %q", r)
	}
	asked := d.Courier.Asked(enginetest.OpTrack)
	for range 20 {
		d.After(6 * time.Hour)
	}
	if n := d.Courier.Asked(enginetest.OpTrack); n != asked {
		t.Errorf("it was asked after %d times more", n-asked)
	}
	if sh := track(t, d, "A-1"); sh.Transit != waybill.Delivered || d.Courier.Asked(enginetest.OpTrack) != asked {
		t.Error("asked by hand, the carrier was bothered for a delivered parcel")
	}
	_, err := cancel(t, d, "A-1")
	wantReason(t, err, waybill.ReasonCancelRefused)
}

// What comes back to its sender is returned, though the carrier calls that a delivery.
func TestReturnedIsNotDelivered(t *testing.T) {
	d := fakeFirst(t, "courier")
	number := create(t, d, enginetest.Order("A-1")).Tracking
	d.Courier.Scan(number, at(d, 8, waybill.Undeliverable, "REF"), at(d, 9, waybill.Returning, "RTS"), at(d, 20, waybill.Delivered, "DL"))
	sh := track(t, d, "A-1")
	if sh.Transit != waybill.Returned || sh.ActualDelivery != nil || openTrackers(t, d, sh) != 0 {
		t.Errorf("it is %s, delivered %v", sh.Transit, sh.ActualDelivery)
	}
	want := []waybill.Transit{waybill.Undeliverable, waybill.Returning, waybill.Returned}
	if got := told(t, d, "A-1"); !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	// The scan that explains it may come last.
	number = create(t, d, enginetest.Order("A-2")).Tracking
	d.Courier.Scan(number, at(d, 20, waybill.Delivered, "DL"))
	track(t, d, "A-2")
	d.Courier.Scan(number, at(d, 9, waybill.Returning, "RTS"))
	if err := push(t, d, number); err != nil {
		t.Fatal(err)
	}
	if sh := get(t, d, "A-2"); sh.Transit != waybill.Returned || sh.ActualDelivery != nil || len(told(t, d, "A-2")) != 2 {
		t.Errorf("it is %s, delivered %v, told %v", sh.Transit, sh.ActualDelivery, told(t, d, "A-2"))
	}
}

// A shipment of several parcels is where the one furthest behind is, and delivered when all of it is.
func TestSeveralParcels(t *testing.T) {
	d := fakeFirst(t, "courier")
	in := enginetest.Order("A-1")
	in.Shipment.Parcels = append(in.Shipment.Parcels, in.Shipment.Parcels[0], in.Shipment.Parcels[0])
	sh := create(t, d, in)
	number := func(i int) string { return sh.Parcels[i].Tracking }
	if number(0) == number(1) || number(2) == "" {
		t.Fatalf("numbers %q %q %q", number(0), number(1), number(2))
	}
	step := func(parcel, hour int, status, want waybill.Transit) {
		t.Helper()
		d.Courier.Scan(number(parcel), at(d, hour, status, string(status)))
		if sh := track(t, d, "A-1"); sh.Transit != want || (want == waybill.Delivered) != (sh.ActualDelivery != nil) {
			t.Errorf("parcel %d %s: the shipment is %s (delivered %v), want %s", parcel, status, sh.Transit, sh.ActualDelivery, want)
		}
	}
	step(0, 7, waybill.PickedUp, waybill.LabelMade)
	step(1, 8, waybill.PickedUp, waybill.LabelMade)
	step(2, 9, waybill.PickedUp, waybill.PickedUp)
	step(0, 10, waybill.Delivered, waybill.PickedUp)
	step(1, 11, waybill.Undeliverable, waybill.PickedUp)
	step(2, 12, waybill.Delivered, waybill.Undeliverable)
	step(1, 13, waybill.Redelivery, waybill.Redelivery)
	step(1, 14, waybill.Delivered, waybill.Delivered)
	if sh := get(t, d, "A-1"); !sh.ActualDelivery.Equal(at(d, 14, "", "").At) || !sh.ActualPickup.Equal(at(d, 7, "", "").At) {
		t.Errorf("picked up %v, delivered %v", sh.ActualPickup, sh.ActualDelivery)
	}
	// One that came back is not delivered with the others.
	in.Shipment.Reference = "A-2"
	sh = create(t, d, in)
	d.Courier.Scan(number(0), at(d, 10, waybill.Delivered, "DL"))
	d.Courier.Scan(number(1), at(d, 10, waybill.Returning, "RTS"), at(d, 11, waybill.Delivered, "DL"))
	d.Courier.Scan(number(2), at(d, 10, waybill.Delivered, "DL"))
	if sh := track(t, d, "A-2"); sh.Transit != waybill.Returned || sh.ActualDelivery != nil {
		t.Errorf("two delivered, one returned: %s, %v", sh.Transit, sh.ActualDelivery)
	}
}

func TestExpectedDelivery(t *testing.T) {
	d := fakeFirst(t, "courier")
	number := create(t, d, enginetest.Order("A-1")).Tracking
	promise := at(d, 40, "", "").At
	d.Courier.Expect(number, promise)
	if sh := track(t, d, "A-1"); sh.EstimatedDrop.Ends == nil || !sh.EstimatedDrop.Ends.Equal(promise) || sh.Transit != waybill.LabelMade {
		t.Errorf("estimated %v, %s: a promise alone counts", sh.EstimatedDrop.Ends, sh.Transit)
	}
}

// A parcel that was cancelled is followed no more, whatever its label still does.
func TestACancelledParcelStaysClosed(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh := create(t, d, enginetest.Order("A-1"))
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	d.Courier.Scan(sh.Tracking, at(d, 9, waybill.InTransit, "IT"))
	if err := push(t, d, sh.Tracking); err != nil {
		t.Fatal(err)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled || openTrackers(t, d, sh) != 0 || len(told(t, d, "A-1")) != 1 {
		t.Errorf("it is %s, %d trackers open, told %v", sh.Booking, openTrackers(t, d, sh), told(t, d, "A-1"))
	}
	_, err := d.TrackShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonNotBookable)
}

func TestRecordScan(t *testing.T) {
	d := houseOnly(t)
	sh := create(t, d, enginetest.Order("A-1"))
	moved := scan(t, d, sh.Tracking, waybill.PickedUp)
	if moved.ID != sh.ID || moved.Transit != waybill.PickedUp || !moved.ActualPickup.Equal(d.World.Clock.Now()) {
		t.Errorf("it is %s since %v", moved.Transit, moved.ActualPickup)
	}
	_, err := d.RecordScan(t.Context(), engine.RecordScan{Number: "nobody's", Scan: waybill.Scan{Status: waybill.PickedUp}})
	wantReason(t, err, waybill.ReasonUnknownShipment)
	_, err = d.RecordScan(t.Context(), engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: "lost in space"}})
	wantReason(t, err, waybill.ReasonFields, "status")
}

// A number that the carrier uses again after years belongs to the newest parcel.
func TestANumberUsedAgain(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	first, second := d.Fake("first", "mute"), d.Fake("second", "mute")
	d.Boston(first)
	old := stuck(t, d, "A-1")
	if _, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: old.ID, Bought: true, Numbers: []string{"SAME"}}); err != nil {
		t.Fatal(err)
	}
	d.Boston(second)
	newer := stuck(t, d, "A-2")
	if _, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: newer.ID, Bought: true, Numbers: []string{"SAME"}}); err != nil {
		t.Fatal(err)
	}
	if sh := scan(t, d, "SAME", waybill.PickedUp); sh.Reference != "A-2" || get(t, d, "A-1").Transit != waybill.LabelMade {
		t.Errorf("the scan went to %s", sh.Reference)
	}
}

// push has the courier send its news of a number, and reads it.
func push(t *testing.T, d *enginetest.Desk, number string) error {
	t.Helper()
	all, err := d.ListConnections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := all[0].ID
	header := map[string][]string{"Credential": {"agreed-word"}}
	err = d.World.Engine.Push(t.Context(), id, d.Vault.HookSecret(id), header, []byte(number))
	d.Drain()
	return err
}

func TestPushes(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh := create(t, d, enginetest.Order("A-1"))
	d.Courier.Scan(sh.Tracking, at(d, 9, waybill.OutForDelivery, "OFD"))
	for range 2 { // carriers send twice
		if err := push(t, d, sh.Tracking); err != nil {
			t.Fatal(err)
		}
	}
	if got := told(t, d, "A-1"); !slices.Equal(got, []waybill.Transit{waybill.OutForDelivery}) || get(t, d, "A-1").Transit != waybill.OutForDelivery {
		t.Errorf("told %v", got)
	}
	if due := trackers(t, d, sh.ID)[0].Due; due.Sub(d.World.Clock.Now()) > time.Hour {
		t.Errorf("out for delivery, and asked after in %v", due.Sub(d.World.Clock.Now()))
	}
	if err := push(t, d, "unheard-of"); err != nil {
		t.Errorf("news of a parcel that is not ours: %v", err)
	}
	id := trackers(t, d, sh.ID)[0].Connection
	for _, bad := range []struct {
		connection waybill.ID
		secret     string
	}{{id, "00"}, {id, ""}, {"000000000000000000000000", d.Vault.HookSecret(id)}, {"000000000000000000000000", d.Vault.HookSecret("000000000000000000000000")}} {
		err := d.World.Engine.Push(t.Context(), bad.connection, bad.secret, nil, nil)
		wantReason(t, err, waybill.ReasonUnknownRecord)
	}
	if buried, _ := d.World.Store.Queue().Buried(t.Context(), 10); len(buried) != 0 {
		t.Errorf("%d jobs were given up", len(buried))
	}
}

// A push may carry the carrier's credential: it is not kept in the clear.
func TestAPushIsKeptSealed(t *testing.T) {
	d := fakeFirst(t, "courier")
	c, err := d.ListConnections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	header := map[string][]string{"Credential": {"agreed-word"}, "Cookie": {"c"}}
	if err := d.World.Engine.Push(t.Context(), c[0].ID, d.Vault.HookSecret(c[0].ID), header, []byte("X")); err != nil {
		t.Fatal(err)
	}
	jobs, err := d.World.Store.Queue().Claim(t.Context(), []waybill.JobKind{waybill.JobPushed}, 1, time.Minute)
	if err != nil || len(jobs) != 1 {
		t.Fatal(err, len(jobs))
	}
	if payload := string(jobs[0].Payload); payload == "" || strings.Contains(payload, "agreed-word") {
		t.Errorf("the payload is %q", payload)
	}
}
