package engine

import (
	"context"
	"errors"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// settleTimes is how often a settlement is made anew because another wrote the shipment at the same
// moment: a cancel, twice, is already unlikely.
const settleTimes = 5

// errMovedOn says that the purchase to be settled was settled meanwhile by someone else.
var errMovedOn = errors.New("engine: the purchase moved on")

// onStored runs a settlement on what is stored now: a cancel may have come in while the carrier was
// called. If it comes in while the settlement is written, the settlement is made anew.
func (s Session) onStored(ctx context.Context, a *attempt, settle func(*attempt) error) error {
	for try := 1; ; try++ {
		trial := *a
		trial.tried = slices.Clone(a.tried)
		err := s.reread(ctx, &trial)
		if err == nil {
			err = settle(&trial)
		}
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes {
			continue
		}
		if err == nil {
			*a = trial
		}
		return err
	}
}

// reread takes shipment and purchase as they are stored now; errMovedOn: there is nothing left to settle.
func (s Session) reread(ctx context.Context, a *attempt) error {
	var sh waybill.Shipment
	var p waybill.Purchase
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if sh, err = tx.Shipments().Get(a.shipment.ID); err != nil {
			return err
		}
		p, err = tx.Purchases().Get(a.purchase.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !undecided(p) {
		return errMovedOn
	}
	a.shipment, a.purchase = sh, p
	return nil
}

// settleBought is the second write: what was bought, with its labels. The blobs are on durable storage
// before the row that names them. Notes are told after the booking.
func (s Session) settleBought(ctx context.Context, a *attempt, booking carrier.Booking, notes ...note) error {
	err := s.writeBought(ctx, a, booking, notes...)
	if errors.Is(err, errMovedOn) {
		return s.settleLate(ctx, a, booking)
	}
	return err
}

// writeBought is settleBought, or errMovedOn.
func (s Session) writeBought(ctx context.Context, a *attempt, booking carrier.Booking, notes ...note) error {
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return err
	}
	crash("settle.before")
	err = s.onStored(ctx, a, func(a *attempt) error {
		a.booked(booking)
		return s.write(ctx, a, append([]note{{waybill.ShipmentBooked, a.bookedFacts()}}, notes...), func(tx store.Tx) error {
			if err := tx.Unqueue(settleKey(a.purchase.ID)); err != nil {
				return err
			}
			if err := s.keep(tx, a, documents); err != nil {
				return err
			}
			return s.voidIfUnwanted(tx, a)
		})
	})
	crash("settle.after")
	if err == nil {
		s.prove(ctx, a.connection, waybill.ProofBooked, a.shipment.ID, "")
	}
	return err
}

// booked writes the booking into the attempt's records.
func (a *attempt) booked(b carrier.Booking) {
	bought := b.Receipt
	reprice(&a.purchase, a.connection, bought.Price, bought.Charges)
	a.purchase.State, a.purchase.Booking = waybill.Bought, &bought
	a.endKey()
	sh := &a.shipment
	sh.Booking, sh.Transit, sh.Failure = waybill.Booked, waybill.LabelMade, nil
	sh.Parcels = slices.Clone(sh.Parcels)
	for i := range sh.Parcels {
		if i < len(b.Numbers) {
			sh.Parcels[i].Tracking = b.Numbers[i]
		}
	}
	for _, l := range b.Labels {
		if l.Face != nil && l.Parcel < len(sh.Parcels) {
			sh.Parcels[l.Parcel].SSCC = l.Face.SSCC
		}
	}
	sh.Tracking, sh.TrackingURL = first(b.Numbers), b.TrackingURL
	sh.Bought = b.Price
	if sh.Bought.Currency == "" || sh.Bought.Beyond() {
		sh.Bought = a.purchase.Rate.Total
	}
	sh.Sold, sh.Charges = a.purchase.Sold, a.purchase.Charges
	sh.EstimatedDrop.Ends = b.Delivery
	if b.Delivery == nil {
		sh.EstimatedDrop.Ends = a.purchase.Rate.Delivery
	}
	sh.EstimatedPick.Starts = b.Pickup
	if b.Pickup == nil {
		sh.EstimatedPick.Starts = a.purchase.Rate.Pickup
	}
	sh.Notices = append(slices.Clone(sh.Notices), b.Warnings...)
}

func (a *attempt) bookedFacts() waybill.Facts {
	f := a.facts()
	price := a.shipment.Sold
	f.Tracking, f.Price = a.shipment.Tracking, &price
	return f
}

// keep stores what a booking brings: documents, a tracker a number, the return a rule asked for. Parcels that
// travel as one have one number, which is followed once.
func (s Session) keep(tx store.Tx, a *attempt, documents []waybill.Document) error {
	for i := range documents {
		d := documents[i]
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	for i, p := range a.shipment.Parcels {
		if i > 0 && p.Tracking != "" && p.Tracking == a.shipment.Parcels[0].Tracking {
			continue
		}
		t := waybill.Tracker{
			Row:      waybill.Row{ID: s.IDs.New(), Account: a.shipment.Account},
			Shipment: a.shipment.ID, Connection: a.purchase.Connection, Parcel: i, CarrierID: a.purchase.Booking.CarrierID,
			Track: waybill.Tracking{Number: p.Tracking, Status: waybill.LabelMade},
			Due:   tx.Now().Add(firstPoll), Open: p.Tracking != "", Magic: simulatedBy(a.connection, carrier.MagicOf(a.shipment)),
		}
		if err := tx.Trackers().Put(&t); err != nil {
			return err
		}
	}
	if err := s.enqueuePoll(tx, a.connection, a.carrier); err != nil {
		return err
	}
	if err := s.consign(tx, a, documents); err != nil {
		return err
	}
	if a.decision.ReturnBy == 0 || a.shipment.CancelWanted {
		return nil
	}
	return tx.Enqueue(waybill.Job{
		ID: s.IDs.New(), Account: a.shipment.Account, Kind: waybill.JobReturn, Key: attachKey(a.shipment.ID),
		Subject: a.shipment.ID, Due: tx.Now(), Created: tx.Now(),
	})
}

// enqueuePoll sees to it that the connection is polled. A lender's connection has its job in the lender's
// account, which a borrower cannot reach: the hourly sweep queues that one.
func (s Session) enqueuePoll(tx store.Tx, c waybill.Connection, opened *carrier.Carrier) error {
	if opened == nil || opened.Driver().Local || !s.Actor.Sees(c.Account) {
		return nil
	}
	return tx.Enqueue(s.pollJob(c, tx.Now().Add(pollEvery)))
}

// voidIfUnwanted gives back at once what was cancelled while it was being bought.
func (s Session) voidIfUnwanted(tx store.Tx, a *attempt) error {
	if !a.shipment.CancelWanted {
		return nil
	}
	p, err := tx.Purchases().Get(a.purchase.ID)
	if err != nil {
		return err
	}
	p.State = waybill.Voiding
	if err := tx.Purchases().Put(&p); err != nil {
		return err
	}
	return tx.Enqueue(s.voidJob(p, tx.Now()))
}

// settleUnsure notes that nobody knows whether the carrier sold. Nothing else is tried: a job asks.
func (s Session) settleUnsure(ctx context.Context, a *attempt, cause error) error {
	crash("unsure.before")
	err := s.onStored(ctx, a, func(a *attempt) error {
		a.purchase.State, a.purchase.Error, a.purchase.Fault = waybill.Unsure, cause.Error(), waybill.AsError(cause).Fault
		facts := a.facts()
		facts.Message, facts.Fault = waybill.AsError(cause).Message, a.purchase.Fault
		return s.write(ctx, a, []note{{waybill.PurchaseUnsure, facts}}, func(tx store.Tx) error {
			if err := tx.Unqueue(settleKey(a.purchase.ID)); err != nil {
				return err
			}
			return tx.Enqueue(s.settleJob(a, tx.Now()))
		})
	})
	crash("unsure.after")
	return settledMeanwhile(err)
}

// settledMeanwhile: who finds out less than is known already has nothing to write.
func settledMeanwhile(err error) error {
	if errors.Is(err, errMovedOn) {
		return nil
	}
	return err
}

// settleRefused closes a purchase that certainly did not happen and, in the same transaction, opens the
// next one if the decision allows it. It says whether there is one to call.
func (s Session) settleRefused(ctx context.Context, a *attempt, cause error) (again bool, err error) {
	again, err = s.writeRefused(ctx, a, cause)
	return again && err == nil, settledMeanwhile(err)
}

// writeRefused is settleRefused, or errMovedOn.
func (s Session) writeRefused(ctx context.Context, a *attempt, cause error) (again bool, err error) {
	crash("refused.before")
	err = s.onStored(ctx, a, func(a *attempt) (err error) {
		again, err = s.refuse(ctx, a, cause)
		return err
	})
	crash("refused.after")
	return again, err
}

func (s Session) refuse(ctx context.Context, a *attempt, cause error) (again bool, err error) {
	closed := a.purchase.ID
	a.refused(cause)
	for !a.shipment.CancelWanted && s.next(ctx, a, cause) {
		again, err := s.fallBack(ctx, a, closed)
		var no *refusal
		if !errors.As(err, &no) {
			return again, err
		}
		a.refused(no.cause)
		cause = no.cause
	}
	return false, s.giveUp(ctx, a, closed, cause)
}

// fallBack opens the next purchase in place of the closed one, and says whether there is a carrier to call: a
// local one sells at once. Its no, and the wallet's, is a *refusal.
func (s Session) fallBack(ctx context.Context, a *attempt, closed waybill.ID) (again bool, err error) {
	if a.local() {
		return false, s.fallLocal(ctx, a, closed)
	}
	err = s.write(ctx, a, []note{{waybill.ShipmentFellBack, a.facts()}}, func(tx store.Tx) error {
		if err := tx.Unqueue(settleKey(closed)); err != nil {
			return err
		}
		return tx.Enqueue(s.settleJob(a, a.purchase.Deadline.Add(settleMargin)))
	})
	if a.broke(err) {
		err = &refusal{err}
	}
	return err == nil, err
}

// giveUp ends the attempt: nobody may follow, or nobody shall, since the shipment was cancelled.
func (s Session) giveUp(ctx context.Context, a *attempt, closed waybill.ID, cause error) error {
	a.fail(s.Clock.Now(), cause)
	kind, retry := waybill.ShipmentFailed, s.autoRetry(a)
	if a.shipment.Booking == waybill.Cancelled {
		kind, retry = waybill.ShipmentCancelled, nil
	}
	return s.write(ctx, a, []note{{kind, a.failureFacts()}}, func(tx store.Tx) error {
		if retry != nil {
			if err := retry(tx); err != nil {
				return err
			}
		}
		return tx.Unqueue(settleKey(closed))
	})
}

// fallLocal buys from a local carrier after a refusal.
func (s Session) fallLocal(ctx context.Context, a *attempt, refused waybill.ID) error {
	booking, err := s.shipLocal(ctx, a)
	if err != nil {
		return err
	}
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return err
	}
	before, fell := *a, note{waybill.ShipmentFellBack, a.facts()}
	a.booked(booking)
	err = s.write(ctx, a, []note{fell, {waybill.ShipmentBooked, a.bookedFacts()}}, func(tx store.Tx) error {
		if err := tx.Unqueue(settleKey(refused)); err != nil {
			return err
		}
		return s.keep(tx, a, documents)
	})
	if a.broke(err) {
		*a, err = before, &refusal{err}
	}
	return err
}

// next moves the attempt to the candidate that may follow a certain refusal, and whose carrier has all it
// needs; false: none may.
func (s Session) next(ctx context.Context, a *attempt, cause error) bool {
	for s.follow(a, cause) {
		if cause = s.equip(ctx, a); cause == nil {
			return true
		}
		a.refused(cause)
	}
	return false
}

func (s Session) follow(a *attempt, cause error) bool {
	steps := slices.Clone(a.decision.Steps)
	tell := func(subject, outcome, detail string) {
		steps = append(steps, waybill.Step{Stage: waybill.StageFallback, Subject: subject, Outcome: outcome, Detail: detail})
		a.decision.Steps = steps
	}
	tell(a.provider().DisplayName, waybill.StepRefused, waybill.AsError(cause).Message)
	index, ok, why := rule.Next(a.decision.Candidates, a.tried, a.decision.Fallback, s.Clock.Now().In(zoneOf(a.shipment)))
	if !ok {
		tell("", waybill.StepNone, why)
		return false
	}
	closed := a.purchase
	if err := s.choose(a, index); err != nil {
		tell("", waybill.StepFailed, waybill.AsError(err).Message)
		return false
	}
	a.closed = append(slices.Clone(a.closed), closed)
	tell(a.provider().DisplayName, waybill.StepChosen, why)
	return true
}

// settleLate is an answer for a purchase that was settled while the carrier was thinking. A booking is
// never dropped: if the purchase was given up, it is recorded as orphan and voided.
func (s Session) settleLate(ctx context.Context, a *attempt, booking carrier.Booking) error {
	fresh, err := s.resume(ctx, a.purchase.ID)
	if err != nil {
		return err
	}
	if fresh.purchase.State == waybill.Refused {
		if err := s.orphan(ctx, fresh.set, fresh.shipment, fresh.purchase, booking); err != nil {
			return err
		}
	}
	*a = *fresh
	return nil
}

// orphan records what was bought after we had given it up, and has it given back.
func (s Session) orphan(ctx context.Context, set *setup, sh waybill.Shipment, p waybill.Purchase, booking carrier.Booking) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		orphan, bought := p, booking.Receipt
		orphan.State, orphan.Booking = waybill.Orphan, &bought
		if err := tx.Purchases().Put(&orphan); err != nil {
			return err
		}
		if err := s.emit(tx, set, waybill.PurchaseOrphaned, &sh, waybill.Facts{Tracking: first(bought.Numbers)}); err != nil {
			return err
		}
		return tx.Enqueue(s.voidJob(orphan, tx.Now()))
	})
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
