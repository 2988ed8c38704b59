// Package job runs the work that transactions left behind: it claims due jobs from the store's queue,
// hands each to its kind's handler, and writes down how it ended.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"waybill"
	"waybill/store"
)

// Handler does one job. Nil: done; [waybill.ErrFinished]: done, and already removed. A transient or
// unsure error: again later, after its RetryAfter when it has one. A hard error: the job is buried, with
// the error for a person to see. A job may run twice: a crash after its effect and before its end is
// written brings it back.
type Handler func(context.Context, waybill.Job) error

// Config is what a runner is made of. Zero values mean the defaults named.
type Config struct {
	Queue    store.Queue
	Clock    waybill.Clock
	Log      *slog.Logger
	Handlers map[waybill.JobKind]Handler
	Parallel map[waybill.JobKind]int // how many of a kind run at once; default 4
	Lease    time.Duration           // how long a claim holds without a sign of life; default 1 min
	Poll     time.Duration           // how often to look without being woken; default 2 s
	// Random answers a number from 0 up to n; it spreads retries. Default: math/rand.
	Random func(n int64) int64
	// Ended hears of each job that ran: done, retry, buried or lost (to another worker, or removed).
	Ended func(kind waybill.JobKind, outcome string, took time.Duration)
	// Depth hears every 15 s how many jobs of each kind are open and how late the most overdue is.
	Depth func(open map[waybill.JobKind]int, late time.Duration)
}

// Runner does jobs until it is stopped.
type Runner struct {
	Config
	kinds   []waybill.JobKind
	mu      sync.Mutex
	busy    map[waybill.JobKind]int
	group   sync.WaitGroup // jobs under way
	freed   chan struct{}
	started atomic.Bool
	ended   chan struct{}
	stop    chan struct{}
	once    sync.Once
}

// New makes a runner for the kinds that have handlers.
func New(c Config) *Runner {
	if c.Lease == 0 {
		c.Lease = time.Minute
	}
	if c.Poll == 0 {
		c.Poll = 2 * time.Second
	}
	if c.Random == nil {
		c.Random = rand.Int64N
	}
	r := &Runner{
		Config: c, busy: map[waybill.JobKind]int{},
		freed: make(chan struct{}, 1), ended: make(chan struct{}), stop: make(chan struct{}),
	}
	for _, kind := range waybill.JobKinds {
		if c.Handlers[kind] != nil {
			r.kinds = append(r.kinds, kind)
		}
	}
	return r
}

// Step does exactly one due job and says whether there was one.
func (r *Runner) Step(ctx context.Context) (bool, error) {
	jobs, err := r.Queue.Claim(ctx, r.kinds, 1, r.Lease)
	if err != nil || len(jobs) == 0 {
		return false, err
	}
	return true, r.do(ctx, jobs[0])
}

// Drain does jobs until none is due.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		worked, err := r.Step(ctx)
		if err != nil || !worked {
			return err
		}
	}
}

// do runs one job and writes down how it ended. The error is the queue's, never the job's.
func (r *Runner) do(ctx context.Context, job waybill.Job) error {
	started := time.Now()
	err := r.handle(ctx, job)
	ctx = context.WithoutCancel(ctx) // the end of a job is written even while the program stops
	outcome, written := r.settle(ctx, job, err)
	if waybill.IsCode(written, waybill.Conflict) || waybill.IsCode(written, waybill.NotFound) {
		if written = nil; err != nil { // else its own work removed it
			outcome = "lost"
			r.Log.Warn("job taken over or removed meanwhile", "kind", string(job.Kind), "job", string(job.ID))
		}
	}
	if r.Ended != nil {
		r.Ended(job.Kind, outcome, time.Since(started))
	}
	return written
}

func (r *Runner) settle(ctx context.Context, job waybill.Job, err error) (outcome string, written error) {
	switch e := waybill.AsError(err); {
	case err == nil:
		return "done", r.Queue.Done(ctx, job)
	case errors.Is(err, waybill.ErrFinished):
		return "done", nil
	case e.Severity == waybill.Hard && !e.Unsure:
		r.Log.Error("job buried", "kind", string(job.Kind), "job", string(job.ID), "subject", string(job.Subject), "error", waybill.Logged(err))
		return "buried", r.Queue.Bury(ctx, job, err)
	default:
		wait := e.RetryAfter
		if wait <= 0 {
			wait = r.backoff(job.Attempt)
		}
		r.Log.Info("job again later", "kind", string(job.Kind), "job", string(job.ID), "subject", string(job.Subject),
			"attempt", job.Attempt, "wait", wait.String(), "error", waybill.Logged(err))
		return "retry", r.Queue.Retry(ctx, job, r.Clock.Now().Add(wait), err)
	}
}

// backoff doubles from two seconds to ten minutes, spread by a tenth either way so that what failed
// together does not come back together.
func (r *Runner) backoff(attempt int) time.Duration {
	wait := 10 * time.Minute
	if attempt < 10 {
		wait = min(wait, time.Second<<max(attempt, 1))
	}
	return wait*9/10 + time.Duration(r.Random(int64(wait/5)))
}

// handle runs the handler while a heartbeat keeps the lease; a lost lease cancels it. A panic is an
// internal error like any other.
func (r *Runner) handle(ctx context.Context, job waybill.Job) (err error) {
	handler := r.Handlers[job.Kind]
	if handler == nil {
		return waybill.E("job", waybill.ReasonBug, "no handler for %s", job.Kind)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	beating := make(chan struct{})
	go r.beat(ctx, cancel, job, beating)
	defer func() {
		cancel(nil)
		<-beating
		if p := recover(); p != nil {
			r.Log.Error("panic in job", "kind", string(job.Kind), "job", string(job.ID), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = waybill.E("job", waybill.ReasonBug, "panic in %s", job.Kind)
		}
	}()
	return handler(ctx, job)
}

func (r *Runner) beat(ctx context.Context, cancel context.CancelCauseFunc, job waybill.Job, done chan<- struct{}) {
	defer close(done)
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := r.Queue.Extend(ctx, job, r.Lease); waybill.IsCode(err, waybill.Conflict) {
				cancel(err)
				return
			}
		}
	}
}
