package lynkup

import (
	"waybill/dialect"
	"waybill/engine"
)

// decodeGet reads which order is asked for.
func decodeGet(r *dialect.Request) (engine.GetShipment, error) {
	return engine.GetShipment{Ref: named(r)}, nil
}
