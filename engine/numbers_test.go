package engine_test

import (
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestManyNumbersAtOnce(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.Fake("courier", "courier")
	d.Boston(c, d.House("house", "House Courier", "us"))
	back := d.Service(c, "back", "Comes back", waybill.Incoming)
	two := enginetest.Order("A-1")
	two.Shipment.Choice.Connection = "courier"
	two.Shipment.Parcels = append(two.Shipment.Parcels, two.Shipment.Parcels[0])
	sh := create(t, d, two)
	returned, err := d.CreateReturn(t.Context(), engine.CreateReturn{
		Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: d.World.Clock.Now().Format(time.DateOnly),
	})
	if err != nil {
		t.Fatal(err)
	}
	second, coming := sh.Parcels[1].Tracking, returned.Return.Tracking
	d.Courier.Scan(second, waybill.Scan{At: d.World.Clock.Now(), Status: waybill.PickedUp, Text: "fetched"})
	ask := engine.TrackNumbers{Numbers: []string{"nonsense", second, "", coming, second}}
	known, err := d.TrackNumbers(t.Context(), ask)
	if err != nil || len(known) != 5 {
		t.Fatal(err, len(known))
	}
	for i, k := range known {
		if want := i == 1 || i >= 3; k.Number != ask.Numbers[i] || k.Found != want {
			t.Errorf("%d: %q found %v", i, k.Number, k.Found)
		}
	}
	if k := known[1]; k.Shipment.ID != sh.ID || k.Return != nil || k.Tracking.Status != waybill.LabelMade || len(k.Events) == 0 {
		t.Errorf("the second parcel: %+v", k.Tracking)
	}
	if k := known[3]; k.Return == nil || k.Return.ID != returned.Return.ID || k.Shipment.ID != sh.ID {
		t.Errorf("the return: %+v", k.Return)
	}
	ask.Fresh = true
	if known, err = d.TrackNumbers(t.Context(), ask); err != nil || known[1].Tracking.Status != waybill.PickedUp {
		t.Errorf("asked now: %v, %+v", err, known)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpTrack, enginetest.Lost())
	if known, err = d.TrackNumbers(t.Context(), ask); err != nil || !known[1].Found {
		t.Errorf("while the carrier is away: %v", err)
	}
	_, err = d.TrackNumbers(t.Context(), engine.TrackNumbers{Numbers: make([]string, 101)})
	wantReason(t, err, waybill.ReasonFields, "numbers")
}

// A truck leaves a depot with what is there: not what went before, nor another carrier's, nor what nobody knows.
func TestOneScanOfManyParcels(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"), d.Fake("courier", "courier"))
	var numbers []string
	for _, reference := range []string{"A-1", "A-2", "A-3"} {
		in := enginetest.Order(reference)
		in.Shipment.Choice.Connection = "house"
		if reference == "A-3" {
			in.Shipment.Choice.Connection = "courier"
		}
		numbers = append(numbers, create(t, d, in).Tracking)
	}
	for i, status := range []waybill.Transit{waybill.AtDepot, waybill.Delivered} {
		scan(t, d, numbers[i], status)
	}
	d.World.Clock.Advance(time.Minute)
	noted, err := d.RecordScans(t.Context(), engine.RecordScans{
		Numbers: append([]string{"nonsense"}, numbers...), From: []waybill.Transit{waybill.LabelMade, waybill.AtDepot},
		Scan: waybill.Scan{Status: waybill.InTransit, Text: "left"},
	})
	if err != nil || !slices.Equal(noted, numbers[:1]) {
		t.Errorf("noted for %v, want %v: %v", noted, numbers[:1], err)
	}
	if a, b := get(t, d, "A-1").Transit, get(t, d, "A-2").Transit; a != waybill.InTransit || b != waybill.Delivered {
		t.Errorf("they are %s and %s", a, b)
	}
}
