package sqlstore_test

import (
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/store"
	"waybill/store/storetest"
)

// Who reads upwards by time to the end, and goes on from there, misses nothing of what is written meanwhile, though
// on PostgreSQL the later of two writes may be done first.
func TestFollowingMissesNothing(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.URL, cfg.Clock = storetest.Postgres(t), nil
	s := storetest.Open(t, cfg)
	write := func(n int, held func()) {
		err := s.Update(t.Context(), alice, func(tx store.Tx) error {
			err := tx.Shipments().Put(&waybill.Shipment{Row: waybill.Row{ID: id(n), Account: alice.Account}})
			held()
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	follow := func(order store.Order) (seen []waybill.ID, next string) {
		err := s.View(t.Context(), alice, func(tx store.Tx) error {
			slice, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: 10, Order: order, Ascending: true, Settled: true})
			seen, next = nil, slice.Next
			for _, s := range slice.Items {
				seen = append(seen, s.ID)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return seen, next
	}
	write(1, func() {})
	written, release, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		write(2, func() { close(written); <-release })
	}()
	<-written
	write(3, func() {})
	for _, order := range []store.Order{store.ByCreated, store.ByUpdated} {
		if seen, next := follow(order); !slices.Equal(seen, []waybill.ID{id(1)}) || next != "" {
			t.Errorf("by %s, while the second is still being written: %v, then %q", order, seen, next)
		}
	}
	var settled time.Time
	var all []waybill.Shipment
	err := s.View(t.Context(), alice, func(tx store.Tx) (err error) {
		if settled, err = tx.Settled(); err == nil {
			all, err = tx.Shipments().GetMany([]waybill.ID{id(1), id(3)})
		}
		return err
	})
	if err != nil || len(all) != 2 || !settled.After(all[0].Created) || !settled.Before(all[1].Created) {
		t.Errorf("settled until %v, of %v, %v", settled, all, err)
	}
	close(release)
	<-done
	for _, order := range []store.Order{store.ByCreated, store.ByUpdated} {
		if seen, _ := follow(order); !slices.Equal(seen, []waybill.ID{id(1), id(2), id(3)}) {
			t.Errorf("by %s, when all is written: %v", order, seen)
		}
	}
}
