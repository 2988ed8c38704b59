package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func resolved(t *testing.T, d *enginetest.Desk, text string) engine.Resolved {
	t.Helper()
	out, err := d.ResolveScan(t.Context(), engine.ResolveScan{Text: text})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return out
}

// TestResolveScan: whatever is on a label finds the one parcel it is stuck to.
func TestResolveScan(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		w := enginetest.New(t, o)
		d := w.Account("shop")
		van := d.House("van", "Van", "us")
		van.Settings["sscc_prefix"] = "01234567"
		van = d.Connect(engine.SaveConnection{Connection: van})
		d.Boston(van, d.Ups("ups"))
		in := enginetest.Order("o-1")
		in.Shipment.Reference2 = "batch 9"
		in.Shipment.Choice.Connection = "van"
		sh, err := d.CreateShipment(t.Context(), in)
		if err != nil || sh.Booking != waybill.Booked {
			t.Fatal(sh.Booking, sh.Failure, err)
		}
		up := enginetest.Order("o-2")
		up.Shipment.Choice.Connection, up.Shipment.Reference2 = "ups", "batch 9"
		other, err := d.CreateShipment(t.Context(), up)
		if err != nil || other.Booking != waybill.Booked {
			t.Fatal(other.Booking, other.Failure, err)
		}
		if _, err := d.PutProduct(t.Context(), engine.PutProduct{New: &waybill.Product{SKU: "sku-1", Name: "Cup", Barcode: "5901234123457"}}); err != nil {
			t.Fatal(err)
		}
		sscc := sh.Parcels[0].SSCC
		if len(sscc) != 18 {
			t.Fatalf("the house's parcel has the SSCC %q", sscc)
		}
		for text, want := range map[string]struct {
			id waybill.ID
			by string
		}{
			sh.Tracking:                       {sh.ID, "tracking_number"},
			" " + sh.Tracking + "\r\n":        {sh.ID, "tracking_number"},
			sh.Tracking + "|o-1":              {sh.ID, "tracking_number"},
			sh.Tracking + "|as-it-was-called": {sh.ID, "tracking_number"},
			sscc:                              {sh.ID, "tracking_number"},
			"]C100" + sscc:                    {sh.ID, "tracking_number"},
			"(00)" + sscc:                     {sh.ID, "tracking_number"},
			"o-1":                             {sh.ID, "reference"},
			string(sh.ID):                     {sh.ID, "id"},
			other.Tracking:                    {other.ID, "tracking_number"},
			fmt.Sprint("]C0", other.Tracking): {other.ID, "tracking_number"},
		} {
			out := resolved(t, d, text)
			if len(out.Things) != 1 || out.Things[0].Shipment.ID != want.id || out.Things[0].By != want.by {
				t.Errorf("%q is %+v", text, out.Things)
			}
		}
		if out := resolved(t, d, sh.Tracking); out.Things[0].Parcel != 1 || !slices.Equal(out.Things[0].Actions, []string{"label", "track", "scan", "edit", "cancel", "return"}) {
			t.Errorf("what may be done with a booked parcel: %+v", out.Things[0])
		}
		scan(t, d, sh.Tracking, waybill.Delivered)
		if out := resolved(t, d, sh.Tracking); !slices.Equal(out.Things[0].Actions, []string{"label", "track", "return"}) {
			t.Errorf("what may be done with a delivered one: %+v", out.Things[0].Actions)
		}
		if out := resolved(t, d, "batch 9"); len(out.Things) != 2 {
			t.Errorf("two have this second reference: %d", len(out.Things))
		}
		for _, text := range []string{"sku-1", "5901234123457"} {
			if out := resolved(t, d, text); len(out.Things) != 1 || out.Things[0].Kind != engine.ThingProduct {
				t.Errorf("%s: %+v", text, out.Things)
			}
		}
		if out := resolved(t, d, "986578788855"); len(out.Things) != 0 || out.Readings[0].Carrier != "fedex" {
			t.Errorf("somebody else's parcel: %+v", out)
		}
		if out := resolved(t, w.Account("stranger"), sh.Tracking); len(out.Things) != 0 {
			t.Error("a stranger's scan finds it")
		}
		if _, err := d.ResolveScan(t.Context(), engine.ResolveScan{Text: " "}); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("nothing: %v", err)
		}
		back, err := d.DraftReturn(t.Context(), engine.DraftReturn{Original: engine.Ref{ID: sh.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if out := resolved(t, d, string(back.ID)); len(out.Things) != 1 || !slices.Equal(out.Things[0].Actions, []string{"rate", "book", "cancel"}) {
			t.Errorf("a drafted return: %+v", out.Things)
		}
	})
}
