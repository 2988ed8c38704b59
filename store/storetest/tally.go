package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// tallies is what an actor reads of the counters, in an order that can be compared.
func tallies(t testing.TB, s store.Store, a waybill.Actor, q store.TallyQuery) (lines []string) {
	t.Helper()
	view(t, s, a, func(tx store.Tx) error {
		list, err := tx.Shipments().Tally(q)
		lines = nil
		for _, k := range list {
			lines = append(lines, fmt.Sprint(k))
		}
		return err
	})
	slices.Sort(lines)
	return lines
}

// testTally: the counters are what counting would find, whoever writes what at the same time, and whatever comes to nothing.
func testTally(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	var mu sync.Mutex
	left := map[waybill.ID]waybill.Shipment{}
	together(64, func(worker int) {
		random := rand.New(rand.NewPCG(9, uint64(worker)))
		pick := func(list ...string) string { return list[random.IntN(len(list))] }
		var own []waybill.Shipment
		change := func(v *waybill.Shipment) {
			v.LocationKey, v.Options.ShipDate = pick("L1", "L2", ""), pick("", "2026-02-03", "2026-02-04", "soon")
			v.Booking, v.Transit = waybill.Booking(pick("booked", "failed", "cancelled")), waybill.Transit(pick("label_made", "delivered"))
			v.Provider = &waybill.Provider{Carrier: pick("house", "ups"), Service: pick("ground", "air")}
			v.TimeZone = pick("", "Asia/Tokyo", "Nowhere/None")
		}
		for n := range 25 {
			v := Shipment(waybill.ID(pick("a1", "k1", "b1")), id(worker*100+n))
			remove := -1
			if len(own) > 0 && random.IntN(3) > 0 {
				at := random.IntN(len(own))
				if v = own[at]; random.IntN(4) == 0 {
					remove = at
				}
			} else if random.IntN(3) == 0 {
				v.Provider, v.Booking, v.Transit = nil, waybill.Draft, waybill.TransitNone
			}
			broken := random.IntN(6) == 0
			var stored waybill.Shipment
			err := s.Update(t.Context(), everywhere, func(tx store.Tx) error {
				w := v
				if remove >= 0 {
					if err := tx.Shipments().Delete(w.ID, w.Version); err != nil {
						return err
					}
				} else {
					for range 1 + random.IntN(2) {
						change(&w)
						if err := tx.Shipments().Put(&w); err != nil {
							return err
						}
					}
				}
				if broken {
					return errors.New("it comes to nothing")
				}
				stored = w
				return nil
			})
			switch {
			case (err != nil) != broken:
				t.Errorf("worker %d: %v", worker, err)
			case broken:
			case remove >= 0:
				own = slices.Delete(own, remove, remove+1)
			default:
				own = append(slices.DeleteFunc(own, func(o waybill.Shipment) bool { return o.ID == stored.ID }), stored)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for _, v := range own {
			left[v.ID] = v
		}
	})
	days, all := map[store.Tally]int64{}, map[store.Tally]int64{}
	for _, v := range left {
		k := store.Tally{Account: v.Account, Booking: v.Booking, Transit: v.Transit, Location: v.LocationKey}
		if v.Provider != nil {
			k.Carrier, k.Service = v.Provider.Carrier, v.Provider.Service
		}
		all[k]++
		if k.Day = v.Options.ShipDate; k.Day == "" || k.Day == "soon" {
			at := v.Created.UTC()
			if v.TimeZone == "Asia/Tokyo" {
				at = at.Add(9 * time.Hour)
			}
			k.Day = at.Format(time.DateOnly)
		}
		days[k]++
	}
	expect := func(of map[store.Tally]int64, a waybill.Actor, from, to string) (lines []string) {
		for k, n := range of {
			if a.Sees(k.Account) && k.Day >= from && (to == "" || k.Day <= to) {
				k.Count = n
				lines = append(lines, fmt.Sprint(k))
			}
		}
		slices.Sort(lines)
		return lines
	}
	for _, a := range []waybill.Actor{alice, actor("a1", "k1"), actor("k1"), everywhere, actor("nobody")} {
		same(t, "by day", tallies(t, s, a, store.TallyQuery{ByDay: true}), expect(days, a, "", ""))
		same(t, "two days", tallies(t, s, a, store.TallyQuery{ByDay: true, From: "2026-02-03", To: "2026-02-04"}), expect(days, a, "2026-02-03", "2026-02-04"))
		same(t, "over all days", tallies(t, s, a, store.TallyQuery{}), expect(all, a, "", ""))
	}
	view(t, s, everywhere, func(tx store.Tx) error {
		off, err := tx.Shipments().Recount()
		if len(off) > 0 {
			t.Errorf("counters that are off: %+v", off)
		}
		return err
	})
	if len(left) < 100 {
		t.Errorf("only %d shipments are left: the test tests little", len(left))
	}
}
