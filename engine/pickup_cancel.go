package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// CancelPickup has a confirmed pickup called off. It is asked for as often as it takes, since calling off twice does no
// harm; an answer that did not come is Unsure, and a job asks again. A carrier that cannot be told is
// ReasonCancelNotOffered, one that will not ReasonCancelRefused; it then still comes.
func (s Session) CancelPickup(ctx context.Context, id waybill.ID) (waybill.Pickup, error) {
	if err := s.enter(verbPickup); err != nil {
		return waybill.Pickup{}, err
	}
	defer s.leave()
	v, err := s.wantOff(ctx, id)
	if err != nil {
		return waybill.Pickup{}, err
	}
	work := v
	p, inTime, err := outlive(ctx, s.Engine, s.Answer, func(ctx context.Context) (waybill.Pickup, error) {
		err := s.callOff(ctx, &work)
		return work.pickup, err
	})
	if !inTime {
		return v.pickup, unconfirmed(nil)
	}
	return p, err
}

// wantOff writes the wish down, with the job that sees it through.
func (s Session) wantOff(ctx context.Context, id waybill.ID) (visit, error) {
	v, err := s.recallVisit(ctx, id)
	if err != nil {
		return v, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Pickups().Get(id)
		if err == nil {
			err = s.meant(p.Row)
		}
		if err != nil {
			return err
		}
		switch p.State {
		case waybill.PickupConfirmed:
		case waybill.PickupCancelled:
			return waybill.E(verbPickup, waybill.ReasonAlreadyCancelled, "the pickup is cancelled already")
		case waybill.PickupFailed:
			return waybill.E(verbPickup, waybill.ReasonNotRetryable, "the pickup failed: nobody comes")
		default:
			return waybill.E(verbPickup, waybill.ReasonUnsettled, "nobody knows yet whether the carrier comes; decide that first")
		}
		p.CancelWanted = true
		if err := tx.Pickups().Put(&p); err != nil {
			return err
		}
		if err := tx.Enqueue(s.pickupJob(p, tx.Now().Add(s.Purchase+settleMargin))); err != nil {
			return err
		}
		v.pickup = p
		return nil
	})
	return v, err
}

// recallVisit reads a pickup with who comes, opened.
func (s Session) recallVisit(ctx context.Context, id waybill.ID) (v visit, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if v.pickup, err = tx.Pickups().Get(id); err == nil {
			v.set, err = s.setup(tx, v.pickup.Account)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	var shut error
	v.connection, v.carrier, shut, err = s.reopen(ctx, v.pickup.Connection)
	if err == nil {
		err = shut
	}
	return v, err
}

// callOff asks the carrier and writes down what it said.
func (s Session) callOff(ctx context.Context, v *visit) error {
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	err := v.carrier.CancelCollection(deadline, v.pickup.CarrierID)
	e := waybill.AsError(err)
	if err != nil && (e.Unsure || e.Severity == waybill.Transient) {
		return unconfirmed(err)
	}
	failed := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Pickups().Get(v.pickup.ID)
		if err != nil || p.State != waybill.PickupConfirmed {
			v.pickup = p
			return err
		}
		p.CancelWanted = false
		if e != nil {
			p.Reason, p.Error, p.Fault = e.Reason, e.Message, e.Fault
			if err := tx.Pickups().Put(&p); err != nil {
				return err
			}
		} else {
			p.State, p.CancelledBy, p.Reason, p.Error, p.Fault = waybill.PickupCancelled, s.Actor.Name, "", "", nil
			if err := s.putPickup(tx, v.set, &p, waybill.PickupCalledOff, waybill.Facts{}); err != nil {
				return err
			}
		}
		if err := tx.Unqueue(pickupKey(p.ID)); err != nil {
			return err
		}
		if e == nil {
			if err := s.chargePickup(tx, v.connection, p, waybill.EntryRefund); err != nil {
				return err
			}
		}
		v.pickup = p
		return nil
	})
	if failed != nil || e == nil {
		return failed
	}
	reason := waybill.ReasonCancelRefused
	if e.Reason == waybill.ReasonCarrierAbility {
		reason = waybill.ReasonCancelNotOffered
	}
	refused := waybill.E(verbPickup, reason, "%s", e.Message)
	refused.Fault, refused.Err = e.Fault, e
	return refused
}

// VisitPickup is the job that looks after a pickup. One that was asked for and never answered is in doubt: carriers
// cannot be asked whether they come, so a person finds out. One that is to be called off is asked about again.
func (e *Engine) VisitPickup(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	var p waybill.Pickup
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		p, err = tx.Pickups().Get(job.Subject)
		return err
	})
	switch {
	case err != nil:
		return err
	case p.State == waybill.PickupRequested:
		return finished(s.doubt(ctx, job))
	case !p.CancelWanted || p.State != waybill.PickupConfirmed:
		return nil
	}
	v, err := s.recallVisit(ctx, p.ID)
	if err != nil {
		return err
	}
	switch err := s.callOff(ctx, &v); {
	case err == nil || waybill.IsCode(err, waybill.CarrierRejected) || waybill.IsCode(err, waybill.Unsupported):
		return waybill.ErrFinished // callOff took the job away
	case job.Attempt >= settleTries:
		return &waybill.Error{Op: verbPickup, Code: waybill.CarrierUnavailable, Severity: waybill.Hard, Message: "the carrier never answered", Err: err}
	default:
		again := *waybill.AsError(err)
		again.Unsure, again.Severity, again.RetryAfter = false, waybill.Transient, later(job.Attempt, err)
		return &again
	}
}

// doubt makes a pickup that nobody answered one that a person must look into.
func (s Session) doubt(ctx context.Context, job waybill.Job) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Pickups().Get(job.Subject)
		if err != nil {
			return err
		}
		if err := tx.Finish(job); err != nil || p.State != waybill.PickupRequested {
			return err
		}
		set, err := s.setup(tx, p.Account)
		if err != nil {
			return err
		}
		p.State, p.Reason, p.Error = waybill.PickupUnsure, waybill.ReasonCarrierOutage, "the carrier did not answer"
		return s.putPickup(tx, set, &p, waybill.PickupInDoubt, waybill.Facts{Reason: p.Reason, Message: p.Error})
	})
}

// DecidePickup is a person's word on a pickup that is in doubt.
type DecidePickup struct {
	ID        waybill.ID
	Confirmed bool
	CarrierID string // the carrier's number of the visit, where it comes
}

// DecidePickup settles by hand a pickup that nobody knows the end of.
func (s Session) DecidePickup(ctx context.Context, in DecidePickup) (out waybill.Pickup, err error) {
	if err := s.mayShip(verbPickup); err != nil {
		return out, err
	}
	if in.Confirmed && in.CarrierID == "" {
		return out, waybill.FieldErrors(verbPickup, []waybill.FieldError{{
			Path: "carrier_id", Rule: waybill.RuleRequired, Message: "the carrier's number of the visit is needed",
		}})
	}
	decidable := func(tx store.Tx) (p waybill.Pickup, err error) {
		if p, err = tx.Pickups().Get(in.ID); err == nil {
			err = s.meant(p.Row)
		}
		if err == nil && p.State != waybill.PickupUnsure {
			err = waybill.E(verbPickup, waybill.ReasonNotRetryable, "the pickup is %s; only one in doubt can be decided", p.State)
		}
		if err == nil {
			err = s.mayReach(p.Provider)
		}
		return p, err
	}
	if in.Confirmed {
		var p waybill.Pickup
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			p, err = decidable(tx)
			return err
		})
		if err == nil {
			err = s.mayClaimVisit(ctx, p, in.CarrierID)
		}
		if err != nil {
			return out, err
		}
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := decidable(tx)
		if err != nil {
			return err
		}
		set, err := s.setup(tx, p.Account)
		if err != nil {
			return err
		}
		kind := waybill.PickupRefused
		if p.State = waybill.PickupFailed; in.Confirmed {
			p.State, p.CarrierID, p.Reason, p.Error, p.Fault, kind = waybill.PickupConfirmed, in.CarrierID, "", "", nil, waybill.PickupBooked
		}
		if err := s.putPickup(tx, set, &p, kind, waybill.Facts{Message: "decided by hand"}); err != nil {
			return err
		}
		out = p
		return nil
	})
	return out, err
}
