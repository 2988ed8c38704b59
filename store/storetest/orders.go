package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

func testReturns(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	back := waybill.Return{Row: waybill.Row{ID: id(1), Account: "a1", Number: 41}, Shipment: "s1", Tracking: "R1",
		Parcels: []waybill.Parcel{{Tracking: "R1"}, {Tracking: "R2"}}}
	theirs := waybill.Return{Row: waybill.Row{ID: id(2), Account: "b1", Number: 42}, Tracking: "R1"}
	shipment := Shipment("a1", id(3))
	shipment.Number = 43
	update(t, s, everywhere, func(tx store.Tx) error {
		return errors.Join(tx.Returns().Put(&back), tx.Returns().Put(&theirs), tx.Shipments().Put(&shipment))
	})
	clock.Advance(time.Second)
	later := waybill.Return{Row: rowOf("a1", 4), Tracking: "R1"}
	update(t, s, alice, func(tx store.Tx) error { return tx.Returns().Put(&later) })
	found := func(a waybill.Actor, number string) (ids []waybill.ID) {
		t.Helper()
		view(t, s, a, func(tx store.Tx) error {
			list, err := tx.Returns().ByTracking(number)
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return err
		})
		return ids
	}
	same(t, "by tracking, newest first", found(alice, "R1"), []waybill.ID{id(4), id(1)})
	same(t, "by the second parcel", found(alice, "R2"), []waybill.ID{id(1)})
	same(t, "the other account's", found(bob, "R1"), []waybill.ID{id(2)})
	same(t, "no number at all", found(alice, ""), nil)
	view(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Returns().ByNumber(41)
		w, err1 := tx.Shipments().ByNumber(43)
		if v.ID != id(1) || w.ID != id(3) {
			t.Errorf("by number: %s and %s", v.ID, w.ID)
		}
		_, theirs := tx.Returns().ByNumber(42)
		wants(t, "another account's return", theirs, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, none := tx.Returns().ByNumber(0)
		wants(t, "number 0", none, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, none = tx.Shipments().ByNumber(0)
		wants(t, "shipment number 0", none, waybill.NotFound, waybill.ReasonUnknownShipment)
		return errors.Join(err, err1)
	})
	_, err := func() (v waybill.Shipment, err error) {
		view(t, s, bob, func(tx store.Tx) error { v, err = tx.Shipments().ByNumber(43); return nil })
		return v, err
	}()
	wants(t, "another account's shipment", err, waybill.NotFound, waybill.ReasonUnknownShipment)

	back.Tracking, back.Parcels = "R3", nil // the carrier gave another number
	update(t, s, alice, func(tx store.Tx) error { return tx.Returns().Put(&back) })
	same(t, "by the old number", found(alice, "R2"), nil)
	same(t, "by the new one", found(alice, "R3"), []waybill.ID{id(1)})
	update(t, s, alice, func(tx store.Tx) error { return tx.Returns().Delete(id(1), 2) })
	same(t, "after it is deleted", found(alice, "R3"), nil)
}

func testOrders(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	declared := waybill.Declaration{Row: rowOf("a1", 1), Client: "c1", Number: "N-1", Licence: "L-1", Shipment: "s1", Status: "Pending",
		Invoices: []waybill.Invoice{{Number: "I-1", Charges: []waybill.InvoiceCharge{{Type: "fuel"}}}}}
	hook := waybill.Subscription{Row: rowOf("a1", 2), URL: "https://hooks.example/1", Shipment: "s1"}
	proof := waybill.Proof{Row: rowOf("a1", 4), Connection: "c9", Mode: waybill.ModeLive, Kind: waybill.ProofBooked, Subject: "s1"}
	place := waybill.Registration{Row: rowOf("a1", 3), Connection: "c9", Location: "l9", Alias: "ALBANY-1"}
	epoch := func() (n int64) {
		view(t, s, alice, func(tx store.Tx) (err error) { n, err = tx.Epoch("a1"); return err })
		return n
	}
	before := epoch()
	update(t, s, alice, func(tx store.Tx) error {
		return errors.Join(tx.Declarations().Put(&declared), tx.Hooks().Put(&hook), tx.Registrations().Put(&place), tx.Proofs().Put(&proof))
	})
	if n := epoch(); n != before {
		t.Errorf("the epoch moved from %d to %d: none of these is set-up", before, n)
	}
	for what, fn := range map[string]func(store.Tx) error{
		"a number declared twice by one client": func(tx store.Tx) error {
			return tx.Declarations().Put(&waybill.Declaration{Row: rowOf("a1", 11), Client: "c1", Number: "N-1"})
		},
		"a licence given twice in an account": func(tx store.Tx) error {
			return tx.Declarations().Put(&waybill.Declaration{Row: rowOf("a1", 11), Client: "c2", Number: "N-2", Licence: "L-1"})
		},
		"a thing proved twice": func(tx store.Tx) error {
			return tx.Proofs().Put(&waybill.Proof{Row: rowOf("a1", 14), Connection: "c9", Mode: waybill.ModeLive, Kind: waybill.ProofBooked})
		},
		"a place registered twice": func(tx store.Tx) error {
			return tx.Registrations().Put(&waybill.Registration{Row: rowOf("a1", 12), Connection: "c9", Location: "l9"})
		},
	} {
		wants(t, what, s.Update(context.Background(), alice, fn), waybill.Conflict, waybill.ReasonTaken)
	}
	update(t, s, alice, func(tx store.Tx) error { // by another client it is another declaration
		return tx.Declarations().Put(&waybill.Declaration{Row: rowOf("a1", 13), Client: "c2", Number: "N-1"})
	})
	view(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Declarations().ByNumber("c1", "N-1")
		given, err7 := tx.Declarations().ByLicence("a1", "L-1")
		if given.ID != id(1) {
			t.Errorf("by its licence %q was found", given.ID)
		}
		_, none := tx.Declarations().ByLicence("a1", "") // the other declaration has none
		wants(t, "no licence", none, waybill.NotFound, waybill.ReasonUnknownRecord)
		of, err1 := tx.Declarations().Of("s1")
		hooks, err2 := tx.Hooks().Of("s1")
		one, err3 := tx.Hooks().Get(id(2))
		set, err4 := tx.Subscriptions().All()
		r, err5 := tx.Registrations().ByKey("c9/l9")
		all, err6 := tx.Registrations().All()
		if v.ID != id(1) || len(of) != 1 || len(v.Invoices) != 1 || v.Invoices[0].Charges[0].Type != "fuel" {
			t.Errorf("the declaration came back as %+v, %d of the shipment", v, len(of))
		}
		if len(hooks) != 1 || one.URL != hook.URL || len(set) != 0 {
			t.Errorf("%d hooks of the shipment, %q by id, %d subscriptions", len(hooks), one.URL, len(set))
		}
		if r.Alias != "ALBANY-1" || len(all) != 1 {
			t.Errorf("the place is known as %q, %d places", r.Alias, len(all))
		}
		return errors.Join(err, err1, err2, err3, err4, err5, err6, err7)
	})
	view(t, s, bob, func(tx store.Tx) error {
		_, err := tx.Declarations().ByNumber("c1", "N-1")
		wants(t, "another account's declaration", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, err = tx.Hooks().Get(id(2))
		wants(t, "another account's hook", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, err = tx.Registrations().ByKey("c9/l9")
		wants(t, "another account's place", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, err = tx.Proofs().ByKey(proof.Key())
		wants(t, "another account's proof", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		all, err := tx.Registrations().All()
		if len(all) != 0 {
			t.Errorf("another account sees %d places", len(all))
		}
		return err
	})
}

// lend stores a connection of p1 that is lent to a1.
func lend(t testing.TB, s store.Store) waybill.ID {
	t.Helper()
	update(t, s, everywhere, func(tx store.Tx) error {
		return tx.Connections().Put(&waybill.Connection{Row: rowOf("p1", 1), ExternalID: "C", Lent: []waybill.Loan{{Account: "a1"}}})
	})
	return id(1)
}

func testPool(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	c := lend(t, s)
	add := func(usable time.Time, numbers ...string) {
		t.Helper()
		update(t, s, actor("p1"), func(tx store.Tx) error { return tx.Pool().Add(c, numbers, usable) })
	}
	take := func(a waybill.Actor, n int) (numbers []string) {
		t.Helper()
		update(t, s, a, func(tx store.Tx) (err error) {
			got, err := tx.Pool().Take(c, n)
			numbers = got
			return err
		})
		return numbers
	}
	left := func() (n int) {
		view(t, s, alice, func(tx store.Tx) (err error) { n, err = tx.Pool().Left(c); return err })
		return n
	}
	add(Start, "9", "10", "8")
	add(Start.Add(time.Hour), "7", "9", "6", "6")
	if n := left(); n != 5 {
		t.Errorf("%d are left of 5", n)
	}
	same(t, "a borrower takes the oldest", take(alice, 2), []string{"9", "10"})
	same(t, "more than can be used yet: none", take(alice, 2), nil)
	if n := left(); n != 3 {
		t.Errorf("%d are left of 3: what was not enough was not taken", n)
	}
	clock.Advance(time.Hour)
	failed := errors.New("no booking")
	err := s.Update(context.Background(), alice, func(tx store.Tx) error {
		_, err := tx.Pool().Take(c, 1)
		return errors.Join(err, failed)
	})
	if !errors.Is(err, failed) {
		t.Error(err)
	}
	same(t, "what a failed Update took is there again", take(alice, 3), []string{"8", "7", "6"})
	add(Start, "9", "6", "5")
	same(t, "numbers that were taken do not come back", take(alice, 1), []string{"5"})
	if n := left(); n != 0 {
		t.Errorf("%d are left of none", n)
	}
	add(Start.Add(2*time.Hour), "4", "3")
	update(t, s, alice, func(tx store.Tx) error { return tx.Pool().Drop(c) })
	if n := left(); n != 0 {
		t.Errorf("%d are left after all were dropped", n)
	}
	add(Start, "4")
	same(t, "numbers that were dropped do not come back", take(alice, 1), nil)
	err = s.Update(context.Background(), bob, func(tx store.Tx) error { return tx.Pool().Add(c, []string{"1"}, Start) })
	wants(t, "who has no part in the connection", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	view(t, s, bob, func(tx store.Tx) error {
		_, err := tx.Pool().Left(c)
		wants(t, "how many another has", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		return nil
	})
}

// testPoolConcurrently has many take numbers at once, now and then failing afterwards.
func testPoolConcurrently(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	c := lend(t, s)
	const each = 6
	total := h.Callers * each
	var numbers []string
	for n := range total {
		numbers = append(numbers, fmt.Sprintf("W%05d", n))
	}
	update(t, s, actor("p1"), func(tx store.Tx) error { return tx.Pool().Add(c, numbers, Start) })
	var mu sync.Mutex
	taken := map[string]int{}
	together(h.Callers, func(i int) {
		for n := 0; n < each; {
			var got []string
			err := s.Update(context.Background(), alice, func(tx store.Tx) error {
				list, err := tx.Pool().Take(c, 1+n%2)
				if err != nil {
					return err
				}
				if (i+n)%5 == 4 && len(list) > 0 { // the booking fails, once
					n++
					return waybill.E("test", waybill.ReasonCarrier, "refused")
				}
				got = list
				return nil
			})
			if err != nil && waybill.ReasonOf(err) != waybill.ReasonCarrier {
				t.Error(err)
				return
			}
			n++
			mu.Lock()
			for _, number := range got {
				taken[number]++
			}
			mu.Unlock()
		}
	})
	for number, times := range taken {
		if times != 1 {
			t.Errorf("%s was taken %d times", number, times)
		}
	}
	view(t, s, alice, func(tx store.Tx) error {
		n, err := tx.Pool().Left(c)
		if len(taken) == 0 || n != total-len(taken) {
			t.Errorf("%d were taken and %d are left of %d", len(taken), n, total)
		}
		return err
	})
}
