package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// testPickups: of a connection, a location and a day one request at most is open; lists neither skip nor repeat.
func testPickups(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	pickup := func(account waybill.ID, n int, day string, state waybill.PickupState) waybill.Pickup {
		return waybill.Pickup{
			Row: rowOf(account, n), Connection: "c1", Location: "l1", Day: day, State: state, Ready: Start.Add(time.Hour), Close: Start.Add(2 * time.Hour),
		}
	}
	put := func(p waybill.Pickup) error {
		return s.Update(t.Context(), alice, func(tx store.Tx) error { fresh := p; return tx.Pickups().Put(&fresh) })
	}
	for n, p := range []waybill.Pickup{
		pickup("a1", 1, "2026-01-05", waybill.PickupUnsure), pickup("a1", 2, "2026-01-05", waybill.PickupConfirmed),
		pickup("a1", 3, "2026-01-05", waybill.PickupCancelled), pickup("a1", 4, "2026-01-06", waybill.PickupRequested),
	} {
		clock.Advance(time.Second)
		if err := put(p); err != nil {
			t.Fatal(n, err)
		}
	}
	if err := put(pickup("a1", 5, "2026-01-05", waybill.PickupRequested)); waybill.ReasonOf(err) != waybill.ReasonTaken {
		t.Errorf("asked twice for one day: %v", err)
	}
	view(t, s, alice, func(tx store.Tx) error {
		open, err := tx.Pickups().Open("c1", "l1", "2026-01-05")
		if err != nil || len(open) != 2 || open[0].ID != id(1) || open[1].ID != id(2) {
			t.Errorf("those that may come: %+v, %v", open, err)
		}
		return nil
	})
	view(t, s, bob, func(tx store.Tx) error {
		_, err := tx.Pickups().Get(id(1))
		open, failed := tx.Pickups().Open("c1", "l1", "2026-01-05")
		list, listed := tx.Pickups().Find(store.PickupQuery{}, store.Page{Limit: 9})
		if !waybill.IsCode(err, waybill.NotFound) || len(open)+len(list.Items) != 0 {
			t.Error("another account's pickups are seen")
		}
		return errors.Join(failed, listed)
	})
	find := func(q store.PickupQuery, page store.Page) (ids []waybill.ID, slice store.Slice[waybill.Pickup]) {
		t.Helper()
		view(t, s, alice, func(tx store.Tx) (err error) {
			slice, err = tx.Pickups().Find(q, page)
			return err
		})
		for _, p := range slice.Items {
			ids = append(ids, p.ID)
		}
		return ids, slice
	}
	first, slice := find(store.PickupQuery{}, store.Page{Limit: 3})
	same(t, "the first part", first, []waybill.ID{id(4), id(3), id(2)})
	clock.Advance(time.Second)
	if err := put(pickup("a1", 6, "2026-01-07", waybill.PickupConfirmed)); err != nil {
		t.Fatal(err)
	}
	second, slice := find(store.PickupQuery{}, store.Page{Limit: 3, After: slice.Next})
	same(t, "the second, after another came", second, []waybill.ID{id(1)})
	back, _ := find(store.PickupQuery{}, store.Page{Limit: 3, Before: slice.Prev})
	same(t, "back again", back, []waybill.ID{id(4), id(3), id(2)})
	up, _ := find(store.PickupQuery{States: []waybill.PickupState{waybill.PickupConfirmed}}, store.Page{Limit: 3, Ascending: true})
	same(t, "in a state, oldest first", up, []waybill.ID{id(2), id(6)})
	since, _ := find(store.PickupQuery{UpdatedFrom: Start.Add(4 * time.Second)}, store.Page{Limit: 9, Order: store.ByUpdated})
	same(t, "changed since", since, []waybill.ID{id(6), id(4)})
	view(t, s, alice, func(tx store.Tx) error {
		if _, err := tx.Pickups().Find(store.PickupQuery{Location: "l2"}, store.Page{Limit: 3, Before: slice.Prev}); waybill.ReasonOf(err) != waybill.ReasonBadCursor {
			t.Errorf("another list's cursor: %v", err)
		}
		return nil
	})
}

// testLogs: returns and deliveries by cursor, and the place behind all events.
func testLogs(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	view(t, s, alice, func(tx store.Tx) error {
		if latest, err := tx.Events().Latest(); latest != "" || err != nil {
			t.Errorf("before anything happened: %q, %v", latest, err)
		}
		return nil
	})
	for n := 1; n <= 5; n++ {
		clock.Advance(time.Second)
		update(t, s, everywhere, func(tx store.Tx) error {
			back := waybill.Return{Row: rowOf("a1", 100+n), Shipment: waybill.ID(fmt.Sprint("s", n%2))}
			d := waybill.Delivery{Row: rowOf("a1", 200+n), Subscription: "h1", State: []string{"dead", "delivered"}[n%2]}
			return errors.Join(tx.Returns().Put(&back), tx.Deliveries().Put(&d), tx.Emit(waybill.Event{ID: id(300 + n), Account: "a1", Kind: waybill.ShipmentCreated}))
		})
	}
	view(t, s, alice, func(tx store.Tx) error {
		one, err := tx.Returns().Find(store.ReturnQuery{Shipment: "s1"}, store.Page{Limit: 2})
		if err != nil || len(one.Items) != 2 || one.Items[0].ID != id(105) {
			t.Errorf("returns of a shipment: %+v, %v", one, err)
		}
		two, err := tx.Returns().Find(store.ReturnQuery{Shipment: "s1"}, store.Page{Limit: 2, After: one.Next})
		if err != nil || len(two.Items) != 1 || two.Items[0].ID != id(101) || two.Next != "" {
			t.Errorf("and the rest: %+v, %v", two, err)
		}
		dead, err := tx.Deliveries().Find(store.DeliveryQuery{Subscription: "h1", States: []string{"dead"}, To: Start.Add(3 * time.Second)}, store.Page{Limit: 9})
		if err != nil || len(dead.Items) != 1 || dead.Items[0].ID != id(202) {
			t.Errorf("dead letters of a time: %+v, %v", dead, err)
		}
		latest, err := tx.Events().Latest()
		if err != nil {
			return err
		}
		if more, _, err := tx.Events().Since(latest, time.Time{}, 9); len(more) != 0 || err != nil {
			t.Errorf("behind the latest there is more: %+v, %v", more, err)
		}
		return nil
	})
	latest := ""
	view(t, s, alice, func(tx store.Tx) (err error) {
		latest, err = tx.Events().Latest()
		return err
	})
	update(t, s, everywhere, func(tx store.Tx) error {
		return tx.Emit(waybill.Event{ID: id(400), Account: "a1", Kind: waybill.ShipmentCreated})
	})
	view(t, s, alice, func(tx store.Tx) error {
		if more, _, err := tx.Events().Since(latest, time.Time{}, 9); len(more) != 1 || more[0].ID != id(400) || err != nil {
			t.Errorf("what came later: %+v, %v", more, err)
		}
		return nil
	})
	view(t, s, bob, func(tx store.Tx) error {
		returns, err := tx.Returns().Find(store.ReturnQuery{}, store.Page{Limit: 9})
		sent, failed := tx.Deliveries().Find(store.DeliveryQuery{}, store.Page{Limit: 9})
		if len(returns.Items)+len(sent.Items) != 0 {
			t.Error("another account's are seen")
		}
		return errors.Join(err, failed)
	})
}
