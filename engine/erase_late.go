package engine

import (
	"context"
	"encoding/json"
	"time"

	"waybill"
	"waybill/store"
)

// eraseAgain is when the logs are gone through again: no request takes as long. The clocks of nodes are less apart than
// clocksApart.
const (
	eraseAgain  = 10 * time.Minute
	clocksApart = time.Minute
)

// eraseLate goes through the logs once more: what was asked before the erasure was done, and came into the log after it,
// at this node or another. Whom it was about is not kept from then on.
func (s Session) eraseLate(ctx context.Context, who sought, e *waybill.Erasure) error {
	s.Journal.Flush(ctx)
	if err := s.forgetLogged(ctx, who); err != nil {
		return err
	}
	if err := s.forgetAbove(ctx, who); err != nil {
		return err
	}
	began := store.RequestQuery{From: e.Done.Add(-2 * eraseAgain), To: e.Done.Add(clocksApart)}
	if err := s.forgetRequests(ctx, who, began, e.Erased, false); err != nil {
		return err
	}
	if err := s.Store.Scrub(ctx); err != nil {
		return err
	}
	e.Wanted = nil
	return s.keepErasure(ctx, e, nil)
}

// forgetLogged takes what came of the erased shipments out of the session's logs.
func (s Session) forgetLogged(ctx context.Context, who sought) error {
	for _, id := range who.Erased {
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			_, err := tx.Requests().Erase(id)
			if err == nil {
				_, err = tx.Calls().Erase(id)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetAbove takes the erased shipments out of the logs of the accounts above: who works in a child writes into a log of
// his own, and so do the calls by a connection that was lent. What those logs say of others who have the same words stays.
func (s Session) forgetAbove(ctx context.Context, who sought) error {
	account, err := s.Account(ctx, s.Actor)
	for err == nil && account.Parent != "" {
		above := s.Engine.As(waybill.System(account.Parent))
		if err = above.forgetLogged(ctx, who); err != nil {
			return err
		}
		if err = above.forgetRequests(ctx, sought{Erased: who.Erased}, store.RequestQuery{}, map[string]int{}, false); err != nil {
			return err
		}
		account, err = s.Account(ctx, above.Actor)
	}
	return err
}

// want seals whom an erasure is about.
func (s Session) want(e *waybill.Erasure, who sought) error {
	text, err := json.Marshal(who)
	if err == nil {
		e.Wanted = s.Vault.Seal(text, erasureContext(e.ID))
	}
	return err
}

func (s Session) wanted(e waybill.Erasure) (who sought, err error) {
	text, err := s.Vault.Open(e.Wanted, erasureContext(e.ID))
	if err == nil {
		err = json.Unmarshal(text, &who)
	}
	return who, err
}

// sealedErasures lists whom the erasures that are not over are about.
func (s Session) sealedErasures(ctx context.Context) (open []waybill.Erasure, list []SealedSecret, err error) {
	all, err := records(ctx, s, store.Tx.Erasures)
	for _, e := range all {
		if e.Wanted != nil {
			open = append(open, e)
			list = append(list, s.sealed("erasure", string(e.ID), e.Account, erasureContext(e.ID), e.Wanted)...)
		}
	}
	return open, list, err
}

// resealErasure seals whom an erasure is about under the current key. One that does not open ends as it is, and has to be
// asked for anew.
func (s Session) resealErasure(ctx context.Context, e waybill.Erasure) error {
	e.Wanted, _ = s.Vault.again(e.Wanted, erasureContext(e.ID))
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		copied := e
		return tx.Erasures().Put(&copied)
	})
}

func erasureContext(id waybill.ID) string { return "erasure/" + string(id) }
