package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// returnWrite is what a write of a return comes with: what else belongs to the moment, and the event of it
// (empty: none).
type returnWrite struct {
	kind  waybill.EventKind
	facts waybill.Facts
	more  func(store.Tx, *comeback) error // given the records as they are about to be, the original as it is stored
}

// putReturn stores return and purchase as they stand, in one transaction with what belongs to it. The records
// take their new versions only when all of it was kept.
func (s Session) putReturn(ctx context.Context, b *comeback, w returnWrite) error {
	var next comeback
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next = *b
		drafted := b.verb == verbDraftReturn && b.returning.Version == 0 && w.kind != waybill.ReturnCreated
		if next.returning.Shipment != "" {
			sh, err := tx.Shipments().Get(next.returning.Shipment)
			if err != nil {
				return err
			}
			next.original = sh
		}
		if next.key != nil {
			if err := putKey(tx, *next.key); err != nil {
				return err
			}
			next.key = nil
		}
		if err := tx.Returns().Put(&next.returning); err != nil {
			return err
		}
		if next.purchase.ID != "" {
			if err := tx.Purchases().Put(&next.purchase); err != nil {
				return err
			}
			if err := s.noteDecided(tx, &next.purchase); err != nil {
				return err
			}
		}
		if w.more != nil {
			if err := w.more(tx, &next); err != nil {
				return err
			}
		}
		if drafted { // and booked in one write
			if err := s.emitReturn(tx, next.set, waybill.ReturnCreated, next.original, next.returning, waybill.Facts{}); err != nil {
				return err
			}
		}
		if w.kind != "" {
			if err := s.emitReturn(tx, next.set, w.kind, next.original, next.returning, w.facts); err != nil {
				return err
			}
		}
		return s.payReturn(tx, &next)
	})
	if err == nil {
		*b = next
		b.state = b.purchase.State
	}
	return err
}

// payReturn moves the wallet from what is stored of a return's purchase to what is being stored. An orphan's hold
// is free already, and a purchase that the carrier would not take back stays paid.
func (s Session) payReturn(tx store.Tx, b *comeback) error {
	p := &b.purchase
	if p.ID == "" || p.State == b.state {
		return nil
	}
	if b.state == "" && p.State != waybill.Refused {
		if err := s.hold(tx, p, b.connection); err != nil {
			return err
		}
	}
	switch {
	case p.State == waybill.Bought && b.state != waybill.Voiding:
		return s.capture(tx, p)
	case p.State == waybill.Refused && b.state != "":
		return s.release(tx, p)
	case p.State == waybill.Voided:
		return s.refund(tx, p, "the return was cancelled")
	}
	return nil
}

// emitReturn tells of a return, as part of its shipment's history when it has one.
func (s Session) emitReturn(
	tx store.Tx, set *setup, kind waybill.EventKind, original waybill.Shipment, r waybill.Return, facts waybill.Facts,
) error {
	if p := r.Provider; p != nil && facts.Carrier == "" {
		facts.Carrier, facts.Service = p.DisplayName, p.ServiceName
	}
	facts.Tracking = firstOf(facts.Tracking, r.Tracking)
	if r.Failure != nil && facts.Reason == "" {
		facts.Reason, facts.Message, facts.Fault = r.Failure.Reason, r.Failure.Message, r.Failure.Fault
	}
	var subject *waybill.Shipment
	if original.ID != "" {
		subject = &original
	}
	event := s.stamp(tx, kind, subject, facts)
	event.Account, event.Shipment, event.Return, event.Purchase = r.Account, r.Filed(), r.ID, r.Purchase
	return s.announce(tx, set, event, subject)
}

// recallReturn finds what the caller's key already stands for; one that is new is begun.
func (s Session) recallReturn(tx store.Tx, b *comeback, key, hash string) error {
	if key == "" {
		return nil
	}
	old, known, err := tx.Keys().Get(s.Actor.Dialect, key)
	switch {
	case err != nil:
		return err
	case !known:
		b.key = &store.Key{
			Account: s.Actor.Account, Surface: s.Actor.Dialect, Key: key, Hash: hash, Verb: b.verb, Expires: tx.Now().Add(keyLife),
		}
		return nil
	case old.Hash != hash || old.Verb != b.verb:
		return waybill.E(b.verb, waybill.ReasonKeyReused, "the Idempotency-Key was used before with another request")
	}
	b.returning, err = tx.Returns().Get(old.Subject)
	if b.done = err == nil; b.done {
		tx.Actor().Subject.Recall()
	}
	return err
}

// beatenReturn is a request that another with its key overtook: the answer is the other's.
func (s Session) beatenReturn(ctx context.Context, b *comeback, key, hash string) error {
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error { return s.recallReturn(tx, b, key, hash) })
}

// answered is what a repeat is told of a return that was not booked.
func answered(r waybill.Return) error {
	switch {
	case r.Booking == waybill.Unsettled:
		return pendingReturn(nil)
	case r.Booking == waybill.Failed && r.Failure != nil:
		return r.Failure.AsError(verbReturn)
	}
	return nil
}
