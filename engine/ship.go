package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// CreateShipment stores a shipment and gets it carried: resolve, rate, decide, reserve, call, settle.
// It answers within Config.Answer; if the booking is not settled by then, the shipment is unsettled and
// the booking goes on. At a location of one child that was granted, all of it happens there. Errors store nothing. A shipment that was stored but not booked is a value.
func (s Session) CreateShipment(ctx context.Context, in CreateShipment) (waybill.Shipment, error) {
	if err := s.enter("create"); err != nil {
		return waybill.Shipment{}, err
	}
	defer s.leave()
	s, err := s.at(ctx, Place{ExternalID: in.Location})
	if err != nil {
		return waybill.Shipment{}, err
	}
	o, err := s.prepare(ctx, in)
	switch {
	case err != nil:
		return waybill.Shipment{}, err
	case o.done:
		return o.shipment, nil
	}
	do := s.carry
	if in.Draft {
		do = s.keepDraft
	}
	sh, err := do(ctx, o)
	if waybill.IsCode(err, waybill.Conflict) {
		return s.beaten(ctx, o, err)
	}
	return sh, err
}

// beaten is a create that another with the same key or reference overtook: the key's answer is the
// other's, a reference is taken.
func (s Session) beaten(ctx context.Context, o *order, cause error) (waybill.Shipment, error) {
	if o.in.Key != "" {
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
			key, known, err := tx.Keys().Get(s.Actor.Dialect, o.in.Key)
			if err != nil || !known {
				return err
			}
			return recallSubject(tx, o, key)
		})
		if err != nil || o.done {
			return o.shipment, err
		}
	}
	reason := waybill.ReasonOf(cause)
	if o.in.Draft && reason == waybill.ReasonDuplicate {
		return s.sameDraft(ctx, o)
	}
	if reason == waybill.ReasonDuplicate || (o.existing && reason == waybill.ReasonVersion) {
		return waybill.Shipment{}, duplicate(o.in.Shipment.Reference)
	}
	return waybill.Shipment{}, cause
}

// carry decides and books: the part that create and retry share.
func (s Session) carry(ctx context.Context, o *order) (waybill.Shipment, error) {
	if err := s.mayOrder(o); err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.number(ctx, o); err != nil {
		return waybill.Shipment{}, err
	}
	d, err := s.picked(ctx, o.set, o.choice, s.decide(ctx, o))
	if err != nil {
		return waybill.Shipment{}, err
	}
	a := o.begin(d.shipment)
	a.decision = d.decision
	notes := d.notes(o)
	if d.decision.Outcome != outcomeBook {
		return s.shelve(ctx, a, d, notes)
	}
	if err := s.choose(a, d.winner); err != nil {
		return waybill.Shipment{}, err
	}
	if a.local() {
		return s.bookLocal(ctx, a, notes)
	}
	if err := s.equip(ctx, a); err != nil {
		if o.choice != nil {
			return waybill.Shipment{}, err
		}
		a.refused(err)
		if !s.next(ctx, a, err) {
			return s.failed(ctx, a, err, notes)
		}
		if notes = append(notes, note{waybill.ShipmentFellBack, a.facts()}); a.local() {
			return s.bookLocal(ctx, a, notes)
		}
	}
	return s.start(ctx, a, notes)
}

// start reserves and calls. A wallet that does not allow the purchase refuses it like a carrier.
func (s Session) start(ctx context.Context, a *attempt, notes []note) (waybill.Shipment, error) {
	for {
		err := s.reserve(ctx, a, notes)
		switch {
		case err == nil:
			return s.finish(ctx, a)
		case !a.broke(err):
			return waybill.Shipment{}, err
		}
		a.refused(err)
		if !s.next(ctx, a, err) {
			return s.failed(ctx, a, err, notes)
		}
		if notes = append(notes, note{waybill.ShipmentFellBack, a.facts()}); a.local() {
			return s.bookLocal(ctx, a, notes)
		}
	}
}

// broke reports whether wallet or spend limit would not allow a purchase that another may take the place of.
func (a *attempt) broke(err error) bool {
	reason := waybill.ReasonOf(err)
	return (reason == waybill.ReasonBalance || reason == waybill.ReasonSpendLimit) && !a.picked
}

// number gives a new shipment its record number.
func (s Session) number(ctx context.Context, o *order) (err error) {
	if !o.existing {
		o.shipment.Number, err = s.take(ctx, 1)
	}
	return err
}

// begin makes an attempt of an order, with the shipment as the decision left it.
func (o *order) begin(sh waybill.Shipment) *attempt {
	a := &attempt{set: o.set, shipment: sh, booking: sh.Booking, key: o.key, hook: o.hook, picked: o.choice != nil, began: o.began, before: o.before}
	if a.key != nil {
		a.key.Subject = sh.ID
	}
	if a.hook != nil {
		a.hook.Shipment = sh.ID
	}
	return a
}

// failed stores a shipment that nobody would take, and why the last one would not.
func (s Session) failed(ctx context.Context, a *attempt, cause error, notes []note) (waybill.Shipment, error) {
	a.fail(s.Clock.Now(), cause)
	return s.stored(ctx, a, append(notes, note{waybill.ShipmentFailed, a.failureFacts()}), s.autoRetry(a))
}

// shelve stores a shipment that is not going to be booked now, and why.
func (s Session) shelve(ctx context.Context, a *attempt, d decided, notes []note) (waybill.Shipment, error) {
	a.forget()
	a.endKey()
	var retry func(store.Tx) error
	switch d.decision.Outcome {
	case outcomeHold:
		a.shipment.Booking = waybill.Held
		notes = append(notes, note{waybill.ShipmentHeld, waybill.Facts{Message: d.decision.Reason}})
	case outcomeIgnore:
		a.shipment.Booking = waybill.Ignored
		notes = append(notes, note{waybill.ShipmentIgnored, waybill.Facts{Message: d.decision.Reason}})
	default:
		a.shipment.Booking = waybill.NoProvider
		a.shipment.Failure = &waybill.Failure{Reason: d.reason, Message: d.decision.Reason, At: s.Clock.Now()}
		notes = append(notes, note{waybill.ShipmentNoProvider, waybill.Facts{Reason: d.reason, Message: d.decision.Reason}})
		retry = s.autoRetry(a)
	}
	return s.stored(ctx, a, notes, retry)
}

// stored writes the attempt and answers its shipment.
func (s Session) stored(ctx context.Context, a *attempt, notes []note, more func(store.Tx) error) (waybill.Shipment, error) {
	if err := s.write(ctx, a, notes, more); err != nil {
		return waybill.Shipment{}, err
	}
	return a.shipment, nil
}

// reserve is the first write: the shipment with its unique reference, the ranked decision, the intent
// to buy, and the job that will find out how it ended if we do not live to see it.
func (s Session) reserve(ctx context.Context, a *attempt, notes []note) error {
	a.shipment.Booking = waybill.Unsettled
	crash("reserve.before")
	err := s.write(ctx, a, append(notes, note{waybill.ShipmentUnsettled, a.facts()}), func(tx store.Tx) error {
		return tx.Enqueue(s.settleJob(a, a.purchase.Deadline.Add(settleMargin)))
	})
	crash("reserve.after")
	return err
}

// settleMargin is how long after a call's deadline its settlement is looked into by a job.
const settleMargin = 10 * time.Second

// facts are what an event says of the purchase under way.
func (a *attempt) facts() waybill.Facts {
	p := a.provider()
	price := a.purchase.Rate.Total
	return waybill.Facts{Carrier: p.DisplayName, Service: p.ServiceName, Price: &price}
}

// finish calls the carrier and settles, on the engine's time and not the caller's. The caller waits for
// what is left of its budget; then, and when the end could not be written down, the shipment is what the
// first write made it: unsettled, with a job that finds out.
func (s Session) finish(ctx context.Context, a *attempt) (waybill.Shipment, error) {
	set, asStored, purchase := a.set, a.shipment, a.purchase.ID
	sh, inTime, err := outlive(ctx, s.Engine, s.Answer-time.Since(a.began), func(ctx context.Context) (waybill.Shipment, error) {
		err := s.buy(ctx, a)
		return a.shipment, err
	})
	if err != nil {
		s.Log.Error("a purchase is left to its job", "purchase", string(purchase), "error", waybill.Logged(err))
	}
	if !inTime || err != nil {
		sh = asStored
	}
	if sh.Booking == waybill.Unsettled {
		if err := s.pending(ctx, set, sh); err != nil {
			s.Log.Error("a pending booking is not in the history", "shipment", string(sh.ID), "error", waybill.Logged(err))
		}
	}
	return sh, nil
}

// pending notes that the caller was answered before the booking was settled, unless it is by now.
func (s Session) pending(ctx context.Context, set *setup, answered waybill.Shipment) error {
	return s.Store.Update(context.WithoutCancel(ctx), s.Actor, func(tx store.Tx) error {
		sh, err := tx.Shipments().Get(answered.ID)
		if err != nil || sh.Booking != waybill.Unsettled {
			return err
		}
		return s.emit(tx, set, waybill.ShipmentPending, &sh, waybill.Facts{})
	})
}

// buy calls one carrier after the other until one sells, none is left, or nobody knows.
func (s Session) buy(ctx context.Context, a *attempt) error {
	for {
		crash("call.before")
		deadline, cancel := context.WithTimeout(ctx, s.Purchase)
		booking, err := a.carrier.Ship(deadline, s.request(a))
		cancel()
		crash("call.after")
		if err == nil {
			return s.settleBought(ctx, a, booking)
		}
		if waybill.AsError(err).Unsure {
			return s.settleUnsure(ctx, a, err)
		}
		again, err := s.settleRefused(ctx, a, err)
		if err != nil || !again {
			return err
		}
	}
}

// endKey marks the caller's key as answered.
func (a *attempt) endKey() {
	if a.key != nil {
		a.key.Running = false
	}
}

// refused closes the purchase under way: it certainly did not happen.
func (a *attempt) refused(cause error) {
	e := waybill.AsError(cause)
	a.purchase.State, a.purchase.Reason, a.purchase.Error, a.purchase.Fault = waybill.Refused, e.Reason, e.Error(), e.Fault
	if a.state == "" { // it is not stored, and neither is its hold
		a.purchase.Hold, a.purchase.Counted = "", false
	}
}

// fail ends the attempt without a booking: the shipment can be edited and tried again, or is cancelled if
// that was wanted meanwhile.
func (a *attempt) fail(now time.Time, err error) {
	e := waybill.AsError(err)
	a.endKey()
	a.shipment.Booking = waybill.Failed
	a.shipment.Failure = failureOf(e, failureReason(e), now)
	if a.shipment.CancelWanted {
		a.shipment.Booking, a.shipment.CancelWanted = waybill.Cancelled, false
	}
}

// failureOf keeps of an error what will be told of it later.
func failureOf(e *waybill.Error, reason waybill.Reason, now time.Time) *waybill.Failure {
	f := &waybill.Failure{Reason: reason, Message: e.Message, Fault: e.Fault, At: now}
	if reason == waybill.ReasonBalance && len(e.Fields) > 0 {
		f.Needed = waybill.Decimal(e.Fields[0].Limit)
	}
	return f
}

// failureReason keeps the carrier's refusal that has no mapping apart from those we understand, and that of a
// place from that of a parcel.
func failureReason(e *waybill.Error) waybill.Reason {
	switch e.Reason {
	case waybill.ReasonCarrier, waybill.ReasonCarrierAddress, waybill.ReasonRegistration, waybill.ReasonBalance:
		return e.Reason
	}
	return waybill.ReasonBookingFailed
}

func (a *attempt) failureFacts() waybill.Facts {
	f := waybill.Facts{Reason: a.shipment.Failure.Reason, Message: a.shipment.Failure.Message, Fault: a.shipment.Failure.Fault}
	if a.shipment.Provider != nil {
		f.Carrier = a.shipment.Provider.DisplayName
	}
	return f
}
