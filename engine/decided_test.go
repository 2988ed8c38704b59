package engine_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// stuckReturn is a return whose carrier sold and did not say so, and cannot be asked.
func stuckReturn(t *testing.T) (*enginetest.Desk, waybill.Purchase) {
	d, service := comeback(t)
	d.Courier.After = enginetest.Refuse(enginetest.OpReturn, enginetest.Lost())
	d.Courier.Before = enginetest.Refuse(enginetest.OpFind, waybill.E("courier", waybill.ReasonCarrierOutage, "down"))
	_, _ = bring(t, d, service, inDays(d, 1))
	wait(d, 12*time.Hour)
	d.Courier.Before, d.Courier.After = nil, nil
	return d, onlyPurchase(t, d, waybill.Stuck)
}

// decisions counts what the audit log says of a purchase.
func decisions(t *testing.T, d *enginetest.Desk, p waybill.Purchase) int {
	t.Helper()
	part, err := d.ListAudit(t.Context(), engine.ListAudit{Page: store.Page{Limit: 100}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range part.Items {
		if e.Record == p.ID {
			n++
		}
	}
	return n
}

// A purchase that found its end by itself is not decided any more, and a word that comes too late changes nothing.
func TestADecisionComesTooLate(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, enginetest.Order("A-1"))
	p := onlyPurchase(t, d, waybill.Unsure)
	d.Courier.After = nil
	d.Drain()
	before := get(t, d, "A-1")
	if before.Booking != waybill.Booked {
		t.Fatalf("it is %s", before.Booking)
	}
	for _, in := range []engine.Decide{{Purchase: p.ID}, {Purchase: p.ID, Bought: true, Numbers: []string{"X1"}}} {
		_, err := d.DecidePurchase(t.Context(), in)
		wantReason(t, err, waybill.ReasonNotRetryable)
	}
	d.Drain()
	if now := get(t, d, "A-1"); now.Version != before.Version || d.Courier.Live() != 1 || decisions(t, d, p) != 0 {
		t.Errorf("version %d became %d, %d are live, %d decisions are noted", before.Version, now.Version, d.Courier.Live(), decisions(t, d, p))
	}
}

// The second word on a purchase is refused, the same word or another, and is not written down as a decision.
func TestAPurchaseIsDecidedOnce(t *testing.T) {
	for _, bought := range []bool{true, false} {
		d := fakeFirst(t, "courier")
		p := stuck(t, d, "A-1")
		in := engine.Decide{Purchase: p.ID, Bought: bought, Numbers: []string{"CR000001"}}
		if _, err := d.DecidePurchase(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		before := get(t, d, "A-1")
		for _, again := range []bool{bought, !bought} {
			in.Bought = again
			_, err := d.DecidePurchase(t.Context(), in)
			wantReason(t, err, waybill.ReasonNotRetryable)
		}
		if now := get(t, d, "A-1"); now.Version != before.Version || decisions(t, d, p) != 1 {
			t.Errorf("bought %t: version %d became %d, %d decisions are noted", bought, before.Version, now.Version, decisions(t, d, p))
		}
	}
}

// A word that is overtaken while the carrier is asked after the booking is refused as any that comes too late: what was
// said first stands, and nothing is given back that nobody wanted back.
func TestADecisionIsOvertaken(t *testing.T) {
	over := func(t *testing.T, d *enginetest.Desk, p waybill.Purchase) {
		var once sync.Once
		d.Courier.Before = func(_ context.Context, op, _ string) error {
			if op == enginetest.OpFind {
				once.Do(func() {
					if _, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID}); err != nil {
						t.Error(err)
					}
				})
			}
			return nil
		}
		_, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, CarrierID: p.Key, Numbers: lastSold(d)})
		wantReason(t, err, waybill.ReasonNotRetryable)
		d.Drain()
		if onlyPurchase(t, d, waybill.Refused).ID != p.ID || decisions(t, d, p) != 1 {
			t.Errorf("%d decisions are noted", decisions(t, d, p))
		}
	}
	t.Run("shipment", func(t *testing.T) {
		d := fakeFirst(t, "courier")
		over(t, d, stuck(t, d, "A-1"))
		if sh := get(t, d, "A-1"); sh.Booking != waybill.Failed {
			t.Errorf("it is %s", sh.Booking)
		}
	})
	t.Run("return", func(t *testing.T) {
		d, p := stuckReturn(t)
		over(t, d, p)
	})
}

// Of several people who decide at once one is heard, whoever it is; the others are told that they came too late.
func TestManyDecideAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		d.Boston(d.Fake("courier", "courier"))
		p := stuck(t, d, "A-1")
		const people = 6
		var heard [people]error
		var all sync.WaitGroup
		for i := range heard {
			all.Go(func() {
				_, heard[i] = d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: i%2 == 0, CarrierID: p.Key, Numbers: []string{"CR000001"}})
			})
		}
		all.Wait()
		winner := -1
		for i, err := range heard {
			switch {
			case err == nil && winner >= 0:
				t.Errorf("both %d and %d were heard", winner, i)
			case err == nil:
				winner = i
			case waybill.ReasonOf(err) != waybill.ReasonNotRetryable:
				t.Errorf("%d is told %v", i, err)
			}
		}
		d.Drain()
		want := map[bool]waybill.Booking{true: waybill.Booked, false: waybill.Failed}[winner%2 == 0]
		if sh := get(t, d, "A-1"); winner < 0 || sh.Booking != want {
			t.Errorf("%d was heard, and it is %s", winner, sh.Booking)
		}
		if open := purchases(t, d, waybill.Unsure, waybill.Stuck, waybill.Orphan, waybill.Voiding); len(open) != 0 || decisions(t, d, p) != 1 {
			t.Errorf("%d are still open, %d decisions are noted", len(open), decisions(t, d, p))
		}
	})
}
