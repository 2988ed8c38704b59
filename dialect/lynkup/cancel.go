package lynkup

import (
	"waybill/dialect"
	"waybill/engine"
)

// decodeCancel reads which order is given up. While its booking is under way the answer is the order as
// it is; the webhook tells when it is cancelled.
func decodeCancel(r *dialect.Request) (engine.CancelShipment, error) {
	return engine.CancelShipment{Ref: named(r)}, nil
}
