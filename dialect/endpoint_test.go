package dialect_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
	"waybill/job"
)

// endpoint is a customer's: it answers as it is told and remembers what it got.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(w http.ResponseWriter)
	got    []dialecttest.Hook
}

func listen(t *testing.T) *endpoint {
	e := &endpoint{answer: func(http.ResponseWriter) {}}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, dialecttest.Hook{Header: r.Header.Clone(), Body: text})
		e.answer(w)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) answers(status int, header ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, "the endpoint's own words")
	}
}

// hears lists what came in: events and references, in order.
func (e *endpoint) hears(t *testing.T) []string {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	var heard []string
	for _, hook := range e.got {
		m := body(t, bytes.NewReader(hook.Body))
		heard = append(heard, m["event"]+" "+m["reference"])
	}
	return heard
}

// town is an installation whose webhooks go out over real HTTP to endpoints on this machine.
type town struct {
	*dialecttest.App
	desk      engine.Session
	deliverer *dialect.Deliverer
	runner    *job.Runner
}

func found(t *testing.T) *town {
	app := toyTown(t).Start(t)
	deliverer := &dialect.Deliverer{
		Engine: app.Engine, Random: func(n int64) int64 { return n / 2 }, // no jitter
		Client: dialect.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}.Client(),
		Speak:  map[string]func(waybill.Event, dialect.Endpoint) (dialect.Message, bool){"toy": speakToy},
		Base:   func(name string) string { return "http://waybill.test/" + name },
	}
	runner := job.New(job.Config{
		Queue: app.Engine.Store.Queue(), Clock: app.Clock, Log: app.Engine.Log,
		Handlers: map[waybill.JobKind]job.Handler{waybill.JobDeliver: deliverer.Deliver},
	})
	return &town{App: app, desk: inToyland(t, app), deliverer: deliverer, runner: runner}
}

func (w *town) subscribe(t *testing.T, to *endpoint, change func(*engine.PutSubscription)) waybill.Subscription {
	t.Helper()
	created := []waybill.EventKind{waybill.ShipmentCreated}
	in := engine.PutSubscription{URL: to.URL + "/hook?key=secret-in-address", Dialect: "toy", Kinds: &created}
	if change != nil {
		change(&in)
	}
	s, err := w.desk.PutSubscription(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *town) work(t *testing.T) {
	t.Helper()
	if err := w.runner.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *town) deliveries(t *testing.T, s waybill.Subscription) []waybill.Delivery {
	t.Helper()
	list, err := w.desk.ListDeliveries(t.Context(), engine.ListDeliveries{Subscription: s.ID})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

func ptr[T any](v T) *T { return &v }

func depth(t *testing.T, w *town) int {
	t.Helper()
	open, err := w.Engine.Store.Queue().Depth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return open[waybill.JobDeliver]
}
