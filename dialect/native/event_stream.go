package native

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

const (
	streamsEach  = 10               // open at once, of one account
	streamLook   = time.Second      // between looks for what happened
	streamAlive  = 15 * time.Second // between signs of life
	streamWrites = 30 * time.Second // a reader that takes longer is gone
	streamRetry  = 3 * time.Second  // when a reader is to come back
	streamStart  = "0"              // the place before the first event
)

// streams counts those that are open, by account.
type streams struct {
	mu   sync.Mutex
	open map[waybill.ID]int
}

func (s *streams) begin(account waybill.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[account] >= streamsEach {
		return false
	}
	if s.open == nil {
		s.open = map[waybill.ID]int{}
	}
	s.open[account]++
	return true
}

func (s *streams) end(account waybill.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[account]--; s.open[account] == 0 {
		delete(s.open, account)
	}
}

// stream adds the events as they happen (server-sent events). It is no operation of huma's, whose answers are whole.
func (a *api) stream() {
	o := operation{
		ID: "stream-events", Method: "GET", Path: "/events/stream", Tag: "Events", Summary: "What happens, as it happens", Scope: waybill.ScopeRead,
		About: "Server-sent events: each has the event's kind, the event as data, and an id. Who comes back with Last-Event-ID, or cursor, hears all that happened " +
			"meanwhile, once; without it the stream begins now. It ends when the service stops, and when the caller may no more. Ten may be open for an account.",
	}
	a.about[o.ID] = o
	described := o.described()
	text := func() *huma.Schema { return &huma.Schema{Type: "string"} }
	described.Parameters = []*huma.Param{
		{Name: "cursor", In: "query", Schema: text(), Description: "next_cursor of the list, or the id that the stream sent with an event: a place among events, and not the id in its data."},
		{Name: "kind", In: "query", Schema: text(), Description: "Only these kinds, with commas between."},
		{Name: "Last-Event-ID", In: "header", Schema: text(), Description: "The id that the stream sent with the last event that was heard, as browsers send it by themselves."},
	}
	described.Responses["200"] = &huma.Response{Description: "Events without end.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: text()}}}
	a.OpenAPI().AddOperation(&described)
	open, shared := &streams{}, &watch{}
	a.routes["GET /events/stream"] = dialect.Route{Op: o.ID, Call: allowed(o, func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		if err := unknownQuery(r.Query, described.Parameters); err != nil {
			return dialect.Reply{}, err
		}
		after, place := r.Header.Get("Last-Event-ID"), "header.Last-Event-ID"
		if after == "" {
			after, place = r.Query.Get("cursor"), "query.cursor"
		}
		var names []string
		if list := strings.Join(r.Query["kind"], ","); list != "" {
			names = strings.Split(list, ",")
		}
		kinds, err := eventKinds(names)
		if err != nil {
			return dialect.Reply{}, err
		}
		now := after == ""
		if after == streamStart {
			after = ""
		}
		part, err := s.ReadEvents(ctx, engine.ReadEvents{After: after, Limit: 1, Latest: now})
		if err != nil {
			return dialect.Reply{}, badCursor(err, place, after)
		}
		if now {
			after = part.Next
		}
		if !open.begin(s.Actor.Account) {
			e := waybill.E("stream", waybill.ReasonRateLimit, "%d streams are open for this account", streamsEach)
			e.RetryAfter = streamRetry
			return dialect.Reply{}, e
		}
		return dialect.Reply{
			Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}, "X-Accel-Buffering": {"no"}},
			Stream: func(ctx context.Context, w io.Writer) error {
				defer open.end(s.Actor.Account)
				key := callerKey(s.Actor, r)
				as := shared.join(s.Engine, key)
				defer shared.part(key)
				again := func(ctx context.Context) (engine.Session, error) {
					s, err := r.Again(ctx)
					if err != nil {
						return s, err
					}
					return o.seat(ctx, s, r)
				}
				follow(ctx, listener{session: s, after: after, kinds: kinds, out: w, stopping: r.Stopping, watch: shared, judge: func(ctx context.Context, since time.Time) (engine.Session, error) {
					return as.judge(ctx, since, again)
				}})
				return nil // a reader that went away is no error of ours
			},
		}, nil
	})}
}

// badCursor names where a cursor was that nobody was given.
func badCursor(err error, place, cursor string) error {
	e := waybill.AsError(err)
	if e == nil || e.Reason != waybill.ReasonBadCursor || len(e.Fields) > 0 {
		return err
	}
	told := *e
	told.Fields = []waybill.FieldError{{Path: place, Rule: waybill.RuleFormat, Value: shortened(cursor), Message: e.Message}}
	return &told
}

// unknownQuery refuses what is in a query and not described, as huma does.
func unknownQuery(query url.Values, known []*huma.Param) error {
	var fields []waybill.FieldError
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.ContainsFunc(known, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
			fields = append(fields, waybill.FieldError{Path: "query." + name, Rule: waybill.RuleExists, Message: "there is no such parameter"})
		}
	}
	return waybill.FieldErrors("stream", fields)
}

// listener is who reads a stream, and how far it has come.
type listener struct {
	session  engine.Session
	after    string
	kinds    []waybill.EventKind
	out      io.Writer
	stopping func() bool
	watch    *watch
	upto     int64                                                              // the turn up to which all has been told
	judge    func(ctx context.Context, since time.Time) (engine.Session, error) // whether the reader still may, and what, after a moment
}

// follow tells what happens until the reader goes away, or may no more, or the service stops.
func follow(ctx context.Context, l listener) {
	// Who is cut off before the first event comes back to where it began.
	if !l.say(fmt.Sprintf("retry: %d\nid: %s\n\n", streamRetry.Milliseconds(), cmp.Or(l.after, streamStart))) {
		return
	}
	for quiet := time.Duration(0); !l.stopping(); quiet += streamLook {
		if quiet >= streamAlive {
			quiet = 0
			if !l.say(": still here\n\n") {
				return
			}
		}
		now := l.watch.now()
		if l.upto == 0 || l.watch.heard(l.session.Actor, l.upto) {
			if !l.catchUp(ctx) {
				return
			}
		} else if !l.may(ctx, now.began) {
			return
		}
		l.upto = now.no
		select {
		case <-ctx.Done():
			return
		case <-now.over:
		}
	}
}

// catchUp tells all that happened since, one by one, so that each has the place behind it as its id. The reader is judged
// after an event was read and before it is told: what happened after a key was revoked is not heard with it.
func (l *listener) catchUp(ctx context.Context) bool {
	for !l.stopping() {
		part, err := l.session.ReadEvents(ctx, engine.ReadEvents{After: l.after, Limit: 1})
		if err != nil {
			return false
		}
		read := time.Now()
		if len(part.Items) == 0 {
			return l.may(ctx, read)
		}
		l.after = part.Next
		event := part.Items[0]
		if len(l.kinds) > 0 && !slices.Contains(l.kinds, event.Kind) {
			continue
		}
		if !l.may(ctx, read) {
			return false
		}
		data, err := json.Marshal(tell(event))
		if err != nil || !l.say(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", l.after, event.Kind, data)) {
			return false
		}
	}
	return false
}

// may reports whether the reader may still hear, judged after a moment.
func (l *listener) may(ctx context.Context, since time.Time) bool {
	s, err := l.judge(ctx, since)
	l.session = s
	return err == nil
}

// say writes and sends; false: nobody reads any more.
func (l *listener) say(text string) bool {
	w, ok := l.out.(http.ResponseWriter)
	if ok {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(streamWrites))
	}
	if _, err := io.WriteString(l.out, text); err != nil {
		return false
	}
	return !ok || http.NewResponseController(w).Flush() == nil
}
