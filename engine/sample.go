package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// sampleLife is how long a check has to give back what it bought before a job does.
const sampleLife = 5 * time.Minute

func sampleKey(id waybill.ID) string { return "sample:" + string(id) }

// sampleReference is what the shipment is called that a check buys.
func sampleReference(id waybill.ID) string { return "check-" + string(id) }

// sampled leaves a job that gives back what a check is about to buy, should the check not live to do so.
func (s Session) sampled(ctx context.Context, account, id waybill.ID) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		return tx.Enqueue(waybill.Job{
			ID: s.IDs.New(), Account: account, Kind: waybill.JobSample, Key: sampleKey(id), Subject: id,
			Due: tx.Now().Add(sampleLife), Created: tx.Now(),
		})
	})
}

// sampleDone takes the job away: nothing is left to give back.
func (s Session) sampleDone(ctx context.Context, id waybill.ID) {
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Unqueue(sampleKey(id)) })
	if err != nil {
		s.Log.Warn("the job of a check's shipment stays", "job", sampleKey(id), "error", waybill.Logged(err))
	}
}

// GiveSampleBack is the job that gives back what a check of a connection bought and could not give back itself. One that
// is still being booked keeps the wish, and its settlement gives it back.
func (e *Engine) GiveSampleBack(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	_, err := s.CancelShipment(ctx, CancelShipment{Ref: Ref{Reference: sampleReference(job.Subject)}})
	switch waybill.ReasonOf(err) {
	case waybill.ReasonUnknownShipment, waybill.ReasonAlreadyCancelled: // nothing was bought, or it is back
		return nil
	case waybill.ReasonCancelNotOffered, waybill.ReasonCancelRefused: // the history of the shipment tells
		e.Log.Error("what a check bought is not taken back", "shipment", sampleReference(job.Subject), "error", waybill.Logged(err))
		return nil
	}
	if waybill.AsError(err).Unsure { // its own job asks until it is known
		return nil
	}
	return err
}
