package sqlstore

import (
	"bytes"
	"context"
	"reflect"
	"runtime"
	"runtime/debug"
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

// serve makes a batch that begins with a request, and commits it.
func (w *writer) serve(first *request) {
	if !first.state.CompareAndSwap(waiting, taken) {
		return
	}
	w.batch = append(w.batch[:0], first)
	if err := w.begin(); err != nil {
		w.answer(err)
		return
	}
	start := time.Now()
	intact := w.run(first)
	for intact && len(w.batch) < batchLength && time.Since(start) < batchTime {
		r := w.next()
		if r == nil {
			break
		}
		w.batch = append(w.batch, r)
		intact = w.run(r)
	}
	if !intact {
		w.rollback()
		w.retry()
		return
	}
	w.commit()
	if w.careful > 0 {
		w.careful--
	}
}

// next is a request that waits already; nil when there is none.
func (w *writer) next() *request {
	for {
		select {
		case r := <-w.queue:
			if r.state.CompareAndSwap(waiting, taken) {
				return r
			}
		default:
			return nil
		}
	}
}

// retry runs the batch again in a new transaction, once, each closure under a savepoint: the first was
// rolled back, by SQLite or by us.
func (w *writer) retry() {
	w.careful = careBatches
	if err := w.begin(); err != nil {
		w.answer(err)
		return
	}
	for _, r := range w.batch {
		if r.exited {
			continue
		}
		if !w.run(r) {
			w.rollback()
			err := w.trouble()
			if err == nil {
				err = waybill.E("store.update", waybill.ReasonDatabase, "the database rolled back twice")
			}
			w.answer(err)
			return
		}
	}
	w.commit()
}

// run runs one closure and reports whether the batch can go on: its transaction still stands, and holds
// nothing of a closure that failed.
func (w *writer) run(r *request) (intact bool) {
	careful := w.careful > 0
	if careful {
		if _, err := w.conn.exec("savepoint closure", nil); err != nil {
			return false
		}
	}
	w.runs.Add(1)
	r.tx.takeBack() // from a first run, if there was one
	now := time.Now()
	r.tx = tx{store: w.store, session: w.conn, actor: r.actor, writes: true,
		now: w.store.clock.Now().UTC().Truncate(time.Microsecond), deadline: now.Add(w.budget)}
	r.err, r.panics = nil, nil
	w.call(r)
	if took := time.Since(now); took > min(slow, w.budget) {
		w.store.log.Warn("store.update", "slow", name(r.who), "ms", took.Milliseconds())
	}
	w.note(r.err)
	failed := r.err != nil || r.panics != nil
	if !careful {
		return !w.lost && !(failed && r.tx.touched)
	}
	if failed {
		if _, err := w.conn.exec("rollback to closure", nil); err != nil {
			return false
		}
		r.tx.takeBack()
	}
	_, err := w.conn.exec("release closure", nil)
	return err == nil
}

// call runs the closure and catches its panic.
func (w *writer) call(r *request) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if p := recover(); p != nil {
			w.store.log.Error("store.update", "panic", p, "stack", string(debug.Stack()))
			r.panics = p
			return
		}
		r.exited = true
	}()
	r.err = r.tx.run(r.fn)
	returned = true
}

func (w *writer) begin() error {
	w.lost = false
	_, err := w.conn.exec("begin immediate", nil)
	if err != nil {
		err = w.store.fault(err)
		w.note(err)
	}
	return err
}

func (w *writer) rollback() {
	w.conn.exec("rollback", nil) // an error says that SQLite did it before us
}

// commit makes the batch durable and answers it. When the disk failed in the act, what it holds is not
// known until the file is opened again.
func (w *writer) commit() {
	_, err := w.conn.exec("commit", nil)
	if err == nil {
		w.failed.Store(nil)
		for _, r := range w.batch {
			if r.err == nil && r.panics == nil && !r.exited {
				r.tx.committed()
			}
		}
		w.answer(nil)
		return
	}
	w.rollback()
	fault := waybill.AsError(w.store.fault(err))
	kind, _ := w.store.flavour.classify(err)
	fault.Unsure = kind == disk
	if e, ok := w.store.engine.(*sqliteEngine); ok { // it may have been committed after all
		for _, r := range w.batch {
			e.epochs.forget(r.tx.tenants)
		}
	}
	w.note(fault)
	w.answer(fault)
}

// note remembers that nothing can be written.
func (w *writer) note(err error) {
	if err != nil && waybill.ReasonOf(err) == waybill.ReasonDiskFull {
		w.failed.Store(&err)
		w.probed.Store(time.Now().UnixNano())
	}
}

// answer ends the batch: with the closures' own answers, or with the error that all of it met.
func (w *writer) answer(err error) {
	for _, r := range w.batch {
		if err != nil {
			r.tx.takeBack()
			if r.err == nil {
				r.err = err
			}
		}
		close(r.done)
	}
	clear(w.batch)
	w.batch = w.batch[:0]
}

// name is the name of a closure's function, for the log.
func name(fn any) string { return runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name() }

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
