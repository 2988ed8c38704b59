package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/store"
)

// Me is who asks, and where they may work.
type Me struct {
	Account  waybill.Account   // worked in
	Children []waybill.Account // of it, that may be worked in
	Person   *Person           // where a person asks
	Key      *waybill.APIKey   // where a key was shown
	Version  string            // of the program
}

// WhoAmI tells who asks who they are.
func (s Session) WhoAmI(ctx context.Context, _ struct{}) (me Me, err error) {
	me.Version = s.Version
	if me.Account, err = s.Account(ctx, s.Actor); err != nil {
		return me, err
	}
	family, err := s.family(ctx)
	if err != nil {
		return me, err
	}
	me.Children = slices.DeleteFunc(family, func(a waybill.Account) bool {
		return a.ID == s.Actor.Account || a.Closing != nil || (!s.Actor.May(waybill.ScopeAdmin) && !slices.Contains(s.Actor.Grants, a.ID))
	})
	if s.Actor.Kind == waybill.ActorUser {
		p, err := s.person(ctx, s.Actor.ID)
		me.Person = &p
		return me, err
	}
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		key, err := tx.APIKeys().Get(s.Actor.ID)
		if err == nil {
			me.Key = &key
		}
		if waybill.IsCode(err, waybill.NotFound) { // an OAuth client
			return nil
		}
		return err
	})
	return me, err
}
