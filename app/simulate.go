package app

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
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
	for name, handler := range simulators(a.Config.Data, clock) {
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

// simulators lists every carrier simulator there is. Without a folder they forget when they stop.
func simulators(folder string, clock waybill.Clock) map[string]http.Handler {
	state := func(name string) string {
		if folder == "" {
			return ""
		}
		return filepath.Join(folder, "simulators", name+".json")
	}
	return map[string]http.Handler{
		"ups": upssim.New(upssim.Options{Clock: clock, StateFile: state("ups"), ClientID: simClient, ClientSecret: simSecret}),
	}
}
