package doordash

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/internal/wire"
)

// pause is how long DoorDash wants a client to wait at least when it sent too much; it sends no header.
const pause = time.Second

// fault reads DoorDash's refusals: a code for what sort, a reason for why, and the members that are wrong. The
// status has said already whether to try again: 4xx never, 5xx and 429 later. Code and reason are kept as one,
// "cancel_not_allowed/delivery_picked_up".
func fault(answer wire.Answer, e *waybill.Error) {
	var body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Fields  []struct {
			Field string `json:"field"`
			Error string `json:"error"`
		} `json:"field_errors"`
	}
	if answer.Status == http.StatusTooManyRequests && e.RetryAfter == 0 {
		e.RetryAfter = pause
	}
	if json.Unmarshal(answer.Body, &body) != nil {
		return
	}
	e.Fault.Code, e.Fault.Message = strings.Trim(body.Code+"/"+body.Reason, "/"), body.Message
	if body.Message != "" {
		e.Message = "DoorDash: " + body.Message
	}
	if body.Reason != "" {
		e.Message += " (" + sentence(body.Reason) + ")"
	}
	known := row(faults, body.Code, body.Reason)
	if e.Code != waybill.CarrierRejected || e.Reason == waybill.ReasonCarrierLogin || known == nil {
		return
	}
	wire.Because(e, waybill.Reason(known[2]))
	e.Fault.Cause, e.Fault.Remedy = known[4], known[5]
	if known[3] != "" {
		e.Fields = []waybill.FieldError{{Path: known[3], Rule: waybill.RuleFormat, Message: e.Message}}
	}
	for _, wrong := range body.Fields {
		path := member(wrong.Field)
		e.Fields = append(e.Fields, waybill.FieldError{Path: path, Rule: waybill.RuleFormat, Message: "DoorDash: " + wrong.Field + ": " + wrong.Error})
		if strings.Contains(path, ".address.") {
			e.Reason = waybill.ReasonCarrierAddress
		}
	}
}

// member is the part of a shipment that a member of DoorDash's stands for: items[2].price, or its own name.
func member(name string) string {
	whole, rest, _ := strings.Cut(name, ".")
	plain, _, _ := strings.Cut(whole, "[")
	if known := row(fields, plain); known != nil {
		if plain == "items" && rest != "" {
			return "items." + rest
		}
		return known[1]
	}
	return name
}

// absent reports whether DoorDash says that it has no delivery of that id. A 404 without its code may come from
// anywhere on the way, and must not be taken for "never sold".
func absent(e *waybill.Error) bool {
	return e.Fault != nil && e.Fault.Status == http.StatusNotFound && e.Fault.Code == codeUnknown
}
