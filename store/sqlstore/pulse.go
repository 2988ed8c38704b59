package sqlstore

import (
	"context"

	"waybill"
	"waybill/store"
)

// mostLetters is how far dead letters are counted: who has more has no need of the number.
const mostLetters = 10_000

// Pulse tells how the installation stands. Polled says which connections are asked after parcels. Each number comes out of
// an index.
func (s *Store) Pulse(ctx context.Context, polled func(waybill.Connection) bool) (pulse store.Pulse, err error) {
	if s.closed.Load() {
		return pulse, errClosed()
	}
	err = s.engine.view(ctx, waybill.System(""), func(t *tx) error {
		var p store.Pulse
		read := func(query string, args ...any) int64 {
			n, err := t.int(query, args...)
			if err != nil {
				_ = t.doom(err)
			}
			return n
		}
		for _, state := range []waybill.PurchaseState{waybill.Intent, waybill.Unsure, waybill.Stuck} {
			at := fromMicro(read("select created from purchase where state = $1 order by created limit 1", string(state)))
			if !at.IsZero() && (p.OldestUnsettled.IsZero() || at.Before(p.OldestUnsettled)) {
				p.OldestUnsettled = at
			}
		}
		p.StuckPurchases = int(read("select count(*) from purchase where state = $1", string(waybill.Stuck)))
		for _, kind := range waybill.JobKinds {
			at := fromMicro(read("select due from job where ready = 1 and kind = $1 order by due limit 1", string(kind)))
			if !at.IsZero() && (p.OldestDue.IsZero() || at.Before(p.OldestDue)) {
				p.OldestDue = at
			}
		}
		p.BuriedJobs = int(read("select count(*) from job where buried = 1"))
		p.DeadLetters = int(read("select count(*) from (select 1 from delivery where state = 'dead' limit $1) d", int64(mostLetters)))
		p.LastBackup = fromMicro(read("select at from moment where name = 'backup'"))
		hooks, err := t.Subscriptions().All()
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			if hook.Paused && hook.Failures > 0 {
				p.DeadEndpoints++
			}
		}
		connections, err := t.Connections().All()
		if err != nil {
			return err
		}
		for _, c := range connections {
			if !polled(c) {
				continue
			}
			at, err := t.Trackers().OldestDue(c.ID)
			if err != nil {
				return err
			}
			if !at.IsZero() && (p.OldestPoll.IsZero() || at.Before(p.OldestPoll)) {
				p.OldestPoll = at
			}
		}
		pulse = p
		return t.err
	})
	return pulse, err
}

// BackedUp notes that a backup was made.
func (s *Store) BackedUp(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed()
	}
	note := func(t *tx) error {
		_, err := t.exec("insert into moment (name, at) values ('backup', $1) on conflict (name) do update set at = excluded.at", micro(t.Now()))
		return err
	}
	return s.engine.update(ctx, waybill.System(""), note, note)
}
