package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// fill gives an account one of everything, with ids from n on.
func fill(t testing.TB, s store.Store, account waybill.ID, n int) {
	t.Helper()
	update(t, s, everywhere, func(tx store.Tx) error {
		v := Shipment(account, id(n))
		v.Tracking, v.Parcels[0].Tracking = "SAME", "SAME"
		v.Reference = "SAME"
		return errors.Join(
			tx.Shipments().Put(&v),
			tx.Accounts().Put(&waybill.Account{Row: waybill.Row{ID: account}, Name: "account " + string(account)}),
			tx.Locations().Put(&waybill.Location{Row: waybill.Row{ID: id(n + 1), Account: account, Number: 7709}, ExternalID: "7709"}),
			tx.Connections().Put(&waybill.Connection{Row: rowOf(account, n+2), ExternalID: "X"}),
			tx.Decisions().Put(&waybill.Decision{Row: rowOf(account, n+3), Shipment: id(n)}),
			tx.Purchases().Put(&waybill.Purchase{Row: rowOf(account, n+4), Shipment: id(n), Key: "key", State: waybill.Intent}),
			tx.Trackers().Put(&waybill.Tracker{Row: rowOf(account, n+5), Shipment: id(n), Connection: "c", Track: waybill.Tracking{Number: "SAME"}, Due: tx.Now(), Open: true}),
			tx.Deliveries().Put(&waybill.Delivery{Row: rowOf(account, n+6), Subscription: "w", State: "pending"}),
			tx.Documents().Put(&waybill.Document{Row: rowOf(account, n+7), Shipment: id(n)}),
			tx.Emit(waybill.Event{ID: id(n + 8), Account: account, Shipment: id(n), Kind: waybill.ShipmentCreated}),
			tx.Enqueue(waybill.Job{ID: id(n + 9), Account: account, Kind: waybill.JobSettle, Key: "job"}),
			tx.Keys().Put(store.Key{Account: account, Surface: "x", Key: "k", Hash: string(account), Expires: tx.Now().Add(time.Hour)}),
		)
	})
}

// seen counts what an actor sees of everything that fill makes.
func seen(t testing.TB, s store.Store, a waybill.Actor, of ...int) (n int) {
	t.Helper()
	view(t, s, a, func(tx store.Tx) error {
		q := store.ShipmentQuery{}
		slice, err := tx.Shipments().Find(q, store.Page{Limit: 100})
		count, _, err1 := tx.Shipments().Count(q, 100)
		byTracking, err2 := tx.Shipments().ByTracking("SAME")
		byTerm, err3 := tx.Shipments().Find(store.ShipmentQuery{Terms: []store.Term{{Field: store.TermCity, Value: "portland"}}}, store.Page{Limit: 100})
		byReference, err4 := tx.Shipments().Find(store.ShipmentQuery{References: []string{"SAME"}}, store.Page{Limit: 100})
		byNumber, err5 := tx.Shipments().Find(q, store.Page{Limit: 100, Offset: 0, Order: store.ByUpdated})
		accounts, err6 := tx.Accounts().All()
		locations, err7 := tx.Locations().All()
		purchases, err8 := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent}, 100)
		due, err9 := tx.Trackers().Due("c", tx.Now(), 100)
		deliveries, err10 := tx.Deliveries().Of("w", "", 100)
		events, _, err11 := tx.Events().Since("", time.Time{}, 100)
		n = len(slice.Items) + count + len(byTracking) + len(byTerm.Items) + len(byReference.Items) + len(byNumber.Items) + len(accounts) +
			len(locations) + len(purchases) + len(due) + len(deliveries) + len(events)
		for _, first := range of {
			decisions, err := tx.Decisions().Of(id(first))
			documents, err1 := tx.Documents().Of(id(first))
			history, err2 := tx.Events().Of(id(first))
			many, err3 := tx.Shipments().GetMany([]waybill.ID{id(first)})
			n += len(decisions) + len(documents) + len(history) + len(many)
			if err := errors.Join(err, err1, err2, err3); err != nil {
				return err
			}
		}
		return errors.Join(err, err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11)
	})
	return n
}

// everything is what seen counts for one account.
const everything = 16

func testScope(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	fill(t, s, "a1", 100)
	fill(t, s, "b1", 200)
	if n := seen(t, s, alice, 100, 200); n != everything {
		t.Errorf("an account sees %d of its own %d", n, everything)
	}
	if n := seen(t, s, actor("nobody"), 100, 200); n != 0 {
		t.Errorf("an account without records sees %d", n)
	}
	if n := seen(t, s, everywhere, 100, 200); n != 2*everything {
		t.Errorf("the installation sees %d of %d", n, 2*everything)
	}

	// By id, by key and by number another account's record is one that does not exist.
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().Get(id(200))
		wants(t, "shipment", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		_, err = tx.Locations().Get(id(201))
		wants(t, "location", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, err = tx.Accounts().Get("b1")
		wants(t, "account", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		l, err := tx.Locations().ByKey("7709")
		if l.Account != "a1" {
			t.Errorf("by key: %s, %v", l.Account, err)
		}
		l, err = tx.Locations().ByNumber(7709)
		if l.Account != "a1" {
			t.Errorf("by number: %s, %v", l.Account, err)
		}
		v, err := tx.Shipments().ByReference("SAME")
		if v.Account != "a1" {
			t.Errorf("by reference: %s, %v", v.Account, err)
		}
		k, _, err := tx.Keys().Get("x", "k")
		if k.Hash != "a1" {
			t.Errorf("the idempotency key is of %s, %v", k.Hash, err)
		}
		_, err = tx.Epoch("b1")
		wants(t, "epoch", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		return nil
	})
	theirs := Shipment("b1", id(200))
	theirs.Version = 1
	job := waybill.Job{ID: id(209), Account: "b1"}
	for what, fn := range map[string]func(store.Tx) error{
		"put":     func(tx store.Tx) error { v := theirs; return tx.Shipments().Put(&v) },
		"take":    func(tx store.Tx) error { v := theirs; v.Account = "a1"; return tx.Shipments().Put(&v) },
		"insert":  func(tx store.Tx) error { v := Shipment("b1", id(900)); return tx.Shipments().Put(&v) },
		"delete":  func(tx store.Tx) error { return tx.Shipments().Delete(id(200), 1) },
		"emit":    func(tx store.Tx) error { return tx.Emit(waybill.Event{ID: id(901), Account: "b1"}) },
		"enqueue": func(tx store.Tx) error { return tx.Enqueue(waybill.Job{ID: id(902), Account: "b1"}) },
		"key":     func(tx store.Tx) error { return tx.Keys().Put(store.Key{Account: "b1", Surface: "x", Key: "k"}) },
	} {
		err := s.Update(context.Background(), alice, fn)
		if !waybill.IsCode(err, waybill.NotFound) {
			t.Errorf("%s of another account's: %v", what, err)
		}
	}
	err := s.Update(context.Background(), alice, func(tx store.Tx) error { return tx.Finish(job) })
	wants(t, "finish another account's job", err, waybill.Conflict, waybill.ReasonVersion)
	update(t, s, alice, func(tx store.Tx) error { return tx.Unqueue("job") })
	if depth, _ := s.Queue().Depth(context.Background()); depth[waybill.JobSettle] != 1 {
		t.Errorf("after unqueueing its own job, %d of two are left", depth[waybill.JobSettle])
	}
	update(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Keys().Expire(Start.AddDate(1, 0, 0), 100)
		return err
	})
	view(t, s, bob, func(tx store.Tx) error {
		if _, found, err := tx.Keys().Get("x", "k"); !found {
			t.Errorf("another account's key was expired, %v", err)
		}
		return nil
	})
	if n := seen(t, s, bob, 200); n != everything {
		t.Errorf("after all that, the other account has %d of %d", n, everything)
	}
}

func testGrants(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	fill(t, s, "p1", 100)
	fill(t, s, "k1", 200)
	fill(t, s, "k2", 300)
	parent := actor("p1", "k1")
	if n := seen(t, s, parent, 100, 200, 300); n != 2*everything {
		t.Errorf("a parent with one grant of two sees %d, want %d", n, 2*everything)
	}
	if n := seen(t, s, actor("k1"), 100, 200, 300); n != everything {
		t.Errorf("a child sees %d, want only its own %d", n, everything)
	}
	if n := seen(t, s, actor("p1", "k1", "k2"), 100, 200, 300); n != 3*everything {
		t.Errorf("a parent with all grants sees %d, want %d", n, 3*everything)
	}
	view(t, s, parent, func(tx store.Tx) error {
		v, err := tx.Shipments().ByReference("SAME")
		l, err1 := tx.Locations().ByKey("7709")
		if v.Account != "p1" || l.Account != "p1" {
			t.Errorf("of its own and a child's the parent's own is meant, got %s and %s", v.Account, l.Account)
		}
		return errors.Join(err, err1)
	})
	update(t, s, parent, func(tx store.Tx) error { // it acts in the child
		v, err := tx.Shipments().Get(id(200))
		if err != nil {
			return err
		}
		v.Group = "by the parent"
		return tx.Shipments().Put(&v)
	})
	view(t, s, actor("k1"), func(tx store.Tx) error {
		v, err := tx.Shipments().Get(id(200))
		if v.Group != "by the parent" {
			t.Errorf("the child sees %q", v.Group)
		}
		return err
	})
}

func testLent(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	ctx := context.Background()
	update(t, s, everywhere, func(tx store.Tx) error {
		lent := waybill.Connection{Row: waybill.Row{ID: id(1), Account: "p1", Number: 5}, ExternalID: "UPS", Lent: []waybill.Loan{{Account: "a1", Markup: 50}}}
		kept := waybill.Connection{Row: rowOf("p1", 2), ExternalID: "DPD"}
		return errors.Join(tx.Connections().Put(&lent), tx.Connections().Put(&kept))
	})
	read := func(a waybill.Actor) (n int, byKey, byNumber, get error) {
		view(t, s, a, func(tx store.Tx) error {
			all, err := tx.Connections().All()
			n = len(all)
			_, byKey = tx.Connections().ByKey("UPS")
			_, byNumber = tx.Connections().ByNumber(5)
			_, get = tx.Connections().Get(id(1))
			return err
		})
		return n, byKey, byNumber, get
	}
	if n, err, err1, err2 := read(alice); n != 1 || errors.Join(err, err1, err2) != nil {
		t.Errorf("the borrower sees %d connections: %v %v %v", n, err, err1, err2)
	}
	if n, err, _, _ := read(bob); n != 0 || err == nil {
		t.Errorf("who borrowed nothing sees %d connections", n)
	}
	if n, _, _, _ := read(actor("p1")); n != 2 {
		t.Errorf("the lender sees %d connections", n)
	}
	err := s.Update(ctx, alice, func(tx store.Tx) error {
		v, err := tx.Connections().Get(id(1))
		if err != nil {
			return err
		}
		v.Paused = true
		return tx.Connections().Put(&v)
	})
	wants(t, "the borrower writes", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	err = s.Update(ctx, alice, func(tx store.Tx) error { return tx.Connections().Delete(id(1), 1) })
	wants(t, "the borrower deletes", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	own := waybill.Connection{Row: rowOf("a1", 3), ExternalID: "UPS"}
	update(t, s, alice, func(tx store.Tx) error { return tx.Connections().Put(&own) })
	view(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Connections().ByKey("UPS")
		if v.ID != id(3) {
			t.Errorf("of its own and a lent one its own is meant, got %s", v.ID)
		}
		return err
	})
	update(t, s, everywhere, func(tx store.Tx) error { // the loan ends
		v, err := tx.Connections().Get(id(1))
		if err != nil {
			return err
		}
		v.Lent = nil
		return tx.Connections().Put(&v)
	})
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Connections().Get(id(1))
		wants(t, "after the loan", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		return nil
	})
}

func testEpochs(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	accounts := []waybill.ID{"p1", "k1", "g1", "x1"}
	read := func() map[waybill.ID]int64 {
		epochs := map[waybill.ID]int64{}
		view(t, s, everywhere, func(tx store.Tx) error {
			for _, a := range accounts {
				n, err := tx.Epoch(a)
				if err != nil {
					return err
				}
				epochs[a] = n
			}
			return nil
		})
		return epochs
	}
	before := read()
	step := func(what string, moved []waybill.ID, fn func(store.Tx) error) {
		t.Helper()
		update(t, s, everywhere, fn)
		after := read()
		for _, a := range accounts {
			want := false
			for _, m := range moved {
				want = want || m == a
			}
			if (after[a] > before[a]) != want {
				t.Errorf("%s: the epoch of %s went from %d to %d", what, a, before[a], after[a])
			}
		}
		before = after
	}
	account := func(a, parent waybill.ID) *waybill.Account {
		return &waybill.Account{Row: waybill.Row{ID: a}, Name: string(a), Parent: parent}
	}
	step("accounts", accounts, func(tx store.Tx) error {
		return errors.Join(tx.Accounts().Put(account("p1", "")), tx.Accounts().Put(account("k1", "p1")),
			tx.Accounts().Put(account("g1", "k1")), tx.Accounts().Put(account("x1", "")))
	})
	brand := waybill.Brand{Row: rowOf("k1", 1), ExternalID: "b"}
	step("a brand of the child", []waybill.ID{"k1", "g1"}, func(tx store.Tx) error { return tx.Brands().Put(&brand) })
	lent := waybill.Connection{Row: rowOf("x1", 2), ExternalID: "c", Lent: []waybill.Loan{{Account: "g1"}}}
	step("a loan", []waybill.ID{"x1", "g1"}, func(tx store.Tx) error { return tx.Connections().Put(&lent) })
	step("a shipment", nil, func(tx store.Tx) error { v := Shipment("p1", id(3)); return tx.Shipments().Put(&v) })
	step("the end of a loan", []waybill.ID{"x1", "g1"}, func(tx store.Tx) error {
		v := lent
		v.Lent = nil
		return tx.Connections().Put(&v)
	})
	step("a brand deleted", []waybill.ID{"k1", "g1"}, func(tx store.Tx) error { return tx.Brands().Delete(id(1), 1) })
	step("a parent's brand, for all below", []waybill.ID{"p1", "k1", "g1"}, func(tx store.Tx) error {
		return tx.Brands().Put(&waybill.Brand{Row: rowOf("p1", 4), ExternalID: "b"})
	})
	update(t, s, everywhere, func(tx store.Tx) error {
		was, err := tx.Epoch("x1")
		if err != nil {
			return err
		}
		if err := tx.Tags().Put(&waybill.Tag{Row: rowOf("x1", 5), Name: "t"}); err != nil {
			return err
		}
		if now, err := tx.Epoch("x1"); now <= was || err != nil {
			t.Errorf("the transaction does not see its own change: %d, %d, %v", was, now, err)
		}
		return nil
	})
}
