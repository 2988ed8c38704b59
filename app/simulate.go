package app

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"waybill"
	"waybill/carrier/ups/upssim"
)

// What the simulators of the demo are told about their one customer.
const (
	simClient  = "demo-ups"
	simSecret  = "demo-ups-secret"
	simAccount = "A1B2C3"
)

// simulator is a carrier's stand-in, served on a loopback port of its own.
type simulator struct {
	name string
	base string
	http *http.Server
}

// simulate starts the carrier simulators of the demo and tells their addresses by driver name. What
// they booked is kept in the data folder, so that a restart finds it again.
func (a *App) simulate(clock waybill.Clock) (map[string]string, error) {
	bases := map[string]string{}
	if !a.Config.Demo {
		return bases, nil
	}
	folder := ""
	if a.Config.Database == "" {
		folder = filepath.Join(a.Config.Data, "simulators")
	}
	handlers, err := simulators(folder, clock)
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
	state := ""
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
		state = filepath.Join(folder, "ups.jsonl")
	}
	ups, err := upssim.Open(upssim.Options{Clock: clock, StateFile: state, ClientID: simClient, ClientSecret: simSecret})
	if err != nil {
		return nil, err
	}
	return map[string]simulated{"ups": ups}, nil
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
	for _, name := range slices.Sorted(maps.Keys(handlers)) {
		mux.Handle("/"+name+"/", http.StripPrefix("/"+name, handlers[name]))
		served = append(served, Simulated{
			Name: name, Base: "http://" + listener.Addr().String() + "/" + name,
			Settings: map[string]string{"client_id": simClient, "account_number": simAccount},
			Secrets:  map[string]string{"client_secret": simSecret},
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
