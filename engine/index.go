package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// indexStep is how many shipments are brought up to date in one transaction.
const indexStep = 50

// Index is the job that makes shipments of an earlier version findable by all that they are found by now, and counts
// them. It works in small steps beside everything else; what it has done stays done when it is interrupted.
func (e *Engine) Index(ctx context.Context, _ waybill.Job) error {
	for done := false; !done; {
		err := e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
			all, err := tx.Shipments().Reindex(indexStep)
			done = all
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) indexJob() waybill.Job {
	now := e.Clock.Now()
	return waybill.Job{ID: e.IDs.New(), Kind: waybill.JobIndex, Key: "index", Due: now, Created: now}
}
