package engine_test

import (
	"sync"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// draft is an order without a sender, as an API takes it that asks for the warehouse only when it books.
func draft(reference string) engine.CreateShipment {
	in := enginetest.Order(reference)
	in.Location, in.Draft, in.Hash = "", true, "hash of "+reference
	return in
}

func TestADraftAsksNobody(t *testing.T) {
	d := fakeFirst(t, "courier")
	sh := create(t, d, draft("D-1"))
	if sh.Booking != waybill.Draft || sh.Number == 0 || sh.From.Address.Country != "" || sh.Location != "" || sh.Provider != nil {
		t.Errorf("the draft is %s, number %d, from %+v", sh.Booking, sh.Number, sh.From.Address)
	}
	if d.Courier.Asked(enginetest.OpQuote) != 0 {
		t.Error("a carrier was asked for rates")
	}
	if again := create(t, d, draft("D-1")); again.ID != sh.ID || again.Version != sh.Version {
		t.Errorf("the equal request made %s version %d", again.ID, again.Version)
	}
	other := draft("D-1")
	other.Hash = "another"
	_, err := d.CreateShipment(t.Context(), other)
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	_, err = d.CreateShipment(t.Context(), enginetest.Order("D-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	create(t, d, enginetest.Order("B-1"))
	_, err = d.CreateShipment(t.Context(), draft("B-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	if said := kinds(t, d, "D-1"); said != "shipment.created" {
		t.Errorf("its history is %s", said)
	}
}

func TestEqualDraftsAtOnce(t *testing.T) { onBoth(t, equalDraftsAtOnce) }

func equalDraftsAtOnce(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston()
	var wait sync.WaitGroup
	ids, errs := make([]waybill.ID, 6), make([]error, 6)
	for i := range ids {
		wait.Go(func() {
			sh, err := d.CreateShipment(t.Context(), draft("D-1"))
			ids[i], errs[i] = sh.ID, err
		})
	}
	wait.Wait()
	for i := range ids {
		if errs[i] != nil || ids[i] != ids[0] {
			t.Errorf("%s, %v; the first got %s", ids[i], errs[i], ids[0])
		}
	}
}

// What an API can do to a stored order it can do to a draft, though the account has no place to ship from.
func TestADraftWithoutALocation(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	sh := create(t, d, draft("D-1"))
	if got, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{Number: sh.Number}}); err != nil || got.ID != sh.ID {
		t.Errorf("by number: %s, %v", got.ID, err)
	}
	if _, err := d.ViewShipment(t.Context(), engine.GetShipment{Ref: ref("D-1")}); err != nil {
		t.Error(err)
	}
	list, err := d.ListShipments(t.Context(), engine.ListShipments{Page: engine.Page{Limit: 10}, Count: true})
	if err != nil || len(list.Items) != 1 || list.Total != 1 {
		t.Errorf("listed: %d of %d, %v", len(list.Items), list.Total, err)
	}
	changed, err := edit(t, d, "D-1", func(s *waybill.Shipment) {
		s.To.Address.Postcode, s.Parcels[0].Weight.Value = "10001", "11"
	})
	if err != nil || changed.To.Address.Postcode != "10001" || changed.Booking != waybill.Draft {
		t.Errorf("edited: %v, %s %s", err, changed.To.Address.Postcode, changed.Booking)
	}
	_, err = d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("D-1"), Release: true})
	wantReason(t, err, waybill.ReasonUnknownLocation)
	gone, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("D-1")})
	if err != nil || gone.Booking != waybill.Cancelled {
		t.Errorf("cancelled: %s, %v", gone.Booking, err)
	}
}

// A draft that is tried from an API without such orders leaves from the account's default location, by rules.
func TestADraftIsTriedFromTheDefaultLocation(t *testing.T) {
	d := houseOnly(t)
	create(t, d, draft("D-1"))
	sh, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("D-1"), Release: true})
	if err != nil || sh.Booking != waybill.Booked || sh.LocationKey != "7709" || sh.From.Address.City != "Boston" {
		t.Fatalf("%v: %s from %s %+v", err, sh.Booking, sh.LocationKey, sh.From.Address)
	}
	if said := kinds(t, d, "D-1"); said != "shipment.created shipment.rated shipment.booked" {
		t.Errorf("its history is %s", said)
	}
}

// Where nobody named a currency it is that of the place the draft leaves from, once that is known.
func TestADraftTakesTheCurrencyOfItsPlace(t *testing.T) {
	d := houseOnly(t)
	d.Tenant.Settings.Currency = ""
	admin := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"})
	if _, err := admin.SaveAccount(t.Context(), d.Tenant); err != nil {
		t.Fatal(err)
	}
	in := draft("D-1")
	in.Shipment.Value.Currency = ""
	if sh := create(t, d, in); sh.Value.Currency != "" {
		t.Fatalf("the draft's currency is %s", sh.Value.Currency)
	}
	sh, err := d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: fromBoston})
	if err != nil || sh.Booking != waybill.Booked || sh.Value.Currency != "USD" {
		t.Errorf("%v: %s, value in %q", err, sh.Booking, sh.Value.Currency)
	}
}
