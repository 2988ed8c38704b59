package carrier

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"waybill"
	"waybill/internal/redact"
)

// Operation is one thing that was asked of a carrier, and what went over the wire for it. Nothing in it is secret: settings
// that a driver calls secret, tokens and passwords are marked.
type Operation struct {
	Connection waybill.Connection // without its settings
	Local      bool               // the driver is a pure function: nothing goes over a wire
	Verb       string
	Key        string
	Shipment   waybill.ID
	At         time.Time
	Took       time.Duration
	Err        error
	Exchanges  []func() Exchange // each is cleaned of secrets when it is asked for
}

// Exchange is one request to a carrier and its answer.
type Exchange struct {
	At         time.Time
	Took       time.Duration
	Method     string
	URL        string
	Header     map[string]string // of the request
	Status     int               // 0: no answer
	Err        string            // why there is none, or why it broke off
	Body       string
	BodySize   int
	Answer     string
	AnswerSize int
}

// most is how much of a body is kept of each exchange.
const most = 64 << 10

// operation gathers what goes over the wire while it runs.
type operation struct {
	key      string
	shipment waybill.ID
	mu       sync.Mutex
	list     []func() Exchange
}

type operationKey struct{}

// about says which purchase and shipment the next operation in a context is about.
func about(ctx context.Context, key string, shipment waybill.ID) context.Context {
	return context.WithValue(ctx, operationKey{}, &operation{key: key, shipment: shipment})
}

// witnessed runs an operation and tells the witness of it.
func witnessed[T any](ctx context.Context, c *Carrier, verb string, fn func(context.Context) (T, error)) (T, error) {
	if c.witness == nil {
		return fn(ctx)
	}
	o := &operation{}
	if asked, ok := ctx.Value(operationKey{}).(*operation); ok {
		o.key, o.shipment = asked.key, asked.shipment
	}
	began := c.clock.Now()
	out, err := fn(context.WithValue(ctx, operationKey{}, o))
	o.mu.Lock()
	list := o.list
	o.list = nil
	o.mu.Unlock()
	connection := c.connection
	connection.Settings, connection.Sealed = nil, nil
	c.witness(ctx, Operation{
		Connection: connection, Local: c.driver.Local, Verb: verb, Key: o.key, Shipment: o.shipment, At: began, Took: c.clock.Now().Sub(began),
		Err: err, Exchanges: list,
	})
	return out, err
}

// recorded is the client of an adapter, with its exchanges noted for the operation that they belong to.
func recorded(client *http.Client, clock waybill.Clock, secrets redact.Known) *http.Client {
	copied := *client
	next := copied.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	copied.Transport = &recorder{next, clock, secrets}
	return &copied
}

// recorder notes what passes through it.
type recorder struct {
	next    http.RoundTripper
	clock   waybill.Clock
	secrets redact.Known
}

// RoundTrip passes a request on. The exchange is complete when its answer's body is closed.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	o, ok := request.Context().Value(operationKey{}).(*operation)
	if !ok {
		return r.next.RoundTrip(request)
	}
	x := &exchange{operation: o, recorder: r, request: request, at: r.clock.Now()}
	if request.Body != nil && request.GetBody != nil {
		if body, err := request.GetBody(); err == nil {
			x.sent, _ = io.ReadAll(body)
			_ = body.Close()
		}
	}
	answer, err := r.next.RoundTrip(request)
	if err != nil {
		x.err = err
		x.end()
		return answer, err
	}
	x.status, x.answerType, x.body = answer.StatusCode, answer.Header.Get("Content-Type"), answer.Body
	answer.Body = x
	return answer, nil
}

// exchange is one that is under way; it stands in the place of the answer's body.
type exchange struct {
	operation  *operation
	recorder   *recorder
	request    *http.Request
	at         time.Time
	sent       []byte
	status     int
	answerType string
	body       io.ReadCloser
	got        bytes.Buffer
	size       int
	err        error
	once       sync.Once
}

// Read hands on the answer's body, and keeps its beginning.
func (x *exchange) Read(p []byte) (int, error) {
	n, err := x.body.Read(p)
	x.size += n
	if room := most - x.got.Len(); room > 0 {
		x.got.Write(p[:min(n, room)])
	}
	if err != nil && !errors.Is(err, io.EOF) {
		x.err = err
	}
	return n, err
}

// Close ends the exchange.
func (x *exchange) Close() error {
	err := x.body.Close()
	x.end()
	return err
}

// end notes the exchange.
func (x *exchange) end() {
	x.once.Do(func() {
		took := x.recorder.clock.Now().Sub(x.at)
		x.operation.mu.Lock()
		x.operation.list = append(x.operation.list, func() Exchange { return x.clean(took) })
		x.operation.mu.Unlock()
	})
}

// clean is the exchange with its secrets taken out.
func (x *exchange) clean(took time.Duration) Exchange {
	r := x.recorder
	u := *x.request.URL
	u.User = nil
	u.RawQuery, _ = redact.Query(u.RawQuery)
	e := Exchange{
		At: x.at, Took: took, Method: x.request.Method, Status: x.status, BodySize: len(x.sent), AnswerSize: x.size,
	}
	secrets := []string{}
	if scheme, token, ok := cutScheme(x.request.Header.Get("Authorization")); ok && scheme != "" {
		secrets = append(secrets, token)
	}
	clean := func(text string) string { return r.secrets.Text(redact.Values(secrets...).Text(text)) }
	e.URL = clean(u.String())
	e.Header = redact.Headers(x.request.Header, nil)
	for name, value := range e.Header {
		e.Header[name] = clean(value)
	}
	body, _ := redact.Body(x.request.Header.Get("Content-Type"), x.sent)
	answer, _ := redact.Body(x.answerType, x.got.Bytes())
	e.Body, e.Answer = short(clean(body)), short(clean(answer))
	if x.err != nil {
		e.Err = clean(cause(x.err))
	}
	return e
}

func cutScheme(header string) (scheme, token string, ok bool) {
	for i := range len(header) {
		if header[i] == ' ' {
			return header[:i], header[i+1:], true
		}
	}
	return "", "", false
}

// cause is an error without the address it is about, which may hold what should not be shown.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

func short(text string) string {
	if len(text) > most {
		return text[:most]
	}
	return text
}
