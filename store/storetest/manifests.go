package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// consignment is a booked shipment of c1 at l1 that leaves on a day.
func consignment(account waybill.ID, n int, day string) waybill.Consignment {
	return waybill.Consignment{
		Shipment: id(n), Account: account, Purchase: id(100 + n), Connection: "c1", Location: "l1", Day: day, Parcels: 2, Grams: 750,
		Booked: Start.Add(time.Duration(n) * time.Second),
	}
}

func leaving(account waybill.ID, waiting bool, days ...string) store.LeavingQuery {
	return store.LeavingQuery{Account: account, Connection: "c1", Location: "l1", Days: days, Waiting: waiting}
}

func manifest(account waybill.ID, n int, state waybill.ManifestState) waybill.Manifest {
	return waybill.Manifest{Row: rowOf(account, n), Connection: "c1", Location: "l1", Day: "2026-01-05", State: state, Deadline: Start}
}

// shipmentsOf are the ids of consignments.
func shipmentsOf(list []waybill.Consignment) (ids []waybill.ID) {
	for _, c := range list {
		ids = append(ids, c.Shipment)
	}
	return ids
}

// testManifests: what waits is claimed once, is free again when released, and not while it is given up; of a
// connection, a location and a day one manifest at most is open; lists neither skip nor repeat.
func testManifests(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	const day, next = "2026-01-05", "2026-01-06"
	update(t, s, everywhere, func(tx store.Tx) error {
		var errs []error
		for n := 1; n <= 4; n++ {
			errs = append(errs, tx.Consignments().Add(consignment("a1", n, day)))
		}
		return errors.Join(append(errs, tx.Consignments().Add(consignment("a1", 5, next)), tx.Consignments().Add(consignment("a2", 6, day)))...)
	})
	do := func(who waybill.Actor, fn func(tx store.Tx) error) error { return s.Update(t.Context(), who, fn) }
	update(t, s, alice, func(tx store.Tx) error {
		later := consignment("a1", 5, next)
		later.Purchase, later.Parcels = id(200), 1
		again := consignment("a1", 1, next) // of the same purchase: it stays as it was
		return errors.Join(tx.Consignments().Add(again), tx.Consignments().Add(later))
	})
	view(t, s, alice, func(tx store.Tx) error {
		list, err := tx.Consignments().Leaving(leaving("a1", true, day), 9)
		same(t, "what leaves", shipmentsOf(list), []waybill.ID{id(1), id(2), id(3), id(4)})
		if len(list) > 0 && list[0] != consignment("a1", 1, day) {
			t.Errorf("it came back as %+v", list[0])
		}
		both, err1 := tx.Consignments().Leaving(leaving("a1", true, next, day), 5)
		same(t, "on either day", shipmentsOf(both), []waybill.ID{id(1), id(2), id(3), id(4), id(5)})
		foreign, err2 := tx.Consignments().Leaving(leaving("a2", true, day), 9)
		of, err3 := tx.Consignments().Of(id(5), id(6), id(99))
		same(t, "of named ones", shipmentsOf(append(foreign, of...)), []waybill.ID{id(5)})
		return errors.Join(err, err1, err2, err3)
	})
	claim := func(who waybill.Actor, m waybill.Manifest, shipments ...waybill.ID) error {
		return do(who, func(tx store.Tx) error {
			fresh := m
			if err := tx.Manifests().Put(&fresh); err != nil {
				return err
			}
			return tx.Consignments().Claim(m.ID, shipments)
		})
	}
	if err := claim(alice, manifest("a1", 20, waybill.ManifestRequested), id(1), id(2)); err != nil {
		t.Fatal(err)
	}
	if err := claim(alice, manifest("a1", 21, waybill.ManifestUnsure), id(3)); waybill.ReasonOf(err) != waybill.ReasonTaken {
		t.Errorf("two are open at once: %v", err)
	}
	for name, ids := range map[string][]waybill.ID{"one that is on another": {id(3), id(2)}, "another account's": {id(6)}, "nobody's": {id(99)}} {
		if err := claim(alice, manifest("a1", 22, waybill.ManifestClosed), ids...); waybill.ReasonOf(err) != waybill.ReasonTaken {
			t.Errorf("claimed %s: %v", name, err)
		}
	}
	view(t, s, alice, func(tx store.Tx) error {
		open, err := tx.Manifests().Open("a1", "c1", "l1", day)
		if err != nil || open.ID != id(20) {
			t.Errorf("the open one: %+v, %v", open, err)
		}
		on, err1 := tx.Consignments().On(id(20), "", 9)
		rest, err2 := tx.Consignments().On(id(20), id(1), 9)
		same(t, "on it, and after the first", shipmentsOf(append(on, rest...)), []waybill.ID{id(1), id(2), id(2)})
		waiting, err3 := tx.Consignments().Waiting([]string{day, next})
		same(t, "what waits", waiting, []store.Waiting{
			{Latest: Start.Add(4 * time.Second), Account: "a1", Connection: "c1", Location: "l1", Day: day, Shipments: 2, Parcels: 4},
			{Latest: Start.Add(5 * time.Second), Account: "a1", Connection: "c1", Location: "l1", Day: next, Shipments: 1, Parcels: 1},
		})
		gone, err4 := tx.Consignments().Leaving(leaving("a1", false, day), 1)
		same(t, "what is on one, to a limit", shipmentsOf(gone), []waybill.ID{id(1)})
		return errors.Join(err, err1, err2, err3, err4)
	})
	given := consignment("a1", 3, day)
	err := do(alice, func(tx store.Tx) error { return tx.Consignments().Mark(given, waybill.ConsignmentVoiding) })
	if err != nil {
		t.Fatal(err)
	}
	if err := do(alice, func(tx store.Tx) error { return tx.Consignments().Mark(given, waybill.ConsignmentVoiding) }); waybill.ReasonOf(err) != waybill.ReasonVersion {
		t.Errorf("marked on what was read before: %v", err)
	}
	if err := do(alice, func(tx store.Tx) error {
		return tx.Consignments().Mark(consignment("a2", 6, day), waybill.ConsignmentVoided)
	}); err == nil {
		t.Error("another account's was marked")
	}
	if err := claim(alice, manifest("a1", 23, waybill.ManifestClosed), id(3)); waybill.ReasonOf(err) != waybill.ReasonTaken {
		t.Errorf("claimed while it is given up: %v", err)
	}
	warn := func(who waybill.Actor, days ...string) (fresh int) {
		update(t, s, who, func(tx store.Tx) (err error) {
			fresh, err = tx.Consignments().Warn(leaving("a1", true, days...))
			return err
		})
		return fresh
	}
	if first, again, more, foreign := warn(alice, day), warn(alice, day), warn(alice, day, next), warn(bob, next); first != 1 || again != 0 || more != 1 || foreign != 0 {
		t.Errorf("told of %d, again %d, with the next day's %d, by another %d", first, again, more, foreign)
	}
	update(t, s, alice, func(tx store.Tx) error {
		open, err := tx.Manifests().Get(id(20))
		if err != nil {
			return err
		}
		open.State = waybill.ManifestRefused
		return errors.Join(tx.Manifests().Put(&open), tx.Consignments().Release(open.ID))
	})
	if err := claim(alice, manifest("a1", 24, waybill.ManifestRequested), id(2), id(1), id(4)); err != nil {
		t.Errorf("after it was released: %v", err)
	}
	update(t, s, bob, func(tx store.Tx) error { return tx.Consignments().Release(id(24)) })
	view(t, s, bob, func(tx store.Tx) error {
		_, err := tx.Manifests().Get(id(24))
		_, failed := tx.Manifests().Open("a1", "c1", "l1", day)
		on, err1 := tx.Consignments().On(id(24), "", 9)
		list, err2 := tx.Manifests().Find(store.ManifestQuery{}, store.Page{Limit: 9})
		if !waybill.IsCode(err, waybill.NotFound) || !waybill.IsCode(failed, waybill.NotFound) || len(on)+len(list.Items) != 0 {
			t.Error("another account's manifests are seen")
		}
		return errors.Join(err1, err2)
	})
	view(t, s, alice, func(tx store.Tx) error {
		on, err := tx.Consignments().On(id(24), "", 9)
		same(t, "another account took nothing off", shipmentsOf(on), []waybill.ID{id(1), id(2), id(4)})
		return err
	})
	testManifestList(t, s, clock)
}

// testManifestList: the list by cursor and by its filters.
func testManifestList(t *testing.T, s store.Store, clock *waybill.ManualClock) {
	for n, day := range []string{"2026-01-07", "2026-01-08"} {
		clock.Advance(time.Second)
		update(t, s, alice, func(tx store.Tx) error {
			m := manifest("a1", 30+n, waybill.ManifestClosed)
			m.Day, m.Location = day, "l2"
			return tx.Manifests().Put(&m)
		})
	}
	find := func(q store.ManifestQuery, page store.Page) (ids []waybill.ID, slice store.Slice[waybill.Manifest]) {
		t.Helper()
		view(t, s, alice, func(tx store.Tx) (err error) {
			slice, err = tx.Manifests().Find(q, page)
			return err
		})
		for _, m := range slice.Items {
			ids = append(ids, m.ID)
		}
		return ids, slice
	}
	first, slice := find(store.ManifestQuery{}, store.Page{Limit: 2})
	same(t, "the newest", first, []waybill.ID{id(31), id(30)})
	second, _ := find(store.ManifestQuery{}, store.Page{Limit: 2, After: slice.Next})
	same(t, "and those before", second, []waybill.ID{id(24), id(20)})
	for name, c := range map[string]struct {
		q    store.ManifestQuery
		want []waybill.ID
	}{
		"of a day":       {store.ManifestQuery{Day: "2026-01-07"}, []waybill.ID{id(30)}},
		"of a location":  {store.ManifestQuery{Location: "l2"}, []waybill.ID{id(31), id(30)}},
		"of nobody":      {store.ManifestQuery{Connection: "c2"}, nil},
		"in states":      {store.ManifestQuery{States: []waybill.ManifestState{waybill.ManifestRequested, waybill.ManifestRefused}}, []waybill.ID{id(24), id(20)}},
		"changed lately": {store.ManifestQuery{UpdatedFrom: clock.Now()}, []waybill.ID{id(31)}},
	} {
		got, _ := find(c.q, store.Page{Limit: 9})
		same(t, name, got, c.want)
	}
}

// testClaims: manifests closed at the same moment share nothing.
func testClaims(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.NewManualClock(Start))
	const shipments, rivals = 300, 6
	ids := make([]waybill.ID, shipments)
	update(t, s, alice, func(tx store.Tx) error {
		for i := range ids {
			c := consignment("a1", 1000+i, "2026-01-05")
			if ids[i] = c.Shipment; tx.Consignments().Add(c) != nil {
				break
			}
		}
		return nil
	})
	errs := make([]error, rivals)
	var wait sync.WaitGroup
	for n := range rivals {
		wait.Go(func() {
			errs[n] = s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Consignments().Claim(id(n+1), ids) })
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if waybill.ReasonOf(err) != waybill.ReasonTaken {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d have the shipments", won, rivals)
	}
}
