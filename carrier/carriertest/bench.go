package carriertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
)

// start is when every test begins: a Monday, in business hours on both sides of the Atlantic.
var start = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// bench is one carrier, opened on a fresh backend, with all it says recorded.
type bench struct {
	*testing.T
	h        Harness
	clock    *waybill.ManualClock
	backend  Backend
	carrier  *carrier.Carrier
	log      *lockedBuffer
	recorder *recorder
	serial   int
	mu       sync.Mutex
	noted    []carrier.Operation // what the witness was told
}

func newBench(t *testing.T, h Harness) *bench {
	t.Helper()
	b := &bench{T: t, h: h, clock: waybill.NewManualClock(start), log: &lockedBuffer{}, recorder: &recorder{}}
	if h.Backend != nil {
		b.backend = h.Backend(t, b.clock)
	}
	b.carrier = b.open(h.Settings, b.backend.Base)
	return b
}

// open opens the carrier with settings at an address.
func (b *bench) open(settings carrier.Settings, base string) *carrier.Carrier {
	b.Helper()
	c, err := b.tryOpen(settings, base)
	if err != nil {
		b.Fatalf("open: %v", err)
	}
	return c
}

func (b *bench) tryOpen(settings carrier.Settings, base string) (*carrier.Carrier, error) {
	connection := waybill.Connection{Row: waybill.Row{ID: "c0ffee", Version: 1}, Carrier: b.h.Driver.Name, Mode: waybill.ModeSimulator, Base: base}
	connection.Settings, connection.Sealed = map[string]string{}, nil
	secrets := carrier.Settings{}
	for _, s := range b.h.Driver.Settings {
		value, given := settings[s.Name]
		switch {
		case given && s.Secret:
			secrets[s.Name] = value
		case given:
			connection.Settings[s.Name] = value
		}
	}
	return carrier.Open(b.h.Driver, connection, secrets, carrier.Env{
		HTTP:  &http.Client{Transport: b.recorder},
		Clock: b.clock,
		Log:   slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Witness: func(_ context.Context, o carrier.Operation) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.noted = append(b.noted, o)
		},
	})
}

// key is a purchase key as the engine makes them, another each time.
func (b *bench) key() string {
	b.serial++
	return fmt.Sprintf("6a1b2c3d4e5f60718293a4b5-%d", b.serial)
}

// order is a purchase of a shipment.
func (b *bench) order(s waybill.Shipment, format waybill.LabelFormat) carrier.ShipRequest {
	return carrier.ShipRequest{
		Shipment: s, Service: b.h.Service, Key: b.key(), Label: waybill.LabelSpec{Format: format, DPI: 203},
		Numbers: b.numbers(len(s.Parcels)), Now: b.clock.Now(),
	}
}

// numbers reserves serial numbers, which only a Local driver gets.
func (b *bench) numbers(n int) []string {
	if !b.h.Driver.Local {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		b.serial++
		list[i] = fmt.Sprint(1000 + b.serial)
	}
	return list
}

// ship buys the sample, which must work.
func (b *bench) ship() (carrier.ShipRequest, carrier.Booking) {
	b.Helper()
	request := b.order(b.h.Sample(), b.h.Formats[0])
	booking, err := b.carrier.Ship(context.Background(), request)
	if err != nil {
		b.Fatalf("ship: %v", explain(err))
	}
	return request, booking
}

func (b *bench) quote(ctx context.Context) ([]waybill.Rate, error) {
	return b.carrier.Quote(ctx, carrier.QuoteRequest{Shipment: b.h.Sample(), Now: b.clock.Now()})
}

func (b *bench) track(numbers ...string) ([]waybill.Tracking, error) {
	return b.carrier.Track(context.Background(), carrier.TrackRequest{Numbers: numbers, Now: b.clock.Now()})
}

func (b *bench) find(key string) (carrier.Booking, error) {
	return b.carrier.Find(context.Background(), carrier.FindRequest{
		Key: key, Since: start, Service: b.h.Service, Parcels: 1, Label: waybill.LabelSpec{Format: b.h.Formats[0], DPI: 203},
	})
}

// spoil orders mischief for a verb.
func (b *bench) spoil(verb, kind string, count int) {
	b.Helper()
	operation := b.h.Operations[verb]
	if operation == "" {
		b.Fatalf("the harness names no operation for %q", verb)
	}
	b.backend.Mischief(operation, kind, count)
}

// needs skips a case about an ability the carrier does not claim.
func (b *bench) needs(a carrier.Ability) {
	b.Helper()
	if !b.carrier.Has(a) {
		b.Skipf("%s has no ability %q, and claims none", b.h.Driver.Name, a)
	}
}

// with is the accepted settings with some replaced.
func (b *bench) with(other carrier.Settings) carrier.Settings {
	settings := maps.Clone(b.h.Settings)
	maps.Copy(settings, other)
	return settings
}

// expect holds an error against a reason, a severity and whether the effect may have happened, and
// against what is true of all: it names the carrier.
func (b *bench) expect(err error, reason waybill.Reason, severity waybill.Severity, unsure bool) *waybill.Error {
	b.Helper()
	if err == nil {
		b.Fatalf("no error; want %s", reason)
	}
	e := waybill.AsError(err)
	if e.Reason != reason || e.Severity != severity || e.Unsure != unsure {
		b.Errorf("error is %s %s, unsure %v; want %s %s, unsure %v\n%s", e.Severity, e.Reason, e.Unsure, severity, reason, unsure, explain(err))
	}
	if e.Fault == nil || e.Fault.Carrier != b.h.Driver.Name {
		b.Errorf("the error does not name the carrier: %s", explain(err))
	}
	return e
}

// explain writes out an error with all it holds.
func explain(err error) string {
	e := waybill.AsError(err)
	text := fmt.Sprintf("%v\n  code %s, reason %s, severity %s, unsure %v, retry after %s", err, e.Code, e.Reason, e.Severity, e.Unsure, e.RetryAfter)
	for _, f := range e.Fields {
		text += fmt.Sprintf("\n  field %+v", f)
	}
	if e.Fault != nil {
		text += fmt.Sprintf("\n  fault %+v", *e.Fault)
	}
	return text
}

// lockedBuffer is a log that many goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// recorded is one request as it left.
type recorded struct {
	method, path string
	header       http.Header
	body         []byte
}

// recorder is a transport that keeps what it sends.
type recorder struct {
	mu   sync.Mutex
	sent []recorded
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.mu.Lock()
	r.sent = append(r.sent, recorded{request.Method, request.URL.RequestURI(), request.Header.Clone(), body})
	r.mu.Unlock()
	return http.DefaultTransport.RoundTrip(request)
}

// take is what was sent since it was asked last.
func (r *recorder) take() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}
