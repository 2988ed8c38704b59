package sqlstore

import (
	"context"
	"errors"
	"math"
	"sort"
	"time"

	"waybill/store"
)

// On PostgreSQL many write at once, and a record's time is told before it is committed: one with a lower time may
// appear after one with a higher. Who reads upwards by time would pass it over. So such a list ends at the shoreline:
// the beginning of the oldest transaction that writes, below which nothing appears any more. It must be known before
// the snapshot is taken; a View that turns out to need it is run again.

// shoreline is up to where a list may be read upwards, once it is known, in microseconds.
type shoreline struct {
	asked bool
	at    int64
}

var errShore = errors.New("the shoreline is not known yet")

// shore asks the database. A writer's time lies after the moment from which backend_xid tells of it (see update), so
// one that is not seen here has a time after this statement's own.
func (e *postgresEngine) shore(ctx context.Context) (at int64, err error) {
	err = e.store.db.QueryRowContext(ctx, `select (extract(epoch from least(min(xact_start), statement_timestamp())) * 1000000)::bigint
from pg_stat_activity where datname = current_database() and backend_xid is not null`).Scan(&at)
	return at, err
}

// Settled is the shoreline, as a time.
func (t *tx) Settled() (time.Time, error) {
	switch {
	case t.shore == nil:
		return time.Time{}, nil
	case t.shore.at == 0:
		t.shore.asked = true
		return time.Time{}, t.doom(errShore)
	}
	return fromMicro(t.shore.at), nil
}

// longest is more than a transaction takes: what is older was settled long ago.
const longest = time.Hour

// ashore cuts keys, read upwards, at the shoreline; cut is where reading was given up, nil where the list ends here.
func (t *tx) ashore(page store.Page, keys []key, cut *key) ([]key, *key, error) {
	if !page.Settled || !page.Ascending || page.Before != "" || t.shore == nil {
		return keys, cut, nil
	}
	highest := int64(math.MinInt64)
	if len(keys) > 0 {
		highest = keys[len(keys)-1].sort
	}
	if cut != nil {
		highest = max(highest, cut.sort)
	}
	if highest < micro(time.Now().Add(-longest)) {
		return keys, cut, nil
	}
	if _, err := t.Settled(); err != nil {
		return nil, nil, err
	}
	if highest >= t.shore.at {
		cut = nil
	}
	return keys[:sort.Search(len(keys), func(i int) bool { return keys[i].sort >= t.shore.at })], cut, nil
}
