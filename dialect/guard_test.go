package dialect_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/dialect"
)

func TestWebhooksReachPublicAddressesOnly(t *testing.T) {
	denied := []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8",
		"169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
		"192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "168.63.129.16", "100.100.100.200",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
		"64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
	}
	for _, a := range denied {
		if (dialect.Guard{}).Permits(netip.MustParseAddr(a)) {
			t.Errorf("%s may be reached", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "11.0.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"} {
		if !(dialect.Guard{}).Permits(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be reached", a)
		}
	}
	if (dialect.Guard{}).Permits(netip.Addr{}) {
		t.Error("no address at all may be reached")
	}
	own := dialect.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for a, want := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false} {
		if own.Permits(netip.MustParseAddr(a)) != want {
			t.Errorf("with an allowed network, %s: not %v", a, want)
		}
	}
}

func TestNamesAreJudgedByWhatTheyPointAt(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer target.Close()
	_, port, _ := net.SplitHostPort(target.Listener.Addr().String())
	names := map[string][]netip.Addr{
		"inside.test":  {netip.MustParseAddr("127.0.0.1")},
		"mixed.test":   {netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("127.0.0.1")},
		"mapped.test":  {netip.MustParseAddr("::ffff:127.0.0.1")},
		"nothing.test": {},
	}
	client := dialect.Guard{
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) { return names[host], nil },
	}.Client()
	for _, host := range []string{"inside.test", "mixed.test", "mapped.test", "nothing.test", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0177.0.0.1", "localhost"} {
		if answer, err := client.Get("http://" + host + ":" + port); err == nil {
			answer.Body.Close()
			t.Errorf("%s was reached", host)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	defer outer.Close()
	client := dialect.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}.Client()
	answer, err := client.Post(outer.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusTemporaryRedirect || reached {
		t.Error(answer.StatusCode, reached)
	}
}

func TestAnEndpointThatHangsIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := dialect.Guard{
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
			},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go io.Copy(io.Discard, theirs)
				return ours, nil
			},
		}.Client()
		started := time.Now()
		_, err := client.Get("http://hangs.test/")
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(started) != 15*time.Second {
			t.Errorf("%v after %s", err, time.Since(started))
		}
		client.CloseIdleConnections()
	})
}
