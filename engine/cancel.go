package engine

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CancelShipment gives a shipment up. One that nobody carries is cancelled at once. While it is being
// booked the wish is stored, and what was bought is given back on settlement. A booked one is voided at
// the carrier: reserve, call, settle.
func (s Session) CancelShipment(ctx context.Context, in CancelShipment) (waybill.Shipment, error) {
	if err := s.enter("cancel"); err != nil {
		return waybill.Shipment{}, err
	}
	defer s.leave()
	crash("cancel.before")
	v, err := s.reserveCancel(ctx, in)
	crash("cancel.after")
	if err == nil && v.purchase.State == waybill.Voided {
		s.prove(ctx, v.connection, waybill.ProofVoided, v.purchase.ID, "")
	}
	if err != nil || v.purchase.State != waybill.Voiding {
		return v.shipment, err
	}
	return s.finishCancel(ctx, v)
}

// voiding is one purchase on its way back.
type voiding struct {
	set        *setup
	shipment   waybill.Shipment
	at         waybill.Transit  // of the parcel that stands most in the way
	purchase   waybill.Purchase // empty: nothing is to be given back
	connection waybill.Connection
	carrier    *carrier.Carrier
	note       string
}

// reserveCancel checks and writes down what is going to be done, on the shipment as it is: if another
// writes it at the same moment, it is looked at anew.
func (s Session) reserveCancel(ctx context.Context, in CancelShipment) (voiding, error) {
	for try := 1; ; try++ {
		v, err := s.lookAtCancel(ctx, in)
		if err == nil {
			err = s.putCancel(ctx, &v)
		}
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes && in.Version == 0 {
			continue
		}
		if err != nil {
			return voiding{}, err
		}
		return v, nil
	}
}

// lookAtCancel reads what is to be given up, and opens the carrier that has it.
func (s Session) lookAtCancel(ctx context.Context, in CancelShipment) (voiding, error) {
	v := voiding{note: in.Note}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		v.purchase = waybill.Purchase{}
		if v.shipment, err = find(tx, in.Ref); err != nil {
			return err
		}
		if err = atVersion(v.shipment, in.Version); err != nil {
			return err
		}
		if v.set, err = s.setup(tx, v.shipment.Account); err != nil {
			return err
		}
		if p := v.shipment.Provider; p != nil && v.shipment.Booking == waybill.Unsettled {
			return s.mayReach(*p)
		}
		if v.shipment.Booking == waybill.Booked {
			if v.at, err = foremostOf(tx, v.shipment); err != nil {
				return err
			}
			v.purchase, err = tx.Purchases().Get(v.shipment.Purchase)
		}
		return err
	})
	if err != nil || v.purchase.ID == "" {
		return v, err
	}
	var shut error
	v.connection, v.carrier, shut, err = s.reopen(ctx, v.purchase.Connection)
	if waybill.ReasonOf(shut) == waybill.ReasonNoConnection {
		return v, waybill.E("cancel", waybill.ReasonCancelNotOffered, "%s", waybill.AsError(shut).Message)
	} else if err == nil {
		err = shut
	}
	return v, err
}

// putCancel writes how the cancellation begins, or all of it where nobody needs to be asked.
func (s Session) putCancel(ctx context.Context, v *voiding) error {
	sh := &v.shipment
	switch {
	case sh.Booking == waybill.Cancelled:
		return waybill.E("cancel", waybill.ReasonAlreadyCancelled, "the shipment is cancelled already")
	case sh.Booking == waybill.Declared:
		return waybill.E("cancel", waybill.ReasonCancelNotOffered, "the shipment is only declared here; who carries it cancels it")
	case sh.Booking == waybill.Unsettled && sh.CancelWanted:
		return nil // said before
	case sh.Booking == waybill.Booked:
		if err := v.refusal(); err != nil {
			return err
		}
	}
	asRead, bought := v.shipment, v.purchase // the closure may run twice
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next, p := asRead, bought
		next.CancelledBy = s.Actor.Name
		var err error
		switch {
		case next.Booking.Open():
			next.Booking, next.Failure = waybill.Cancelled, nil
			err = s.putCancelled(tx, v.set, &next, v.note)
		case next.Booking == waybill.Unsettled:
			next.CancelWanted = true
			err = s.putAnd(tx, v.set, &next, waybill.CancelRequested, v.note)
		case v.carrier.Driver().Local: // it has nothing to give back
			if err = giveUp(tx, next.ID, waybill.ConsignmentVoided); err == nil {
				err = s.putVoided(tx, v.set, &next, &p, v.note)
			}
			if err == nil {
				err = s.refund(tx, &p, givenBack)
			}
		default:
			next.CancelWanted, p.State = true, waybill.Voiding
			if err = giveUp(tx, next.ID, waybill.ConsignmentVoiding); err != nil {
				return err
			}
			if err = s.putAnd(tx, v.set, &next, waybill.CancelRequested, v.note); err == nil {
				err = s.putVoiding(tx, &p)
			}
		}
		if err == nil {
			v.shipment, v.purchase = next, p
		}
		return err
	})
}

// refusal is why a booked shipment cannot be cancelled; nil: the carrier is asked.
func (v *voiding) refusal() error {
	switch {
	case v.purchase.State == waybill.Voiding:
		return waybill.E("cancel", waybill.ReasonUnsettled, "the shipment is being cancelled; the carrier has not answered yet")
	case gone(v.at):
		return waybill.E("cancel", waybill.ReasonCancelRefused, "the parcel is %s and can no longer be cancelled", words(string(v.at)))
	case !v.carrier.Has(carrier.Voids):
		return waybill.E("cancel", waybill.ReasonCancelNotOffered, "%s does not allow cancellation", v.connection.DisplayName)
	case v.carrier.Driver().Local && carried(v.at):
		return waybill.E("cancel", waybill.ReasonCancelRefused, "the parcel was picked up and can no longer be cancelled")
	}
	return nil
}

// putVoiding stores a purchase that is to be given back, with a job in case we do not live to see the
// answer.
func (s Session) putVoiding(tx store.Tx, p *waybill.Purchase) error {
	if err := tx.Purchases().Put(p); err != nil {
		return err
	}
	return tx.Enqueue(s.voidJob(*p, tx.Now().Add(s.Purchase+settleMargin)))
}

func (s Session) putCancelled(tx store.Tx, set *setup, sh *waybill.Shipment, note string) error {
	if err := tx.Unqueue(retryKey(sh.ID)); err != nil {
		return err
	}
	return s.putAnd(tx, set, sh, waybill.ShipmentCancelled, note)
}

func (s Session) putAnd(tx store.Tx, set *setup, sh *waybill.Shipment, kind waybill.EventKind, note string) error {
	if err := tx.Shipments().Put(sh); err != nil {
		return err
	}
	return s.emit(tx, set, kind, sh, waybill.Facts{Carrier: carrierName(*sh), Tracking: sh.Tracking, Note: note})
}

// putVoided stores a purchase that was given back, its shipment cancelled and followed no more. An
// orphan, or a return, leaves the shipment as it is.
func (s Session) putVoided(tx store.Tx, set *setup, sh *waybill.Shipment, p *waybill.Purchase, note string) error {
	p.State = waybill.Voided
	if err := tx.Purchases().Put(p); err != nil {
		return err
	}
	if !carriedBy(*sh, *p) {
		return s.emit(tx, set, waybill.PurchaseVoided, sh, waybill.Facts{Message: "an orphaned booking was given back"})
	}
	sh.Booking, sh.CancelWanted = waybill.Cancelled, false
	sh.CancelledBy = firstOf(sh.CancelledBy, s.Actor.Name)
	if err := closeTrackers(tx, sh.ID); err != nil {
		return err
	}
	if err := markConsignment(tx, sh.ID, waybill.ConsignmentVoided); err != nil {
		return err
	}
	return s.putCancelled(tx, set, sh, note)
}

// carriedBy reports whether the shipment is on its way by this purchase, and not by another or none.
func carriedBy(sh waybill.Shipment, p waybill.Purchase) bool {
	return sh.Booking == waybill.Booked && sh.Purchase == p.ID
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
