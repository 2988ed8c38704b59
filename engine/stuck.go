package engine

import (
	"context"
	"errors"

	"waybill"
	"waybill/store"
)

// orStuck runs a job that settles a purchase or gives one back. Money hangs on it, so it is never buried out of
// sight: where it ends with an error that asking again does not mend, the purchase becomes stuck, and a person is
// shown it with the cause.
func (e *Engine) orStuck(ctx context.Context, job waybill.Job, work func(context.Context, waybill.Job) error) error {
	err := work(ctx, job)
	cause := waybill.AsError(err)
	switch {
	case err == nil || errors.Is(err, waybill.ErrFinished) || cause.Unsure || cause.Severity != waybill.Hard:
		return err
	case cause.Reason == waybill.ReasonVersion: // another wrote the same records at that moment
		later := *cause
		later.Severity = waybill.Transient
		return &later
	}
	s := e.As(waybill.System(job.Account))
	failed := s.stick(ctx, job, cause, true)
	if failed != nil {
		failed = s.stick(ctx, job, cause, false)
	}
	if failed != nil {
		e.Log.Error("a purchase cannot be settled, nor marked as stuck", "purchase", string(job.Subject), "error", waybill.Logged(failed))
		return err
	}
	e.Log.Error("a purchase is stuck", "purchase", string(job.Subject), "kind", string(job.Kind), "error", waybill.Logged(err))
	return waybill.ErrFinished
}

// stick makes the job's purchase one that waits for a person, and ends the job. It touches nothing else, since that
// may be what cannot be written; told, the history has it too.
func (s Session) stick(ctx context.Context, job waybill.Job, cause *waybill.Error, told bool) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(job.Subject)
		if err != nil {
			return err
		}
		if !p.State.May(waybill.Stuck) {
			return errMovedOn
		}
		p.State, p.Error, p.Fault = waybill.Stuck, cause.Error(), cause.Fault
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := tx.Finish(job); err != nil || !told {
			return err
		}
		return s.tellStuck(tx, p, waybill.Facts{Reason: cause.Reason, Message: cause.Message, Fault: cause.Fault})
	})
}

// tellStuck notes in the history of its shipment, or return, that a purchase waits for a person.
func (s Session) tellStuck(tx store.Tx, p waybill.Purchase, facts waybill.Facts) error {
	set, err := s.setup(tx, p.Account)
	if err != nil {
		return err
	}
	var sh waybill.Shipment
	if p.Shipment != "" {
		if sh, err = tx.Shipments().Get(p.Shipment); err != nil {
			return err
		}
	}
	if p.Return == "" {
		facts.Carrier = carrierName(sh)
		return s.emit(tx, set, waybill.PurchaseStuck, &sh, facts)
	}
	r, err := tx.Returns().Get(p.Return)
	if err != nil {
		return err
	}
	if r.Shipment == "" {
		sh = waybill.Shipment{}
	}
	return s.emitReturn(tx, set, waybill.PurchaseStuck, sh, r, facts)
}

// undecided reports whether nobody wrote down yet if the carrier sold: what is stuck on its way back was sold.
func undecided(p waybill.Purchase) bool {
	switch p.State {
	case waybill.Intent, waybill.Unsure, waybill.Stuck:
		return p.Booking == nil
	}
	return false
}

// overdue reports whether the call of a purchase must be over although nobody wrote down how it ended.
func (s Session) overdue(p waybill.Purchase) bool {
	return p.State == waybill.Intent && s.Clock.Now().After(p.Deadline.Add(settleMargin))
}

// decideVoid settles by hand a purchase that is stuck on its way back: the carrier has it still, or took it back.
func (s Session) decideVoid(ctx context.Context, a *attempt, in Decide) (waybill.Shipment, error) {
	v := voiding{set: a.set, shipment: a.shipment, purchase: a.purchase, connection: a.connection, carrier: a.carrier}
	if !in.Bought {
		return s.settleVoided(ctx, v)
	}
	err := s.settleKept(ctx, v, keptByHand())
	if waybill.ReasonOf(err) != waybill.ReasonCancelRefused {
		return waybill.Shipment{}, err
	}
	return s.GetShipment(ctx, GetShipment{Ref: Ref{ID: v.shipment.ID}})
}

// decideReturnVoid is decideVoid for a return. To the money it was on its way back.
func (s Session) decideReturnVoid(ctx context.Context, b *comeback, in Decide) (waybill.Shipment, error) {
	settle := s.putReturnVoided
	if in.Bought {
		settle = func(ctx context.Context, b *comeback, note string) error {
			return s.putReturnKept(ctx, b, note, keptByHand())
		}
	}
	b.state = waybill.Voiding
	return b.original, settle(ctx, b, "")
}

func keptByHand() *waybill.Error {
	return waybill.E("purchase.decide", waybill.ReasonCancelRefused, "decided by hand: the carrier keeps the booking")
}
