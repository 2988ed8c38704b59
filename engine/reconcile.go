package engine

import (
	"context"
	"errors"
	"slices"
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
	return e.orStuck(ctx, job, e.settle)
}

func (e *Engine) settle(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	if b, err := s.resumeReturn(ctx, job.Subject); err != nil {
		return err
	} else if b != nil {
		return s.reconcileReturn(ctx, b, job)
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
		facts := a.facts()
		facts.Message, facts.Tracking = "found at the carrier", first(booking.Numbers)
		return finished(s.settleBought(ctx, a, booking, note{waybill.PurchaseSettled, facts}))
	case waybill.IsCode(err, waybill.NotFound) && !s.Clock.Now().Before(a.purchase.Deadline.Add(believeAfter)):
		return finished(s.believeRefused(ctx, a))
	default:
		return finished(s.askAgain(ctx, a, job, err))
	}
}

// believeRefused closes a purchase that the carrier does not know, and buys from who may follow. A worker
// that loses its lease does not cut a purchase off.
func (s Session) believeRefused(ctx context.Context, a *attempt) error {
	again, err := s.settleRefused(ctx, a, waybill.E("settle", waybill.ReasonBookingFailed, "the carrier does not know the booking"))
	if err != nil || !again {
		return err
	}
	return s.buy(context.WithoutCancel(ctx), a)
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
	if a.carrier == nil {
		return carrier.Booking{}, a.shut
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	booking, err := a.carrier.Find(deadline, a.sought())
	crash("lookup.after")
	return booking, err
}

// sought is what a carrier is asked of a purchase.
func (a *attempt) sought() carrier.FindRequest {
	return carrier.FindRequest{
		Key: a.purchase.Key, Token: a.purchase.Rate.Token, Since: a.purchase.Created, Service: a.purchase.Service,
		Parcels: len(a.shipment.Parcels),
		Label:   labelSpec(a.set, a.shipment, a.connection), Numbers: a.purchase.Numbers, Magic: carrier.MagicOf(a.shipment),
	}
}

// hopeless reports whether a purchase is no longer asked after: the carrier cannot be asked at all, or was
// often enough.
func hopeless(p waybill.Purchase, cause error) bool {
	switch waybill.ReasonOf(cause) {
	case waybill.ReasonCarrierAbility, waybill.ReasonNoConnection:
		return true
	}
	return p.Tries+1 >= settleTries
}

// askAgain keeps the purchase open and asks later; one that it is hopeless to ask after is stuck and
// waits for a person.
func (s Session) askAgain(ctx context.Context, a *attempt, job waybill.Job, cause error) error {
	crash("again.before")
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, kind := a.purchase, waybill.EventKind("")
		p.Tries, p.Error, p.Fault = p.Tries+1, cause.Error(), waybill.AsError(cause).Fault
		stuck := hopeless(a.purchase, cause)
		switch {
		case stuck:
			p.State, kind = waybill.Stuck, waybill.PurchaseStuck
		case p.State == waybill.Intent:
			p.State, kind = waybill.Unsure, waybill.PurchaseUnsure
		}
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if kind != "" {
			facts := a.facts()
			facts.Message, facts.Fault = waybill.AsError(cause).Message, p.Fault
			if err := s.emit(tx, a.set, kind, &a.shipment, facts); err != nil {
				return err
			}
		}
		if err := tx.Finish(job); err != nil || stuck {
			return err
		}
		return tx.Enqueue(s.settleJob(a, tx.Now().Add(later(p.Tries, cause))))
	})
	crash("again.after")
	return err
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

// later is when to ask a carrier again that failed for the nth time: not before the time that it named itself.
func later(tries int, cause error) time.Duration {
	return max(backoff(tries), waybill.AsError(cause).RetryAfter)
}

// Decide is a person's word on a purchase that is stuck: it was bought under this carrier id and these
// numbers, or it was not. Of one that is stuck on its way back: the carrier has it still, or it does not.
type Decide struct {
	Purchase  waybill.ID
	Bought    bool
	CarrierID string
	Numbers   []string
}

// DecidePurchase settles by hand a purchase that is stuck or unsure, or whose call must be over, a shipment's or a return's. One that was not
// bought fails without a second choice: the rates are old, and a retry asks for new ones.
func (s Session) DecidePurchase(ctx context.Context, in Decide) (waybill.Shipment, error) {
	for try := 1; ; try++ {
		before, err := s.GetPurchase(ctx, in.Purchase)
		if err != nil {
			return waybill.Shipment{}, err
		}
		s.decided = &before
		sh, err := s.decidePurchase(ctx, in)
		if err != nil && try < settleTimes && (errors.Is(err, errMovedOn) || waybill.ReasonOf(err) == waybill.ReasonVersion && s.IfVersion == 0) {
			continue // another was quicker: what is stored now is judged anew
		}
		return sh, err
	}
}

// noteDecided has the audit log say who decided, in the write of what was decided; nothing, where no person did. A word
// that claims another's parcel is refused.
func (s Session) noteDecided(tx store.Tx, after *waybill.Purchase) error {
	if s.decided == nil || s.decided.ID != after.ID {
		return nil
	}
	if err := s.mayClaim(tx, s.decided, after); err != nil {
		return err
	}
	return s.noteChange(tx, s.decided, after)
}

// decides refuses a person's word on a purchase that moved on while it was given.
func (s Session) decides(p waybill.Purchase) error {
	if s.decided == nil || s.decided.Version == p.Version {
		return nil
	}
	return movedOn()
}

func (s Session) decidePurchase(ctx context.Context, in Decide) (waybill.Shipment, error) {
	if err := s.enter("purchase.decide"); err != nil {
		return waybill.Shipment{}, err
	}
	defer s.leave()
	b, err := s.resumeReturn(ctx, in.Purchase)
	if err != nil {
		return waybill.Shipment{}, err
	}
	if b != nil {
		return s.decideReturn(ctx, b, in)
	}
	a, err := s.resume(ctx, in.Purchase)
	if err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.meant(a.purchase.Row); err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.mayDecide(in, a.purchase, len(a.shipment.Parcels)); err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.mayReach(provider(a.connection)); err != nil {
		return waybill.Shipment{}, err
	}
	if a.purchase.Booking != nil {
		return s.decideVoid(ctx, a, in)
	}
	if !in.Bought {
		a.decision.Fallback.Off = true
		_, err = s.writeRefused(ctx, a, notBooked())
		return a.shipment, err
	}
	booking, err := s.told(ctx, in, a.connection, a.carrier, a.shut, a.purchase, a.sought())
	if err == nil {
		err = s.writeBought(ctx, a, booking)
	}
	return a.shipment, err
}

func notBooked() error {
	return waybill.E("settle", waybill.ReasonBookingFailed, "decided by hand: it was not booked")
}

// Decidable reports whether a person may say how a purchase ended: nobody knows, and no call is under way.
func (s Session) Decidable(p waybill.Purchase) bool {
	return p.State == waybill.Stuck || p.State == waybill.Unsure || s.overdue(p)
}

// mayDecide refuses what cannot be decided, and a booking without a number for each parcel. One that was sold, and is
// stuck on its way back, has its numbers.
func (s Session) mayDecide(in Decide, p waybill.Purchase, parcels int) error {
	if !s.Decidable(p) {
		return waybill.E("purchase.decide", waybill.ReasonNotRetryable,
			"purchase %s is %s; only a stuck or unsure one can be decided", p.ID, p.State)
	}
	if in.Bought && p.Booking == nil && (len(in.Numbers) != parcels || slices.Contains(in.Numbers, "")) {
		return waybill.FieldErrors("purchase.decide", []waybill.FieldError{{
			Path: "numbers", Rule: waybill.RuleRange, Limit: itoa(parcels), Message: "one tracking number a parcel is needed",
		}})
	}
	return nil
}

// FindPurchases asks for a part of the purchases in the states.
type FindPurchases struct {
	States  []waybill.PurchaseState
	Updated time.Time // only those that changed at that time or later
	Page    store.Page
}

// FindPurchases lists what [Session.ListPurchases] does, in parts.
func (s Session) FindPurchases(ctx context.Context, in FindPurchases) (slice store.Slice[waybill.Purchase], err error) {
	settled, err := s.settledFor(ctx, in.Page)
	if err != nil {
		return slice, err
	}
	all, err := s.ListPurchases(ctx, in.States)
	if err != nil {
		return slice, err
	}
	return paged(slices.DeleteFunc(all, func(p waybill.Purchase) bool { return p.Row.Updated.Before(in.Updated) }), in.Page, settled)
}

// ListPurchases lists purchases in the states, oldest first: what waits for a person. Among the unsure ones are those
// whose call must be over and that nobody got round to: their state is intent still.
func (s Session) ListPurchases(ctx context.Context, states []waybill.PurchaseState) (list []waybill.Purchase, err error) {
	asked := states
	if slices.Contains(states, waybill.Unsure) && !slices.Contains(states, waybill.Intent) {
		asked = append(slices.Clone(states), waybill.Intent)
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		list, err = tx.Purchases().InState(asked, 1000)
		return err
	})
	return slices.DeleteFunc(list, func(p waybill.Purchase) bool { return !slices.Contains(states, p.State) && !s.overdue(p) }), err
}
