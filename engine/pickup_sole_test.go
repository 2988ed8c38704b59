package engine_test

import (
	"context"
	"sync"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// TestTwoPlacesAtOneAddressAskedAtOnceShareNoVisit: the carrier answers both with one number, before either is confirmed.
func TestTwoPlacesAtOneAddressAskedAtOnceShareNoVisit(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := desk(t, o)
		places, err := d.ListLocations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		doors := []string{"7709", "7709-back"}
		back := places[0]
		back.Row, back.ExternalID = waybill.Row{}, doors[1]
		if _, err := d.SaveLocation(t.Context(), back); err != nil {
			t.Fatal(err)
		}
		var both, over sync.WaitGroup
		both.Add(len(doors))
		d.Courier.After = func(_ context.Context, op, _ string) error {
			if op == enginetest.OpCollect { // neither hears before the carrier has answered both
				both.Done()
				both.Wait()
			}
			return nil
		}
		for _, door := range doors {
			over.Go(func() {
				in := coming(d.World, "cr")
				in.Location.ExternalID = door
				if _, err := d.BookPickup(t.Context(), in); err != nil {
					t.Error(err)
				}
			})
		}
		over.Wait()
		d.Courier.After = nil
		list, err := d.ListPickups(t.Context(), engine.ListPickups{Page: store.Page{Limit: 25}})
		if err != nil || len(list.Items) != 2 {
			t.Fatal(list, err)
		}
		comes, refused := list.Items[0], list.Items[1]
		if comes.State != waybill.PickupConfirmed {
			comes, refused = refused, comes
		}
		if comes.State != waybill.PickupConfirmed || refused.State != waybill.PickupFailed || refused.Reason != waybill.ReasonTaken || refused.CarrierID != "" {
			t.Fatalf("one visit is of both: %s %s, %s %s (%s)", comes.State, comes.CarrierID, refused.State, refused.CarrierID, refused.Error)
		}
		// Once it is called off, the other place may have the carrier come.
		if _, err := d.CancelPickup(t.Context(), comes.ID); err != nil {
			t.Fatal(err)
		}
		in := coming(d.World, "cr")
		in.Location.ExternalID = refused.LocationKey
		if p, err := d.BookPickup(t.Context(), in); err != nil || p.State != waybill.PickupConfirmed {
			t.Errorf("after the other was called off: %s %s, %v", p.State, p.Error, err)
		}
	})
}

// TestANumberOfAVisitCalledOffIsFreeAgain: a carrier may give the same number once more for the same address and day.
func TestANumberOfAVisitCalledOffIsFreeAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := desk(t, o)
		d.Courier.Number = "29-SAME"
		for range 2 {
			p, err := d.BookPickup(t.Context(), coming(d.World, "cr"))
			if err != nil || p.State != waybill.PickupConfirmed || p.CarrierID != "29-SAME" {
				t.Fatalf("%s %s, %v", p.State, p.Error, err)
			}
			if _, err := d.CancelPickup(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}
