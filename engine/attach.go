package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// attachKey names the job that makes a shipment's return label.
func attachKey(shipment waybill.ID) string { return "return:" + string(shipment) }

// AttachReturn is the job that makes the return label a rule asked for.
func (e *Engine) AttachReturn(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	b := &comeback{}
	var service int64
	var made []waybill.Return
	err := e.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if b.original, err = tx.Shipments().Get(job.Subject); err != nil {
			return err
		}
		if b.set, err = s.setup(tx, b.original.Account); err != nil {
			return err
		}
		decisions, err := tx.Decisions().Of(b.original.ID)
		if err != nil {
			return err
		}
		if n := len(decisions); n > 0 {
			service = decisions[n-1].ReturnBy
		}
		made, err = tx.Returns().Of(b.original.ID)
		return err
	})
	if err != nil || service == 0 || b.original.Booking != waybill.Booked || b.original.CancelWanted {
		return err
	}
	failed := 0
	for _, r := range made { // of this job before it was cut off, or of somebody who asked
		switch r.Booking {
		case waybill.Booked:
			return nil
		case waybill.Unsettled:
			return pendingReturn(nil) // a job of its own finds out; if it was not bought, this one tries again
		case waybill.Failed:
			failed++
		}
	}
	if failed >= attachTries {
		return nil
	}
	return s.attach(ctx, b, service)
}

func (s Session) attach(ctx context.Context, b *comeback, service int64) error {
	if err := s.enter(verbReturn); err != nil {
		return err
	}
	defer s.leave()
	b.verb, b.began, b.returning.Attached = verbReturn, time.Now(), true
	b.returning.Expiry = s.Clock.Now().In(zoneOf(b.original)).AddDate(0, 0, longestReturn).Format(time.DateOnly)
	if err := s.byService(ctx, b, service); err != nil {
		return err
	}
	return s.bringBack(ctx, b)
}

// attachTries is how often the return label that a rule asked for is tried for.
const attachTries = 3
