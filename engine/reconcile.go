package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// How long a purchase that the carrier does not know is asked after before that is believed: a
// carrier's own books may lag behind its counter. And how often one is asked after before a person is.
const (
	believeAfter = 30 * time.Second
	settleTries  = 12
)

// Settle is the job that finds out how a purchase ended whose call was never answered: found at the
// carrier, it is kept; surely not there, the next candidate may follow; otherwise it asks again, and in
// the end a person decides.
func (e *Engine) Settle(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	if b, err := s.resumeReturn(ctx, job.Subject); err != nil || b != nil {
		return s.reconcileReturn(ctx, b, job, err)
	}
	a, err := s.resume(ctx, job.Subject)
	if err != nil {
		return err
	}
	if state := a.purchase.State; state != waybill.Intent && state != waybill.Unsure {
		return nil
	}
	booking, err := s.lookUp(ctx, a)
	switch {
	case err == nil:
		if err := s.settleBought(ctx, a, booking); err != nil {
			return err
		}
		return finished(s.announce(ctx, a, "found at the carrier"))
	case waybill.IsCode(err, waybill.NotFound):
		if s.Clock.Now().Before(a.purchase.Deadline.Add(believeAfter)) {
			return finished(s.askAgain(ctx, a, job, err))
		}
		again, err := s.settleRefused(ctx, a, waybill.E("settle", waybill.ReasonBookingFailed, "the carrier does not know the booking"))
		if err != nil || !again {
			return finished(err)
		}
		return finished(s.buy(ctx, a))
	default:
		return finished(s.askAgain(ctx, a, job, err))
	}
}

// finished tells the runner that the job was removed in the transaction of its effect.
func finished(err error) error {
	if err == nil {
		return waybill.ErrFinished
	}
	return err
}

func (s Session) lookUp(ctx context.Context, a *attempt) (carrier.Booking, error) {
	crash("lookup.before")
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	return a.carrier.Find(deadline, carrier.FindRequest{
		Key: a.purchase.Key, Since: a.purchase.Created, Service: a.purchase.Service, Parcels: len(a.shipment.Parcels),
		Label: labelSpec(a.set, a.shipment, a.connection),
	})
}

// announce notes how an unsure purchase came to be settled.
func (s Session) announce(ctx context.Context, a *attempt, how string) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		facts := a.facts()
		facts.Message, facts.Tracking = how, a.shipment.Tracking
		return s.emit(tx, a.set, waybill.PurchaseSettled, &a.shipment, facts)
	})
}

// askAgain keeps the purchase open and asks later; after enough tries, or where the carrier cannot be
// asked at all, it is stuck and waits for a person.
func (s Session) askAgain(ctx context.Context, a *attempt, job waybill.Job, cause error) error {
	stuck := waybill.ReasonOf(cause) == waybill.ReasonCarrierAbility || a.purchase.Tries+1 >= settleTries
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p := a.purchase
		p.Tries++
		p.Error = cause.Error()
		if p.State == waybill.Intent {
			p.State = waybill.Unsure
		}
		kind := waybill.EventKind("")
		if stuck {
			if p.State != waybill.Stuck {
				kind = waybill.PurchaseStuck
			}
			p.State = waybill.Stuck
		} else if a.purchase.State == waybill.Intent {
			kind = waybill.PurchaseUnsure
		}
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if kind != "" {
			facts := a.facts()
			facts.Message = waybill.AsError(cause).Message
			if err := s.emit(tx, a.set, kind, &a.shipment, facts); err != nil {
				return err
			}
		}
		if err := tx.Finish(job); err != nil || stuck {
			return err
		}
		return tx.Enqueue(s.settleJob(a, tx.Now().Add(backoff(p.Tries))))
	})
}

// backoff doubles from five seconds to an hour.
func backoff(tries int) time.Duration {
	wait := 5 * time.Second
	for range tries - 1 {
		if wait *= 2; wait > time.Hour {
			return time.Hour
		}
	}
	return wait
}

// Decide is a person's word on a purchase that is stuck: it was bought under this carrier id and these
// numbers, or it was not.
type Decide struct {
	Purchase  waybill.ID
	Bought    bool
	CarrierID string
	Numbers   []string
}

// DecidePurchase settles a stuck or unsure purchase by hand.
func (s Session) DecidePurchase(ctx context.Context, in Decide) (waybill.Shipment, error) {
	a, err := s.resume(ctx, in.Purchase)
	if err != nil {
		return waybill.Shipment{}, err
	}
	if a.purchase.State != waybill.Stuck && a.purchase.State != waybill.Unsure {
		return waybill.Shipment{}, waybill.E("purchase.decide", waybill.ReasonNotRetryable,
			"purchase %s is %s; only a stuck or unsure one can be decided", in.Purchase, a.purchase.State)
	}
	if !in.Bought {
		if _, err := s.settleRefused(ctx, a, waybill.E("settle", waybill.ReasonBookingFailed, "decided by hand: it was not booked")); err != nil {
			return waybill.Shipment{}, err
		}
		return a.shipment, nil
	}
	if len(in.Numbers) != len(a.shipment.Parcels) {
		return waybill.Shipment{}, waybill.FieldErrors("purchase.decide", []waybill.FieldError{{
			Path: "numbers", Rule: waybill.RuleRange, Limit: itoa(len(a.shipment.Parcels)),
			Message: "one tracking number a parcel is needed",
		}})
	}
	booking := carrier.Booking{Receipt: waybill.Receipt{
		CarrierID: firstOf(in.CarrierID, in.Numbers[0]), Numbers: in.Numbers, Price: a.purchase.Rate.Total,
	}}
	labels, err := a.carrier.Label(ctx, carrier.LabelRequest{
		CarrierID: booking.CarrierID, Numbers: in.Numbers, Label: labelSpec(a.set, a.shipment, a.connection),
	})
	if err == nil {
		booking.Labels = labels
	}
	if err := s.settleBought(ctx, a, booking); err != nil {
		return waybill.Shipment{}, err
	}
	return a.shipment, nil
}

// ListPurchases lists purchases in the states, oldest first: what waits for a person.
func (s Session) ListPurchases(ctx context.Context, states []waybill.PurchaseState) (list []waybill.Purchase, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		list, err = tx.Purchases().InState(states, 1000)
		return err
	})
	return list, err
}
