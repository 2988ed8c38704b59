package dialect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// maxBody is how much of a request is read unless its route says otherwise.
const maxBody = 1 << 20

// bodyTime is how long a caller may take to send a body; a slower one holds a connection for nothing.
const bodyTime = 15 * time.Second

// AccountHeader names the child account that a request works in, in place of the caller's own: by its id, in every
// API.
const AccountHeader = "Waybill-Account"

// drainRetry is what callers are told to wait while the program stops.
const drainRetry = 5 * time.Second

// Deps is what the program lends every dialect.
type Deps struct {
	Engine  *engine.Engine
	Metrics *Metrics // nil: not counted
	// Link makes the signed address of a file (kind "label" of a shipment) below the root of the
	// installation. Nil: no links.
	Link func(root, kind string, id waybill.ID) string
	// Draining says that the program is stopping; nil: never.
	Draining func() bool
	// PerIP limits one client address over all its calls, before anything is known of who asks. OpenPerIP
	// limits the routes that need no token, where passwords are tried. Zero Requests: no limit.
	PerIP, OpenPerIP waybill.RateLimit
	// Notes says what the request log keeps.
	Notes Notes
	// Replays finds the dialects that requests are replayed in; nil: none are.
	Replays *Replays
	// Front is used where no server has placed the request before.
	Front Front
}

// Serve speaks a dialect over HTTP. The order of a request, once for all dialects: request id, body
// read to its limit, route (own 404 and 405), limit of the address, who asks, limit of the caller,
// then the route's decode, verb, encode; whatever goes wrong on the way becomes the dialect's Fault.
func Serve(d Dialect, deps Deps) http.Handler {
	routes := newRouter(d.Routes)
	if len(d.Spec) > 0 {
		routes.add("GET", "/openapi.yaml", Route{Op: "openapi", Open: true, Unkept: true, Call: spec(d.Spec)})
	}
	h := &handler{Dialect: d, Deps: deps, routes: routes, actors: newLimiter(), ips: newLimiter(), open: newLimiter(), failed: newLimiter()}
	deps.Replays.add(h)
	return h
}

// spec answers the dialect's own OpenAPI document.
func spec(document []byte) Call {
	return func(context.Context, engine.Session, *Request) (Reply, error) {
		return Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/yaml"}}, Body: document}, nil
	}
}

type handler struct {
	Dialect
	Deps
	routes                    *router
	actors, ips, open, failed *limiter
}

// exchange is one request on its way through the handler.
type exchange struct {
	request *Request
	route   Route
	found   bool
	allow   []string // methods the path knows, when it is known
	actor   waybill.Actor
	counted counted
	reply   Reply
	came    time.Time
	entry   waybill.ID // in the request log
	reason  waybill.Reason
	called  bool // the route was
	replay  replay
}

// ServeHTTP answers one request; it never panics but to abort a broken stream.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = h.Front.Placed(r)
	x := h.begin(r)
	h.serve(w, h.caused(r, x), x)
}

// serve answers a request that was begun.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, x *exchange) {
	started := time.Now()
	w.Header().Set(RequestIDHeader, x.request.ID)
	err := h.guard(x, func() error { return h.step(w, r, x) })
	if err != nil {
		x.reason = waybill.ReasonOf(err)
		x.reply = h.fault(x, err)
	}
	if x.reply.Status == 0 {
		x.reply.Status = http.StatusOK
	}
	h.share(r.Context(), x)
	if h.TellLimit && x.counted.by != nil {
		x.counted.by.tell(w.Header(), x.counted.key, x.counted.limit, x.request.Now)
	}
	if err := h.guard(x, func() error { return send(r, w, x.reply) }); err != nil {
		h.Engine.Log.Error("answer broken off", "dialect", h.Name, "op", x.request.Op, "request", x.request.ID, "error", err)
		h.finish(x, started)
		panic(http.ErrAbortHandler) // the caller must not take half an answer for a whole one
	}
	h.finish(x, started)
}

// begin writes down what is known of a request before anything is judged.
func (h *handler) begin(r *http.Request) *exchange {
	place := PlaceOf(r)
	x := &exchange{request: &Request{
		Dialect: h.Name, Op: "unknown", Method: r.Method, Path: r.URL.Path, RawPath: rawPath(r), RawQuery: r.URL.RawQuery,
		Header: r.Header, IP: place.IP, ID: place.ID, Root: place.Root, Base: place.Base, Now: h.Engine.Clock.Now(), link: h.Link, draining: h.Draining,
	}}
	x.came, x.request.below = x.request.Now, r.URL.EscapedPath()
	x.replay, _ = r.Context().Value(replayKey{}).(replay)
	if h.Replays != nil {
		x.request.replay = func(ctx context.Context, as waybill.Actor, entry waybill.APIRequest) (Replayed, error) {
			return h.Replays.replay(ctx, x.request, as, entry)
		}
	}
	x.request.Query, _ = url.ParseQuery(r.URL.RawQuery) // what cannot be read is nobody's filter
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	x.route, x.request.Params, x.allow, x.found = h.routes.find(method, r.URL.EscapedPath())
	if x.found {
		x.request.Op = x.route.Op
	}
	return x
}

// step is the order of a request; see [Serve].
func (h *handler) step(w http.ResponseWriter, r *http.Request, x *exchange) (err error) {
	if h.Draining != nil && h.Draining() {
		e := waybill.E("serve", waybill.ReasonDraining, "the service is stopping; please try again")
		e.RetryAfter = drainRetry
		return e
	}
	if x.request.Body, err = read(w, r, x.route.MaxBody); err != nil {
		return err
	}
	switch {
	case x.allow == nil:
		return waybill.E("route", waybill.ReasonUnknownRoute, "there is nothing at %s", r.URL.Path)
	case r.Method == http.MethodOptions && !x.found:
		return h.preflight(r.Context(), x)
	case !x.found:
		return waybill.E("route", waybill.ReasonMethod, "%s is not possible here; %s is", r.Method, strings.Join(x.allow, ", "))
	}
	if err := h.admit(r.Context(), x); err != nil {
		return err
	}
	x.called = true
	x.actor.Subject = new(waybill.Subject)
	x.reply, err = x.route.Call(r.Context(), h.Engine.As(x.actor), x.request)
	return err
}

// admit lets a caller in: the limit of its address, who it is, its own limit.
func (h *handler) admit(ctx context.Context, x *exchange) (err error) {
	r := x.request
	from := neighbourhood(r.IP)
	if err := x.count(h.ips, from, h.PerIP); err != nil {
		return err
	}
	x.actor = waybill.Actor{Dialect: h.Name, IP: r.IP}
	if x.route.Open {
		return x.count(h.open, from, h.OpenPerIP)
	}
	if x.actor, err = h.identify(ctx, r); err != nil {
		return h.refused(ctx, x, from, err)
	}
	r.again = func(ctx context.Context) (engine.Session, error) {
		actor, err := h.identify(ctx, r)
		return h.Engine.As(actor), err
	}
	account, err := h.Engine.Account(ctx, x.actor)
	if err != nil {
		return err
	}
	r.Actor, r.Account, r.Settings = x.actor.Name, account.TenantID, account.Settings
	return x.count(h.actors, x.caller(), h.limitOf(account))
}

// refused counts a request of who does not get in: against their own limit where it is known who they are, and a try of
// what nobody has against the address's. Who is past that is told when to come back; whoever else asks from there with
// what is good is not kept out.
func (h *handler) refused(ctx context.Context, x *exchange, from string, cause error) error {
	switch reason := waybill.ReasonOf(cause); {
	case x.actor.ID != "":
		account, err := h.Engine.Account(ctx, x.actor)
		if err != nil {
			return cause
		}
		if err := x.count(h.actors, x.caller(), h.limitOf(account)); err != nil {
			return err
		}
	case reason == waybill.ReasonTokenBad || reason == waybill.ReasonLogin:
		if err := x.count(h.failed, from, h.OpenPerIP); err != nil {
			return err
		}
	}
	return cause
}

// identify finds who asks, in the account that is worked in. One who is refused in another account is known all the same.
func (h *handler) identify(ctx context.Context, r *Request) (actor waybill.Actor, err error) {
	if replayer, is := replaying(ctx); is {
		actor = replayer
	} else if actor, err = h.Auth.Actor(ctx, engine.Gate{Engine: h.Engine}, r); err != nil {
		return actor, err
	}
	actor.Dialect, actor.IP = h.Name, r.IP
	r.Home = actor.Account
	child := r.Header.Get(AccountHeader)
	if child == "" {
		return actor, nil
	}
	session, err := h.Engine.As(actor).Within(ctx, waybill.ID(child))
	if err != nil {
		return actor, err
	}
	return session.Actor, nil
}

// counted is the limit that a request was counted against last.
type counted struct {
	by    *limiter
	key   string
	limit waybill.RateLimit
}

// count lets a request through a limit, which its answer tells of.
func (x *exchange) count(by *limiter, key string, limit waybill.RateLimit) error {
	x.counted = counted{by, key, limit}
	return by.take(key, limit, x.request.Now)
}

// caller is whose limit a request counts against.
func (x *exchange) caller() string { return string(x.actor.Account) + "/" + string(x.actor.ID) }

// limitOf is how much one caller of an account may ask: what the account says, else the dialect.
func (h *handler) limitOf(account waybill.Account) waybill.RateLimit {
	if own, set := account.Settings.Limits[h.Name]; set {
		return own
	}
	return h.Limit
}

// read takes the whole body, up to a limit and within a time.
func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if limit == 0 {
		limit = maxBody
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime)) // a recorder has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	_ = control.SetReadDeadline(time.Time{})
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, waybill.E("read", waybill.ReasonTooLarge, "the body has more than %d bytes", limit)
	case err != nil:
		return nil, waybill.E("read", waybill.ReasonBadJSON, "the body did not arrive whole")
	}
	return body, nil
}

// guard runs f; a panic becomes an internal error, logged with its stack.
func (h *handler) guard(x *exchange, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			h.Engine.Log.Error("panic", "dialect", h.Name, "op", x.request.Op, "request", x.request.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = waybill.E("serve", waybill.ReasonBug, "internal error")
		}
	}()
	return f()
}

// fault puts an error into the dialect's words. What an internal error says stays in the log.
func (h *handler) fault(x *exchange, cause error) Reply {
	e := waybill.AsError(cause)
	level := slog.LevelDebug
	if e.Code == waybill.Internal {
		level = slog.LevelError
	}
	h.Engine.Log.Log(context.Background(), level, "request failed", "dialect", h.Name, "op", x.request.Op, "request", x.request.ID,
		"code", string(e.Code), "reason", string(e.Reason), "error", e.Error())
	if e.Code == waybill.Internal {
		silent := *e
		silent.Message, silent.Err, silent.Fields, silent.Fault = "internal error", nil, nil, nil
		e = &silent
	}
	var reply Reply
	if err := h.guard(x, func() error { reply = h.Dialect.Fault(x.request, e); return nil }); err != nil || reply.Status == 0 {
		reply = Reply{Status: http.StatusInternalServerError, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}")}
	}
	return hint(reply, e, x.allow)
}

// hint adds the headers that go with an error whatever the API: when to come back, what is possible.
func hint(reply Reply, e *waybill.Error, allow []string) Reply {
	header := reply.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if e.RetryAfter > 0 && header.Get("Retry-After") == "" {
		header.Set("Retry-After", seconds(e.RetryAfter))
	}
	if e.Reason == waybill.ReasonMethod && len(allow) > 0 {
		header.Set("Allow", strings.Join(allow, ", "))
	}
	reply.Header = header
	return reply
}

// finish counts and logs a request: never its path, body or token, which hold names and secrets.
func (h *handler) finish(x *exchange, started time.Time) {
	took := time.Since(started)
	h.Metrics.observe(h.Name, x.request.Op, x.reply.Status, took)
	h.Engine.Log.Info("request", "dialect", h.Name, "op", x.request.Op, "status", x.reply.Status, "took", took.Round(time.Microsecond).String(),
		"request", x.request.ID, "account", string(x.actor.Account), "actor", string(x.actor.ID))
	h.note(x, took)
}
