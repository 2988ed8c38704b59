package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

func voidKey(purchase waybill.ID) string { return "void:" + string(purchase) }

func (s Session) voidJob(p waybill.Purchase, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: p.Account, Kind: waybill.JobVoid, Key: voidKey(p.ID), Subject: p.ID, Due: due,
		Created: s.Clock.Now(),
	}
}

// finishCancel asks the carrier and settles; the caller waits for its budget, the void does not stop
// with it.
func (s Session) finishCancel(ctx context.Context, v voiding) (waybill.Shipment, error) {
	sh, inTime, err := outlive(ctx, s.Engine, s.Answer, func(ctx context.Context) (waybill.Shipment, error) {
		return s.void(ctx, v)
	})
	if !inTime {
		err = unconfirmed(nil)
	}
	return sh, err
}

func unconfirmed(cause error) error {
	e := waybill.E("cancel", waybill.ReasonCarrierOutage,
		"the carrier has not confirmed the cancellation; it is asked again, and the outcome will be reported")
	e.Unsure, e.Err = true, cause
	if told := waybill.AsError(cause); told != nil {
		e.Fault, e.RetryAfter = told.Fault, told.RetryAfter
	}
	return e
}

// void asks the carrier once. What it answered is written down; no answer leaves the job to ask again.
func (s Session) void(ctx context.Context, v voiding) (waybill.Shipment, error) {
	crash("void.before")
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	err := v.carrier.Void(deadline, carrier.VoidRequest{
		CarrierID: v.purchase.Booking.CarrierID, Numbers: v.purchase.Booking.Numbers, Key: v.purchase.Key,
		Magic: carrier.MagicOf(v.shipment),
	})
	crash("void.after")
	if err != nil {
		e := waybill.AsError(err)
		if e.Unsure || e.Severity == waybill.Transient {
			return waybill.Shipment{}, unconfirmed(err)
		}
		return waybill.Shipment{}, s.settleKept(ctx, v, e)
	}
	return s.settleVoided(ctx, v)
}

func (s Session) settleVoided(ctx context.Context, v voiding) (sh waybill.Shipment, err error) {
	crash("voided.before")
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(v.purchase.ID)
		if err != nil {
			return err
		}
		fresh, err := tx.Shipments().Get(p.Shipment)
		if err != nil {
			return err
		}
		if p.State != waybill.Voided { // else the job, or the caller, was quicker
			if err := s.decides(p); err != nil {
				return err
			}
			if err := s.putVoided(tx, v.set, &fresh, &p, v.note); err != nil {
				return err
			}
			if err := s.noteDecided(tx, &p); err != nil {
				return err
			}
		}
		if err := tx.Unqueue(voidKey(p.ID)); err != nil {
			return err
		}
		if err := s.refund(tx, &p, givenBack); err != nil {
			return err
		}
		sh = fresh
		return nil
	})
	crash("voided.after")
	if err == nil {
		s.prove(ctx, v.connection, waybill.ProofVoided, v.purchase.ID, "")
	}
	return sh, err
}

// settleKept notes that the carrier would not give the purchase back: the parcel stays booked. An orphan
// stays one, in the list of what a person must look at: it is paid for, and nothing travels on it.
func (s Session) settleKept(ctx context.Context, v voiding, cause *waybill.Error) error {
	crash("kept.before")
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(v.purchase.ID)
		if err != nil {
			return err
		}
		sh, err := tx.Shipments().Get(p.Shipment)
		if err != nil {
			return err
		}
		if err := s.decides(p); err != nil {
			return err
		}
		p.Error, p.Fault = cause.Error(), cause.Fault
		if p.State = waybill.Orphan; carriedBy(sh, p) {
			p.State = waybill.Bought
			sh.CancelWanted, sh.CancelledBy = false, ""
			if err := tx.Shipments().Put(&sh); err != nil {
				return err
			}
			if err := markConsignment(tx, sh.ID, waybill.ConsignmentReady); err != nil {
				return err
			}
			if err := s.leftUnlisted(tx, sh); err != nil {
				return err
			}
		}
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := s.noteDecided(tx, &p); err != nil {
			return err
		}
		facts := waybill.Facts{Reason: cause.Reason, Message: cause.Message, Fault: cause.Fault, Carrier: v.connection.DisplayName, Note: v.note}
		if err := s.emit(tx, v.set, waybill.CancelRefused, &sh, facts); err != nil {
			return err
		}
		return tx.Unqueue(voidKey(p.ID))
	})
	crash("kept.after")
	if err != nil {
		return err
	}
	refused := waybill.E("cancel", waybill.ReasonCancelRefused, "%s", cause.Message)
	refused.Fault, refused.Err = cause.Fault, cause
	return refused
}

// Void is the job that gives a purchase back whose void was not answered, and every orphan.
func (e *Engine) Void(ctx context.Context, job waybill.Job) error {
	return e.orStuck(ctx, job, e.voidLater)
}

func (e *Engine) voidLater(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	if b, err := s.resumeReturn(ctx, job.Subject); err != nil {
		return err
	} else if b != nil {
		return s.giveReturnBack(ctx, b)
	}
	a, err := s.resume(ctx, job.Subject)
	if err != nil {
		return err
	}
	switch a.purchase.State {
	case waybill.Orphan:
		if err := s.giveBack(ctx, a); err != nil {
			return err
		}
	case waybill.Voiding:
	default:
		return nil
	}
	v := voiding{set: a.set, shipment: a.shipment, purchase: a.purchase, connection: a.connection, carrier: a.carrier}
	switch {
	case a.carrier != nil:
		_, err = s.void(ctx, v)
	case waybill.ReasonOf(a.shut) == waybill.ReasonNoConnection:
		err = s.settleKept(ctx, v, waybill.AsError(a.shut))
	default:
		return a.shut
	}
	if waybill.ReasonOf(err) == waybill.ReasonCancelRefused {
		err = nil // written down: the parcel stays booked
	}
	return finished(err)
}

// giveBack begins to void an orphan.
func (s Session) giveBack(ctx context.Context, a *attempt) error {
	var voiding waybill.Purchase
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p := a.purchase
		p.State = waybill.Voiding
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		voiding = p
		return nil
	})
	if err == nil {
		a.purchase = voiding
	}
	return err
}
