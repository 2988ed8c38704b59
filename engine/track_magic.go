package engine

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// magician is a connection that tells of magic tracking numbers: a simulated one, and where the caller is bound to one
// connection, that. Nil: there is none, and such a number is nobody's.
func (s *setup) magician(actor waybill.Actor) *waybill.Connection {
	for i, c := range s.connections {
		if c.Mode == waybill.ModeSimulator && !c.Paused && (actor.Connection == "" || actor.Connection == c.ExternalID) {
			return &s.connections[i]
		}
	}
	return nil
}

// conjure tells of the magic numbers among those that are nobody's parcels: see [carrier.Spell].
func (s Session) conjure(ctx context.Context, list []Tracked) error {
	var numbers []string
	var places []int
	for i, t := range list {
		if !t.Found && carrier.IsMagicNumber(t.Number) {
			numbers, places = append(numbers, t.Number), append(places, i)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	var c *waybill.Connection
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err == nil {
			c = set.magician(s.Actor)
		}
		return err
	})
	if err != nil || c == nil {
		return err
	}
	opened, err := s.open(*c)
	if err != nil {
		return err
	}
	told, err := opened.Track(ctx, carrier.TrackRequest{Numbers: numbers, Now: s.Clock.Now()})
	if err != nil {
		return err
	}
	for i, at := range places {
		list[at].Found, list[at].Tracking = true, told[i]
	}
	return nil
}
