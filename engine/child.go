package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// at is the session at work in the account whose location is named. That is the actor's own; a location that it does
// not have, and one alone of the children that it was granted, is that child's: it is worked there by the child's
// set-up, references, keys and wallet. One that is nowhere, or in several children, leaves the session as it is, and
// is not found there.
func (s Session) at(ctx context.Context, place Place) (Session, error) {
	if place == (Place{}) || len(s.Actor.Grants) == 0 || s.Actor.Connection != "" {
		return s, nil
	}
	var having []waybill.ID
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		having = nil
		own, err := s.setup(tx, s.Actor.Account)
		if err != nil || own.placeOf(place) != nil {
			return err
		}
		for _, child := range s.Actor.Grants {
			set, err := s.setup(tx, child)
			if waybill.IsCode(err, waybill.NotFound) { // it is gone
				continue
			}
			if err != nil {
				return err
			}
			if set.placeOf(place) != nil {
				having = append(having, child)
			}
		}
		return nil
	})
	if err != nil || len(having) != 1 {
		return s, err
	}
	return s.Within(ctx, having[0])
}
