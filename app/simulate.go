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
	"syscall"
	"time"

	"waybill"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/carrier/doordash/doordashsim"
	"waybill/carrier/ups/upssim"
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

// standIn is one carrier simulator: how it is opened on a clock, with a file to remember in, and what a
// connection with it must be told.
type standIn struct {
	name     string
	open     func(clock waybill.Clock, state string) (simulated, error)
	settings map[string]string
	secrets  map[string]string
}

// standIns are all carrier simulators.
func standIns() []standIn {
	return []standIn{
		{
			name: "ups",
			open: func(clock waybill.Clock, state string) (simulated, error) {
				return upssim.Open(upssim.Options{Clock: clock, StateFile: state, ClientID: simClient, ClientSecret: simSecret})
			},
			settings: map[string]string{"client_id": simClient, "account_number": simAccount},
			secrets:  map[string]string{"client_secret": simSecret},
		},
		{
			name: "delhivery",
			open: func(clock waybill.Clock, state string) (simulated, error) {
				return delhiverysim.Open(delhiverysim.Options{Clock: clock, StateFile: state, Token: simToken, ClientName: simShop})
			},
			settings: map[string]string{"client_name": simShop},
			secrets:  map[string]string{"token": simToken},
		},
		{
			name: "doordash",
			open: func(clock waybill.Clock, state string) (simulated, error) {
				return doordashsim.Open(doordashsim.Options{
					Clock: clock, StateFile: state, DeveloperID: simDeveloper, KeyID: simKey, SigningSecret: simSigning,
				})
			},
			settings: map[string]string{"developer_id": simDeveloper, "key_id": simKey},
			secrets:  map[string]string{"signing_secret": simSigning},
		},
	}
}

// simulator is a carrier's stand-in, served on a loopback port of its own.
type simulator struct {
	name string
	base string
	http *http.Server
}

// simulate starts the carrier simulators of the demo and tells their addresses by driver name. What
// they booked is kept in the data folder, also of a demo on a database, so that a restart finds it again.
func (a *App) simulate(clock waybill.Clock) (map[string]string, error) {
	bases := map[string]string{}
	if !a.Config.Demo {
		return bases, nil
	}
	handlers, err := simulators(filepath.Join(a.Config.Data, "simulators"), clock)
	if err != nil {
		return nil, err
	}
	for name, handler := range handlers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		s := &simulator{name: name, base: "http://" + listener.Addr().String(), http: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}}
		go func() { _ = s.http.Serve(listener) }()
		a.sims = append(a.sims, s)
		a.closers = append(a.closers, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			closed := handler.Close()
			if s.http.Shutdown(ctx) != nil {
				return errors.Join(closed, s.http.Close())
			}
			return closed
		})
		bases[name] = s.base
	}
	return bases, nil
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
		state := ""
		if folder != "" {
			state = filepath.Join(folder, s.name+".jsonl")
		}
		sim, err := s.open(clock, state)
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
