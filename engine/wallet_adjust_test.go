package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestACarrierBillsSomethingElse(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 2000, 0)
	sh := create(t, d, enginetest.Order("A-1"))
	adjust := func(price waybill.Money) (waybill.Entry, error) {
		return d.AdjustPurchase(t.Context(), engine.AdjustPurchase{Purchase: sh.Purchase, Price: price, Cause: "weighed again"})
	}
	e, err := adjust(usd(2000))
	if err != nil || e.Kind != waybill.EntryAdjustment || e.Amount != usd(1430) || e.After != -200 {
		t.Errorf("dearer: %+v, %v", e, err)
	}
	wantBooks(t, d, "dearer", -200, 0, 2200)
	if now := get(t, d, "A-1"); now.Bought != usd(2000) || now.Sold != usd(2200) {
		t.Errorf("bought for %v, sold for %v", now.Bought, now.Sold)
	}
	if e, err := adjust(usd(2000)); err != nil || e.ID != "" {
		t.Errorf("told twice: %+v, %v", e, err)
	}
	if e, err := adjust(usd(600)); err != nil || e.Amount != usd(-1540) {
		t.Errorf("cheaper: %+v, %v", e, err)
	}
	wantBooks(t, d, "cheaper", 1340, 0, 660)
	h, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	if err != nil {
		t.Fatal(err)
	}
	last := h.Events[len(h.Events)-1]
	if last.Kind != waybill.ShipmentRebilled || *last.Facts.Price != usd(660) || *last.Facts.Was != usd(2200) {
		t.Errorf("the history ends with %+v", last)
	}
	for _, price := range []waybill.Money{usd(-1), {Minor: 5, Currency: "EUR"}} {
		if _, err := adjust(price); !waybill.IsCode(err, waybill.Invalid) {
			t.Errorf("%v was taken: %v", price, err)
		}
	}
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")}); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, d, "cancelled", 2000, 0, 0)
	if _, err := adjust(usd(5)); waybill.ReasonOf(err) != waybill.ReasonNotBookable {
		t.Errorf("what was given back is billed: %v", err)
	}
}

func TestTheCarrierWeighsMore(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 10_000, 0)
	d.Courier.PerKilo = 100
	sh := create(t, d, enginetest.Order("A-1")) // ten pounds: five kilograms begun
	if sh.Sold != usd(1320) {
		t.Fatalf("sold for %v", sh.Sold)
	}
	d.Courier.Weigh(sh.Tracking, 7200)
	for range 3 {
		d.After(6 * time.Hour)
	}
	if now := get(t, d, "A-1"); now.Sold != usd(1650) || now.Bought != usd(1500) {
		t.Errorf("after it was weighed it is bought for %v, sold for %v", now.Bought, now.Sold)
	}
	wantBooks(t, d, "weighed", 8350, 0, 1650)
	n := len(entryKinds(t, d))
	quotes := d.Courier.Asked(enginetest.OpQuote)
	d.After(6 * time.Hour)
	if len(entryKinds(t, d)) != n || d.Courier.Asked(enginetest.OpQuote) != quotes {
		t.Error("the same weight was billed twice")
	}
	d.Courier.Weigh(sh.Tracking, 2900) // on second thoughts
	for range 3 {
		d.After(6 * time.Hour)
	}
	wantBooks(t, d, "weighed again", 8900, 0, 1100)
}

// A child that borrows a connection pays from its own wallet, with both markups, and its parent sees that.
func TestABorrowerPaysFromItsOwnWallet(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	parent := w.Account("parent")
	c := walletConnection(parent, "courier", "courier", 0)
	child, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"}).SaveAccount(t.Context(), waybill.Account{
		Name: "child", Parent: parent.Tenant.ID, Settings: waybill.Settings{Currency: "USD"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parent.LendConnection(t.Context(), engine.LendConnection{ExternalID: "courier", To: child.ID, Markup: 200}); err != nil {
		t.Fatal(err)
	}
	actor := parent.Session.Actor
	actor.Account = child.ID
	d := &enginetest.Desk{World: w, Session: w.Engine.As(actor), Tenant: child}
	d.Boston(c)
	topUp(t, parent, 5000)
	if sh := create(t, d, enginetest.Order("A-1")); sh.Booking == waybill.Booked {
		t.Error("the child booked with its parent's money")
	}
	topUp(t, d, 5000)
	sh := create(t, d, enginetest.Order("A-2"))
	if sh.Booking != waybill.Booked || sh.Sold != usd(924) {
		t.Fatalf("it is %s, sold for %v", sh.Booking, sh.Sold)
	}
	if sum, by := lines(sh.Charges); sum != 924 || by["markup"] != 224 {
		t.Errorf("the price consists of %+v", sh.Charges)
	}
	wantBooks(t, d, "the child's", 4076, 0, 924)
	list, err := parent.Balances(t.Context())
	if err != nil || len(list) != 1 || list[0].Available != 5000 {
		t.Errorf("without a grant the parent sees %+v, %v", list, err)
	}
	seated := parent.Session.Actor
	seated.Grants = []waybill.ID{child.ID}
	if list, err := w.Engine.As(seated).Balances(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("with a grant the parent sees %+v, %v", list, err)
	}
}
