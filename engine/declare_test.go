package engine_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/label"
)

// agency is an account whose actor is a courier's program that declares.
func agency(t *testing.T, o enginetest.Options) *enginetest.Desk {
	d := enginetest.New(t, o).Account("couriers")
	d.Session.Actor.ID, d.Session.Actor.Dialect = "000000000000000000000c01", "epgl"
	return d
}

func declaration(number, status string) waybill.Declaration {
	return waybill.Declaration{
		Number: number, Status: status, Pieces: 2, Weight: waybill.Weight{Value: "7.5", Unit: waybill.Kilogram},
		PickedUp: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC), Goods: "books",
		COD:  waybill.Amount{Value: "12.5", Currency: "AED"},
		Size: waybill.Size{Length: "30", Width: "20", Height: "10", Unit: waybill.Centimetre},
		Sender: waybill.Party{
			Contact: waybill.Contact{Name: "Sara Sender", Phone: "+97140000001"},
			Address: waybill.Address{Street1: "1 Creek Road", City: "Dubai", Country: "AE"},
		},
		Receiver: waybill.Party{
			Contact: waybill.Contact{Name: "Ravi Receiver", Phone: "+97140000002"},
			Address: waybill.Address{Street1: "9 Port Road", City: "Abu Dhabi", Country: "AE"},
		},
		Items: []waybill.Item{{Title: "Atlas", Quantity: 2}},
	}
}

func declare(t *testing.T, d *enginetest.Desk, in waybill.Declaration) engine.Declared {
	t.Helper()
	made, err := d.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: in})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func kinds(t *testing.T, d *enginetest.Desk, reference string) string {
	t.Helper()
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range h.Events {
		said = append(said, string(e.Kind))
	}
	return strings.Join(said, " ")
}

func TestADeclarationMakesAShipment(t *testing.T) {
	d := agency(t, enginetest.Options{})
	made := declare(t, d, declaration("TRK-1", "in transit"))
	sh := made.Shipment
	if !made.Fresh || made.Declaration.Linked || sh.Booking != waybill.Declared || sh.Transit != waybill.InTransit {
		t.Errorf("fresh %t, linked %t, %s, %s", made.Fresh, made.Declaration.Linked, sh.Booking, sh.Transit)
	}
	if sh.Reference != string(sh.ID) || sh.Tracking != "TRK-1" || sh.Number == 0 || sh.Dialect != "epgl" || sh.TransitNote != "in transit" {
		t.Errorf("%q %q number %d from %q, %q", sh.Reference, sh.Tracking, sh.Number, sh.Dialect, sh.TransitNote)
	}
	if len(sh.Parcels) != 2 || sh.Parcels[1].Weight.Grams() != 3750 || sh.Parcels[0].Size.Length != "30" || sh.Grams() != 7500 {
		t.Errorf("parcels %+v", sh.Parcels)
	}
	if sh.From.Contact.Name != "Sara Sender" || sh.To.Address.City != "Abu Dhabi" || sh.Options.COD.Value != "12.5" || len(sh.Items) != 1 {
		t.Errorf("%+v", sh)
	}
	digits := strings.TrimPrefix(made.Declaration.Licence, "AE")
	if len(made.Declaration.Licence) != 16 || !label.Valid(label.Luhn, digits) {
		t.Errorf("the licence is %q", made.Declaration.Licence)
	}
	if got := kinds(t, d, "TRK-1"); got != "shipment.declared shipment.tracked" {
		t.Error(got)
	}
	list, err := d.ListShipments(t.Context(), engine.ListShipments{
		Query: engine.ShipmentQuery{Terms: []engine.Term{{Field: engine.TermCity, Value: "abu dhabi"}}}, Page: engine.Page{Limit: 10},
	})
	if err != nil || len(list.Items) != 1 || list.Items[0].ID != sh.ID {
		t.Errorf("%v: listed by its city: %d", err, len(list.Items))
	}
}

// Declared again, all of it is replaced but who it is, its licence and its invoices.
func TestDeclaredAnewIsReplaced(t *testing.T) {
	d := agency(t, enginetest.Options{})
	first := declare(t, d, declaration("TRK-1", "Pending"))
	if _, err := d.InvoiceShipment(t.Context(), engine.InvoiceShipment{Number: "TRK-1", Invoice: waybill.Invoice{Number: "I-1"}}); err != nil {
		t.Fatal(err)
	}
	again := declaration("TRK-1", "Out For Delivery")
	again.Receiver.Address.City, again.Pieces, again.COD, again.Items, again.Licence = "Sharjah", 1, waybill.Amount{}, nil, first.Declaration.Licence
	d.World.Clock.Advance(time.Hour)
	made := declare(t, d, again)
	sh := made.Shipment
	if made.Fresh || made.Declaration.ID != first.Declaration.ID || sh.ID != first.Shipment.ID || sh.Number != first.Shipment.Number {
		t.Errorf("fresh %t; %s %s, first %s %s", made.Fresh, made.Declaration.ID, sh.ID, first.Declaration.ID, first.Shipment.ID)
	}
	if made.Declaration.Licence != first.Declaration.Licence || len(made.Declaration.Invoices) != 1 {
		t.Errorf("licence %q, %d invoices", made.Declaration.Licence, len(made.Declaration.Invoices))
	}
	if sh.To.Address.City != "Sharjah" || len(sh.Parcels) != 1 || sh.Parcels[0].Weight.Value != "7.5" || sh.Options.COD.Value != "" || len(sh.Items) != 0 {
		t.Errorf("%+v", sh)
	}
	if sh.Transit != waybill.OutForDelivery || sh.Reference != first.Shipment.Reference {
		t.Errorf("%s, %q", sh.Transit, sh.Reference)
	}
}

func TestLicences(t *testing.T) {
	d := agency(t, enginetest.Options{})
	one, two := declare(t, d, declaration("TRK-1", "")), declare(t, d, declaration("TRK-2", ""))
	if one.Declaration.Licence == two.Declaration.Licence {
		t.Error("two shipments have one licence")
	}
	refused := func(number, licence string) {
		t.Helper()
		in := declaration(number, "")
		in.Licence = licence
		_, err := d.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: in})
		wantReason(t, err, waybill.ReasonMismatch, "uhawb")
	}
	refused("TRK-1", two.Declaration.Licence)
	refused("TRK-3", two.Declaration.Licence)
	refused("TRK-3", "AE123")
	refused("TRK-3", "AE1234567890123X")
	// A client that moves here brings along what the vendor issued.
	brought := declaration("TRK-3", "")
	brought.Licence = "AE12345678901234"
	if made := declare(t, d, brought); made.Declaration.Licence != brought.Licence {
		t.Errorf("the licence is %q", made.Declaration.Licence)
	}
	refused("TRK-3", "AE12345678901235")
	refused("TRK-4", brought.Licence) // it is TRK-3's
	d.Session.Actor.ID = "000000000000000000000c02"
	refused("TRK-4", brought.Licence)
	declare(t, d, declaration("TRK-4", "")) // nothing was left of what was refused
}

// The status moves the parcel by the word, whatever its case; other words are kept and move nothing.
func TestDeclaredStatuses(t *testing.T) {
	d := agency(t, enginetest.Options{})
	for i, c := range []struct {
		status string
		at     waybill.Transit
	}{
		{"Pending", waybill.TransitNone}, {"IN  TRANSIT", waybill.InTransit}, {"held by customs", waybill.InTransit},
		{"out for delivery", waybill.OutForDelivery}, {"Delivered", waybill.Delivered}, {"Returned", waybill.Returned},
		{"cancelled", waybill.TransitVoided}, {"In Transit", waybill.InTransit},
	} {
		d.World.Clock.Advance(time.Hour)
		made := declare(t, d, declaration("TRK-1", c.status))
		if made.Shipment.Transit != c.at || made.Shipment.Booking != waybill.Declared || made.Declaration.Status != c.status {
			t.Errorf("%d %q: %s %s, kept as %q", i, c.status, made.Shipment.Booking, made.Shipment.Transit, made.Declaration.Status)
		}
	}
	tracked, err := d.TrackNumbers(t.Context(), engine.TrackNumbers{Numbers: []string{"TRK-1"}})
	if err != nil || !tracked[0].Found || tracked[0].Tracking.Status != waybill.InTransit || len(tracked[0].Tracking.Scans) != 7 {
		t.Errorf("%v: tracked as %+v", err, tracked)
	}
	before := kinds(t, d, "TRK-1")
	d.World.Clock.Advance(time.Hour)
	declare(t, d, declaration("TRK-1", "in transit")) // nothing new
	if after := kinds(t, d, "TRK-1"); after != before+" shipment.declared" {
		t.Errorf("the same status again: %s", strings.TrimPrefix(after, before))
	}
}

// The date of delivery is when it was delivered, though the report of it came later than others were made.
func TestTheDateOfDelivery(t *testing.T) {
	d := agency(t, enginetest.Options{})
	now := d.World.Clock.Now()
	promised, done := now.Add(48*time.Hour), now.Add(-3*time.Hour)
	moving := declaration("TRK-1", "In Transit")
	moving.Delivery = &promised
	sh := declare(t, d, moving).Shipment
	if sh.Transit != waybill.InTransit || sh.EstimatedDrop.Ends == nil || !sh.EstimatedDrop.Ends.Equal(promised) {
		t.Errorf("%s, promised for %v", sh.Transit, sh.EstimatedDrop.Ends)
	}
	d.World.Clock.Advance(time.Hour)
	delivered := declaration("TRK-1", "Delivered")
	delivered.Delivery = &done
	sh = declare(t, d, delivered).Shipment
	if sh.Transit != waybill.Delivered || sh.ActualDelivery == nil || !sh.ActualDelivery.Equal(done) {
		t.Errorf("%s at %v", sh.Transit, sh.ActualDelivery)
	}
}

// A number of a shipment of the account is linked, and declarations never change that shipment.
func TestADeclarationOfOurOwnShipment(t *testing.T) {
	d := agency(t, enginetest.Options{})
	d.Boston(d.House("house", "House Courier", "us"))
	own := create(t, d, enginetest.Order("A-1"))
	for _, status := range []string{"In Transit", "Delivered"} {
		made := declare(t, d, declaration(own.Tracking, status))
		if !made.Declaration.Linked || made.Shipment.ID != own.ID {
			t.Fatalf("linked %t to %s", made.Declaration.Linked, made.Shipment.ID)
		}
	}
	if after := get(t, d, "A-1"); after.Version != own.Version || after.Transit != waybill.LabelMade {
		t.Errorf("it is %s, version %d of %d", after.Transit, after.Version, own.Version)
	}
}

// A declared number is no reference: who declared it finds the shipment by it, until an order of the account has it as
// its reference. Another client's declaration of the same number is another one.
func TestDeclaredReferences(t *testing.T) {
	d := agency(t, enginetest.Options{})
	d.Boston(d.House("house", "House Courier", "us"))
	made := declare(t, d, declaration("TRK-1", ""))
	if found := get(t, d, "TRK-1"); found.ID != made.Shipment.ID {
		t.Errorf("by its number %s was found, not %s", found.ID, made.Shipment.ID)
	}
	own := create(t, d, enginetest.Order("TRK-1"))
	if found := get(t, d, "TRK-1"); found.ID != own.ID || own.Booking != waybill.Booked {
		t.Errorf("by the reference %s was found, not the order %s, which is %s", found.ID, own.ID, own.Booking)
	}
	if found := get(t, d, made.Shipment.Reference); found.ID != made.Shipment.ID {
		t.Errorf("by its own reference %q %s was found", made.Shipment.Reference, found.ID)
	}
	d.Session.Actor.ID = "000000000000000000000c02"
	other := declare(t, d, declaration("TRK-1", ""))
	if !other.Fresh || other.Declaration.ID == made.Declaration.ID || other.Declaration.Licence == made.Declaration.Licence {
		t.Errorf("fresh %t, %s", other.Fresh, other.Declaration.ID)
	}
	bad := declaration("", "")
	_, err := d.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: bad})
	wantReason(t, err, waybill.ReasonFields, "number")
	bad = declaration("TRK-9", "")
	bad.Sender.Address.Country = "XX"
	_, err = d.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: bad})
	wantReason(t, err, waybill.ReasonFields, "sender.country")
}

func TestTwoFirstDeclarationsAtOnce(t *testing.T) { onBoth(t, twoFirstDeclarationsAtOnce) }

func twoFirstDeclarationsAtOnce(t *testing.T, o enginetest.Options) {
	d := agency(t, o)
	const callers = 6
	made, errs := make([]engine.Declared, callers), make([]error, callers)
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			made[i], errs[i] = d.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: declaration("TRK-1", "In Transit")})
		})
	}
	wait.Wait()
	fresh := 0
	for i := range callers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if made[i].Fresh {
			fresh++
		}
		if made[i].Declaration.Licence != made[0].Declaration.Licence || made[i].Shipment.ID != made[0].Shipment.ID {
			t.Errorf("%q and %q", made[i].Declaration.Licence, made[0].Declaration.Licence)
		}
	}
	list, err := d.ListShipments(t.Context(), engine.ListShipments{Page: engine.Page{Limit: 10}})
	if err != nil || fresh != 1 || len(list.Items) != 1 {
		t.Errorf("%v: %d first declarations, %d shipments", err, fresh, len(list.Items))
	}
}

// A declared shipment belongs to who declared it: nothing else changes it.
func TestADeclaredShipmentIsLeftAlone(t *testing.T) {
	d := agency(t, enginetest.Options{})
	d.Boston(d.House("house", "House Courier", "us"))
	declare(t, d, declaration("TRK-1", "Pending"))
	_, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("TRK-1")})
	wantReason(t, err, waybill.ReasonNotRetryable)
	_, err = d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("TRK-1")})
	wantReason(t, err, waybill.ReasonCancelNotOffered)
	_, err = d.EditShipment(t.Context(), engine.EditShipment{Ref: ref("TRK-1"), Change: func(s *waybill.Shipment) { s.Group = "g" }})
	wantReason(t, err, waybill.ReasonFrozen)
}

// A number that is UPS's by form and check digit is followed there, where the account has a connection; what
// UPS tells counts for more than an earlier declaration, and a later declaration for more than that.
func TestAKnownCarrierIsAsked(t *testing.T) {
	d := agency(t, enginetest.Options{})
	d.Boston(d.Ups("ups"))
	shipped := create(t, d, enginetest.Order("A-1"))
	other := d.World.Account("regulated")
	other.Session.Actor.ID = "000000000000000000000c03"
	c := other.Ups("ups")
	made := declare(t, other, declaration(shipped.Tracking, "In Transit"))
	follow := trackers(t, other, made.Shipment.ID)
	if len(follow) != 1 || follow[0].Connection != c.ID || !follow[0].Open {
		t.Fatalf("followed by %+v", follow)
	}
	wait(other, 240*time.Hour)
	sh := get(t, other, shipped.Tracking)
	if sh.Transit != waybill.Delivered || len(trackers(t, other, sh.ID)[0].Track.Scans) < 3 {
		t.Errorf("%s after %d scans", sh.Transit, len(trackers(t, other, sh.ID)[0].Track.Scans))
	}
	// A wrong check digit is nobody's number.
	last := shipped.Tracking[len(shipped.Tracking)-1]
	wrong := shipped.Tracking[:len(shipped.Tracking)-1] + string('0'+(last-'0'+1)%10)
	made = declare(t, other, declaration(wrong, "In Transit"))
	if follow := trackers(t, other, made.Shipment.ID); follow[0].Connection != "" || follow[0].Open {
		t.Errorf("followed by %+v", follow)
	}
}

// An older declaration does not move what a carrier has seen since.
func TestACarriersLaterScanStands(t *testing.T) {
	d := agency(t, enginetest.Options{})
	d.Boston(d.Ups("ups"))
	shipped := create(t, d, enginetest.Order("A-1"))
	other := d.World.Account("regulated")
	other.Session.Actor.ID = "000000000000000000000c03"
	other.Ups("ups")
	yesterday := d.World.Clock.Now().Add(-24 * time.Hour)
	declare(t, other, declaration(shipped.Tracking, "Pending"))
	wait(other, 120*time.Hour)
	seen := get(t, other, shipped.Tracking)
	late := declaration(shipped.Tracking, "In Transit")
	late.Delivery = &yesterday
	if sh := declare(t, other, late).Shipment; sh.Transit != seen.Transit || seen.Transit == waybill.TransitNone {
		t.Errorf("it was %s and is %s", seen.Transit, sh.Transit)
	}
}

func TestInvoicesAddUp(t *testing.T) {
	d := agency(t, enginetest.Options{})
	declare(t, d, declaration("TRK-1", "Pending"))
	bill := func(number, total, currency string) engine.Declared {
		t.Helper()
		made, err := d.InvoiceShipment(t.Context(), engine.InvoiceShipment{Number: "TRK-1", Invoice: waybill.Invoice{
			Number: number, Total: waybill.Amount{Value: waybill.Decimal(total), Currency: currency},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	bill("I-1", "0.1", "AED")
	bill("I-2", "0.2", "AED")
	bill("I-3", "10.125", "USD")
	made := bill("I-2", "0.25", "AED")
	if n := len(made.Declaration.Invoices); n != 3 {
		t.Errorf("%d invoices", n)
	}
	sums := made.Declaration.Charged()
	if len(sums) != 2 || sums[0] != (waybill.Amount{Value: "0.35", Currency: "AED"}) || sums[1] != (waybill.Amount{Value: "10.125", Currency: "USD"}) {
		t.Errorf("charged %v", sums)
	}
	if e := lastEvent(t, d, "TRK-1"); e.Kind != waybill.ShipmentInvoiced || e.Facts.Note != "I-2" || e.Facts.Price.Minor != 25 {
		t.Errorf("%s %q %v", e.Kind, e.Facts.Note, e.Facts.Price)
	}
	_, err := d.InvoiceShipment(t.Context(), engine.InvoiceShipment{Number: "TRK-2"})
	wantReason(t, err, waybill.ReasonUnknownShipment, "number")
}
