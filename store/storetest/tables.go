package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/store"
)

func testRoundTrip(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	want := Shipment("a1", id(1))
	want.Number = 42
	want.Attributes = json.RawMessage(`{"zero":0,"empty":"","html":"<&>"}`)
	residential := false
	want.To.Address.Residential = &residential
	want.Notices = []string{"", "na\u00efve \u0000 \U0001F4E6"}
	want = put(t, s, want)
	if want.Version != 1 || !want.Created.Equal(Start) || !want.Updated.Equal(Start) {
		t.Errorf("put sets %+v", want.Row)
	}
	check := func() {
		t.Helper()
		view(t, s, alice, func(tx store.Tx) error {
			got, err := tx.Shipments().Get(id(1))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("it came back changed (-put +got):\n%s", diff)
			}
			return err
		})
	}
	check()
	clock.Advance(time.Minute)
	update(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Shipments().Get(id(1))
		if err != nil {
			return err
		}
		v.Booking, v.Created = waybill.Cancelled, Start.AddDate(9, 0, 0)
		return tx.Shipments().Put(&v)
	})
	want.Booking, want.Version, want.Updated = waybill.Cancelled, 2, Start.Add(time.Minute)
	check()

	// Every set-up noun, and what hangs on a shipment, comes back too.
	update(t, s, alice, func(tx store.Tx) error {
		connection := waybill.Connection{Row: rowOf("a1", 2), ExternalID: "X", Sealed: []byte{0, 1, 255}, Settings: map[string]string{"empty": ""}}
		subscription := waybill.Subscription{Row: rowOf("a1", 3), Name: "hook", Kinds: []waybill.EventKind{waybill.ShipmentBooked}}
		document := waybill.Document{Row: rowOf("a1", 4), Shipment: id(1), Face: &waybill.Face{Piece: 1}}
		return errors.Join(tx.Connections().Put(&connection), tx.Subscriptions().Put(&subscription), tx.Documents().Put(&document))
	})
	view(t, s, alice, func(tx store.Tx) error {
		connection, err := tx.Connections().Get(id(2))
		if string(connection.Sealed) != "\x00\x01\xff" || len(connection.Settings) != 1 {
			t.Errorf("the connection came back as %+v", connection)
		}
		document, err2 := tx.Documents().Get(id(4))
		if document.Face == nil || document.Face.Piece != 1 {
			t.Errorf("the document came back as %+v", document)
		}
		return errors.Join(err, err2)
	})
}

func testVersions(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	v := put(t, s, Shipment("a1", id(1)))
	stale := v
	v.Group = "other"
	v = put(t, s, v)
	if v.Version != 2 {
		t.Errorf("the second version is %d", v.Version)
	}
	ctx := context.Background()
	err := s.Update(ctx, alice, func(tx store.Tx) error { return tx.Shipments().Put(&stale) })
	wants(t, "putting a replaced version", err, waybill.Conflict, waybill.ReasonVersion)
	if stale.Version != 1 {
		t.Errorf("a refused Put left version %d in the caller's record", stale.Version)
	}
	err = s.Update(ctx, alice, func(tx store.Tx) error { return tx.Shipments().Delete(v.ID, 1) })
	wants(t, "deleting a replaced version", err, waybill.Conflict, waybill.ReasonVersion)
	missing := Shipment("a1", id(9))
	missing.Version = 3
	err = s.Update(ctx, alice, func(tx store.Tx) error { return tx.Shipments().Put(&missing) })
	wants(t, "replacing what is not there", err, waybill.NotFound, waybill.ReasonUnknownShipment)
	twice := Shipment("a1", id(1))
	twice.Reference = "another"
	err = s.Update(ctx, alice, func(tx store.Tx) error { return tx.Shipments().Put(&twice) })
	wants(t, "inserting an id twice", err, waybill.Conflict, waybill.ReasonTaken)

	update(t, s, alice, func(tx store.Tx) error { return tx.Shipments().Delete(v.ID, 2) })
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().Get(v.ID)
		wants(t, "getting what was deleted", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		found, err := tx.Shipments().ByTracking(v.Tracking)
		if len(found) != 0 {
			t.Errorf("a deleted shipment is found by its number")
		}
		return err
	})
	put(t, s, Shipment("a1", id(2))) // and its reference is free
}

func testKeysUnique(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	ctx := context.Background()
	insert := func(a waybill.Actor, fn func(store.Tx) error) error { return s.Update(ctx, a, fn) }
	location := func(account waybill.ID, n int, key string, number int64) func(store.Tx) error {
		return func(tx store.Tx) error {
			v := waybill.Location{Row: rowOf(account, n), ExternalID: key}
			v.Number = number
			return tx.Locations().Put(&v)
		}
	}
	for _, fn := range []error{insert(alice, location("a1", 1, "7709", 7709)), insert(bob, location("b1", 2, "7709", 7709)), insert(alice, location("a1", 3, "", 0)), insert(alice, location("a1", 4, "", 0))} {
		if fn != nil {
			t.Fatal(fn)
		}
	}
	wants(t, "a location key in use", insert(alice, location("a1", 5, "7709", 1)), waybill.Conflict, waybill.ReasonTaken)
	wants(t, "a location number in use", insert(alice, location("a1", 6, "other", 7709)), waybill.Conflict, waybill.ReasonTaken)
	user := func(account waybill.ID, n int, mail string) func(store.Tx) error {
		return func(tx store.Tx) error {
			return tx.Users().Put(&waybill.User{Row: rowOf(account, n), Email: mail})
		}
	}
	if err := insert(alice, user("a1", 10, "Ana@Example.com")); err != nil {
		t.Fatal(err)
	}
	wants(t, "a user of another account with the same e-mail", insert(bob, user("b1", 11, "ana@example.COM")), waybill.Conflict, waybill.ReasonTaken)
	client := func(account waybill.ID, n int) func(store.Tx) error {
		return func(tx store.Tx) error {
			return tx.Clients().Put(&waybill.Client{Row: rowOf(account, n), ClientID: "shop"})
		}
	}
	if err := insert(alice, client("a1", 12)); err != nil {
		t.Fatal(err)
	}
	wants(t, "a client id in use elsewhere", insert(bob, client("b1", 13)), waybill.Conflict, waybill.ReasonTaken)
	put(t, s, Shipment("a1", id(20)))
	again := Shipment("a1", id(21))
	again.Reference = "REF-" + string(id(20))
	wants(t, "a reference in use", insert(alice, func(tx store.Tx) error { return tx.Shipments().Put(&again) }), waybill.Conflict, waybill.ReasonDuplicate)
	again.Account = "b1"
	put(t, s, again) // another account's reference

	view(t, s, everywhere, func(tx store.Tx) error {
		v, err := tx.Users().ByKey("ana@example.com")
		if v.ID != id(10) {
			t.Errorf("by key: %+v, %v", v, err)
		}
		l, err := tx.Locations().ByNumber(7709)
		if l.ExternalID != "7709" {
			t.Errorf("by number: %+v, %v", l, err)
		}
		_, err = tx.Locations().ByKey("")
		wants(t, "an empty key", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		_, err = tx.Locations().ByNumber(0)
		wants(t, "number 0", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		return nil
	})
	bad := waybill.Tag{Row: rowOf("a1", 30), Name: "a\x00b"}
	wants(t, "a key no database keeps", insert(alice, func(tx store.Tx) error { return tx.Tags().Put(&bad) }), waybill.Invalid, waybill.ReasonFields)
}

func testSticky(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	v := put(t, s, Shipment("a1", id(1)))
	err := s.Update(context.Background(), alice, func(tx store.Tx) error {
		if _, err := tx.Shipments().ByReference("nobody"); err == nil {
			t.Error("an unknown reference was found")
		}
		other := Shipment("a1", id(2))
		if err := tx.Shipments().Put(&other); err != nil { // a NotFound is an answer, not a doom
			t.Errorf("after a NotFound: %v", err)
		}
		stale := v
		stale.Version = 7
		first := tx.Shipments().Put(&stale)
		wants(t, "the first error", first, waybill.Conflict, waybill.ReasonVersion)
		_, second := tx.Shipments().Get(v.ID)
		wants(t, "every later call", second, waybill.Conflict, waybill.ReasonVersion)
		wants(t, "a later write", tx.Emit(waybill.Event{ID: id(3), Account: "a1"}), waybill.Conflict, waybill.ReasonVersion)
		return nil // the closure says all is well
	})
	wants(t, "Update", err, waybill.Conflict, waybill.ReasonVersion)
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().Get(id(2))
		wants(t, "what was put before the error", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		return nil
	})
}

func testAtomic(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	v, shop := Shipment("a1", id(1)), waybill.Brand{Row: rowOf("a1", 2), ExternalID: "shop"}
	refusal := waybill.E("test", waybill.ReasonBalance, "too poor")
	err := s.Update(context.Background(), alice, func(tx store.Tx) error {
		for _, err := range []error{
			tx.Shipments().Put(&v), tx.Brands().Put(&shop),
			tx.Emit(waybill.Event{ID: id(3), Account: "a1", Shipment: id(1)}),
			tx.Enqueue(waybill.Job{ID: id(4), Account: "a1", Kind: waybill.JobSettle, Key: "k"}),
			tx.Keys().Put(store.Key{Account: "a1", Surface: "x", Key: "k", Expires: tx.Now().Add(time.Hour)}),
		} {
			if err != nil {
				return err
			}
		}
		return refusal
	})
	if !errors.Is(err, error(refusal)) {
		t.Errorf("the closure's own error became %v", err)
	}
	if v.Version != 0 || shop.Version != 0 {
		t.Errorf("the callers' records say they are stored: %d, %d", v.Version, shop.Version)
	}
	view(t, s, alice, func(tx store.Tx) error {
		if n, _, err := tx.Shipments().Count(store.ShipmentQuery{}, 10); n != 0 || err != nil {
			t.Errorf("%d shipments, %v", n, err)
		}
		if list, err := tx.Brands().All(); len(list) != 0 || err != nil {
			t.Errorf("%d brands, %v", len(list), err)
		}
		if list, _, err := tx.Events().Since("", time.Time{}, 10); len(list) != 0 || err != nil {
			t.Errorf("%d events, %v", len(list), err)
		}
		if _, found, err := tx.Keys().Get("x", "k"); found || err != nil {
			t.Errorf("the key is there, %v", err)
		}
		return nil
	})
	if depth, err := s.Queue().Depth(context.Background()); len(depth) != 0 || err != nil {
		t.Errorf("jobs: %v, %v", depth, err)
	}
	// The same values go in at the second try.
	update(t, s, alice, func(tx store.Tx) error { return errors.Join(tx.Shipments().Put(&v), tx.Brands().Put(&shop)) })
}

func testPanic(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("recovered %v", p)
			}
		}()
		s.Update(context.Background(), alice, func(tx store.Tx) error {
			v := Shipment("a1", id(1))
			if err := tx.Shipments().Put(&v); err != nil {
				return err
			}
			panic("boom")
		})
		t.Error("the panic was swallowed")
	}()
	exited := make(chan struct{})
	go func() { // as testing's FailNow does it
		defer close(exited)
		s.Update(context.Background(), alice, func(tx store.Tx) error {
			v := Shipment("a1", id(2))
			if err := tx.Shipments().Put(&v); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
		t.Error("the end of the goroutine was swallowed")
	}()
	<-exited
	put(t, s, Shipment("a1", id(3)))
	view(t, s, alice, func(tx store.Tx) error {
		list, err := tx.Shipments().GetMany([]waybill.ID{id(3), id(2), id(1)})
		if len(list) != 1 {
			t.Errorf("%d of three shipments are there", len(list))
		}
		return err
	})
}

func testView(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	put(t, s, Shipment("a1", id(1)))
	err := s.View(context.Background(), alice, func(tx store.Tx) error {
		count := func() int {
			n, _, err := tx.Shipments().Count(store.ShipmentQuery{}, 10)
			if err != nil {
				t.Error(err)
			}
			return n
		}
		before := count()
		put(t, s, Shipment("a1", id(2)))
		if after := count(); before != 1 || after != 1 {
			t.Errorf("the snapshot moved from %d to %d", before, after)
		}
		tx.Emit(waybill.Event{ID: id(3), Account: "a1"})
		return nil
	})
	wants(t, "writing in a View", err, waybill.Internal, waybill.ReasonBug)
	var kept store.Tx
	update(t, s, alice, func(tx store.Tx) error { kept = tx; return nil })
	if _, err := kept.Shipments().Get(id(1)); err == nil {
		t.Error("a transaction can be used after its end")
	}
}
