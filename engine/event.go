package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// ReadEvents asks for events after a cursor, oldest first; empty: from the first that is kept. Kinds, when not empty,
// leaves out all others.
type ReadEvents struct {
	After string
	From  time.Time // only those of this time or later
	Limit int
	Kinds []waybill.EventKind
	// Latest: no events, only the cursor behind the newest.
	Latest bool
}

// EventPart is a part of the list of events, which never ends: Next goes on from here, also when nothing is there yet.
type EventPart struct {
	Items []waybill.Event
	Next  string
}

// ReadEvents reads what happened, in the order in which it became visible: none is skipped, and none told twice.
func (s Session) ReadEvents(ctx context.Context, in ReadEvents) (part EventPart, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if in.Latest {
			latest, err := tx.Events().Latest()
			part = EventPart{Next: latest}
			return err
		}
		latest := ""
		if in.After == "" && !in.From.IsZero() { // who finds nothing yet need not go through all of it again
			if latest, err = tx.Events().Latest(); err != nil {
				return err
			}
		}
		events, next, err := tx.Events().Since(in.After, in.From, in.Limit)
		if err != nil {
			return err
		}
		next = firstOf(next, latest)
		if len(in.Kinds) > 0 {
			events = slices.DeleteFunc(events, func(e waybill.Event) bool { return !slices.Contains(in.Kinds, e.Kind) })
		}
		part = EventPart{events, next}
		return nil
	})
	return part, err
}
