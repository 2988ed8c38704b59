package dialect

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"waybill"
)

// RequestIDHeader carries a request's id in and out.
const RequestIDHeader = "X-Request-Id"

// Front is what the installation says of the network in front of it.
type Front struct {
	Proxies []netip.Prefix // whose X-Forwarded-For, -Proto and -Host are believed; nobody else's are
	URL     string         // public base URL of the installation, no trailing slash; empty: as the request says
}

// Place is where a request came from and to: what a dialect cannot see of it because the server took
// the prefix off and proxies stand between.
type Place struct {
	ID     string // request id
	IP     string // of the client
	Origin string // scheme and host as the caller used them
	Root   string // public base URL of the installation, no trailing slash
	Base   string // public base URL of the dialect, no trailing slash
}

type placeKey struct{}

// PlaceOf is the place noted with the request; empty when none was.
func PlaceOf(r *http.Request) Place {
	p, _ := r.Context().Value(placeKey{}).(Place)
	return p
}

// At notes a place with the request.
func (p Place) At(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), placeKey{}, p))
}

// Placed notes where the request came from and to, unless that was done before.
func (f Front) Placed(r *http.Request) *http.Request {
	if PlaceOf(r).ID != "" {
		return r
	}
	return f.Place(r).At(r)
}

// Place finds out where a request came from and to.
func (f Front) Place(r *http.Request) Place {
	peer := address(r.RemoteAddr)
	trusted := f.trusts(peer)
	p := Place{ID: requestID(r.Header.Get(RequestIDHeader)), Origin: origin(r, trusted), Root: strings.TrimRight(f.URL, "/")}
	if trusted {
		peer = f.client(peer, r.Header.Values("X-Forwarded-For"))
	}
	if peer.IsValid() {
		p.IP = peer.String()
	}
	if p.Root == "" {
		p.Root = p.Origin
	}
	p.Base = p.Root
	return p
}

// client walks the chain of forwarders from the nearest: the first that is not one of our proxies is
// the client. Whatever stands further left was written by somebody we do not know.
func (f Front) client(peer netip.Addr, forwarded []string) netip.Addr {
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := address(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			return peer
		}
		peer = hop
		if !f.trusts(hop) {
			return hop
		}
	}
	return peer
}

func (f Front) trusts(a netip.Addr) bool {
	for _, prefix := range f.Proxies {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// address reads host, host:port or [host]:port.
func address(s string) netip.Addr {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	a, _ := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.WithZone("").Unmap()
}

// origin is the scheme and host that the caller used, as far as we can see.
func origin(r *http.Request, trusted bool) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if trusted {
		if proto := strings.ToLower(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" {
			host = forwarded
		}
	}
	if !plainHost(host) {
		host = "localhost"
	}
	return scheme + "://" + host
}

// plainHost reports whether text from a header may stand in an address that we hand out.
func plainHost(host string) bool {
	for _, c := range host {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune(".-:[]_", c):
		default:
			return false
		}
	}
	return host != "" && len(host) <= 255
}

// requestID takes a caller's id when it is plain and short, else makes one.
func requestID(given string) string {
	sane := len(given) >= 4 && len(given) <= 100
	for _, c := range given {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.:", c)) {
			sane = false
		}
	}
	if sane {
		return given
	}
	return string(requestIDs.New())
}

// requestIDs come in the order of time: an index of them grows at its end.
var requestIDs = waybill.NewIDs(waybill.SystemClock{}, nil)

// rawPath is the path as the caller sent it, the dialect's prefix included.
func rawPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") {
		return r.URL.EscapedPath()
	}
	return path
}
