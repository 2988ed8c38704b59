package dialect_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
	"waybill/job"
)

func TestAWebhookArrivesSigned(t *testing.T) {
	w, e := found(t), listen(t)
	s := w.subscribe(t, e, func(in *engine.PutSubscription) { in.Secret, in.Token = ptr("hush"), ptr("Bearer let-me-in") })
	ship(t, w.App, "A-1")
	w.work(t)
	if heard := e.hears(t); len(heard) != 1 || heard[0] != "shipment.created A-1" {
		t.Fatal(heard)
	}
	hook := e.got[0]
	mac := hmac.New(sha256.New, []byte("hush"))
	mac.Write(hook.Body)
	delivery := w.deliveries(t, s)[0]
	for name, want := range map[string]string{
		"X-Toy-Signature": hex.EncodeToString(mac.Sum(nil)), "Authorization": "Bearer let-me-in", "X-Toy": "1",
		"Content-Type": "application/json", "X-Waybill-Delivery": string(delivery.ID), "X-Toy-Signature-Previous": "",
	} {
		if got := hook.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if delivery.State != engine.DeliveryDelivered || len(delivery.Attempts) != 1 || delivery.Attempts[0].Status != 200 || !delivery.Attempts[0].At.Equal(noon) {
		t.Errorf("%+v", delivery)
	}
	if !bytes.Equal(delivery.Body, hook.Body) {
		t.Error("what was sent is not what is kept")
	}
	stored, _ := json.Marshal(s)
	if strings.Contains(string(stored), "hush") || strings.Contains(string(stored), "let-me-in") {
		t.Error("a secret is stored as it is")
	}
	if left := depth(t, w); left != 0 {
		t.Errorf("%d jobs are left", left)
	}
}

func TestBothSecretsSignWhileTheyRotate(t *testing.T) {
	w, e := found(t), listen(t)
	s := w.subscribe(t, e, func(in *engine.PutSubscription) { in.Secret = ptr("old") })
	if _, err := w.desk.PutSubscription(t.Context(), engine.PutSubscription{ID: s.ID, Secret: ptr("new")}); err != nil {
		t.Fatal(err)
	}
	ship(t, w.App, "A-1")
	w.work(t)
	w.Clock.Advance(25 * time.Hour)
	w.Authorization = "Bearer " + token(t, w.Engine, "toy")
	ship(t, w.App, "A-2")
	w.work(t)
	if len(e.got) != 2 {
		t.Fatal(len(e.got))
	}
	during, after := e.got[0], e.got[1]
	if during.Header.Get("X-Toy-Signature") != dialect.Sign("new", during.Body) || during.Header.Get("X-Toy-Signature-Previous") != dialect.Sign("old", during.Body) {
		t.Error(during.Header)
	}
	if after.Header.Get("X-Toy-Signature") != dialect.Sign("new", after.Body) || after.Header.Get("X-Toy-Signature-Previous") != "" {
		t.Error(after.Header)
	}
}

func TestAFailedWebhookIsTriedByTheSchedule(t *testing.T) {
	w, e := found(t), listen(t)
	e.answers(500)
	s := w.subscribe(t, e, nil)
	ship(t, w.App, "A-1")
	for _, wait := range []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	} {
		if wait > 0 {
			w.Clock.Advance(wait - time.Second)
			before := len(e.got)
			if w.work(t); len(e.got) != before {
				t.Fatalf("a second before %s after the last it was tried again", wait)
			}
			w.Clock.Advance(time.Second)
		}
		w.work(t)
	}
	d := w.deliveries(t, s)[0]
	if len(e.got) != 10 || d.State != engine.DeliveryDead || len(d.Attempts) != 10 {
		t.Fatalf("%d sent, %s after %d attempts", len(e.got), d.State, len(d.Attempts))
	}
	if took := d.Attempts[9].At.Sub(d.Attempts[0].At); took != 75*time.Hour+35*time.Minute+5*time.Second {
		t.Errorf("ten attempts over %s", took)
	}
	if a := d.Attempts[3]; a.Status != 500 || a.Excerpt != "the endpoint's own words" {
		t.Errorf("%+v", a)
	}
	for _, hook := range e.got {
		if !bytes.Equal(hook.Body, e.got[0].Body) || hook.Header.Get("X-Waybill-Delivery") != string(d.ID) {
			t.Error("attempts differ")
		}
	}
	buried, err := w.Engine.Store.Queue().Buried(t.Context(), 10)
	if err != nil || len(buried) != 1 || buried[0].Subject != d.ID {
		t.Errorf("%+v %v", buried, err)
	}
	e.answers(204)
	if _, err := w.desk.ReplayDelivery(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	w.work(t)
	if d = w.deliveries(t, s)[0]; d.State != engine.DeliveryDelivered || len(d.Attempts) != 11 || !bytes.Equal(e.got[10].Body, e.got[0].Body) {
		t.Errorf("replayed: %s after %d attempts", d.State, len(d.Attempts))
	}
}

func TestAnEndpointMayPutUsOff(t *testing.T) {
	for _, test := range []struct {
		header string
		want   time.Duration
	}{
		{"600", 10 * time.Minute}, {"1", 5 * time.Second}, {"9999999", 24 * time.Hour}, {"-5", 5 * time.Second}, {"soon", 5 * time.Second},
		{noon.Add(time.Hour).Format(http.TimeFormat), time.Hour},
	} {
		w, e := found(t), listen(t)
		e.answers(503, "Retry-After", test.header)
		w.subscribe(t, e, nil)
		ship(t, w.App, "A-1")
		w.work(t)
		next, err := w.Engine.Store.Queue().NextDue(t.Context(), []waybill.JobKind{waybill.JobDeliver})
		if err != nil || next.Sub(noon) != test.want {
			t.Errorf("Retry-After %s: again after %s (%v), want %s", test.header, next.Sub(noon), err, test.want)
		}
	}
}

func TestRetriesAreSpreadByATenth(t *testing.T) {
	for name, test := range map[string]struct {
		random func(int64) int64
		want   time.Duration
	}{
		"earliest": {func(int64) int64 { return 0 }, 4500 * time.Millisecond},
		"latest":   {func(n int64) int64 { return n - 1 }, 5500*time.Millisecond - time.Nanosecond},
	} {
		w, e := found(t), listen(t)
		w.deliverer.Random = test.random
		e.answers(500)
		w.subscribe(t, e, nil)
		ship(t, w.App, "A-1")
		w.work(t)
		next, err := w.Engine.Store.Queue().NextDue(t.Context(), nil)
		if err != nil || next.Sub(noon) != test.want.Truncate(time.Microsecond) {
			t.Errorf("%s: again after %s (%v), want %s", name, next.Sub(noon), err, test.want)
		}
	}
}

func TestOrderIsKeptAndADeadEndpointDelaysNoOther(t *testing.T) {
	w, dead, alive := found(t), listen(t), listen(t)
	dead.answers(500)
	s := w.subscribe(t, dead, func(in *engine.PutSubscription) { in.Name = "dead" })
	w.subscribe(t, alive, func(in *engine.PutSubscription) { in.Name = "alive" })
	for _, reference := range []string{"A-1", "A-2", "A-3"} {
		ship(t, w.App, reference)
	}
	w.work(t)
	all := []string{"shipment.created A-1", "shipment.created A-2", "shipment.created A-3"}
	if heard := alive.hears(t); !slices.Equal(heard, all) {
		t.Errorf("the other endpoint heard %v", heard)
	}
	if heard := dead.hears(t); !slices.Equal(heard, all[:1]) {
		t.Errorf("the dead endpoint was sent %v before the first was settled", heard)
	}
	dead.answers(200)
	w.Clock.Advance(6 * time.Second)
	w.work(t)
	if heard := dead.hears(t); !slices.Equal(heard, append(all[:1:1], all...)) {
		t.Errorf("when it was back it heard %v", heard)
	}
	for _, d := range w.deliveries(t, s) {
		if d.State != engine.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
	}
}

func TestAnEndpointThatIsGoneIsPausedAndHearsAllWhenResumed(t *testing.T) {
	w, e := found(t), listen(t)
	e.answers(410)
	s := w.subscribe(t, e, nil)
	ship(t, w.App, "A-1")
	ship(t, w.App, "A-2")
	w.work(t)
	w.Clock.Advance(time.Hour)
	w.work(t)
	w.Authorization = "Bearer " + token(t, w.Engine, "toy")
	ship(t, w.App, "A-3") // while it is paused
	w.work(t)
	if heard := e.hears(t); len(heard) != 1 {
		t.Fatalf("while it was paused it heard %v", heard)
	}
	e.answers(200)
	resumed, err := w.desk.ResumeSubscription(t.Context(), s.ID)
	if err != nil || resumed.Paused {
		t.Fatal(resumed, err)
	}
	w.work(t)
	if heard := e.hears(t); !slices.Equal(heard[1:], []string{"shipment.created A-1", "shipment.created A-2", "shipment.created A-3"}) {
		t.Error(heard)
	}
}

func TestTwoDeadDeliveriesInARowPauseTheEndpoint(t *testing.T) {
	w, e := found(t), listen(t)
	e.answers(500)
	s := w.subscribe(t, e, nil)
	for _, reference := range []string{"A-1", "A-2", "A-3"} {
		ship(t, w.App, reference)
	}
	for range 40 {
		w.work(t)
		w.Clock.Advance(25 * time.Hour)
	}
	states := []string{}
	for _, d := range w.deliveries(t, s) {
		states = append(states, d.State)
	}
	if !slices.Equal(states, []string{"dead", "dead", "pending"}) || len(e.got) != 20 {
		t.Errorf("%v after %d messages", states, len(e.got))
	}
}

func TestOnlyTheStatusesAskedForAreSent(t *testing.T) {
	w, wants, ignores := found(t), listen(t), listen(t)
	only := func(status waybill.Booking) func(*engine.PutSubscription) {
		return func(in *engine.PutSubscription) { in.Name, in.Statuses = string(status), ptr([]string{string(status)}) }
	}
	w.subscribe(t, wants, only(waybill.NoProvider))
	s := w.subscribe(t, ignores, only(waybill.Booked))
	ship(t, w.App, "A-1")
	w.work(t)
	if heard := wants.hears(t); len(heard) != 1 {
		t.Error(heard)
	}
	if d := w.deliveries(t, s); len(ignores.got) != 0 || len(d) != 1 || d[0].State != engine.DeliverySkipped || len(d[0].Attempts) != 0 {
		t.Errorf("%d heard; %+v", len(ignores.got), d)
	}
	if left := depth(t, w); left != 0 {
		t.Errorf("%d jobs are left", left)
	}
}

func TestAHugeAnswerIsNotReadToItsEnd(t *testing.T) {
	w, e := found(t), listen(t)
	written := 0
	e.answer = func(w http.ResponseWriter) {
		chunk := bytes.Repeat([]byte("x\x00\xff"), 10_000)
		for range 10_000 { // 300 MB
			n, err := w.Write(chunk)
			if written += n; err != nil {
				return
			}
		}
	}
	s := w.subscribe(t, e, nil)
	ship(t, w.App, "A-1")
	w.work(t)
	e.CloseClientConnections()
	e.mu.Lock()
	defer e.mu.Unlock()
	d := w.deliveries(t, s)[0]
	if written > 50_000_000 || len(d.Attempts) != 1 || len(d.Attempts[0].Excerpt) > 500 || strings.ContainsAny(d.Attempts[0].Excerpt, "\x00\xff") {
		t.Errorf("%d bytes taken; %+v", written, d.Attempts)
	}
}

func TestPrivateAddressesAreRefusedAndNotNamed(t *testing.T) {
	w, e := found(t), listen(t)
	s := w.subscribe(t, e, nil)
	ship(t, w.App, "A-1")
	deliverer := &dialect.Deliverer{
		Engine: w.Engine, Client: dialect.Guard{}.Client(), Base: func(string) string { return "" },
		Speak: map[string]func(waybill.Event, dialect.Endpoint) (dialect.Message, bool){"toy": speakToy},
	}
	runner := job.New(job.Config{
		Queue: w.Engine.Store.Queue(), Clock: w.Clock, Log: w.Engine.Log, Handlers: map[waybill.JobKind]job.Handler{waybill.JobDeliver: deliverer.Deliver},
	})
	if worked, err := runner.Step(t.Context()); !worked || err != nil {
		t.Fatal(worked, err)
	}
	d := w.deliveries(t, s)[0]
	if len(e.got) != 0 || len(d.Attempts) != 1 || !strings.Contains(d.Attempts[0].Error, "not public") {
		t.Fatalf("%d sent; %+v", len(e.got), d.Attempts)
	}
	if strings.Contains(d.Attempts[0].Error, "127.0.0.1") || strings.Contains(d.Attempts[0].Error, "secret-in-address") {
		t.Error(d.Attempts[0].Error)
	}
}

func TestSubscriptionsAreChecked(t *testing.T) {
	w, e := found(t), listen(t)
	for name, in := range map[string]engine.PutSubscription{
		"no address":     {Dialect: "toy"},
		"no dialect":     {URL: e.URL},
		"other scheme":   {Dialect: "toy", URL: "ftp://example.com/"},
		"password":       {Dialect: "toy", URL: "https://user:password@example.com/"},
		"no host":        {Dialect: "toy", URL: "https:///path"},
		"unknown kind":   {Dialect: "toy", URL: e.URL, Kinds: &[]waybill.EventKind{"shipment.teleported"}},
		"header smuggle": {Dialect: "toy", URL: e.URL, Token: ptr("a\r\nX: b")},
	} {
		if _, err := w.desk.PutSubscription(t.Context(), in); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("%s: %v", name, err)
		}
	}
	reader := w.desk
	reader.Actor.Role = waybill.RoleReadOnly
	if _, err := reader.PutSubscription(t.Context(), engine.PutSubscription{Dialect: "toy", URL: e.URL}); waybill.ReasonOf(err) != waybill.ReasonRole {
		t.Error(err)
	}
}
