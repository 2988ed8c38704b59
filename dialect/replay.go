package dialect

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"waybill"
)

// Replays finds the handler of a dialect by its name.
type Replays struct{ handlers sync.Map } // of *handler

// NewReplays makes one for [Deps]; the dialects add themselves as they are served.
func NewReplays() *Replays { return &Replays{} }

func (p *Replays) add(h *handler) {
	if p != nil {
		p.handlers.Store(h.Name, h)
	}
}

func (p *Replays) find(name string) (*handler, bool) {
	found, ok := p.handlers.Load(name)
	if !ok {
		return nil, false
	}
	h, ok := found.(*handler)
	return h, ok
}

// Replayed is the answer of a request that was sent again.
type Replayed struct {
	Entry  waybill.ID // in the request log
	Status int
	Type   string
	Body   []byte
}

type replayKey struct{}

// replay says who sends a request again, and which.
type replay struct {
	actor waybill.Actor
	of    waybill.ID
}

// replaying is who sends a request again, if that is what happens.
func replaying(ctx context.Context) (waybill.Actor, bool) {
	p, ok := ctx.Value(replayKey{}).(replay)
	return p.actor, ok
}

// Replay sends a request from the log again, through the API that it came by, as somebody else. It is for whoever has made sure
// that this harms nobody.
func (r *Request) Replay(ctx context.Context, as waybill.Actor, entry waybill.APIRequest) (Replayed, error) {
	if r.replay == nil {
		return Replayed{}, waybill.E("replay", waybill.ReasonUnknownRoute, "nothing is replayed here")
	}
	return r.replay(ctx, as, entry)
}

func (p *Replays) replay(ctx context.Context, from *Request, as waybill.Actor, entry waybill.APIRequest) (Replayed, error) {
	h, ok := p.find(entry.Dialect)
	if !ok {
		return Replayed{}, waybill.E("replay", waybill.ReasonUnknownRoute, "the API %q is not served here", entry.Dialect)
	}
	ctx, cancel := context.WithTimeout(ctx, replayTime)
	defer cancel()
	ctx = context.WithValue(ctx, replayKey{}, replay{as, entry.ID})
	address := strings.TrimPrefix(entry.Path, h.Path())
	if entry.Query != "" {
		address += "?" + entry.Query
	}
	again, err := http.NewRequestWithContext(ctx, entry.Method, address, strings.NewReader(entry.Body))
	if err != nil {
		return Replayed{}, err
	}
	for _, name := range []string{"Content-Type", "Accept", "Accept-Language"} {
		if value := entry.Header[name]; value != "" {
			again.Header.Set(name, value)
		}
	}
	again.RequestURI = entry.Path
	again = Place{ID: "replay-" + from.ID, IP: from.IP, Origin: from.Root, Root: from.Root, Base: from.Root + h.Path()}.At(again)
	w := &answerWriter{header: http.Header{}}
	x := h.begin(again)
	again = h.caused(again, x)
	h.serve(w, again, x)
	return Replayed{Entry: x.entry, Status: w.status, Type: w.header.Get("Content-Type"), Body: w.body.Bytes()}, nil
}

// replayTime is how long a replay may take: a stream would have no end.
const replayTime = 20 * time.Second

// answerWriter takes an answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what will be sent.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader notes the status.
func (w *answerWriter) WriteHeader(status int) { w.status = status }

// Write takes some of the body.
func (w *answerWriter) Write(data []byte) (int, error) { return w.body.Write(data) }
