package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CancelReturn gives a return up. One that nobody carries is cancelled at once; a booked one is voided at the
// carrier: reserve, call, settle. What the carrier takes back is refunded whole, what it keeps is not.
func (s Session) CancelReturn(ctx context.Context, in CancelReturn) (waybill.Return, error) {
	if err := s.enter("return.cancel"); err != nil {
		return waybill.Return{}, err
	}
	defer s.leave()
	crash("cancel.before")
	b, err := s.reserveReturnCancel(ctx, in)
	crash("cancel.after")
	if err != nil || b.purchase.State != waybill.Voiding {
		return b.returning, err
	}
	work := *b
	r, inTime, err := outlive(ctx, s.Engine, s.Answer, func(ctx context.Context) (waybill.Return, error) {
		err := s.voidReturn(ctx, &work, in.Note)
		return work.returning, err
	})
	if !inTime {
		return b.returning, unconfirmed(nil)
	}
	return r, err
}

// reserveReturnCancel checks and writes down what is going to be done, on the return as it is: if another writes
// it at the same moment, it is looked at anew.
func (s Session) reserveReturnCancel(ctx context.Context, in CancelReturn) (*comeback, error) {
	for try := 1; ; try++ {
		b, err := s.lookAtReturn(ctx, in.Ref)
		if err == nil {
			err = s.meant(b.returning.Row)
		}
		if err == nil {
			err = s.putReturnCancel(ctx, b, in.Note)
		}
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes && s.IfVersion == 0 {
			continue
		}
		return b, err
	}
}

func (s Session) lookAtReturn(ctx context.Context, ref RefReturn) (*comeback, error) {
	b := &comeback{verb: "return.cancel"}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if b.returning, err = findReturn(tx, ref); err != nil {
			return err
		}
		if b.returning.Booking == waybill.Booked {
			if b.purchase, err = tx.Purchases().Get(b.returning.Purchase); err != nil {
				return err
			}
			trackers, err := returnTrackers(tx, b.returning, b.purchase.Connection)
			if err != nil {
				return err
			}
			b.at = foremost(b.returning.Transit, trackers)
		}
		return s.originalOf(tx, b)
	})
	if err != nil || b.purchase.ID == "" {
		return b, err
	}
	b.state = b.purchase.State
	b.connection, b.carrier, b.shut, err = s.reopen(ctx, b.purchase.Connection)
	return b, err
}

func (s Session) putReturnCancel(ctx context.Context, b *comeback, note string) error {
	facts := waybill.Facts{Note: note}
	r := &b.returning
	switch {
	case r.Booking == waybill.Cancelled:
		return waybill.E(b.verb, waybill.ReasonAlreadyCancelled, "the return is cancelled already")
	case r.Booking == waybill.Unsettled:
		return waybill.E(b.verb, waybill.ReasonUnsettled, "the return is being booked; cancel it when that is settled")
	case r.Booking.Open():
		r.Booking, r.Failure, r.Cancelled = waybill.Cancelled, nil, s.Actor.Name
		return s.putReturn(ctx, b, returnWrite{kind: waybill.ReturnCancelled, facts: facts})
	case b.carrier == nil && waybill.ReasonOf(b.shut) == waybill.ReasonNoConnection:
		return waybill.E(b.verb, waybill.ReasonCancelNotOffered, "%s", waybill.AsError(b.shut).Message)
	case b.carrier == nil:
		return b.shut
	}
	asked := voiding{at: b.at, purchase: b.purchase, connection: b.connection, carrier: b.carrier}
	if err := asked.refusal(); err != nil {
		return err
	}
	r.Cancelled = s.Actor.Name
	if b.local() { // it has nothing to give back
		return s.putReturnVoided(ctx, b, note)
	}
	b.purchase.State = waybill.Voiding
	return s.putReturn(ctx, b, returnWrite{kind: waybill.CancelRequested, facts: facts, more: func(tx store.Tx, next *comeback) error {
		return tx.Enqueue(s.voidJob(next.purchase, tx.Now().Add(s.Purchase+settleMargin)))
	}})
}

// voidReturn asks the carrier once. What it answered is written down; no answer leaves the job to ask again.
func (s Session) voidReturn(ctx context.Context, b *comeback, note string) error {
	crash("void.before")
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	err := b.carrier.Void(deadline, carrier.VoidRequest{
		CarrierID: b.purchase.Booking.CarrierID, Numbers: b.purchase.Booking.Numbers, Key: b.purchase.Key,
		Magic: carrier.MagicOfReturn(b.returning),
	})
	crash("void.after")
	if err != nil {
		e := waybill.AsError(err)
		if e.Unsure || e.Severity == waybill.Transient {
			return unconfirmed(err)
		}
		return s.settleReturnKept(ctx, b, note, e)
	}
	crash("voided.before")
	err = s.onStoredReturn(ctx, b, func(b *comeback) error { return s.putReturnVoided(ctx, b, note) })
	crash("voided.after")
	return err
}

// onStoredReturn settles a void on what is stored now, and made anew if another writes it at the same moment: a
// scan may come in while the carrier is asked. One that is settled by now stays so.
func (s Session) onStoredReturn(ctx context.Context, b *comeback, settle func(*comeback) error) error {
	for try := 1; ; try++ {
		fresh, err := s.resumeReturn(ctx, b.purchase.ID)
		if err == nil && fresh.purchase.State == waybill.Voiding {
			err = settle(fresh)
		}
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes {
			continue
		}
		if err == nil {
			*b = *fresh
		}
		return err
	}
}

// putReturnVoided stores a purchase that was given back, and the return cancelled and followed no more. An
// orphan leaves the return as it is.
func (s Session) putReturnVoided(ctx context.Context, b *comeback, note string) error {
	b.purchase.State = waybill.Voided
	w := returnWrite{kind: waybill.PurchaseVoided, facts: waybill.Facts{Message: "an orphaned booking was given back"}}
	carried := b.carried()
	if carried {
		b.returning.Booking = waybill.Cancelled
		b.returning.Cancelled = firstOf(b.returning.Cancelled, s.Actor.Name)
		w = returnWrite{kind: waybill.ReturnCancelled, facts: waybill.Facts{Note: note}}
	}
	w.more = func(tx store.Tx, next *comeback) error {
		if err := tx.Unqueue(voidKey(next.purchase.ID)); err != nil || !carried {
			return err
		}
		return forgetReturn(tx, next)
	}
	return s.putReturn(ctx, b, w)
}

// carried reports whether the return is on its way by this purchase, and not by another or none.
func (b *comeback) carried() bool {
	return b.returning.Booking == waybill.Booked && b.returning.Purchase == b.purchase.ID
}

// forgetReturn ends the following of a return, and its mention on the original.
func forgetReturn(tx store.Tx, b *comeback) error {
	trackers, err := returnTrackers(tx, b.returning, b.purchase.Connection)
	if err != nil {
		return err
	}
	for _, t := range trackers {
		t.Open = false
		if err := tx.Trackers().Put(&t); err != nil {
			return err
		}
	}
	if b.original.ID == "" {
		return nil
	}
	b.original.Returns = slices.DeleteFunc(slices.Clone(b.original.Returns), func(ref waybill.ReturnRef) bool { return ref.ID == b.returning.ID })
	return tx.Shipments().Put(&b.original)
}

// settleReturnKept notes that the carrier would not give the purchase back: the return stays booked, and paid. An
// orphan stays one, in the list of what a person must look at.
func (s Session) settleReturnKept(ctx context.Context, b *comeback, note string, cause *waybill.Error) error {
	crash("kept.before")
	err := s.onStoredReturn(ctx, b, func(b *comeback) error { return s.putReturnKept(ctx, b, note, cause) })
	crash("kept.after")
	if err != nil {
		return err
	}
	refused := waybill.E("return.cancel", waybill.ReasonCancelRefused, "%s", cause.Message)
	refused.Fault, refused.Err = cause.Fault, cause
	return refused
}

// putReturnKept stores a purchase that the carrier would not take back.
func (s Session) putReturnKept(ctx context.Context, b *comeback, note string, cause *waybill.Error) error {
	b.purchase.Error, b.purchase.Fault = cause.Error(), cause.Fault
	if b.purchase.State = waybill.Orphan; b.carried() {
		b.purchase.State, b.returning.Cancelled = waybill.Bought, ""
	}
	facts := waybill.Facts{Reason: cause.Reason, Message: cause.Message, Fault: cause.Fault, Note: note}
	return s.putReturn(ctx, b, returnWrite{kind: waybill.CancelRefused, facts: facts, more: func(tx store.Tx, next *comeback) error {
		return tx.Unqueue(voidKey(next.purchase.ID))
	}})
}

// giveReturnBack is the part of the void job that is about a return: one whose void was not answered, or an
// orphan.
func (s Session) giveReturnBack(ctx context.Context, b *comeback) error {
	switch b.purchase.State {
	case waybill.Orphan:
		b.purchase.State = waybill.Voiding
		if err := s.putReturn(ctx, b, returnWrite{}); err != nil {
			return err
		}
	case waybill.Voiding:
	default:
		return nil
	}
	var err error
	switch {
	case b.carrier != nil:
		err = s.voidReturn(ctx, b, "")
	case waybill.ReasonOf(b.shut) == waybill.ReasonNoConnection:
		err = s.settleReturnKept(ctx, b, "", waybill.AsError(b.shut))
	default:
		return b.shut
	}
	if waybill.ReasonOf(err) == waybill.ReasonCancelRefused {
		err = nil // written down: the return stays booked
	}
	return finished(err)
}
