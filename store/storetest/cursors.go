package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// testCursors walks a list in both directions while shipments come and go around the cursor: each that
// was there all the time is met exactly once.
func testCursors(t *testing.T, h Harness) {
	for _, ascending := range []bool{false, true} {
		for _, q := range []store.ShipmentQuery{{}, {Terms: []store.Term{{Field: store.TermCity, Value: "portland"}}}, {Booking: []waybill.Booking{waybill.Booked}}} {
			clock := waybill.NewManualClock(Start)
			s := h.Fresh(t, clock)
			var stay []waybill.ID
			for n := range 60 {
				v := put(t, s, Shipment("a1", id(1000+n)))
				if n%3 == 0 {
					clock.Advance(time.Second)
				}
				if n%5 != 4 {
					stay = append(stay, v.ID)
				}
			}
			met := map[waybill.ID]int{}
			page := store.Page{Limit: 4, Ascending: ascending}
			page, last := follow(t, s, q, page, met, func(n int) {
				update(t, s, alice, func(tx store.Tx) error { // one that was there goes, a new one comes
					if gone := id(1000 + 5*n + 4); n < 12 {
						if err := tx.Shipments().Delete(gone, 1); err != nil {
							return err
						}
					}
					v := Shipment("a1", id(5000+n))
					return tx.Shipments().Put(&v)
				})
			})
			once(t, fmt.Sprintf("ascending %v, %+v", ascending, q), stay, met)
			// And back again from the end.
			met = map[waybill.ID]int{}
			page.After, page.Before = "", last
			follow(t, s, q, page, met, func(n int) { put(t, s, Shipment("a1", id(9000+n))) })
			var rest []waybill.ID
			for _, v := range stay {
				if met[v] > 0 {
					rest = append(rest, v)
				}
			}
			once(t, "back", rest, met)
			if len(rest) < len(stay)-2*page.Limit {
				t.Errorf("on the way back %d of %d were met", len(rest), len(stay))
			}
		}
	}
}

// follow reads a list page by page in the direction of its cursor, something happening in between. It
// answers the last page asked for and the cursor back from it.
func follow(t testing.TB, s store.Store, q store.ShipmentQuery, page store.Page, met map[waybill.ID]int, between func(n int)) (store.Page, string) {
	t.Helper()
	for n := range 200 {
		var slice store.Slice[waybill.Shipment]
		view(t, s, alice, func(tx store.Tx) (err error) {
			slice, err = tx.Shipments().Find(q, page)
			return err
		})
		for _, v := range slice.Items {
			met[v.ID]++
		}
		next := &page.After
		cursor := slice.Next
		if page.Before != "" {
			next, cursor = &page.Before, slice.Prev
		}
		if cursor == "" {
			return page, slice.Prev
		}
		*next = cursor
		if n < 20 { // then it is left to end
			between(n)
		}
	}
	t.Fatal("the list has no end")
	return page, ""
}

func once(t testing.TB, what string, stay []waybill.ID, met map[waybill.ID]int) {
	t.Helper()
	for _, v := range stay {
		if met[v] != 1 {
			t.Errorf("%s: %s was met %d times", what, v, met[v])
		}
	}
	for v, n := range met {
		if n > 1 {
			t.Errorf("%s: %s was met %d times", what, v, n)
		}
	}
}

func testForeignCursor(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	for n := range 5 {
		put(t, s, Shipment("a1", id(n)))
	}
	view(t, s, alice, func(tx store.Tx) error {
		q, page := store.ShipmentQuery{Group: "wave-1"}, store.Page{Limit: 2}
		slice, err := tx.Shipments().Find(q, page)
		if err != nil || slice.Next == "" || slice.Prev != "" {
			t.Fatalf("the first page: next %q, prev %q, %v", slice.Next, slice.Prev, err)
		}
		refuse := func(what string, q store.ShipmentQuery, page store.Page) {
			t.Helper()
			_, err := tx.Shipments().Find(q, page)
			wants(t, what, err, waybill.Invalid, waybill.ReasonBadCursor)
		}
		page.After = slice.Next
		refuse("another query's", store.ShipmentQuery{Group: "other"}, page)
		refuse("no query's", store.ShipmentQuery{}, page)
		other := page
		other.Ascending = true
		refuse("another direction's", q, other)
		other = page
		other.Order = store.ByUpdated
		refuse("another order's", q, other)
		for _, forged := range []string{"x", "%%%", slice.Next + "A", slice.Next[:len(slice.Next)-2], flip(slice.Next)} {
			other := page
			other.After = forged
			refuse(fmt.Sprintf("forged %q", forged), q, other)
		}
		page.Limit = 1 // the size of the page is free to change
		slice, err = tx.Shipments().Find(q, page)
		if len(slice.Items) != 1 || slice.Items[0].ID != id(2) {
			t.Errorf("the third shipment is wanted: %d, %v", len(slice.Items), err)
		}
		return nil
	})
	view(t, s, everywhere, func(tx store.Tx) error {
		q, page := store.ShipmentQuery{}, store.Page{Limit: 2}
		slice, err := tx.Shipments().Find(q, page)
		if err != nil {
			return err
		}
		page.After = slice.Next
		view(t, s, alice, func(tx store.Tx) error {
			_, err := tx.Shipments().Find(q, page)
			wants(t, "another actor's", err, waybill.Invalid, waybill.ReasonBadCursor)
			return nil
		})
		return nil
	})
}

// flip changes the first character: a bit of the position, not of the signature.
func flip(cursor string) string {
	first := "B"
	if cursor[0] == 'B' {
		first = "C"
	}
	return first + cursor[1:]
}

func testOffset(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	all := crowd(t, s, clock, 60)
	for n, q := range queries(Start, clock.Now())[:20] {
		for _, a := range []waybill.Actor{alice, everywhere} {
			for _, order := range []store.Order{store.ByCreated, store.ByUpdated} {
				page := store.Page{Limit: 7, Order: order}
				want := plain(all, a, q, page)
				var got []waybill.ID
				view(t, s, a, func(tx store.Tx) error {
					got = nil
					for offset := 0; offset <= len(want); offset += page.Limit {
						p := page
						p.Offset = offset
						slice, err := tx.Shipments().Find(q, p)
						if err != nil {
							return err
						}
						if offset == 0 { // the first page may be short: it goes on by cursor
							for slice.Next != "" && len(slice.Items) < min(p.Limit, len(want)) {
								p.After = slice.Next
								more, err := tx.Shipments().Find(q, p)
								if err != nil {
									return err
								}
								slice.Items, slice.Next = append(slice.Items, more.Items...), more.Next
							}
							slice.Items = slice.Items[:min(p.Limit, len(slice.Items))]
						}
						for _, v := range slice.Items {
							got = append(got, v.ID)
						}
					}
					return nil
				})
				if !slices.Equal(got, want) {
					t.Errorf("query %d (%+v) as %q by %s:\n got %v\nwant %v", n, q, a.Account, order, got, want)
				}
			}
		}
	}
}
