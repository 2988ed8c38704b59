// Package steadytest is what tests use in place of short waits and guessed ports, so that they say the same on a machine
// ten times slower.
package steadytest

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Patience is how long a test waits for what takes a moment on an idle machine.
const Patience = 3 * time.Minute

// Nobody is an address that nobody listens at: a reserved port, which no test and no connection is ever given.
const Nobody = "127.0.0.1:1"

// Until looks again and again until something holds.
func Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(Patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("this never came true: %s", what)
		}
	}
}

// late is a context whose deadline passes when it is told to.
type late struct {
	context.Context
	passed chan struct{}
}

func (l late) Done() <-chan struct{} { return l.passed }

func (l late) Err() error {
	select {
	case <-l.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// DeadlineWhen is a context whose deadline passes when something holds, and not sooner, however slow the machine is: a
// call runs out of time after what it was to reach. Done ends the looking; a call that was answered before never met its
// deadline.
func DeadlineWhen(holds func() bool) (ctx context.Context, done func()) {
	l := late{context.Background(), make(chan struct{})}
	answered := make(chan struct{})
	go func() {
		defer close(l.passed)
		for end := time.Now().Add(Patience); !holds() && time.Now().Before(end); {
			select {
			case <-answered:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return l, sync.OnceFunc(func() { close(answered) })
}

// Address is one that nobody listens at and that no connection is given by chance: it lies below the ports that operating
// systems hand out. It is for a server that must be told beforehand where to listen; any other listens at port 0.
func Address(t testing.TB) string {
	t.Helper()
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(20_000)))
		if l, err := net.Listen("tcp", address); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}
