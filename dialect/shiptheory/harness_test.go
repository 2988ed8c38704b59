package shiptheory_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/dialect/shiptheory"
	"waybill/engine"
)

// callerIP is where every request comes from: the address that the page's histories show.
const callerIP = "82.45.13.184"

// installation makes apps of the seeded account, from one template a test.
func installation(t *testing.T) *dialecttest.Installation {
	i := &dialecttest.Installation{
		Dialect: shiptheory.Dialect(), Now: epoch, Drivers: []carrier.Driver{house.Driver(), postDriver()}, Seed: seed,
	}
	i.Prepare(t)
	return i
}

// start makes a fresh app whose requests come from callerIP.
func start(t *testing.T, i *dialecttest.Installation) *dialecttest.App {
	app := i.Start(t)
	inner := dialect.Serve(shiptheory.Dialect(), dialect.Deps{Engine: app.Engine})
	app.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := dialect.Place{ID: "suite-request", IP: callerIP, Origin: "http://api.test", Root: "http://api.test", Base: "http://api.test/shiptheory"}
		inner.ServeHTTP(w, place.At(r))
	})
	return app
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
	if err != nil {
		t.Fatal(err)
	}
	return accounts[0]
}

// user is the seeded person as this API knows it.
func user(t *testing.T, app *dialecttest.App) engine.Session {
	t.Helper()
	actor, err := engine.Gate{Engine: app.Engine}.Authenticate(context.Background(), "shiptheory", app.Authorization[len("Bearer "):], engine.Caller{IP: callerIP})
	if err != nil {
		t.Fatal(err)
	}
	return app.Engine.As(actor)
}

// shipment is what is stored.
func shipment(t *testing.T, app *dialecttest.App, reference string) waybill.Shipment {
	t.Helper()
	sh, err := admin(t, app).GetShipment(context.Background(), engine.GetShipment{Ref: engine.Ref{Reference: reference}})
	if err != nil {
		t.Fatal(err)
	}
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
	"at":       setClock,   // at 2016-04-27T20:42:57Z
	"size":     addSize,    // size NUMBER LENGTH WIDTH HEIGHT NAME, in centimetres
	"service":  addService, // service NUMBER | CONNECTION | DRIVER | CODE | NAME
	"rule":     addRule,    // rule IMPORTANCE | WHEN | THEN
	"scan":     scan,       // scan REFERENCE TRANSIT
	"print":    printLabel, // print REFERENCE
	"cancel":   cancel,     // cancel REFERENCE
	"jobs":     jobs,       // jobs: those that are due are done
	"answers":  setAnswers, // answers 200: the status of a validation answer
	"limit":    setLimit,   // limit N: requests a minute
	"foreign":  addForeign, // foreign NUMBER: a tag of another account
	"shipment": addLynkup,  // shipment REFERENCE: one that came in through another API
	"box":      dropBox,    // box NUMBER: a package size is no longer used
}

func setClock(t *testing.T, app *dialecttest.App, text string) {
	at, err := time.Parse(time.RFC3339Nano, text)
	must(t, err)
	app.Clock.Set(at)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("given: %v", err)
	}
}

func addSize(t *testing.T, app *dialecttest.App, text string) {
	word := strings.SplitN(text, " ", 5)
	edge := func(i int) waybill.Decimal { return waybill.Decimal(word[i]) }
	_, err := admin(t, app).SavePackageSize(context.Background(), waybill.PackageSize{
		Row: waybill.Row{Number: number(t, word[0])}, Name: word[4],
		Size: waybill.Size{Length: edge(1), Width: edge(2), Height: edge(3), Unit: waybill.Centimetre},
	})
	must(t, err)
}

func dropBox(t *testing.T, app *dialecttest.App, text string) {
	sizes, err := admin(t, app).AllPackageSizes(context.Background())
	must(t, err)
	for _, s := range sizes {
		if s.Number == number(t, text) {
			s.Disabled = true
			_, err = admin(t, app).SavePackageSize(context.Background(), s)
			must(t, err)
		}
	}
}

func number(t *testing.T, text string) int64 {
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

func addService(t *testing.T, app *dialecttest.App, text string) {
	word := columns(text)
	_, err := admin(t, app).SaveService(context.Background(), waybill.Service{
		Row: waybill.Row{Number: number(t, word[0])}, Carrier: word[1], Driver: word[2], Code: word[3], Name: word[4],
	})
	must(t, err)
}

func addRule(t *testing.T, app *dialecttest.App, text string) {
	word := columns(text)
	_, err := admin(t, app).SaveRule(context.Background(), waybill.Rule{
		Name: word[1], Importance: int(number(t, word[0])), When: []byte(word[1]), Then: []byte(word[2]),
	})
	must(t, err)
}

func scan(t *testing.T, app *dialecttest.App, text string) {
	reference, status, _ := strings.Cut(text, " ")
	_, err := admin(t, app).RecordScan(context.Background(), engine.RecordScan{
		Number: shipment(t, app, reference).Tracking, Scan: waybill.Scan{Status: waybill.Transit(status), At: app.Clock.Now()},
	})
	must(t, err)
}

func printLabel(t *testing.T, app *dialecttest.App, reference string) {
	_, err := user(t, app).GetLabel(context.Background(), engine.GetLabel{Ref: engine.Ref{Reference: reference}, Printed: true})
	must(t, err)
}

func cancel(t *testing.T, app *dialecttest.App, reference string) {
	_, err := user(t, app).CancelShipment(context.Background(), engine.CancelShipment{Ref: engine.Ref{Reference: reference}})
	must(t, err)
}

func jobs(t *testing.T, app *dialecttest.App, _ string) { app.Drain(t) }

func setSettings(t *testing.T, app *dialecttest.App, change func(*waybill.Settings)) {
	account := accountOf(t, app)
	change(&account.Settings)
	_, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), account)
	must(t, err)
}

func setAnswers(t *testing.T, app *dialecttest.App, text string) {
	setSettings(t, app, func(s *waybill.Settings) { s.ValidationAnswers = int(number(t, text)) })
}

func setLimit(t *testing.T, app *dialecttest.App, text string) {
	setSettings(t, app, func(s *waybill.Settings) {
		s.Limits = map[string]waybill.RateLimit{"shiptheory": {Requests: int(number(t, text)), Period: time.Minute}}
	})
}

func addForeign(t *testing.T, app *dialecttest.App, text string) {
	ctx := context.Background()
	s := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "admin", Role: waybill.RoleAdmin})
	other, err := s.SaveAccount(ctx, waybill.Account{Name: "other"})
	must(t, err)
	s.Actor.Account = other.ID
	_, err = s.PutTag(ctx, engine.PutTag{New: &waybill.Tag{Row: waybill.Row{Number: number(t, text)}, Name: "Theirs", Background: "#000", Text: "#fff"}})
	must(t, err)
}

// addLynkup books a shipment as another dialect would: whole names, pounds and inches, two parcels.
func addLynkup(t *testing.T, app *dialecttest.App, reference string) {
	s := user(t, app)
	s.Actor.Dialect = "lynkup"
	_, err := s.CreateShipment(context.Background(), engine.CreateShipment{Location: "GB-BATH", Shipment: waybill.Shipment{
		Reference: reference, Value: waybill.Amount{Value: "12.30", Currency: "EUR"},
		To: waybill.Party{
			Contact: waybill.Contact{Name: "Grace O'Malley Burke", Phone: "+353 1 555 0100"},
			Address: waybill.Address{Street1: "1 Rockfleet", City: "Bristol", Postcode: "BS1 4TW", Country: "GB"},
		},
		Items: []waybill.Item{{
			SKU: "rope", Title: "Rope", Quantity: 3, Price: "4.1", Weight: waybill.Weight{Value: "1", Unit: waybill.Pound},
			Size: waybill.Size{Length: "10", Width: "4", Height: "2", Unit: waybill.Inch},
		}},
		Parcels: []waybill.Parcel{
			{Name: "custom", Weight: waybill.Weight{Value: "2", Unit: waybill.Pound}, Size: waybill.Size{Length: "10", Width: "8", Height: "4", Unit: waybill.Inch}},
			{Name: "custom", Weight: waybill.Weight{Value: "1", Unit: waybill.Pound}, Size: waybill.Size{Length: "10", Width: "8", Height: "4", Unit: waybill.Inch}},
		},
	}})
	must(t, err)
}

// addTag gives the account a tag of a number of our choice.
func addTag(t *testing.T, app *dialecttest.App, number int64) {
	t.Helper()
	tag := waybill.Tag{Row: waybill.Row{Number: number}, Name: strconv.FormatInt(number, 10), Background: "#fff", Text: "#000"}
	_, err := user(t, app).PutTag(context.Background(), engine.PutTag{New: &tag})
	must(t, err)
}
