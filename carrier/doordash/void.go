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
	id := q.ID()
	cancel := call("doordash.void", http.MethodPut, at(deliveries, id)+"/cancel", nil, true)
	var answer delivery
	err := a.client.Do(ctx, cancel, &answer)
	if err == nil && (answer.ID != id || answer.Status != "cancelled") {
		return a.client.Unusable(cancel, "the delivery is not cancelled", nil)
	}
	if e := waybill.AsError(err); err == nil || e.Fault != nil && e.Fault.Code == alreadyCancelled {
		return nil
	}
	return carrier.NotVoided(err)
}
