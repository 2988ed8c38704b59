package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// A carrier gives who asks twice for one address and day the number of the first visit, and either could call off the
// other's. So the number of a visit is one pickup's: it is claimed before the pickup is confirmed, by a key of the
// connection that the database keeps unique, whichever location, account or node asks.

// visitSurface is under which keys the numbers of visits are claimed.
const visitSurface = "pickup.visit"

// visitKept is how much longer than the visit its number is kept.
const visitKept = 48 * time.Hour

// sole claims the carrier's number of a visit, or refuses it as another one's (ReasonTaken).
func (s Session) sole(ctx context.Context, v *visit, number string) error {
	if v.local() { // it makes its numbers of our keys
		return nil
	}
	p := v.pickup
	for range settleTimes {
		holder, err := s.claimVisit(ctx, v, number, "")
		if waybill.ReasonOf(err) == waybill.ReasonKeyRunning {
			continue // another claims it at this moment: whether it had it is seen now
		}
		if err != nil || holder == p.ID {
			return err
		}
		err = s.comesFor(ctx, p, holder)
		if err != nil {
			return err
		}
		holder, err = s.claimVisit(ctx, v, number, holder) // it was called off
		if waybill.ReasonOf(err) != waybill.ReasonKeyRunning && (err != nil || holder == p.ID) {
			return err
		}
	}
	return waybill.E(verbPickup, waybill.ReasonTaken, "%s gave the number %s to several pickups at the same moment", p.Provider.DisplayName, number)
}

// claimVisit makes the pickup the one that has a number, if nobody has it, or who does is given up, and answers who has it.
func (s Session) claimVisit(ctx context.Context, v *visit, number string, givenUp waybill.ID) (holder waybill.ID, err error) {
	owner, p := v.connection.Account, v.pickup
	err = s.Store.Update(ctx, waybill.System(owner), func(tx store.Tx) error {
		key := store.Key{
			Account: owner, Surface: visitSurface, Key: string(p.Connection) + " " + p.Day + " " + number, Hash: string(p.ID), Verb: verbPickup,
			Subject: p.ID, Expires: p.Close.Add(visitKept), Running: true, // so that of several who come at once one alone puts it
		}
		old, known, err := tx.Keys().Get(key.Surface, key.Key)
		if err != nil {
			return err
		}
		if holder = old.Subject; known && holder != givenUp {
			return nil
		}
		holder = p.ID
		return tx.Keys().Put(key)
	})
	return holder, err
}

// comesFor refuses a visit that is another pickup's, unless that one is off.
func (s Session) comesFor(ctx context.Context, p waybill.Pickup, holder waybill.ID) error {
	return s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		open, err := tx.Pickups().Open(p.Connection, "", p.Day)
		for _, other := range open {
			switch {
			case other.ID != holder:
			case other.Account == p.Account:
				return waybill.E(verbPickup, waybill.ReasonTaken, "%s comes to this address on %s already: it is the pickup %s", p.Provider.DisplayName, p.Day, other.ID)
			default:
				return waybill.E(verbPickup, waybill.ReasonTaken, "%s comes to this address on %s already, for another account", p.Provider.DisplayName, p.Day)
			}
		}
		return err
	})
}
