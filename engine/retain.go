package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// What [Session.sweepShipments] has seen to, by what is kept.
const (
	keepPeople  = "shipments"
	keepPapers  = "documents"
	keepReturns = "returns"
)

// retainChunk is how many records go in one transaction.
const retainChunk = 200

// sweepRetention removes what accounts wish to keep no longer, in chunks.
func (e *Engine) sweepRetention(ctx context.Context) error {
	e.Journal.Flush(ctx) // what waits to be written may be about what goes
	accounts, err := records(ctx, e.As(waybill.System("")), store.Tx.Accounts)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := e.As(waybill.System(a.ID)).retain(ctx, a.Retention); err != nil {
			return err
		}
	}
	return nil
}

func (s Session) retain(ctx context.Context, r waybill.Retention) error {
	now := s.Clock.Now()
	for _, part := range []struct {
		days  int
		sweep func(context.Context, time.Time) error
	}{
		{r.Shipments, s.sweepPeople}, {r.Documents, s.sweepPapers}, {r.Events, s.chunks(store.Forgetting.Events)}, {r.Deliveries, s.chunks(store.Forgetting.Deliveries)},
		{r.Requests, s.sweepRequests},
	} {
		if part.days <= 0 {
			continue
		}
		if err := part.sweep(ctx, now.AddDate(0, 0, -part.days)); err != nil {
			return err
		}
	}
	return nil
}

// chunks removes records of the session's account until none is old.
func (s Session) chunks(remove func(store.Forgetting, waybill.ID, time.Time, int) (int, error)) func(context.Context, time.Time) error {
	return func(ctx context.Context, before time.Time) error {
		return s.untilNone(ctx, func(tx store.Tx) (int, error) { return remove(tx.Forgetting(), s.Actor.Account, before, retainChunk) })
	}
}

func (s Session) untilNone(ctx context.Context, remove func(store.Tx) (int, error)) error {
	for {
		gone := 0
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			n, err := remove(tx)
			gone = n
			return err
		})
		if err != nil || gone == 0 {
			return err
		}
	}
}

func (s Session) sweepRequests(ctx context.Context, before time.Time) error {
	return s.untilNone(ctx, func(tx store.Tx) (int, error) {
		requests, err := tx.Requests().Expire(s.Actor.Account, before, retainChunk)
		if err != nil {
			return 0, err
		}
		calls, err := tx.Calls().Expire(s.Actor.Account, before, retainChunk)
		return requests + calls, err
	})
}

// sweepPeople forgets the recipients of old shipments and the senders of old returns. What is under way waits.
func (s Session) sweepPeople(ctx context.Context, before time.Time) error {
	err := s.sweepShipments(ctx, keepPeople, before, func(sh waybill.Shipment) (bool, error) {
		if s.underway(sh) {
			return false, nil
		}
		if sh.To.Contact.Name == waybill.Erased {
			return true, nil
		}
		return true, s.forget(ctx, sh.ID, map[string]int{}, false)
	})
	return firstError(err, s.sweepReturns(ctx, before))
}

// sweepPapers removes the labels and other papers of old shipments.
func (s Session) sweepPapers(ctx context.Context, before time.Time) error {
	return s.sweepShipments(ctx, keepPapers, before, func(sh waybill.Shipment) (bool, error) {
		if s.underway(sh) {
			return false, nil
		}
		if err := s.dropPapers(ctx, sh.ID); err != nil {
			return false, err
		}
		return true, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			f := forgetter{Session: s, tx: tx, count: map[string]int{}}
			return f.documents(sh.ID)
		})
	})
}

// sweepShipments sees to the account's shipments that were created before a time, the oldest first, once each: it begins
// where it came to last time, or at the first that was not done then.
func (s Session) sweepShipments(ctx context.Context, kind string, before time.Time, see func(waybill.Shipment) (done bool, err error)) error {
	var from time.Time
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		from, err = tx.Forgetting().Upto(s.Actor.Account, kind)
		return err
	})
	if err != nil || !from.Before(before) {
		return err
	}
	reached, waiting := before, false
	query := store.ShipmentQuery{CreatedFrom: from, CreatedTo: before}
	for page := (store.Page{Limit: 50, Ascending: true}); ; {
		part, err := s.FindShipments(ctx, query, page)
		if err != nil {
			return err
		}
		for _, sh := range part.Items {
			done, err := see(sh)
			if err != nil {
				return err
			}
			if !done && !waiting {
				reached, waiting = sh.Created, true
			}
		}
		if page.After = part.Next; page.After == "" {
			break
		}
	}
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Forgetting().Reached(s.Actor.Account, kind, reached) })
}

// sweepReturns forgets who sent back what stands alone, from the last change of it.
func (s Session) sweepReturns(ctx context.Context, before time.Time) error {
	var from time.Time
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		from, err = tx.Forgetting().Upto(s.Actor.Account, keepReturns)
		return err
	})
	if err != nil {
		return err
	}
	var old []waybill.Return
	for page := (store.Page{Limit: 50, Order: store.ByUpdated, Ascending: true}); ; {
		var part store.Slice[waybill.Return]
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			part, err = tx.Returns().Find(store.ReturnQuery{UpdatedFrom: from}, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range part.Items {
			if r.Updated.Before(before) && r.Shipment == "" && r.From.Contact.Name != waybill.Erased {
				old = append(old, r)
			}
		}
		page.After = part.Next
		if n := len(part.Items); page.After == "" || (n > 0 && !part.Items[n-1].Updated.Before(before)) {
			break
		}
	}
	for _, r := range old {
		if err := s.forget(ctx, r.ID, map[string]int{}, false); err != nil {
			return err
		}
	}
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Forgetting().Reached(s.Actor.Account, keepReturns, before) })
}
