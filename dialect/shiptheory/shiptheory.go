// Package shiptheory speaks the Shiptheory REST API, version 1: tokens, booking, view, list and search of
// shipments, return labels, services, package sizes, products, tags and picking lists, in JSON or XML.
//
// The wire names are the vendor's, and each has one place: book.go and party.go read a shipment, view.go
// and search.go write one, filter.go holds every search filter, status.csv every status word, message.go
// every line of a history, fault.go every error. docs/dialects/shiptheory.md says what differs from the vendor's
// own service.
package shiptheory

import (
	_ "embed"
	"time"

	"waybill"
	"waybill/dialect"
)

//go:embed openapi.yaml
var spec []byte

// Dialect is the Shiptheory REST API. Its vendor publishes no request limit but that there is one; ours is
// 300 a minute.
func Dialect() dialect.Dialect {
	return dialect.Dialect{
		Name:   "shiptheory",
		Title:  "Shiptheory REST API v1",
		Routes: routes(),
		Auth:   dialect.BearerAuth{},
		Limit:  waybill.RateLimit{Requests: 300, Period: time.Minute},
		Fault:  fault,
		Speak:  speak,
		Spec:   spec,
	}
}
