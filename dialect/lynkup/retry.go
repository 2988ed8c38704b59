package lynkup

import (
	"waybill/dialect"
	"waybill/engine"
)

// decodeRetry reads which order is to be placed again. A body is not looked at.
func decodeRetry(r *dialect.Request) (engine.RetryShipment, error) {
	return engine.RetryShipment{Ref: named(r)}, nil
}
