package app

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
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
		go s.http.Serve(listener)
		a.sims = append(a.sims, s)
		a.closers = append(a.closers, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			if s.http.Shutdown(ctx) != nil {
				return s.http.Close()
			}
			return nil
		})
		bases[name] = s.base
	}
	return bases, nil
}

// simulators opens every carrier simulator there is. Without a folder they forget when they stop.
func simulators(folder string, clock waybill.Clock) (map[string]http.Handler, error) {
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
	return map[string]http.Handler{"ups": ups}, nil
}

// ServeSimulators serves every carrier simulator under its name until the process is told to stop.
func ServeSimulators(ctx context.Context, address, state string, ready func(bases map[string]string)) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	handlers, err := simulators(state, waybill.SystemClock{})
	if err != nil {
		return err
	}
	mux, bases := http.NewServeMux(), map[string]string{}
	for name, handler := range handlers {
		mux.Handle("/"+name+"/", http.StripPrefix("/"+name, handler))
		bases[name] = "http://" + listener.Addr().String() + "/" + name
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	ready(bases)
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	return ignoreClosed(srv.Serve(listener))
}
