package lynkup

import (
	"waybill/dialect"
	"waybill/engine"
)

// decodeRetry reads which order is to be placed again. One that is held is
// released by it: there is no other call for that. A body is not looked at.
func decodeRetry(r *dialect.Request) (engine.RetryShipment, error) {
	return engine.RetryShipment{Ref: named(r), Release: true}, nil
}
