package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// sweepEvery is how often what has expired is removed.
const sweepEvery = time.Hour

// Sweep is the job that removes expired idempotency keys, in chunks, and comes back.
func (e *Engine) Sweep(ctx context.Context, job waybill.Job) error {
	for {
		removed := 0
		err := e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
			n, err := tx.Keys().Expire(tx.Now(), 100)
			removed = n
			return err
		})
		if err != nil {
			return err
		}
		if removed < 100 {
			return finished(e.sweepAgain(ctx, job))
		}
	}
}

func (e *Engine) sweepAgain(ctx context.Context, job waybill.Job) error {
	return e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		return tx.Enqueue(e.sweepJob(tx.Now().Add(sweepEvery)))
	})
}

func (e *Engine) sweepJob(due time.Time) waybill.Job {
	return waybill.Job{ID: e.IDs.New(), Kind: waybill.JobSweep, Key: "sweep", Due: due, Created: e.Clock.Now()}
}

// Start makes sure that the jobs which keep themselves going are there.
func (e *Engine) Start(ctx context.Context) error {
	return e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		return tx.Enqueue(e.sweepJob(tx.Now().Add(sweepEvery)))
	})
}

// Retry is the job that places a shipment again, where the account wants that.
func (e *Engine) Retry(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	sh, err := s.GetShipment(ctx, GetShipment{Ref{ID: job.Subject}})
	if err != nil || !replaceable(sh.Booking) || e.Clock.Now().Sub(sh.Created) > autoRetryFor {
		return err
	}
	err = s.unqueueRetry(ctx, sh)
	if err == nil {
		_, err = s.RetryShipment(ctx, RetryShipment{Ref{ID: job.Subject}})
	}
	return finished(err)
}

// autoRetryFor is how long a shipment is tried again before it waits for a person after all.
const autoRetryFor = 24 * time.Hour

// unqueueRetry frees the key, so that the retry may ask for another one.
func (s Session) unqueueRetry(ctx context.Context, sh waybill.Shipment) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Unqueue("retry:" + string(sh.ID)) })
}
