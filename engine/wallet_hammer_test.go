package engine_test

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// clients is how many book, fail and cancel at once against one wallet.
const clients = 64

// hammering is how long they do; WAYBILL_TORTURE has time.
func hammering() time.Duration {
	if os.Getenv("WAYBILL_TORTURE") != "" {
		return time.Minute
	}
	return 700 * time.Millisecond
}

// However many spend from one wallet at once, and however their carrier fails them: nothing is overdrawn, nothing
// is lost, every hold ends, and what is stored agrees with the carrier's books.
func TestOneWalletForMany(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) { hammer(t, o, 0) })
}

// The same, with a carrier that charges more than it quoted: that alone may take the wallet below zero.
func TestOneWalletForManyDearly(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) { hammer(t, o, 400) })
}

func hammer(t *testing.T, o enginetest.Options, beyond int64) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston(walletConnection(d, "courier", "courier", 800), walletConnection(d, "other", "courier", 0))
	d.Rule("first", `{"all":[]}`, `[{"do":"fallback","max_extra":"1000%","later":true}]`)
	topUp(t, d, 20_000)
	misbehave(d, beyond)
	ctx, cancel := context.WithTimeout(t.Context(), hammering())
	defer cancel()
	var booked, refused atomic.Int64
	over := func() bool { return ctx.Err() != nil && booked.Load() > 0 && refused.Load() > 0 }
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			for n := 0; !over(); n++ {
				name := "H-" + itoa(int64(client)) + "-" + itoa(int64(n))
				sh, err := d.CreateShipment(t.Context(), enginetest.Order(name))
				if err != nil {
					t.Error(err)
					return
				}
				if sh.Booking == waybill.Booked || sh.Booking == waybill.Unsettled {
					booked.Add(1)
				} else if refused.Add(1)%2 == 0 {
					topUp(t, d, 1000)
				}
				if n%3 == 0 { // whatever comes of it
					_, _ = d.CancelShipment(t.Context(), engine.CancelShipment{Ref: ref(name)})
				}
			}
		})
	}
	group.Go(func() { // money comes and goes, time passes, jobs are done
		for n := 0; !over(); n++ {
			if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: usd(3000), Cause: "pay day"}); err != nil {
				t.Error(err)
			}
			_, _ = d.TopUp(t.Context(), engine.TopUp{Amount: usd(-700), Cause: "paid back"})
			d.Clock.Advance(5 * time.Second)
			if err := d.Runner.Drain(t.Context()); err != nil {
				t.Error(err)
			}
			st, err := d.Statement(t.Context(), engine.Statement{Currency: "USD", Page: store.Page{Limit: 1}})
			b := st.Balance
			if err != nil || b.Sum() != 0 || b.Held < 0 || beyond == 0 && b.Available < 0 {
				t.Errorf("meanwhile the books are %+v (%v)", b, err)
			}
		}
	})
	group.Wait()
	d.Courier.Before, d.Courier.After = nil, nil
	for range 60 {
		d.After(time.Minute)
	}
	t.Logf("%d booked or under way, %d refused, %d sold, %d live", booked.Load(), refused.Load(), len(d.Courier.Sales()), d.Courier.Live())
	reconcile(t, d, beyond == 0)
}

// misbehave has the carrier refuse, lose answers before and after the effect, and charge beyond its quote.
func misbehave(d *enginetest.Desk, beyond int64) {
	trouble := func(ship map[int]error) func(context.Context, string, string) error {
		return func(_ context.Context, op, _ string) error {
			n := rand.IntN(20)
			switch {
			case op == enginetest.OpShip:
				return ship[n]
			case op == enginetest.OpVoid && n < 3:
				return enginetest.Lost()
			}
			return nil
		}
	}
	refusal := waybill.E("courier", waybill.ReasonCarrier, "no")
	d.Courier.Before = trouble(map[int]error{0: refusal, 1: refusal, 2: enginetest.Lost()})
	d.Courier.After = trouble(map[int]error{0: enginetest.Lost(), 1: enginetest.Lost()})
	if beyond > 0 {
		d.Courier.Beyond = func(string) int64 { return rand.Int64N(beyond) - beyond/4 }
	}
}

// reconcile holds entries, purchases and the carrier's books against each other.
func reconcile(t *testing.T, d *enginetest.Desk, neverBelow bool) {
	t.Helper()
	final := books(t, d)
	if final[1] != 0 || neverBelow && final[0] < 0 {
		t.Errorf("in the end available, held and spent are %v", final)
	}
	ends, spent := map[waybill.ID]int{}, map[waybill.ID]int64{}
	for _, e := range statement(t, d).Entries.Items {
		sum := int64(0)
		for _, p := range e.Postings {
			sum += p.Minor
			if p.Book == waybill.BookSpent {
				spent[e.Purchase] += p.Minor
			}
		}
		if e.Hold != "" {
			ends[e.Hold]++
		} else if e.Kind == waybill.EntryHold {
			ends[e.ID] += 0
		}
		if sum != 0 || neverBelow && e.After < 0 {
			t.Errorf("an entry leaves %d, its postings sum to %d: %+v", e.After, sum, e)
		}
	}
	for hold, n := range ends {
		if n != 1 {
			t.Errorf("the hold %s has %d ends", hold, n)
		}
	}
	live := map[string]waybill.Money{}
	for _, sale := range d.Courier.Sales() {
		if !sale.Voided {
			live[sale.Key] = sale.Price
		}
	}
	held := 0
	for _, p := range allPurchases(t, d) {
		price, sold := live[p.Key]
		delete(live, p.Key)
		want := int64(0)
		switch p.State {
		case waybill.Bought:
			want = price.Plus(100).Minor
			if !sold || p.Sold.Minor != want || p.Hold == "" {
				t.Errorf("bought for %v, on the carrier's books %t for %v", p.Sold, sold, price)
			}
		case waybill.Refused, waybill.Voided:
			if sold {
				t.Errorf("purchase %s is %s, and the carrier has sold it", p.Key, p.State)
			}
		default:
			t.Errorf("purchase %s is still %s", p.Key, p.State)
		}
		if spent[p.ID] != want {
			t.Errorf("purchase %s is %s and has cost %d, want %d", p.Key, p.State, spent[p.ID], want)
		}
		if p.Hold != "" {
			held++
		}
	}
	if len(live) != 0 || held != len(ends) {
		t.Errorf("the carrier has %d sales that nobody knows; %d purchases with a hold, %d holds", len(live), held, len(ends))
	}
}

func allPurchases(t *testing.T, d *enginetest.Desk) (list []waybill.Purchase) {
	t.Helper()
	err := d.World.Store.View(t.Context(), d.Session.Actor, func(tx store.Tx) (err error) {
		list, err = tx.Purchases().InState([]waybill.PurchaseState{
			waybill.Intent, waybill.Bought, waybill.Refused, waybill.Unsure, waybill.Stuck, waybill.Voiding, waybill.Voided, waybill.Orphan,
		}, 1_000_000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
