// Package sqlstore keeps Waybill's records in a SQL database: one implementation of package store in two
// flavours. In a data folder it is SQLite with one writer and shared commits (writer.go); behind a
// postgres:// address it is PostgreSQL, shared by any number of nodes (postgres.go). The statements are
// the same; what differs is in flavour.go.
//
// A record is a row of key columns and one JSON body (codec.go). What must hold rests on unique indexes
// and guarded statements, never on isolation.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"waybill"
	"waybill/store"
)

// Config tells where the records are and how to treat them. Either Dir or URL is set.
type Config struct {
	Dir string // data folder: waybill.db, its lock file and blobs/; made when missing
	URL string // postgres://user:password@host/database

	// Clock tells the time. Nil: the machine's own on SQLite; the database's on PostgreSQL, which then
	// decides alone what is due and when a lease ends, whatever the nodes' clocks say.
	Clock waybill.Clock
	Log   *slog.Logger // nil: slog.Default
	// Secret signs the cursors of lists: the same on all nodes, or a cursor is good on one only. Empty: a
	// random one, good while the process lives.
	Secret []byte
	Blobs  string // folder of labels and documents; empty: blobs in Dir. PostgreSQL keeps them in a table
	// Migrate brings an older PostgreSQL schema up to date. A data folder always is, after a copy was made.
	Migrate bool
	Readers int // connections that read (SQLite) or all there are (PostgreSQL); 0: by the number of cores
	// Budget is how long a closure of Update may hold the one writer of a data folder before it is given up;
	// 0: 2 s, since a machine that stands still for a moment must not cost an order. What takes over 50 ms is
	// named in the log.
	Budget time.Duration
	// Failed hears of every error of the database itself: busy, lost, full, disk or broken. Nil: nobody does.
	Failed func(kind string)
}

// Store is a store.Store on SQLite or PostgreSQL. It is safe for concurrent use.
type Store struct {
	cfg     Config
	log     *slog.Logger
	clock   waybill.Clock // nil: the database's
	flavour flavour
	db      *sql.DB // SQLite: the readers
	engine  engine
	blobs   store.Blobs
	cursors cursors
	numbers numbers
	wake    chan struct{}
	tenants sync.Map // accounts known to have a row in tenant
	turn    atomic.Uint64
	look    look
	closed  atomic.Bool
	closers []func() error // in the order of opening
}

// engine runs transactions: the SQLite writer and readers, or PostgreSQL's pool.
type engine interface {
	view(ctx context.Context, actor waybill.Actor, fn func(*tx) error) error
	// who is the caller's own function, for the log.
	update(ctx context.Context, actor waybill.Actor, fn func(*tx) error, who any) error
	ready(ctx context.Context) error
}

// Open opens the store. It refuses a data folder that another process holds (Conflict, ReasonTaken), a
// schema newer than this program, and a PostgreSQL schema that is older unless Config.Migrate is set.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{cfg: cfg, log: cfg.Log, clock: cfg.Clock, wake: make(chan struct{}, 1), look: usualLook}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if s.cursors, err = newCursors(cfg.Secret); err != nil {
		return nil, wrap("store.open", err)
	}
	switch {
	case (cfg.Dir == "") == (cfg.URL == ""):
		return nil, waybill.E("store.open", waybill.ReasonBug, "give either a data folder or a database address")
	case cfg.URL != "":
		err = s.openPostgres(ctx)
	default:
		err = s.openSQLite(ctx)
	}
	if err != nil {
		s.Close()
		return nil, wrap("store.open", err)
	}
	return s, nil
}

// View runs the closure on one consistent snapshot.
func (s *Store) View(ctx context.Context, actor waybill.Actor, fn func(store.Tx) error) error {
	if s.closed.Load() {
		return errClosed()
	}
	return s.engine.view(ctx, actor, func(t *tx) error { return fn(t) })
}

// Update runs the closure and makes its writes durable, all or none.
func (s *Store) Update(ctx context.Context, actor waybill.Actor, fn func(store.Tx) error) error {
	if s.closed.Load() {
		return errClosed()
	}
	return s.engine.update(ctx, actor, func(t *tx) error { return fn(t) }, fn)
}

// Queue hands out jobs.
func (s *Store) Queue() store.Queue { return queue{s} }

// Blobs keeps labels and documents.
func (s *Store) Blobs() store.Blobs { return s.blobs }

// Ready reports why the store cannot take writes; nil when it can.
func (s *Store) Ready(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed()
	}
	return s.engine.ready(ctx)
}

// Close waits for what was accepted, then closes everything.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(errs...)
}

// signal wakes whoever waits for jobs in this process.
func (s *Store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func errClosed() error {
	return waybill.E("store", waybill.ReasonDraining, "the store is closed")
}

// micro is how times are kept: microseconds since 1970, 0 for none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
