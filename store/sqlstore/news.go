package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is where nodes tell each other that jobs may be due.
const channel = "waybill_jobs"

// news tells the other nodes of jobs (NOTIFY, many at once) and hears of theirs (LISTEN, on a connection
// of its own). A word that is lost is made up for by the workers' own polling.
type news struct {
	store *Store
	said  chan struct{}
	stop  context.CancelFunc
	done  chan struct{}
}

func (s *Store) listen() (*news, error) {
	config, err := pgx.ParseConfig(s.cfg.URL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := &news{store: s, said: make(chan struct{}, 1), stop: cancel, done: make(chan struct{}, 2)}
	go n.hear(ctx, config)
	go n.say(ctx)
	return n, nil
}

func (n *news) close() error {
	n.stop()
	<-n.done
	<-n.done
	return nil
}

// tell passes on that jobs changed.
func (n *news) tell() {
	select {
	case n.said <- struct{}{}:
	default:
	}
}

// say sends one NOTIFY for everything told within a few milliseconds.
func (n *news) say(ctx context.Context) {
	defer func() { n.done <- struct{}{} }()
	for {
		select {
		case <-n.said:
		case <-ctx.Done():
			return
		}
		if _, err := n.store.db.ExecContext(ctx, "select pg_notify($1, '')", channel); err != nil && ctx.Err() == nil {
			n.store.log.Warn("store.notify", "err", err)
		}
		if !pause(ctx, 5*time.Millisecond) {
			return
		}
	}
}

// hear wakes the workers at every word, and once after each connection: words may have been lost.
func (n *news) hear(ctx context.Context, config *pgx.ConnConfig) {
	defer func() { n.done <- struct{}{} }()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		heard, err := n.attend(ctx, config)
		if ctx.Err() != nil {
			return
		}
		if heard {
			wait = 100 * time.Millisecond
		}
		n.store.log.Warn("store.listen", "err", err, "again", wait)
		if !pause(ctx, wait) {
			return
		}
	}
}

// attend listens on one connection until it breaks, and reports whether it ever stood.
func (n *news) attend(ctx context.Context, config *pgx.ConnConfig) (heard bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return false, err
	}
	n.store.signal()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true, err
		}
		n.store.signal()
	}
}

// pause waits; false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
