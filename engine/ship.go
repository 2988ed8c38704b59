package engine

import (
	"context"
	"fmt"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CreateShipment stores a shipment and gets it carried: resolve, rate, decide, reserve, call, settle.
// It answers within Config.Answer; if the booking is not settled by then, the shipment is unsettled and
// the booking goes on. Errors store nothing. A shipment that was stored but not booked is a value.
func (s Session) CreateShipment(ctx context.Context, in CreateShipment) (waybill.Shipment, error) {
	o, err := s.prepare(ctx, in)
	if err != nil || o.done {
		return o.answer(err)
	}
	return s.carry(ctx, o)
}

func (o *order) answer(err error) (waybill.Shipment, error) {
	if err != nil {
		return waybill.Shipment{}, err
	}
	return o.shipment, nil
}

// RetryShipment places a shipment again that found no carrier, was refused, was ignored or is held.
func (s Session) RetryShipment(ctx context.Context, in RetryShipment) (waybill.Shipment, error) {
	o := &order{began: time.Now(), existing: true}
	if s.isDraining() {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonDraining, "the service is shutting down; try again shortly")
	}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		o.shipment = sh
		o.set, err = s.setup(tx, sh.Account)
		return err
	})
	if err != nil {
		return waybill.Shipment{}, err
	}
	if !o.shipment.Booking.Open() {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonNotRetryable,
			"the shipment is %s and can no longer be retried", o.shipment.Booking)
	}
	o.location = o.home()
	if o.location == nil {
		return waybill.Shipment{}, waybill.E("retry", waybill.ReasonUnknownLocation, "the account has no location to ship from")
	}
	o.in.RulesRequired = false
	return s.carry(ctx, o)
}

// home is the location a stored shipment takes its connections from.
func (o *order) home() *waybill.Location {
	if l := o.set.location(o.shipment.Location); l != nil {
		return l
	}
	if l := o.set.location(o.set.account.Settings.DefaultLocation); l != nil {
		return l
	}
	if len(o.set.locations) > 0 {
		return &o.set.locations[0]
	}
	return nil
}

// carry decides and books: the part that create and retry share.
func (s Session) carry(ctx context.Context, o *order) (waybill.Shipment, error) {
	if !o.existing {
		number, err := s.take(ctx, 1)
		if err != nil {
			return waybill.Shipment{}, err
		}
		o.shipment.Number = number
	}
	d := s.decide(ctx, o)
	a := &attempt{set: o.set, shipment: d.shipment, decision: d.decision, key: o.key, began: o.began}
	if a.key != nil {
		a.key.Subject = a.shipment.ID
	}
	notes := d.notes(o)
	if d.decision.Outcome != outcomeBook {
		return s.shelve(ctx, a, d, notes)
	}
	if err := s.choose(a, d.winner); err != nil {
		return waybill.Shipment{}, err
	}
	if a.carrier.Driver().Local {
		return s.bookLocal(ctx, a, notes)
	}
	if err := s.reserve(ctx, a, notes); err != nil {
		return waybill.Shipment{}, err
	}
	return s.finish(ctx, a)
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
	err := s.write(ctx, a, notes, retry)
	return a.shipment, err
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
	p := a.candidate().Provider
	price := a.purchase.Rate.Total
	return waybill.Facts{Carrier: p.DisplayName, Service: p.ServiceName, Price: &price}
}

// finish calls the carrier and settles, on the engine's time and not the caller's: a client that
// hangs up does not stop a purchase. The caller waits for what is left of its budget.
func (s Session) finish(ctx context.Context, a *attempt) (waybill.Shipment, error) {
	asStored := a.shipment
	type outcome struct {
		shipment waybill.Shipment
		err      error
	}
	settled := make(chan outcome, 1)
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		err := s.buy(context.WithoutCancel(ctx), a)
		settled <- outcome{a.shipment, err}
	}()
	wait := time.NewTimer(s.Answer - time.Since(a.began))
	defer wait.Stop()
	select {
	case o := <-settled:
		return o.shipment, o.err
	case <-wait.C:
		return asStored, nil
	}
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

// bookLocal buys from a carrier that is a pure function: the first write and the settlement are one.
// A refusal is certain, so the next candidate follows at once.
func (s Session) bookLocal(ctx context.Context, a *attempt, notes []note) (waybill.Shipment, error) {
	for {
		booking, err := s.shipLocal(ctx, a)
		if err == nil {
			return s.keepLocal(ctx, a, booking, notes)
		}
		a.purchase.State = waybill.Refused
		a.purchase.Reason, a.purchase.Error = waybill.AsError(err).Reason, err.Error()
		if !s.next(a, err) {
			a.fail(s.Clock.Now(), err)
			err := s.write(ctx, a, append(notes, note{waybill.ShipmentFailed, a.failureFacts()}), s.autoRetry(a))
			return a.shipment, err
		}
		notes = append(notes, note{waybill.ShipmentFellBack, a.facts()})
		if !a.carrier.Driver().Local {
			if err := s.reserve(ctx, a, notes); err != nil {
				return waybill.Shipment{}, err
			}
			return s.finish(ctx, a)
		}
	}
}

// shipLocal reserves own numbers and asks the pure carrier.
func (s Session) shipLocal(ctx context.Context, a *attempt) (carrier.Booking, error) {
	request := s.request(a)
	first, err := s.take(ctx, len(a.shipment.Parcels))
	if err != nil {
		return carrier.Booking{}, err
	}
	for i := range a.shipment.Parcels {
		request.Numbers = append(request.Numbers, fmt.Sprint(first+int64(i)))
	}
	return a.carrier.Ship(ctx, request)
}

func (s Session) keepLocal(ctx context.Context, a *attempt, booking carrier.Booking, notes []note) (waybill.Shipment, error) {
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return waybill.Shipment{}, err
	}
	a.booked(booking)
	err = s.write(ctx, a, append(notes, note{waybill.ShipmentBooked, a.bookedFacts()}), func(tx store.Tx) error {
		return s.keep(tx, a, documents)
	})
	if err != nil {
		return waybill.Shipment{}, err
	}
	return a.shipment, nil
}

// endKey marks the caller's key as answered.
func (a *attempt) endKey() {
	if a.key != nil {
		a.key.Running = false
	}
}

// fail ends the attempt without a booking: the shipment can be edited and tried again.
func (a *attempt) fail(now time.Time, err error) {
	e := waybill.AsError(err)
	a.endKey()
	a.shipment.Booking = waybill.Failed
	a.shipment.Failure = &waybill.Failure{Reason: failureReason(e), Message: e.Message, At: now}
	if e.Fault != nil {
		a.shipment.Failure.Carrier = e.Fault.Message
	}
	if a.shipment.CancelWanted {
		a.shipment.Booking, a.shipment.CancelWanted = waybill.Cancelled, false
	}
}

// failureReason keeps the carrier's refusal that has no mapping apart from those we understand.
func failureReason(e *waybill.Error) waybill.Reason {
	if e.Reason == waybill.ReasonCarrier {
		return waybill.ReasonCarrier
	}
	return waybill.ReasonBookingFailed
}

func (a *attempt) failureFacts() waybill.Facts {
	f := waybill.Facts{Reason: a.shipment.Failure.Reason, Message: a.shipment.Failure.Message}
	if a.shipment.Provider != nil {
		f.Carrier = a.shipment.Provider.DisplayName
	}
	return f
}

// autoRetry places the shipment again later, where the account wants that.
func (s Session) autoRetry(a *attempt) func(store.Tx) error {
	if !a.set.account.Settings.AutoRetry {
		return nil
	}
	return func(tx store.Tx) error {
		return tx.Enqueue(waybill.Job{
			ID: s.IDs.New(), Account: a.shipment.Account, Kind: waybill.JobRetry, Key: "retry:" + string(a.shipment.ID),
			Subject: a.shipment.ID, Due: tx.Now().Add(autoRetryAfter), Created: tx.Now(),
		})
	}
}

const autoRetryAfter = 15 * time.Minute
