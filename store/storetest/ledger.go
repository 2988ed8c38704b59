package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// entry is an entry in rupees of an account's wallet.
func entry(account waybill.ID, n int, kind waybill.EntryKind, minor int64, hold waybill.ID) *waybill.Entry {
	return &waybill.Entry{Row: rowOf(account, n), Kind: kind, Amount: waybill.Money{Minor: minor, Currency: "INR"}, Hold: hold, Cause: "test", Actor: "shop"}
}

// post adds an entry for an actor and answers why not.
func post(s store.Store, a waybill.Actor, e *waybill.Entry, floor int64) error {
	return s.Update(context.Background(), a, func(tx store.Tx) error { return tx.Wallet().Post(e, floor) })
}

func mustPost(t testing.TB, s store.Store, a waybill.Actor, e *waybill.Entry, floor int64) *waybill.Entry {
	t.Helper()
	if err := post(s, a, e, floor); err != nil {
		t.Fatalf("%s of %v: %v", e.Kind, e.Amount, err)
	}
	return e
}

// books reads the wallet in rupees, holds it against the sums of its entries, and answers its books.
func books(t testing.TB, s store.Store, account waybill.ID) (b waybill.Balance) {
	t.Helper()
	view(t, s, actor(account), func(tx store.Tx) error {
		var err error
		if b, err = tx.Wallet().Balance(account, "INR"); err != nil {
			return err
		}
		sums, err := tx.Wallet().Sums()
		sum := sums["INR"]
		if b.Sum() != 0 {
			t.Errorf("the books of %s sum to %d: %+v", account, b.Sum(), b)
		}
		if sum[waybill.BookFunding] != b.Funding || sum[waybill.BookAvailable] != b.Available || sum[waybill.BookHeld] != b.Held || sum[waybill.BookSpent] != b.Spent {
			t.Errorf("the wallet of %s says %+v, its entries %v", account, b, sum)
		}
		return err
	})
	return b
}

func testLedger(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	if b := books(t, s, "a1"); b != (waybill.Balance{Account: "a1", Currency: "INR"}) {
		t.Errorf("a wallet that does not exist is %+v", b)
	}
	steps := []struct {
		entry *waybill.Entry
		want  waybill.Balance
	}{
		{entry("a1", 1, waybill.EntryTopUp, 100_000, ""), waybill.Balance{Funding: -100_000, Available: 100_000}},
		{entry("a1", 2, waybill.EntryHold, 30_000, ""), waybill.Balance{Funding: -100_000, Available: 70_000, Held: 30_000}},
		{entry("a1", 3, waybill.EntryHold, 20_000, ""), waybill.Balance{Funding: -100_000, Available: 50_000, Held: 50_000}},
		{entry("a1", 4, waybill.EntryCapture, 25_000, id(2)), waybill.Balance{Funding: -100_000, Available: 55_000, Held: 20_000, Spent: 25_000}},
		{entry("a1", 5, waybill.EntryRelease, 0, id(3)), waybill.Balance{Funding: -100_000, Available: 75_000, Spent: 25_000}},
		{entry("a1", 6, waybill.EntryAdjustment, 80_000, ""), waybill.Balance{Funding: -100_000, Available: -5_000, Spent: 105_000}},
		{entry("a1", 7, waybill.EntryTopUp, 1_000, ""), waybill.Balance{Funding: -101_000, Available: -4_000, Spent: 105_000}},
		{entry("a1", 8, waybill.EntryAdjustment, -50_000, ""), waybill.Balance{Funding: -101_000, Available: 46_000, Spent: 55_000}},
		{entry("a1", 9, waybill.EntryRefund, 25_000, ""), waybill.Balance{Funding: -101_000, Available: 71_000, Spent: 30_000}},
		{entry("a1", 10, waybill.EntryPayOut, 71_000, ""), waybill.Balance{Funding: -30_000, Spent: 30_000}},
	}
	for n, step := range steps {
		step.entry.Purchase = "p1"
		mustPost(t, s, alice, step.entry, 0)
		step.want.Account, step.want.Currency = "a1", "INR"
		if b := books(t, s, "a1"); b != step.want {
			t.Errorf("after the %s: %+v, want %+v", step.entry.Kind, b, step.want)
		}
		if step.entry.After != step.want.Available || step.entry.Number != int64(n+1) || step.entry.Version != 1 {
			t.Errorf("the %s says %d are available after it, as entry %d in version %d", step.entry.Kind, step.entry.After, step.entry.Number, step.entry.Version)
		}
	}
	view(t, s, alice, func(tx store.Tx) error {
		list, err := tx.Wallet().Of("p1")
		if len(list) != len(steps) {
			t.Fatalf("%d entries of the purchase, want %d", len(list), len(steps))
		}
		for n, e := range list {
			if fmt.Sprintf("%+v", e) != fmt.Sprintf("%+v", *steps[n].entry) {
				t.Errorf("entry %d came back as\n%+v, was\n%+v", n, e, *steps[n].entry)
			}
			sum := int64(0)
			for _, p := range e.Postings {
				sum += p.Minor
			}
			if sum != 0 || len(e.Postings) < 2 {
				t.Errorf("the postings of %+v sum to %d", e, sum)
			}
		}
		one, err1 := tx.Wallet().Get(id(4))
		if one.Hold != id(2) || one.Amount.Minor != 25_000 {
			t.Errorf("by id: %+v", one)
		}
		_, unknown := tx.Wallet().Get(id(99))
		wants(t, "an unknown entry", unknown, waybill.NotFound, waybill.ReasonUnknownRecord)
		return errors.Join(err, err1)
	})
	usd := entry("a1", 20, waybill.EntryTopUp, 500, "")
	usd.Amount.Currency = "USD"
	mustPost(t, s, alice, usd, 0)
	view(t, s, alice, func(tx store.Tx) error {
		list, err := tx.Wallet().Balances()
		if len(list) != 2 || list[0].Currency != "INR" || list[1].Available != 500 {
			t.Errorf("wallets: %+v", list)
		}
		return err
	})
}

func testOverdraft(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	wants(t, "a hold on an empty wallet", post(s, alice, entry("a1", 1, waybill.EntryHold, 1, ""), 0), waybill.InsufficientFunds, waybill.ReasonBalance)
	mustPost(t, s, alice, entry("a1", 2, waybill.EntryTopUp, 1_000, ""), 0)
	wants(t, "a hold of more than is available", post(s, alice, entry("a1", 3, waybill.EntryHold, 1_001, ""), 0), waybill.InsufficientFunds, waybill.ReasonBalance)
	wants(t, "a hold below the floor", post(s, alice, entry("a1", 4, waybill.EntryHold, 1, ""), 1_001), waybill.InsufficientFunds, waybill.ReasonBalance)
	wants(t, "more paid out than is available", post(s, alice, entry("a1", 5, waybill.EntryPayOut, 1_001, ""), 0), waybill.InsufficientFunds, waybill.ReasonBalance)
	if b := books(t, s, "a1"); b.Available != 1_000 || b.Held != 0 {
		t.Errorf("what was refused moved money: %+v", b)
	}
	mustPost(t, s, alice, entry("a1", 6, waybill.EntryHold, 1_000, ""), 1_000) // the floor, to the last paisa
	mustPost(t, s, alice, entry("a1", 7, waybill.EntryAdjustment, 700, ""), 0)
	mustPost(t, s, alice, entry("a1", 8, waybill.EntryRelease, 0, id(6)), 0)
	mustPost(t, s, alice, entry("a1", 9, waybill.EntryHold, 0, ""), 0) // what costs nothing
	if b := books(t, s, "a1"); b.Available != 300 || b.Held != 0 {
		t.Errorf("after a release: %+v", b)
	}
	wants(t, "a negative hold", post(s, alice, entry("a1", 10, waybill.EntryHold, -5, ""), 0), waybill.Internal, waybill.ReasonBug)
}

func testHoldEnds(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	mustPost(t, s, alice, entry("a1", 1, waybill.EntryTopUp, 10_000, ""), 0)
	mustPost(t, s, alice, entry("a1", 2, waybill.EntryHold, 4_000, ""), 0)
	spent := mustPost(t, s, alice, entry("a1", 3, waybill.EntryCapture, 9_000, id(2)), 0)
	if spent.Amount.Minor != 4_000 {
		t.Errorf("a capture spends %d of a hold of 4000", spent.Amount.Minor)
	}
	for n, kind := range []waybill.EntryKind{waybill.EntryCapture, waybill.EntryRelease} {
		wants(t, "a second end", post(s, alice, entry("a1", 10+n, kind, 1, id(2)), 0), waybill.Conflict, waybill.ReasonTaken)
	}
	mustPost(t, s, alice, entry("a1", 4, waybill.EntryHold, 5_000, ""), 0) // another hold does not make room for it
	wants(t, "a second end beside another hold", post(s, alice, entry("a1", 12, waybill.EntryRelease, 0, id(2)), 0), waybill.Conflict, waybill.ReasonTaken)
	wants(t, "no hold", post(s, alice, entry("a1", 13, waybill.EntryRelease, 0, id(1)), 0), waybill.NotFound, waybill.ReasonUnknownRecord)
	if b := books(t, s, "a1"); b.Held != 5_000 || b.Spent != 4_000 {
		t.Errorf("%+v", b)
	}
	for round := range 5 { // many end one hold at once
		hold := 100 * (round + 1)
		mustPost(t, s, alice, entry("a1", hold, waybill.EntryHold, 10, ""), 0)
		var ended atomic.Int64
		together(h.Callers, func(i int) {
			kind := []waybill.EntryKind{waybill.EntryCapture, waybill.EntryRelease}[i%2]
			switch err := post(s, alice, entry("a1", hold+1+i, kind, 10, id(hold)), 0); {
			case err == nil:
				ended.Add(1)
			case waybill.ReasonOf(err) != waybill.ReasonTaken:
				t.Error(err)
			}
		})
		if ended.Load() != 1 {
			t.Errorf("a hold was ended %d times", ended.Load())
		}
	}
	if b := books(t, s, "a1"); b.Held != 5_000 {
		t.Errorf("%+v", b)
	}
}

func testEntries(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	for n := range 10 { // all in one moment: the order is that of their effect
		mustPost(t, s, alice, entry("a1", 50-n, waybill.EntryTopUp, int64(n+1), ""), 0)
	}
	page := func(p store.Page) (amounts []int64, slice store.Slice[waybill.Entry]) {
		t.Helper()
		view(t, s, alice, func(tx store.Tx) (err error) {
			slice, err = tx.Wallet().Entries("a1", "INR", time.Time{}, p)
			return err
		})
		for _, e := range slice.Items {
			amounts = append(amounts, e.Amount.Minor)
		}
		return amounts, slice
	}
	first, slice := page(store.Page{Limit: 4})
	same(t, "newest first", first, []int64{10, 9, 8, 7})
	if slice.Prev != "" {
		t.Error("something comes before the first page")
	}
	mustPost(t, s, alice, entry("a1", 60, waybill.EntryTopUp, 11, ""), 0) // what comes in meanwhile moves nothing
	second, slice := page(store.Page{Limit: 4, After: slice.Next})
	same(t, "the second page", second, []int64{6, 5, 4, 3})
	third, last := page(store.Page{Limit: 4, After: slice.Next})
	same(t, "the third", third, []int64{2, 1})
	if last.Next != "" {
		t.Error("something comes after the last page")
	}
	again, slice := page(store.Page{Limit: 4, Before: last.Prev})
	same(t, "back again", again, []int64{6, 5, 4, 3})
	back, slice := page(store.Page{Limit: 4, Before: slice.Prev})
	same(t, "and again", back, []int64{10, 9, 8, 7})
	back, _ = page(store.Page{Limit: 4, Before: slice.Prev})
	same(t, "to what came in meanwhile", back, []int64{11})
	oldest, slice := page(store.Page{Limit: 3, Ascending: true})
	same(t, "oldest first", oldest, []int64{1, 2, 3})
	oldest, _ = page(store.Page{Limit: 3, Ascending: true, After: slice.Next})
	same(t, "and on", oldest, []int64{4, 5, 6})
	numbered, _ := page(store.Page{Limit: 3, Offset: 3})
	same(t, "by number", numbered, []int64{8, 7, 6})
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Wallet().Entries("a1", "USD", time.Time{}, store.Page{Limit: 4, After: last.Prev})
		wants(t, "another list's cursor", err, waybill.Invalid, waybill.ReasonBadCursor)
		return nil
	})
}

// testEntriesSince lists what moved at a time or later, in parts.
func testEntriesSince(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	for n := range 6 {
		mustPost(t, s, alice, entry("a1", n+1, waybill.EntryTopUp, int64(n+1), ""), 0)
		clock.Advance(time.Second)
	}
	var amounts []int64
	page := store.Page{Limit: 2, Ascending: true}
	for range 9 { // or for ever
		view(t, s, alice, func(tx store.Tx) error {
			slice, err := tx.Wallet().Entries("a1", "INR", Start.Add(2*time.Second), page)
			page.After = slice.Next
			for _, e := range slice.Items {
				amounts = append(amounts, e.Amount.Minor)
			}
			return err
		})
		if page.After == "" {
			break
		}
	}
	same(t, "entries of a time or later", amounts, []int64{3, 4, 5, 6})
}

func testLedgerScope(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	mustPost(t, s, everywhere, entry("k1", 1, waybill.EntryTopUp, 700, ""), 0)
	mustPost(t, s, everywhere, entry("b1", 2, waybill.EntryTopUp, 900, ""), 0)
	hold := entry("k1", 3, waybill.EntryHold, 100, "")
	hold.Purchase = "p1"
	mustPost(t, s, everywhere, hold, 0)
	read := func(a waybill.Actor) (wallets int, available int64, entries int, moved int, sum int64) {
		view(t, s, a, func(tx store.Tx) error {
			list, err := tx.Wallet().Balances()
			b, err1 := tx.Wallet().Balance("k1", "INR")
			slice, err2 := tx.Wallet().Entries("k1", "INR", time.Time{}, store.Page{Limit: 10})
			of, err3 := tx.Wallet().Of("p1")
			sums, err4 := tx.Wallet().Sums()
			wallets, available, entries, moved, sum = len(list), b.Available, len(slice.Items), len(of), sums["INR"][waybill.BookAvailable]
			return errors.Join(err, err1, err2, err3, err4)
		})
		return
	}
	for _, c := range []struct {
		who  string
		a    waybill.Actor
		want string
	}{
		{"the child", actor("k1"), "1 600 2 1 600"},
		{"its parent with a grant", actor("p1", "k1"), "1 600 2 1 600"},
		{"its parent without", actor("p1"), "0 0 0 0 0"},
		{"another account", bob, "1 0 0 0 900"},
		{"the installation", everywhere, "2 600 2 1 1500"},
	} {
		wallets, available, entries, moved, sum := read(c.a)
		if got := fmt.Sprint(wallets, available, entries, moved, sum); got != c.want {
			t.Errorf("%s sees %s, want %s", c.who, got, c.want)
		}
	}
	view(t, s, bob, func(tx store.Tx) error {
		_, err := tx.Wallet().Get(id(1))
		wants(t, "another account's entry", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		return nil
	})
	wants(t, "a hold in another account's wallet", post(s, bob, entry("k1", 10, waybill.EntryHold, 1, ""), 0), waybill.NotFound, waybill.ReasonUnknownRecord)
	wants(t, "the end of another account's hold", post(s, bob, entry("b1", 11, waybill.EntryRelease, 0, id(3)), 0), waybill.NotFound, waybill.ReasonUnknownRecord)
	mustPost(t, s, actor("p1", "k1"), entry("k1", 12, waybill.EntryRelease, 0, id(3)), 0)
}

// testLedgerConcurrently has many hold, capture and release at once, in two transactions each, on a wallet
// that is not enough for all.
func testLedgerConcurrently(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	mustPost(t, s, alice, entry("a1", 1, waybill.EntryTopUp, 1_000, ""), 0)
	var mu sync.Mutex
	spent, refused := int64(0), 0
	together(h.Callers, func(i int) {
		for n := range 4 {
			hold := 1_000*(i+1) + 10*n
			switch err := post(s, alice, entry("a1", hold, waybill.EntryHold, 90, ""), 50); {
			case waybill.ReasonOf(err) == waybill.ReasonBalance:
				mu.Lock()
				refused++
				mu.Unlock()
				continue
			case err != nil:
				t.Error(err)
				return
			}
			end := entry("a1", hold+1, waybill.EntryRelease, 0, id(hold))
			if n%2 == 0 {
				end = entry("a1", hold+1, waybill.EntryCapture, 60, id(hold))
			}
			if err := post(s, alice, end, 0); err != nil {
				t.Error(err)
				return
			}
			if n%2 == 0 {
				mu.Lock()
				spent += 60
				mu.Unlock()
			}
		}
	})
	b := books(t, s, "a1")
	if b.Held != 0 || b.Spent != spent || b.Available != 1_000-spent || b.Available < 0 {
		t.Errorf("%+v after %d were spent and %d refused", b, spent, refused)
	}
	view(t, s, alice, func(tx store.Tx) error { // each entry's number and balance follow from the one before
		slice, err := tx.Wallet().Entries("a1", "INR", time.Time{}, store.Page{Limit: 10_000, Ascending: true})
		available := int64(0)
		for n, e := range slice.Items {
			for _, p := range e.Postings {
				if p.Book == waybill.BookAvailable {
					available += p.Minor
				}
			}
			if e.Number != int64(n+1) || e.After != available || e.After < 0 {
				t.Errorf("entry %d is numbered %d and says %d are available, not %d", n+1, e.Number, e.After, available)
			}
		}
		return err
	})
}
