// Package shiplee speaks the Shiplee API: login with an API key, orders that wait for a courier, rates, booking
// against a prepaid wallet, reverse pickups and warehouses; and, of our own design, tracking, labels and
// cancelling, which the vendor offers and does not document.
//
// The wire names are the vendor's, and each has one place: order.go and reverse.go read orders, wire.go the parts
// they share, rates.go and book.go offers and bookings, status.csv every word for a state, fault.go every error.
// docs/dialects/shiplee.md says what differs from the vendor's own service.
package shiplee

import (
	_ "embed"
	"time"

	"waybill"
	"waybill/dialect"
)

//go:embed openapi.yaml
var spec []byte

// Dialect is the Shiplee API. Its vendor publishes no request limit; ours is 120 a minute.
func Dialect() dialect.Dialect {
	return dialect.Dialect{
		Name:   "shiplee",
		Title:  "Shiplee API",
		Routes: routes(),
		Auth:   dialect.BearerAuth{},
		Limit:  waybill.RateLimit{Requests: 120, Period: time.Minute},
		Fault:  fault,
		Speak:  speak,
		Spec:   spec,
	}
}
