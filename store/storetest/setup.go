package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

func logged(account waybill.ID, n int) waybill.AuditEntry {
	return waybill.AuditEntry{Row: rowOf(account, n), Kind: "rule", Record: "r1", Name: "Heavy", Action: waybill.AuditChanged, Fields: []string{"when"}, Actor: "pat"}
}

// testAudit: entries stay as they were written and are listed by time, then id, whatever is added meanwhile.
func testAudit(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	var want []waybill.ID
	for n := 1; n <= 7; n++ {
		e := logged("a1", n)
		if n > 5 {
			e.Kind, e.Record = "tag", "t1"
		}
		update(t, s, alice, func(tx store.Tx) error { return tx.Audit().Add(e) })
		want = append(want, e.ID)
		if n%2 == 0 {
			clock.Advance(time.Second) // two of each moment
		}
	}
	other := logged("b1", 20)
	update(t, s, bob, func(tx store.Tx) error { return tx.Audit().Add(other) })
	find := func(a waybill.Actor, q store.AuditQuery, page store.Page) (slice store.Slice[waybill.AuditEntry]) {
		t.Helper()
		view(t, s, a, func(tx store.Tx) (err error) { slice, err = tx.Audit().Find(q, page); return err })
		return slice
	}
	idsOf := func(slice store.Slice[waybill.AuditEntry]) (ids []waybill.ID) {
		for _, e := range slice.Items {
			ids = append(ids, e.ID)
		}
		return ids
	}
	var seen []waybill.ID
	for page := (store.Page{Limit: 3, Ascending: true}); ; {
		slice := find(alice, store.AuditQuery{}, page)
		seen = append(seen, idsOf(slice)...)
		if page.After = slice.Next; page.After == "" {
			break
		}
	}
	same(t, "oldest first", seen, want)
	first := find(alice, store.AuditQuery{}, store.Page{Limit: 3})
	newest := slices.Clone(want)
	slices.Reverse(newest)
	same(t, "newest first", idsOf(first), newest[:3])
	second := find(alice, store.AuditQuery{}, store.Page{Limit: 3, After: first.Next})
	late := logged("a1", 9)
	update(t, s, alice, func(tx store.Tx) error { return tx.Audit().Add(late) })
	same(t, "the second page", idsOf(second), newest[3:6])
	same(t, "the way back", idsOf(find(alice, store.AuditQuery{}, store.Page{Limit: 3, Before: second.Prev})), newest[:3])
	same(t, "of a kind", idsOf(find(alice, store.AuditQuery{Kind: "tag"}, store.Page{Limit: 9})), []waybill.ID{id(7), id(6)})
	all := find(alice, store.AuditQuery{}, store.Page{Limit: 99}).Items
	var since []waybill.ID
	for _, e := range all {
		if !e.Created.Before(first.Items[0].Created) {
			since = append(since, e.ID)
		}
	}
	if same(t, "since a time", idsOf(find(alice, store.AuditQuery{From: first.Items[0].Created}, store.Page{Limit: 99})), since); len(since) == 0 || len(since) == len(all) {
		t.Errorf("%d of %d are since then", len(since), len(all))
	}
	if n := len(find(alice, store.AuditQuery{Record: "r1"}, store.Page{Limit: 9}).Items); n != 6 {
		t.Errorf("%d entries of a record", n)
	}
	same(t, "another account's", idsOf(find(bob, store.AuditQuery{Record: "r1"}, store.Page{Limit: 9})), []waybill.ID{id(20)})
	if got := find(bob, store.AuditQuery{}, store.Page{Limit: 1}).Items[0]; got.Fields[0] != "when" || got.Actor != "pat" || got.Created.IsZero() {
		t.Errorf("it came back as %+v", got)
	}
	err := s.View(t.Context(), bob, func(tx store.Tx) error {
		_, err := tx.Audit().Find(store.AuditQuery{}, store.Page{Limit: 3, After: first.Next})
		return err
	})
	wants(t, "another's cursor", err, waybill.Invalid, waybill.ReasonBadCursor)
	err = s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Audit().Add(logged("b1", 21)) })
	wants(t, "an entry in another account", err, waybill.NotFound, waybill.ReasonUnknownRecord)
	if err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Audit().Add(logged("a1", 1)) }); err == nil {
		t.Error("an entry was written over")
	}
}

// testAddresses: a reference is unique in the account, and nobody's cache is told that an address was saved.
func testAddresses(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	epoch := func() (n int64) {
		view(t, s, alice, func(tx store.Tx) (err error) { n, err = tx.Epoch("a1"); return err })
		return n
	}
	before := epoch()
	office := waybill.SavedAddress{Row: rowOf("a1", 1), Reference: "office", Party: waybill.Party{Address: waybill.Address{City: "Bath", Country: "GB"}}}
	theirs := waybill.SavedAddress{Row: rowOf("b1", 2), Reference: "office"}
	update(t, s, everywhere, func(tx store.Tx) error { return errors.Join(tx.Addresses().Put(&office), tx.Addresses().Put(&theirs)) })
	view(t, s, alice, func(tx store.Tx) error {
		found, err := tx.Addresses().ByKey("office")
		all, err1 := tx.Addresses().All()
		if found.ID != id(1) || found.Party.Address.City != "Bath" || len(all) != 1 {
			t.Errorf("%+v, %d in all", found, len(all))
		}
		_, hidden := tx.Addresses().Get(id(2))
		wants(t, "another account's address", hidden, waybill.NotFound, waybill.ReasonUnknownRecord)
		return errors.Join(err, err1)
	})
	again := waybill.SavedAddress{Row: rowOf("a1", 3), Reference: "office"}
	err := s.Update(t.Context(), alice, func(tx store.Tx) error { return tx.Addresses().Put(&again) })
	wants(t, "a reference in use", err, waybill.Conflict, waybill.ReasonTaken)
	if after := epoch(); after != before {
		t.Errorf("the epoch went from %d to %d", before, after)
	}
}
