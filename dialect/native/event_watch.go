package native

import (
	"context"
	"strings"
	"sync"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

const (
	watchPart  = 200              // events read at once
	watchParts = 5                // in one look; where there are more, every stream looks for itself
	judgeTime  = 10 * time.Second // that a look, or judging a caller, may take
)

// watch is what the streams of a node share, so that many cost little more than one: a look each second for the accounts in
// which something happened, and for each caller one judgement in it. The zero value is ready.
type watch struct {
	mu      sync.Mutex
	open    int
	stop    context.CancelFunc
	turn    turn
	moved   map[waybill.ID]int64 // the turn in which something happened in an account
	all     int64                // the turn in which it may have anywhere
	callers map[string]*caller
}

// turn is one look. Over is closed when the next has been made.
type turn struct {
	no    int64
	began time.Time
	over  chan struct{}
}

// caller is one of the callers that have streams, and what was found when it was judged last.
type caller struct {
	mu      sync.Mutex
	streams int
	began   time.Time
	session engine.Session
	err     error
}

// callerKey tells callers apart: all that deciding who asks, and what they may, looks at.
func callerKey(a waybill.Actor, r *dialect.Request) string {
	parts := []string{string(a.Kind), string(a.ID), string(a.Account), r.IP, r.Header.Get(dialect.AccountHeader), r.Query.Get(accountParam)}
	for _, name := range []string{"Authorization", "Cookie", "Origin"} {
		parts = append(parts, strings.Join(r.Header.Values(name), "\x01"))
	}
	return strings.Join(parts, "\x00")
}

// join takes a stream in. The first one begins the looks, the last one ends them.
func (w *watch) join(e *engine.Engine, key string) *caller {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open++; w.open == 1 {
		ctx, stop := context.WithCancel(context.Background())
		w.stop, w.moved, w.callers = stop, map[waybill.ID]int64{}, map[string]*caller{}
		w.turn = turn{no: w.turn.no + 1, began: time.Now(), over: make(chan struct{})}
		go w.run(ctx, e.As(waybill.System("")))
	}
	c := w.callers[key]
	if c == nil {
		c = &caller{}
		w.callers[key] = c
	}
	c.streams++
	return c
}

// part lets a stream go.
func (w *watch) part(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.callers[key]; c.streams > 1 {
		c.streams--
	} else {
		delete(w.callers, key)
	}
	if w.open--; w.open == 0 {
		w.stop()
	}
}

// now is the turn that it is.
func (w *watch) now() turn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.turn
}

// heard reports whether something may have happened since a turn in what an actor sees.
func (w *watch) heard(a waybill.Actor, since int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all > since || w.moved[a.Account] > since {
		return true
	}
	for _, child := range a.Grants {
		if w.moved[child] > since {
			return true
		}
	}
	return false
}

// run looks each second. What happened before the first look is for each stream to read itself.
func (w *watch) run(ctx context.Context, s engine.Session) {
	after, known := "", false
	tick := time.NewTicker(streamLook)
	defer tick.Stop()
	for {
		began := time.Now()
		var moved map[waybill.ID]bool
		whole := known
		if known {
			moved, after, whole = look(ctx, s, after)
		} else if part, err := latest(ctx, s); err == nil {
			after, known = part, true
		}
		if ctx.Err() != nil {
			return // another run may have begun
		}
		w.next(began, moved, whole)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func latest(ctx context.Context, s engine.Session) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, judgeTime)
	defer cancel()
	part, err := s.ReadEvents(ctx, engine.ReadEvents{Latest: true})
	return part.Next, err
}

// look lists the accounts in which something happened after a place; whole is false where it may have elsewhere too.
func look(ctx context.Context, s engine.Session, after string) (moved map[waybill.ID]bool, upto string, whole bool) {
	ctx, cancel := context.WithTimeout(ctx, judgeTime)
	defer cancel()
	moved = map[waybill.ID]bool{}
	for range watchParts {
		part, err := s.ReadEvents(ctx, engine.ReadEvents{After: after, Limit: watchPart})
		if err != nil {
			return moved, after, false
		}
		for _, event := range part.Items {
			moved[event.Account] = true
		}
		if after = part.Next; len(part.Items) < watchPart {
			return moved, after, true
		}
	}
	return moved, after, false
}

// next begins a turn, and wakes all streams.
func (w *watch) next(began time.Time, moved map[waybill.ID]bool, whole bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	over := w.turn.over
	w.turn = turn{w.turn.no + 1, began, make(chan struct{})}
	for account := range moved {
		w.moved[account] = w.turn.no
	}
	if !whole {
		w.all = w.turn.no
	}
	close(over)
}

// judge decides anew whether a caller may, unless that was begun after a moment: of the streams that ask at once one does it
// for all. One that goes away meanwhile does it for the others still.
func (c *caller) judge(ctx context.Context, since time.Time, again func(context.Context) (engine.Session, error)) (engine.Session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.began.After(since) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), judgeTime)
		defer cancel()
		c.began = time.Now()
		c.session, c.err = again(ctx)
	}
	return c.session, c.err
}
