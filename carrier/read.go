package carrier

import (
	"context"
	"errors"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"waybill"
)

// Limits of asking, a connection: so many questions at once; after so many failed answers in a row none
// for a while, so that a carrier that is down costs its callers no deadline each.
const (
	readsAtOnce    = 16
	failuresToOpen = 5
	openFor        = 10 * time.Second
)

// reads is the bulkhead and the breaker around quoting and tracking.
type reads struct {
	slots   bulkhead.Bulkhead[any]
	breaker circuitbreaker.CircuitBreaker[any]
}

func newReads() *reads {
	return &reads{
		slots: bulkhead.New[any](readsAtOnce),
		breaker: circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(failuresToOpen).WithDelay(openFor).WithSuccessThreshold(1).Build(),
	}
}

// read runs a question: within the bulkhead, unless the breaker says that the carrier is down. Only
// outages count against the carrier: a refusal is an answer, and a caller who hangs up proves nothing.
func read[T any](ctx context.Context, c *Carrier, verb string, d time.Duration, fn func(context.Context) (T, error)) (T, error) {
	ctx, cancel := bounded(ctx, d)
	defer cancel()
	return witnessed(ctx, c, verb, func(ctx context.Context) (T, error) { return ask(ctx, c, verb, fn) })
}

// ask waits for its turn and asks.
func ask[T any](ctx context.Context, c *Carrier, verb string, fn func(context.Context) (T, error)) (T, error) {
	var none T
	op := c.driver.Name + "." + verb
	if err := c.reads.slots.AcquirePermit(ctx); err != nil {
		return none, named(c.driver.Name, ended(op, err))
	}
	defer c.reads.slots.ReleasePermit()
	if !c.reads.breaker.TryAcquirePermit() {
		e := waybill.E(op, waybill.ReasonCarrierOutage, "%s does not answer; it is left alone for a moment", c.driver.Title)
		e.RetryAfter = c.reads.breaker.RemainingDelay()
		return none, named(c.driver.Name, e)
	}
	out, err := guard(c, op, false, func() (T, error) { return fn(ctx) })
	if waybill.ReasonOf(err) == waybill.ReasonCarrierOutage && !errors.Is(err, context.Canceled) {
		c.reads.breaker.RecordFailure()
	} else {
		c.reads.breaker.RecordSuccess()
	}
	return out, err
}
