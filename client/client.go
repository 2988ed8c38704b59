// Package client speaks Waybill's own API, /api/v1, of a server on this machine or another.
//
//	c, err := client.New("https://ship.example.com", os.Getenv("WAYBILL_API_KEY"))
//	…
//	s, err := c.CreateShipment(ctx, client.Ordered{Reference: "ORDER-1001", To: …, Book: &client.Booking{}})
//
// There is a method for each operation, with the name it has in the OpenAPI document; types and methods are generated
// from it (types_gen.go, operations_gen.go). This package imports nothing but the standard library.
//
// # Repeats
//
// A write is sent with an Idempotency-Key, made here unless [WithKey] gives one, so that it may be sent again: where
// no answer came, and where the server says that it has too much to do (429, 503), it is asked again a few times, after
// the pause that it names. The same key goes with each, and it is done once. What has no key and changes something is
// never sent twice.
//
// # Errors
//
// What the server refuses is a [*Problem]: act on its Code and Reason, never on its words.
//
// # Lists
//
// List… answers a part and the cursor of the next; All… reads on by itself:
//
//	for s, err := range c.AllShipments(ctx, client.ListShipmentsParams{Booking: []string{"booked"}}) {
package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Prefix is where a server has the API.
const Prefix = "/api/v1"

// Client asks one server with one key. It is safe for use by many goroutines at once.
type Client struct {
	base  string
	key   string
	seat  string // a child account that is worked in
	agent string
	http  *http.Client
	// sleep waits between two tries, or until the context ends.
	sleep func(context.Context, time.Duration) error
}

// New makes a client of the server at an address with an API key, or a token of an OAuth client. The address is
// http:// or https:// with a host, and a path where the API is not at /api/v1; or unix:// and the path of a socket.
// No question is asked yet.
func New(address, key string, settings ...Setting) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	c := &Client{key: key, agent: "waybill-go", http: &http.Client{}, sleep: sleep}
	switch {
	case u.Scheme == "unix":
		path := strings.TrimPrefix(address, "unix://")
		c.base = "http://waybill" + Prefix
		c.http.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}}
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "":
		c.base = strings.TrimRight(address, "/")
		if strings.Trim(u.Path, "/") == "" {
			c.base += Prefix
		}
	default:
		return nil, errors.New("client: the address must be http://host, https://host or unix:///path, without a user or a query")
	}
	for _, set := range settings {
		set(c)
	}
	return c, nil
}

// In is the client at work in a child account: what it does is done there. The key must be of an administrator of the
// parent, or have been granted the child.
func (c *Client) In(account string) *Client {
	child := *c
	child.seat = account
	return &child
}

// Setting is something about a client that most have no need of.
type Setting func(*Client)

// HTTP has requests sent by an HTTP client of the caller's, such as one that trusts another authority.
func HTTP(h *http.Client) Setting { return func(c *Client) { c.http = h } }

// Agent is what the client calls itself in User-Agent.
func Agent(name string) Setting { return func(c *Client) { c.agent = name } }

// Option is something about one request.
type Option func(*request)

// WithKey sends a write with this Idempotency-Key in place of a random one, so that the caller may repeat it too,
// for 48 hours, even after its own end.
func WithKey(key string) Option { return func(r *request) { r.key = key } }

// IfMatch lets a change be made only while the ETag is still this one. Else the answer is a [*Problem] of Status 412.
func IfMatch(etag string) Option { return func(r *request) { r.match = etag } }

// Into has what stands beside the body of the answer put there.
func Into(a *Answer) Option { return func(r *request) { r.answer = a } }

// Answer is what stands beside the body of an answer, and the body as it came.
type Answer struct {
	Status    int
	ETag      string // the version, for [IfMatch]
	RequestID string // names the request in the server's logs
	Replayed  bool   // it was done before, under the same Idempotency-Key
	Tries     int    // how often it was asked
	Body      []byte
}

// File is an answer that is a file.
type File struct {
	Name string // as the server would call it; may be empty
	Type string // media type
	Data []byte
}

// Patch is a merge patch (RFC 7396): what is left out stays, nil takes away, a list is replaced whole.
type Patch map[string]any

// request is one request before it is sent.
type request struct {
	op, method, path string
	query            url.Values
	kind             string // of the body
	body             any
	keyed            bool // the operation takes an Idempotency-Key
	seated           bool // the operation can be done in a child account
	key, match       string
	answer           *Answer
}

// repeatable reports whether the request may be sent more than once.
func (r request) repeatable() bool { return r.method == http.MethodGet || r.keyed }

// send carries out a request, and reads the answer into out unless that is nil.
func (c *Client) send(ctx context.Context, r request, out any, opts []Option) error {
	a, err := c.do(ctx, r, opts)
	if err != nil || out == nil || len(a.body) == 0 {
		return err
	}
	if err := decode(a.body, out); err != nil {
		return fmt.Errorf("client: %s: the answer cannot be read: %w", r.op, err)
	}
	return nil
}

// fetch is send for an answer of a known type.
func fetch[T any](ctx context.Context, c *Client, r request, opts []Option) (*T, error) {
	out := new(T)
	if err := c.send(ctx, r, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

// file is send for an answer that is a file.
func (c *Client) file(ctx context.Context, r request, opts []Option) (*File, error) {
	a, err := c.do(ctx, r, opts)
	if err != nil {
		return nil, err
	}
	f := &File{Data: a.body, Type: a.header.Get("Content-Type")}
	if _, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition")); err == nil {
		f.Name = params["filename"]
	}
	return f, nil
}

// newKey is an Idempotency-Key that nobody else has.
func newKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
