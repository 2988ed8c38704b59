package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// A connection keeps this many outages, and each this long after its end, for people to read.
const (
	mostOutages = 50
	outageKept  = 30 * 24 * time.Hour
)

// idle is why a connection may be asked for nothing at a time; empty: it may.
func idle(c *waybill.Connection, now time.Time) string {
	if c.Paused {
		return strings.TrimSpace("it is paused " + c.PauseReason)
	}
	if o := c.OutageAt(now); o != nil {
		why := "it has a planned outage until " + o.Until.UTC().Format("2006-01-02 15:04") + " UTC"
		if o.Reason != "" {
			why += ": " + o.Reason
		}
		return why
	}
	return ""
}

// PlanOutage is a time during which a connection shall be asked for nothing. From zero is now.
type PlanOutage struct {
	Ref         RecordRef
	From, Until time.Time
	Reason      string
}

// EndOutage ends an outage of a connection now, or takes back one that has not begun.
type EndOutage struct {
	Ref RecordRef
	ID  waybill.ID
}

// PlanOutage plans it. Outages may overlap.
func (s Session) PlanOutage(ctx context.Context, in PlanOutage) (waybill.Connection, error) {
	return s.changeOutages(ctx, in.Ref, func(c *waybill.Connection, now time.Time) error {
		from := in.From
		if from.Before(now) {
			from = now
		}
		until := in.Until.UTC().Truncate(time.Microsecond)
		switch {
		case until.IsZero():
			return needed("until", "")
		case !until.After(from):
			return wrongField("until", waybill.RuleRange, until.Format(time.RFC3339), "an outage ends after it began, and later than now")
		case len(c.Outages) >= mostOutages:
			return wrongField("until", waybill.RuleMaxItems, "", "a connection has at most "+itoa(mostOutages)+" outages")
		}
		c.Outages = append(c.Outages, waybill.Outage{
			ID: s.IDs.New(), From: from.UTC().Truncate(time.Microsecond), Until: until, Reason: in.Reason, Author: s.Actor.Name,
		})
		return nil
	})
}

// EndOutage ends it. One that is over is left as it is.
func (s Session) EndOutage(ctx context.Context, in EndOutage) (waybill.Connection, error) {
	return s.changeOutages(ctx, in.Ref, func(c *waybill.Connection, now time.Time) error {
		at := slices.IndexFunc(c.Outages, func(o waybill.Outage) bool { return o.ID == in.ID })
		switch {
		case at < 0:
			return waybill.E("outage", waybill.ReasonUnknownRecord, "the connection has no such outage")
		case c.Outages[at].From.After(now):
			c.Outages = slices.Delete(c.Outages, at, at+1)
		case c.Outages[at].Until.After(now):
			c.Outages[at].Until = now
		}
		return nil
	})
}

// changeOutages changes a connection's outages, and forgets those that ended long ago.
func (s Session) changeOutages(ctx context.Context, ref RecordRef, change func(*waybill.Connection, time.Time) error) (c waybill.Connection, err error) {
	err = again(s.IfVersion, func() error {
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			found, err := byRef(tx.Connections(), ref)
			if err == nil {
				err = s.mine(&found)
			}
			if err == nil {
				err = s.meant(found.Row)
			}
			if err != nil {
				return err
			}
			before, now := found, tx.Now()
			found.Outages = slices.DeleteFunc(slices.Clone(found.Outages), func(o waybill.Outage) bool { return o.Until.Add(outageKept).Before(now) })
			if err := change(&found, now); err != nil {
				return err
			}
			slices.SortStableFunc(found.Outages, func(a, b waybill.Outage) int {
				return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until))
			})
			if err := tx.Connections().Put(&found); err != nil {
				return err
			}
			c = found
			return s.noteChange(tx, &before, &found)
		})
	})
	return c, err
}
