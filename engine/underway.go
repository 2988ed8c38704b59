package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"waybill"
)

// underway counts what must not be cut off: verbs that call a carrier, and the calls that outlive them.
// Entering and draining exclude each other, so that nothing slips in once Drain has begun to wait.
type underway struct {
	mu       sync.Mutex
	group    sync.WaitGroup
	draining bool
}

// Drain refuses new verbs that call carriers and waits until those under way are settled or ctx ends.
func (e *Engine) Drain(ctx context.Context) error {
	e.under.mu.Lock()
	e.under.draining = true
	e.under.mu.Unlock()
	done := make(chan struct{})
	go func() {
		e.under.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter begins a verb that may call a carrier; each is paired with a leave. What goes on after the verb
// has answered counts by itself.
func (s Session) enter(op string) error {
	if err := s.mayShip(op); err != nil {
		return err
	}
	u := &s.under
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.draining {
		return waybill.E(op, waybill.ReasonDraining, "the service is shutting down; try again shortly")
	}
	u.group.Add(1)
	return nil
}

func (s Session) leave() { s.under.group.Done() }

// mayShip refuses roles that only look or only ask for prices.
func (s Session) mayShip(op string) error {
	if role := s.Actor.Role; role == waybill.RoleReadOnly || role == waybill.RoleRatesOnly {
		return waybill.E(op, waybill.ReasonRole, "the role %q may not do this", role)
	}
	return nil
}

// outlive does what must not stop with its caller: a client that hangs up does not stop a purchase. The
// caller waits as long as it can; not inTime: the work goes on. It is called between enter and leave. A
// panic in the work is an error like any other: what was reserved is found and settled by its job.
func outlive[T any](
	ctx context.Context, e *Engine, wait time.Duration, work func(context.Context) (T, error),
) (out T, inTime bool, err error) {
	type outcome struct {
		out T
		err error
	}
	ended := make(chan outcome, 1)
	e.under.group.Add(1)
	go func() {
		defer e.under.group.Done()
		var o outcome
		defer func() {
			if cause := recover(); cause != nil {
				e.Log.Error("a call panicked", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
				o.err = waybill.E("engine", waybill.ReasonBug, "internal error")
			}
			ended <- o
		}()
		o.out, o.err = work(context.WithoutCancel(ctx))
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case o := <-ended:
		return o.out, true, o.err
	case <-timer.C:
		return out, false, nil
	}
}
