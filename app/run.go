package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"waybill/server"
)

// Run serves until ctx ends or the process is told to stop, then stops in order: not ready, listener
// shut, jobs claimed no more, purchases under way settled, store closed by Close. A second signal ends
// the process at once. Ready is told the address when requests are answered.
func (a *App) Run(ctx context.Context, ready func(url string)) error {
	if err := a.Engine.Start(ctx); err != nil {
		return err
	}
	listener, err := a.listen()
	if err != nil {
		return err
	}
	front := server.HTTP(a.Server, a.log)
	failed := make(chan error, 2)
	go func() { failed <- front.Serve(listener) }()
	back, err := a.listenAdmin(failed)
	if err != nil {
		return errors.Join(err, front.Close())
	}
	closeDesk := func() error { return nil }
	if a.Config.Database == "" {
		if closeDesk, err = a.listenDesk(ctx); err != nil {
			return errors.Join(err, front.Close())
		}
	}
	go a.Runner.Run(context.WithoutCancel(ctx))
	url := a.Config.publicURL()
	a.log.Info("serving", "address", listener.Addr().String(), "url", url, "version", Version)
	if ready != nil {
		ready(url)
	}
	err = a.wait(ctx, failed)
	return errors.Join(err, a.stop(front, back, closeDesk))
}

// listen opens the listener requests come in at.
func (a *App) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w (another program may be there: choose another with --listen)", a.Config.Listen, err)
	}
	a.Config.Listen = listener.Addr().String()
	load := a.certificate
	certificate, err := load()
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if certificate == nil {
		return listener, nil
	}
	a.cert.Store(certificate)
	return tls.NewListener(listener, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.cert.Load(), nil },
	}), nil
}

// listenAdmin opens metrics and profiles on loopback. A taken port is no reason not to ship: it is said
// and left.
func (a *App) listenAdmin(failed chan<- error) (*http.Server, error) {
	if a.Config.Admin == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", a.Config.Admin)
	if err != nil {
		a.log.Warn("no metrics: the admin address is taken", "address", a.Config.Admin)
		return nil, nil
	}
	a.Config.Admin = listener.Addr().String()
	srv := &http.Server{Handler: a.Admin(), ReadHeaderTimeout: 5 * time.Second}
	go func() { failed <- srv.Serve(listener) }()
	return srv, nil
}

// wait returns when it is time to stop. SIGHUP reads the settings anew that may change meanwhile.
func (a *App) wait(ctx context.Context, failed <-chan error) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case s := <-signals:
			if s != syscall.SIGHUP {
				a.log.Info("stopping", "signal", s.String())
				go func() {
					again := make(chan os.Signal, 1)
					signal.Notify(again, os.Interrupt, syscall.SIGTERM)
					<-again
					os.Exit(1)
				}()
				return nil
			}
			if err := a.Reload(); err != nil {
				a.log.Error("settings are kept as they were", "error", err)
			}
		}
	}
}

// Reload reads the configuration anew and takes over what may change while the program runs: log level,
// hosts, root, trusted proxies, TLS files. What is wrong changes nothing.
func (a *App) Reload() error {
	if a.Config.Again == nil {
		return nil
	}
	fresh, err := a.Config.Again()
	if err != nil {
		return err
	}
	if err := fresh.Validate(); err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(fresh.Log.Level)); err != nil {
		return err
	}
	a.Config.TLS, a.Config.Hosts, a.Config.Root = fresh.TLS, fresh.Hosts, fresh.Root
	a.Config.TrustedProxies, a.Config.PublicURL = fresh.TrustedProxies, fresh.PublicURL
	certificate, err := a.certificate()
	if err != nil {
		return err
	}
	if certificate != nil {
		a.cert.Store(certificate)
	}
	a.level.Set(level)
	a.Server.Reroute(a.Config.routing())
	a.log.Info("settings read anew")
	return nil
}

func (a *App) stop(front, back *http.Server, closeDesk func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Drain)
	defer cancel()
	a.Server.Drain()
	errs := []error{ignoreClosed(front.Shutdown(ctx)), closeDesk()}
	if back != nil {
		errs = append(errs, back.Close())
	}
	errs = append(errs, a.Runner.Stop(ctx), a.Engine.Drain(ctx))
	a.log.Info("stopped")
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// certHolder is the certificate in use; a reload replaces it.
type certHolder = atomic.Pointer[tls.Certificate]
