package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// Erase asks that somebody be forgotten: who has an e-mail, a phone, or a name at a postal code, or whose parcels these
// shipments are. Of the account that the session works in.
type Erase struct {
	Email, Phone   string
	Name, Postcode string
	Shipments      []Ref
}

// erasePause is how long an erasure waits for shipments that are under way.
const erasePause = 24 * time.Hour

// underWay is for how long after its creation a booked shipment that no carrier has told the end of counts as under way.
const underWay = 60 * 24 * time.Hour

// EraseRecipient begins to forget somebody. What goes, and what stays, is in [forgotten]; the rest is done by a job, and
// [Session.GetErasure] tells how far it has come.
func (s Session) EraseRecipient(ctx context.Context, in Erase) (stored waybill.Erasure, err error) {
	sought, err := s.sought(ctx, in)
	if err != nil {
		return stored, err
	}
	if err := s.mayErase(ctx, sought); err != nil {
		return stored, err
	}
	e := waybill.Erasure{
		Row: waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account}, State: waybill.ErasureRunning, Erased: map[string]int{}, Actor: s.Actor.Name,
	}
	if err := s.want(&e, sought); err != nil {
		return stored, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next := e
		if err := tx.Erasures().Put(&next); err != nil {
			return err
		}
		if err := tx.Enqueue(s.eraseJob(next, tx.Now())); err != nil {
			return err
		}
		stored = next
		return s.noteChange(tx, nil, &next)
	})
	return stored, err
}

func (s Session) eraseJob(e waybill.Erasure, due time.Time) waybill.Job {
	return waybill.Job{ID: s.IDs.New(), Account: e.Account, Kind: waybill.JobErase, Key: "erase/" + string(e.ID), Subject: e.ID, Due: due, Created: s.Clock.Now()}
}

// PreviewErasure tells what an erasure would take away, and takes nothing.
func (s Session) PreviewErasure(ctx context.Context, in Erase) (waybill.Erasure, error) {
	sought, err := s.sought(ctx, in)
	if err != nil {
		return waybill.Erasure{}, err
	}
	s.Journal.Flush(ctx)
	e := waybill.Erasure{Erased: map[string]int{}}
	err = s.eachSought(ctx, sought, func(sh waybill.Shipment) error {
		if s.underway(sh) {
			e.Deferred = append(e.Deferred, sh.ID)
			return nil
		}
		sought.Erased = append(sought.Erased, sh.ID)
		return s.forget(ctx, sh.ID, e.Erased, true)
	})
	if err == nil {
		err = s.forgetElsewhere(ctx, sought, e.Erased, true)
	}
	return e, err
}

// GetErasure reads an erasure: its receipt when it is done.
func (s Session) GetErasure(ctx context.Context, id waybill.ID) (e waybill.Erasure, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		e, err = tx.Erasures().Get(id)
		return err
	})
	return e, err
}

// ListErasures lists those of the session's account.
func (s Session) ListErasures(ctx context.Context, in ListRecords[waybill.Erasure]) (store.Slice[waybill.Erasure], error) {
	return Records[waybill.Erasure, waybill.Erasure]{table: store.Tx.Erasures}.List(s, ctx, in)
}

// FindShipments reads a part of the shipments that fit.
func (s Session) FindShipments(ctx context.Context, q store.ShipmentQuery, page store.Page) (part store.Slice[waybill.Shipment], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		part, err = tx.Shipments().Find(q, page)
		return err
	})
	return part, err
}

// underway reports whether a shipment must still reach somebody, or its purchase is not settled.
func (s Session) underway(sh waybill.Shipment) bool {
	switch sh.Booking {
	case waybill.Unsettled, waybill.Held:
		return true
	case waybill.Booked, waybill.Declared:
		return !sh.Transit.Final() && s.Clock.Now().Sub(sh.Created) < underWay
	}
	return false
}

// EraseJob is the job that forgets somebody. Shipments that are under way are left for another day.
func (e *Engine) EraseJob(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	erasure, err := s.GetErasure(ctx, job.Subject)
	if err != nil || erasure.Wanted == nil {
		return err
	}
	who, err := s.wanted(erasure)
	if err != nil {
		return err
	}
	if erasure.State == waybill.ErasureDone {
		return s.eraseLate(ctx, who, &erasure)
	}
	if erasure.Deferred = nil; erasure.Erased == nil {
		erasure.Erased = map[string]int{}
	}
	e.Journal.Flush(ctx) // what was asked about them until now is in the log, and goes with the rest
	err = s.eachSought(ctx, who, func(sh waybill.Shipment) error {
		if s.underway(sh) {
			erasure.Deferred = append(erasure.Deferred, sh.ID)
			return nil
		}
		if err := s.forget(ctx, sh.ID, erasure.Erased, false); err != nil {
			return err
		}
		who.Erased = append(who.Erased, sh.ID)
		if err := s.want(&erasure, who); err != nil {
			return err
		}
		return s.keepErasure(ctx, &erasure, nil) // how far it has come
	})
	if err == nil {
		err = s.forgetElsewhere(ctx, who, erasure.Erased, false)
	}
	if err == nil {
		err = s.forgetAbove(ctx, who)
	}
	if err == nil {
		err = s.endErasure(ctx, job, &erasure)
	}
	return err
}

// endErasure ends an erasure, or puts it off. First the files are scrubbed: a receipt for what can still be read would be none.
func (s Session) endErasure(ctx context.Context, job waybill.Job, e *waybill.Erasure) error {
	if err := s.Store.Scrub(ctx); err != nil {
		return err
	}
	pause := erasePause
	if e.State = waybill.ErasureWaiting; len(e.Deferred) == 0 {
		now := s.Clock.Now()
		e.State, e.Done, pause = waybill.ErasureDone, &now, eraseAgain
	}
	return finished(s.keepErasure(ctx, e, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		return tx.Enqueue(s.eraseJob(*e, tx.Now().Add(pause)))
	}))
}

func (s Session) keepErasure(ctx context.Context, e *waybill.Erasure, more func(store.Tx) error) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		if err := tx.Erasures().Put(e); err != nil || more == nil {
			return err
		}
		return more(tx)
	})
}

// forgetElsewhere erases who is sought where no shipment leads to: saved addresses, returns that stand alone, the request log.
func (s Session) forgetElsewhere(ctx context.Context, f sought, count map[string]int, dry bool) error {
	if err := s.forgetAddresses(ctx, f, count, dry); err != nil {
		return err
	}
	if err := s.forgetReturns(ctx, f, count, dry); err != nil {
		return err
	}
	return s.forgetRequests(ctx, f, store.RequestQuery{}, count, dry)
}

func (s Session) forgetAddresses(ctx context.Context, f sought, count map[string]int, dry bool) error {
	all, err := records(ctx, s, store.Tx.Addresses)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Account != s.Actor.Account || !f.is(a.Party) {
			continue
		}
		if count["addresses"]++; dry {
			continue
		}
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			if err := tx.Addresses().Delete(a.ID, a.Version); err != nil {
				return err
			}
			return s.noteChange(tx, &a, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s Session) forgetReturns(ctx context.Context, f sought, count map[string]int, dry bool) error {
	return s.eachReturn(ctx, func(r waybill.Return) error {
		if r.Shipment != "" || !f.is(r.From) {
			return nil
		}
		return s.forget(ctx, r.ID, count, dry)
	})
}

func (s Session) forgetRequests(ctx context.Context, f sought, q store.RequestQuery, count map[string]int, dry bool) error {
	for page := (store.Page{Limit: 100, Ascending: true}); ; {
		var part store.Slice[waybill.APIRequest]
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			part, err = tx.Requests().Find(q, page)
			return err
		})
		if err != nil {
			return err
		}
		var gone []waybill.ID
		for _, r := range part.Items {
			if r.Account == s.Actor.Account && (f.says(r.Body) || f.says(r.Answer) || f.says(r.Query) || f.met(r)) {
				gone = append(gone, r.ID)
			}
		}
		count["requests"] += len(gone)
		if !dry && len(gone) > 0 {
			err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Forgetting().Requests(gone) })
			if err != nil {
				return err
			}
		}
		if page.After = part.Next; page.After == "" {
			break
		}
	}
	if count["requests"] == 0 {
		delete(count, "requests")
	}
	return nil
}
