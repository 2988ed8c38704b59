package delhivery

import (
	"context"
	"net/http"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// openPickup is our code for Delhivery's "there is an open request already" (pr_exist).
const openPickup = "pr_exist"

type pickupRequest struct {
	Time  string `json:"pickup_time"`
	Date  string `json:"pickup_date"`
	Place string `json:"pickup_location"`
	Count int    `json:"expected_package_count"`
}

type pickupResponse struct {
	ID    flex `json:"pickup_id"`
	Exist bool `json:"pr_exist"`
}

// Collect asks Delhivery to come to a registered place. It has one request open a place and day: a second one joins it.
func (a *adapter) Collect(ctx context.Context, q carrier.CollectRequest) (carrier.Collection, error) {
	const op = "delhivery.collect"
	r := &request{}
	ready := q.Ready.In(ist)
	body := pickupRequest{
		Time: ready.Format("15:04:05"), Date: ready.Format("2006-01-02"), Place: r.place(q.Place, a.place), Count: q.Parcels,
	}
	if err := waybill.FieldErrors(op, r.problems); err != nil {
		return carrier.Collection{}, err
	}
	var answer pickupResponse
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/fm/request/new/", Body: body, Effect: true}
	err := a.client.Do(ctx, call, &answer)
	if e := waybill.AsError(err); err != nil && (e.Fault == nil || e.Fault.Code != openPickup) {
		return carrier.Collection{}, err
	}
	out := carrier.Collection{ID: string(answer.ID), Ready: q.Ready, Close: q.Close}
	if out.ID == "" && (answer.Exist || err != nil) { // an open request whose number is not told: it is the day's
		out.ID = body.Place + " " + body.Date
	}
	return out, nil
}

// CancelCollection is refused: Delhivery's API cannot call a pickup off.
func (a *adapter) CancelCollection(context.Context, string) error {
	return waybill.E("delhivery.collect", waybill.ReasonCarrierAbility, "Delhivery cannot be told to call a pickup off; cancel its shipments, or do it in Delhivery One")
}
