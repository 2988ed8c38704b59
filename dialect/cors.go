package dialect

import (
	"context"
	"net/http"
	"strings"

	"waybill/engine"
)

// exposed are the headers of an answer that scripts may read beyond those that they always may.
const exposed = "Allow, Content-Disposition, ETag, Idempotent-Replayed, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, " +
	RequestIDHeader

// preflight answers a browser's question whether a web page may make a call (CORS, fetch.spec.whatwg.org). Nobody
// knows yet whose call it will be: a page that any account lists may ask, and the call itself is held against the
// caller's own account.
func (h *handler) preflight(ctx context.Context, x *exchange) error {
	from := neighbourhood(x.request.IP)
	if err := h.ips.take(from, h.PerIP, x.request.Now); err != nil {
		return err
	}
	x.reply = Reply{Status: http.StatusNoContent, Header: http.Header{"Allow": {strings.Join(x.allow, ", ")}}}
	shared, err := h.shares(ctx, x)
	if err != nil || !shared {
		return err
	}
	x.reply.Header.Set("Access-Control-Allow-Methods", strings.Join(x.allow, ", "))
	if asked := x.request.Header.Get("Access-Control-Request-Headers"); asked != "" {
		x.reply.Header.Set("Access-Control-Allow-Headers", asked)
	}
	x.reply.Header.Set("Access-Control-Max-Age", "600")
	return nil
}

// shares reports whether an answer may be read by the web page that asked.
func (h *handler) shares(ctx context.Context, x *exchange) (bool, error) {
	origin := x.request.Header.Get("Origin")
	if origin == "" {
		return false, nil
	}
	return engine.Gate{Engine: h.Engine}.AllowsOrigin(ctx, origin)
}

// share lets the web page that asked read the answer, where its origin is listed. What cannot be found out is not
// shared.
func (h *handler) share(ctx context.Context, x *exchange) {
	shared, err := h.shares(ctx, x)
	if err != nil || !shared {
		return
	}
	header := x.reply.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Access-Control-Allow-Origin", x.request.Header.Get("Origin"))
	header.Set("Access-Control-Expose-Headers", exposed)
	header.Add("Vary", "Origin")
	x.reply.Header = header
}
