package sqlstore_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// small is the smallest Update that the engine makes: an idempotency key, an event, a job.
func small(ctx context.Context, s store.Store, n int64) error {
	account := waybill.ID("acc")
	return s.Update(ctx, waybill.Actor{Kind: waybill.ActorClient, Account: account}, func(tx store.Tx) error {
		id := waybill.ID(fmt.Sprintf("%024x", n))
		if err := tx.Keys().Put(store.Key{Account: account, Surface: "native", Key: string(id), Hash: "h", Running: true, Expires: tx.Now().Add(time.Hour)}); err != nil {
			return err
		}
		if err := tx.Emit(waybill.Event{ID: id, Account: account, Kind: waybill.ShipmentChanged, Shipment: id}); err != nil {
			return err
		}
		return tx.Enqueue(waybill.Job{ID: id, Account: account, Kind: waybill.JobSettle, Key: "settle:" + string(id)})
	})
}

func BenchmarkUpdate(b *testing.B) {
	benchUpdate(b, small)
}

// BenchmarkCreate is the one transaction of a create with a local carrier.
func BenchmarkCreate(b *testing.B) {
	base := storetest.Shipment("acc", "")
	benchUpdate(b, func(ctx context.Context, s store.Store, n int64) error {
		v := base
		v.ID = waybill.ID(fmt.Sprintf("%024x", n))
		v.Reference = "REF-" + string(v.ID)
		v.To.Contact.Email = fmt.Sprintf("customer%d@example.com", n)
		return s.Update(ctx, waybill.Actor{Kind: waybill.ActorClient, Account: "acc"}, func(tx store.Tx) error {
			if err := tx.Shipments().Put(&v); err != nil {
				return err
			}
			d := waybill.Decision{Row: waybill.Row{ID: v.ID, Account: "acc"}, Shipment: v.ID, Outcome: "book"}
			if err := tx.Decisions().Put(&d); err != nil {
				return err
			}
			p := waybill.Purchase{Row: waybill.Row{ID: v.ID, Account: "acc"}, Shipment: v.ID, Key: string(v.ID) + "-1", State: waybill.Bought}
			if err := tx.Purchases().Put(&p); err != nil {
				return err
			}
			doc := waybill.Document{Row: waybill.Row{ID: v.ID, Account: "acc"}, Shipment: v.ID, Kind: waybill.DocumentLabel}
			if err := tx.Documents().Put(&doc); err != nil {
				return err
			}
			tr := waybill.Tracker{Row: waybill.Row{ID: v.ID, Account: "acc"}, Shipment: v.ID, Connection: "c", Track: waybill.Tracking{Number: v.Tracking}, Due: tx.Now(), Open: true}
			if err := tx.Trackers().Put(&tr); err != nil {
				return err
			}
			return tx.Emit(waybill.Event{ID: v.ID, Account: "acc", Kind: waybill.ShipmentBooked, Shipment: v.ID, Subject: &v})
		})
	})
}

func benchUpdate(b *testing.B, do func(context.Context, store.Store, int64) error) {
	for _, f := range []struct {
		name string
		open func(testing.TB, waybill.Clock) *sqlstore.Store
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.PostgreSQL}} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", f.name, callers), func(b *testing.B) {
				s := f.open(b, waybill.SystemClock{})
				ctx := context.Background()
				var n, failed atomic.Int64
				b.SetParallelism(max(1, callers/2))
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := do(ctx, s, n.Add(1)); err != nil {
							failed.Add(1)
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
			})
		}
	}
}
