package engine

import (
	"context"
	"slices"
	"sort"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// How often a parcel is asked after: at least every six hours, with half an hour in hand for a full
// budget; sooner when the label is new, when delivery is near, and when it is out for delivery.
const (
	firstPoll   = 2 * time.Hour
	longestPoll = 5*time.Hour + 30*time.Minute
	nearPoll    = time.Hour
	outPoll     = 20 * time.Minute
	near        = 24 * time.Hour
	pollEvery   = time.Minute // a connection's budget is spent by the minute
	pollIdle    = 30 * time.Minute
	pollChunk   = 50 // numbers asked in one call, and rows written in one transaction
	closeAfter  = 60 * 24 * time.Hour
)

// nextPoll is when a parcel is asked after again.
func nextPoll(t waybill.Tracker, now time.Time) time.Time {
	switch {
	case t.Track.Status == waybill.OutForDelivery || t.Track.Status == waybill.AttemptFailed:
		return now.Add(outPoll)
	case t.Track.Expected != nil && t.Track.Expected.Sub(now) < near && now.Sub(*t.Track.Expected) < near:
		return now.Add(nearPoll)
	case t.Failures > 0:
		return now.Add(min(longestPoll, backoff(t.Failures)*12))
	default:
		return now.Add(longestPoll)
	}
}

func pollKey(connection waybill.ID) string { return "poll:" + string(connection) }

func (s Session) pollJob(c waybill.Connection, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: c.Account, Kind: waybill.JobPoll, Key: pollKey(c.ID), Lane: pollKey(c.ID), Subject: c.ID,
		Due: due, Created: s.Clock.Now(),
	}
}

// Poll is the job that spends one minute of a connection's request budget on its due parcels, the
// longest due first, and comes back while any is followed.
func (e *Engine) Poll(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(""))
	var connection waybill.Connection
	var due []waybill.Tracker
	now := e.Clock.Now()
	err := e.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		c, err := tx.Connections().Get(job.Subject)
		if err != nil {
			return err
		}
		trackers, err := tx.Trackers().Due(c.ID, now, e.budget(c))
		connection, due = c, trackers
		return err
	})
	if waybill.IsCode(err, waybill.NotFound) {
		return nil // the connection is gone; so is its job
	}
	if err != nil {
		return err
	}
	if !connection.Paused {
		if err := s.pollAll(ctx, connection, due, now); err != nil {
			return err
		}
	}
	return finished(s.pollOn(ctx, connection, job, now))
}

// budget is how many numbers a connection may be asked for in a minute.
func (e *Engine) budget(c waybill.Connection) int {
	if c.Budget > 0 {
		return c.Budget
	}
	if driver, ok := e.Carriers.Driver(c.Carrier); ok && driver.Budget > 0 {
		return driver.Budget
	}
	return 60
}

func (s Session) pollAll(ctx context.Context, c waybill.Connection, due []waybill.Tracker, now time.Time) error {
	opened, err := s.open(c)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(due, pollChunk) {
		numbers := make([]string, len(chunk))
		for i, t := range chunk {
			numbers[i] = t.Track.Number
		}
		heard, err := opened.Track(ctx, carrier.TrackRequest{Numbers: numbers, Now: now})
		if err != nil && waybill.AsError(err).Severity == waybill.Hard && ctx.Err() == nil {
			heard = make([]waybill.Tracking, len(chunk)) // nothing to be heard of these: ask later
		} else if err != nil {
			return err
		}
		if err := s.hear(ctx, chunk, heard, now, err != nil); err != nil {
			return err
		}
	}
	return nil
}

// hear writes what the carrier said of a chunk of parcels.
func (s Session) hear(ctx context.Context, chunk []waybill.Tracker, heard []waybill.Tracking, now time.Time, failed bool) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		for i, t := range chunk {
			if failed || heard[i].Unknown {
				t.Failures++
			} else {
				t.Failures = 0
			}
			if err := s.applyTracking(tx, &t, heard[i]); err != nil {
				return err
			}
			t.Due = nextPoll(t, now)
			if now.Sub(t.Created) > closeAfter {
				t.Open = false
			}
			if err := tx.Trackers().Put(&t); err != nil {
				return err
			}
		}
		return nil
	})
}

// pollOn replaces the job by the next one, while parcels are followed.
func (s Session) pollOn(ctx context.Context, c waybill.Connection, job waybill.Job, now time.Time) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		oldest, err := tx.Trackers().OldestDue(c.ID)
		if err != nil || oldest.IsZero() {
			return err
		}
		next := now.Add(pollEvery)
		if oldest.After(next) {
			next = oldest
		}
		if limit := now.Add(pollIdle); next.After(limit) {
			next = limit
		}
		return tx.Enqueue(s.pollJob(c, next))
	})
}

// applyTracking adds new scans to a tracker and moves its shipment (or return) along. Scans come
// late, twice and out of order: each counts once, and the latest by its own time tells the status.
func (s Session) applyTracking(tx store.Tx, t *waybill.Tracker, heard waybill.Tracking) error {
	if heard.Expected != nil {
		t.Track.Expected = heard.Expected
	}
	var fresh []waybill.Scan
	for _, scan := range heard.Scans {
		if !slices.ContainsFunc(t.Track.Scans, func(old waybill.Scan) bool { return sameScan(old, scan) }) {
			fresh = append(fresh, scan)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	t.Track.Scans = append(append([]waybill.Scan(nil), t.Track.Scans...), fresh...)
	sort.SliceStable(t.Track.Scans, func(i, j int) bool { return t.Track.Scans[i].At.Before(t.Track.Scans[j].At) })
	for _, scan := range t.Track.Scans {
		if scan.Status != waybill.TransitUnknown {
			t.Track.Status = scan.Status
		}
		if scan.Recipient != "" {
			t.Track.Recipient = scan.Recipient
		}
	}
	t.Open = !t.Track.Status.Final()
	sort.SliceStable(fresh, func(i, j int) bool { return fresh[i].At.Before(fresh[j].At) })
	if t.Return != "" {
		return s.moveReturn(tx, *t)
	}
	return s.moveShipment(tx, *t, fresh)
}

func sameScan(a, b waybill.Scan) bool {
	return a.At.Equal(b.At) && a.Code == b.Code && a.Status == b.Status && a.Place == b.Place
}

// TrackShipment asks the carrier after a shipment's parcels now, whatever is due.
func (s Session) TrackShipment(ctx context.Context, in GetShipment) (waybill.Shipment, error) {
	var trackers []waybill.Tracker
	var connection waybill.Connection
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		if sh.Booking != waybill.Booked || sh.Provider == nil {
			return waybill.E("track", waybill.ReasonNotBookable, "only a booked shipment can be tracked; this one is %s", words(string(sh.Booking)))
		}
		all, err := tx.Trackers().Of(sh.ID)
		if err != nil {
			return err
		}
		trackers = slices.DeleteFunc(all, func(t waybill.Tracker) bool { return t.Return != "" || !t.Open })
		connection, err = tx.Connections().Get(sh.Provider.Connection)
		return err
	})
	if err != nil {
		return waybill.Shipment{}, err
	}
	if err := s.pollAll(ctx, connection, trackers, s.Clock.Now()); err != nil {
		return waybill.Shipment{}, err
	}
	return s.GetShipment(ctx, in)
}

// moveShipment takes the shipment along: with several parcels it is where the parcel furthest behind
// is. Each new scan is an event.
func (s Session) moveShipment(tx store.Tx, t waybill.Tracker, fresh []waybill.Scan) error {
	sh, err := tx.Shipments().Get(t.Shipment)
	if err != nil {
		return err
	}
	set, err := s.setup(tx, sh.Account)
	if err != nil {
		return err
	}
	status, err := furthestBehind(tx, t)
	if err != nil {
		return err
	}
	sh.Transit = status
	if t.Track.Expected != nil {
		sh.EstimatedDrop.Ends = t.Track.Expected
	}
	for i := range fresh {
		scan := fresh[i]
		if sh.ActualPickup == nil && carried(scan.Status) {
			sh.ActualPickup = &scan.At
		}
		if scan.Status == waybill.Delivered && sh.Transit == waybill.Delivered {
			sh.ActualDelivery = &scan.At
		}
		sh.TransitNote = scan.Text
	}
	if err := tx.Shipments().Put(&sh); err != nil {
		return err
	}
	for i := range fresh {
		facts := waybill.Facts{
			Transit: fresh[i].Status, Message: fresh[i].Text, Note: fresh[i].Reason, Carrier: carrierName(sh),
			Tracking: t.Track.Number, Scan: &fresh[i],
		}
		if err := s.emit(tx, set, waybill.ShipmentTracked, &sh, facts); err != nil {
			return err
		}
	}
	return nil
}

func carried(t waybill.Transit) bool {
	switch t {
	case waybill.TransitNone, waybill.LabelMade, waybill.PickupScheduled, waybill.Assigned, waybill.Unassigned, waybill.PickupStarted,
		waybill.TransitVoided, waybill.TransitUnknown:
		return false
	}
	return true
}

func furthestBehind(tx store.Tx, current waybill.Tracker) (waybill.Transit, error) {
	trackers, err := tx.Trackers().Of(current.Shipment)
	if err != nil {
		return "", err
	}
	status := current.Track.Status
	for _, other := range trackers {
		if other.ID == current.ID || other.Return != "" {
			continue
		}
		if slices.Index(waybill.Transits, other.Track.Status) < slices.Index(waybill.Transits, status) {
			status = other.Track.Status
		}
	}
	return status, nil
}

// Push keeps what a carrier sent to a connection's hook address, to be read by a job. The hook's
// secret is checked by the caller against HookSecret.
func (e *Engine) Push(ctx context.Context, connection waybill.ID, secret string, header map[string][]string, body []byte) error {
	s := e.As(waybill.System(""))
	payload, err := packPush(header, body)
	if err != nil {
		return err
	}
	return e.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		c, err := tx.Connections().Get(connection)
		if err != nil || !e.Vault.isHook(connection, secret) {
			return waybill.E("push", waybill.ReasonUnknownRecord, "no such hook")
		}
		id := e.IDs.New()
		return tx.Enqueue(waybill.Job{
			ID: id, Account: c.Account, Kind: waybill.JobPushed, Key: "pushed:" + string(id), Lane: "pushed:" + string(connection),
			Subject: connection, Due: tx.Now(), Created: tx.Now(), Payload: payload,
		})
	})
}

// Pushed is the job that reads one push.
func (e *Engine) Pushed(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(""))
	header, body, err := unpackPush(job.Payload)
	if err != nil {
		return err
	}
	var c waybill.Connection
	err = e.Store.View(ctx, s.Actor, func(tx store.Tx) error { c, err = tx.Connections().Get(job.Subject); return err })
	if err != nil {
		return err
	}
	opened, err := s.open(c)
	if err != nil {
		return err
	}
	heard, err := opened.Pushed(header, body)
	if err != nil {
		return err
	}
	for _, h := range heard {
		if err := s.hearOne(ctx, c.ID, h); err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return err
		}
	}
	return nil
}

func (s Session) hearOne(ctx context.Context, connection waybill.ID, heard waybill.Tracking) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := tx.Trackers().ByNumber(connection, heard.Number)
		if err != nil {
			return err
		}
		if err := s.applyTracking(tx, &t, heard); err != nil {
			return err
		}
		return tx.Trackers().Put(&t)
	})
}

// RecordScan is what our own drivers saw: a scan of a parcel of a house connection.
type RecordScan struct {
	Number string // tracking number
	Scan   waybill.Scan
}

// RecordScan notes a scan of a parcel by its tracking number.
func (s Session) RecordScan(ctx context.Context, in RecordScan) (sh waybill.Shipment, err error) {
	if !slices.Contains(waybill.Transits, in.Scan.Status) {
		return sh, waybill.FieldErrors("scan", []waybill.FieldError{{
			Path: "status", Rule: waybill.RuleEnum, Value: string(in.Scan.Status), Message: "no such transit status",
		}})
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Shipments().ByTracking(in.Number)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return waybill.E("scan", waybill.ReasonUnknownShipment, "no shipment has the tracking number %q", in.Number)
		}
		trackers, err := tx.Trackers().Of(found[len(found)-1].ID)
		if err != nil {
			return err
		}
		if in.Scan.At.IsZero() {
			in.Scan.At = tx.Now()
		}
		for _, t := range trackers {
			if t.Track.Number != in.Number {
				continue
			}
			if err := s.applyTracking(tx, &t, waybill.Tracking{Number: in.Number, Scans: []waybill.Scan{in.Scan}}); err != nil {
				return err
			}
			if err := tx.Trackers().Put(&t); err != nil {
				return err
			}
		}
		sh, err = tx.Shipments().Get(found[len(found)-1].ID)
		return err
	})
	return sh, err
}
