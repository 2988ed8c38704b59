package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/internal/steadytest"
	"waybill/internal/wire"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// client talks to a server that does what the handler says.
func client(t *testing.T, handler http.HandlerFunc) (*wire.Client, *strings.Builder) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	log := &strings.Builder{}
	return &wire.Client{
		Carrier: "acme", HTTP: server.Client(), Base: server.URL + "/test", Clock: waybill.NewManualClock(noon),
		Log:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Secrets: []string{"s3cr&t"},
	}, log
}

func call(effect bool) wire.Call {
	return wire.Call{Op: "acme.ship", Method: http.MethodPost, Path: "/ship", Body: map[string]string{"a": "<b>"}, Effect: effect}
}

func TestStatuses(t *testing.T) {
	for _, tt := range []struct {
		status   int
		header   string
		reason   waybill.Reason
		severity waybill.Severity
		unsure   bool // when the call has an effect
		after    time.Duration
	}{
		{400, "", waybill.ReasonCarrier, waybill.Hard, false, 0},
		{401, "", waybill.ReasonCarrierLogin, waybill.Hard, false, 0},
		{403, "", waybill.ReasonCarrierLogin, waybill.Hard, false, 0},
		{404, "", waybill.ReasonCarrier, waybill.Hard, false, 0},
		{302, "", waybill.ReasonCarrier, waybill.Hard, false, 0},
		{429, "7", waybill.ReasonCarrierLimit, waybill.Transient, false, 7 * time.Second},
		{429, "Mon, 23 Nov 2026 12:01:00 GMT", waybill.ReasonCarrierLimit, waybill.Transient, false, time.Minute},
		{429, "soon", waybill.ReasonCarrierLimit, waybill.Transient, false, 0},
		{500, "", waybill.ReasonCarrierOutage, waybill.Transient, true, 0},
		{503, "30", waybill.ReasonCarrierOutage, waybill.Transient, true, 30 * time.Second},
	} {
		for _, effect := range []bool{true, false} {
			c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
			})
			err := c.Do(context.Background(), call(effect), nil)
			e := waybill.AsError(err)
			if err == nil || e.Reason != tt.reason || e.Severity != tt.severity || e.Unsure != (tt.unsure && effect) || e.RetryAfter != tt.after {
				t.Errorf("%d %q, effect %v: %+v", tt.status, tt.header, effect, e)
			}
			if e.Fault == nil || e.Fault.Carrier != "acme" || e.Fault.Status != tt.status {
				t.Errorf("%d: fault %+v", tt.status, e.Fault)
			}
		}
	}
}

func TestAnswersThatBreakOff(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var arrived atomic.Bool // what is never answered
	for name, handler := range map[string]http.HandlerFunc{
		"cut before a byte": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut in the middle": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"a":`)
			panic(http.ErrAbortHandler)
		},
		"never": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			arrived.Store(true)
			<-release
		},
		"not JSON":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"without end": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(zeros{}, 30<<20)) },
	} {
		for _, effect := range []bool{true, false} {
			c, _ := client(t, handler)
			arrived.Store(false)
			ctx, done := steadytest.DeadlineWhen(arrived.Load)
			var out map[string]any
			err := c.Do(ctx, call(effect), &out)
			done()
			e := waybill.AsError(err)
			if err == nil || e.Reason != waybill.ReasonCarrierOutage || e.Severity != waybill.Transient || e.Unsure != effect {
				t.Errorf("%s, effect %v: %v %+v", name, effect, err, e)
			}
			if name == "never" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the deadline is not to be seen in %v", err)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestWhatWasNeverSentIsSure(t *testing.T) {
	plainServer := httptest.NewServer(http.NotFoundHandler())
	defer plainServer.Close()
	for name, base := range map[string]string{
		"refused": "http://" + steadytest.Nobody, "no such name": "http://carrier.invalid", "no TLS there": strings.Replace(plainServer.URL, "http:", "https:", 1),
	} {
		c, _ := client(t, func(http.ResponseWriter, *http.Request) {})
		c.Base = base
		e := waybill.AsError(c.Do(context.Background(), call(true), nil))
		if e.Reason != waybill.ReasonCarrierOutage || e.Severity != waybill.Transient || e.Unsure {
			t.Errorf("%s: %+v", name, e)
		}
	}
	c, _ := client(t, func(http.ResponseWriter, *http.Request) {})
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if e := waybill.AsError(c.Do(over, call(true), nil)); e.Unsure {
		t.Errorf("a context that had ended: %+v", e)
	}
	// A transport that tells nothing of its connections proves nothing.
	c.HTTP = &http.Client{Transport: mute{}}
	if e := waybill.AsError(c.Do(context.Background(), call(true), nil)); !e.Unsure {
		t.Errorf("a transport without traces: %+v", e)
	}
}

type mute struct{}

func (mute) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("something broke")
}

func TestRequestsAsSent(t *testing.T) {
	var got *http.Request
	var body string
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		got, body = r, string(data)
		_, _ = io.WriteString(w, `{"ok":true}`)
	})
	c.Header = http.Header{"X-Source": {"waybill"}}
	var out struct{ OK bool }
	in := call(true)
	in.Query = url.Values{"q": {"a b"}}
	in.Header = http.Header{"Prn": {"7"}}
	if err := c.Do(context.Background(), in, &out); err != nil || !out.OK {
		t.Fatalf("%v %v", out, err)
	}
	if got.URL.RequestURI() != "/test/ship?q=a+b" || body != `{"a":"<b>"}` || got.Header.Get("Content-Type") != "application/json" ||
		got.Header.Get("X-Source") != "waybill" || got.Header.Get("Prn") != "7" {
		t.Errorf("%s %s %v", got.URL.RequestURI(), body, got.Header)
	}
	in.Body = url.Values{"grant": {"x y"}}
	if err := c.Do(context.Background(), in, nil); err != nil || body != "grant=x+y" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%s %v %v", body, got.Header, err)
	}
	in.Body = wire.Form("format=json&data=%7B%7D") // in its own order
	var raw []byte
	if err := c.Do(context.Background(), in, &raw); err != nil || body != "format=json&data=%7B%7D" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%s %v %v", body, got.Header, err)
	}
	if string(raw) != `{"ok":true}` {
		t.Errorf("the answer as it came is %q", raw)
	}
}

func TestFaultsAreReadAndSecretsTakenOut(t *testing.T) {
	c, log := client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"why":"the secret s3cr&t is wrong"}`)
	})
	c.Fault = func(a wire.Answer, e *waybill.Error) {
		var in struct{ Why string }
		_ = json.Unmarshal(a.Body, &in)
		e.Reason, e.Message, e.Fault.Message = waybill.ReasonCarrierAddress, in.Why, in.Why
		e.Fields = []waybill.FieldError{{Path: "to", Message: in.Why}}
	}
	in := call(true)
	in.Path = "/ship/" + url.PathEscape("s3cr&t")
	in.Query = url.Values{"key": {"s3cr&t"}}
	e := waybill.AsError(c.Do(context.Background(), in, nil))
	if e.Reason != waybill.ReasonCarrierAddress || e.Message != "the secret [secret] is wrong" {
		t.Errorf("%+v", e)
	}
	c.Base = "http://127.0.0.1:1"
	unreachable := c.Do(context.Background(), in, nil)
	all := fmt.Sprintf("%v %+v %+v %v", e, *e, *e.Fault, unreachable) + log.String()
	if strings.Contains(all, "s3cr") {
		t.Errorf("a secret shows in %s", all)
	}
}

func TestOneLoginForAll(t *testing.T) {
	var logins atomic.Int32
	clock := waybill.NewManualClock(noon)
	valid := "token-1"
	var mu sync.Mutex
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+valid {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, "not %s", r.Header.Get("Authorization"))
		}
	})
	c.Clock = clock
	c.Tokens = &wire.Tokens{Clock: clock, Fetch: func(context.Context) (wire.Token, error) {
		return wire.Token{Value: fmt.Sprintf("token-%d", logins.Add(1)), Expires: clock.Now().Add(time.Hour)}, nil
	}}
	do := func() error { return c.Do(context.Background(), call(true), nil) }
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := logins.Load(); n != 1 {
		t.Errorf("%d logins for ten calls", n)
	}
	mu.Lock()
	valid = "token-2" // the carrier forgot the first one
	mu.Unlock()
	if err := do(); err != nil || logins.Load() != 2 {
		t.Errorf("after a 401: %v, %d logins", err, logins.Load())
	}
	clock.Advance(59*time.Minute + 30*time.Second)
	mu.Lock()
	valid = "token-3"
	mu.Unlock()
	if err := do(); err != nil || logins.Load() != 3 {
		t.Errorf("shortly before its end: %v, %d logins", err, logins.Load())
	}
	mu.Lock()
	valid = "none of ours"
	mu.Unlock()
	err := do()
	if e := waybill.AsError(err); err == nil || e.Reason != waybill.ReasonCarrierLogin || e.Severity != waybill.Hard || e.Unsure || logins.Load() != 4 {
		t.Errorf("refused twice: %+v, %d logins", e, logins.Load())
	}
}

func TestALoginOutlivesWhoAskedFirst(t *testing.T) {
	release, started := make(chan struct{}), make(chan struct{})
	tokens := &wire.Tokens{Clock: waybill.NewManualClock(noon), Fetch: func(ctx context.Context) (wire.Token, error) {
		close(started)
		select {
		case <-release:
			return wire.Token{Value: "t", Expires: noon.Add(time.Hour)}, nil
		case <-ctx.Done():
			return wire.Token{}, ctx.Err()
		}
	}}
	first, cancel := context.WithCancel(context.Background())
	gaveUp := make(chan error)
	go func() { _, err := tokens.Get(first); gaveUp <- err }()
	<-started
	second := make(chan string)
	go func() { token, _ := tokens.Get(context.Background()); second <- token }()
	cancel()
	if err := <-gaveUp; waybill.ReasonOf(err) != waybill.ReasonCarrierOutage {
		t.Errorf("%v", err)
	}
	close(release)
	if token := <-second; token != "t" {
		t.Errorf("the second caller got %q", token)
	}
}
