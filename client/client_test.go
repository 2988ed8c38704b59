package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/app"
	"waybill/client"
	"waybill/internal/steadytest"
)

// demo is a server with the demo's data, of its own for a test.
func demo() (*app.App, error) {
	folder, err := os.MkdirTemp("", "waybill-client-")
	if err != nil {
		return nil, err
	}
	cfg := app.Defaults()
	cfg.Data, cfg.Demo, cfg.Listen, cfg.Admin, cfg.Log.Level = folder, true, "127.0.0.1:0", "", "error"
	return app.New(context.Background(), cfg, app.Parts{})
}

// wire is a network that loses things, before a server with the demo's data.
type wire struct {
	t       *testing.T
	handler http.Handler
	url     string

	mu   sync.Mutex
	plan []string // what becomes of the next requests: lose, busy, later, cut; "": nothing
	keys []string // Idempotency-Keys of the writes that came
	seen int

	broke    chan struct{} // closed when a line was cut
	listener net.Listener
}

func newWire(t *testing.T) *wire {
	t.Helper()
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	ready := make(chan string, 1)
	go func() { ended <- a.Run(ctx, func(url string) { ready <- url }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, a.Close(), os.RemoveAll(a.Config.Data)); err != nil {
			t.Error(err)
		}
	})
	<-ready
	w := &wire{t: t, handler: a.Server, broke: make(chan struct{})}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url, w.listener = server.URL, server.Listener
	return w
}

func (w *wire) next(r *http.Request) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen++
	if r.Method != http.MethodGet {
		w.keys = append(w.keys, r.Header.Get("Idempotency-Key"))
	}
	if len(w.plan) == 0 {
		return ""
	}
	what := w.plan[0]
	w.plan = w.plan[1:]
	return what
}

// ServeHTTP has the server do what it is asked, and does to the answer what was planned.
func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	switch what := w.next(r); what {
	case "lose": // it is done, and nobody hears of it
		w.handler.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case "die": // so it is here, and the server is gone from then on
		w.handler.ServeHTTP(httptest.NewRecorder(), r)
		if err := w.listener.Close(); err != nil {
			w.t.Error(err)
		}
		panic(http.ErrAbortHandler)
	case "busy":
		out.Header().Set("Retry-After", "0")
		http.Error(out, "a proxy's page", http.StatusServiceUnavailable)
	case "later":
		out.Header().Set("Retry-After", "3600")
		http.Error(out, "come back in an hour", http.StatusTooManyRequests)
	case "cut": // the line of a stream breaks at once
		ctx, cancel := context.WithCancel(r.Context())
		w.handler.ServeHTTP(&cutter{out, cancel}, r.WithContext(ctx))
		cancel()
		close(w.broke)
	default:
		w.handler.ServeHTTP(out, r)
	}
}

// cutter breaks a line once something has gone over it.
type cutter struct {
	http.ResponseWriter
	cut context.CancelFunc
}

func (c *cutter) Flush() {
	c.ResponseWriter.(http.Flusher).Flush()
	c.cut()
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (w *wire) client() *client.Client {
	w.t.Helper()
	c, err := client.New(w.url, app.DemoKey)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func order(reference string) client.Ordered {
	return client.Ordered{
		Reference: reference, Location: "GB-BATH",
		To:      client.Party{Name: "Ada Byron", Street1: "12 Park Row", City: "Bristol", Postcode: "BS1 5LN", Country: "GB"},
		Parcels: []client.Parcel{{Weight: &client.Weight{Value: "1.20", Unit: "kg"}}},
	}
}

func booked(reference string) client.Ordered {
	o := order(reference)
	o.Book = &client.Booking{}
	return o
}

func TestALostAnswerIsAskedForAgainAndBooksOnce(t *testing.T) {
	w := newWire(t)
	w.plan = []string{"lose", "busy"}
	var a client.Answer
	s, err := w.client().CreateShipment(t.Context(), booked("LOST-1"), client.Into(&a))
	if err != nil {
		t.Fatal(err)
	}
	if s.Booking != "booked" || a.Tries != 3 || !strings.Contains(string(a.Body), `"LOST-1"`) || a.RequestID == "" || a.ETag == "" {
		t.Errorf("%s after %d tries, request %q, ETag %q", s.Booking, a.Tries, a.RequestID, a.ETag)
	}
	if len(w.keys) != 3 || w.keys[0] == "" || w.keys[1] != w.keys[0] || w.keys[2] != w.keys[0] {
		t.Errorf("keys %q", w.keys)
	}
	if s.Parcels[0].Weight.Value != "1.20" {
		t.Errorf("the weight came back as %s", s.Parcels[0].Weight.Value)
	}
	if got := references(t, w.client()); len(got) != 1 {
		t.Errorf("%d shipments are there", len(got))
	}
}

func TestTheCallersOwnKeyDoesItOnceOverTwoCalls(t *testing.T) {
	w := newWire(t)
	var first, second client.Answer
	for _, a := range []*client.Answer{&first, &second} {
		if _, err := w.client().CreateShipment(t.Context(), booked(""), client.WithKey("mine"), client.Into(a)); err != nil {
			t.Fatal(err)
		}
	}
	if timeless(first) != timeless(second) || len(references(t, w.client())) != 1 {
		t.Errorf("%s\n%s", first.Body, second.Body)
	}
}

// timeless is an answer without the address of its label, which says until when it is good, to the second.
func timeless(a client.Answer) string {
	return regexp.MustCompile(`"label_url":"[^"]*"`).ReplaceAllString(string(a.Body), "")
}

func TestWhatHasNoKeyIsNeverSentTwice(t *testing.T) {
	w := newWire(t)
	w.plan = []string{"lose"}
	_, err := w.client().IssueToken(t.Context(), client.TokenInBody{GrantType: "client_credentials", ClientID: app.DemoClient, ClientSecret: app.DemoSecret})
	if err == nil || w.seen != 1 || !client.Unsure(err) {
		t.Errorf("asked %d times: %v", w.seen, err)
	}
}

func TestWhoIsToldToComeMuchLaterIsToldSo(t *testing.T) {
	w := newWire(t)
	w.plan = []string{"later"}
	_, err := w.client().GetMe(t.Context())
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != 429 || p.RetryAfter != 3600 || w.seen != 1 {
		t.Errorf("asked %d times: %v", w.seen, err)
	}
}

func TestAServerThatIsNotThereIsNoDoubt(t *testing.T) {
	c, err := client.New("http://"+steadytest.Nobody, app.DemoKey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = c.CreateShipment(ctx, booked("X"))
	if err == nil || client.Unsure(err) || strings.Contains(err.Error(), app.DemoKey) {
		t.Errorf("%v", err)
	}
}

func TestARefusalSaysWhatIsWrongAndWithWhat(t *testing.T) {
	w := newWire(t)
	o := booked("BAD")
	o.To.Country = "Britain"
	_, err := w.client().CreateShipment(t.Context(), o)
	var p *client.Problem
	if !errors.As(err, &p) {
		t.Fatal(err)
	}
	if p.Status != 422 || p.Code != "invalid" || p.Reason == "" || p.RequestID == "" || p.Transient() || p.Op != "create-shipment" || w.seen != 1 {
		t.Errorf("%+v", p)
	}
	if len(p.Errors) != 1 || p.Errors[0].Path != "to.country" || p.Errors[0].Value != "Britain" {
		t.Errorf("%+v", p.Errors)
	}
}

func TestAChangeIsNotMadeOverAnother(t *testing.T) {
	w := newWire(t)
	c := w.client()
	var a client.Answer
	if _, err := c.CreateShipment(t.Context(), order("E-1"), client.Into(&a)); err != nil {
		t.Fatal(err)
	}
	stale := a.ETag
	s, err := c.EditShipment(t.Context(), "E-1", client.EditShipmentParams{}, client.Patch{"channel": "Shop"}, client.IfMatch(stale), client.Into(&a))
	if err != nil || s.Channel != "Shop" || a.ETag == stale {
		t.Fatalf("%v, %+v", err, a)
	}
	_, err = c.EditShipment(t.Context(), "E-1", client.EditShipmentParams{}, client.Patch{"channel": nil}, client.IfMatch(stale))
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != http.StatusPreconditionFailed {
		t.Errorf("%v", err)
	}
}

func TestAWholeListIsReadPartByPart(t *testing.T) {
	w := newWire(t)
	for i := range 7 {
		if _, err := w.client().CreateShipment(t.Context(), order(fmt.Sprintf("L-%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	w.seen = 0
	if got := references(t, w.client()); len(got) != 7 {
		t.Errorf("%v", got)
	}
	if w.seen != 4 {
		t.Errorf("it was asked for in %d parts, of two each", w.seen)
	}
	kinds := 0
	for e, err := range w.client().AllEvents(t.Context(), client.ListEventsParams{Kind: []string{"shipment.created"}, Limit: 5}) {
		if err != nil || e.Kind != "shipment.created" {
			t.Fatalf("%v %s", err, e.Kind)
		}
		kinds++
	}
	if kinds != 7 {
		t.Errorf("%d events of 7", kinds)
	}
}

// references reads all shipments, two at a time.
func references(t *testing.T, c *client.Client) (all []string) {
	t.Helper()
	for s, err := range c.AllShipments(t.Context(), client.ListShipmentsParams{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s.Reference)
	}
	return all
}

// TestAServerThatDiesInMidBookingLeavesADoubt: that later tries reached nobody says nothing of the first.
func TestAServerThatDiesInMidBookingLeavesADoubt(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.plan = []string{"die"}
	_, err := w.client().CreateShipment(t.Context(), order("D-1"))
	if err == nil || w.seen != 1 || !client.Unsure(err) {
		t.Errorf("%d requests came; %v, unsure: %t", w.seen, err, client.Unsure(err))
	}
}

func TestAStreamThatBreaksGoesOnWhereItBroke(t *testing.T) {
	w := newWire(t)
	w.plan = []string{"cut"}
	ctx, cancel := context.WithTimeout(t.Context(), steadytest.Patience)
	defer cancel()
	heard := make(chan string, 10)
	go func() {
		defer close(heard)
		for e, err := range w.client().StreamEvents(ctx, client.StreamEventsParams{Kind: []string{"shipment.created"}}) {
			if err != nil || e.ID == "" {
				heard <- fmt.Sprint("error ", err)
				return
			}
			heard <- e.Event.ShipmentID
			if len(heard) == cap(heard) {
				return
			}
		}
	}()
	// The first line is cut before anything happens; what happens before the second is there is heard all the same.
	<-w.broke
	var want []string
	for i := range 2 {
		s, err := w.client().CreateShipment(ctx, order(fmt.Sprintf("S-%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.ID)
	}
	for _, id := range want {
		if got := <-heard; got != id {
			t.Errorf("heard %s, want %s", got, id)
		}
	}
	cancel()
	for more := range heard {
		t.Errorf("heard %s too", more)
	}
}

func TestTheSocketInTheDataFolderIsAServer(t *testing.T) {
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(a.Config.Data)
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func(url string) { ready <- url }) }()
	<-ready
	defer func() {
		stop()
		if err := errors.Join(<-ended, a.Close()); err != nil {
			t.Error(err)
		}
	}()
	sockets, err := filepath.Glob(filepath.Join(a.Config.Data, "*.sock"))
	if err != nil || len(sockets) != 1 {
		t.Fatal(sockets, err)
	}
	c, err := client.New("unix://"+sockets[0], app.DemoKey)
	if err != nil {
		t.Fatal(err)
	}
	me, err := c.GetMe(ctx)
	if err != nil || me.Account.Name != "demo" {
		t.Fatalf("%v %+v", err, me)
	}
	s, err := c.CreateShipment(ctx, booked("SOCKET-1"))
	if err != nil || strings.Contains(s.LabelURL, "//waybill/") {
		t.Errorf("%v: the label is at %s", err, s.LabelURL)
	}
}

func TestAnAddressWithAPasswordIsRefused(t *testing.T) {
	for _, address := range []string{"ship.example.com", "ftp://ship.example.com", "https://user:secret@ship.example.com", "https://", "https://ship.example.com?key=1"} {
		if _, err := client.New(address, "k"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
