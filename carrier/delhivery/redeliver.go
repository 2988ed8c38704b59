package delhivery

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// The wishes that Delhivery takes of a parcel that could not be delivered, or fetched.
const (
	actAgain      = "RE-ATTEMPT"
	actFetchAgain = "PICKUP_RESCHEDULE"
)

// How often, and how long apart, it is asked what became of a wish.
const (
	asks     = 5
	asksWait = 300 * time.Millisecond
)

type wish struct {
	Waybill string `json:"waybill"`
	Act     string `json:"act"`
}

// Redeliver asks for another attempt, and then what became of the wish. Delhivery chooses the day.
func (a *adapter) Redeliver(ctx context.Context, q carrier.RedeliverRequest) error {
	const op = "delhivery.redeliver"
	if q.On != "" {
		e := waybill.E(op, waybill.ReasonCarrierAbility, "Delhivery chooses the day of the next attempt; leave it out")
		e.Fields = []waybill.FieldError{{Path: "on", Rule: waybill.RuleEmpty, Value: q.On, Message: e.Message}}
		return e
	}
	act := actAgain
	if q.Return {
		act = actFetchAgain
	}
	var body struct {
		Data []wish `json:"data"`
	}
	for _, number := range q.Numbers {
		body.Data = append(body.Data, wish{Waybill: number, Act: act})
	}
	var answer struct {
		RequestID flex `json:"request_id"`
	}
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/p/update", Body: body, Effect: true}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return err
	}
	if answer.RequestID == "" {
		return a.client.Unusable(call, "a wish without a number", nil)
	}
	return a.outcome(ctx, op, string(answer.RequestID))
}

// outcome waits for what becomes of a wish. One that is still being worked on after a few questions is taken for
// accepted: the parcel's own tracking will tell.
func (a *adapter) outcome(ctx context.Context, op, id string) error {
	call := wire.Call{Op: op, Method: http.MethodGet, Path: "/api/cmu/get_bulk_upl/" + url.PathEscape(id)}
	for range asks {
		var body []byte
		if err := a.client.Do(ctx, call, &body); err != nil {
			return err
		}
		done, why := verdict(body)
		if why != "" {
			return a.client.Refused(call, "", why)
		}
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // accepted, and the caller wants to know no more
		case <-time.After(asksWait):
		}
	}
	return nil
}

// verdict reads what became of a wish. Its shape is not published: a status that says failure anywhere in the answer is
// a refusal, with the text beside it; one that says it is waiting means that nothing is decided.
func verdict(body []byte) (done bool, why string) {
	var answer any
	if json.Unmarshal(body, &answer) != nil {
		return false, ""
	}
	done = true
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				look(one)
			}
		case map[string]any:
			status, _ := v["status"].(string)
			switch status = strings.ToLower(status); {
			case strings.Contains(status, "fail"), v["status"] == false, v["success"] == false:
				why = "the wish was refused"
				for _, name := range []string{"remark", "remarks", "reason", "error", "message"} {
					if text, ok := v[name].(string); ok && text != "" {
						why = text
						break
					}
				}
			case strings.Contains(status, "pending"), strings.Contains(status, "process"), strings.Contains(status, "queue"):
				done = false
			}
			for _, one := range v {
				look(one)
			}
		}
	}
	look(answer)
	return done && why == "", why
}
