package steadytest_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"waybill/internal/steadytest"
)

func TestADeadlineThatPassesWhenToldTo(t *testing.T) {
	var told atomic.Bool
	ctx, done := steadytest.DeadlineWhen(told.Load)
	defer done()
	child, cancel := context.WithCancel(ctx)
	defer cancel()
	if ctx.Err() != nil || child.Err() != nil {
		t.Error("it passed before it was told to")
	}
	told.Store(true)
	<-child.Done()
	if !errors.Is(child.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(child), context.DeadlineExceeded) {
		t.Errorf("what hangs on it ended with %v", child.Err())
	}
}

func TestAnAddressIsFree(t *testing.T) {
	l, err := net.Listen("tcp", steadytest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing came in
	if c, err := net.Dial("tcp", steadytest.Nobody); err == nil {
		c.Close() //nolint:errcheck // it should not be there
		t.Error("somebody listens where nobody should")
	}
}
