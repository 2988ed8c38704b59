package dialect

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Guard keeps webhooks, whose addresses customers choose, out of the networks that the installation can
// reach and they cannot. Every address a name resolves to is judged, and the one connected to again, so
// that a name may not change its mind in between.
type Guard struct {
	// Allow lists networks of the operator that webhooks may reach although they are not public.
	Allow []netip.Prefix
	// Lookup resolves a host name. Nil: the machine's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Dial connects to a judged address. Nil: a net.Dialer, which judges once more.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// special lists what is no public unicast address: the IANA special-purpose registries for IPv4 and IPv6
// (RFC 6890 and after), multicast, and the forms that hide an IPv4 address inside an IPv6 one.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", // the last: a cloud's platform address
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
	"3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// deniedError says that an address is not one webhooks may reach. It does not say which: that would
// tell a customer what the names of our network mean.
type deniedError struct{}

func (*deniedError) Error() string {
	return "the address is not public; the operator can allow it"
}

// Permits reports whether webhooks may reach an address.
func (g Guard) Permits(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if !a.IsValid() {
		return false
	}
	for _, prefix := range g.Allow {
		if prefix.Contains(a) {
			return true
		}
	}
	for _, prefix := range special {
		if prefix.Contains(a) {
			return false
		}
	}
	return true
}

// Client is an HTTP client that reaches permitted addresses only, directly, and follows no redirect.
func (g Guard) Client() *http.Client {
	return &http.Client{
		Timeout:       answerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            g.connect,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  answerTime,
			MaxResponseHeaderBytes: answerBytes,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
	}
}

// connect resolves, judges every address, and connects to the first that answers.
func (g Guard) connect(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range addresses {
		if !g.Permits(a) {
			return nil, &deniedError{} // a name that points both outside and inside is up to something
		}
	}
	dial := g.Dial
	if dial == nil {
		dial = g.dialer().DialContext
	}
	err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = dial(ctx, network, net.JoinHostPort(a.Unmap().String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func (g Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if g.Lookup != nil {
		return g.Lookup(ctx, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dialer connects to permitted addresses only, whoever resolved them.
func (g Guard) dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, Control: g.control}
}

// control judges the very address a socket is about to connect to.
func (g Guard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !g.Permits(to.Addr()) {
		return &deniedError{}
	}
	return nil
}
