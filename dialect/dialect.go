// Package dialect is the port to callers: how an API that others defined is spoken over the engine.
//
// An implementer writes a table of routes, each one line of decode, verb, encode, plus two mappings:
// errors to the API's own shape (Fault) and events to its webhook form (Speak). [Serve] does what all
// have in common. The suite in dialecttest holds an implementation to its recorded conversations.
package dialect

import (
	"context"
	"io"
	"net/http"
	"time"

	"waybill"
	"waybill/engine"
)

// Dialect is one API. Names are folder names and URL prefixes.
type Dialect struct {
	Name   string
	Title  string // the API's name in words
	Prefix string // path it is served under; empty: "/" and the name
	Routes Routes
	Auth   Auth
	Limit  waybill.RateLimit // a caller's default; the account may set another
	// TellLimit has every answer say what is left of the caller's limit, in the RateLimit headers.
	TellLimit bool
	// Fault puts an error into the API's words. It is total: every reason and code has an answer.
	Fault func(*Request, *waybill.Error) Reply
	// Speak puts an event into the API's webhook form; false: it has no word for it.
	Speak func(waybill.Event, Endpoint) (Message, bool)
	// Speaks lists the kinds of events that Speak may have a word for; of others nothing is queued.
	Speaks []waybill.EventKind
	// Statuses are the words that Message.Status can be: what an endpoint may wait for.
	Statuses []string
	// Strict APIs refuse members and parameters that they do not know, so that none is ignored.
	Strict bool
	// Spec is the hand-written OpenAPI document, served at /openapi.yaml.
	Spec []byte
}

// Path is where the API is served.
func (d Dialect) Path() string {
	if d.Prefix == "" {
		return "/" + d.Name
	}
	return d.Prefix
}

// Routes maps "METHOD /path/{name}" to what happens. {name} is one decoded path segment.
type Routes map[string]Route

// Route is one line of an API.
type Route struct {
	Op      string // the operation's name: metrics, logs and fault tables use it
	Call    Call
	Open    bool  // no token needed
	MaxBody int64 // 0: 1 MiB
	// Unkept answers are not kept in the request log: they show what is in it, or what never changes.
	Unkept bool
	// Private bodies are not kept in the request log: who is to be forgotten is in them.
	Private bool
}

// Call answers a request whose sender is known (for Open routes: the session's actor is empty and
// only its Gate may be used).
type Call func(context.Context, engine.Session, *Request) (Reply, error)

// Auth finds out who asks.
type Auth interface {
	Actor(context.Context, engine.Gate, *Request) (waybill.Actor, error)
}

// Reply is an answer: a whole body, or a stream that begins only after the verb succeeded.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	Stream func(context.Context, io.Writer) error
}

// Endpoint is what Speak may know of the subscription it speaks to.
type Endpoint struct {
	ID       waybill.ID
	Statuses []string // empty: every status
	Base     string   // public base URL of this dialect, for links; no trailing slash
	Now      time.Time
	Link     func(kind string, id waybill.ID) string // as Request.Link
}

// Message is a webhook as it goes out; the deliverer signs it.
type Message struct {
	Body   []byte
	Header map[string]string
	// SignatureHeader receives the hex HMAC-SHA256 of the body; empty: none.
	SignatureHeader string
	// Signed, when set, makes the headers that sign it in a way of the API's own: of the delivery's id, the time of the
	// attempt and the body, with each of the secrets. It is not called without a secret.
	Signed func(id waybill.ID, at time.Time, body []byte, secrets []string) map[string]string
	// TokenHeader receives the endpoint's token; empty: Authorization.
	TokenHeader string
	// Status is the API's word for what happened; matched against Endpoint.Statuses.
	Status string
}

// Verb is an engine verb as a method expression: engine.Session.CreateShipment.
type Verb[In, Out any] func(engine.Session, context.Context, In) (Out, error)

// Do joins the three steps of a route. Decode and encode are pure.
func Do[In, Out any](decode func(*Request) (In, error), verb Verb[In, Out], encode func(*Request, Out) Reply) Call {
	return func(ctx context.Context, s engine.Session, r *Request) (Reply, error) {
		in, err := decode(r)
		if err != nil {
			return Reply{}, err
		}
		out, err := verb(s, ctx, in)
		if err != nil {
			return Reply{}, err
		}
		return encode(r, out), nil
	}
}
