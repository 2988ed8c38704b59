package carrier

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"waybill"
)

// Deadlines of calls whose context brings none. A purchase gets as long as a slow carrier may take,
// because giving up early leaves us unsure of money; a quote is worth little when it comes late.
const (
	quoteTime  = 10 * time.Second
	readTime   = 20 * time.Second
	effectTime = 30 * time.Second
)

// bounded gives a context a deadline when it has none.
func bounded(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}

// effect runs a call that changes something at the carrier: once, under a deadline, outside breaker and
// bulkhead, because a purchase that was decided must be tried. A context that has ended before is a
// certain failure: nobody was called.
func effect[T any](ctx context.Context, c *Carrier, verb string, fn func(context.Context) (T, error)) (T, error) {
	op := c.driver.Name + "." + verb
	ctx, cancel := bounded(ctx, effectTime)
	defer cancel()
	if err := ctx.Err(); err != nil {
		var none T
		return none, named(c.driver.Name, ended(op, err))
	}
	return witnessed(ctx, c, verb, func(ctx context.Context) (T, error) {
		return guard(c, op, true, func() (T, error) { return fn(ctx) })
	})
}

// guard calls the adapter and makes every outcome one that the engine can act on. What an adapter
// returns as *waybill.Error is believed; anything else (a bare error, a panic) of an effectful call is
// Unsure, because the effect may have happened before things went wrong.
func guard[T any](c *Carrier, op string, effectful bool, fn func() (T, error)) (out T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			c.log.Error("adapter panicked", "op", op, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			var none T
			e := waybill.E(op, waybill.ReasonBug, "the adapter failed")
			e.Unsure = effectful
			out, err = none, named(c.driver.Name, e)
		}
	}()
	out, err = fn()
	if err == nil {
		return out, nil
	}
	var none T
	var e *waybill.Error
	if !errors.As(err, &e) {
		e = waybill.AsError(err)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			e = ended(op, err)
		}
		e.Op, e.Unsure = op, effectful
	}
	return none, named(c.driver.Name, e)
}

// ended is the error of a call whose context ended.
func ended(op string, cause error) *waybill.Error {
	e := waybill.E(op, waybill.ReasonCarrierOutage, "no answer in time")
	e.Err = cause
	return e
}

// named says which carrier an error is about, on a copy, so that an adapter may return one error value
// to many callers.
func named(carrier string, err error) error {
	if err == nil {
		return nil
	}
	e := *waybill.AsError(err)
	fault := waybill.CarrierFault{}
	if e.Fault != nil {
		fault = *e.Fault
	}
	fault.Carrier, fault.Wait = carrier, e.RetryAfter
	explained(&fault, e.Reason)
	e.Fault = &fault
	if e.Op == "" {
		e.Op = carrier
	}
	if e.Unsure {
		e.Severity = waybill.Transient
	}
	return &e
}

// lacks is the answer to a call for an ability the adapter does not have.
func (c *Carrier) lacks(verb string, a Ability) error {
	title := c.driver.Title
	return named(c.driver.Name, waybill.E(c.driver.Name+"."+verb, waybill.ReasonCarrierAbility, "%s does not offer %s", title, a))
}

// refuse makes an error of what is wrong with a request before the carrier is called; nil when nothing is.
func (c *Carrier) refuse(verb string, fields []waybill.FieldError) error {
	return named(c.driver.Name, waybill.FieldErrors(c.driver.Name+"."+verb, fields))
}

// broken is the error of an answer that does not hold what it must. After a purchase that is Unsure: the
// parcel was probably sold, and only finding it again can tell.
func (c *Carrier) broken(verb string, effectful bool, format string, args ...any) error {
	e := waybill.E(c.driver.Name+"."+verb, waybill.ReasonCarrierOutage, "the carrier's answer cannot be used: "+format, args...)
	e.Unsure = effectful
	return named(c.driver.Name, e)
}
