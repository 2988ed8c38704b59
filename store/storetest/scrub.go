package storetest

import (
	"testing"

	"waybill"
	"waybill/store"
)

// testScrub: of what was replaced or removed nothing is left where the store keeps it, and what is there stays.
func testScrub(t *testing.T, h Harness) {
	const word = "zqscrubbed"
	s := h.Fresh(t, nil)
	named := func(n int, name string) waybill.Shipment {
		sh := Shipment("a1", id(n))
		sh.Reference, sh.To.Contact.Name = "R-"+string(id(n)), name
		return sh
	}
	replaced, removed, stays := named(1, word), named(2, word), named(3, "Ann")
	update(t, s, alice, func(tx store.Tx) error {
		for _, sh := range []*waybill.Shipment{&replaced, &removed, &stays} {
			if err := tx.Shipments().Put(sh); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, s, alice, func(tx store.Tx) error {
		replaced.To.Contact.Name = waybill.Erased
		if err := tx.Shipments().Put(&replaced); err != nil {
			return err
		}
		return tx.Shipments().Delete(removed.ID, removed.Version)
	})
	if len(h.Left(t, s, word)) == 0 {
		t.Fatal("nothing is left that could be scrubbed")
	}
	for range 2 { // it may be done again
		if err := s.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if left := h.Left(t, s, word); len(left) > 0 {
		t.Errorf("it is left in %v", left)
	}
	stays.To.Contact.Name = "Bob"
	update(t, s, alice, func(tx store.Tx) error { return tx.Shipments().Put(&stays) })
	view(t, s, alice, func(tx store.Tx) error {
		part, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: 10})
		if len(part.Items) != 2 {
			t.Errorf("%d shipments are there, not 2", len(part.Items))
		}
		for _, sh := range part.Items {
			if name := sh.To.Contact.Name; name != waybill.Erased && name != "Bob" {
				t.Errorf("%s is to %q", sh.ID, name)
			}
		}
		return err
	})
}
