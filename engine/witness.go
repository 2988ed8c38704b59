package engine

import (
	"cmp"
	"context"
	"strings"

	"waybill"
	"waybill/carrier"
)

// witness hears of every operation of a carrier and notes its calls.
func (e *Engine) witness(ctx context.Context, o carrier.Operation) {
	if e.Operated != nil {
		e.Operated(o)
	}
	if e.Journal == nil || o.Local {
		return
	}
	cause := waybill.CauseOf(ctx)
	const each = 16 << 10 // what an exchange holds, more or less
	e.Journal.Note(1024+each*len(o.Exchanges), func() (waybill.APIRequest, []waybill.CarrierCall) {
		return waybill.APIRequest{}, e.calls(cause, o)
	})
}

// calls are the entries of an operation: one for each time that something was sent. Why the operation failed is told by the
// last of them. One that failed because the carrier was not asked has one entry.
func (e *Engine) calls(cause waybill.Cause, o carrier.Operation) (list []waybill.CarrierCall) {
	entry := func() waybill.CarrierCall {
		c := waybill.CarrierCall{
			Cause: cause, Connection: o.Connection.ID, Carrier: o.Connection.Carrier, Operation: o.Verb, Key: o.Key, Shipment: cmp.Or(o.Shipment, subjectOf(o.Key)),
		}
		c.ID, c.Account, c.Created, c.Took = e.Journal.NewID(), o.Connection.Account, o.At, o.Took
		return c
	}
	for _, clean := range o.Exchanges {
		c, x := entry(), clean()
		c.Created, c.Took, c.Method, c.URL, c.Status, c.Error = x.At, x.Took, x.Method, x.URL, x.Status, x.Err
		c.Failed = x.Status == 0 || x.Status >= 500 || x.Status == 429
		if !e.Bare {
			c.Header, c.Body, c.Answer = x.Header, x.Body, x.Answer
		}
		c.BodySize, c.AnswerSize = x.BodySize, x.AnswerSize
		list = append(list, c)
	}
	if o.Err == nil {
		return list
	}
	err := waybill.AsError(o.Err)
	if len(list) == 0 {
		if err.Code != waybill.CarrierUnavailable {
			return nil // refused before anybody was asked
		}
		list = append(list, entry())
	}
	last := &list[len(list)-1]
	last.Reason = err.Reason
	last.Failed = err.Unsure || err.Code == waybill.CarrierUnavailable || err.Reason == waybill.ReasonCarrierLogin || err.Code == waybill.Internal
	if err.Fault != nil && err.Fault.Code != "" {
		last.Error = err.Fault.Code
	} else if last.Error == "" {
		last.Error = err.Message
	}
	return list
}

// subjectOf is the shipment or return that a purchase's key is made of.
func subjectOf(key string) waybill.ID {
	if id, _, ok := strings.Cut(key, "-"); ok && len(id) == 24 {
		return waybill.ID(id)
	}
	return ""
}
