package engine

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// An account's test clock moves its simulated parcels without waiting. It is kept with the account, as how far it is
// ahead, and goes with each question to a simulated carrier; so every node tells the same time, and nothing that is
// real has any other clock than the real one.

// mostAhead is how far a test clock may be ahead of the real one.
const mostAhead = 366 * 24 * time.Hour

// mostMoved is how many parcels of a connection move while the caller waits; the others do when they are asked after.
const mostMoved = 5000

// MoveClock moves the account's test clock: by a time, or to one, or back to the real one.
type MoveClock struct {
	Advance time.Duration
	Set     time.Time
	Reset   bool
}

// TestClock is how an account's test clock stands. Moved is how many of its parcels heard something new from it,
// Unheard which connections could not be asked.
type TestClock struct {
	Now     time.Time
	Ahead   time.Duration
	Moved   int
	Unheard []string
}

// ReadTestClock tells how the account's test clock stands.
func (s Session) ReadTestClock(ctx context.Context, _ struct{}) (out TestClock, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		account, err := tx.Accounts().Get(s.Actor.Account)
		out = TestClock{Now: s.Clock.Now().Add(account.Ahead), Ahead: account.Ahead}
		return err
	})
	return out, err
}

// MoveTestClock moves the account's test clock and, with it, the account's simulated parcels: scans appear, statuses go
// on, webhooks are told. What was heard stays when the clock goes back.
func (s Session) MoveTestClock(ctx context.Context, in MoveClock) (out TestClock, err error) {
	now := s.Clock.Now()
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		account, err := tx.Accounts().Get(s.Actor.Account)
		if err != nil {
			return err
		}
		before := account
		switch {
		case in.Reset:
			account.Ahead = 0
		case !in.Set.IsZero():
			account.Ahead = in.Set.Sub(now).Truncate(time.Microsecond)
		default:
			account.Ahead += in.Advance
		}
		if account.Ahead < 0 || account.Ahead > mostAhead {
			path := "advance"
			if !in.Set.IsZero() {
				path = "set"
			}
			return wrongField(path, waybill.RuleRange, "", "a test clock is never behind the real one, nor more than 366 days ahead")
		}
		out = TestClock{Now: now.Add(account.Ahead), Ahead: account.Ahead}
		if account.Ahead == before.Ahead {
			return nil
		}
		if err := tx.Accounts().Put(&account); err != nil {
			return err
		}
		return s.noteChange(tx, &before, &account)
	})
	if err == nil {
		err = s.moveParcels(ctx, now, &out)
	}
	return out, err
}

// moveParcels asks every simulated connection after the account's open parcels.
func (s Session) moveParcels(ctx context.Context, now time.Time, out *TestClock) error {
	var set *setup
	open := map[waybill.ID][]waybill.Tracker{}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if set, err = s.setup(tx, s.Actor.Account); err != nil {
			return err
		}
		for _, c := range set.connections {
			if c.Mode != waybill.ModeSimulator {
				continue
			}
			all, err := tx.Trackers().Due(c.ID, now.Add(longestLife), mostMoved)
			if err != nil {
				return err
			}
			open[c.ID] = slices.DeleteFunc(all, func(t waybill.Tracker) bool { return t.Account != s.Actor.Account })
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range set.connections {
		parcels := open[c.ID]
		if len(parcels) == 0 {
			continue
		}
		if err := s.pollAll(ctx, c, parcels, now); err != nil {
			s.Log.Warn("simulated parcels were not moved", "connection", string(c.ID), "error", waybill.Logged(err))
			out.Unheard = append(out.Unheard, c.ExternalID)
		}
		moved, err := s.movedOn(ctx, parcels)
		if err != nil {
			return err
		}
		out.Moved += moved
	}
	return nil
}

// longestLife is later than any open parcel is due.
const longestLife = 10 * 366 * 24 * time.Hour

// movedOn counts the parcels of which more is known than before.
func (s Session) movedOn(ctx context.Context, before []waybill.Tracker) (moved int, err error) {
	scans := map[waybill.ID]int{}
	var ids []waybill.ID
	for _, t := range before {
		ids, scans[t.ID] = append(ids, t.ID), len(t.Track.Scans)
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		moved = 0
		after, err := tx.Trackers().GetMany(ids)
		for _, t := range after {
			if len(t.Track.Scans) > scans[t.ID] {
				moved++
			}
		}
		return err
	})
	return moved, err
}

// StepParcel brings a simulated parcel on: to a status, or to the next one of an uneventful life.
type StepParcel struct {
	Number    string
	To        waybill.Transit // empty: the next
	Reason    string          // of a failed attempt
	Recipient string          // who took it
}

// course is an uneventful life.
var course = []waybill.Transit{waybill.PickedUp, waybill.InTransit, waybill.AtDepot, waybill.OutForDelivery, waybill.Delivered}

// Stepped is where a parcel is now, and its shipment; empty of a return that stands alone.
type Stepped struct {
	Parcel   waybill.Tracking
	Shipment waybill.Shipment
}

// StepParcel adds a scan to what is known of a simulated parcel, as if its carrier had told of it. A parcel that a real
// carrier has is refused: ReasonNotBookable.
func (s Session) StepParcel(ctx context.Context, in StepParcel) (out Stepped, err error) {
	if err := s.mayScan(waybill.Transit(firstOf(string(in.To), string(course[0])))); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := trackerOf(tx, in.Number)
		if err != nil {
			return err
		}
		if err := s.maySimulate(tx, t); err != nil {
			return err
		}
		scan, err := s.step(tx, t, in)
		if err == nil {
			err = s.noteScan(tx, t, scan)
		}
		if err == nil {
			t, err = tx.Trackers().Get(t.ID)
		}
		if out = (Stepped{Parcel: t.Track}); err != nil || t.Shipment == "" {
			return err
		}
		out.Shipment, err = tx.Shipments().Get(t.Shipment)
		return err
	})
	return out, err
}

// maySimulate refuses to make things up of a parcel that a real carrier has, or nobody.
func (s Session) maySimulate(tx store.Tx, t waybill.Tracker) error {
	c, err := tx.Connections().Get(t.Connection)
	if err != nil {
		return err
	}
	if c.Mode != waybill.ModeSimulator {
		return waybill.E("sandbox", waybill.ReasonNotBookable, "only a simulated parcel can be moved; this one goes by %s", c.DisplayName)
	}
	booking, err := bookingOf(tx, t)
	if err == nil && !travels(booking) {
		err = waybill.E("sandbox", waybill.ReasonNotBookable, "the parcel is not on its way: it is %s", words(string(booking)))
	}
	return err
}

// step is the scan that brings a parcel on: by the account's test clock, and later than all that was heard.
func (s Session) step(tx store.Tx, t waybill.Tracker, in StepParcel) (scan waybill.Scan, err error) {
	account, err := tx.Accounts().Get(t.Account)
	if err != nil {
		return scan, err
	}
	to := in.To
	if to == "" {
		if t.Track.Status.Final() {
			return scan, waybill.E("sandbox", waybill.ReasonNotBookable, "the parcel has come to its end: it is %s", words(string(t.Track.Status)))
		}
		to = course[min(slices.Index(course, t.Track.Status)+1, len(course)-1)]
	}
	scan = waybill.Scan{
		At: tx.Now().Add(account.Ahead), Status: to, Code: "SIM-" + strings.ToUpper(string(to)), Text: words(string(to)),
		Reason: in.Reason, Recipient: in.Recipient,
	}
	if n := len(t.Track.Scans); n > 0 && !t.Track.Scans[n-1].At.Before(scan.At) {
		scan.At = t.Track.Scans[n-1].At.Add(time.Second)
	}
	return scan, nil
}

// testClocks are the test clocks of the accounts whose parcels are asked after; of none on a connection that is no
// simulator.
type testClocks struct {
	simulated bool
	ahead     map[waybill.ID]time.Duration
}

func (s Session) testClocks(ctx context.Context, c waybill.Connection, due []waybill.Tracker) (testClocks, error) {
	clocks := testClocks{simulated: c.Mode == waybill.ModeSimulator, ahead: map[waybill.ID]time.Duration{}}
	if !clocks.simulated {
		return clocks, nil
	}
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		for _, t := range due {
			if _, known := clocks.ahead[t.Account]; known {
				continue
			}
			account, err := tx.Accounts().Get(t.Account)
			if err != nil {
				return err
			}
			clocks.ahead[t.Account] = account.Ahead
		}
		return nil
	})
	return clocks, err
}

// chunks are the parcels in the order given, so many at once, each chunk by one clock.
func (c testClocks) chunks(due []waybill.Tracker, size int) iter.Seq[[]waybill.Tracker] {
	return func(yield func([]waybill.Tracker) bool) {
		for len(due) > 0 {
			n := 1
			for n < min(size, len(due)) && c.ahead[due[n].Account] == c.ahead[due[0].Account] {
				n++
			}
			if !yield(due[:n]) {
				return
			}
			due = due[n:]
		}
	}
}

// request asks after a chunk of parcels.
func (c testClocks) request(chunk []waybill.Tracker, now time.Time) carrier.TrackRequest {
	ahead := c.ahead[chunk[0].Account]
	r := carrier.TrackRequest{Now: now.Add(ahead), Ahead: ahead}
	for _, t := range chunk {
		r.Numbers = append(r.Numbers, t.Track.Number)
		if c.simulated {
			r.Lives = append(r.Lives, carrier.Life{Magic: t.Magic, Booked: t.Created})
		}
	}
	return r
}

// simulatedBy is the magic word, on a connection that heeds it.
func simulatedBy(c waybill.Connection, word string) string {
	if c.Mode != waybill.ModeSimulator {
		return ""
	}
	return word
}
