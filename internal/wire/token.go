package wire

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"waybill"
)

// fetchTime bounds fetching a token, whoever waits for it.
const fetchTime = 15 * time.Second

// early is how long before its end a token is no longer used, so that it does not run out on the way.
const early = time.Minute

// Token is a bearer token and when it runs out.
type Token struct {
	Value   string
	Expires time.Time
}

// Tokens keeps one token fresh for all calls of a client. Fetch asks the carrier for a new one; however
// many calls need it, it runs once at a time.
type Tokens struct {
	Fetch func(context.Context) (Token, error)
	Clock waybill.Clock

	flight  singleflight.Group
	mu      sync.Mutex
	current Token
}

// Get is a token that can be used now. A caller that gives up does not stop the fetching for the others.
func (t *Tokens) Get(ctx context.Context) (string, error) {
	if value := t.usable(); value != "" {
		return value, nil
	}
	result := t.flight.DoChan("token", func() (any, error) {
		if value := t.usable(); value != "" {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime)
		defer cancel()
		token, err := t.Fetch(ctx)
		if err != nil {
			return "", err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.current = token
		return token.Value, nil
	})
	select {
	case <-ctx.Done():
		e := waybill.E("token", waybill.ReasonCarrierOutage, "the carrier's login took too long")
		e.Err = ctx.Err()
		return "", e
	case r := <-result:
		if r.Err != nil {
			copied := *waybill.AsError(r.Err) // shared by all who waited
			return "", &copied
		}
		return r.Val.(string), nil
	}
}

// Drop forgets a token that the carrier no longer takes, unless another has replaced it already.
func (t *Tokens) Drop(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value == value {
		t.current = Token{}
	}
}

func (t *Tokens) usable() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value != "" && t.Clock.Now().Before(t.current.Expires.Add(-early)) {
		return t.current.Value
	}
	return ""
}
