package storetest

import (
	"context"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
)

func TestSmoke(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { smoke(t, SQLite(t, nil)) })
	t.Run("postgres", func(t *testing.T) { smoke(t, PostgreSQL(t, nil)) })
}

func smoke(t *testing.T, s *sqlstore.Store) {

	ctx := context.Background()
	a := waybill.Actor{Kind: waybill.ActorUser, Account: "acc1"}
	sh := waybill.Shipment{Row: waybill.Row{ID: "s1", Account: "acc1"}, Reference: "R1", Booking: waybill.Draft, Transit: waybill.TransitNone}
	err := s.Update(ctx, a, func(tx store.Tx) error {
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
		if err := tx.Emit(waybill.Event{ID: "e1", Account: "acc1", Shipment: "s1"}); err != nil {
			return err
		}
		loc := waybill.Location{Row: waybill.Row{ID: "l1", Account: "acc1", Number: 7709}, ExternalID: "7709"}
		if err := tx.Locations().Put(&loc); err != nil {
			return err
		}
		return tx.Enqueue(waybill.Job{ID: "j1", Account: "acc1", Kind: waybill.JobSettle, Key: "settle:1", Lane: "x"})
	})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := s.Queue().Claim(ctx, nil, 5, 60e9)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	err = s.View(ctx, a, func(tx store.Tx) error {
		slice, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: 10})
		t.Logf("%+v", slice)
		if err != nil {
			return err
		}
		ev, cur, err := tx.Events().Since("", 10)
		t.Log(ev, cur, err)
		n, ok, err := tx.Shipments().Count(store.ShipmentQuery{Booking: []waybill.Booking{waybill.Draft}}, 10)
		t.Log(n, ok, err)
		got, err := tx.Shipments().ByReference("R1")
		t.Log(got.Reference, err)
		l, err := tx.Locations().ByKey("7709")
		t.Log(l.Number, err)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Numbers(ctx, 3)
	t.Log(first, err)
	sum, err := s.Blobs().Put(ctx, []byte("hello"))
	t.Log(sum, err)
}
