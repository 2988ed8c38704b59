package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

func usd(minor int64) waybill.Money { return waybill.Money{Minor: minor, Currency: "USD"} }

// prepaid is an account whose parcels go by the courier in memory, paid from its wallet; it charges the account
// ten percent more.
func prepaid(t *testing.T, o enginetest.Options, balance, floor int64) *enginetest.Desk {
	t.Helper()
	d := enginetest.New(t, o).Account("acme")
	d.Boston(walletConnection(d, "courier", "courier", floor))
	if balance > 0 {
		topUp(t, d, balance)
	}
	return d
}

// walletConnection is a connection with the courier that the wallet pays for.
func walletConnection(d *enginetest.Desk, id, driver string, floor int64) waybill.Connection {
	return d.Connect(engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: id, Carrier: driver, Name: id, DisplayName: id, Mode: waybill.ModeLive, Markup: 100,
		Billed: waybill.BilledWallet, Floor: usd(floor),
	}})
}

func topUp(t *testing.T, d *enginetest.Desk, minor int64) waybill.Entry {
	t.Helper()
	e, err := d.TopUp(t.Context(), engine.TopUp{Amount: usd(minor), Cause: "bank transfer"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// books are the wallet's available, held and spent, after an audit.
func books(t *testing.T, d *enginetest.Desk) [3]int64 {
	t.Helper()
	audit, err := d.AuditWallets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(audit.Flaws) > 0 {
		t.Errorf("the audit found %v", audit.Flaws)
	}
	b := statement(t, d).Balance
	return [3]int64{b.Available, b.Held, b.Spent}
}

func statement(t *testing.T, d *enginetest.Desk) engine.WalletStatement {
	t.Helper()
	var whole engine.WalletStatement
	for next := ""; ; {
		st, err := d.Statement(t.Context(), engine.Statement{Currency: "USD", Page: store.Page{Limit: 1000, Ascending: true, After: next}})
		if err != nil {
			t.Fatal(err)
		}
		whole.Balance, whole.Entries.Items = st.Balance, append(whole.Entries.Items, st.Entries.Items...)
		if next = st.Entries.Next; next == "" {
			return whole
		}
	}
}

func entryKinds(t *testing.T, d *enginetest.Desk) (list []waybill.EntryKind) {
	t.Helper()
	for _, e := range statement(t, d).Entries.Items {
		list = append(list, e.Kind)
	}
	return list
}

func wantBooks(t *testing.T, d *enginetest.Desk, when string, available, held, spent int64) {
	t.Helper()
	if got, want := books(t, d), [3]int64{available, held, spent}; got != want {
		t.Errorf("%s: available, held and spent are %v, want %v", when, got, want)
	}
}

// lines adds up what a price consists of, by kind.
func lines(list []waybill.Charge) (sum int64, byKind map[string]int64) {
	byKind = map[string]int64{}
	for _, c := range list {
		sum += c.Amount.Minor
		byKind[c.Kind] += c.Amount.Minor
	}
	return sum, byKind
}

func TestABookingIsPaidFromTheWallet(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 10_000, 500)
	held := [3]int64{}
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			held = books(t, d)
		}
		return nil
	}
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked || sh.Bought != usd(700) || sh.Sold != usd(770) {
		t.Fatalf("it is %s, bought for %v and sold for %v", sh.Booking, sh.Bought, sh.Sold)
	}
	if held != [3]int64{9230, 770, 0} {
		t.Errorf("while the carrier was asked, available, held and spent were %v", held)
	}
	wantBooks(t, d, "booked", 9230, 0, 770)
	if sum, by := lines(sh.Charges); sum != 770 || by["markup"] != 70 || by["base"] != 700 {
		t.Errorf("the price consists of %+v", sh.Charges)
	}
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-1")}); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, d, "cancelled", 10_000, 0, 0)
	want := []waybill.EntryKind{waybill.EntryTopUp, waybill.EntryHold, waybill.EntryCapture, waybill.EntryRefund}
	if got := entryKinds(t, d); !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	for _, e := range statement(t, d).Entries.Items[1:] {
		if e.Purchase == "" || e.Shipment != sh.ID || e.Actor != "tester" || e.Cause == "" {
			t.Errorf("an entry does not say whose it is: %+v", e)
		}
	}
}

// What the carrier charges in the end is paid: less frees the rest of the hold, more is taken although it may
// leave less than nothing.
func TestTheRealPriceIsPaid(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 1000, 0)
	d.Courier.Beyond = func(string) int64 { return -200 }
	if sh := create(t, d, enginetest.Order("A-1")); sh.Bought != usd(500) || sh.Sold != usd(550) {
		t.Errorf("bought for %v, sold for %v", sh.Bought, sh.Sold)
	}
	wantBooks(t, d, "cheaper", 450, 0, 550)
	topUp(t, d, 330)
	d.Courier.Beyond = func(string) int64 { return 300 }
	sh := create(t, d, enginetest.Order("A-2"))
	if sh.Booking != waybill.Booked || sh.Sold != usd(1100) {
		t.Fatalf("it is %s, sold for %v", sh.Booking, sh.Sold)
	}
	if sum, by := lines(sh.Charges); sum != 1100 || by["markup"] != 100 {
		t.Errorf("the price consists of %+v", sh.Charges)
	}
	wantBooks(t, d, "dearer", -320, 0, 1650)
	if sh := create(t, d, enginetest.Order("A-3")); sh.Booking != waybill.NoProvider || sh.Failure.Reason != waybill.ReasonBalance {
		t.Errorf("with less than nothing it is %s: %+v", sh.Booking, sh.Failure)
	}
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-2")}); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, d, "given back whole", 780, 0, 550)
}

func TestARefusalFreesTheMoney(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(walletConnection(d, "courier", "courier", 0), walletConnection(d, "other", "mute", 0))
	d.Rule("first", `{"all":[]}`, `[{"do":"prefer","provider":"courier","service":"std"},{"do":"fallback","max_extra":"1000%","later":true}]`)
	topUp(t, d, 1500) // not enough for both at once
	refused := waybill.E("courier", waybill.ReasonCarrier, "no")
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip && d.Courier.Asked(enginetest.OpShip) == 1 {
			return refused
		}
		return nil
	}
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked || sh.Attempt != 2 {
		t.Fatalf("it is %s after %d attempts: %+v", sh.Booking, sh.Attempt, sh.Failure)
	}
	wantBooks(t, d, "after the second choice", 1500-sh.Sold.Minor, 0, sh.Sold.Minor)
	want := []waybill.EntryKind{waybill.EntryTopUp, waybill.EntryHold, waybill.EntryRelease, waybill.EntryHold, waybill.EntryCapture}
	if got := entryKinds(t, d); !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, refused)
	topUp(t, d, 1500)
	before := books(t, d)
	if sh := create(t, d, enginetest.Order("A-2")); sh.Booking != waybill.Failed {
		t.Errorf("it is %s", sh.Booking)
	}
	wantBooks(t, d, "when all refuse", before[0], 0, before[2])
}

func TestWhatNobodyKnowsStaysHeld(t *testing.T) {
	for _, sold := range []bool{true, false} {
		d := prepaid(t, enginetest.Options{}, 1000, 0)
		lost := enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
		if d.Courier.After = lost; !sold {
			d.Courier.After, d.Courier.Before = nil, lost
		}
		if sh := create(t, d, enginetest.Order("A-1")); sh.Booking != waybill.Unsettled {
			t.Fatalf("it is %s", sh.Booking)
		}
		wantBooks(t, d, "unsure", 230, 770, 0)
		d.Courier.After, d.Courier.Before = nil, nil
		for range 6 {
			d.After(time.Minute)
		}
		sh := get(t, d, "A-1")
		if sold {
			wantBooks(t, d, "found", 230, 0, 770)
		} else {
			wantBooks(t, d, "not found", 1000, 0, 0)
		}
		if (sh.Booking == waybill.Booked) != sold {
			t.Errorf("it is %s", sh.Booking)
		}
	}
}

// A booking that comes after it was given up is recorded and given back, and costs nothing.
func TestAnOrphanCostsNothing(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 1000, 0)
	d.Courier.Before = during(d, enginetest.OpShip, func() {
		d.Courier.Before = nil
		wait(d, 3*time.Minute) // a job on another node gives the purchase up
		wantBooks(t, d, "given up", 1000, 0, 0)
	})
	create(t, d, enginetest.Order("A-1"))
	onlyPurchase(t, d, waybill.Orphan)
	d.Drain()
	onlyPurchase(t, d, waybill.Voided)
	wantBooks(t, d, "given back", 1000, 0, 0)
}

func TestTheWalletKeepsOffersOut(t *testing.T) {
	for name, c := range map[string]struct {
		balance, floor int64
		billed         waybill.Money
		says           string
	}{
		"less than the price":      {700, 0, usd(0), "the wallet holds less than the 7.70 USD that are needed"},
		"less than the floor":      {900, 1000, usd(1000), "the wallet holds less than the 10.00 USD that are needed"},
		"a wallet of another kind": {90_000, 0, waybill.Money{Currency: "INR"}, "its price is in USD, the wallet is in INR"},
	} {
		t.Run(name, func(t *testing.T) {
			d := enginetest.New(t, enginetest.Options{}).Account("acme")
			c.billed.Minor = c.floor
			d.Boston(d.Connect(engine.SaveConnection{Connection: waybill.Connection{
				ExternalID: "courier", Carrier: "courier", Name: "courier", Mode: waybill.ModeLive, Markup: 100, Billed: waybill.BilledWallet, Floor: c.billed,
			}}))
			topUp(t, d, c.balance)
			sh := create(t, d, enginetest.Order("A-1"))
			if sh.Booking != waybill.NoProvider || d.Courier.Asked(enginetest.OpShip) != 0 {
				t.Fatalf("it is %s, the carrier was asked %d times", sh.Booking, d.Courier.Asked(enginetest.OpShip))
			}
			why, err := d.Explain(t.Context(), engine.GetShipment{Ref: ref("A-1")})
			if err != nil {
				t.Fatal(err)
			}
			rejected := strings.Join(why, "\n")
			if !strings.Contains(rejected, c.says) {
				t.Errorf("the trace says %q, not %q", rejected, c.says)
			}
			wantBooks(t, d, "nothing was booked", c.balance, 0, 0)
		})
	}
}

// Money that goes while the rates come in: the hold is refused, and nothing is booked.
func TestTheWalletIsEmptiedMeanwhile(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 1000, 0)
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpQuote && d.Courier.Asked(enginetest.OpQuote) == 1 {
			topUp(t, d, -900)
		}
		return nil
	}
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Failed || sh.Failure.Reason != waybill.ReasonBalance || d.Courier.Asked(enginetest.OpShip) != 0 {
		t.Errorf("it is %s, %+v; the carrier was asked %d times", sh.Booking, sh.Failure, d.Courier.Asked(enginetest.OpShip))
	}
	wantBooks(t, d, "nothing was booked", 100, 0, 0)
	topUp(t, d, 900)
	if sh, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1")}); err != nil || sh.Booking != waybill.Booked {
		t.Errorf("with money again it is %s, %v", sh.Booking, err)
	}
	wantBooks(t, d, "retried", 230, 0, 770)
}

func TestALocalCarrierIsPaidFromTheWallet(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.House("house", "House Courier", "us")
	c.Billed, c.Floor, c.Markup = waybill.BilledWallet, usd(0), 50
	d.Boston(d.Connect(engine.SaveConnection{Connection: c}))
	if sh := create(t, d, enginetest.Order("A-1")); sh.Booking != waybill.NoProvider || sh.Failure.Reason != waybill.ReasonBalance {
		t.Fatalf("without money it is %s, %+v", sh.Booking, sh.Failure)
	}
	topUp(t, d, 100_000)
	sh := create(t, d, enginetest.Order("A-2"))
	if sh.Booking != waybill.Booked || sh.Sold.Minor <= sh.Bought.Minor {
		t.Fatalf("it is %s, bought for %v and sold for %v", sh.Booking, sh.Bought, sh.Sold)
	}
	if sum, _ := lines(sh.Charges); sum != sh.Sold.Minor {
		t.Errorf("%v consists of %+v", sh.Sold, sh.Charges)
	}
	wantBooks(t, d, "booked", 100_000-sh.Sold.Minor, 0, sh.Sold.Minor)
	if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref("A-2")}); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, d, "cancelled", 100_000, 0, 0)
}

func TestPayments(t *testing.T) {
	d := prepaid(t, enginetest.Options{}, 0, 0)
	pay := func(minor int64, key string) (waybill.Entry, error) {
		return d.TopUp(t.Context(), engine.TopUp{Amount: usd(minor), Key: key, Cause: "transfer " + key})
	}
	first, err := pay(500, "T1")
	if err != nil {
		t.Fatal(err)
	}
	d.After(72 * time.Hour)
	again, err := pay(500, "T1")
	if err != nil || again.ID != first.ID || again.After != 500 {
		t.Errorf("told twice: %+v, %v", again, err)
	}
	if _, err := pay(600, "T1"); waybill.ReasonOf(err) != waybill.ReasonKeyReused {
		t.Errorf("one key for two amounts: %v", err)
	}
	if _, err := pay(-501, ""); waybill.ReasonOf(err) != waybill.ReasonBalance {
		t.Errorf("more paid back than there is: %v", err)
	}
	if e, err := pay(-200, "T2"); err != nil || e.Kind != waybill.EntryPayOut || e.Amount.Minor != 200 || e.After != 300 {
		t.Errorf("paid back: %+v, %v", e, err)
	}
	for _, amount := range []waybill.Money{usd(0), usd(1 << 60), {Minor: 5, Currency: "DOLLARS"}} {
		if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: amount, Cause: "a test"}); !waybill.IsCode(err, waybill.Invalid) {
			t.Errorf("%v was taken: %v", amount, err)
		}
	}
	wantBooks(t, d, "in the end", 300, 0, 0)
	actor := d.Session.Actor
	actor.Role = waybill.RoleReadOnly
	if _, err := d.World.Engine.As(actor).TopUp(t.Context(), engine.TopUp{Amount: usd(5), Cause: "a test"}); waybill.ReasonOf(err) != waybill.ReasonRole {
		t.Errorf("who only looks pays in: %v", err)
	}
}
