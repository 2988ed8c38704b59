package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	mathrand "math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"waybill"
)

// tries is how often an Update is run when the database gives it up or the connection is lost.
const tries = 5

// postgresEngine runs each Update and View in a transaction of its own on a pool of connections.
type postgresEngine struct {
	store  *Store
	inside sync.Map // goroutines that are in a closure of Update
	news   *news
}

func openURL(cfg Config) (*sql.DB, error) {
	config, err := pgx.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("the database address cannot be read") // it holds a password: not a word of it
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	db := stdlib.OpenDB(*config)
	n := cfg.Readers
	if n == 0 {
		n = max(16, 4*runtime.GOMAXPROCS(0))
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

func (s *Store) openPostgres(ctx context.Context) (err error) {
	s.flavour = postgresFlavour
	if s.db, err = openURL(s.cfg); err != nil {
		return err
	}
	s.closers = append(s.closers, s.db.Close)
	if err := s.db.PingContext(ctx); err != nil {
		return s.fault(err)
	}
	if err := s.migratePostgres(ctx); err != nil {
		return err
	}
	e := &postgresEngine{store: s}
	if e.news, err = s.listen(); err != nil {
		return err
	}
	s.closers = append(s.closers, e.news.close)
	s.closers = append(s.closers, s.sweepApplied(), s.keepFolding())
	s.blobs = rows{s}
	s.engine = e
	return nil
}

// pgSession is a transaction on PostgreSQL. The driver keeps prepared statements by connection.
type pgSession struct {
	ctx context.Context
	tx  *sql.Tx
}

func (p pgSession) exec(query string, args []any) (int64, error) {
	result, err := p.tx.ExecContext(p.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (p pgSession) query(query string, args []any) (*sql.Rows, error) {
	return p.tx.QueryContext(p.ctx, query, args...)
}

// view reads one snapshot (repeatable read). Reading again harms nothing, so a lost connection is
// tried again like everything else.
func (e *postgresEngine) view(ctx context.Context, actor waybill.Actor, fn func(*tx) error) error {
	var shore *shoreline
	if e.store.clock == nil {
		shore = new(shoreline)
	}
	return e.repeat(ctx, func() error {
		err := e.look(ctx, actor, fn, shore)
		if shore != nil && shore.asked && shore.at == 0 {
			if shore.at, err = e.shore(ctx); err == nil {
				err = e.look(ctx, actor, fn, shore)
			}
		}
		return err
	})
}

// look runs the closure in one transaction that only reads.
func (e *postgresEngine) look(ctx context.Context, actor waybill.Actor, fn func(*tx) error, shore *shoreline) error {
	dbtx, err := e.store.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer dbtx.Rollback()
	t := &tx{store: e.store, session: pgSession{ctx, dbtx}, actor: actor, begin: e.tell, shore: shore}
	return t.run(fn)
}

// tell sets the transaction's time: the injected clock's, or the database's.
func (e *postgresEngine) tell(t *tx) error {
	if e.store.clock != nil {
		t.now = e.store.clock.Now().UTC().Truncate(time.Microsecond)
		return nil
	}
	rows, err := t.session.query("select (extract(epoch from now()) * 1000000)::bigint", nil)
	if err != nil {
		return err
	}
	return tellTime(t, rows)
}

func tellTime(t *tx, rows *sql.Rows) error {
	defer rows.Close()
	var now int64
	if rows.Next() {
		if err := rows.Scan(&now); err != nil {
			return err
		}
	}
	if t.now.IsZero() {
		t.now = fromMicro(now)
	}
	return errors.Join(rows.Err(), rows.Close())
}

// update runs the closure in a READ COMMITTED transaction. It first leaves a key of its own in applied,
// so that a commit whose answer is lost can be looked up.
func (e *postgresEngine) update(ctx context.Context, actor waybill.Actor, fn func(*tx) error, _ any) error {
	me := goroutine()
	if _, inside := e.inside.LoadOrStore(me, true); inside {
		return waybill.E("store.update", waybill.ReasonBug, "Update inside Update")
	}
	defer e.inside.Delete(me)
	return e.repeat(ctx, func() error { return e.once(ctx, actor, fn) })
}

func (e *postgresEngine) once(ctx context.Context, actor waybill.Actor, fn func(*tx) error) error {
	conn, err := e.store.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The caller's context ends statements, but not the transaction: from COMMIT on it does not count.
	whole, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	dbtx, err := conn.BeginTx(whole, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer dbtx.Rollback() // does nothing after a commit
	name := rand.Text()
	written := false
	t := &tx{store: e.store, session: pgSession{ctx, dbtx}, actor: actor, writes: true}
	t.begin = func(t *tx) error {
		written = true
		if e.store.clock != nil {
			t.now = e.store.clock.Now().UTC().Truncate(time.Microsecond)
		}
		// The time is told when the row is in, so that it is never before the transaction counts as one that writes (see shore).
		rows, err := t.session.query("insert into applied (key, at) values ($1, (extract(epoch from now()) * 1000000)::bigint) returning (extract(epoch from clock_timestamp()) * 1000000)::bigint", []any{name})
		if err != nil {
			return err
		}
		return tellTime(t, rows)
	}
	ok := false
	defer func() { // also when the closure panics or ends its goroutine
		if !ok {
			t.takeBack()
		}
	}()
	if err := t.run(fn); err != nil {
		return err
	}
	if written {
		defer time.AfterFunc(commitTime, cancel).Stop()
		if err := e.commit(ctx, dbtx, name); err != nil {
			return err
		}
	}
	ok = true
	t.committed()
	if t.wake {
		e.news.tell()
	}
	return nil
}

// repeat runs a transaction again while the database gives it up or the connection is lost, a little
// later every time.
func (e *postgresEngine) repeat(ctx context.Context, once func() error) error {
	for try := 1; ; try++ {
		err := once()
		if err == nil {
			return nil
		}
		fault := e.store.fault(err)
		var known *waybill.Error
		if !errors.As(fault, &known) || known.Unsure || known.Reason != waybill.ReasonDatabase || try == tries {
			return fault
		}
		if ctx.Err() != nil { // that is what broke it
			return ended(errors.Join(ctx.Err(), err), false)
		}
		if !pause(ctx, time.Duration(mathrand.Int64N(int64(10*time.Millisecond)<<try))) {
			return fault
		}
	}
}

// ready: the database answers and takes writes.
func (e *postgresEngine) ready(ctx context.Context) error {
	var standby bool
	var readOnly string
	err := e.store.db.QueryRowContext(ctx, "select pg_is_in_recovery(), current_setting('default_transaction_read_only')").Scan(&standby, &readOnly)
	if err != nil {
		return e.store.fault(err)
	}
	if standby || readOnly == "on" {
		return waybill.E("store.ready", waybill.ReasonDiskFull, "the database takes no writes")
	}
	return nil
}
