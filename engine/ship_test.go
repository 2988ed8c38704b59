package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestCreateBooksWithTheHouseCourier(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"))

	sh, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	if err != nil {
		t.Fatal(err)
	}
	if sh.Booking != waybill.Booked || sh.Tracking == "" || sh.Provider.Name != "House Courier" || sh.Sold.Minor <= 0 {
		t.Fatalf("got %s, tracking %q, provider %+v, sold %v", sh.Booking, sh.Tracking, sh.Provider, sh.Sold)
	}
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: engine.Ref{Reference: "A-1"}})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []waybill.EventKind
	for _, e := range h.Events {
		kinds = append(kinds, e.Kind)
	}
	want := []waybill.EventKind{waybill.ShipmentCreated, waybill.ShipmentRated, waybill.ShipmentBooked}
	if len(kinds) != len(want) {
		t.Fatalf("history %v, want %v", kinds, want)
	}
	file, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: engine.Ref{Reference: "A-1"}})
	if err != nil || string(file.Data[:4]) != "%PDF" {
		t.Fatalf("label: %v", err)
	}
}

func TestCreateBooksWithUPS(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Ups("ups"), d.House("house", "House Courier", "us"))
	d.Rule("UPS Ground", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"prefer","provider":"UPS","service":"03"}]`)

	sh, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	if err != nil {
		t.Fatal(err)
	}
	if sh.Booking != waybill.Booked || sh.Provider.Service != "03" || len(sh.Tracking) != 18 {
		t.Fatalf("got %s, tracking %q, provider %+v, failure %+v", sh.Booking, sh.Tracking, sh.Provider, sh.Failure)
	}
	for _, format := range []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL} {
		if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: engine.Ref{Reference: "A-1"}, Format: format}); err != nil {
			t.Errorf("label as %s: %v", format, err)
		}
	}
}
