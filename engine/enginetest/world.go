// Package enginetest is a small world for tests: a real engine on a real store, the house courier and a
// simulated UPS on loopback, a clock that stands still until it is moved, and jobs that run when told.
package enginetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/all"
	"waybill/carrier/house"
	"waybill/carrier/ups/upssim"
	"waybill/engine"
	"waybill/internal/steadytest"
	"waybill/job"
	"waybill/store"
	"waybill/store/storetest"
)

// World is an engine with everything round it.
type World struct {
	T      testing.TB
	Clock  *waybill.ManualClock
	Store  store.Store
	Engine *engine.Engine
	Runner *job.Runner
	UPS    *upssim.Sim
	// Courier is a carrier in memory that can be told what to answer.
	Courier *Courier
	Log     *bytes.Buffer // all that was logged, debugging included
	Vault   *engine.Vault

	Deliver job.Handler   // of webhooks, when the test sets it before jobs run
	base    func() string // of the simulated UPS, which is served once somebody connects to it
}

// Options shapes a world. The zero value is a new SQLite file and an engine that takes all the time it needs: that a
// machine is slow changes no outcome.
type Options struct {
	Store  store.Store
	Clock  *waybill.ManualClock
	Config func(*engine.Config)
}

// zeros is a source of no randomness: ids count from the clock.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// New makes a world that ends with the test.
func New(t testing.TB, o Options) *World {
	t.Helper()
	w := &World{T: t, Clock: o.Clock, Store: o.Store, Courier: newCourier(), Log: &bytes.Buffer{}}
	if w.Clock == nil {
		w.Clock = waybill.NewManualClock(storetest.Start)
	}
	if w.Store == nil {
		w.Store = storetest.SQLite(t, w.Clock)
	}
	var ids io.Reader = zeros{}
	if _, another := w.Store.(twice); another { // a second node: its ids are its own
		ids = rand.Reader
	} else if os.Getenv("WAYBILL_TWICE") != "" {
		w.Store = twice{w.Store}
	}
	w.UPS = upssim.New(upssim.Options{Clock: w.Clock, MaxHang: steadytest.Patience})
	w.base = sync.OnceValue(w.serveUPS)
	registry, err := carrier.NewRegistry(append(all.Drivers(), w.Courier.Drivers()...)...)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := engine.NewVault(map[string][]byte{"testkey1": bytes.Repeat([]byte{7}, 32)}, "testkey1")
	if err != nil {
		t.Fatal(err)
	}
	w.Vault = vault
	log := slog.New(slog.NewTextHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := engine.Config{
		Store: w.Store, Carriers: registry, Clock: w.Clock, IDs: waybill.NewIDs(w.Clock, ids), Log: log, Vault: vault,
		Env: carrier.Env{HTTP: &http.Client{}, Clock: w.Clock, Log: log}, Answer: steadytest.Patience, Rating: steadytest.Patience,
	}
	if o.Config != nil {
		o.Config(&config)
	}
	w.Engine = engine.New(config)
	w.Runner = job.New(job.Config{
		Queue: w.Store.Queue(), Clock: w.Clock, Log: log, Random: func(int64) int64 { return 0 },
		Handlers: map[waybill.JobKind]job.Handler{
			waybill.JobSettle: w.Engine.Settle, waybill.JobVoid: w.Engine.Void, waybill.JobRetry: w.Engine.Retry,
			waybill.JobPoll: w.Engine.Poll, waybill.JobPushed: w.Engine.Pushed, waybill.JobReturn: w.Engine.AttachReturn, waybill.JobSample: w.Engine.GiveSampleBack,
			waybill.JobSweep: w.Engine.Sweep, waybill.JobNumbers: w.Engine.FetchNumbers, waybill.JobRebill: w.Engine.Rebill,
			waybill.JobErase: w.Engine.EraseJob, waybill.JobClose: w.Engine.RemoveClosed,
			waybill.JobPickup: w.Engine.VisitPickup, waybill.JobManifest: w.Engine.SettleManifest, waybill.JobRemind: w.Engine.Remind,
			waybill.JobDeliver: func(ctx context.Context, j waybill.Job) error {
				if w.Deliver == nil {
					return waybill.E("deliver", waybill.ReasonCarrierOutage, "no deliverer in this test")
				}
				return w.Deliver(ctx, j)
			},
		},
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), steadytest.Patience)
		defer cancel()
		if err := w.Engine.Drain(ctx); err != nil {
			t.Errorf("purchases still under way: %v", err)
		}
	})
	return w
}

func (w *World) serveUPS() string {
	server := httptest.NewServer(w.UPS)
	w.T.Cleanup(func() {
		w.UPS.Mischief().Clear()
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// Drain does every job that is due.
func (w *World) Drain() {
	w.T.Helper()
	if err := w.Runner.Drain(context.Background()); err != nil {
		w.T.Fatalf("drain: %v", err)
	}
}

// After moves the clock on and does what is due then.
func (w *World) After(d time.Duration) {
	w.T.Helper()
	w.Clock.Advance(d)
	w.Drain()
}

// Account makes an account and seats an administrator of it at the desk.
func (w *World) Account(name string) *Desk {
	w.T.Helper()
	account, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"}).SaveAccount(w.T.Context(), waybill.Account{
		Name: name, TenantID: name, Settings: waybill.Settings{Currency: "USD"},
	})
	if err != nil {
		w.T.Fatal(err)
	}
	actor := waybill.Actor{Kind: waybill.ActorClient, Name: "tester", Account: account.ID, Role: waybill.RoleAdmin, IP: "203.0.113.7"}
	return &Desk{World: w, Session: w.Engine.As(actor), Tenant: account}
}

// Desk is a session with short ways to set an account up; each fails the test when it fails.
type Desk struct {
	*World
	engine.Session
	Tenant waybill.Account
}

// House adds a house courier on an example rate card (us, gb, in).
func (d *Desk) House(id, name, card string) waybill.Connection {
	d.T.Helper()
	text, err := house.DemoCard(card)
	if err != nil {
		d.T.Fatal(err)
	}
	return d.Connect(engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: id, Carrier: "house", Name: name, Mode: waybill.ModeSimulator,
		Settings: map[string]string{"rate_card": string(text), "display_name": name},
	}})
}

// Ups adds a connection to the simulated UPS.
func (d *Desk) Ups(id string) waybill.Connection {
	d.T.Helper()
	return d.Connect(engine.SaveConnection{
		Connection: waybill.Connection{
			ExternalID: id, Carrier: "ups", Name: "UPS", Mode: waybill.ModeSimulator, Base: d.base(),
			Settings: map[string]string{"client_id": upssim.DefaultClientID, "account_number": upssim.DefaultAccount},
		},
		Secrets: carrier.Settings{"client_secret": upssim.DefaultClientSecret},
	})
}

// Fake adds a connection to the courier in memory, as "courier" or "mute".
func (d *Desk) Fake(id, driver string) waybill.Connection {
	d.T.Helper()
	return d.Connect(engine.SaveConnection{
		Connection: waybill.Connection{ExternalID: id, Carrier: driver, Name: id, DisplayName: id, Mode: waybill.ModeLive},
		Secrets:    carrier.Settings{"password": "hunter2"},
	})
}

// Service numbers a service of a connection.
func (d *Desk) Service(c waybill.Connection, code, name string, direction waybill.Direction) waybill.Service {
	d.T.Helper()
	v, err := d.SaveService(d.T.Context(), waybill.Service{
		Carrier: c.Name, Driver: c.Carrier, Code: code, Name: name, Direction: direction,
	})
	if err != nil {
		d.T.Fatalf("service %s: %v", name, err)
	}
	return v
}

// Connect saves a connection.
func (d *Desk) Connect(in engine.SaveConnection) waybill.Connection {
	d.T.Helper()
	c, err := d.SaveConnection(d.T.Context(), in)
	if err != nil {
		d.T.Fatalf("connection %s: %v", in.ExternalID, err)
	}
	return c
}

// Boston is the location 7709 with the connections.
func (d *Desk) Boston(connections ...waybill.Connection) waybill.Location {
	d.T.Helper()
	l := waybill.Location{
		ExternalID: "7709", Name: "Boston", TimeZone: "America/New_York",
		Contact: waybill.Contact{Name: "Ann Sender", Phone: "+1 617-555-0101"},
		Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
	}
	for _, c := range connections {
		l.Connections = append(l.Connections, c.ID)
	}
	saved, err := d.SaveLocation(d.T.Context(), l)
	if err != nil {
		d.T.Fatalf("location: %v", err)
	}
	return saved
}

// Rule saves a rule.
func (d *Desk) Rule(name, when, then string) {
	d.T.Helper()
	if _, err := d.SaveRule(d.T.Context(), waybill.Rule{Name: name, When: []byte(when), Then: []byte(then)}); err != nil {
		d.T.Fatalf("rule %s: %v", name, err)
	}
}

// Order is a small domestic order from location 7709.
func Order(reference string) engine.CreateShipment {
	return engine.CreateShipment{
		Location: "7709", MustLocate: true,
		Shipment: waybill.Shipment{
			Reference: reference,
			Value:     waybill.Amount{Value: "10", Currency: "USD"},
			To: waybill.Party{
				Contact: waybill.Contact{Name: "Ray Receiver", Phone: "+1 212-555-0102"},
				Address: waybill.Address{Street1: "725 Albany Street", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
			},
			Parcels: []waybill.Parcel{{
				Name: "custom", Items: 1,
				Size:   waybill.Size{Length: "10", Width: "10", Height: "10", Unit: waybill.Inch},
				Weight: waybill.Weight{Value: "10", Unit: waybill.Pound},
			}},
		},
	}
}
