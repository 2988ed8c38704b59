package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

func testFind(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	v := Shipment("a1", id(1))
	v.Reference = "Case/Sensitive %2F"
	v = put(t, s, v)
	find := func(terms ...store.Term) int {
		n := 0
		view(t, s, alice, func(tx store.Tx) error {
			slice, err := tx.Shipments().Find(store.ShipmentQuery{Terms: terms}, store.Page{Limit: 5})
			n = len(slice.Items)
			return err
		})
		return n
	}
	view(t, s, alice, func(tx store.Tx) error {
		if _, err := tx.Shipments().ByReference("Case/Sensitive %2F"); err != nil {
			t.Errorf("by reference: %v", err)
		}
		for _, unknown := range []string{"case/sensitive %2f", "", "\x00", string([]byte{0xff})} {
			_, err := tx.Shipments().ByReference(unknown)
			wants(t, fmt.Sprintf("reference %q", unknown), err, waybill.NotFound, waybill.ReasonUnknownShipment)
		}
		for _, p := range v.Parcels {
			if found, err := tx.Shipments().ByTracking(p.Tracking); len(found) != 1 {
				t.Errorf("by the number of a parcel: %d, %v", len(found), err)
			}
		}
		return nil
	})
	if find(store.Term{Field: store.TermLast, Value: "lund"}, store.Term{Field: store.TermCountry, Value: "us"}) != 1 {
		t.Error("not found by two of its terms")
	}
	if find(store.Term{Field: store.TermLast, Value: "lund"}, store.Term{Field: store.TermCountry, Value: "gb"}) != 0 {
		t.Error("found although one term does not hold")
	}
	// A change moves it in every index; what it was found by before no longer finds it.
	v.To.Contact.Last, v.Tracking, v.Reference, v.Parcels = "Berg", "NEW", "moved", v.Parcels[:1]
	v.Parcels[0].Tracking = "NEW"
	v.To.Address.Street1 = fmt.Sprintf("%0300d", 1)
	put(t, s, v)
	if find(store.Term{Field: store.TermLast, Value: "lund"}) != 0 || find(store.Term{Field: store.TermLast, Value: "berg"}) != 1 {
		t.Error("terms did not follow the change")
	}
	if find(store.Term{Field: store.TermLine1, Value: fmt.Sprintf("%0300d", 1)}) != 1 || find(store.Term{Field: store.TermLine1, Value: fmt.Sprintf("%0300d", 2)}) != 0 {
		t.Error("long values are not told apart")
	}
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().ByReference("Case/Sensitive %2F")
		wants(t, "the old reference", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		if found, err := tx.Shipments().ByTracking("T" + string(id(1)) + "-2"); len(found) != 0 {
			t.Errorf("the number of a parcel that is gone finds %d, %v", len(found), err)
		}
		return nil
	})
}

// testLongTexts: what a shipment is found by never keeps it from being stored, however much that is, when it comes
// and what is in it.
func testLongTexts(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	v := Shipment("a1", id(1))
	long := strings.Repeat("Völlig überlange Anschrift ", 400)
	v.To.Address.Street1, v.To.Address.Street2, v.To.Address.Street3, v.To.Contact.Company = long+"1", long+"2", long+"3", long
	v.To.Contact.Email, v.Reference2, v.Channel = strings.Repeat("é", 79)+"ñ@example.com", "PO\x00 \xff 77", "shop\x1e\x1f"
	v.Parcels = slices.Repeat([]waybill.Parcel{{Name: "box"}}, 100)
	v.Booking, v.Tracking = waybill.Unsettled, ""
	v = put(t, s, v)
	v.Booking, v.Parcels = waybill.Booked, slices.Clone(v.Parcels)
	for i := range v.Parcels { // the numbers come when it is bought
		v.Parcels[i].Tracking, v.Parcels[i].SSCC = fmt.Sprintf("%s%03d", strings.Repeat("NUMBER", 20), i), fmt.Sprintf("00340000000000%04d", i)
	}
	v = put(t, s, v)
	view(t, s, alice, func(tx store.Tx) error {
		for _, p := range v.Parcels {
			for _, number := range []string{p.Tracking, p.SSCC} {
				if found, err := tx.Shipments().ByTracking(number); err != nil || len(found) != 1 {
					t.Fatalf("by %s: %d, %v", number, len(found), err)
				}
			}
		}
		for _, term := range []store.Term{
			{Field: store.TermLine2, Value: store.Fold(v.To.Address.Street2)}, {Field: store.TermEmail, Value: store.Fold(v.To.Contact.Email)},
			{Field: store.TermReference2, Value: store.Fold(v.Reference2)}, {Field: store.TermChannel, Value: store.Fold(v.Channel)},
		} {
			slice, err := tx.Shipments().Find(store.ShipmentQuery{Terms: []store.Term{term}}, store.Page{Limit: 5})
			if err != nil || len(slice.Items) != 1 || slice.Items[0].To.Address.Street1 != v.To.Address.Street1 {
				t.Errorf("by its %s: %d, %v", term.Field, len(slice.Items), err)
			}
		}
		return nil
	})
}

// crowd stores n shipments of three accounts with every filter's values mixed, some of them at the same
// moment, and answers them as stored.
func crowd(t testing.TB, s store.Store, clock *waybill.ManualClock, n int) []waybill.Shipment {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var all []waybill.Shipment
	for i := range n {
		if random.IntN(3) > 0 {
			clock.Advance(time.Duration(random.IntN(90)) * time.Second)
		}
		v := Shipment(waybill.ID(pick("a1", "a1", "a1", "b1", "k1")), id(n-i))
		v.LocationKey, v.Group = pick("L1", "L2", "L3", ""), pick("g1", "g2", "", "")
		v.Booking = waybill.Booking(pick("booked", "booked", "booked", "failed", "held", "draft"))
		v.Transit = waybill.Transit(pick("none", "in_transit", "in_transit", "delivered", "exception"))
		v.To.Address.City, v.To.Address.Country = pick("Portland", "Oslo", "Lima"), pick("US", "NO")
		start, end := clock.Now().Add(time.Duration(random.IntN(48))*time.Hour), clock.Now().Add(time.Duration(48+random.IntN(48))*time.Hour)
		v.PickupTime.Starts, v.DeliveryTime.Ends = &start, &end
		if random.IntN(5) == 0 {
			v.PickupTime.Starts, v.DeliveryTime.Ends = nil, nil
		}
		all = append(all, put(t, s, v))
	}
	for i := range all { // and a third of them are changed later
		if random.IntN(3) == 0 {
			clock.Advance(time.Duration(random.IntN(3)) * time.Second)
			all[i].Transit = waybill.Delivered
			all[i] = put(t, s, all[i])
		}
	}
	return all
}

// matches is the query in plain words.
func matches(q store.ShipmentQuery, v waybill.Shipment) bool {
	one := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	between := func(at, from, to time.Time) bool {
		return (from.IsZero() || !at.Before(from)) && (to.IsZero() || !at.After(to))
	}
	state := len(q.States) == 0
	for _, want := range q.States {
		state = state || (want.Booking == v.Booking && (want.Transit == "" || want.Transit == v.Transit))
	}
	terms := store.Terms(v)
	for _, want := range q.Terms {
		if !slices.Contains(terms, want) {
			return false
		}
	}
	words := store.Words(v)
	for _, group := range q.Words {
		if !slices.ContainsFunc(group, func(want store.Term) bool {
			return slices.ContainsFunc(words, func(word string) bool { return want.Field == store.TermWord && strings.HasPrefix(word, want.Value) })
		}) {
			return false
		}
	}
	return state && one(q.References, v.Reference) && one(q.Locations, v.LocationKey) && (q.Group == "" || q.Group == v.Group) &&
		(len(q.Booking) == 0 || slices.Contains(q.Booking, v.Booking)) && (len(q.Transit) == 0 || slices.Contains(q.Transit, v.Transit)) &&
		between(v.Created, q.CreatedFrom, q.CreatedTo) && between(v.Updated, q.UpdatedFrom, q.UpdatedTo) &&
		(q.PickupFrom.IsZero() || (v.PickupTime.Starts != nil && !v.PickupTime.Starts.Before(q.PickupFrom))) &&
		(q.DropTo.IsZero() || (v.DeliveryTime.Ends != nil && !v.DeliveryTime.Ends.After(q.DropTo)))
}

// plain lists what the actor sees of a query, in order.
func plain(all []waybill.Shipment, a waybill.Actor, q store.ShipmentQuery, page store.Page) (ids []waybill.ID) {
	var found []waybill.Shipment
	for _, v := range all {
		if a.Sees(v.Account) && matches(q, v) {
			found = append(found, v)
		}
	}
	slices.SortFunc(found, func(x, y waybill.Shipment) int {
		c := x.Created.Compare(y.Created)
		if page.Order == store.ByUpdated {
			c = x.Updated.Compare(y.Updated)
		}
		if c = cmp.Or(c, cmp.Compare(x.ID, y.ID)); !page.Ascending {
			c = -c
		}
		return c
	})
	for _, v := range found {
		ids = append(ids, v.ID)
	}
	return ids
}

// queries are each filter alone, and random combinations.
func queries(from, to time.Time) []store.ShipmentQuery {
	third := to.Sub(from) / 3
	portland := store.Term{Field: store.TermCity, Value: "portland"}
	norway := store.Term{Field: store.TermCountry, Value: "no"}
	single := []store.ShipmentQuery{
		{}, {Locations: []string{"L1"}}, {Locations: []string{"L1", "L3"}}, {Group: "g1"},
		{Booking: []waybill.Booking{waybill.Failed}}, {Booking: []waybill.Booking{waybill.Booked, waybill.Held}},
		{Transit: []waybill.Transit{waybill.Exception}}, {Terms: []store.Term{portland}}, {Terms: []store.Term{portland, norway}},
		{States: []store.State{{Booking: waybill.Failed}, {Booking: waybill.Booked, Transit: waybill.Delivered}}},
		{States: []store.State{{Booking: waybill.Held, Transit: waybill.InTransit}}},
		{CreatedFrom: from.Add(third), CreatedTo: to.Add(-third)}, {UpdatedFrom: to.Add(-third / 2)}, {UpdatedTo: from.Add(third)},
		{PickupFrom: from.Add(third), DropTo: to.Add(48 * time.Hour)}, {References: []string{"REF-" + string(id(3)), "REF-" + string(id(7)), "none"}},
		{Words: store.Wanted("port")}, {Words: store.Wanted("Ösl LUND")}, {Words: store.Wanted("lim 0199")}, {Words: store.Wanted("nobody")},
		{Terms: []store.Term{{Field: store.TermCity, Value: "nowhere"}}}, {CreatedFrom: to.AddDate(1, 0, 0)},
	}
	random := rand.New(rand.NewPCG(3, 3))
	list := single
	for range 40 {
		var q store.ShipmentQuery
		for range 2 + random.IntN(2) {
			p := single[random.IntN(len(single))]
			q.Locations, q.Booking, q.Transit = append(q.Locations, p.Locations...), append(q.Booking, p.Booking...), append(q.Transit, p.Transit...)
			q.Group, q.States = cmp.Or(q.Group, p.Group), append(q.States, p.States...)
			if len(q.Terms) == 0 {
				q.Terms = p.Terms
			}
			if len(q.Words) == 0 {
				q.Words = p.Words
			}
			for _, times := range [][2]*time.Time{{&q.CreatedFrom, &p.CreatedFrom}, {&q.CreatedTo, &p.CreatedTo}, {&q.UpdatedFrom, &p.UpdatedFrom}, {&q.PickupFrom, &p.PickupFrom}, {&q.DropTo, &p.DropTo}} {
				if times[0].IsZero() {
					*times[0] = *times[1]
				}
			}
		}
		list = append(list, q)
	}
	return list
}

func testQueries(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	all := crowd(t, s, clock, 120)
	actors := []waybill.Actor{alice, actor("a1", "k1"), everywhere}
	for n, q := range queries(Start, clock.Now()) {
		a := actors[n%len(actors)]
		view(t, s, a, func(tx store.Tx) error {
			for _, page := range []store.Page{
				{Limit: 7}, {Limit: 50, Ascending: true}, {Limit: 1000, Order: store.ByUpdated}, {Limit: 4, Order: store.ByUpdated, Ascending: true},
			} {
				want := plain(all, a, q, page)
				what := fmt.Sprintf("query %d (%+v) as %s, %+v", n, q, a.Account, page)
				same(t, what, walk(t, tx, q, page), want)
				if len(want) > 0 {
					same(t, what+", back", walkBack(t, tx, q, page), want)
				}
			}
			want := plain(all, a, q, store.Page{})
			if got, exact, err := tx.Shipments().Count(q, 1000); got != len(want) || !exact || err != nil {
				t.Errorf("query %d: counted %d (%v, %v), want %d", n, got, exact, err, len(want))
			}
			if len(want) > 3 {
				if got, exact, err := tx.Shipments().Count(q, 3); got != 3 || exact || err != nil {
					t.Errorf("query %d: counted %d to a limit of 3 (%v, %v)", n, got, exact, err)
				}
			}
			var each []waybill.ID
			for v, err := range tx.Shipments().Each(q) {
				if err != nil {
					return err
				}
				each = append(each, v.ID)
			}
			same(t, fmt.Sprintf("each of query %d", n), each, plain(all, a, q, store.Page{Ascending: true}))
			return nil
		})
	}
}

// walk follows a list to its end.
func walk(t testing.TB, tx store.Tx, q store.ShipmentQuery, page store.Page) (ids []waybill.ID) {
	t.Helper()
	for range 1000 {
		slice, err := tx.Shipments().Find(q, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(slice.Items) > page.Limit {
			t.Fatalf("a page of %d has %d", page.Limit, len(slice.Items))
		}
		for _, v := range slice.Items {
			ids = append(ids, v.ID)
		}
		if slice.Next == "" {
			return ids
		}
		page.After = slice.Next
	}
	t.Fatal("the list has no end")
	return nil
}

// walkBack follows a list to its last page with something on it, then back to its beginning.
func walkBack(t testing.TB, tx store.Tx, q store.ShipmentQuery, page store.Page) (ids []waybill.ID) {
	t.Helper()
	slice, err := tx.Shipments().Find(q, page)
	for err == nil && slice.Next != "" {
		page.After = slice.Next
		slice, err = tx.Shipments().Find(q, page)
	}
	var pages [][]waybill.ID
	for range 1000 {
		if err != nil {
			t.Fatal(err)
		}
		var list []waybill.ID
		for _, v := range slice.Items {
			list = append(list, v.ID)
		}
		pages = append(pages, list)
		if slice.Prev == "" {
			slices.Reverse(pages)
			return slices.Concat(pages...)
		}
		page.After, page.Before = "", slice.Prev
		slice, err = tx.Shipments().Find(q, page)
	}
	t.Fatal("the way back has no end")
	return nil
}
