package engine_test

import (
	"context"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// prepaidReturns is an account whose courier is paid from a wallet of so many cents, with a markup of a tenth.
func prepaidReturns(t *testing.T, o enginetest.Options, cents int64) *enginetest.Desk {
	d := enginetest.New(t, o).Account("acme")
	c := d.Fake("courier", "courier")
	c.Billed, c.Floor, c.Markup = waybill.BilledWallet, waybill.Money{Minor: 100, Currency: "USD"}, 100
	d.Connect(engine.SaveConnection{Connection: c})
	d.Boston(c)
	if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: cents, Currency: "USD"}, Cause: "a test"}); err != nil {
		t.Fatal(err)
	}
	return d
}

// purse tells what the wallet has available, holds and has spent.
func purse(t *testing.T, d *enginetest.Desk) (available, held, spent int64) {
	t.Helper()
	list, err := d.Balances(t.Context())
	if err != nil || len(list) != 1 || list[0].Sum() != 0 {
		t.Fatal(err, list)
	}
	return list[0].Available, list[0].Held, list[0].Spent
}

func wantPurse(t *testing.T, d *enginetest.Desk, available, held, spent int64) {
	t.Helper()
	if a, h, s := purse(t, d); a != available || h != held || s != spent {
		t.Errorf("%d available, %d held, %d spent; want %d, %d, %d", a, h, s, available, held, spent)
	}
}

// A return is paid when it is booked, and paid back whole when the carrier takes it back.
func TestTheWalletPaysForAReturn(t *testing.T) {
	d := prepaidReturns(t, enginetest.Options{}, 2000)
	r, err := bookReturn(t, d, draftReturn(t, d, standing()))
	if err != nil || r.Sold.Minor != 550 || r.Bought.Minor != 500 {
		t.Fatalf("%v: bought for %v, sold for %v", err, r.Bought, r.Sold)
	}
	wantPurse(t, d, 1450, 0, 550)
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, waybill.E("courier", waybill.ReasonCancelRefused, "it was fetched"))
	_, err = d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}})
	wantReason(t, err, waybill.ReasonCancelRefused)
	wantPurse(t, d, 1450, 0, 550)
	d.Courier.Before = nil
	if _, err = d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}}); err != nil {
		t.Fatal(err)
	}
	wantPurse(t, d, 2000, 0, 0)
	statement, err := d.Statement(t.Context(), engine.Statement{Currency: "USD", Page: engine.Page{Limit: 10}})
	if err != nil || statement.Entries.Items[0].Return != r.ID || statement.Entries.Items[0].Kind != waybill.EntryRefund {
		t.Errorf("%v: %+v", err, statement.Entries.Items[0])
	}
}

// While nobody knows the money is held; what was not sold is free again.
func TestTheWalletHoldsForAReturn(t *testing.T) {
	d := prepaidReturns(t, enginetest.Options{}, 2000)
	d.Courier.Before = onceAfter(enginetest.OpReturn, enginetest.Lost())
	draft := draftReturn(t, d, standing())
	if r, err := bookReturn(t, d, draft); err != nil || r.Booking != waybill.Unsettled {
		t.Fatalf("%v: %s", err, r.Booking)
	}
	wantPurse(t, d, 1450, 550, 0)
	wait(d, 3*time.Minute)
	if r := getReturn(t, d, draft.ID); r.Booking != waybill.Failed {
		t.Errorf("it is %s", r.Booking)
	}
	wantPurse(t, d, 2000, 0, 0)
	d.Courier.Before = enginetest.Refuse(enginetest.OpReturn, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	if r, err := bookReturn(t, d, draft); err != nil || r.Booking != waybill.Failed {
		t.Fatalf("%v: %s", err, r.Booking)
	}
	wantPurse(t, d, 2000, 0, 0)
}

// What the wallet cannot pay is not booked: by the floor before anything else, by the price when that is known.
func TestAReturnThatTheWalletCannotPay(t *testing.T) {
	d := prepaidReturns(t, enginetest.Options{}, 540)
	draft := draftReturn(t, d, standing())
	_, err := bookReturn(t, d, draft)
	wantReason(t, err, waybill.ReasonBalance, "wallet")
	create(t, d, enginetest.Order("A-1")) // no rate can be paid: no provider
	back := d.Service(waybill.Connection{Name: "courier", Carrier: "courier"}, "back", "Comes back", waybill.Incoming)
	_, err = d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 7)})
	wantReason(t, err, waybill.ReasonBalance, "wallet")
	if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: -500, Currency: "USD"}, Cause: "back"}); err != nil {
		t.Fatal(err)
	}
	_, err = d.BookReturn(t.Context(), engine.BookReturn{Ref: engine.RefReturn{Number: 1}, Prepaid: true})
	wantReason(t, err, waybill.ReasonBalance)
	if n := d.Courier.Asked(enginetest.OpReturn); n != 0 {
		t.Errorf("the courier was asked %d times", n)
	}
	if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: 1000, Currency: "USD"}, Cause: "more"}); err != nil {
		t.Fatal(err)
	}
	made, err := d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 7)})
	if err != nil || made.Return.Sold.Minor != 550 || made.Return.Service != back.Number {
		t.Fatalf("%v: sold for %v by %d", err, made.Return.Sold, made.Return.Service)
	}
	wantPurse(t, d, 490, 0, 550)
}

// What the wallet lost while prices were asked for is missing when the money is set aside: the refusal says how much
// there would have to be, and so does what is kept of it.
func TestAReturnWhoseHoldComesTooLate(t *testing.T) {
	d := prepaidReturns(t, enginetest.Options{}, 2000)
	draft := draftReturn(t, d, standing())
	spent := false
	d.Courier.Before = func(ctx context.Context, op, _ string) error {
		if op == enginetest.OpQuote && !spent {
			spent = true
			_, err := d.TopUp(ctx, engine.TopUp{Amount: waybill.Money{Minor: -1900, Currency: "USD"}, Cause: "spent elsewhere"})
			return err
		}
		return nil
	}
	r, err := bookReturn(t, d, draft)
	if err == nil && r.Failure != nil {
		err = r.Failure.AsError("book")
	}
	wantReason(t, err, waybill.ReasonBalance, "wallet")
	if limit := waybill.AsError(err).Fields[0].Limit; limit != "5.50" {
		t.Errorf("%q would be needed", limit)
	}
	wantPurse(t, d, 100, 0, 0)
}

// A shipment shows of its return what the account paid for it.
func TestAReturnIsShownAtItsPrice(t *testing.T) {
	d := prepaidReturns(t, enginetest.Options{}, 2000)
	create(t, d, enginetest.Order("A-1"))
	back := d.Service(waybill.Connection{Name: "courier", Carrier: "courier"}, "back", "Comes back", waybill.Incoming)
	made, err := d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 7)})
	if err != nil {
		t.Fatal(err)
	}
	shown := get(t, d, "A-1").Returns
	if len(shown) != 1 || shown[0].Price != made.Return.Sold || shown[0].Price.Minor != 550 || shown[0].Unlabelled {
		t.Errorf("sold for %v, shown as %+v", made.Return.Sold, shown)
	}
}
