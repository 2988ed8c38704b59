package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// settleBought is the second write: what was bought, with its labels. The blobs are on durable storage
// before the row that names them.
func (s Session) settleBought(ctx context.Context, a *attempt, booking carrier.Booking) error {
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return err
	}
	crash("settle.before")
	wanted := *a
	a.booked(booking)
	err = s.write(ctx, a, []note{{waybill.ShipmentBooked, a.bookedFacts()}}, func(tx store.Tx) error {
		if err := tx.Unqueue(settleKey(a.purchase.ID)); err != nil {
			return err
		}
		if err := s.keep(tx, a, documents); err != nil {
			return err
		}
		return s.voidIfUnwanted(tx, a)
	})
	crash("settle.after")
	if waybill.IsCode(err, waybill.Conflict) {
		*a = wanted
		return s.settleLate(ctx, a, booking)
	}
	return err
}

// booked writes the booking into the attempt's records.
func (a *attempt) booked(b carrier.Booking) {
	bought := b.Receipt
	a.purchase.State, a.purchase.Booking = waybill.Bought, &bought
	a.endKey()
	sh := &a.shipment
	sh.Booking, sh.Transit, sh.Failure = waybill.Booked, waybill.LabelMade, nil
	sh.Parcels = append([]waybill.Parcel(nil), sh.Parcels...)
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
	if len(b.Numbers) > 0 {
		sh.Tracking = b.Numbers[0]
	}
	sh.TrackingURL = b.TrackingURL
	sh.Bought = b.Price
	if sh.Bought.Currency == "" {
		sh.Bought = a.purchase.Rate.Total
	}
	sh.Sold = a.purchase.Sold
	sh.EstimatedDrop.Ends = b.Delivery
	if b.Delivery == nil {
		sh.EstimatedDrop.Ends = a.purchase.Rate.Delivery
	}
	sh.EstimatedPick.Starts = b.Pickup
	if b.Pickup == nil {
		sh.EstimatedPick.Starts = a.purchase.Rate.Pickup
	}
	sh.Notices = append(sh.Notices, b.Warnings...)
}

func (a *attempt) bookedFacts() waybill.Facts {
	f := a.facts()
	price := a.shipment.Sold
	f.Tracking, f.Price = a.shipment.Tracking, &price
	return f
}

// keep stores what a booking brings: documents, a tracker a parcel, the return a rule asked for.
func (s Session) keep(tx store.Tx, a *attempt, documents []waybill.Document) error {
	for i := range documents {
		d := documents[i]
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	for i, p := range a.shipment.Parcels {
		t := waybill.Tracker{
			Row:      waybill.Row{ID: s.IDs.New(), Account: a.shipment.Account},
			Shipment: a.shipment.ID, Connection: a.purchase.Connection, Parcel: i, CarrierID: a.purchase.Booking.CarrierID,
			Track: waybill.Tracking{Number: p.Tracking, Status: waybill.LabelMade},
			Due:   tx.Now().Add(firstPoll), Open: p.Tracking != "",
		}
		if err := tx.Trackers().Put(&t); err != nil {
			return err
		}
	}
	if !a.carrier.Driver().Local {
		if err := tx.Enqueue(s.pollJob(a.connection, tx.Now().Add(pollEvery))); err != nil {
			return err
		}
	}
	if a.decision.ReturnBy == 0 {
		return nil
	}
	return tx.Enqueue(waybill.Job{
		ID: s.IDs.New(), Account: a.shipment.Account, Kind: waybill.JobReturn, Key: "return:" + string(a.shipment.ID),
		Subject: a.shipment.ID, Due: tx.Now(), Created: tx.Now(),
	})
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
	a.purchase.State = waybill.Unsure
	a.purchase.Error = cause.Error()
	facts := a.facts()
	facts.Message = waybill.AsError(cause).Message
	err := s.write(ctx, a, []note{{waybill.PurchaseUnsure, facts}}, func(tx store.Tx) error {
		if err := tx.Unqueue(settleKey(a.purchase.ID)); err != nil {
			return err
		}
		return tx.Enqueue(s.settleJob(a, tx.Now()))
	})
	crash("unsure.after")
	return err
}

// settleRefused closes a purchase that certainly did not happen and, in the same transaction, opens the
// next one if the decision allows it. It says whether there is one to call.
func (s Session) settleRefused(ctx context.Context, a *attempt, cause error) (bool, error) {
	crash("refused.before")
	a.purchase.State = waybill.Refused
	a.purchase.Reason, a.purchase.Error = waybill.AsError(cause).Reason, cause.Error()
	refused := a.purchase.ID
	stored, err := s.reread(ctx, a)
	if err != nil {
		return false, err
	}
	a.shipment.CancelWanted = stored.CancelWanted
	a.shipment.Version = stored.Version
	for !a.shipment.CancelWanted && s.next(a, cause) {
		if !a.carrier.Driver().Local {
			err := s.write(ctx, a, []note{{waybill.ShipmentFellBack, a.facts()}}, func(tx store.Tx) error {
				if err := tx.Unqueue(settleKey(refused)); err != nil {
					return err
				}
				return tx.Enqueue(s.settleJob(a, a.purchase.Deadline.Add(settleMargin)))
			})
			crash("refused.after")
			return err == nil, err
		}
		booking, err := s.shipLocal(ctx, a)
		if err == nil {
			return false, s.fallLocal(ctx, a, refused, booking)
		}
		a.purchase.State = waybill.Refused
		a.purchase.Reason, a.purchase.Error = waybill.AsError(err).Reason, err.Error()
		cause = err
	}
	a.fail(s.Clock.Now(), cause)
	kind := waybill.ShipmentFailed
	if a.shipment.Booking == waybill.Cancelled {
		kind = waybill.ShipmentCancelled
	}
	retry := s.autoRetry(a)
	err = s.write(ctx, a, []note{{kind, a.failureFacts()}}, func(tx store.Tx) error {
		if retry != nil && kind == waybill.ShipmentFailed {
			if err := retry(tx); err != nil {
				return err
			}
		}
		return tx.Unqueue(settleKey(refused))
	})
	crash("refused.after")
	return false, err
}

// fallLocal keeps the booking of a local carrier that took over after a refusal.
func (s Session) fallLocal(ctx context.Context, a *attempt, refused waybill.ID, booking carrier.Booking) error {
	documents, err := s.documents(ctx, a, booking)
	if err != nil {
		return err
	}
	fell := note{waybill.ShipmentFellBack, a.facts()}
	a.booked(booking)
	return s.write(ctx, a, []note{fell, {waybill.ShipmentBooked, a.bookedFacts()}}, func(tx store.Tx) error {
		if err := tx.Unqueue(settleKey(refused)); err != nil {
			return err
		}
		return s.keep(tx, a, documents)
	})
}

// reread is the shipment as it is stored now: a cancel may have come in while the carrier was called.
func (s Session) reread(ctx context.Context, a *attempt) (sh waybill.Shipment, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err = tx.Shipments().Get(a.shipment.ID)
		return err
	})
	return sh, err
}

// next moves the attempt to the candidate that may follow a certain refusal; false: none may.
func (s Session) next(a *attempt, cause error) bool {
	index, ok, why := rule.Next(a.decision.Candidates, a.tried, a.decision.Fallback, s.Clock.Now().In(zoneOf(a.shipment)))
	step := waybill.Step{Stage: waybill.StageFallback, Subject: a.candidate().Provider.DisplayName, Outcome: waybill.StepRefused, Detail: waybill.AsError(cause).Message}
	a.decision.Steps = append(append([]waybill.Step(nil), a.decision.Steps...), step)
	if !ok {
		a.decision.Steps = append(a.decision.Steps, waybill.Step{Stage: waybill.StageFallback, Outcome: waybill.StepNone, Detail: why})
		return false
	}
	closed := a.purchase
	if err := s.choose(a, index); err != nil {
		a.decision.Steps = append(a.decision.Steps, waybill.Step{Stage: waybill.StageFallback, Outcome: waybill.StepFailed, Detail: err.Error()})
		return false
	}
	a.closed = append(a.closed, closed)
	a.decision.Steps = append(a.decision.Steps, waybill.Step{
		Stage: waybill.StageFallback, Subject: a.candidate().Provider.DisplayName, Outcome: waybill.StepChosen, Detail: why,
	})
	return true
}

// settleLate is an answer for a purchase that moved on while the carrier was thinking. A booking is
// never dropped: if the shipment only changed beside it, it is settled on what is stored now; if the
// purchase was given up, it is recorded as orphan and voided.
func (s Session) settleLate(ctx context.Context, a *attempt, booking carrier.Booking) error {
	fresh, err := s.resume(ctx, a.purchase.ID)
	if err != nil {
		return err
	}
	switch fresh.purchase.State {
	case waybill.Intent, waybill.Unsure, waybill.Stuck:
		if err := s.settleBought(ctx, fresh, booking); err != nil {
			return err
		}
	case waybill.Refused:
		if err := s.orphan(ctx, fresh, booking); err != nil {
			return err
		}
	}
	*a = *fresh
	return nil
}

func (s Session) orphan(ctx context.Context, a *attempt, booking carrier.Booking) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, bought := a.purchase, booking.Receipt
		p.State, p.Booking = waybill.Orphan, &bought
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := s.emit(tx, a.set, waybill.PurchaseOrphaned, &a.shipment, waybill.Facts{Tracking: first(bought.Numbers)}); err != nil {
			return err
		}
		return tx.Enqueue(s.voidJob(p, tx.Now()))
	})
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// resume builds an attempt anew from what is stored.
func (s Session) resume(ctx context.Context, purchase waybill.ID) (*attempt, error) {
	a := &attempt{began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		var err error
		if a.purchase, err = tx.Purchases().Get(purchase); err != nil {
			return err
		}
		if a.set, err = s.setup(tx, a.purchase.Account); err != nil {
			return err
		}
		if a.shipment, err = tx.Shipments().Get(a.purchase.Shipment); err != nil {
			return err
		}
		return a.recall(tx)
	})
	if err != nil {
		return nil, err
	}
	connection := a.set.connection(a.purchase.Connection)
	if connection == nil {
		return nil, waybill.E("settle", waybill.ReasonNoConnection, "the connection of purchase %s is gone", purchase)
	}
	a.connection = *connection
	a.carrier, err = s.open(*connection)
	return a, err
}

// recall finds the decision the purchase belongs to, and which of its candidates were asked.
func (a *attempt) recall(tx store.Tx) error {
	decisions, err := tx.Decisions().Of(a.shipment.ID)
	if err != nil || len(decisions) == 0 {
		return err
	}
	for _, d := range decisions {
		if d.Attempt <= a.purchase.Sequence {
			a.decision = d
		}
	}
	purchases, err := tx.Purchases().Of(a.shipment.ID)
	for _, p := range purchases {
		if p.Sequence < a.decision.Attempt || p.Sequence > a.purchase.Sequence {
			continue
		}
		for i, c := range a.decision.Candidates {
			if c.Connection == p.Connection && c.Rate.Service == p.Service {
				a.tried = append(a.tried, i)
				break
			}
		}
	}
	return err
}
