package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// RetryShipment places a shipment again that found no carrier, was refused or was ignored. A draft and one that is held for a
// person are refused, unless the caller releases it by this: then no rule holds it again.
func (s Session) RetryShipment(ctx context.Context, in RetryShipment) (waybill.Shipment, error) {
	if err := s.enter("retry"); err != nil {
		return waybill.Shipment{}, err
	}
	defer s.leave()
	o := &order{verb: "retry", began: time.Now(), existing: true}
	if err := s.read(ctx, o, in.Ref); err != nil {
		return waybill.Shipment{}, err
	}
	if err := atVersion(o.shipment, in.Version); err != nil {
		return waybill.Shipment{}, err
	}
	if !o.shipment.Booking.Open() {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonNotRetryable,
			"the shipment is %s and can no longer be retried", o.shipment.Booking)
	}
	if o.shipment.Booking == waybill.Draft && !in.Release {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonNotRetryable, "the shipment is a draft that nobody was asked about: it is booked (/book), not retried")
	}
	o.released = o.shipment.Booking == waybill.Held
	if o.released && !in.Release {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonNotRetryable,
			"the shipment is held for approval: it is released by booking it (/book), not by a retry")
	}
	if in.again {
		o.before = o.shipment.Failure
	}
	if err := o.depart(Place{}); err != nil {
		return waybill.Shipment{}, err
	}
	if in.Strict {
		if err := s.fits("retry", o.shipment); err != nil {
			return waybill.Shipment{}, err
		}
	}
	return s.carry(ctx, o)
}

// home is the location a stored shipment takes its connections from.
func (o *order) home() *waybill.Location {
	if l := o.set.location(o.shipment.Location); l != nil {
		return l
	}
	return o.set.home()
}

// autoRetry places the shipment again later, where the account wants that. One that was stored as a draft is
// booked when its caller says so, and by whom.
func (s Session) autoRetry(a *attempt) func(store.Tx) error {
	if !a.set.account.Settings.AutoRetry || a.shipment.Digest != "" {
		return nil
	}
	key := retryKey(a.shipment.ID)
	return func(tx store.Tx) error {
		if err := tx.Unqueue(key); err != nil { // the job that led here, if one did
			return err
		}
		return tx.Enqueue(waybill.Job{
			ID: s.IDs.New(), Account: a.shipment.Account, Kind: waybill.JobRetry, Key: key,
			Subject: a.shipment.ID, Due: tx.Now().Add(max(autoRetryAfter, a.wait())), Created: tx.Now(),
		})
	}
}

// wait is how long the carrier that failed last asked to be left alone.
func (a *attempt) wait() time.Duration {
	if f := a.shipment.Failure; f != nil && f.Fault != nil {
		return f.Fault.Wait
	}
	return 0
}

func retryKey(shipment waybill.ID) string { return "retry:" + string(shipment) }

// How long after a failure a shipment is placed again, and for how long in all before it waits for a
// person.
const (
	autoRetryAfter = 15 * time.Minute
	autoRetryFor   = 24 * time.Hour
)

// Retry is the job that places a shipment again, where the account wants that. If it fails again, the
// next such job takes this one's place in the same transaction.
func (e *Engine) Retry(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	ref := Ref{ID: job.Subject}
	sh, err := s.GetShipment(ctx, GetShipment{ref})
	if err != nil || !replaceable(sh.Booking) || e.Clock.Now().Sub(sh.Created) > autoRetryFor {
		return err
	}
	_, err = s.RetryShipment(ctx, RetryShipment{Ref: ref, again: true})
	if waybill.IsCode(err, waybill.Conflict) {
		return nil // someone else placed, changed or cancelled it at the same moment
	}
	return err
}
