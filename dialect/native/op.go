package native

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// operation describes one operation of the API.
type operation struct {
	ID      string // what it is called in metrics, logs and generated clients
	Method  string
	Path    string // below the prefix
	Tag     string // the resource
	Summary string
	About   string // what the summary leaves out
	Scope   waybill.Scope
	Open    bool // needs no token
	Anyone  bool // any role may
	Status  int  // of a success; 0: 200
	MaxBody int64
	Unkept  bool // the answer is not kept in the request log
	Private bool // the body is not kept there
	// Keyed operations hand the Idempotency-Key to a verb that keeps it with what it buys; of all other writes the
	// answer is kept.
	Keyed   bool
	Form    bool                  // the body may be a form too
	Files   []waybill.LabelFormat // the answer is a file in one of these
	Example any                   // of the body
}

func (o operation) writes() bool { return o.Method != http.MethodGet }

// api is what operations are added to: huma's notion of an API over the routes that [dialect.Serve] serves.
type api struct {
	huma.API
	routes dialect.Routes
	about  map[string]operation    // by id
	writes map[string]reflect.Type // what an operation's merge patch is of, by its id
	yaml   []byte
	json   []byte
}

func newAPI() *api {
	strictCasing()
	a := &api{routes: dialect.Routes{}, about: map[string]operation{}, writes: map[string]reflect.Type{}}
	a.API = huma.NewAPI(describe(), a)
	return a
}

// call is one request under way: who asks, and where what went wrong is kept until it can be told.
type call struct {
	*dialect.Request
	session engine.Session
	child   bool       // of another account, whose prices it must not see
	query   url.Values // in place of the request's, where huma would misread that
	nuls    []waybill.FieldError
	amiss   []waybill.FieldError // texts that mean nothing
	err     error
}

type callKey struct{}

// errTold stands for an error that the call keeps.
type errTold struct{ error }

// GetStatus is what huma asks for; the answer is made elsewhere.
func (errTold) GetStatus() int { return http.StatusInternalServerError }

// op adds an operation: toIn reads the engine's words out of what was sent, the verb does it, toOut writes the
// answer. ToIn and toOut are pure.
func op[I, In, Out, O any](a *api, o operation, toIn func(*call, *I) (In, error), verb dialect.Verb[In, Out], toOut func(*call, Out) *O) {
	a.about[o.ID], a.writes[o.ID] = o, patchedBy(reflect.TypeFor[I]())
	later := patches(reflect.TypeFor[I]())
	huma.Register(a.API, o.described(), func(ctx context.Context, sent *I) (*O, error) {
		c := ctx.Value(callKey{}).(*call)
		if c.err = waybill.FieldErrors("native", c.told(later)); c.err != nil {
			return nil, errTold{c.err}
		}
		in, err := toIn(c, sent)
		if m, ok := any(sent).(conditional); ok && err == nil {
			c.session.IfVersion, err = m.version()
		}
		if err == nil {
			var out Out
			if out, err = verb(c.session, ctx, in); err == nil {
				return toOut(c, out), nil
			}
		}
		c.err = badCursor(err, "query.cursor", c.Query.Get("cursor"))
		return nil, errTold{c.err}
	})
}

// Handle makes a route of an operation; huma calls it.
func (a *api) Handle(op *huma.Operation, handler func(huma.Context)) {
	o := a.about[op.OperationID]
	once := func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		c := &call{Request: r, session: s}
		if !o.Open {
			account, err := s.Account(ctx, waybill.Actor{Account: r.Home})
			if err != nil {
				return dialect.Reply{}, err
			}
			c.child = account.Parent != ""
		}
		if err := asText(r); err != nil {
			return dialect.Reply{}, err
		}
		c.nuls, c.amiss = c.findNuls(), a.senseless(op, a.writes[op.OperationID], r)
		if err := c.withNuls(waybill.FieldErrors("native", misshapen(r))); err != nil {
			return dialect.Reply{}, err
		}
		if err := c.joined(op); err != nil {
			return dialect.Reply{}, err
		}
		w := &recorder{header: http.Header{}}
		handler(humago.NewContext(op, c.http(ctx), w))
		if c.err != nil {
			return dialect.Reply{}, c.err
		}
		return dialect.Reply{Status: w.status, Header: w.header, Body: w.body.Bytes()}, nil
	}
	a.routes[op.Method+" "+op.Path] = dialect.Route{
		Op: op.OperationID, Open: o.Open, MaxBody: o.MaxBody, Unkept: o.Unkept, Private: o.Private, Call: allowed(o, kept(o, once)),
	}
}

// ServeHTTP is never called: [dialect.Serve] finds the way.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// allowed refuses who may not, and seats who may in the account that was named.
func allowed(o operation, next dialect.Call) dialect.Call {
	if o.Open {
		return next
	}
	return func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		s, err := o.seat(ctx, s, r)
		if err != nil {
			return dialect.Reply{}, err
		}
		return next(ctx, s, r)
	}
}

// seat lets whoever may to the operation, in the account that is named.
func (o operation) seat(ctx context.Context, s engine.Session, r *dialect.Request) (engine.Session, error) {
	if !o.Anyone && !s.Actor.May(o.Scope) {
		return s, waybill.E("native", waybill.ReasonRole, "this needs the scope %q, which the role %q or the key does not have", o.Scope, s.Actor.Role)
	}
	return seated(ctx, s, r.Query.Get(accountParam))
}

// joined makes the query one that huma reads as it was meant: it takes the first of values that are given several
// times, so those of a list are put together. Of what is no list only one can be meant, and nobody knows which.
func (c *call) joined(op *huma.Operation) error {
	rest := maps.Clone(c.Query)
	delete(rest, accountParam) // it has been heeded
	var told []waybill.FieldError
	for name, values := range c.Query {
		if len(values) < 2 {
			continue
		}
		if !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name && p.Schema.Type == huma.TypeArray }) {
			told = append(told, waybill.FieldError{Path: "query." + name, Rule: waybill.RuleUnique, Value: shortened(values[1]), Message: name + " is given more than once"})
			continue
		}
		rest[name] = []string{strings.Join(values, ",")}
	}
	c.query = rest
	slices.SortFunc(told, func(a, b waybill.FieldError) int { return strings.Compare(a.Path, b.Path) })
	return c.withNuls(waybill.FieldErrors("native", told))
}

// http is the request as huma reads it.
func (c *call) http(ctx context.Context) *http.Request {
	header := c.Header.Clone()
	header.Del("Accept") // answers are JSON, but for files
	query := c.RawQuery
	if c.query != nil {
		query = c.query.Encode()
	}
	r := &http.Request{
		Method: c.Method, URL: &url.URL{Path: c.Path, RawQuery: query}, Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(c.Body)), ContentLength: int64(len(c.Body)),
	}
	for name, value := range c.Params {
		r.SetPathValue(name, value)
	}
	return r.WithContext(context.WithValue(ctx, callKey{}, c))
}

// recorder takes an answer as huma writes it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what will be sent.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) { w.status = status }

// Write takes some of the body.
func (w *recorder) Write(data []byte) (int, error) { return w.body.Write(data) }
