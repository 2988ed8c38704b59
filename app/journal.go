package app

import (
	"context"

	"waybill"
	"waybill/engine"
	"waybill/job"
)

// journal is where requests and calls to carriers are noted; nil where nothing is kept of them. It is closed before the
// store is.
func (a *App) journal(clock waybill.Clock) *engine.Journal {
	if a.Config.RequestLog.Keep == keepOff {
		return nil
	}
	j := engine.NewJournal(a.Store, clock, a.log)
	a.closers = append(a.closers, j.Close)
	return j
}

// causing tells all that happens in a job which job it is.
func causing(handlers map[waybill.JobKind]job.Handler) map[waybill.JobKind]job.Handler {
	for kind, handle := range handlers {
		handlers[kind] = func(ctx context.Context, j waybill.Job) error {
			return handle(waybill.Caused(ctx, waybill.Cause{Job: j.Kind, JobID: j.ID}), j)
		}
	}
	return handlers
}
