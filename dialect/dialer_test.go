package dialect

import (
	"net"
	"net/netip"
	"testing"
)

// The dialler judges by itself: a name may have been resolved again, by somebody else, after it was judged.
func TestTheAddressConnectedToIsJudgedAgain(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost"} {
		if conn, err := (Guard{}).dialer().Dial("tcp", net.JoinHostPort(host, port)); err == nil {
			conn.Close()
			t.Errorf("%s was reached", host)
		}
	}
	own := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	conn, err := own.dialer().Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal("an allowed network:", err)
	}
	conn.Close()
}
