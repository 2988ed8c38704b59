package job

import (
	"context"
	"time"

	"waybill"
)

// parallel is how many jobs of a kind run at once unless the configuration says otherwise.
const parallel = 4

// measureEvery is how often the depth of the queue is told.
const measureEvery = 15 * time.Second

// blocked is how soon to look again when a due job cannot be had, because its lane is busy here or on
// another node.
const blocked = 250 * time.Millisecond

// Run claims and does jobs until Stop is called or ctx ends, then waits for those under way. It is
// called once.
func (r *Runner) Run(ctx context.Context) {
	r.started.Store(true)
	defer close(r.ended)
	defer r.group.Wait()
	var measured time.Time
	for {
		if time.Since(measured) >= measureEvery {
			r.measure(ctx)
			measured = time.Now()
		}
		if r.claim(ctx) && !r.stopped() {
			continue // there may be more
		}
		timer := time.NewTimer(r.pause(ctx))
		select {
		case <-ctx.Done():
		case <-r.stop:
		case <-r.Queue.Wake():
		case <-r.freed:
		case <-timer.C:
		}
		timer.Stop()
		if r.stopped() || ctx.Err() != nil {
			return
		}
	}
}

// Stop claims nothing more and waits until the jobs under way have ended or ctx ends; what is then
// still running comes back when its lease ends.
func (r *Runner) Stop(ctx context.Context) error {
	r.once.Do(func() { close(r.stop) })
	if !r.started.Load() {
		return nil // and a Run that starts later ends at once
	}
	select {
	case <-r.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Runner) stopped() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// claim starts as many due jobs as there is room for and says whether it started any.
func (r *Runner) claim(ctx context.Context) bool {
	kinds, n := r.room()
	if n == 0 || r.stopped() {
		return false
	}
	jobs, err := r.Queue.Claim(ctx, kinds, n, r.Lease)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("jobs cannot be claimed", "error", err.Error())
		}
		return false
	}
	for _, job := range jobs {
		r.count(job.Kind, 1)
		r.group.Add(1)
		go func() {
			defer r.group.Done()
			if err := r.do(ctx, job); err != nil {
				r.Log.Error("the end of a job cannot be written", "kind", string(job.Kind), "job", string(job.ID), "error", err.Error())
			}
			r.count(job.Kind, -1)
			select {
			case r.freed <- struct{}{}:
			default:
			}
		}()
	}
	return len(jobs) > 0
}

// room lists the kinds that may start another job, and how many may start whatever their kind.
func (r *Runner) room() (kinds []waybill.JobKind, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range r.kinds {
		most := r.Parallel[kind]
		if most == 0 {
			most = parallel
		}
		free := most - r.busy[kind]
		if free <= 0 {
			continue
		}
		if kinds = append(kinds, kind); n == 0 || free < n {
			n = free
		}
	}
	return kinds, n
}

func (r *Runner) count(kind waybill.JobKind, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy[kind] += by
}

// pause is how long to sleep when nothing is due: until the next job is, at most the poll interval,
// which is also the backstop for a wake-up that was lost.
func (r *Runner) pause(ctx context.Context) time.Duration {
	kinds, n := r.room()
	if n == 0 {
		return r.Poll
	}
	next, err := r.Queue.NextDue(ctx, kinds)
	if err != nil || next.IsZero() {
		return r.Poll
	}
	if wait := next.Sub(r.Clock.Now()); wait > 0 {
		return min(r.Poll, wait)
	}
	return min(r.Poll, blocked)
}

func (r *Runner) measure(ctx context.Context) {
	if r.Depth == nil {
		return
	}
	open, err := r.Queue.Depth(ctx)
	if err != nil {
		return
	}
	var late time.Duration
	if next, err := r.Queue.NextDue(ctx, nil); err == nil && !next.IsZero() {
		late = max(0, r.Clock.Now().Sub(next))
	}
	r.Depth(open, late)
}
