package engine

import (
	"context"
	"encoding/json"
	"strings"
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
	text, err := json.Marshal(sought)
	if err != nil {
		return stored, err
	}
	e := waybill.Erasure{
		Row: waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account}, State: waybill.ErasureRunning, Erased: map[string]int{}, Actor: s.Actor.Name,
	}
	e.Wanted = s.Vault.Seal(text, "erasure/"+string(e.ID))
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
	e := waybill.Erasure{Erased: map[string]int{}}
	err = s.eachSought(ctx, sought, func(sh waybill.Shipment) error {
		if s.underway(sh) {
			e.Deferred = append(e.Deferred, sh.ID)
			return nil
		}
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

// sought is who is to be forgotten, in the words that shipments are found by.
type sought struct {
	Email, Phone, Name, Postcode string
	Shipments                    []waybill.ID
}

func (s Session) sought(ctx context.Context, in Erase) (f sought, err error) {
	f = sought{store.Fold(in.Email), store.Fold(in.Phone), store.Fold(in.Name), store.Fold(in.Postcode), nil}
	if (f.Name == "") != (f.Postcode == "") {
		return f, wrongField("postcode", waybill.RuleNeeds, "", "a name alone is not one person, and neither is a postal code: give both")
	}
	for i, ref := range in.Shipments {
		sh, err := s.GetShipment(ctx, GetShipment{Ref: ref})
		if err == nil && sh.Account != s.Actor.Account {
			err = waybill.E("erase", waybill.ReasonUnknownShipment, "there is no such shipment")
		}
		if waybill.IsCode(err, waybill.NotFound) {
			return f, wrongField("shipments["+itoa(i)+"]", waybill.RuleExists, "", "there is no such shipment")
		}
		if err != nil {
			return f, err
		}
		f.Shipments = append(f.Shipments, sh.ID)
	}
	if f.Email == "" && f.Phone == "" && f.Name == "" && len(f.Shipments) == 0 {
		return f, wrongField("email", waybill.RuleRequired, "", "say who: an e-mail, a phone, a name with its postal code, or shipments")
	}
	return f, nil
}

// is reports whether a party is who is sought.
func (f sought) is(p waybill.Party) bool {
	c := p.Contact
	return (f.Email != "" && store.Fold(c.Email) == f.Email) ||
		(f.Phone != "" && (store.Fold(c.Phone) == f.Phone || store.Fold(c.Mobile) == f.Phone)) ||
		(f.Name != "" && store.Fold(c.FullName()) == f.Name && store.Fold(p.Address.Postcode) == f.Postcode)
}

// says reports whether a text of the logs has who is sought in it.
func (f sought) says(text string) bool {
	text = store.Fold(text)
	return (f.Email != "" && strings.Contains(text, f.Email)) || (f.Phone != "" && strings.Contains(text, f.Phone)) ||
		(f.Name != "" && strings.Contains(text, f.Name))
}

// queries find the shipments to who is sought.
func (f sought) queries() (list []store.ShipmentQuery) {
	if f.Email != "" {
		list = append(list, store.ShipmentQuery{Terms: []store.Term{{Field: store.TermEmail, Value: f.Email}}})
	}
	if f.Phone != "" {
		list = append(list, store.ShipmentQuery{Terms: []store.Term{{Field: store.TermPhone, Value: f.Phone}}})
	}
	if f.Name != "" {
		list = append(list, store.ShipmentQuery{Terms: []store.Term{{Field: store.TermPostcode, Value: f.Postcode}}})
	}
	return list
}

// eachSought calls for each shipment of who is sought, once. What was erased before is not found again.
func (s Session) eachSought(ctx context.Context, f sought, do func(waybill.Shipment) error) error {
	seen := map[waybill.ID]bool{}
	visit := func(list []waybill.Shipment, named bool) error {
		for _, sh := range list {
			if seen[sh.ID] || sh.Account != s.Actor.Account || !(named || f.is(sh.To) || f.is(sh.From)) {
				continue
			}
			seen[sh.ID] = true
			if err := do(sh); err != nil {
				return err
			}
		}
		return nil
	}
	for _, q := range f.queries() {
		// Read whole before any is changed: a change takes it out of the list.
		var found []waybill.Shipment
		for page := (store.Page{Limit: 100}); ; {
			part, err := s.FindShipments(ctx, q, page)
			if err != nil {
				return err
			}
			found = append(found, part.Items...)
			if page.After = part.Next; page.After == "" {
				break
			}
		}
		if err := visit(found, false); err != nil {
			return err
		}
	}
	for _, id := range f.Shipments {
		sh, err := s.GetShipment(ctx, GetShipment{Ref: Ref{ID: id}})
		if waybill.IsCode(err, waybill.NotFound) {
			continue
		}
		if err == nil {
			err = visit([]waybill.Shipment{sh}, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	if err != nil || erasure.State == waybill.ErasureDone {
		return err
	}
	text, err := e.Vault.Open(erasure.Wanted, "erasure/"+string(erasure.ID))
	if err != nil {
		return err
	}
	var who sought
	if err := json.Unmarshal(text, &who); err != nil {
		return err
	}
	erasure.Deferred = nil
	err = s.eachSought(ctx, who, func(sh waybill.Shipment) error {
		if s.underway(sh) {
			erasure.Deferred = append(erasure.Deferred, sh.ID)
			return nil
		}
		if err := s.forget(ctx, sh.ID, erasure.Erased, false); err != nil {
			return err
		}
		return s.keepErasure(ctx, &erasure, nil) // how far it has come
	})
	if err == nil {
		err = s.forgetElsewhere(ctx, who, erasure.Erased, false)
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
	if e.State = waybill.ErasureWaiting; len(e.Deferred) == 0 {
		now := s.Clock.Now()
		e.State, e.Done, e.Wanted = waybill.ErasureDone, &now, nil
	}
	return finished(s.keepErasure(ctx, e, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil || e.State == waybill.ErasureDone {
			return err
		}
		return tx.Enqueue(s.eraseJob(*e, tx.Now().Add(erasePause)))
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
	return s.forgetRequests(ctx, f, count, dry)
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
	for page := (store.Page{Limit: 100, Ascending: true}); ; {
		var part store.Slice[waybill.Return]
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			part, err = tx.Returns().Find(store.ReturnQuery{}, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range part.Items {
			if r.Account != s.Actor.Account || r.Shipment != "" || !f.is(r.From) {
				continue
			}
			if err := s.forget(ctx, r.ID, count, dry); err != nil {
				return err
			}
		}
		if page.After = part.Next; page.After == "" {
			return nil
		}
	}
}

func (s Session) forgetRequests(ctx context.Context, f sought, count map[string]int, dry bool) error {
	if s.Journal != nil {
		s.Journal.Flush(ctx)
	}
	for page := (store.Page{Limit: 100, Ascending: true}); ; {
		var part store.Slice[waybill.APIRequest]
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			part, err = tx.Requests().Find(store.RequestQuery{}, page)
			return err
		})
		if err != nil {
			return err
		}
		var gone []waybill.ID
		for _, r := range part.Items {
			if r.Account == s.Actor.Account && (f.says(r.Body) || f.says(r.Answer) || f.says(r.Query)) {
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
