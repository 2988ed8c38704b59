package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// Before a location's cut-off people are warned of what is booked and on no manifest, once of each parcel. A parcel
// that comes in later than that, or a cut-off that is set so near, is told of a little later, with what else comes
// meanwhile: within a minute of becoming true.
const (
	warnBefore = time.Hour
	warnAgain  = 30 * time.Second
	warnNames  = 100 // references in a warning
)

// leaving is what a warning is about: what leaves a location with a connection on a day.
type leaving struct{ Connection, Location, Day string }

func (d leaving) key() string { return "due:" + d.Connection + "/" + d.Location + "/" + d.Day }

// remind has people warned of a consignment before its location's cut-off, where there is one.
func (s Session) remind(tx store.Tx, l *waybill.Location, c waybill.Consignment) error {
	closes, ok := cutoff(l, c.Day)
	if !ok {
		return nil
	}
	due := closes.Add(-warnBefore)
	if soon := tx.Now().Add(warnAgain); due.Before(soon) {
		due = soon
	}
	job, err := s.remindJob(c.Account, leaving{string(c.Connection), string(c.Location), c.Day}, due)
	if err != nil {
		return err
	}
	return tx.Enqueue(job)
}

// remindAnew has people warned of what waits at a location as its cut-off and hours are now: they may have been set, or
// put forward, after it was booked.
func (s Session) remindAnew(tx store.Tx, l *waybill.Location) error {
	today := tx.Now().In(zoneOfLocation(l)).Format(time.DateOnly)
	waiting, err := tx.Consignments().Waiting(append(daysAround(today, 0, daysAhead), today))
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.Account != l.Account || w.Location != l.ID {
			continue
		}
		if err := tx.Unqueue(leaving{string(w.Connection), string(w.Location), w.Day}.key()); err != nil {
			return err
		}
		c := waybill.Consignment{Account: w.Account, Connection: w.Connection, Location: w.Location, Day: w.Day}
		if err := s.remind(tx, l, c); err != nil {
			return err
		}
	}
	return nil
}

func (s Session) remindJob(account waybill.ID, d leaving, due time.Time) (waybill.Job, error) {
	payload, err := json.Marshal(d)
	return waybill.Job{
		ID: s.IDs.New(), Account: account, Kind: waybill.JobRemind, Key: d.key(), Subject: waybill.ID(d.Location), Due: due, Payload: payload,
		Created: s.Clock.Now(),
	}, err
}

// Remind is the job that warns of booked parcels that are on no manifest while the cut-off is near. If the cut-off was
// put off meanwhile, it comes back.
func (e *Engine) Remind(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	var d leaving
	if err := json.Unmarshal(job.Payload, &d); err != nil {
		return waybill.E("remind", waybill.ReasonBug, "a warning without its subject")
	}
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		set, err := s.setup(tx, job.Account)
		if err != nil {
			return err
		}
		l, c := set.location(waybill.ID(d.Location)), set.connection(waybill.ID(d.Connection))
		if l == nil || c == nil {
			return nil
		}
		closes, ok := cutoff(l, d.Day)
		if !ok {
			return nil
		}
		if due := closes.Add(-warnBefore); due.After(tx.Now()) {
			later, err := s.remindJob(job.Account, d, due)
			if err != nil {
				return err
			}
			return tx.Enqueue(later)
		}
		return s.warn(tx, set, l, c, d.Day, closes)
	})
	return finished(err)
}

// warn tells of what waits, unless all of it was told of before.
func (s Session) warn(tx store.Tx, set *setup, l *waybill.Location, c *waybill.Connection, day string, closes time.Time) error {
	q := store.LeavingQuery{Account: l.Account, Connection: c.ID, Location: l.ID, Days: append(daysAround(day, daysBefore, 0), day), Waiting: true}
	fresh, err := tx.Consignments().Warn(q)
	if err != nil || fresh == 0 {
		return err
	}
	waits, err := tx.Consignments().Leaving(q, maxOnManifest)
	if err != nil {
		return err
	}
	lines, err := linesOf(tx, waits[:min(len(waits), warnNames)])
	if err != nil {
		return err
	}
	parcels := 0
	for _, w := range waits {
		parcels += w.Parcels
	}
	facts := waybill.Facts{
		Carrier: c.DisplayName, Note: l.ExternalID + " " + day,
		Message: fmt.Sprintf("shipments on no manifest: %d (parcels: %d); the cut-off of %s for %s is at %s", len(waits), parcels, l.ExternalID, day, closes.Format("15:04 MST")),
	}
	for _, line := range lines {
		facts.Shipments = append(facts.Shipments, firstOf(line.Reference, string(line.Shipment)))
	}
	event := s.stamp(tx, waybill.ManifestDue, nil, facts)
	event.Account, event.Shipment = l.Account, l.ID
	return s.announce(tx, set, event, nil)
}

// DueManifest is what leaves a location with a connection on a day and is on no manifest.
type DueManifest struct {
	store.Waiting
	LocationKey   string
	ConnectionKey string
	Carrier       string
	Cutoff        *time.Time // nil: the location has none
	Late          bool       // the cut-off, or the day, is over
}

// DueManifests lists what waits for manifests, from a week ago to a week ahead, the earliest day first.
func (s Session) DueManifests(ctx context.Context, _ struct{}) (list []DueManifest, err error) {
	now := s.Clock.Now()
	today := now.UTC().Format(time.DateOnly)
	days := append(daysAround(today, daysBefore, daysAhead), today)
	var set *setup
	var waiting []store.Waiting
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if set, err = s.setup(tx, s.Actor.Account); err == nil {
			waiting, err = tx.Consignments().Waiting(days)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, w := range slices.DeleteFunc(waiting, func(w store.Waiting) bool { return w.Account != s.Actor.Account }) {
		l, c := set.location(w.Location), set.connection(w.Connection)
		if l == nil || c == nil {
			continue
		}
		due := DueManifest{Waiting: w, LocationKey: l.ExternalID, ConnectionKey: c.ExternalID, Carrier: c.DisplayName}
		due.Late = w.Day < now.In(zoneOfLocation(l)).Format(time.DateOnly)
		if closes, ok := cutoff(l, w.Day); ok {
			due.Cutoff, due.Late = &closes, !now.Before(closes)
		}
		list = append(list, due)
	}
	return list, nil
}
