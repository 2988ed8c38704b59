package engine_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// fakeFirst is an account whose only carrier is the courier in memory.
func fakeFirst(t *testing.T, driver string) *enginetest.Desk {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("courier", driver))
	return d
}

func houseOnly(t *testing.T) *enginetest.Desk {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"))
	return d
}

func edit(t *testing.T, d *enginetest.Desk, reference string, change func(*waybill.Shipment)) (waybill.Shipment, error) {
	t.Helper()
	return d.EditShipment(t.Context(), engine.EditShipment{Ref: ref(reference), Change: change, MustLocate: true})
}

// wantReason fails unless the error has the reason, and for those about a field its path.
func wantReason(t *testing.T, err error, reason waybill.Reason, path ...string) {
	t.Helper()
	if got := waybill.ReasonOf(err); got != reason {
		t.Fatalf("the error is %q (%v), want %q", got, err, reason)
	}
	if len(path) > 0 {
		fields := waybill.AsError(err).Fields
		if len(fields) == 0 || fields[0].Path != path[0] {
			t.Errorf("the error names the fields %+v, want %s", fields, path[0])
		}
	}
}

// lastEvent is the newest thing that happened to a shipment.
func lastEvent(t *testing.T, d *enginetest.Desk, reference string) waybill.Event {
	t.Helper()
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil || len(h.Events) == 0 {
		t.Fatalf("history: %v", err)
	}
	return h.Events[len(h.Events)-1]
}

func TestEditStoresAndNamesWhatChanged(t *testing.T) {
	d := houseOnly(t)
	in := enginetest.Order("A-1")
	in.Approve = true
	in.Shipment.Group = "before"
	create(t, d, in)
	sh, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.Group, s.Metadata = "", "new" })
	if err != nil {
		t.Fatal(err)
	}
	if sh.Group != "" || sh.Metadata != "new" || sh.Value.Value != "10" || len(sh.Parcels) != 1 {
		t.Errorf("got group %q, metadata %q, value %v: null clears, absent stays", sh.Group, sh.Metadata, sh.Value)
	}
	e := lastEvent(t, d, "A-1")
	if e.Kind != waybill.ShipmentChanged || !slices.Equal(e.Facts.Fields, []string{"group", "metadata"}) {
		t.Errorf("the event is %s %v", e.Kind, e.Facts.Fields)
	}
	if stored := get(t, d, "A-1"); stored.Group != "" || stored.Metadata != "new" || stored.Booking != waybill.Held {
		t.Errorf("stored: %q %q %s", stored.Group, stored.Metadata, stored.Booking)
	}
}

// A client that sends back what it was shown, in its own spelling, changes nothing and may do so at any time.
func TestEditThatChangesNothingLeavesNoTrace(t *testing.T) {
	d := houseOnly(t)
	at := d.World.Clock.Now().Add(24 * time.Hour)
	in := enginetest.Order("A-1")
	in.Shipment.PickupTime.Starts = &at
	before := create(t, d, in)
	sh, err := edit(t, d, "A-1", func(s *waybill.Shipment) {
		elsewhere := at.In(time.FixedZone("", 3600))
		s.PickupTime.Starts = &elsewhere
		s.Parcels[0].Weight.Value = "10.0"
		s.Tags = []int64{}
	})
	if err != nil {
		t.Fatal(err)
	}
	if sh.Version != before.Version || lastEvent(t, d, "A-1").Kind == waybill.ShipmentChanged {
		t.Errorf("it was written: version %d, before %d", sh.Version, before.Version)
	}
}

func TestParcelsAreFrozenOnceBooked(t *testing.T) {
	d := houseOnly(t)
	before := create(t, d, enginetest.Order("A-1"))
	for _, force := range []bool{false, true} {
		_, err := d.EditShipment(t.Context(), engine.EditShipment{
			Ref: ref("A-1"), Force: force, Change: func(s *waybill.Shipment) { s.Group = "g"; s.Parcels[0].Weight.Value = "11" },
		})
		wantReason(t, err, waybill.ReasonFrozen, "parcels")
	}
	if sh := get(t, d, "A-1"); sh.Group != "" || sh.Parcels[0].Weight != before.Parcels[0].Weight {
		t.Errorf("half of a refused edit was stored: %q, %v", sh.Group, sh.Parcels[0].Weight)
	}
}

func TestWhatTheCarrierWasToldNeedsForce(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	change := func(s *waybill.Shipment) { s.Instructions = "ring twice" }
	_, err := edit(t, d, "A-1", change)
	wantReason(t, err, waybill.ReasonBookingFailed, "instructions")
	if _, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.Group = "g" }); err != nil {
		t.Errorf("a group is ours alone and may change: %v", err)
	}
	sh, err := d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Force: true, Change: change})
	if err != nil || sh.Instructions != "ring twice" || sh.Booking != waybill.Booked {
		t.Errorf("forced: %v, %q", err, sh.Instructions)
	}
}

func TestEditMovesTheReference(t *testing.T) {
	d := houseOnly(t)
	first := create(t, d, enginetest.Order("A-1"))
	create(t, d, enginetest.Order("B-1"))
	if _, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.Reference = "A-2" }); err != nil {
		t.Fatal(err)
	}
	_, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonUnknownShipment)
	if moved := get(t, d, "A-2"); moved.ID != first.ID {
		t.Errorf("A-2 is %s, want %s", moved.ID, first.ID)
	}
	if again := create(t, d, enginetest.Order("A-1")); again.ID == first.ID {
		t.Error("the freed reference names the old shipment")
	}
	_, err = edit(t, d, "A-2", func(s *waybill.Shipment) { s.Reference = "B-1" })
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	_, err = edit(t, d, "A-2", func(s *waybill.Shipment) { s.Reference = "" })
	wantReason(t, err, waybill.ReasonFields, "reference")
	_, err = edit(t, d, "A-2", func(s *waybill.Shipment) { s.Reference = "search" })
	wantReason(t, err, waybill.ReasonFields, "reference")
}

// An address that moves gets the point of its new postal code; a client's own point stays as long as the
// place does.
func TestEditLocatesTheNewAddress(t *testing.T) {
	d := houseOnly(t)
	in := enginetest.Order("A-1")
	in.Approve = true
	own := waybill.Point{Lat: 42.5, Lng: -71.5}
	in.Shipment.To.Address.Point = &own
	create(t, d, in)
	sh, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.To.Address.Street2 = "2nd floor" })
	if err != nil || sh.To.Address.Point == nil || *sh.To.Address.Point != own || sh.To.Address.PointFound {
		t.Fatalf("a second line moved the point: %v, %+v", err, sh.To.Address)
	}
	sh, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.To.Address.Postcode, s.To.Address.City = "10036", "New York" })
	if err != nil || sh.To.Address.Point == nil || *sh.To.Address.Point == own || !sh.To.Address.PointFound {
		t.Fatalf("the point of the old place stayed: %v, %+v", err, sh.To.Address)
	}
	other := waybill.Point{Lat: 40.75, Lng: -73.99}
	sh, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.To.Address.Postcode, s.To.Address.Point = "10001", &other })
	if err != nil || *sh.To.Address.Point != other || sh.To.Address.PointFound {
		t.Fatalf("the client's new point was not taken: %v, %+v", err, sh.To.Address)
	}
	before := get(t, d, "A-1")
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.To.Address.Postcode = "00000"; s.Group = "g" })
	wantReason(t, err, waybill.ReasonNotLocated, "to.postcode")
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.To.Address.Country = "XX" })
	wantReason(t, err, waybill.ReasonFields, "to.country")
	if now := get(t, d, "A-1"); now.Version != before.Version {
		t.Error("a refused edit was stored")
	}
}

// An order that moves to another location takes that one's sender, clock, notes and way back along; what
// the caller said itself stays.
func TestEditMovesTheLocation(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	back, err := d.SaveLocation(t.Context(), waybill.Location{ExternalID: "301", Name: "Back", Address: waybill.Address{Postcode: "10022", Country: "US"}})
	if err != nil {
		t.Fatal(err)
	}
	boston := d.Boston(house)
	boston.Return, boston.PickupInstructions = back.ID, "Boston dock"
	dallas := waybill.Location{
		ExternalID: "D", Name: "Dallas", TimeZone: "America/Chicago", Connections: []waybill.ID{house.ID}, PickupInstructions: "Dallas dock",
		Address: waybill.Address{Street1: "The Mall", City: "Dallas", State: "TX", Postcode: "75219", Country: "US"},
	}
	for _, l := range []waybill.Location{boston, dallas} {
		if _, err := d.SaveLocation(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	in := enginetest.Order("A-1")
	in.Approve = true
	if sh := create(t, d, in); sh.ReturnKey != "301" || sh.PickupNotes != "Boston dock" {
		t.Fatalf("at first: return %q, notes %q", sh.ReturnKey, sh.PickupNotes)
	}
	nowhere, to := "nowhere", "D"
	none := func(*waybill.Shipment) {}
	_, err = d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Location: &nowhere, Change: none})
	wantReason(t, err, waybill.ReasonUnknownLocation, "location")
	sh, err := d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Location: &to, Change: none})
	if err != nil {
		t.Fatal(err)
	}
	if sh.LocationKey != "D" || sh.From.Address.City != "Dallas" || sh.TimeZone != "America/Chicago" || sh.PickupNotes != "Dallas dock" || sh.ReturnTo != nil {
		t.Errorf("it leaves from %q, %q, %s, notes %q, return %v", sh.LocationKey, sh.From.Address.City, sh.TimeZone, sh.PickupNotes, sh.ReturnTo)
	}
	in = enginetest.Order("A-2")
	in.Approve, in.Return, in.Shipment.PickupNotes = true, "301", "mind the dog"
	create(t, d, in)
	sh, err = d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-2"), Location: &to, Change: none})
	if err != nil || sh.PickupNotes != "mind the dog" {
		t.Errorf("the caller's own notes became %q, %v", sh.PickupNotes, err)
	}
	if fields := lastEvent(t, d, "A-1").Facts.Fields; !slices.Contains(fields, "location") || !slices.Contains(fields, "from") {
		t.Errorf("the event names %v", fields)
	}
}

func TestEditThatLeavesNobodyToCarryIt(t *testing.T) {
	d := houseOnly(t)
	in := enginetest.Order("A-1")
	in.Approve = true
	create(t, d, in)
	heavy := func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = "99999" }
	_, err := edit(t, d, "A-1", heavy)
	wantReason(t, err, waybill.ReasonNoRate)
	if sh := get(t, d, "A-1"); sh.Parcels[0].Weight.Value != "10" {
		t.Error("it was stored all the same")
	}
	sh, err := d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Force: true, Change: heavy})
	if err != nil || sh.Parcels[0].Weight.Value != "99999" {
		t.Errorf("forced: %v", err)
	}
}

func TestEditWhatCanNoLongerChange(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")}); err != nil {
		t.Fatal(err)
	}
	group := func(s *waybill.Shipment) { s.Group = "g" }
	_, err := edit(t, d, "A-1", group)
	wantReason(t, err, waybill.ReasonFrozen)

	create(t, d, enginetest.Order("A-2"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, enginetest.Lost())
	_, err = d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-2")})
	wantReason(t, err, waybill.ReasonCarrierOutage)
	_, err = edit(t, d, "A-2", group)
	wantReason(t, err, waybill.ReasonUnsettled)
}

// A change that meets another is made anew on what that left: neither is lost.
func TestTwoEditsAtOnce(t *testing.T) {
	d := houseOnly(t)
	create(t, d, enginetest.Order("A-1"))
	first := true
	sh, err := edit(t, d, "A-1", func(s *waybill.Shipment) {
		if first { // the other comes in between reading and writing
			first = false
			if _, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.Metadata = "the other" }); err != nil {
				t.Error(err)
			}
		}
		s.Group = "mine"
	})
	if err != nil || sh.Group != "mine" || sh.Metadata != "the other" {
		t.Errorf("%v: group %q, metadata %q", err, sh.Group, sh.Metadata)
	}
}

func TestEditOfPartsTheRoleMayNot(t *testing.T) {
	d := houseOnly(t)
	create(t, d, enginetest.Order("A-1"))
	for _, role := range []waybill.Role{waybill.RoleReadOnly, waybill.RoleRatesOnly} {
		looker := d.Session
		looker.Actor.Role = role
		ctx := context.Background()
		_, err := looker.EditShipment(ctx, engine.EditShipment{Ref: ref("A-1"), Change: func(*waybill.Shipment) {}})
		wantReason(t, err, waybill.ReasonRole)
		_, err = looker.CreateShipment(ctx, enginetest.Order("A-9"))
		wantReason(t, err, waybill.ReasonRole)
		_, err = looker.CancelShipment(ctx, engine.CancelShipment{Ref: ref("A-1")})
		wantReason(t, err, waybill.ReasonRole)
		if _, err = looker.GetShipment(ctx, engine.GetShipment{Ref: ref("A-1")}); err != nil {
			t.Errorf("%s may not even look: %v", role, err)
		}
	}
}

// Many changes of one shipment at the same moment are all made, each on what the one before it left.
func TestManyEditsAtOnce(t *testing.T) { onBoth(t, manyEditsAtOnce) }

func manyEditsAtOnce(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"))
	create(t, d, enginetest.Order("A-1"))
	const callers = 12
	var wait sync.WaitGroup
	for range callers {
		wait.Go(func() {
			if _, err := d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("A-1"), Change: func(s *waybill.Shipment) { s.Group += "x" }}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if group := get(t, d, "A-1").Group; len(group) != callers {
		t.Errorf("%d of %d changes were made", len(group), callers)
	}
}
