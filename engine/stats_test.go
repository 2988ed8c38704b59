package engine_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestCountsFollow: after random bookings, edits, scans and cancels the counters are what counting finds, and each group
// is what the list of its filter holds.
func TestCountsFollow(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		w := enginetest.New(t, o)
		d := w.Account("shop")
		d.Boston(d.House("house", "House Courier", "us"))
		random := rand.New(rand.NewPCG(4, 4))
		for n := range 24 {
			in := enginetest.Order(fmt.Sprintf("N-%d", n))
			in.Draft = n%5 == 0
			sh, err := d.CreateShipment(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			switch random.IntN(5) {
			case 0:
				_, err = d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: sh.ID}})
			case 1:
				_, err = d.EditShipment(t.Context(), engine.EditShipment{Ref: engine.Ref{ID: sh.ID}, Change: func(s *waybill.Shipment) { s.Group = "x" }})
			case 2:
				if sh.Booking == waybill.Booked {
					scan(t, d, sh.Tracking, waybill.Delivered)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			d.Clock.Advance(3 * time.Hour)
		}
		stats, err := d.CountShipments(t.Context(), engine.CountShipments{By: []engine.StatsField{engine.StatsBooking, engine.StatsTransit}})
		if err != nil || stats.Total != 24 || len(stats.Groups) < 3 {
			t.Fatalf("%+v, %v", stats, err)
		}
		for _, g := range stats.Groups {
			list, err := d.ListShipments(t.Context(), engine.ListShipments{
				Query: engine.ShipmentQuery{Booking: []waybill.Booking{g.Booking}, Transit: []waybill.Transit{g.Transit}}, Page: engine.Page{Limit: 100},
			})
			if err != nil || int64(len(list.Items)) != g.Count {
				t.Errorf("%s, %s: %d counted, %d listed, %v", g.Booking, g.Transit, g.Count, len(list.Items), err)
			}
		}
		days, err := d.CountShipments(t.Context(), engine.CountShipments{By: []engine.StatsField{engine.StatsShipDate}})
		if err != nil || len(days.Groups) < 3 || days.Total != 24 {
			t.Errorf("by day: %+v, %v", days, err)
		}
		if off, err := d.RecountShipments(t.Context()); len(off) > 0 || err != nil {
			t.Errorf("off: %+v, %v", off, err)
		}
		if off, err := d.MendCounts(t.Context()); len(off) > 0 || err != nil {
			t.Errorf("mended although they were right: %v, %v", off, err)
		}
		if none, err := w.Account("stranger").CountShipments(t.Context(), engine.CountShipments{}); none.Total != 0 || err != nil {
			t.Errorf("a stranger counts %d, %v", none.Total, err)
		}
		_, err = d.CountShipments(t.Context(), engine.CountShipments{From: "tomorrow"})
		wantReason(t, err, waybill.ReasonFields, "query.from")
	})
}

// TestActionsSucceed: what a scan says may be done next with a shipment succeeds, one by one, whatever state it is in.
func TestActionsSucceed(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	d := w.Account("shop")
	d.Boston(d.House("house", "House Courier", "us"))
	number := 0
	states := map[string]func() waybill.Shipment{
		"draft": func() waybill.Shipment {
			in := enginetest.Order(fmt.Sprintf("D-%d", number))
			in.Draft = true
			return create(t, d, in)
		},
		"held": func() waybill.Shipment {
			in := enginetest.Order(fmt.Sprintf("H-%d", number))
			in.Approve = true
			return create(t, d, in)
		},
		"booked": func() waybill.Shipment { return create(t, d, enginetest.Order(fmt.Sprintf("B-%d", number))) },
		"picked up": func() waybill.Shipment {
			return scan(t, d, create(t, d, enginetest.Order(fmt.Sprintf("P-%d", number))).Tracking, waybill.PickedUp)
		},
		"delivered": func() waybill.Shipment {
			return scan(t, d, create(t, d, enginetest.Order(fmt.Sprintf("E-%d", number))).Tracking, waybill.Delivered)
		},
		"cancelled": func() waybill.Shipment {
			sh, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: create(t, d, enginetest.Order(fmt.Sprintf("C-%d", number))).ID}})
			if err != nil {
				t.Fatal(err)
			}
			return sh
		},
	}
	ctx := t.Context()
	do := map[string]func(sh waybill.Shipment) error{
		engine.ActionBook: func(sh waybill.Shipment) error {
			_, err := d.BookShipment(ctx, engine.BookShipment{Ref: engine.Ref{ID: sh.ID}})
			return err
		},
		engine.ActionRetry: func(sh waybill.Shipment) error {
			_, err := d.RetryShipment(ctx, engine.RetryShipment{Ref: engine.Ref{ID: sh.ID}})
			return err
		},
		engine.ActionEdit: func(sh waybill.Shipment) error {
			_, err := d.EditShipment(ctx, engine.EditShipment{Ref: engine.Ref{ID: sh.ID}, Change: func(s *waybill.Shipment) { s.Instructions = "ring twice" }})
			return err
		},
		engine.ActionCancel: func(sh waybill.Shipment) error {
			_, err := d.CancelShipment(ctx, engine.CancelShipment{Ref: engine.Ref{ID: sh.ID}})
			return err
		},
		engine.ActionLabel: func(sh waybill.Shipment) error {
			_, err := d.GetLabel(ctx, engine.GetLabel{Ref: engine.Ref{ID: sh.ID}})
			return err
		},
		engine.ActionScan: func(sh waybill.Shipment) error {
			_, err := d.RecordScan(ctx, engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: waybill.OutForDelivery}})
			return err
		},
		engine.ActionReturn: func(sh waybill.Shipment) error {
			_, err := d.DraftReturn(ctx, engine.DraftReturn{Original: engine.Ref{ID: sh.ID}})
			return err
		},
	}
	for state, make := range states {
		told := resolved(t, d, string(make().ID)).Things[0].Actions
		for action, act := range do {
			number++
			err := act(make())
			listed := false
			for _, a := range told {
				listed = listed || a == action
			}
			switch {
			case listed && err != nil:
				t.Errorf("%s: %s is told as possible: %v", state, action, err)
			case !listed && err == nil && (action == engine.ActionBook || action == engine.ActionCancel):
				t.Errorf("%s: %s is possible and not told: %v", state, action, told)
			}
		}
		number++
	}
}

// TestScannedAddresses: the address in a QR code, of our own labels or with a number in it, and a barcode of several
// parts find the parcel.
func TestScannedAddresses(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	d := w.Account("shop")
	van := d.House("van", "Van", "us")
	van.Settings["sscc_prefix"] = "01234567"
	d.Boston(d.Connect(engine.SaveConnection{Connection: van}))
	sh := create(t, d, enginetest.Order("o-1"))
	if _, err := d.PutProduct(t.Context(), engine.PutProduct{New: &waybill.Product{SKU: "sku-1", Name: "Cup", Barcode: "9501101530003"}}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"https://ship.example/t/" + sh.Tracking, "https://ship.example/track?lang=en&number=" + sh.Tracking, "https://ship.example/orders/o-1",
		"https://ship.example/l/label." + string(sh.ID) + ".abc.0123456789abcdef0123456789abcdef",
		"]C100" + sh.Parcels[0].SSCC + "421" + "84002118", "(00)" + sh.Parcels[0].SSCC + "(400)o-77",
	} {
		if out := resolved(t, d, text); len(out.Things) != 1 || out.Things[0].Shipment.ID != sh.ID {
			t.Errorf("%q is %+v", text, out.Things)
		}
	}
	if out := resolved(t, d, "]C10109501101530003\x1d10LOT-7"); len(out.Things) != 1 || out.Things[0].Product.SKU != "sku-1" {
		t.Errorf("an article and its lot: %+v", out.Things)
	}
	if out := resolved(t, w.Account("stranger"), "https://ship.example/l/label."+string(sh.ID)+".abc.0"); len(out.Things) != 0 {
		t.Error("a stranger's scan of a label's address finds it")
	}
}
