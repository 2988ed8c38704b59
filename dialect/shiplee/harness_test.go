package shiplee_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/delhivery"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/carrier/house"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/dialect/shiplee"
	"waybill/engine"
	"waybill/internal/fixture"
	"waybill/store"
)

// callerIP is where every request comes from: the address that the page's error shows.
const callerIP = "1.2.3.4"

// installation makes apps of the seeded account, from one template a test.
func installation(t *testing.T) *dialecttest.Installation {
	i := &dialecttest.Installation{
		Dialect: shiplee.Dialect(), Now: epoch, Drivers: []carrier.Driver{house.Driver(), delhivery.Driver()}, Seed: seed,
		Simulators: map[string]string{"delhivery": "http://delhivery.invalid"}, // until an app starts with one
	}
	i.Prepare(t)
	return i
}

// sims are the simulated Delhiverys by the app that books with them.
var sims sync.Map

func simOf(app *dialecttest.App) *delhiverysim.Sim {
	sim, _ := sims.Load(app)
	return sim.(*delhiverysim.Sim)
}

// follower is a clock that shows what the app's shows.
type follower struct {
	mu    sync.Mutex
	clock waybill.Clock
}

func (f *follower) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clock.Now()
}

func (f *follower) follow(clock waybill.Clock) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = clock
}

// start makes a fresh app with a fresh Delhivery. Its next order has the page's number.
func start(t *testing.T, i *dialecttest.Installation) *dialecttest.App {
	clock := &follower{clock: waybill.NewManualClock(epoch)}
	sim := delhiverysim.New(delhiverysim.Options{Clock: clock, MaxHang: 20 * time.Second})
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		sim.Mischief().Clear()
		server.CloseClientConnections()
		server.Close()
	})
	i.Simulators = map[string]string{"delhivery": server.URL}
	app := i.Start(t)
	clock.follow(app.Clock)
	sims.Store(app, sim)
	t.Cleanup(func() { sims.Delete(app) })
	inner := dialect.Serve(shiplee.Dialect(), dialect.Deps{Engine: app.Engine})
	app.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := dialect.Place{ID: "suite-request", IP: callerIP, Origin: "http://api.test", Root: "http://api.test", Base: "http://api.test/shiplee"}
		inner.ServeHTTP(w, place.At(r))
	})
	number(t, app)
	return app
}

// number gives the page's warehouse its number after the engine has taken a block of numbers for itself, since
// numbers go on after the largest that was brought along.
func number(t *testing.T, app *dialecttest.App) {
	t.Helper()
	ctx, s := context.Background(), admin(t, app)
	_, err := s.SavePackageSize(ctx, waybill.PackageSize{Name: "the number before the page's order"})
	must(t, err)
	for _, l := range warehouses(t, s) {
		_, err := s.SaveLocation(ctx, l)
		must(t, err)
	}
}

// admin is the command line of the installation, in the seed account.
func admin(t *testing.T, app *dialecttest.App) engine.Session {
	t.Helper()
	s := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "admin", Role: waybill.RoleAdmin})
	s.Actor.Account = accountOf(t, app).ID
	return s
}

func accountOf(t *testing.T, app *dialecttest.App) waybill.Account {
	t.Helper()
	accounts, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).ListAccounts(context.Background())
	must(t, err)
	return accounts[0]
}

// shipment is what is stored of an order.
func shipment(t *testing.T, app *dialecttest.App, reference string) waybill.Shipment {
	t.Helper()
	sh, err := admin(t, app).GetShipment(context.Background(), engine.GetShipment{Ref: engine.Ref{Reference: reference}})
	must(t, err)
	return sh
}

// given does one line of a given section.
func given(t *testing.T, app *dialecttest.App, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	do, known := givens[verb]
	if !known {
		t.Fatalf("given: nobody knows %q", line)
	}
	do(t, app, rest)
}

var givens = map[string]func(*testing.T, *dialecttest.App, string){
	"wallet":   setWallet,   // wallet 1250.50: what is available from now on
	"balance":  checkWallet, // balance AVAILABLE HELD SPENT: fails unless the wallet holds this
	"awb":      renameAWB,   // awb REFERENCE NUMBER: the parcel of an order gets another number
	"reverse":  renumber,    // reverse FROM TO: a reverse order gets another number
	"mischief": mischief,    // mischief OPERATION KIND COUNT, or clear: how Delhivery misbehaves
	"sold":     checkSold,   // sold N: fails unless Delhivery has booked so many parcels
	"places":   checkPlaces, // places N: fails unless Delhivery was told of so many pickup places
	"step":     moveOn,      // step REFERENCE STEP: where Delhivery says an order is
	"scan":     recordScan,  // scan REFERENCE | TRANSIT | PLACE | TEXT
	"access":   setAccess,   // access IP [ORIGIN]: from where alone the account may be called
	"role":     setRole,     // role ROLE: what the user may do
	"limit":    setLimit,    // limit N: requests a minute
	"foreign":  addForeign,  // foreign NUMBER: a warehouse of another account
	"rule":     addRule,     // rule IMPORTANCE | WHEN | THEN
	"dollars":  addDollars,  // dollars: the riders price in dollars from now on
	"jobs":     func(t *testing.T, app *dialecttest.App, _ string) { app.Drain(t) },
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("given: %v", err)
	}
}

func integer(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	must(t, err)
	return n
}

func columns(text string) []string {
	word := strings.Split(text, "|")
	for i := range word {
		word[i] = strings.TrimSpace(word[i])
	}
	return word
}

func paise(text string) int64 {
	return waybill.Amount{Value: waybill.Decimal(text), Currency: "INR"}.Money().Minor
}

func balance(t *testing.T, app *dialecttest.App) waybill.Balance {
	t.Helper()
	list, err := admin(t, app).Balances(context.Background())
	must(t, err)
	var b waybill.Balance
	for _, one := range list {
		if one.Currency == "INR" && one.Account == accountOf(t, app).ID {
			b = one
		}
	}
	if b.Sum() != 0 {
		t.Fatalf("the books of the wallet do not add up to zero: %+v", b)
	}
	return b
}

func setWallet(t *testing.T, app *dialecttest.App, text string) {
	difference := paise(text) - balance(t, app).Available
	if difference == 0 {
		return
	}
	_, err := admin(t, app).TopUp(context.Background(), engine.TopUp{
		Amount: waybill.Money{Minor: difference, Currency: "INR"}, Cause: "the scene of a conversation",
	})
	must(t, err)
}

func checkWallet(t *testing.T, app *dialecttest.App, text string) {
	word, b := strings.Fields(text), balance(t, app)
	for i, have := range []int64{b.Available, b.Held, b.Spent} {
		if want := paise(word[i]); have != want {
			t.Errorf("the wallet has %s: %d paise, want %d (of %+v)", []string{"available", "held", "spent"}[i], have, want, b)
		}
	}
}

func mischief(t *testing.T, app *dialecttest.App, text string) {
	if text == "clear" {
		simOf(app).Mischief().Clear()
		return
	}
	word := strings.Fields(text)
	must(t, simOf(app).Mischief().Set(word[0], fixture.Kind(word[1]), int(integer(t, word[2]))))
}

func checkSold(t *testing.T, app *dialecttest.App, text string) {
	if n := len(simOf(app).State().Parcels); n != int(integer(t, text)) {
		t.Errorf("Delhivery has booked %d parcels, want %s", n, text)
	}
}

func checkPlaces(t *testing.T, app *dialecttest.App, text string) {
	if n := len(simOf(app).State().Places); n != int(integer(t, text)) {
		t.Errorf("Delhivery knows %d pickup places, want %s", n, text)
	}
}

// moveOn lets a parcel at Delhivery take a step.
func moveOn(t *testing.T, app *dialecttest.App, text string) {
	reference, step, _ := strings.Cut(text, " ")
	_, err := simOf(app).Advance(shipment(t, app, reference).Tracking, step)
	must(t, err)
}

func update(t *testing.T, app *dialecttest.App, do func(store.Tx) error) {
	t.Helper()
	must(t, app.Engine.Store.Update(context.Background(), waybill.System(accountOf(t, app).ID), do))
}

func renameAWB(t *testing.T, app *dialecttest.App, text string) {
	word := strings.Fields(text)
	sh := shipment(t, app, word[0])
	sh.Tracking, sh.Parcels[0].Tracking = word[1], word[1]
	update(t, app, func(tx store.Tx) error { return tx.Shipments().Put(&sh) })
}

func renumber(t *testing.T, app *dialecttest.App, text string) {
	word := strings.Fields(text)
	update(t, app, func(tx store.Tx) error {
		b, err := tx.Returns().ByNumber(integer(t, word[0]))
		if err != nil {
			return err
		}
		b.Number = integer(t, word[1])
		return tx.Returns().Put(&b)
	})
}

func recordScan(t *testing.T, app *dialecttest.App, text string) {
	word := columns(text)
	_, err := admin(t, app).RecordScan(context.Background(), engine.RecordScan{
		Number: shipment(t, app, word[0]).Tracking,
		Scan:   waybill.Scan{Status: waybill.Transit(word[1]), Place: word[2], Text: word[3], At: app.Clock.Now()},
	})
	must(t, err)
}

func setAccount(t *testing.T, app *dialecttest.App, change func(*waybill.Account)) {
	account := accountOf(t, app)
	change(&account)
	_, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), account)
	must(t, err)
}

func setAccess(t *testing.T, app *dialecttest.App, text string) {
	setAccount(t, app, func(a *waybill.Account) {
		a.Access = waybill.Access{}
		for _, word := range strings.Fields(text) {
			if strings.Contains(word, "://") {
				a.Access.Origins = append(a.Access.Origins, word)
			} else {
				a.Access.IPs = append(a.Access.IPs, word)
			}
		}
	})
}

func setLimit(t *testing.T, app *dialecttest.App, text string) {
	setAccount(t, app, func(a *waybill.Account) {
		a.Settings.Limits = map[string]waybill.RateLimit{"shiplee": {Requests: int(integer(t, text)), Period: time.Minute}}
	})
}

func setRole(t *testing.T, app *dialecttest.App, text string) {
	users, err := admin(t, app).ListUsers(context.Background())
	must(t, err)
	users[0].Role = waybill.Role(text)
	_, err = admin(t, app).SaveUser(context.Background(), engine.SaveUser{User: users[0]})
	must(t, err)
	app.Authorization = loggedIn(t, app.Engine) // another role ends the tokens from before
}

func addRule(t *testing.T, app *dialecttest.App, text string) {
	word := columns(text)
	_, err := admin(t, app).SaveRule(context.Background(), waybill.Rule{
		Row:  waybill.Row{Number: 50},
		Name: word[1], Importance: int(integer(t, word[0])), When: []byte(word[1]), Then: []byte(word[2]),
	})
	must(t, err)
}

func addForeign(t *testing.T, app *dialecttest.App, text string) {
	ctx := context.Background()
	s := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "admin", Role: waybill.RoleAdmin})
	other, err := s.SaveAccount(ctx, waybill.Account{Row: waybill.Row{Number: 76}, Name: "other"})
	must(t, err)
	s.Actor.Account = other.ID
	l := warehouses(t, admin(t, app))[0]
	l.Row, l.Connections = waybill.Row{Number: integer(t, text)}, nil
	_, err = s.SaveLocation(ctx, l)
	must(t, err)
}

func addDollars(t *testing.T, app *dialecttest.App, _ string) {
	connections, err := admin(t, app).ListConnections(context.Background())
	must(t, err)
	for _, c := range connections {
		if c.ExternalID == "riders" {
			c.Settings["rate_card"] = strings.ReplaceAll(c.Settings["rate_card"], `"INR"`, `"USD"`)
			_, err = admin(t, app).SaveConnection(context.Background(), engine.SaveConnection{Connection: c})
			must(t, err)
		}
	}
}
