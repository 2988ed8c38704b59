// Package lynkup speaks the LynkUp Shipping Order API: create, list, get, edit, cancel and retry a
// shipment, read its status history, get a token, and hear of it by webhook.
//
// The wire names are the vendor's, and each has one place: order.go and wire.go write an order,
// member.go reads one, fault.go holds every error with its text, status.csv every status word.
// docs/dialects/lynkup.md says what differs from the vendor's own service.
package lynkup

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

// Dialect is the LynkUp Shipping Order API. Its vendor publishes no request limit but that it counts by
// the second; ours is 50.
func Dialect() dialect.Dialect {
	return dialect.Dialect{
		Name:   "lynkup",
		Title:  "LynkUp Shipping Order API",
		Routes: routes(),
		Auth:   dialect.BearerAuth{},
		Limit:  waybill.RateLimit{Requests: 50, Period: time.Second},
		Fault:  fault,
		Speak:  speak,
		Speaks: slices.Collect(maps.Keys(newsKinds)),
		Spec:   spec,

		Statuses: slices.Sorted(maps.Keys(filters)),
	}
}
