package engine_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
	"waybill/store/storetest"
)

// courier is an account with a house courier, on a clock that runs and a store that flushes.
func courier(b *testing.B) *enginetest.Desk {
	d := enginetest.New(b, enginetest.Options{Store: storetest.SQLite(b, waybill.SystemClock{})}).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"))
	return d
}

// BenchmarkCreate books with the house courier: one shipment after the other, and 64 at a time, which
// share commits.
func BenchmarkCreate(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			d := courier(b)
			var n atomic.Int64
			b.SetParallelism(callers) // times the cores: enough to keep the writer busy
			if callers == 1 {
				for b.Loop() {
					book(b, d, n.Add(1))
				}
				return
			}
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					book(b, d, n.Add(1))
				}
			})
		})
	}
}

func book(b *testing.B, d *enginetest.Desk, n int64) {
	sh, err := d.CreateShipment(b.Context(), enginetest.Order(fmt.Sprintf("B-%d", n)))
	if err != nil || sh.Booking != waybill.Booked {
		b.Errorf("create: %v, %s", err, sh.Booking)
	}
}

// BenchmarkList reads the newest thousand shipments.
func BenchmarkList(b *testing.B) {
	const size = 1000
	d := courier(b)
	for n := range int64(size) {
		book(b, d, n)
	}
	in := engine.ListShipments{Page: store.Page{Limit: size, Order: store.ByCreated}}
	in.Query.CreatedFrom = d.Clock.Now().Add(-24 * time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		list, err := d.ListShipments(b.Context(), in)
		if err != nil || len(list.Items) != size {
			b.Fatalf("list: %v, %d items", err, len(list.Items))
		}
	}
}
