package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"waybill"
)

// A running server has its data folder to itself. The command line reaches it through a socket in that
// folder, which only the folder's owner can open, and asks it to carry out the verb.

type deskCall struct {
	Account, Verb string
	In            json.RawMessage
}

type deskAnswer struct {
	Out    json.RawMessage      `json:",omitempty"`
	Error  string               `json:",omitempty"`
	Reason waybill.Reason       `json:",omitempty"`
	Fields []waybill.FieldError `json:",omitempty"`
}

// socketPath is where the socket is, as the system takes it: it allows about 100 bytes, so a long path is
// given as it is seen from here.
func (c Config) socketPath() string {
	path := c.socket()
	if len(path) <= longestSocket {
		return path
	}
	if here, err := os.Getwd(); err == nil {
		if near, err := filepath.Rel(here, path); err == nil && len(near) < len(path) {
			return near
		}
	}
	return path
}

const longestSocket = 100

// listenDesk serves the socket until it is closed. Without it parcels are shipped all the same: that it cannot be
// had is said and left.
func (a *App) listenDesk(ctx context.Context) (closeDesk func() error) {
	if a.Config.Database != "" {
		return func() error { return nil } // commands work on the database themselves
	}
	path := a.Config.socketPath()
	_ = os.Remove(path) // of a server that was killed: the folder's lock is ours
	listener, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		a.log.Warn("set-up commands cannot be used while this server runs", "error", err.Error())
		return func() error { return nil }
	}
	srv := &http.Server{
		Handler: http.HandlerFunc(a.serveSocket), ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() { _ = srv.Serve(listener) }()
	return srv.Close
}

func (a *App) serveDesk(w http.ResponseWriter, r *http.Request) {
	var call deskCall
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var answer deskAnswer
	out, err := a.do(r.Context(), call.Account, call.Verb, call.In)
	if err == nil {
		answer.Out, err = json.Marshal(out)
	}
	if err != nil {
		answer.Error = err.Error()
		var e *waybill.Error
		if errors.As(err, &e) {
			answer.Reason, answer.Fields = e.Reason, e.Fields
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// remote is a desk at a running server.
type remote struct{ client *http.Client }

// Do asks the running server.
func (d remote) Do(ctx context.Context, account, verb string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	body, err := json.Marshal(deskCall{Account: account, Verb: verb, In: raw})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://desk/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer deskAnswer
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return &waybill.Error{Code: waybill.Reasons[answer.Reason], Reason: answer.Reason, Message: answer.Error, Fields: answer.Fields}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Out, out)
}

// OpenDesk is a desk at the server that has the data folder open or, when none runs, at an app opened for
// the purpose. Close it after use.
func OpenDesk(ctx context.Context, cfg Config) (Desk, func() error, error) {
	if cfg.Database == "" {
		path := cfg.socketPath()
		if probe, err := net.DialTimeout("unix", path, time.Second); err == nil {
			probe.Close()
			dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", path)
			}
			return remote{&http.Client{Transport: &http.Transport{DialContext: dial}}}, func() error { return nil }, nil
		}
	}
	a, err := New(ctx, cfg, Parts{})
	if err != nil {
		return nil, nil, err
	}
	// What was begun is brought to its end before the store is closed.
	return a, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.Drain)
		defer cancel()
		return errors.Join(a.Engine.Drain(ctx), a.Close())
	}, nil
}
