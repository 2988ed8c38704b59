package sqlstore

import (
	"context"
	"time"
)

// foldEvery is how often changes of counters are added to the counters.
const foldEvery = 2 * time.Second

// folding takes the oldest changes and adds them to the counters, of their day and over all days. One node does it at
// a time; another one finds the lock taken, and nothing to do.
const folding = `with mine as materialized (select pg_try_advisory_xact_lock(7251940036) as got),
gone as (delete from tally_change where seq in (select seq from tally_change where (select got from mine) order by seq limit $1) returning account, day, key, n),
sums as (select account, day, key, sum(n)::bigint as n from gone group by 1, 2, 3
	union all select account, '', key, sum(n)::bigint from gone group by 1, 2, 3),
moved as (insert into tally (account, day, key, n) select account, day, key, n from sums where n <> 0 order by 1, 2, 3
	on conflict (account, day, key) do update set n = tally.n + excluded.n)
select count(*) from gone`

const foldStep = 10_000

// fold adds all changes there are to the counters.
func (s *Store) fold(ctx context.Context) error {
	for n := foldStep; n == foldStep; {
		if err := s.db.QueryRowContext(ctx, folding, foldStep).Scan(&n); err != nil {
			return err
		}
	}
	return nil
}

// keepFolding folds from time to time; it answers how to stop.
func (s *Store) keepFolding() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(foldEvery)
		defer every.Stop()
		for {
			select {
			case <-every.C:
			case <-ctx.Done():
				return
			}
			if err := s.fold(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("store.fold", "err", err)
			}
		}
	}()
	return func() error {
		cancel()
		<-done
		return nil
	}
}
