package engine

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"waybill"
	"waybill/store"
)

// How the journal works: entries wait in a queue that is bounded in number and in bytes, and are written together.
const (
	journalQueue = 8192
	journalBytes = 64 << 20
	journalBatch = 100
	journalPause = 250 * time.Millisecond
)

// Journal keeps the logs of requests and of calls to carriers. Whoever notes something never waits for it: it is written soon
// after, with others, and when more comes in than can be written it is dropped and counted. What was noted in the last
// moments before a crash is lost; nothing but these logs rests on it.
type Journal struct {
	store   store.Store
	ids     *waybill.IDs // of their own: entries come in the order of time, beside all other records
	log     *slog.Logger
	queue   chan noted
	bytes   atomic.Int64
	dropped atomic.Int64
	written atomic.Int64
	closing sync.Once
	ended   chan struct{}
	mu      sync.RWMutex
	closed  bool
}

// noted is something to be written. Made turns it into entries, on the journal's time; flushed asks to be told when everything
// before it is written.
type noted struct {
	size    int
	made    func() (waybill.APIRequest, []waybill.CarrierCall)
	flushed chan struct{}
}

// NewJournal makes a journal at work.
func NewJournal(s store.Store, clock waybill.Clock, log *slog.Logger) *Journal {
	j := &Journal{store: s, ids: waybill.NewIDs(clock, nil), log: log, queue: make(chan noted, journalQueue), ended: make(chan struct{})}
	go j.run()
	return j
}

// NewID is the id of an entry to come.
func (j *Journal) NewID() waybill.ID { return j.ids.New() }

// Dropped counts what could not be kept. A nil journal dropped nothing.
func (j *Journal) Dropped() int64 {
	if j == nil {
		return 0
	}
	return j.dropped.Load()
}

// Written counts what was kept.
func (j *Journal) Written() int64 {
	if j == nil {
		return 0
	}
	return j.written.Load()
}

// Note adds an entry. Size is what it holds in memory until it is written; made is called later, by another goroutine. An
// entry without an id is none.
func (j *Journal) Note(size int, made func() (waybill.APIRequest, []waybill.CarrierCall)) {
	if j == nil {
		return
	}
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed || j.bytes.Load() > journalBytes {
		j.dropped.Add(1)
		return
	}
	j.bytes.Add(int64(size))
	select {
	case j.queue <- noted{size: size, made: made}:
	default:
		j.bytes.Add(-int64(size))
		j.dropped.Add(1)
	}
}

// Flush waits until everything noted before is written.
func (j *Journal) Flush(ctx context.Context) {
	if j == nil {
		return
	}
	done := make(chan struct{})
	j.mu.RLock()
	if j.closed {
		j.mu.RUnlock()
		return
	}
	select {
	case j.queue <- noted{flushed: done}:
	case <-ctx.Done():
	}
	j.mu.RUnlock()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Close writes what is there and takes no more.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.closing.Do(func() {
		j.mu.Lock()
		j.closed = true
		close(j.queue)
		j.mu.Unlock()
		<-j.ended
	})
	return nil
}

// run writes batches until the queue is closed and empty.
func (j *Journal) run() {
	defer close(j.ended)
	for {
		first, open := <-j.queue
		if !open {
			return
		}
		j.write(j.gather(first))
	}
}

// gather waits a little for more, unless somebody waits for it to be written or the journal is closing.
func (j *Journal) gather(first noted) []noted {
	batch := []noted{first}
	timer := time.NewTimer(journalPause)
	defer timer.Stop()
	for len(batch) < journalBatch && batch[len(batch)-1].flushed == nil {
		select {
		case next, open := <-j.queue:
			if !open {
				return batch
			}
			batch = append(batch, next)
		case <-timer.C:
			return batch
		}
	}
	return batch
}

// write makes the entries and stores them in one transaction.
func (j *Journal) write(batch []noted) {
	var requests []waybill.APIRequest
	var calls []waybill.CarrierCall
	for _, n := range batch {
		j.bytes.Add(-int64(n.size))
		if n.flushed != nil {
			defer close(n.flushed)
			continue
		}
		request, made := n.made()
		if request.ID != "" {
			requests = append(requests, request)
		}
		calls = append(calls, made...)
	}
	n := int64(len(requests) + len(calls))
	if n == 0 {
		return
	}
	err := j.store.Update(context.Background(), waybill.System(""), func(tx store.Tx) error {
		if err := tx.Requests().Add(requests); err != nil {
			return err
		}
		return tx.Calls().Add(calls)
	})
	if err != nil {
		j.dropped.Add(n)
		j.log.Warn("entries of the request log are lost", "count", n, "error", err.Error())
		return
	}
	j.written.Add(n)
}
