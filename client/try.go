package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	tries      = 5
	firstPause = 250 * time.Millisecond
	maxPause   = 8 * time.Second
	maxWait    = time.Minute // who is told to wait longer is told so
	maxAnswer  = 64 << 20
)

// busy is the reason of a repeat whose first is still under way.
const busy = "key_running"

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request, again where that is safe and may help.
func (c *Client) do(ctx context.Context, r request, opts []Option) (reply, error) {
	for _, opt := range opts {
		opt(&r)
	}
	if r.keyed && r.key == "" {
		r.key = newKey()
	}
	body, err := encode(r)
	if err != nil {
		return reply{}, fmt.Errorf("client: %s: %w", r.op, err)
	}
	var doubt error // of an earlier try, which may have been heeded
	for try := 1; ; try++ {
		a, err := c.once(ctx, r, body)
		if r.answer != nil {
			*r.answer = Answer{
				Status: a.status, ETag: a.header.Get("ETag"), RequestID: a.header.Get("X-Request-ID"),
				Replayed: a.header.Get("Idempotent-Replayed") == "true", Tries: try, Body: a.body,
			}
		}
		if err == nil {
			return a, nil
		}
		pause, again := pause(err, try)
		if Unsure(err) {
			doubt = err
		} else if again && doubt != nil {
			err = doubt // no later try was told how it ended
		}
		if !again || !r.repeatable() || try == tries || ctx.Err() != nil {
			return a, err
		}
		if c.sleep(ctx, pause) != nil {
			return a, err
		}
	}
}

// encode is the body of a request.
func encode(r request) ([]byte, error) {
	switch body := r.body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	case json.RawMessage:
		return body, nil
	default:
		return json.Marshal(body)
	}
}

// once sends a request and reads the whole answer.
func (c *Client) once(ctx context.Context, r request, body []byte) (a reply, err error) {
	sent, err := c.request(ctx, r, body)
	if err != nil {
		return a, err
	}
	answer, err := c.http.Do(sent)
	if err != nil {
		return a, &lost{r.op, err, r.method != http.MethodGet}
	}
	defer answer.Body.Close()
	a = reply{status: answer.StatusCode, header: answer.Header}
	if a.body, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer)); err != nil {
		return a, &lost{r.op, err, r.method != http.MethodGet}
	}
	if a.status < 200 || a.status > 299 {
		return a, problemOf(r.op, a)
	}
	return a, nil
}

func (c *Client) request(ctx context.Context, r request, body []byte) (*http.Request, error) {
	address := c.base + r.path
	query := url.Values{}
	maps.Copy(query, r.query)
	if r.seated && c.seat != "" {
		query.Set("account", c.seat)
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", r.op, err)
	}
	for name, value := range map[string]string{
		"Content-Type": r.kind, "Idempotency-Key": r.key, "If-Match": r.match, "User-Agent": c.agent,
	} {
		if value != "" {
			sent.Header.Set(name, value)
		}
	}
	if len(body) == 0 {
		sent.Header.Del("Content-Type")
	}
	if c.key != "" {
		sent.Header.Set("Authorization", "Bearer "+c.key)
	}
	return sent, nil
}

// lost is a request to which no whole answer came. What it asked for may have been done.
type lost struct {
	op    string
	err   error
	write bool
}

// Error is the cause, without the address, which may hold what was searched for.
func (l *lost) Error() string {
	cause := l.err
	var of *url.Error
	if errors.As(cause, &of) {
		cause = of.Err
	}
	return "client: " + l.op + ": no answer: " + cause.Error()
}

// Unwrap is what the network said.
func (l *lost) Unwrap() error { return l.err }

// Unsure reports whether what was asked for may have been done although there is an error: the server says that it
// does not know, or it never answered a write that reached it. Look before you ask again with another key.
func Unsure(err error) bool {
	var p *Problem
	if errors.As(err, &p) {
		return p.Unsure
	}
	var l *lost
	var dial *net.OpError
	return errors.As(err, &l) && l.write && !(errors.As(err, &dial) && dial.Op == "dial")
}

// pause reports whether it may help to ask again, and after how long.
func pause(err error, try int) (time.Duration, bool) {
	wait := min(firstPause<<(try-1), maxPause)
	wait = wait/2 + rand.N(wait/2) // so that many do not come back at once
	var p *Problem
	switch {
	case !errors.As(err, &p):
		var l *lost
		return wait, errors.As(err, &l)
	case p.Status != http.StatusTooManyRequests && p.Status != http.StatusServiceUnavailable && p.Reason != busy:
		return 0, false
	case p.RetryAfter > 0:
		wait = max(wait, time.Duration(p.RetryAfter)*time.Second)
	}
	return wait, wait <= maxWait
}

// sleep waits, or is woken by the end of the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// add writes a parameter into a query, unless it says nothing.
func add(q url.Values, name string, value any) {
	switch v := value.(type) {
	case string:
		if v != "" {
			q.Set(name, v)
		}
	case int64:
		if v != 0 {
			q.Set(name, strconv.FormatInt(v, 10))
		}
	case *bool:
		if v != nil {
			q.Set(name, strconv.FormatBool(*v))
		}
	case time.Time:
		if !v.IsZero() {
			q.Set(name, v.UTC().Format(time.RFC3339Nano))
		}
	case []string:
		if len(v) > 0 {
			q.Set(name, strings.Join(v, ","))
		}
	case []int64:
		var words []string
		for _, n := range v {
			words = append(words, strconv.FormatInt(n, 10))
		}
		add(q, name, words)
	}
}

// given is a body that may be left out.
func given[T any](body *T) any {
	if body == nil {
		return nil
	}
	return body
}

// decode reads JSON; members that are newer than this client are let pass.
func decode(text []byte, out any) error { return json.Unmarshal(text, out) }
