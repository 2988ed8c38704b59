package sqlstore

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"time"

	"waybill"
)

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
