package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// testPeople: who is logged in is found by the hash, once in the installation; a view's name is one account's own.
func testPeople(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	login := func(account waybill.ID, n int, hash string) error {
		return s.Update(t.Context(), everywhere, func(tx store.Tx) error {
			return tx.Logins().Put(&waybill.Login{Row: rowOf(account, n), User: id(90), Hash: hash, Agent: "a browser", Expires: Start.Add(time.Hour)})
		})
	}
	if err := login("a1", 1, "h1"); err != nil {
		t.Fatal(err)
	}
	if err := login("b1", 2, "h2"); err != nil {
		t.Fatal(err)
	}
	wants(t, "a hash of another account", login("b1", 3, "h1"), waybill.Conflict, waybill.ReasonTaken)
	view(t, s, everywhere, func(tx store.Tx) error {
		found, err := tx.Logins().ByKey("h1")
		if found.ID != id(1) || found.Agent != "a browser" || !found.Expires.Equal(Start.Add(time.Hour)) {
			t.Errorf("%+v", found)
		}
		return err
	})
	saved := func(account waybill.ID, n int, name string) error {
		return s.Update(t.Context(), actor(account), func(tx store.Tx) error {
			return tx.SavedViews().Put(&waybill.SavedView{Row: rowOf(account, n), Name: name, List: "shipments", Query: map[string]string{"state": "failed"}, Columns: []string{"to"}})
		})
	}
	if err := errors.Join(saved("a1", 11, "Failed"), saved("b1", 12, "Failed")); err != nil {
		t.Fatal(err)
	}
	wants(t, "a name in use", saved("a1", 13, "Failed"), waybill.Conflict, waybill.ReasonTaken)
	view(t, s, alice, func(tx store.Tx) error {
		logins, err := tx.Logins().All()
		views, err1 := tx.SavedViews().All()
		if len(logins) != 1 || len(views) != 1 || views[0].Query["state"] != "failed" || views[0].Columns[0] != "to" {
			t.Errorf("%+v, %+v", logins, views)
		}
		_, hidden := tx.Logins().ByKey("h2")
		wants(t, "another account's login", hidden, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, hidden = tx.SavedViews().Get(id(12))
		wants(t, "another account's view", hidden, waybill.NotFound, waybill.ReasonUnknownRecord)
		return errors.Join(err, err1)
	})
}

// testForgetting: what is old goes, the oldest first and in chunks, and only of the account; an event is rewritten where it
// stands; a blob that another document has is kept.
func testForgetting(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	sh := Shipment("a1", id(500))
	update(t, s, alice, func(tx store.Tx) error { return tx.Shipments().Put(&sh) })
	for n := 1; n <= 6; n++ {
		update(t, s, everywhere, func(tx store.Tx) error {
			for k, account := range []waybill.ID{"a1", "b1"} {
				event := waybill.Event{ID: id(n + 100*k), Account: account, Kind: waybill.ShipmentCreated, At: clock.Now(), Facts: waybill.Facts{Note: fmt.Sprint("note ", n)}}
				state := []string{"delivered", "dead", "skipped", "pending"}[n%4]
				if k == 0 {
					event.Shipment = sh.ID
				}
				d := waybill.Delivery{Row: rowOf(account, n+100*k+200), Subscription: "w", State: state}
				if err := errors.Join(tx.Emit(event), tx.Deliveries().Put(&d)); err != nil {
					return err
				}
			}
			return nil
		})
		clock.Advance(time.Hour)
	}
	before := Start.Add(4*time.Hour - time.Minute) // after four of six
	var gone []int
	for n := 1; n > 0; {
		update(t, s, everywhere, func(tx store.Tx) (err error) {
			n, err = tx.Forgetting().Events("a1", before, 3)
			gone = append(gone, n)
			return err
		})
	}
	if fmt.Sprint(gone) != "[3 1 0]" {
		t.Errorf("events went in chunks of %v", gone)
	}
	removed := 0
	update(t, s, everywhere, func(tx store.Tx) (err error) {
		removed, err = tx.Forgetting().Deliveries("a1", before, 10)
		return err
	})
	if removed != 3 { // of the first four one is pending
		t.Errorf("%d deliveries went", removed)
	}
	update(t, s, everywhere, func(tx store.Tx) error {
		list, err := tx.Events().Of(sh.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d events are left, %v", len(list), err)
		}
		list[0].Facts.Note = ""
		return tx.Forgetting().Rewrite(list[0])
	})
	view(t, s, alice, func(tx store.Tx) error {
		list, err := tx.Events().Of(sh.ID)
		if len(list) != 2 || list[0].ID != id(5) || list[0].Facts.Note != "" || list[1].Facts.Note != "note 6" {
			t.Errorf("%+v", list)
		}
		return err
	})
	view(t, s, bob, func(tx store.Tx) error {
		list, _, err := tx.Events().Since("", time.Time{}, 10)
		dead, err1 := tx.Deliveries().Find(store.DeliveryQuery{}, store.Page{Limit: 10})
		if len(list) != 6 || len(dead.Items) != 6 {
			t.Errorf("another account has %d events and %d deliveries", len(list), len(dead.Items))
		}
		return errors.Join(err, err1)
	})
	testUpto(t, s)
	testUnused(t, s, sh)
}

// testUpto: how far the shipments of an account have been seen to is kept for each kind.
func testUpto(t *testing.T, s store.Store) {
	t.Helper()
	for _, at := range []time.Time{Start, Start.Add(time.Hour)} {
		update(t, s, everywhere, func(tx store.Tx) error { return tx.Forgetting().Reached("a1", "documents", at) })
		view(t, s, everywhere, func(tx store.Tx) error {
			upto, err := tx.Forgetting().Upto("a1", "documents")
			other, err1 := tx.Forgetting().Upto("a1", "shipments")
			if !upto.Equal(at) || other.After(time.Unix(0, 0)) {
				t.Errorf("upto %v and %v", upto, other)
			}
			return errors.Join(err, err1)
		})
	}
}

func testUnused(t *testing.T, s store.Store, sh waybill.Shipment) {
	t.Helper()
	update(t, s, everywhere, func(tx store.Tx) error {
		for n, d := range []waybill.Document{
			{Row: rowOf("a1", 601), Shipment: sh.ID, Blob: "own"}, {Row: rowOf("a1", 602), Shipment: sh.ID, Blob: "shared"}, {Row: rowOf("b1", 603), Shipment: id(501), Blob: "shared"},
		} {
			if err := tx.Documents().Put(&d); err != nil {
				return fmt.Errorf("%d: %w", n, err)
			}
		}
		return nil
	})
	view(t, s, everywhere, func(tx store.Tx) error {
		blobs, err := tx.Forgetting().Blobs("a1", 10)
		if len(blobs) != 2 {
			t.Errorf("blobs %v", blobs)
		}
		for _, but := range []waybill.ID{sh.ID, "a1"} {
			unused, err := tx.Forgetting().Unused([]string{"own", "shared"}, but)
			if err != nil || len(unused) != 1 || unused[0] != "own" {
				t.Errorf("unused but for %s: %v, %v", but, unused, err)
			}
		}
		return err
	})
}
