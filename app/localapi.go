package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill/dialect/native"
	"waybill/engine"
)

// LocalAPI is how a client on this machine reaches Waybill's own API of an installation without having been given an
// address or a key: who may open the data folder may do everything there anyway.
type LocalAPI struct {
	Address string       // for client.New: the socket in the data folder, or the server's URL
	Token   string       // of an administrator of the account, for an hour
	HTTP    *http.Client // nil: any
	Demo    bool         // the account is the demo's
}

// ErrNoServer says that nobody serves this installation just now.
var ErrNoServer = errors.New("no server runs here")

// OpenLocalAPI finds the running server of a configuration and gets a token of an account; an empty name means the
// only account. Where none runs it is [ErrNoServer].
func OpenLocalAPI(ctx context.Context, cfg Config, account string) (LocalAPI, error) {
	if cfg.Database == "" {
		probe, err := net.DialTimeout("unix", cfg.socketPath(), time.Second)
		if err != nil {
			return LocalAPI{}, fmt.Errorf("%w, on the data folder %s: start one with `waybill serve`, or name one with --server", ErrNoServer, cfg.Data)
		}
		probe.Close()
	}
	desk, done, err := OpenDesk(ctx, cfg)
	if err != nil {
		return LocalAPI{}, err
	}
	var token TokenOut
	if err := errors.Join(desk.Do(ctx, account, "api.token", struct{}{}, &token), done()); err != nil {
		return LocalAPI{}, err
	}
	if cfg.Database == "" {
		return LocalAPI{Address: "unix://" + cfg.socketPath(), Token: token.Text, Demo: token.Demo}, nil
	}
	client, base := cfg.Local()
	return LocalAPI{Address: base, Token: token.Text, HTTP: client, Demo: token.Demo}, nil
}

// TokenOut is a token of Waybill's own API.
type TokenOut struct {
	Text string
	Demo bool
}

func localToken(s engine.Session, ctx context.Context) (TokenOut, error) {
	token, err := s.LocalToken(ctx, native.Name)
	if err != nil {
		return TokenOut{}, err
	}
	account, err := s.Account(ctx, s.Actor)
	return TokenOut{token.Text, account.Demo}, err
}

// serveSocket serves the socket: Waybill's own API under its prefix, the desk everywhere else. Links in answers are
// those of the address that clients elsewhere use.
func (a *App) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, native.Prefix+"/") {
		a.serveDesk(w, r)
		return
	}
	if public, err := url.Parse(a.settings().URL()); err == nil {
		r.Host = public.Host
	}
	a.Server.ServeHTTP(w, r)
}
