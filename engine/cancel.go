package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CancelShipment gives a shipment up. One that nobody carries is cancelled at once. While it is being
// booked the wish is stored, and what was bought is given back on settlement. A booked one is voided at
// the carrier: reserve, call, settle.
func (s Session) CancelShipment(ctx context.Context, in CancelShipment) (waybill.Shipment, error) {
	v, err := s.reserveCancel(ctx, in)
	if err != nil || v.purchase.ID == "" {
		return v.shipment, err
	}
	return s.finishCancel(ctx, v)
}

// voiding is one purchase on its way back.
type voiding struct {
	set      *setup
	shipment waybill.Shipment
	purchase waybill.Purchase // empty: nothing is to be given back
	carrier  *carrier.Carrier
}

// reserveCancel checks and writes down what is going to be done.
func (s Session) reserveCancel(ctx context.Context, in CancelShipment) (voiding, error) {
	var v voiding
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		set, err := s.setup(tx, sh.Account)
		if err != nil {
			return err
		}
		next := voiding{set: set}
		switch {
		case sh.Booking == waybill.Cancelled:
			return waybill.E("cancel", waybill.ReasonAlreadyCancelled, "the shipment is cancelled already")
		case sh.Booking == waybill.Declared:
			return waybill.E("cancel", waybill.ReasonCancelNotOffered, "the shipment is only declared here; who carries it cancels it")
		case sh.Booking.Open():
			sh.Booking, sh.CancelledBy, sh.Failure = waybill.Cancelled, s.Actor.Name, nil
			err = s.putCancelled(tx, set, &sh)
		case sh.Booking == waybill.Unsettled:
			sh.CancelWanted, sh.CancelledBy = true, s.Actor.Name
			err = s.putAnd(tx, set, &sh, waybill.CancelRequested)
		default:
			next.purchase, next.carrier, err = s.startVoid(tx, set, &sh)
		}
		next.shipment = sh
		if err == nil {
			v = next
		}
		return err
	})
	return v, err
}

func (s Session) putCancelled(tx store.Tx, set *setup, sh *waybill.Shipment) error {
	if err := tx.Unqueue("retry:" + string(sh.ID)); err != nil {
		return err
	}
	return s.putAnd(tx, set, sh, waybill.ShipmentCancelled)
}

func (s Session) putAnd(tx store.Tx, set *setup, sh *waybill.Shipment, kind waybill.EventKind) error {
	if err := tx.Shipments().Put(sh); err != nil {
		return err
	}
	return s.emit(tx, set, kind, sh, waybill.Facts{Carrier: carrierName(*sh), Tracking: sh.Tracking})
}

// startVoid moves the purchase to voiding, with a job in case we do not live to see the answer. A local
// carrier has nothing to give back: its purchase is voided here and now.
func (s Session) startVoid(tx store.Tx, set *setup, sh *waybill.Shipment) (waybill.Purchase, *carrier.Carrier, error) {
	none := waybill.Purchase{}
	p, err := tx.Purchases().Get(sh.Purchase)
	if err != nil {
		return none, nil, err
	}
	if p.State == waybill.Voiding {
		return none, nil, waybill.E("cancel", waybill.ReasonUnsettled, "the shipment is being cancelled; the carrier has not answered yet")
	}
	if sh.Transit.Final() || sh.Transit == waybill.OutForDelivery {
		return none, nil, waybill.E("cancel", waybill.ReasonCancelRefused, "the parcel is %s and can no longer be cancelled", words(string(sh.Transit)))
	}
	connection := set.connection(p.Connection)
	if connection == nil {
		return none, nil, waybill.E("cancel", waybill.ReasonCancelNotOffered, "the connection it was booked with is gone")
	}
	opened, err := s.open(*connection)
	if err != nil {
		return none, nil, err
	}
	if !opened.Has(carrier.Voids) {
		return none, nil, waybill.E("cancel", waybill.ReasonCancelNotOffered, "%s does not allow cancellation", connection.DisplayName)
	}
	p.State = waybill.Voiding
	if opened.Driver().Local {
		if sh.Transit != waybill.LabelMade && sh.Transit != waybill.TransitNone {
			return none, nil, waybill.E("cancel", waybill.ReasonCancelRefused, "the parcel was picked up and can no longer be cancelled")
		}
		p.State = waybill.Bought
		return none, nil, s.putVoided(tx, set, sh, p)
	}
	sh.CancelWanted, sh.CancelledBy = true, s.Actor.Name
	if err := tx.Shipments().Put(sh); err != nil {
		return none, nil, err
	}
	if err := tx.Purchases().Put(&p); err != nil {
		return none, nil, err
	}
	if err := s.emit(tx, set, waybill.CancelRequested, sh, waybill.Facts{Carrier: connection.DisplayName}); err != nil {
		return none, nil, err
	}
	return p, opened, tx.Enqueue(s.voidJob(p, tx.Now().Add(s.Purchase+settleMargin)))
}

// putVoided stores a purchase that was given back, its shipment cancelled and followed no more.
func (s Session) putVoided(tx store.Tx, set *setup, sh *waybill.Shipment, p waybill.Purchase) error {
	p.State = waybill.Voided
	if err := tx.Purchases().Put(&p); err != nil {
		return err
	}
	if sh.Purchase != p.ID {
		return s.emit(tx, set, waybill.PurchaseVoided, sh, waybill.Facts{Message: "an orphaned booking was given back"})
	}
	sh.Booking, sh.CancelWanted = waybill.Cancelled, false
	if sh.CancelledBy == "" {
		sh.CancelledBy = s.Actor.Name
	}
	if err := closeTrackers(tx, sh.ID); err != nil {
		return err
	}
	return s.putCancelled(tx, set, sh)
}

func closeTrackers(tx store.Tx, shipment waybill.ID) error {
	trackers, err := tx.Trackers().Of(shipment)
	if err != nil {
		return err
	}
	for _, t := range trackers {
		if t.Open && t.Return == "" {
			t.Open = false
			if err := tx.Trackers().Put(&t); err != nil {
				return err
			}
		}
	}
	return nil
}

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
	type outcome struct {
		shipment waybill.Shipment
		err      error
	}
	settled := make(chan outcome, 1)
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		sh, err := s.void(context.WithoutCancel(ctx), v)
		settled <- outcome{sh, err}
	}()
	wait := time.NewTimer(s.Answer)
	defer wait.Stop()
	select {
	case o := <-settled:
		return o.shipment, o.err
	case <-wait.C:
		return waybill.Shipment{}, unconfirmed(nil)
	}
}

func unconfirmed(cause error) error {
	e := waybill.E("cancel", waybill.ReasonCarrierOutage,
		"the carrier has not confirmed the cancellation; it is asked again, and the outcome will be reported")
	e.Unsure, e.Err = true, cause
	return e
}

// void asks the carrier once. What it answered is written down; no answer leaves the job to ask again.
func (s Session) void(ctx context.Context, v voiding) (waybill.Shipment, error) {
	crash("void.before")
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	err := v.carrier.Void(deadline, carrier.VoidRequest{
		CarrierID: v.purchase.Booking.CarrierID, Numbers: v.purchase.Booking.Numbers, Key: v.purchase.Key,
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
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(v.purchase.ID)
		if err != nil || p.State == waybill.Voided {
			return err
		}
		fresh, err := tx.Shipments().Get(p.Shipment)
		if err != nil {
			return err
		}
		if err := s.putVoided(tx, v.set, &fresh, p); err != nil {
			return err
		}
		if err := tx.Unqueue(voidKey(p.ID)); err != nil {
			return err
		}
		sh = fresh
		return nil
	})
	return sh, err
}

// settleKept notes that the carrier would not give the purchase back.
func (s Session) settleKept(ctx context.Context, v voiding, cause *waybill.Error) error {
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(v.purchase.ID)
		if err != nil {
			return err
		}
		p.State, p.Error = waybill.Bought, cause.Error()
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		sh, err := tx.Shipments().Get(p.Shipment)
		if err != nil {
			return err
		}
		sh.CancelWanted, sh.CancelledBy = false, ""
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
		if err := s.emit(tx, v.set, waybill.CancelRefused, &sh, waybill.Facts{Reason: cause.Reason, Message: cause.Message}); err != nil {
			return err
		}
		return tx.Unqueue(voidKey(p.ID))
	})
	if err != nil {
		return err
	}
	refused := waybill.E("cancel", waybill.ReasonCancelRefused, "%s", cause.Message)
	refused.Fault, refused.Err = cause.Fault, cause
	return refused
}

// Void is the job that gives a purchase back whose void was not answered, and every orphan.
func (e *Engine) Void(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	a, err := s.resume(ctx, job.Subject)
	if err != nil {
		return err
	}
	if a.purchase.State == waybill.Orphan {
		a.purchase.State = waybill.Voiding
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { p := a.purchase; return tx.Purchases().Put(&p) })
		if err != nil {
			return err
		}
		if a, err = s.resume(ctx, job.Subject); err != nil {
			return err
		}
	}
	if a.purchase.State != waybill.Voiding {
		return nil
	}
	_, err = s.void(ctx, voiding{set: a.set, shipment: a.shipment, purchase: a.purchase, carrier: a.carrier})
	if waybill.ReasonOf(err) == waybill.ReasonCancelRefused {
		err = nil // written down: the parcel stays booked
	}
	return finished(err)
}
