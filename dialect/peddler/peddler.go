// Package peddler speaks the Peddler Enterprise Shipping Service API: tokens, createShipments, getShipmentStatuses,
// updates, cancellations, labels, departures from a facility, postcodes, and status webhooks.
//
// The vendor's API was documented twice. Below /api/Carriers this package answers in the shapes of the later
// documents, below /api/carrier in those of 2023; requests of either kind are taken by both. The wire names are the
// vendor's, and each has one place: item.go reads a shipment, packages.go and record.go write one, status.csv maps
// every state to a code, texts.csv says each code in English and Dutch, fault.go holds every error.
// docs/dialects/peddler.md says what differs from the vendor's own service.
package peddler

import (
	_ "embed"
	"maps"
	"slices"
	"time"

	"waybill"
	"waybill/dialect"
)

//go:embed openapi.yaml
var spec []byte

// Dialect is the Peddler Enterprise Shipping Service API, with the vendor's limit of 2000 requests a minute.
func Dialect() dialect.Dialect {
	return dialect.Dialect{
		Name:   "peddler",
		Title:  "Peddler Enterprise Shipping Service",
		Routes: routes(),
		Auth:   door{},
		Limit:  waybill.RateLimit{Requests: 2000, Period: time.Minute},
		Fault:  fault,
		Speak:  speak,
		Speaks: slices.Collect(maps.Keys(newsKinds)),
		Spec:   spec,

		Statuses: statuses(),
	}
}
