package delhivery

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// edited is the answer of the call that edits and cancels: in JSON, or in XML even to those who accept JSON only.
type edited struct {
	Status flex `json:"status" xml:"status"`
	Remark flex `json:"remark" xml:"remark"`
	Error  flex `json:"error" xml:"error"`
}

// Void gives all packages of a shipment back. Delhivery takes a cancellation after the pickup too, but then turns the
// parcel round and bills both ways: the purchase is not given back, so that is done and told as a refusal.
func (a *adapter) Void(ctx context.Context, q carrier.VoidRequest) error {
	const op = "delhivery.void"
	if len(q.Numbers) == 0 {
		return waybill.FieldErrors(op, []waybill.FieldError{{Path: "numbers", Rule: waybill.RuleRequired, Message: "Delhivery cancels by waybill"}})
	}
	now, err := a.Track(ctx, carrier.TrackRequest{Numbers: q.Numbers, Now: a.clock.Now()})
	if err != nil {
		return err
	}
	taken := false
	for i, number := range q.Numbers {
		if err := a.cancel(ctx, op, number); err != nil {
			return err
		}
		taken = taken || onItsWay(now[i].Status)
	}
	if taken {
		return waybill.E(op, waybill.ReasonCancelRefused, "Delhivery already has the parcel: it is on its way back to the sender now, and both ways are billed")
	}
	return nil
}

// onItsWay reports whether Delhivery has a parcel that can still be turned round.
func onItsWay(state waybill.Transit) bool {
	switch state {
	case waybill.InTransit, waybill.AtDepot, waybill.AttemptFailed, waybill.OutForDelivery, waybill.Returning:
		return true
	}
	return false
}

// cancel gives one package up. "Already cancelled" is answered as the first time.
func (a *adapter) cancel(ctx context.Context, op, number string) error {
	return carrier.NotVoided(a.change(ctx, op, map[string]string{"waybill": number, "cancellation": "true"})) // the word, not the value
}

// change makes one call to edit a package.
func (a *adapter) change(ctx context.Context, op string, body any) error {
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/p/edit", Body: body, Effect: true}
	var data []byte
	if err := a.client.Do(ctx, call, &data); err != nil {
		return err
	}
	var answer edited
	var err error
	if data = bytes.TrimSpace(data); bytes.HasPrefix(data, []byte("<")) {
		err = xml.Unmarshal(data, &answer)
	} else {
		err = json.Unmarshal(data, &answer)
	}
	if err != nil || answer.Status == "" {
		return a.client.Unusable(call, "it does not say whether that was done", err)
	}
	if strings.EqualFold(strings.TrimSpace(string(answer.Status)), "true") {
		return nil
	}
	why := string(answer.Error)
	if why == "" {
		why = string(answer.Remark)
	}
	return a.client.Refused(call, "", why)
}
