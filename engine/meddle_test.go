package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
	"waybill/store/storetest"
)

// meddler is a store that lets something happen right before the next write of the engine: what others do
// between a reading and a writing.
type meddler struct {
	store.Store
	mu   sync.Mutex
	next func()
}

func (m *meddler) before(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next = do
}

func (m *meddler) Update(ctx context.Context, actor waybill.Actor, do func(store.Tx) error) error {
	m.mu.Lock()
	next := m.next
	m.next = nil
	m.mu.Unlock()
	if next != nil {
		next()
	}
	return m.Store.Update(ctx, actor, do)
}

func meddled(t *testing.T) (*enginetest.Desk, *meddler) {
	clock := waybill.NewManualClock(storetest.Start)
	m := &meddler{Store: storetest.SQLite(t, clock)}
	d := enginetest.New(t, enginetest.Options{Clock: clock, Store: m}).Account("acme")
	d.Boston(d.Fake("courier", "courier"))
	return d, m
}

// A cancel that comes between the settlement's reading and its writing is neither lost nor in the way,
// however the carrier answered.
func TestCancelInTheMidstOfSettling(t *testing.T) {
	answers := map[string]error{
		"sold":    nil,
		"refused": waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"),
		"lost":    enginetest.Lost(),
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			d, m := meddled(t)
			d.Courier.After = func(_ context.Context, op, _ string) error {
				if op != enginetest.OpShip {
					return nil
				}
				m.before(func() {
					if _, err := cancel(t, d, "A-1"); err != nil {
						t.Errorf("cancel: %v", err)
					}
				})
				return answer
			}
			if name == "refused" { // it sold nothing
				d.Courier.Before, d.Courier.After = d.Courier.After, nil
			}
			if _, err := d.CreateShipment(t.Context(), enginetest.Order("A-1")); err != nil {
				t.Errorf("the create is told %v", err)
			}
			d.Courier.Before, d.Courier.After = nil, nil
			d.Drain()
			if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled || sh.CancelledBy != "tester" || d.Courier.Live() != 0 {
				t.Errorf("it is %s by %q, %d live labels", sh.Booking, sh.CancelledBy, d.Courier.Live())
			}
			if buried, _ := d.World.Store.Queue().Buried(t.Context(), 10); len(buried) != 0 {
				t.Errorf("jobs were given up: %+v", buried)
			}
		})
	}
}

// A scan that comes between a cancel's reading and its writing: the cancel looks again.
func TestAScanInTheMidstOfACancel(t *testing.T) {
	d, m := meddled(t)
	number := create(t, d, enginetest.Order("A-1")).Tracking
	m.before(func() { scan(t, d, number, waybill.PickedUp) })
	if sh, err := cancel(t, d, "A-1"); err != nil || sh.Booking != waybill.Cancelled || sh.Transit != waybill.PickedUp {
		t.Errorf("%v: %s, %s", err, sh.Booking, sh.Transit)
	}
	number = create(t, d, enginetest.Order("A-2")).Tracking
	m.before(func() { scan(t, d, number, waybill.Delivered) })
	_, err := cancel(t, d, "A-2")
	wantReason(t, err, waybill.ReasonCancelRefused)
	if d.Courier.Live() != 1 {
		t.Errorf("a delivered parcel was voided")
	}
}

// A defect of ours in the midst of settling is an error, not the end of the process; the caller is told how
// far it came, and the job finds out the rest.
func TestAPanicInTheMidstOfSettling(t *testing.T) {
	d, m := meddled(t)
	d.Courier.After = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			m.before(func() { panic("a defect") })
		}
		return nil
	}
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Unsettled || !strings.Contains(d.Log.String(), "a defect") {
		t.Errorf("it is %s; the log: %s", sh.Booking, d.Log.String())
	}
	wait(d, 2*time.Minute)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked || len(d.Courier.Sales()) != 1 {
		t.Errorf("in the end it is %s, %d were sold", sh.Booking, len(d.Courier.Sales()))
	}
	if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")}); err != nil {
		t.Error(err)
	}
}
