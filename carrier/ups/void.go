package ups

import (
	"context"
	"net/http"
	"net/url"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// alreadyVoided is the void service's code for a shipment that was given back before: success to us.
const alreadyVoided = "190117"

// Void gives a whole shipment back. UPS answers 200 with a status of its own: 1 is voided.
func (a *adapter) Void(ctx context.Context, q carrier.VoidRequest) error {
	id := q.ID()
	call := wire.Call{
		Op: "ups.void", Method: http.MethodDelete, Effect: true,
		Path: "/api/shipments/" + version + "/void/cancel/" + url.PathEscape(id),
	}
	var answer voidResponse
	err := a.client.Do(ctx, call, &answer)
	if status := answer.VoidShipmentResponse.SummaryResult.Status; err == nil && status.Code != "1" {
		err = a.client.Refused(call, status.Code, status.Description)
	}
	if e := waybill.AsError(err); err == nil || e.Fault != nil && e.Fault.Code == alreadyVoided {
		return nil
	}
	return carrier.NotVoided(err)
}
