package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// sweepEvery is how often what has expired is removed.
const sweepEvery = time.Hour

// Sweep is the job that removes expired idempotency keys and old entries of the logs, in chunks, sees to it that every followed parcel
// is polled for and that no pool of numbers runs dry, and comes back.
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
			break
		}
	}
	if err := e.sweepLogins(ctx); err != nil {
		return err
	}
	if err := e.sweepLogs(ctx); err != nil {
		return err
	}
	if err := e.sweepRetention(ctx); err != nil {
		return err
	}
	if err := e.ensurePolls(ctx); err != nil {
		return err
	}
	if err := e.ensureNumbers(ctx); err != nil {
		return err
	}
	return finished(e.sweepAgain(ctx, job))
}

// ensurePolls queues the poll job of each connection that has parcels to be followed. Bookings queue it
// too, but one on a lent connection may not (the job is its lender's), and one that meets the end of the
// last poll on another node finds the old job still there. An hour is well before the first poll is due.
func (e *Engine) ensurePolls(ctx context.Context) error {
	s := e.As(waybill.System(""))
	var followed []waybill.Connection
	err := e.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		all, err := tx.Connections().All()
		if err != nil {
			return err
		}
		var list []waybill.Connection
		for _, c := range all {
			if driver, ok := e.Carriers.Driver(c.Carrier); !ok || driver.Local {
				continue
			}
			oldest, err := tx.Trackers().OldestDue(c.ID)
			if err != nil {
				return err
			}
			if !oldest.IsZero() {
				list = append(list, c)
			}
		}
		followed = list
		return nil
	})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(followed, 100) {
		err := e.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			for _, c := range chunk {
				if err := tx.Enqueue(s.pollJob(c, tx.Now().Add(pollEvery))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
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
		if err := tx.Enqueue(e.indexJob()); err != nil {
			return err
		}
		return tx.Enqueue(e.sweepJob(tx.Now().Add(sweepEvery)))
	})
}
