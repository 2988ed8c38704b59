package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// together runs a function in many goroutines and waits for all.
func together(n int, fn func(i int)) {
	var wait sync.WaitGroup
	for i := range n {
		wait.Add(1)
		go func() { defer wait.Done(); fn(i) }()
	}
	wait.Wait()
}

// testLostUpdates has many add to one record, each trying again when its version has moved on.
func testLostUpdates(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	brand := waybill.Brand{Row: rowOf("a1", 1), ExternalID: "b"}
	update(t, s, alice, func(tx store.Tx) error { return tx.Brands().Put(&brand) })
	const each = 5
	var conflicts atomic.Int64
	together(h.Callers, func(int) {
		for range each {
			for {
				// Read in one transaction, write in the next: what an edit form does.
				var v waybill.Brand
				view(t, s, alice, func(tx store.Tx) (err error) {
					v, err = tx.Brands().Get(id(1))
					return err
				})
				v.Settings.ValidationAnswers++
				err := s.Update(context.Background(), alice, func(tx store.Tx) error { return tx.Brands().Put(&v) })
				if err == nil {
					break
				}
				if waybill.ReasonOf(err) != waybill.ReasonVersion {
					t.Errorf("%v", err)
					return
				}
				conflicts.Add(1)
			}
		}
	})
	view(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Brands().Get(id(1))
		if want := h.Callers * each; v.Settings.ValidationAnswers != want || v.Version != int64(want)+1 {
			t.Errorf("%d were added in %d versions, want %d (%d conflicts)", v.Settings.ValidationAnswers, v.Version, want, conflicts.Load())
		}
		return err
	})
}

// testOneReference has many create a shipment with one reference at once.
func testOneReference(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	for round := range 10 {
		var won atomic.Int64
		together(h.Callers, func(i int) {
			v := Shipment("a1", id(round*1000+i))
			v.Reference = "round " + string(rune('a'+round))
			err := s.Update(context.Background(), alice, func(tx store.Tx) error {
				if _, err := tx.Shipments().ByReference(v.Reference); err == nil {
					return waybill.E("test", waybill.ReasonDuplicate, "seen")
				}
				return tx.Shipments().Put(&v)
			})
			if err == nil {
				won.Add(1)
			} else {
				wants(t, "who lost", err, waybill.Conflict, waybill.ReasonDuplicate)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d shipments have one reference", won.Load())
		}
	}
}

// testGuarded has fifty spend from one balance: reading, checking and writing in one Update.
func testGuarded(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	purse := waybill.Brand{Row: rowOf("a1", 1), ExternalID: "purse"}
	purse.Settings.ValidationAnswers = 20
	update(t, s, alice, func(tx store.Tx) error { return tx.Brands().Put(&purse) })
	var spent atomic.Int64
	together(50, func(i int) {
		for {
			err := s.Update(context.Background(), alice, func(tx store.Tx) error {
				v, err := tx.Brands().Get(id(1))
				if err != nil {
					return err
				}
				if v.Settings.ValidationAnswers == 0 {
					return waybill.E("test", waybill.ReasonBalance, "empty")
				}
				v.Settings.ValidationAnswers--
				if err := tx.Emit(waybill.Event{ID: id(100 + i), Account: "a1", Shipment: "purse"}); err != nil {
					return err
				}
				return tx.Brands().Put(&v) // guarded, and last
			})
			switch waybill.ReasonOf(err) {
			case "":
				spent.Add(1)
				return
			case waybill.ReasonBalance:
				return
			case waybill.ReasonVersion: // once more
			default:
				t.Error(err)
				return
			}
		}
	})
	view(t, s, alice, func(tx store.Tx) error {
		v, err := tx.Brands().Get(id(1))
		events, err1 := tx.Events().Of("purse")
		if v.Settings.ValidationAnswers != 0 || spent.Load() != 20 || len(events) != 20 {
			t.Errorf("%d left, %d spent, %d events; 20 were there", v.Settings.ValidationAnswers, spent.Load(), len(events))
		}
		return errors.Join(err, err1)
	})
}

// testCancel has many write while contexts end under them, before, in the middle of a statement and
// after. What was acknowledged is there, what was surely refused is not, whole or not at all.
func testCancel(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.SystemClock{})
	rounds := (1000 + h.Callers - 1) / h.Callers
	if testing.Short() {
		rounds = 100 / h.Callers
	}
	type fate struct {
		id  waybill.ID
		err error
	}
	var mu sync.Mutex
	var fates []fate
	together(h.Callers, func(c int) {
		random := rand.New(rand.NewPCG(uint64(c), 2))
		for n := range rounds {
			v := Shipment("a1", id(c*10_000+n))
			ctx, cancel := context.WithCancel(context.Background())
			if random.IntN(2) == 0 {
				time.AfterFunc(time.Duration(random.IntN(1500))*time.Microsecond, cancel)
			}
			inside := random.IntN(4) == 0
			err := s.Update(ctx, alice, func(tx store.Tx) error {
				w := v // the caller may have stopped waiting: its variables are left alone
				if err := tx.Shipments().Put(&w); err != nil {
					return err
				}
				if inside {
					cancel()
				}
				if _, _, err := tx.Shipments().Count(store.ShipmentQuery{}, 50); err != nil {
					return err
				}
				return tx.Emit(waybill.Event{ID: v.ID, Account: "a1", Shipment: v.ID})
			})
			cancel()
			mu.Lock()
			fates = append(fates, fate{v.ID, err})
			mu.Unlock()
		}
	})
	// A last write waits for all before it.
	put(t, s, Shipment("a1", id(9_999_999)))
	acknowledged, refused, unsure := 0, 0, 0
	view(t, s, alice, func(tx store.Tx) error {
		for _, f := range fates {
			_, err := tx.Shipments().Get(f.id)
			events, err1 := tx.Events().Of(f.id)
			if err1 != nil {
				return err1
			}
			stored := err == nil
			if stored != (len(events) == 1) || len(events) > 1 {
				t.Errorf("%s is half written: shipment %v, %d events", f.id, stored, len(events))
			}
			var e *waybill.Error
			switch {
			case f.err == nil:
				acknowledged++
				if !stored {
					t.Errorf("%s was acknowledged and is not there", f.id)
				}
			case !errors.As(f.err, &e):
				t.Errorf("%s: %v is no waybill.Error", f.id, f.err)
			case e.Unsure:
				unsure++
			default:
				refused++
				if stored {
					t.Errorf("%s was refused (%v) and is there", f.id, f.err)
				}
				if !errors.Is(f.err, context.Canceled) {
					t.Errorf("%s was refused with %v although only contexts ended", f.id, f.err)
				}
			}
		}
		return nil
	})
	t.Logf("%d acknowledged, %d refused, %d unsure", acknowledged, refused, unsure)
	if acknowledged == 0 || refused+unsure == 0 {
		t.Error("nothing was cancelled, or nothing written")
	}
}

func testNested(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	err := s.Update(context.Background(), alice, func(tx store.Tx) error {
		inner := s.Update(context.Background(), alice, func(tx store.Tx) error {
			v := Shipment("a1", id(1))
			return tx.Shipments().Put(&v)
		})
		wants(t, "the inner Update", inner, waybill.Internal, waybill.ReasonBug)
		return inner
	})
	wants(t, "the outer Update", err, waybill.Internal, waybill.ReasonBug)
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().Get(id(1))
		wants(t, "what the inner one wrote", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		return nil
	})
}
