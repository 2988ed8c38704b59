package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"waybill/server"
)

// Run serves until ctx ends or the process is told to stop, then stops in order: not ready, listener
// shut, jobs claimed no more, purchases under way settled; Close then closes the store. A second signal ends
// the process at once. Ready is told the address when requests are answered.
func (a *App) Run(ctx context.Context, ready func(url string)) error {
	collectLess()
	signals := make(chan os.Signal, 2) // from here on a signal stops us in order
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
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
	back := a.listenAdmin(failed)
	closeDesk := a.listenDesk(ctx)
	go a.Runner.Run(context.WithoutCancel(ctx))
	url := a.settings().URL()
	a.log.Info("serving", "address", listener.Addr().String(), "url", url, "version", Version, "process", os.Getpid())
	if ready != nil {
		ready(url)
	}
	err = a.wait(ctx, signals, failed)
	return errors.Join(err, a.stop(front, back, closeDesk))
}

// listen opens the listener requests come in at.
func (a *App) listen() (net.Listener, error) {
	certificate, err := a.certificate(a.Config)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return nil, cannotListen(a.Config.Listen, err)
	}
	inForce := a.settings()
	inForce.Listen = listener.Addr().String() // the port may have been any
	a.now.Store(&inForce)
	if certificate == nil {
		return listener, nil
	}
	a.cert.Store(certificate)
	return a.secure(listener), nil
}

func cannotListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("cannot listen at %s: another program is there; choose another address with --listen", address)
	}
	return fmt.Errorf("cannot listen: %w", err)
}

// listenAdmin opens metrics, profiles and health on loopback. A taken port is no reason not to ship: it is
// said and left.
func (a *App) listenAdmin(failed chan<- error) *http.Server {
	srv := &http.Server{Handler: a.Admin(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	if a.Config.Admin == "" {
		return srv
	}
	listener, err := net.Listen("tcp", a.Config.Admin)
	if err != nil {
		a.log.Warn("no metrics: the admin address is taken", "address", a.Config.Admin)
		return srv
	}
	a.log.Debug("metrics", "address", listener.Addr().String())
	go func() { failed <- srv.Serve(listener) }()
	return srv
}

// renewEvery is how often the certificate is looked at again: its files may have been renewed, and one of
// our own authority ends some day.
const renewEvery = 24 * time.Hour

// wait returns when it is time to stop. SIGHUP reads the settings anew that may change meanwhile.
func (a *App) wait(ctx context.Context, signals <-chan os.Signal, failed <-chan error) error {
	renew := time.NewTicker(renewEvery)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-renew.C:
			if err := a.renew(a.settings()); err != nil {
				a.log.Error("the certificate is kept as it was", "error", err.Error())
			}
		case s := <-signals:
			if s != syscall.SIGHUP {
				a.log.Info("stopping; once more to stop at once", "signal", s.String())
				go hurry(signals)
				return nil
			}
			if err := a.Reload(); err != nil {
				a.log.Error("settings are kept as they were", "error", err.Error())
			}
		}
	}
}

// hurry ends the process at the next signal but SIGHUP. What was under way is settled after the next start.
func hurry(signals <-chan os.Signal) {
	for s := range signals {
		if s != syscall.SIGHUP {
			os.Exit(1)
		}
	}
}

func (a *App) stop(front, back *http.Server, closeDesk func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Drain)
	defer cancel()
	a.Server.Drain()
	errs := []error{
		ignoreClosed(front.Shutdown(ctx)),
		a.Runner.Stop(ctx),
		a.Engine.Drain(ctx),
		closeDesk(),
		a.Engine.Journal.Close(),
		back.Close(),
	}
	a.log.Info("stopped")
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
