package dialect

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/internal/redact"
)

// Notes says what the request log keeps of a request, where the engine has a journal.
type Notes struct {
	Bare bool // no headers and bodies
	Most int  // bytes of each body; 0: 64 KiB
}

// mostNoted is how much of a body is kept unless it is said.
const mostNoted = 64 << 10

// longText is from where on a text in an answer is described and not kept: a label in base64, mostly.
const longText = 2000

// worth are the headers of a request that tell something about it.
var worth = map[string]bool{
	"Authorization": true, "Content-Type": true, "Accept": true, "Accept-Language": true, "User-Agent": true, "Idempotency-Key": true, "If-Match": true,
	"If-None-Match": true, "Origin": true, AccountHeader: true,
}

// caused gives a request its entry in the log, and says so to all that happens for it.
func (h *handler) caused(r *http.Request, x *exchange) *http.Request {
	if h.Engine.Journal == nil {
		return r
	}
	x.entry = h.Engine.Journal.NewID()
	return r.WithContext(waybill.Caused(r.Context(), waybill.Cause{Request: x.entry, RequestID: x.request.ID}))
}

// note hands a request to the log. What it costs is paid later, by another goroutine.
func (h *handler) note(x *exchange, took time.Duration) {
	if h.Engine.Journal == nil {
		return
	}
	const rest = 4 << 10 // what an entry holds besides
	h.Engine.Journal.Note(rest+4*len(x.request.Body)+len(x.reply.Body), func() (waybill.APIRequest, []waybill.CarrierCall) {
		return h.entry(x, took), nil
	})
}

// entry is what is kept of a request.
func (h *handler) entry(x *exchange, took time.Duration) waybill.APIRequest {
	r := x.request
	h.recognise(x)
	e := waybill.APIRequest{
		RequestID: r.ID, Dialect: h.Name, Operation: r.Op, Method: r.Method, Status: x.reply.Status, Took: took, Reason: x.reason,
		Actor: x.actor.Name, ActorID: x.actor.ID, ActorKind: x.actor.Kind, IP: r.IP, Replay: x.replay.of,
		BodySize: len(r.Body), AnswerSize: len(x.reply.Body), AnswerType: x.reply.Header.Get("Content-Type"),
	}
	e.ID, e.Account, e.Created = x.entry, x.actor.Account, x.came
	e.Shipment, e.Reference = x.actor.Subject.Shipment()
	e.Others = x.actor.Subject.Others()
	e.Path = h.Path() + r.below
	e.Query, e.Redacted = redact.Query(r.RawQuery)
	if x.called && !h.Strict {
		e.Ignored = r.ignored()
	}
	if h.Notes.Bare {
		e.Redacted = e.Redacted || len(r.Body) > 0
		return e
	}
	e.Header = redact.Headers(r.Header, worth)
	body, secret := redact.Body(r.ContentType(), r.Body)
	if x.found && x.route.Private {
		body, secret = "(not kept)", true
	}
	e.Redacted = e.Redacted || secret || (x.found && x.route.Open)
	e.Body, e.BodyCut = h.kept(body)
	e.Answer, e.AnswerCut = h.kept(h.answer(x))
	return e
}

// answer is the body of an answer as it is kept, or what it was.
func (h *handler) answer(x *exchange) string {
	kind := x.reply.Header.Get("Content-Type")
	switch {
	case x.reply.Stream != nil:
		return "(a stream)"
	case x.found && x.route.Unkept:
		return "(not kept)"
	case len(x.reply.Body) > 0 && !strings.Contains(kind, "json") && !strings.Contains(kind, "xml") && !strings.HasPrefix(kind, "text/plain"):
		return fmt.Sprintf("(%d bytes of %s)", len(x.reply.Body), kind)
	}
	text, _ := redact.Brief(kind, x.reply.Body, longText)
	return text
}

// kept is as much of a text as the log takes.
func (h *handler) kept(text string) (string, bool) {
	most := h.Notes.Most
	if most == 0 {
		most = mostNoted
	}
	if len(text) <= most {
		return text, false
	}
	return strings.ToValidUTF8(text[:most], ""), true
}

// recognise finds out who sent a request that was refused before anybody asked: a path that is not there, a body that is too
// large. Whom the credentials do not name stays unknown.
func (h *handler) recognise(x *exchange) {
	if x.actor.ID != "" || x.request.Header.Get("Authorization") == "" || (x.found && x.route.Open) {
		return
	}
	switch x.reply.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = h.guard(x, func() error {
		actor, err := h.Auth.Actor(ctx, engine.Gate{Engine: h.Engine}, x.request)
		if err == nil {
			x.actor = actor
		}
		return err
	})
}
