package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"waybill"
)

// commitTime is how long a commit may take, and as long again finding out how it ended.
var commitTime = 10 * time.Second

// commit makes a transaction durable. Once COMMIT was sent only the database knows the outcome, so the
// caller's context no longer counts; when the answer is lost, the key decides.
func (e *postgresEngine) commit(ctx context.Context, dbtx *sql.Tx, name string) error {
	if err := ctx.Err(); err != nil {
		return ended(err, false)
	}
	err := dbtx.Commit()
	if err == nil {
		return nil
	}
	if kind, _ := e.store.flavour.classify(err); kind != lost && !errors.Is(err, context.Canceled) {
		return err // the database's own refusal
	}
	decided, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	applied, looked := e.applied(decided, name)
	switch {
	case looked != nil:
		return &waybill.Error{Op: "store.update", Code: waybill.Unavailable, Reason: waybill.ReasonDatabase, Severity: waybill.Transient,
			Unsure: true, Message: "the database went away during the commit", Err: err}
	case applied:
		return nil
	}
	return err
}

// applied reports whether the transaction of a key was committed. It asks by leaving the same key: while
// that transaction is still running, the unique index makes us wait for its end; and when we succeed,
// it never can.
func (e *postgresEngine) applied(ctx context.Context, name string) (bool, error) {
	for {
		result, err := e.store.db.ExecContext(ctx, "insert into applied (key, at) values ($1, (extract(epoch from now()) * 1000000)::bigint) on conflict do nothing", name)
		if err == nil {
			n, err := result.RowsAffected()
			return n == 0, err
		}
		if !pause(ctx, 100*time.Millisecond) {
			return false, err
		}
	}
}

// sweepApplied removes keys that nobody can ask for any more; it answers how to stop.
func (s *Store) sweepApplied() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(time.Minute)
		defer every.Stop()
		for {
			select {
			case <-every.C:
			case <-ctx.Done():
				return
			}
			_, err := s.db.ExecContext(ctx, "delete from applied where key in (select key from applied where at < (extract(epoch from now()) * 1000000)::bigint - $1 order by at limit 10000)", time.Hour.Microseconds())
			if err != nil && ctx.Err() == nil {
				s.log.Warn("store.sweep", "err", err)
			}
		}
	}()
	return func() error {
		cancel()
		<-done
		return nil
	}
}
