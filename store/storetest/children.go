package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

func testChildren(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	for n := 3; n > 0; n-- { // ids against the order of creation
		clock.Advance(time.Second)
		update(t, s, alice, func(tx store.Tx) error {
			decision := waybill.Decision{Row: rowOf("a1", n), Shipment: "s1", Attempt: n}
			back := waybill.Return{Row: rowOf("a1", 10+n), Shipment: "s1"}
			alone := waybill.Return{Row: rowOf("a1", 20+n)}
			other := waybill.Document{Row: rowOf("a1", 30+n), Shipment: "s2"}
			return errors.Join(tx.Decisions().Put(&decision), tx.Returns().Put(&back), tx.Returns().Put(&alone), tx.Documents().Put(&other))
		})
	}
	view(t, s, alice, func(tx store.Tx) error {
		decisions, err := tx.Decisions().Of("s1")
		var attempts []int
		for _, d := range decisions {
			attempts = append(attempts, d.Attempt)
		}
		same(t, "decisions, oldest first", attempts, []int{3, 2, 1})
		back, err1 := tx.Returns().Of("s1")
		alone, err2 := tx.Returns().Of("")
		documents, err3 := tx.Documents().Of("s1")
		if len(back) != 3 || len(alone) != 3 || len(documents) != 0 {
			t.Errorf("%d returns of the shipment, %d alone, %d documents", len(back), len(alone), len(documents))
		}
		return errors.Join(err, err1, err2, err3)
	})
}

func testLists(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	states := []waybill.PurchaseState{waybill.Intent, waybill.Bought, waybill.Unsure, waybill.Intent}
	for n, state := range states {
		clock.Advance(time.Second)
		update(t, s, alice, func(tx store.Tx) error {
			p := waybill.Purchase{Row: rowOf("a1", n), Shipment: "s1", Key: "s1-" + string(id(n)), State: state}
			tracker := waybill.Tracker{Row: rowOf("a1", n), Shipment: "s1", Connection: "c1", Track: waybill.Tracking{Number: "N1"},
				Due: Start.Add(time.Duration(10-n) * time.Hour), Open: n != 1}
			delivery := waybill.Delivery{Row: rowOf("a1", n), Subscription: "w1", Shipment: "s1", State: []string{"pending", "delivered"}[n%2]}
			return errors.Join(tx.Purchases().Put(&p), tx.Trackers().Put(&tracker), tx.Deliveries().Put(&delivery))
		})
	}
	err := s.Update(context.Background(), alice, func(tx store.Tx) error {
		return tx.Purchases().Put(&waybill.Purchase{Row: rowOf("a1", 99), Shipment: "s1", Key: "s1-" + string(id(0)), State: waybill.Intent})
	})
	wants(t, "a second purchase under one key", err, waybill.Conflict, waybill.ReasonTaken)
	view(t, s, everywhere, func(tx store.Tx) error {
		ids := func(list []waybill.Purchase) (ids []waybill.ID) {
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids
		}
		list, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent, waybill.Unsure}, 2)
		same(t, "open purchases, oldest first", ids(list), []waybill.ID{id(0), id(2)})
		list, err1 := tx.Purchases().Of("s1")
		same(t, "purchases of the shipment", ids(list), []waybill.ID{id(0), id(1), id(2), id(3)})

		due, err2 := tx.Trackers().Due("c1", Start.Add(9*time.Hour), 10)
		var numbers []waybill.ID
		for _, v := range due {
			numbers = append(numbers, v.ID)
		}
		same(t, "due trackers, the longest due first, closed ones left out", numbers, []waybill.ID{id(3), id(2)})
		oldest, err3 := tx.Trackers().OldestDue("c1")
		if !oldest.Equal(Start.Add(7 * time.Hour)) {
			t.Errorf("the oldest is due %v", oldest)
		}
		none, err4 := tx.Trackers().OldestDue("c2")
		if !none.IsZero() {
			t.Errorf("a connection without trackers has one due %v", none)
		}
		newest, err5 := tx.Trackers().ByNumber("c1", "N1")
		if newest.ID != id(3) {
			t.Errorf("of trackers with one number the newest is wanted, got %s", newest.ID)
		}
		_, unknown := tx.Trackers().ByNumber("c2", "N1")
		wants(t, "a number of another connection", unknown, waybill.NotFound, waybill.ReasonUnknownRecord)

		for what, want := range map[string]struct {
			connection waybill.ID
			since      time.Time
			numbers    []string
			taken      []string
		}{
			"anybody's numbers":             {"c1", Start, []string{"N2", "N1", "N1"}, []string{"N1"}},
			"a number of long ago":          {"c1", tx.Now().Add(time.Hour), []string{"N1"}, nil},
			"a number of another carrier's": {"c2", Start, []string{"N1"}, nil},
			"no number":                     {"c1", Start, nil, nil},
		} {
			var taken []string
			update(t, s, bob, func(tx store.Tx) (err error) {
				taken, err = tx.Trackers().Taken(want.connection, want.numbers, want.since)
				return err
			})
			same(t, what, taken, want.taken)
		}

		deliveries, err6 := tx.Deliveries().Of("w1", "", 3)
		var all []waybill.ID
		for _, v := range deliveries {
			all = append(all, v.ID)
		}
		same(t, "deliveries, newest first", all, []waybill.ID{id(3), id(2), id(1)})
		told, err8 := tx.Deliveries().About("s1")
		if len(told) != 4 || told[0].ID != id(0) || told[3].ID != id(3) {
			t.Errorf("of the shipment's deliveries, oldest first: %+v", told)
		}
		pending, err7 := tx.Deliveries().Of("w1", "pending", 10)
		if len(pending) != 2 {
			t.Errorf("%d deliveries are pending, want 2", len(pending))
		}
		return errors.Join(err, err1, err2, err3, err4, err5, err6, err7, err8)
	})
}

func testOrder(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start.Add(123456 * time.Microsecond))
	s := h.Fresh(t, clock)
	// A collation would mix these; bytes do not.
	keys := []string{"Zebra", "apple", "\u00c5ngstr\u00f6m", "zebra", "Apple", "10", "9", "_", "\U0001F4E6", "\uff21"}
	for n, key := range keys {
		update(t, s, alice, func(tx store.Tx) error {
			return tx.Keys().Put(store.Key{Account: "a1", Surface: key, Key: "k", Running: n%2 == 0, Expires: Start.Add(time.Hour)})
		})
		// As ids, which break the ties of one moment: the only text that lists are sorted by.
		v := Shipment("a1", waybill.ID(key))
		v.Tracking = ""
		put(t, s, v)
	}
	view(t, s, alice, func(tx store.Tx) error {
		slice, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: 100, Ascending: true})
		var got []string
		for _, v := range slice.Items {
			got = append(got, string(v.ID))
			if !v.Created.Equal(Start.Add(123456 * time.Microsecond)) {
				t.Errorf("created %v has lost its microseconds", v.Created)
			}
			if v.Created.Location() != time.UTC {
				t.Errorf("created is in %v", v.Created.Location())
			}
		}
		same(t, "by bytes", got, []string{"10", "9", "Apple", "Zebra", "_", "apple", "zebra", "\u00c5ngstr\u00f6m", "\uff21", "\U0001F4E6"})
		for _, key := range keys {
			k, found, err := tx.Keys().Get(key, "k")
			if !found || err != nil || k.Surface != key {
				t.Errorf("key %q: %v %v", key, found, err)
			}
		}
		if _, found, _ := tx.Keys().Get("ZEBRA", "k"); found {
			t.Error("keys do not tell upper from lower case")
		}
		return err
	})
	nano := Start.Add(1500 * time.Nanosecond)
	clock.Set(nano)
	update(t, s, alice, func(tx store.Tx) error {
		if tx.Now() != Start.Add(time.Microsecond) {
			t.Errorf("Now is %v, not in whole microseconds", tx.Now())
		}
		return nil
	})
}
