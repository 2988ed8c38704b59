package dialect

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// Request is one call as the decoders see it: read whole, so that decoding is pure.
type Request struct {
	Dialect  string
	Op       string // "unknown" when no route fits
	Method   string
	Path     string // below the dialect's prefix, decoded
	RawPath  string // as sent, with the prefix: for answers that name their own address
	Params   map[string]string
	RawQuery string
	Query    url.Values
	Header   http.Header
	Body     []byte
	IP       string // of the client, after trusted proxies
	ID       string // request id
	Root     string // public base URL of the installation, such as http://127.0.0.1:8080
	Base     string // public base URL of this dialect, such as http://127.0.0.1:8080/lynkup
	Now      time.Time
	Actor    string           // name of who asks, once known
	Account  string           // tenant of who asks, once known
	Settings waybill.Settings // of the account of who asks, once known
	Home     waybill.ID       // the account that who asks is of, once known; another one may be worked in

	link     func(root, kind string, id waybill.ID) string
	draining func() bool
	again    func(context.Context) (engine.Session, error)
	replay   func(context.Context, waybill.Actor, waybill.APIRequest) (Replayed, error)
	below    string // the path below the dialect's prefix, still escaped
	tree     any    // the body, where it was read
	body     reads  // what of it was read
	asked    reads  // what of the query was read
}

// Stopping reports whether the program is about to stop: what goes on without end ends then.
func (r *Request) Stopping() bool { return r.draining != nil && r.draining() }

// Again is who asks, judged anew as with a new request: what goes on without end looks whether the caller still may.
func (r *Request) Again(ctx context.Context) (engine.Session, error) { return r.again(ctx) }

// Link is the signed, expiring address of a file, such as kind "label" of a shipment; empty where the
// installation hands out none.
func (r *Request) Link(kind string, id waybill.ID) string {
	if r.link == nil {
		return ""
	}
	return r.link(r.Root, kind, id)
}

// Bearer is the token of the Authorization header, whatever the case of the scheme word.
func (r *Request) Bearer() string {
	scheme, token, ok := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Caller is where the request comes from.
func (r *Request) Caller() engine.Caller {
	return engine.Caller{IP: r.IP, Origin: r.Header.Get("Origin")}
}

// Basic is user and password of the Authorization header (RFC 7617).
func (r *Request) Basic() (user, password string, ok bool) {
	scheme, encoded, ok := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !ok || !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(plain), ":")
}

// ContentType is the media type of the body without parameters, lower case.
func (r *Request) ContentType() string {
	t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// IdempotencyKey is the caller's Idempotency-Key, by which a repeated request gets the stored answer; a
// very long one stands as its hash.
func (r *Request) IdempotencyKey() string {
	key := strings.TrimSpace(r.Header.Get("Idempotency-Key"))
	if len(key) > 255 {
		sum := sha256.Sum256([]byte(key))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return key
}

// Hash is the SHA-256 of method, path, query and body: what an Idempotency-Key stands for. A token that travels in the
// query is no part of what is asked, nor is the account: keys are an account's own.
func (r *Request) Hash() string {
	query := maps.Clone(r.Query)
	query.Del("access_token")
	query.Del("account")
	h := sha256.New()
	h.Write([]byte(r.Method + " " + r.Path))
	if len(query) > 0 {
		h.Write([]byte("?" + query.Encode()))
	}
	h.Write([]byte("\n"))
	h.Write(r.Body)
	return hex.EncodeToString(h.Sum(nil))
}
