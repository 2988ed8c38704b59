package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"waybill"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/carrier/doordash/doordashsim"
	"waybill/carrier/ups/upssim"
	"waybill/internal/fixture"
)

// What the simulators are told about their one customer.
const (
	simClient    = "demo-ups"
	simSecret    = "demo-ups-secret"
	simAccount   = "A1B2C3"
	simShop      = "DEMO SHOP"
	simToken     = "demo-delhivery-token"
	simDeveloper = "demo-developer"
	simKey       = "demo-key"
	simSigning   = "ZGVtby1kb29yZGFzaC1zaWduaW5nLXNlY3JldA"
)

// standIn is one carrier simulator: how it is opened on a clock, with where to remember, and what a
// connection with it must be told.
type standIn struct {
	name     string
	open     func(clock waybill.Clock, where memory) (simulated, error)
	settings map[string]string
	secrets  map[string]string
}

// standIns are all carrier simulators.
func standIns() []standIn {
	return []standIn{
		{
			name: "ups",
			open: func(clock waybill.Clock, where memory) (simulated, error) {
				return upssim.Open(upssim.Options{
					Clock: clock, StateFile: where.file, Shared: where.shared,
					ClientID: simClient, ClientSecret: simSecret, Accounts: []string{simAccount},
				})
			},
			settings: map[string]string{"client_id": simClient, "account_number": simAccount},
			secrets:  map[string]string{"client_secret": simSecret},
		},
		{
			name: "delhivery",
			open: func(clock waybill.Clock, where memory) (simulated, error) {
				return delhiverysim.Open(delhiverysim.Options{Clock: clock, StateFile: where.file, Shared: where.shared, Token: simToken, ClientName: simShop})
			},
			settings: map[string]string{"client_name": simShop},
			secrets:  map[string]string{"token": simToken},
		},
		{
			name: "doordash",
			open: func(clock waybill.Clock, where memory) (simulated, error) {
				return doordashsim.Open(doordashsim.Options{
					Clock: clock, StateFile: where.file, Shared: where.shared, DeveloperID: simDeveloper, KeyID: simKey, SigningSecret: simSigning,
				})
			},
			settings: map[string]string{"developer_id": simDeveloper, "key_id": simKey},
			secrets:  map[string]string{"signing_secret": simSigning},
		},
	}
}

// fleet are the carrier simulators that this process serves, each on a loopback port of its own from when a connection
// needs it first.
type fleet struct {
	clock  waybill.Clock
	memory func(name string) (memory, error)
	open   bool // also to who drives them from outside: POST /_sim/…

	mu      sync.Mutex
	serving map[string]*simulator
	closed  bool
}

// memory is where a simulator remembers: a file, or where several nodes do. Neither: it forgets when it stops.
type memory struct {
	file   string
	shared fixture.Shared
}

// simulator is a carrier's stand-in that is served.
type simulator struct {
	base    string
	http    *http.Server
	handler simulated
}

// simulate makes the carrier simulators ready. What they booked is kept in the data folder, and of an installation on a
// database there, where all its nodes find it, so that a parcel is known whichever node asks after it, and after a restart.
func (a *App) simulate(clock waybill.Clock) {
	a.sims = &fleet{clock: clock, open: a.Config.Demo, serving: map[string]*simulator{}, memory: func(name string) (memory, error) {
		if a.Config.Database != "" {
			return memory{shared: &commonMemory{store: a.Store, surface: "simulator/" + name}}, nil
		}
		folder := filepath.Join(a.Config.Data, "simulators")
		return memory{file: filepath.Join(folder, name+".jsonl")}, os.MkdirAll(folder, 0o700)
	}}
	a.closers = append(a.closers, a.sims.close)
}

// Base is the address of a carrier's simulator, which is started if nobody needed it before; empty: there is none of it.
func (f *fleet) Base(carrier string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.serving[carrier]; s != nil {
		return s.base, nil
	}
	all := standIns()
	i := slices.IndexFunc(all, func(s standIn) bool { return s.name == carrier })
	if i < 0 || f.closed {
		return "", nil
	}
	s, err := f.serve(all[i])
	if err != nil {
		return "", err
	}
	f.serving[carrier] = s
	return s.base, nil
}

func (f *fleet) serve(one standIn) (*simulator, error) {
	where, err := f.memory(one.name)
	if err != nil {
		return nil, err
	}
	sim, err := one.open(f.clock, where)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, sim.Close())
	}
	var handler http.Handler = sim
	if !f.open {
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/_sim/") {
				http.NotFound(w, r)
				return
			}
			sim.ServeHTTP(w, r)
		})
	}
	s := &simulator{base: "http://" + listener.Addr().String(), handler: sim, http: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

func (f *fleet) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	var errs []error
	for _, s := range f.serving {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		errs = append(errs, s.handler.Close())
		if s.http.Shutdown(ctx) != nil {
			errs = append(errs, s.http.Close())
		}
		cancel()
	}
	clear(f.serving)
	return errors.Join(errs...)
}

// simulators opens every carrier simulator there is. Without a folder they forget when they stop.
func simulators(folder string, clock waybill.Clock) (map[string]simulated, error) {
	opened := map[string]simulated{}
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	for _, s := range standIns() {
		where := memory{}
		if folder != "" {
			where.file = filepath.Join(folder, s.name+".jsonl")
		}
		sim, err := s.open(clock, where)
		if err != nil {
			return nil, err
		}
		opened[s.name] = sim
	}
	return opened, nil
}

// simulated is a simulator: a handler that lets go of calls that hang, and of its file, when it is closed.
type simulated interface {
	http.Handler
	io.Closer
}

// Simulated is a carrier simulator that is served: where, and what a connection with it must be told.
type Simulated struct {
	Name, Base string
	Settings   map[string]string
	Secrets    map[string]string
}

// ServeSimulators serves every carrier simulator under its name until the process is told to stop.
func ServeSimulators(ctx context.Context, address, state string, ready func([]Simulated)) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return cannotListen(address, err)
	}
	handlers, err := simulators(state, waybill.SystemClock{})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	mux, served := http.NewServeMux(), []Simulated{}
	for _, s := range standIns() {
		mux.Handle("/"+s.name+"/", http.StripPrefix("/"+s.name, handlers[s.name]))
		served = append(served, Simulated{
			Name: s.name, Base: "http://" + listener.Addr().String() + "/" + s.name, Settings: s.settings, Secrets: s.secrets,
		})
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	ready(served)
	return ignoreClosed(srv.Serve(listener))
}
