package doordash

import (
	"context"
	"net/http"

	"waybill"
	"waybill/carrier"
)

// alreadyCancelled is why DoorDash does not cancel what is cancelled: success to us.
const alreadyCancelled = "cancel_not_allowed/delivery_cancelled"

// Void cancels a delivery. DoorDash does so until a Dasher has picked it up, and may charge for it once one
// was sent.
func (a *adapter) Void(ctx context.Context, q carrier.VoidRequest) error {
	id := q.CarrierID
	if id == "" {
		id = q.Numbers[0]
	}
	cancel := call("doordash.void", http.MethodPut, at(deliveries, id)+"/cancel", nil, true)
	var answer delivery
	err := a.client.Do(ctx, cancel, &answer)
	if err == nil && (answer.ID != id || answer.Status != "cancelled") {
		return a.client.Unusable(cancel, "the delivery is not cancelled", nil)
	}
	if err == nil {
		return nil
	}
	e := *waybill.AsError(err)
	switch {
	case e.Fault != nil && e.Fault.Code == alreadyCancelled:
		return nil
	case e.Code == waybill.CarrierRejected && e.Reason != waybill.ReasonCarrierLogin:
		e.Reason = waybill.ReasonCancelRefused
	}
	return &e
}
