package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier/house"
	"waybill/engine"
	"waybill/internal/steadytest"
)

// patience is how long something may take that takes a moment on an idle machine.
const patience = steadytest.Patience

// fresh is a configuration on ports of its own in a folder of its own.
func fresh(t testing.TB) Config {
	t.Helper()
	cfg := Defaults()
	cfg.Data, cfg.Listen, cfg.Admin = t.TempDir(), "127.0.0.1:0", ""
	return cfg
}

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// running is a program that serves.
type running struct {
	*App
	t   testing.TB
	url string
	log *logged
	// stopRun asks it to stop and waits until it has; stop closes it too. Each is done once.
	stopRun, stop func() error
}

// build makes a program that is closed when the test ends.
func build(t testing.TB, cfg Config) *App {
	t.Helper()
	a, err := New(t.Context(), cfg, Parts{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// serve starts a program and waits until it answers.
func serve(t testing.TB, cfg Config) *running {
	t.Helper()
	log := &logged{}
	level := new(slog.LevelVar)
	a, err := New(t.Context(), cfg, Parts{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level}))})
	if err != nil {
		t.Fatal(err)
	}
	a.level = level
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func(url string) { ready <- url }) }()
	r := &running{App: a, t: t, log: log}
	r.stopRun = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	r.stop = sync.OnceValue(func() error { return errors.Join(r.stopRun(), a.Close()) })
	select {
	case r.url = <-ready:
	case err := <-ended:
		t.Fatalf("it does not serve: %v", err)
	case <-time.After(patience):
		t.Fatal("it does not answer")
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !holds(); {
		if time.Now().After(until) {
			t.Fatalf("this never came true: %s", what)
		}
		time.Sleep(5 * time.Millisecond) // between two looks
	}
}

// do is a verb of the desk that must succeed.
func (r *running) do(account, verb string, in, out any) {
	r.t.Helper()
	do(r.t, r.App, account, verb, in, out)
}

func do(t testing.TB, a *App, account, verb string, in, out any) {
	t.Helper()
	if err := a.Do(t.Context(), account, verb, in, out); err != nil {
		t.Fatalf("%s: %v", verb, err)
	}
}

// seat is the administrator of the installation at work in an account.
func seat(t testing.TB, a *App, account string) engine.Session {
	t.Helper()
	s, err := a.session(t.Context(), account, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shipmentOf is a shipment of an account.
func shipmentOf(t testing.TB, a *App, account, reference string) waybill.Shipment {
	t.Helper()
	sh, err := seat(t, a, account).GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{Reference: reference}})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// call is one request; it answers status and body.
func (r *running) call(method, path, token string, body any) (int, map[string]any) {
	r.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return r.send(request)
}

func (r *running) send(request *http.Request) (int, map[string]any) {
	r.t.Helper()
	client, _ := r.settings().Local()
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	answer := map[string]any{}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &answer) // a list or text has nothing to look for
	return response.StatusCode, answer
}

// lynkupLogin asks for a LynkUp token; empty when it is refused.
func (r *running) lynkupLogin(client, secret string) string {
	r.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+lynkupTokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(client, secret)
	status, answer := r.send(request)
	if token := text(answer, "access_token"); (status == http.StatusOK) == (token != "") {
		return token
	}
	r.t.Fatalf("the token endpoint answers %d with %v", status, answer)
	return ""
}

// shiptheoryLogin asks for a Shiptheory token; empty when it is refused.
func (r *running) shiptheoryLogin(email, password string) string {
	r.t.Helper()
	_, answer := r.call(http.MethodPost, shiptheoryTokenPath, "", map[string]any{"email": email, "password": password})
	return text(answer, "data", "token")
}

// shop makes an account with a client (NAME-client, NAME-secret), a house courier and the Boston location 7709.
func shop(t testing.TB, a *App, name string) {
	t.Helper()
	do(t, a, "", "account.save", waybill.Account{Name: name, TenantID: name, Settings: waybill.Settings{Currency: "USD"}}, nil)
	do(t, a, name, "client.save", SaveClient{
		Client: waybill.Client{ClientID: name + "-client", Name: name, Role: waybill.RoleOperations}, NewSecret: name + "-secret",
	}, nil)
	var c waybill.Connection
	do(t, a, name, "connection.save", SaveConnection{Connection: waybill.Connection{
		ExternalID: "vans", Carrier: "house", Name: "Vans", Mode: waybill.ModeLive, Settings: map[string]string{"rate_card": demoCard(t)},
	}}, &c)
	do(t, a, name, "location.save", waybill.Location{
		ExternalID: "7709", Name: "Boston", TimeZone: "America/New_York", Connections: []waybill.ID{c.ID},
		Contact: waybill.Contact{Name: "Ann", Phone: "+1 617-555-0100"},
		Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
	}, nil)
}

// ups adds a connection with a secret setting; nobody calls it.
func ups(t testing.TB, a *App, account string) {
	t.Helper()
	do(t, a, account, "connection.save", SaveConnection{
		Connection: waybill.Connection{
			ExternalID: "ups", Carrier: "ups", Name: "UPS", Mode: waybill.ModeSandbox,
			Settings: map[string]string{"client_id": "id", "account_number": "A1B2C3"},
		},
		Secrets: Secrets{"client_secret": "very-secret"},
	}, nil)
}

func mustRead(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mustWrite(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// demoCard is the example rate card of the United States.
func demoCard(t testing.TB) string {
	t.Helper()
	card, err := house.DemoCard("us")
	if err != nil {
		t.Fatal(err)
	}
	return string(card)
}

// idOf is the id of an account by its name; none for no name.
func idOf(t testing.TB, a *App, name string) waybill.ID {
	t.Helper()
	var all []waybill.Account
	do(t, a, "", "account.list", struct{}{}, &all)
	for _, account := range all {
		if account.Name == name {
			return account.ID
		}
	}
	if name != "" {
		t.Fatalf("there is no account %q", name)
	}
	return ""
}
