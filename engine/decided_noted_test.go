package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
	"waybill/store/storetest"
)

// unnoted is a store whose audit log takes no entries while it is full.
type unnoted struct {
	store.Store
	full atomic.Bool
}

var errFull = errors.New("the audit log is full")

func (s *unnoted) Update(ctx context.Context, who waybill.Actor, do func(store.Tx) error) error {
	return s.Store.Update(ctx, who, func(tx store.Tx) error { return do(unnotedTx{tx, s}) })
}

type unnotedTx struct {
	store.Tx
	of *unnoted
}

func (t unnotedTx) Audit() store.Audit { return unnotedLog{t.Tx.Audit(), t.of} }

type unnotedLog struct {
	store.Audit
	of *unnoted
}

func (l unnotedLog) Add(e waybill.AuditEntry) error {
	if l.of.full.Load() {
		return errFull
	}
	return l.Audit.Add(e)
}

// TestADecisionAndItsEntryAreOneWrite: what cannot be noted is not decided, whether a purchase of a shipment was stuck on
// its way there or back; and what is decided is noted once.
func TestADecisionAndItsEntryAreOneWrite(t *testing.T) {
	for name, fresh := range map[string]func(*testing.T, waybill.Clock) store.Store{
		"sqlite":   func(t *testing.T, c waybill.Clock) store.Store { return storetest.SQLite(t, c) },
		"postgres": func(t *testing.T, c waybill.Clock) store.Store { return storetest.PostgreSQL(t, c) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, back := range []bool{false, true} {
				for _, bought := range []bool{false, true} {
					clock := waybill.NewManualClock(storetest.Start)
					kept := &unnoted{Store: fresh(t, clock)}
					d := prepaid(t, enginetest.Options{Clock: clock, Store: kept}, 5000, 0)
					p := stuckOn(t, d, back)
					before := get(t, d, "A-1")
					in := engine.Decide{Purchase: p.ID, Bought: bought, CarrierID: p.Key, Numbers: []string{"CR000001"}}
					kept.full.Store(true)
					if _, err := d.DecidePurchase(t.Context(), in); !errors.Is(err, errFull) {
						t.Fatalf("back %t, bought %t: %v", back, bought, err)
					}
					kept.full.Store(false)
					now, still := get(t, d, "A-1"), onlyPurchase(t, d, waybill.Stuck)
					if still.Version != p.Version || now.Version != before.Version || decisions(t, d, p) != 0 {
						t.Errorf("back %t, bought %t: decided and not noted: %s", back, bought, still.State)
					}
					if _, err := d.DecidePurchase(t.Context(), in); err != nil || decisions(t, d, p) != 1 {
						t.Errorf("back %t, bought %t: %v, %d entries", back, bought, err, decisions(t, d, p))
					}
				}
			}
		})
	}
}

// stuckOn is the purchase of A-1 that nobody knows the end of: of its booking, or of its being given back.
func stuckOn(t *testing.T, d *enginetest.Desk, back bool) waybill.Purchase {
	t.Helper()
	if !back {
		return stuck(t, d, "A-1")
	}
	create(t, d, enginetest.Order("A-1"))
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, enginetest.Lost())
	if _, err := cancel(t, d, "A-1"); !waybill.AsError(err).Unsure {
		t.Fatal(err)
	}
	account(t, d, "courier", "wrong")
	wait(d, 2*time.Minute)
	d.Courier.Before = nil
	return onlyPurchase(t, d, waybill.Stuck)
}

// TestADecisionOnAReturnAndItsEntryAreOneWrite: so it is with a return.
func TestADecisionOnAReturnAndItsEntryAreOneWrite(t *testing.T) {
	for _, bought := range []bool{false, true} {
		clock := waybill.NewManualClock(storetest.Start)
		kept := &unnoted{Store: storetest.SQLite(t, clock)}
		d, service := comebackOn(t, enginetest.Options{Clock: clock, Store: kept})
		d.Courier.After = enginetest.Refuse(enginetest.OpReturn, enginetest.Lost())
		d.Courier.Before = enginetest.Refuse(enginetest.OpFind, waybill.E("courier", waybill.ReasonCarrierOutage, "down"))
		_, _ = bring(t, d, service, inDays(d, 1))
		wait(d, 12*time.Hour)
		d.Courier.Before, d.Courier.After = nil, nil
		p := onlyPurchase(t, d, waybill.Stuck)
		in := engine.Decide{Purchase: p.ID, Bought: bought, CarrierID: p.Key, Numbers: lastSold(d)}
		kept.full.Store(true)
		if _, err := d.DecidePurchase(t.Context(), in); !errors.Is(err, errFull) {
			t.Fatalf("bought %t: %v", bought, err)
		}
		kept.full.Store(false)
		if now := onlyPurchase(t, d, waybill.Stuck); now.Version != p.Version || decisions(t, d, p) != 0 {
			t.Errorf("bought %t: decided and not noted: %s", bought, now.State)
		}
		if _, err := d.DecidePurchase(t.Context(), in); err != nil || decisions(t, d, p) != 1 {
			t.Errorf("bought %t: %v, %d entries", bought, err, decisions(t, d, p))
		}
	}
}
