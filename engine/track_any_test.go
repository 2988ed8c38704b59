package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestTrackAny: a parcel that somebody else booked is asked after where its number tells the carrier.
func TestTrackAny(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	theirs := w.Account("theirs")
	theirs.Boston(theirs.Ups("ups"))
	sh, err := theirs.CreateShipment(t.Context(), enginetest.Order("o-1"))
	if err != nil || sh.Booking != waybill.Booked {
		t.Fatal(sh.Failure, err)
	}
	d := w.Account("shop")
	ask := func(numbers ...engine.AnyNumber) []engine.TrackedAny {
		t.Helper()
		list, err := d.TrackAny(t.Context(), engine.TrackAny{Numbers: numbers})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := ask(engine.AnyNumber{Number: sh.Tracking})[0]; got.Known || got.Found || got.Carrier != "ups" || got.Problem == "" {
		t.Errorf("without a connection: %+v", got)
	}
	d.Boston(d.Ups("ups"))
	list := ask(engine.AnyNumber{Number: sh.Tracking}, engine.AnyNumber{Number: "1Z5R89390357567127"}, engine.AnyNumber{Number: "x"}, engine.AnyNumber{Number: sh.Tracking, Carrier: "ups"})
	if got := list[0]; !got.Known || got.Found || !got.Detected || got.Tracking.Status == "" || got.Number != sh.Tracking {
		t.Errorf("with one: %+v", got)
	}
	if got := list[1]; got.Known || got.Problem == "" {
		t.Errorf("a number that UPS does not know: %+v", got)
	}
	if got := list[2]; got.Carrier != "" || got.Detected {
		t.Errorf("no form at all: %+v", got)
	}
	if !list[3].Known {
		t.Errorf("named: %+v", list[3])
	}
	if got, err := theirs.TrackAny(t.Context(), engine.TrackAny{Numbers: []engine.AnyNumber{{Number: sh.Tracking}}}); err != nil || !got[0].Found || got[0].Shipment.ID != sh.ID {
		t.Errorf("one's own: %+v, %v", got, err)
	}
	if err := theirs.RecordOwnScan(t.Context(), engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: waybill.Delivered}}); waybill.ReasonOf(err) != waybill.ReasonCarrierAbility {
		t.Errorf("a scan of a parcel that UPS carries: %v", err)
	}
}

// TestPickupFromTheWallet: what the carrier charges for coming is paid by the wallet, and comes back when it is called off.
func TestPickupFromTheWallet(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	d := w.Account("shop")
	c := d.Fake("cr", "courier")
	c.Billed, c.Floor, c.Markup = waybill.BilledWallet, waybill.Money{Currency: "USD"}, 100
	d.Boston(d.Connect(engine.SaveConnection{Connection: c}))
	if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: 1000, Currency: "USD"}, Cause: "start"}); err != nil {
		t.Fatal(err)
	}
	available := func() int64 {
		t.Helper()
		all, err := d.Balances(t.Context())
		if err != nil || len(all) != 1 || all[0].Sum() != 0 {
			t.Fatal(all, err)
		}
		return all[0].Available
	}
	p, err := d.BookPickup(t.Context(), coming(w, "cr"))
	if err != nil || p.Sold.Minor != 330 || available() != 670 {
		t.Fatalf("%+v, %v, %d", p.Sold, err, available())
	}
	if _, err := d.CancelPickup(t.Context(), p.ID); err != nil || available() != 1000 {
		t.Errorf("%v, %d", err, available())
	}
	if audit, err := d.AuditWallets(t.Context()); err != nil || len(audit.Flaws) != 0 {
		t.Error(audit, err)
	}
}
