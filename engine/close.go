package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// closeGrace is how long a deleted account can be had back.
const closeGrace = 30 * 24 * time.Hour

// CloseAccount deletes a child account: at once nobody gets in any more, and after thirty days all that it has is removed,
// but for its money and its audit log. Where something is not settled it is Conflict, ReasonInUse, with a member for each.
func (s Session) CloseAccount(ctx context.Context, in DeleteRecord) (waybill.Account, error) {
	old, err := s.child(ctx, in)
	if err != nil {
		return old, err
	}
	if old.Closing != nil {
		return old, nil
	}
	if err := s.unsettled(ctx, old); err != nil {
		return old, err
	}
	next, end := old, s.Clock.Now().Add(closeGrace)
	next.Closing = &end
	return s.putClosing(ctx, old, next, func(tx store.Tx) error {
		return tx.Enqueue(waybill.Job{
			ID: s.IDs.New(), Account: old.ID, Kind: waybill.JobClose, Key: "close/" + string(old.ID), Subject: old.ID, Due: end, Created: s.Clock.Now(),
		})
	})
}

// RestoreAccount takes the deletion of a child account back, as long as its grace lasts.
func (s Session) RestoreAccount(ctx context.Context, in DeleteRecord) (waybill.Account, error) {
	old, err := s.child(ctx, in)
	if err != nil || old.Closing == nil {
		return old, err
	}
	next := old
	next.Closing = nil
	return s.putClosing(ctx, old, next, func(tx store.Tx) error { return tx.Unqueue("close/" + string(old.ID)) })
}

// child is a child account of the session's own, of the version where one is named.
func (s Session) child(ctx context.Context, in DeleteRecord) (waybill.Account, error) {
	a, err := s.GetFamily(ctx, in.Ref)
	if err == nil && in.Version != 0 && in.Version != a.Version {
		err = movedOn()
	}
	if err == nil && a.ID == s.Actor.Account {
		err = usedBy("nobody deletes the own account")
	}
	if err == nil {
		err = s.notForTests(ctx, "a test key deletes no accounts")
	}
	return a, err
}

func (s Session) putClosing(ctx context.Context, old, next waybill.Account, more func(store.Tx) error) (stored waybill.Account, err error) {
	err = s.Store.Update(ctx, s.system(""), func(tx store.Tx) error {
		now := next
		if err := tx.Accounts().Put(&now); err != nil {
			return err
		}
		if err := s.noteChange(tx, &old, &now); err != nil {
			return err
		}
		stored = now
		return more(tx)
	})
	return stored, err
}

// unsettled says what keeps an account from being deleted.
func (s Session) unsettled(ctx context.Context, account waybill.Account) error {
	in := s.As(waybill.System(account.ID))
	var open []waybill.FieldError
	add := func(path, message string) {
		open = append(open, waybill.FieldError{Path: path, Rule: waybill.RuleEmpty, Message: message})
	}
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		all, err := tx.Accounts().All()
		if slices.ContainsFunc(all, func(a waybill.Account) bool { return a.Parent == account.ID && a.Deleted == nil }) {
			add("children", "it has children of its own")
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.Store.View(ctx, in.Actor, func(tx store.Tx) error {
		for _, check := range []struct {
			path, message string
			open          func(store.Tx) (bool, error)
		}{
			{"shipments", "parcels are on their way", in.openParcels},
			{"purchases", "purchases are not settled", openPurchases},
			{"wallets", "there is money in a wallet", openMoney},
			{"pickups", "a carrier is still to come", openPickups},
			{"manifests", "a manifest is not closed", openManifests},
		} {
			found, err := check.open(tx)
			if err != nil {
				return err
			}
			if found {
				add(check.path, check.message)
			}
		}
		return nil
	})
	if err != nil || len(open) == 0 {
		return err
	}
	e := waybill.AsError(usedBy("the account cannot be deleted yet: something in it is not settled"))
	e.Fields = open
	return e
}

func (s Session) openParcels(tx store.Tx) (bool, error) {
	moving := []store.State{{Booking: waybill.Unsettled}}
	for _, t := range waybill.Transits {
		if !t.Final() {
			moving = append(moving, store.State{Booking: waybill.Booked, Transit: t})
		}
	}
	n, _, err := tx.Shipments().Count(store.ShipmentQuery{States: moving, CreatedFrom: s.Clock.Now().Add(-underWay)}, 1)
	return n > 0, err
}

func openPurchases(tx store.Tx) (bool, error) {
	list, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent, waybill.Unsure, waybill.Stuck, waybill.Voiding, waybill.Orphan}, 1)
	return len(list) > 0, err
}

func openMoney(tx store.Tx) (bool, error) {
	list, err := tx.Wallet().Balances()
	return slices.ContainsFunc(list, func(b waybill.Balance) bool { return b.Available != 0 || b.Held != 0 }), err
}

func openPickups(tx store.Tx) (bool, error) {
	today := tx.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	part, err := tx.Pickups().Find(store.PickupQuery{States: []waybill.PickupState{waybill.PickupRequested, waybill.PickupConfirmed, waybill.PickupUnsure}}, store.Page{Limit: 100})
	return slices.ContainsFunc(part.Items, func(p waybill.Pickup) bool { return p.Day >= today }), err
}

func openManifests(tx store.Tx) (bool, error) {
	part, err := tx.Manifests().Find(store.ManifestQuery{States: []waybill.ManifestState{waybill.ManifestRequested, waybill.ManifestUnsure, waybill.ManifestStuck}}, store.Page{Limit: 1})
	return len(part.Items) > 0, err
}

// RemoveClosed is the job that removes what a deleted account had, in chunks.
func (e *Engine) RemoveClosed(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	account, err := s.Account(ctx, s.Actor)
	if err != nil || account.Closing == nil || account.Deleted != nil || e.Clock.Now().Before(*account.Closing) {
		return err
	}
	e.Journal.Flush(ctx)
	for gone := 1; gone > 0; {
		if gone, err = s.removeSome(ctx); err != nil {
			return err
		}
	}
	now := e.Clock.Now()
	shell := waybill.Account{
		Row: account.Row, Name: "deleted " + string(account.ID), TenantID: account.TenantID, Parent: account.Parent, Closing: account.Closing, Deleted: &now,
	}
	s.Actor.Account = account.Parent // whose log it is in
	_, err = s.putClosing(ctx, account, shell, func(store.Tx) error { return nil })
	return firstError(err, e.Store.Scrub(ctx))
}

func (s Session) removeSome(ctx context.Context) (gone int, err error) {
	var blobs []string
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		all, err := tx.Forgetting().Blobs(s.Actor.Account, retainChunk)
		if err == nil {
			blobs, err = tx.Forgetting().Unused(all, s.Actor.Account)
		}
		return err
	})
	if err := firstError(err, s.dropBlobs(ctx, blobs)); err != nil {
		return 0, err
	}
	err = s.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		n, err := tx.Forgetting().Account(s.Actor.Account, retainChunk)
		gone = n
		return err
	})
	return gone, err
}
