package dialecttest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/dialect"
	"waybill/engine"
	"waybill/job"
	"waybill/store"
	"waybill/store/sqlstore"
)

// Installation is the program around one dialect, ready to be started again and again from the same
// seeded data: the real engine over SQLite, with carriers of the harness's choice.
type Installation struct {
	Dialect dialect.Dialect
	Now     time.Time // where the clock stands at the start
	Drivers []carrier.Driver
	// Simulators are the base addresses of simulated carriers by driver name.
	Simulators map[string]string
	// Store opens an empty store of the test's own in place of a copied data folder, which is seeded anew.
	Store func(t testing.TB, clock waybill.Clock) *sqlstore.Store
	// Seed fills an empty installation and answers the Authorization header of the caller it seeded.
	Seed func(t *testing.T, e *engine.Engine) (authorization string)

	folder        string
	authorization string
}

// Prepare seeds the data that every start begins with. The installation is good until the test ends.
func (i *Installation) Prepare(t *testing.T) {
	t.Helper()
	if i.Store != nil {
		return
	}
	i.folder = t.TempDir()
	clock := waybill.NewManualClock(i.Now)
	kept := open(t, i.folder, clock)
	e := i.engine(t, kept, clock, 1)
	i.authorization = i.Seed(t, e)
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
}

// Start is a fresh app: a copy of the seeded data with an engine, runner and webhook sender of its own.
func (i *Installation) Start(t *testing.T) *App {
	t.Helper()
	clock := waybill.NewManualClock(i.Now)
	e, authorization := i.begin(t, clock)
	e.Journal = engine.NewJournal(e.Store, clock, e.Log)
	t.Cleanup(func() {
		if err := e.Journal.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := e.Drain(ctx); err != nil {
			t.Errorf("purchases under way did not end: %v", err)
		}
	})
	post := &postbox{}
	runner := i.runner(e, post)
	return &App{
		Engine:        e,
		Handler:       i.placed(dialect.Serve(i.Dialect, dialect.Deps{Engine: e, Link: link, Replays: dialect.NewReplays()})),
		Clock:         clock,
		Authorization: authorization,
		Hooks:         post.read,
		Drain: func(t *testing.T) {
			if err := runner.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
		Events: func(t *testing.T) (events []waybill.Event) {
			err := e.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
				events, _, err = tx.Events().Since("", time.Time{}, 10_000)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return events
		},
	}
}

// begin is an engine over seeded data: a copy of what was prepared, or a store of its own.
func (i *Installation) begin(t *testing.T, clock waybill.Clock) (*engine.Engine, string) {
	if i.Store != nil {
		e := i.engine(t, i.Store(t, clock), clock, 2)
		return e, i.Seed(t, e)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(i.folder)); err != nil {
		t.Fatal(err)
	}
	kept := open(t, folder, clock)
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	return i.engine(t, kept, clock, 2), i.authorization
}

func open(t *testing.T, folder string, clock waybill.Clock) *sqlstore.Store {
	t.Helper()
	kept, err := sqlstore.Open(context.Background(), sqlstore.Config{
		Dir: folder, Clock: clock, Log: slog.New(slog.DiscardHandler), Secret: bytes.Repeat([]byte{7}, 32),
		Budget: time.Minute, // a busy machine under the race detector is slow; that is not what is tested
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// engine is the real engine on a store. Ids of different generations never meet.
func (i *Installation) engine(t *testing.T, kept store.Store, clock waybill.Clock, generation byte) *engine.Engine {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	carriers, err := carrier.NewRegistry(i.Drivers...)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := engine.NewVault(map[string][]byte{"suitekey": bytes.Repeat([]byte{9}, 32)}, "suitekey")
	if err != nil {
		t.Fatal(err)
	}
	return engine.New(engine.Config{
		Store: kept, Carriers: carriers, Simulator: i.simulator, Clock: clock, Log: log, Vault: vault,
		IDs:      waybill.NewIDs(clock, bytes.NewReader(bytes.Repeat([]byte{generation}, 8))),
		Env:      carrier.Env{HTTP: http.DefaultClient, Clock: clock, Log: log},
		Limits:   []engine.APILimit{{Dialect: i.Dialect.Name, Limit: i.Dialect.Limit}},
		Statuses: func(name string) ([]string, bool) { return i.Dialect.Statuses, name == i.Dialect.Name },
	})
}

func (i *Installation) runner(e *engine.Engine, post *postbox) *job.Runner {
	deliverer := &dialect.Deliverer{
		Engine: e, Client: &http.Client{Transport: post}, Random: func(n int64) int64 { return n / 2 },
		Speak: map[string]func(waybill.Event, dialect.Endpoint) (dialect.Message, bool){i.Dialect.Name: i.Dialect.Speak},
		Base:  func(string) string { return root + i.Dialect.Path() },
		Link:  func(kind string, id waybill.ID) string { return link(root, kind, id) },
	}
	return job.New(job.Config{
		Queue: e.Store.Queue(), Clock: e.Clock, Log: e.Log, Random: func(n int64) int64 { return n / 2 },
		Handlers: map[waybill.JobKind]job.Handler{
			waybill.JobSettle: e.Settle, waybill.JobVoid: e.Void, waybill.JobRetry: e.Retry, waybill.JobPoll: e.Poll,
			waybill.JobPushed: e.Pushed, waybill.JobReturn: e.AttachReturn, waybill.JobSample: e.GiveSampleBack, waybill.JobDeliver: deliverer.Deliver,
			waybill.JobErase: e.EraseJob, waybill.JobClose: e.RemoveClosed,
			waybill.JobNumbers: e.FetchNumbers, waybill.JobRebill: e.Rebill, waybill.JobPickup: e.VisitPickup,
			waybill.JobManifest: e.SettleManifest, waybill.JobRemind: e.Remind,
		},
	})
}

// root is the public address of every installation of the suite.
const root = "http://waybill.test"

func link(root, kind string, id waybill.ID) string { return root + "/l/" + kind + "." + string(id) }

// placed is the handler as the server would serve it, under the dialect's prefix.
func (i *Installation) placed(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := dialect.Place{ID: "suite-request", IP: "192.0.2.1", Origin: root, Root: root, Base: root + i.Dialect.Path()}
		handler.ServeHTTP(w, place.At(r))
	})
}

// postbox is where all webhooks of an app end up, whatever their address. It takes everything.
type postbox struct {
	mu    sync.Mutex
	hooks []Hook
}

// RoundTrip takes a webhook.
func (p *postbox) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks = append(p.hooks, Hook{Header: r.Header.Clone(), Body: body})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func (p *postbox) read() []Hook {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Hook(nil), p.hooks...)
}

func (i *Installation) simulator(carrier string) (string, error) { return i.Simulators[carrier], nil }
