package sqlstore

import (
	"bytes"
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"waybill"
)

// The writer runs the closures of all callers one after another, many in one transaction, and answers
// them after the one commit has reached the disk. Its statements never carry a caller's context: SQLite
// answers an interrupt in the middle of a statement by rolling back everything.
//
// What a failing closure wrote must not stay. A savepoint for each one would see to that, but costs a copy
// of every page that is written; so a batch begins without, and only when a closure fails that wrote
// something, or one of whose statements failed, is all of it run again, each under a savepoint.

const (
	queueLength = 1024
	batchLength = 128
	batchTime   = 20 * time.Millisecond

	slow        = 50 * time.Millisecond // a closure that takes longer is named in the log
	careBatches = 32                    // that run under savepoints after one that had to be run again
)

// nested is after how long a waiting Update asks itself whether it waits for itself.
const nested = 100 * time.Millisecond

// The states of a request: the caller may take it back only before the writer took it.
const (
	waiting int32 = iota
	taken
	withdrawn
)

// request is one Update on its way through the writer.
type request struct {
	actor waybill.Actor
	fn    func(*tx) error
	who   any // the caller's own function, for the log
	state atomic.Int32
	done  chan struct{}

	tx     tx
	err    error
	panics any  // what the closure panicked with
	exited bool // the closure ended its goroutine (testing's FailNow)
}

type writer struct {
	store     *Store
	conn      *sqliteConn
	budget    time.Duration
	queue     chan *request
	stop      chan struct{}
	stopped   chan struct{}
	batch     []*request
	goroutine atomic.Int64          // the writer's own
	runs      atomic.Int64          // closures begun
	careful   int                   // so many batches more run under savepoints
	lost      bool                  // the batch's transaction was rolled back: SQLite says so
	failed    atomic.Pointer[error] // why the last commit failed
	probed    atomic.Int64          // when a write was last tried in spite of that
}

func newWriter(s *Store, c *sqliteConn, budget time.Duration) (*writer, error) {
	c.ctx = context.Background()
	w := &writer{store: s, conn: c, budget: budget, queue: make(chan *request, queueLength), stop: make(chan struct{}), stopped: make(chan struct{})}
	err := c.conn.Raw(func(driver any) error {
		driver.(sqlite.HookRegisterer).RegisterRollbackHook(func() { w.lost = true })
		return nil
	})
	if err != nil {
		return nil, err
	}
	go w.work()
	return w, nil
}

// close waits until everything queued is done.
func (w *writer) close() error {
	close(w.stop)
	<-w.stopped
	// A stopped store is one file: who copies waybill.db alone has everything.
	rows, err := w.conn.query("pragma wal_checkpoint(truncate)", nil)
	if err != nil {
		return err
	}
	return rows.Close()
}

// update hands a closure to the writer and waits for its durable end.
func (w *writer) update(ctx context.Context, actor waybill.Actor, fn func(*tx) error, who any) error {
	if err := ctx.Err(); err != nil {
		return ended(err, false)
	}
	if err := w.refuse(); err != nil {
		return err
	}
	r := &request{actor: actor, fn: fn, who: who, done: make(chan struct{})}
	select {
	case w.queue <- r:
	default:
		return waybill.E("store.update", waybill.ReasonQueueFull, "%d updates are waiting", queueLength)
	}
	runs := w.runs.Load()
	suspicious := time.NewTimer(nested)
	defer suspicious.Stop()
	for {
		select {
		case <-r.done:
			return r.outcome()
		case <-ctx.Done():
			return ended(ctx.Err(), !r.state.CompareAndSwap(waiting, withdrawn))
		case <-suspicious.C:
			if runs == w.runs.Load() && goroutine() == w.goroutine.Load() && r.state.CompareAndSwap(waiting, withdrawn) {
				return waybill.E("store.update", waybill.ReasonBug, "Update inside Update")
			}
		case <-w.stopped:
			select {
			case <-r.done:
				return r.outcome()
			default:
				return errClosed()
			}
		}
	}
}

// outcome is what the closure came to; its panic goes on in the caller's goroutine.
func (r *request) outcome() error {
	if r.panics != nil {
		panic(r.panics)
	}
	if r.exited {
		runtime.Goexit()
	}
	return r.err
}

// refuse answers at once while nothing can be written, but lets one try through every second.
func (w *writer) refuse() error {
	err := w.trouble()
	if err == nil {
		return nil
	}
	last, now := w.probed.Load(), time.Now().UnixNano()
	if now-last > int64(time.Second) && w.probed.CompareAndSwap(last, now) {
		return nil
	}
	return err
}

// trouble is why the last commit failed, when it was for want of room.
func (w *writer) trouble() error {
	if p := w.failed.Load(); p != nil {
		return *p
	}
	return nil
}

// work is the writer's goroutine. A closure that ends its goroutine ends this one: the next takes over,
// and begins with what is left of the batch.
func (w *writer) work() {
	clean := false
	defer func() {
		if clean {
			close(w.stopped)
			return
		}
		go w.work()
	}()
	w.goroutine.Store(goroutine())
	if len(w.batch) > 0 {
		w.rollback()
		w.retry()
	}
	for {
		select {
		case r := <-w.queue:
			w.serve(r)
		case <-w.stop:
			for {
				select {
				case r := <-w.queue:
					w.serve(r)
				default:
					clean = true
					return
				}
			}
		}
	}
}

// goroutine is the number of the calling goroutine: the first line of its stack has it. Only a caller
// that has waited suspiciously long asks.
func goroutine() (id int64) {
	var b [64]byte
	for _, c := range bytes.TrimPrefix(b[:runtime.Stack(b[:], false)], []byte("goroutine ")) {
		if c < '0' || c > '9' {
			break
		}
		id = id*10 + int64(c-'0')
	}
	return id
}
