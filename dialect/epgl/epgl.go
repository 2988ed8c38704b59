// Package epgl speaks the EPGL "Regulatory and Licensing" API, version 1, by which couriers declare to a
// postal regulator what they carry: tokens, create or update of a shipment, and invoices.
//
// It books nothing. A declared shipment is somebody else's; the other dialects can list and follow it.
// fields.go holds every rule of every member, member.go how members are read and shown, envelope.go the
// frame of all answers, fault.go every error. The words that move a shipment are the engine's: any API may
// declare. docs/dialects/epgl.md says what differs from the vendor's own service.
package epgl

import (
	_ "embed"
	"time"

	"waybill"
	"waybill/dialect"
)

//go:embed openapi.yaml
var spec []byte

// Dialect is the EPGL API. Its vendor says that there is a request limit and not which; ours is 300 a
// minute.
func Dialect() dialect.Dialect {
	return dialect.Dialect{
		Name:   "epgl",
		Title:  "EPGL Regulatory and Licensing API v1",
		Routes: routes(),
		Auth:   dialect.BearerAuth{},
		Limit:  waybill.RateLimit{Requests: 300, Period: time.Minute},
		Fault:  fault,
		Speak:  speak,
		Spec:   spec,
	}
}
