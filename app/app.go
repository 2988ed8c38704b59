// Package app puts Waybill together: it is the only package that knows everyone. New is the wiring in
// reading order; Run serves until it is told to stop; Close puts everything away.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"waybill"
	"waybill/carrier"
	carriers "waybill/carrier/all"
	"waybill/dialect"
	"waybill/engine"
	"waybill/job"
	"waybill/server"
	"waybill/store/sqlstore"
)

// Version is set when a release is built.
var Version = "dev"

// App is the whole program as a value that tests can start too.
type App struct {
	Config Config // as it was started; see settings for what may have changed since
	Engine *engine.Engine
	Runner *job.Runner
	Server *server.Server
	Store  *sqlstore.Store

	now     atomic.Pointer[Config] // in force
	log     *slog.Logger
	level   *slog.LevelVar
	metrics *prometheus.Registry
	replays *dialect.Replays
	fresh   bool // metrics are read anew at every scrape
	doors   []*door
	sims    *fleet
	cert    atomic.Pointer[tls.Certificate]
	closers []func() error
}

// settings is the configuration in force: as started, with what was read anew since.
func (a *App) settings() Config { return *a.now.Load() }

// Parts are what a test puts in the place of the world. Zero: the world.
type Parts struct {
	Clock waybill.Clock
	IDs   *waybill.IDs
	Log   *slog.Logger
	// Webhooks is the client webhooks are sent with; nil: one that refuses private addresses.
	Webhooks *http.Client
	// Random spreads retries; it answers a number from 0 up to n.
	Random func(n int64) int64
	// Fresh has every scrape of metrics read the database anew; else what was read is good for some seconds.
	Fresh bool
}

// New builds the program. What was opened is closed again when it fails.
func New(ctx context.Context, cfg Config, parts Parts) (*App, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	ring, err := readKeys(cfg)
	if err != nil {
		return nil, err
	}
	a, err := assemble(ctx, cfg, parts, ring)
	if err != nil {
		return nil, err
	}
	if err := a.settleKeys(ctx, ring); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if cfg.Demo {
		if err := a.seedDemo(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("demo data: %w", err), a.Close())
		}
	}
	return a, nil
}

// assemble is the wiring in reading order. It asks nothing of the keys but that they are well-formed.
func assemble(ctx context.Context, cfg Config, parts Parts, ring keyring) (app *App, err error) {
	a := &App{Config: cfg, metrics: prometheus.NewRegistry(), level: new(slog.LevelVar), replays: dialect.NewReplays(), fresh: parts.Fresh}
	a.now.Store(&cfg)
	a.log = parts.Log
	if a.log == nil {
		a.log = newLog(cfg.Log, a.level)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	clock := parts.Clock
	if clock == nil {
		clock = waybill.SystemClock{}
	}
	ids := parts.IDs
	if ids == nil {
		ids = waybill.NewIDs(clock, nil)
	}
	vault, err := ring.vault()
	if err != nil {
		return nil, err
	}
	a.Store, err = sqlstore.Open(ctx, sqlstore.Config{
		Dir: cfg.storeDir(), URL: cfg.Database, Clock: parts.Clock, Log: a.log, Secret: vault.Derive("cursor"), Migrate: cfg.Migrate,
		Failed: a.countFailures(),
	})
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, a.Store.Close)
	registry, err := carrier.NewRegistry(carriers.Drivers()...)
	if err != nil {
		return nil, err
	}
	a.simulate(clock)
	spoken := spoken()
	a.Engine = engine.New(engine.Config{
		Store: a.Store, Carriers: registry, Simulator: a.sims.Base, Clock: clock, IDs: ids, Log: a.log, Vault: vault,
		Env:      carrier.Env{HTTP: carrierClient(), Clock: clock, Log: a.log},
		Limits:   usualLimits(spoken),
		Speaks:   speaks(spoken),
		Statuses: waitedFor(spoken),
		Purchase: cfg.purchaseDeadline(),
		Demo:     cfg.Demo,
		Version:  Version,
		Journal:  a.journal(clock), KeepFor: cfg.RequestLog.For, Bare: cfg.RequestLog.Keep == keepBare,
		Operated: a.countOperations(registry.Drivers()),
	})
	a.observe(clock)
	meter := dialect.NewMetrics(a.metrics)
	a.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.Server = a.open(spoken, meter, vault, clock)
	jobs := job.Config{
		Queue: a.Store.Queue(), Clock: clock, Log: a.log, Random: parts.Random,
		Handlers: a.handlers(spoken, meter, vault, clock, parts),
		Parallel: map[waybill.JobKind]int{waybill.JobDeliver: 32, waybill.JobSettle: 8, waybill.JobPoll: 6},
	}
	a.watch(&jobs)
	a.Runner = job.New(jobs)
	return a, nil
}

// linkLife is how long the address of a label is good.
const linkLife = 7 * 24 * time.Hour

// open is the front door with every dialect mounted.
func (a *App) open(spoken []dialect.Dialect, meter *dialect.Metrics, vault *engine.Vault, clock waybill.Clock) *server.Server {
	var srv *server.Server
	deps := dialect.Deps{
		Engine: a.Engine, Metrics: meter, Replays: a.replays,
		Notes: dialect.Notes{Bare: a.Config.RequestLog.Keep == keepBare, Most: a.Config.RequestLog.Body},
		Link: func(root, kind string, id waybill.ID) string {
			return root + "/l/" + vault.Link(kind, id, clock.Now().Add(linkLife))
		},
		Draining: func() bool { return srv.Draining() },
	}
	var mounts []server.Mount
	for _, d := range spoken {
		mounted := &door{dialect: d, deps: deps}
		mounted.limit(a.Config.Limits)
		a.doors = append(a.doors, mounted)
		mounts = append(mounts, server.Mount{Name: d.Name, Title: d.Title, Prefix: d.Path(), Handler: mounted})
	}
	srv = server.New(server.Config{
		Mounts: mounts, Log: a.log, Version: Version, Routing: a.Config.routing(), TryKeys: a.Config.tryKeys(),
		Ready: []server.Check{{Name: "store", Run: a.Store.Ready}},
		Pushed: func(ctx context.Context, connection, secret string, header map[string][]string, body []byte) error {
			return a.Engine.Push(ctx, waybill.ID(connection), secret, header, body)
		},
		File: a.Engine.OpenLink,
	})
	return srv
}

// door is a dialect at the front door. New limits put a new handler in the place of the old; what the old
// one counted is forgotten.
type door struct {
	dialect dialect.Dialect
	deps    dialect.Deps
	handler atomic.Pointer[http.Handler]
}

func (d *door) limit(limits Limits) {
	d.deps.PerIP, d.deps.OpenPerIP = limits.PerIP, limits.TokenPerIP
	handler := dialect.Serve(d.dialect, d.deps)
	d.handler.Store(&handler)
}

// ServeHTTP hands on to the handler in use.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*d.handler.Load()).ServeHTTP(w, r) }

// handlers are everything that sets the engine in motion besides requests.
func (a *App) handlers(
	spoken []dialect.Dialect, meter *dialect.Metrics, vault *engine.Vault, clock waybill.Clock, parts Parts,
) map[waybill.JobKind]job.Handler {
	client := parts.Webhooks
	if client == nil {
		client = dialect.Guard{Allow: networks(a.Config.Webhooks.AllowNetworks)}.Client()
	}
	speak, path := map[string]func(waybill.Event, dialect.Endpoint) (dialect.Message, bool){}, map[string]string{}
	for _, d := range spoken {
		speak[d.Name], path[d.Name] = d.Speak, d.Path()
	}
	deliverer := &dialect.Deliverer{
		Engine: a.Engine, Speak: speak, Client: client, Random: parts.Random, Metrics: meter,
		Base: func(name string) string { return a.settings().URL() + path[name] },
		Link: func(kind string, id waybill.ID) string {
			return a.settings().URL() + "/l/" + vault.Link(kind, id, clock.Now().Add(linkLife))
		},
	}
	return causing(map[waybill.JobKind]job.Handler{
		waybill.JobSettle:   a.Engine.Settle,
		waybill.JobVoid:     a.Engine.Void,
		waybill.JobRetry:    a.Engine.Retry,
		waybill.JobNumbers:  a.Engine.FetchNumbers,
		waybill.JobRebill:   a.Engine.Rebill,
		waybill.JobPickup:   a.Engine.VisitPickup,
		waybill.JobManifest: a.Engine.SettleManifest,
		waybill.JobRemind:   a.Engine.Remind,
		waybill.JobPoll:     a.Engine.Poll,
		waybill.JobPushed:   a.Engine.Pushed,
		waybill.JobReturn:   a.Engine.AttachReturn,
		waybill.JobSample:   a.Engine.GiveSampleBack,
		waybill.JobErase:    a.Engine.EraseJob,
		waybill.JobClose:    a.Engine.RemoveClosed,
		waybill.JobSweep:    a.Engine.Sweep,
		waybill.JobIndex:    a.Engine.Index,
		waybill.JobDeliver:  deliverer.Deliver,
	})
}

// speaks says which events a dialect has words for, so that no delivery is queued that would say nothing.
func speaks(spoken []dialect.Dialect) func(string, waybill.EventKind) bool {
	known := map[string][]waybill.EventKind{}
	for _, d := range spoken {
		known[d.Name] = d.Speaks
	}
	return func(name string, kind waybill.EventKind) bool { return slices.Contains(known[name], kind) }
}

// waitedFor are the words that each dialect's messages can be about.
func waitedFor(spoken []dialect.Dialect) func(string) ([]string, bool) {
	known := map[string][]string{}
	for _, d := range spoken {
		known[d.Name] = d.Statuses
	}
	return func(name string) ([]string, bool) {
		words, ok := known[name]
		return words, ok
	}
}

// usualLimits are those of the dialects themselves.
func usualLimits(spoken []dialect.Dialect) (list []engine.APILimit) {
	for _, d := range spoken {
		list = append(list, engine.APILimit{Dialect: d.Name, Limit: d.Limit})
	}
	return list
}

// carrierClient calls carriers: pooled connections, no redirects with credentials in them.
func carrierClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost:   32,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 60 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Handler answers requests of all APIs.
func (a *App) Handler() http.Handler { return a.Server }

// Admin answers metrics, profiles and health; it belongs on loopback. It goes on answering while the program
// stops, so that whoever watches sees it stop.
func (a *App) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", server.Admin(a.metrics))
	mux.Handle("GET /healthz", a.Server)
	mux.Handle("GET /readyz", a.Server)
	return mux
}

// Drain does all jobs that are due now, one after the other: tests and the demo move time by it.
func (a *App) Drain(ctx context.Context) error { return a.Runner.Drain(ctx) }

// Close puts away what New opened.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}
