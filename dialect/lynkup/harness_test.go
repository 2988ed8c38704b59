package lynkup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/dialect/lynkup"
	"waybill/engine"
	"waybill/internal/steadytest"
	"waybill/job"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// epoch is when the clock of every app stands at first.
var epoch = time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)

// world is one app with what a test may reach for behind its back.
type world struct {
	*dialecttest.App
	engine  *engine.Engine
	courier *courier
	store   *sqlstore.Store
	account waybill.Account

	hookURL string
	mu      sync.Mutex
	hooks   []dialecttest.Hook
}

// worlds finds the world of an app.
var worlds sync.Map

func worldOf(app *dialecttest.App) *world {
	w, _ := worlds.Load(app)
	return w.(*world)
}

// start makes a fresh world with the seed account.
func start(t *testing.T) *dialecttest.App { return newWorld(t).App }

// template is a data file with the seed account in it, its token and its id: hashing secrets anew for each
// of hundreds of apps takes minutes.
var template = sync.OnceValues(func() (kit, error) {
	var k kit
	dir, err := os.MkdirTemp("", "lynkup-template-")
	if err != nil {
		return k, err
	}
	defer os.RemoveAll(dir)
	cfg := storetest.Config(waybill.NewManualClock(epoch))
	cfg.Dir = dir
	db, err := sqlstore.Open(context.Background(), cfg)
	if err != nil {
		return k, err
	}
	e := newEngine(db, waybill.NewManualClock(epoch), &courier{}, 0)
	e.TokenTTL = longToken
	k.account = seed(fatal{}, e)
	k.token = token(fatal{}, e)
	if err := db.Close(); err != nil {
		return k, err
	}
	for i, name := range files {
		if k.data[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return k, err
		}
	}
	return k, nil
})

// fatal lets the fixture be made outside any test.
type fatal struct{ testing.TB }

func (fatal) Helper()                           {}
func (fatal) Fatalf(format string, args ...any) { panic(args) }

// files are what a data folder consists of; the log may hold what the data file does not yet.
var files = [2]string{"waybill.db", "waybill.db-wal"}

type kit struct {
	data    [2][]byte
	token   string
	account waybill.Account
}

func newWorld(t testing.TB) *world {
	t.Helper()
	k, err := template()
	if err != nil {
		t.Fatal(err)
	}
	clock := waybill.NewManualClock(epoch)
	cfg := storetest.Config(clock)
	cfg.Dir = t.TempDir()
	for i, name := range files {
		if err := os.WriteFile(filepath.Join(cfg.Dir, name), k.data[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{courier: &courier{}, account: k.account, store: storetest.Open(t, cfg)}
	w.engine = newEngine(w.store, clock, w.courier, 1)
	w.serve(t, clock, k.token)
	return w
}

// onPostgreSQL makes a fresh world on a database server, seeded anew.
func onPostgreSQL(t *testing.T) *dialecttest.App {
	clock := waybill.NewManualClock(epoch)
	w := &world{courier: &courier{}, store: storetest.PostgreSQL(t, clock)}
	first := newEngine(w.store, clock, w.courier, 0)
	first.TokenTTL = longToken
	w.account = seed(t, first)
	w.engine = newEngine(w.store, clock, w.courier, 1)
	w.serve(t, clock, token(t, first))
	return w.App
}

// serve puts the dialect, a webhook sender and a runner round the engine.
func (w *world) serve(t testing.TB, clock *waybill.ManualClock, token string) {
	w.listen(t)
	d := lynkup.Dialect()
	link := func(kind string, id waybill.ID) string { return "/l/" + kind + "." + string(id) }
	handler := dialect.Serve(d, dialect.Deps{
		Engine: w.engine, Link: func(root, kind string, id waybill.ID) string { return root + link(kind, id) },
	})
	deliverer := &dialect.Deliverer{
		Engine: w.engine, Speak: map[string]func(waybill.Event, dialect.Endpoint) (dialect.Message, bool){d.Name: d.Speak},
		Base:   func(string) string { return "http://example.com/lynkup" },
		Link:   func(kind string, id waybill.ID) string { return "http://example.com" + link(kind, id) },
		Client: http.DefaultClient,
	}
	runner := job.New(job.Config{Queue: w.store.Queue(), Clock: clock, Log: quiet, Handlers: map[waybill.JobKind]job.Handler{
		waybill.JobSettle: w.engine.Settle, waybill.JobVoid: w.engine.Void, waybill.JobRetry: w.engine.Retry, waybill.JobPoll: w.engine.Poll,
		waybill.JobSweep: w.engine.Sweep, waybill.JobDeliver: deliverer.Deliver,
	}})
	w.App = &dialecttest.App{
		Handler: handler, Clock: clock, Authorization: "Bearer " + token,
		Drain: func(t *testing.T) {
			t.Helper()
			if err := runner.Drain(context.Background()); err != nil {
				t.Fatalf("drain: %v", err)
			}
		},
		Events: w.events,
		Hooks: func() []dialecttest.Hook {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.hooks
		},
	}
	worlds.Store(w.App, w)
	t.Cleanup(func() { worlds.Delete(w.App) })
}

// longToken outlives every conversation: they go years back and days on.
const longToken = 10 * 365 * 24 * time.Hour

func token(t testing.TB, e *engine.Engine) string {
	issued, err := engine.Gate{Engine: e}.IssueToken(context.Background(), engine.Credentials{
		Dialect: "lynkup", Kind: waybill.ActorClient, ID: seedClient, Secret: seedSecret,
	})
	if err != nil {
		t.Fatalf("token: %v", err)
	}
	return issued.Text
}

var quiet = slog.New(slog.DiscardHandler)

// newEngine makes the real engine; node tells its ids from those of another.
func newEngine(db *sqlstore.Store, clock waybill.Clock, c *courier, node byte) *engine.Engine {
	registry, err := carrier.NewRegistry(append(c.drivers(), house.Driver())...)
	if err != nil {
		panic(err)
	}
	vault, err := engine.NewVault(map[string][]byte{"testkey1": bytes.Repeat([]byte("k"), 32)}, "testkey1")
	if err != nil {
		panic(err)
	}
	return engine.New(engine.Config{
		Store: db, Carriers: registry, Env: carrier.Env{HTTP: http.DefaultClient, Clock: clock, Log: quiet}, Clock: clock,
		IDs: waybill.NewIDs(clock, rand.NewChaCha8([32]byte{node})), Log: quiet, Vault: vault, Answer: steadytest.Patience, Rating: steadytest.Patience,
	})
}

// listen opens the endpoint that webhooks go to: a real server.
func (w *world) listen(t testing.TB) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.hooks = append(w.hooks, dialecttest.Hook{Header: r.Header.Clone(), Body: body})
	}))
	t.Cleanup(server.Close)
	w.hookURL = server.URL
}

func (w *world) events(t *testing.T) []waybill.Event {
	t.Helper()
	var all []waybill.Event
	err := w.store.View(context.Background(), waybill.System(""), func(tx store.Tx) error {
		found, _, err := tx.Events().Since("", time.Time{}, 10_000)
		all = found
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// admin is the command line of the installation, in the seed account.
func (w *world) admin() engine.Session {
	return w.engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test", Account: w.account.ID, Role: waybill.RoleAdmin})
}

// given does one line of a given section.
func given(t *testing.T, app *dialecttest.App, line string) {
	t.Helper()
	w := worldOf(app)
	verb, rest, _ := strings.Cut(line, " ")
	do, known := givens[verb]
	if !known {
		t.Fatalf("given: nobody knows %q", line)
	}
	if err := do(w, rest); err != nil {
		t.Fatalf("given: %s: %v", line, err)
	}
}

var givens = map[string]func(*world, string) error{
	"clock":    (*world).setClock,   // clock 2022-04-26T10:35:03.042Z
	"assign":   (*world).assign,     // assign LOCATION CONNECTION...: the location's connections from now on
	"courier":  (*world).setCourier, // courier MOOD
	"scan":     (*world).scan,       // scan REFERENCE STATUS TIME [CODE|REASON|TEXT]
	"webhook":  (*world).subscribe,  // webhook SECRET|- [STATUS...]
	"account":  (*world).setAccount, // account autoretry, account limit N
	"shipment": (*world).ship,       // shipment REFERENCE: one that another API made, two parcels
	"return":   (*world).bringBack,  // return REFERENCE POSTCODE: a return label that another API made
}

func (w *world) bringBack(text string) error {
	reference, postcode, _ := strings.Cut(text, " ")
	const number = 700
	_, err := w.admin().SaveService(context.Background(), waybill.Service{
		Row: waybill.Row{Number: number}, Carrier: "Van", Driver: "house", Code: "back", Name: "Back", Direction: waybill.Incoming,
	})
	if err != nil {
		return err
	}
	_, err = w.admin().CreateReturn(context.Background(), engine.CreateReturn{
		Reference: reference, Postcode: postcode, Service: number, Expiry: w.Clock.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	})
	return err
}

func (w *world) setClock(text string) error {
	at, err := time.Parse(time.RFC3339Nano, text)
	w.Clock.Set(at)
	return err
}

// setCourier sets the courier's mood. When it answers at last, what comes of that happens on the engine's own
// time: the line is done when no purchase is open any more.
func (w *world) setCourier(mood string) error {
	w.courier.set(mood)
	if mood == "hang" {
		w.engine.Answer = time.Second // nobody answers: what is told the caller does not hang on how fast this machine is
	}
	if mood != "answer" {
		return nil
	}
	w.engine.Answer = steadytest.Patience
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		var open []waybill.Purchase
		err := w.store.View(context.Background(), waybill.System(""), func(tx store.Tx) error {
			found, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent}, 1)
			open = found
			return err
		})
		if err != nil || len(open) == 0 {
			return err
		}
	}
	return nil
}

func (w *world) assign(text string) error {
	ctx := context.Background()
	names := strings.Fields(text)
	locations, err := w.admin().ListLocations(ctx)
	if err != nil {
		return err
	}
	connections, err := w.admin().ListConnections(ctx)
	if err != nil {
		return err
	}
	for _, l := range locations {
		if l.ExternalID != names[0] {
			continue
		}
		l.Connections = nil
		for _, name := range names[1:] {
			for _, c := range connections {
				if c.ExternalID == name {
					l.Connections = append(l.Connections, c.ID)
				}
			}
		}
		_, err = w.admin().SaveLocation(ctx, l)
	}
	return err
}

func (w *world) shipment(reference string) (waybill.Shipment, error) {
	return w.admin().GetShipment(context.Background(), engine.GetShipment{Ref: engine.Ref{Reference: reference}})
}

func (w *world) scan(text string) error {
	word := strings.SplitN(text, " ", 4)
	sh, err := w.shipment(word[0])
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, word[2])
	if err != nil {
		return err
	}
	scan := waybill.Scan{At: at, Status: waybill.Transit(word[1])}
	if len(word) > 3 {
		part := strings.SplitN(word[3], "|", 3)
		scan.Code, scan.Reason, scan.Text = part[0], part[1], part[2]
		scan.Point = &waybill.Point{Lat: 32.8, Lng: -96.8}
	}
	_, err = w.admin().RecordScan(context.Background(), engine.RecordScan{Number: sh.Tracking, Scan: scan})
	return err
}

func (w *world) subscribe(text string) error {
	word := strings.Fields(text)
	in := engine.PutSubscription{URL: w.hookURL + "/hook", Dialect: "lynkup", Name: "test"}
	if word[0] != "-" {
		in.Secret = &word[0]
	}
	if len(word) > 1 {
		statuses := word[1:]
		in.Statuses = &statuses
	}
	_, err := w.admin().PutSubscription(context.Background(), in)
	return err
}

func (w *world) setAccount(text string) error {
	a := w.account
	a.Settings.Limits = map[string]waybill.RateLimit{"lynkup": {}}
	switch text {
	case "autoretry":
		a.Settings.AutoRetry = true
	case "default limit":
		a.Settings.Limits = nil
	}
	saved, err := w.engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test", Role: waybill.RoleAdmin}).SaveAccount(context.Background(), a)
	w.account = saved
	return err
}

func (w *world) ship(reference string) error {
	actor := waybill.Actor{Kind: waybill.ActorUser, Name: "someone@example.com", Account: w.account.ID, Role: waybill.RoleAdmin, Dialect: "shiptheory"}
	_, err := w.engine.As(actor).CreateShipment(context.Background(), engine.CreateShipment{Shipment: waybill.Shipment{
		Reference: reference,
		From: waybill.Party{
			Contact: waybill.Contact{Company: "Hair Wholesaler Co.", Phone: "0117123111"},
			Address: waybill.Address{Street1: "65 Horfield Road", City: "Bath", Postcode: "BA1 2JW", Country: "GB"},
		},
		To: waybill.Party{
			Contact: waybill.Contact{First: "Miles", Last: "O'Brien", Company: "Utopia", Mobile: "07000"},
			Address: waybill.Address{Street1: "Quay", House: "12", Street2: "Dock", Street3: "Pier 3", City: "Bristol", Postcode: "BS1 5TY", Country: "GB"},
		},
		Value: waybill.Amount{Value: "30", Currency: "GBP"},
		Parcels: []waybill.Parcel{
			{Name: "Shoe Box", Size: waybill.Size{Length: "0.35", Width: "0.22", Height: "0.13", Unit: waybill.Metre}, Weight: waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}},
			{Weight: waybill.Weight{Value: "1", Unit: waybill.Kilogram}},
		},
	}})
	return err
}
