package engine

import (
	"context"
	"time"

	"waybill"
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
	case t.Track.Expected != nil && t.Track.Expected.Sub(now) < near+longestPoll && t.Track.Expected.After(now):
		return t.Track.Expected.Add(-near) // delivery is near from then on
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
// longest due first, and comes back while any is followed. A call that fails costs the rest of the minute,
// since the carrier may have counted it: what was not heard of is due still.
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
	next := now.Add(pollEvery)
	if connection.PauseReason != lostSecret { // one that is paused for another reason is asked about what was booked
		if err := s.pollAll(ctx, connection, due, now); err != nil && ctx.Err() == nil {
			s.Log.Warn("poll broken off", "connection", string(connection.ID), "error", waybill.Logged(err))
			next = now.Add(max(pollEvery, waybill.AsError(err).RetryAfter))
		}
	}
	return finished(s.pollOn(ctx, connection, job, next))
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
	clocks, err := s.testClocks(ctx, c, due)
	if err != nil {
		return err
	}
	for chunk := range clocks.chunks(due, pollChunk) {
		request := clocks.request(chunk, now)
		heard, err := opened.Track(ctx, request)
		if err != nil && waybill.AsError(err).Severity == waybill.Hard && ctx.Err() == nil {
			heard = make([]waybill.Tracking, len(chunk)) // nothing to be heard of these: ask later
		} else if err != nil {
			return err
		}
		if err := s.hear(ctx, chunk, heard, now, err != nil); err != nil {
			return err
		}
		s.heardOf(ctx, c, waybill.ProofTracked, heard, chunk[0].Shipment)
		if err := s.hearPushes(ctx, c, opened, request); err != nil {
			return err
		}
	}
	return nil
}

// hear writes what the carrier said of a chunk of parcels. One that cannot be written is set aside, lest it
// keep the others from being heard of for ever.
func (s Session) hear(ctx context.Context, chunk []waybill.Tracker, heard []waybill.Tracking, now time.Time, failed bool) error {
	err := s.hearAll(ctx, chunk, heard, now, failed)
	if err == nil || waybill.AsError(err).Severity == waybill.Transient || ctx.Err() != nil {
		return err
	}
	if len(chunk) == 1 {
		s.Log.Error("tracking cannot be written", "tracker", string(chunk[0].ID), "error", waybill.Logged(err))
		return s.setAside(ctx, chunk[0].ID, now)
	}
	for i := range chunk {
		if err := s.hear(ctx, chunk[i:i+1], heard[i:i+1], now, failed); err != nil {
			return err
		}
	}
	return nil
}

// hearAll writes it in one transaction, on what is stored by now: a push or a cancellation may have come
// in while the carrier was asked.
func (s Session) hearAll(ctx context.Context, chunk []waybill.Tracker, heard []waybill.Tracking, now time.Time, failed bool) error {
	ids := make([]waybill.ID, len(chunk))
	said := make(map[waybill.ID]int, len(chunk))
	for i, t := range chunk {
		ids[i], said[t.ID] = t.ID, i
	}
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		trackers, err := tx.Trackers().GetMany(ids)
		if err != nil {
			return err
		}
		for _, t := range trackers {
			i := said[t.ID]
			if !t.Open {
				continue
			}
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

// setAside has a parcel asked after later, like one the carrier does not know.
func (s Session) setAside(ctx context.Context, tracker waybill.ID, now time.Time) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := tx.Trackers().Get(tracker)
		if err != nil {
			return err
		}
		t.Failures++
		t.Due = nextPoll(t, now)
		return tx.Trackers().Put(&t)
	})
}

// pollOn replaces the job by the next one, while parcels are followed: at a time, or when the next of them
// is due.
func (s Session) pollOn(ctx context.Context, c waybill.Connection, job waybill.Job, next time.Time) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		if err := tx.Finish(job); err != nil {
			return err
		}
		oldest, err := tx.Trackers().OldestDue(c.ID)
		if err != nil || oldest.IsZero() {
			return err
		}
		due := oldest
		if idle := tx.Now().Add(pollIdle); due.After(idle) {
			due = idle
		}
		if due.Before(next) {
			due = next
		}
		return tx.Enqueue(s.pollJob(c, due))
	})
}
