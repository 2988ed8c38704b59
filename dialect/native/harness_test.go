package native_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// start is when the clock of every test begins.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// world is a running installation with a shop, its child, a stranger and API keys of every role.
type world struct {
	t   *testing.T
	app *dialecttest.App
	url string
	doc *document
	key map[string]string // by name
	id  map[string]waybill.ID
	// For who asks after others: what accounts' records are called, and how many names were made up.
	ids  map[string][]string
	turn int
	// twice are the operations whose writes were sent twice with one key; nil: each is sent once.
	twice map[string]bool
}

// card is a rate card of a slow and a dear service, and of one that brings parcels back.
func card(price int) string {
	service := `{"code":%q,"name":%q,"direction":%q,"abilities":["signature","multi_piece"],"tariffs":[{"zone":"all","days":%d,"bands":[{"up_to_g":30000,"price":%d}]}]}`
	return fmt.Sprintf(`{"version":"1","valid_from":"2019-01-01","currency":"GBP","time_zone":"Europe/London","working_days":["mon","tue","wed","thu","fri"],
		"zones":[{"code":"all"}],"services":[`+service+`,`+service+`,`+service+`]}`,
		"standard", "Standard", waybill.Outgoing, 2, price, "express", "Express", waybill.Outgoing, 1, 2*price, "back", "Back", waybill.Incoming, 2, price)
}

func begin(t *testing.T) *world {
	w := &world{t: t, key: map[string]string{}, id: map[string]waybill.ID{}, doc: load(t)}
	i := &dialecttest.Installation{
		Dialect: api(), Now: start, Drivers: []carrier.Driver{house.Driver(), safeDriver(), deafDriver()},
		Seed: func(t *testing.T, e *engine.Engine) string { w.seed(e); return "Bearer " + w.key["admin"] },
	}
	i.Prepare(t)
	w.app = i.Start(t)
	server := httptest.NewServer(w.app.Handler)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// seed makes the accounts.
func (w *world) seed(e *engine.Engine) {
	ctx := context.Background()
	admin := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	for _, name := range []string{"shop", "stranger", "child"} {
		a := waybill.Account{Name: name, TenantID: name, Settings: waybill.Settings{Currency: "GBP"}}
		if name == "child" {
			a.Parent = w.id["shop"]
		}
		account, err := admin.SaveAccount(ctx, a)
		w.check(err)
		w.id[name] = account.ID
		s := admin
		s.Engine, s.Actor.Account = e, account.ID
		w.furnish(s, name)
	}
	shop := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin, Account: w.id["shop"]})
	for role := range waybill.Roles {
		made, err := shop.CreateAPIKey(ctx, engine.CreateAPIKey{Name: string(role), Role: role})
		w.check(err)
		w.key[string(role)] = made.Text
	}
	test, err := shop.CreateAPIKey(ctx, engine.CreateAPIKey{Name: "test", Role: waybill.RoleAdmin, Test: true})
	w.check(err)
	w.key["test"] = test.Text
	parent, err := shop.CreateAPIKey(ctx, engine.CreateAPIKey{Name: "parent", Role: waybill.RoleAdmin, Grants: []waybill.ID{w.id["child"]}})
	w.check(err)
	w.key["parent"] = parent.Text
	_, err = shop.LendConnection(ctx, engine.LendConnection{ExternalID: "van", To: w.id["child"], Markup: 100})
	w.check(err)
	_, err = shop.SaveClient(ctx, engine.SaveClient{Client: waybill.Client{ClientID: "oauth", Name: "OAuth", Role: waybill.RoleOperations}, NewSecret: "oauth-secret"})
	w.check(err)
}

// furnish gives an account what it ships with: the shop a live van and a simulated one.
func (w *world) furnish(s engine.Session, name string) {
	ctx := context.Background()
	location := waybill.Location{
		ExternalID: "bath", Name: "Bath", TimeZone: "Europe/London",
		Contact: waybill.Contact{Name: "Dispatch", Phone: "01225 000000"},
		Address: waybill.Address{Street1: "1 Mill Lane", City: "Bath", Postcode: "BA1 2JW", Country: "GB"},
	}
	if name == "shop" {
		for id, mode := range map[string]waybill.Mode{"van": waybill.ModeLive, "sim": waybill.ModeSimulator} {
			price := 450
			if id == "sim" {
				price = 500
			}
			c, err := s.SaveConnection(ctx, engine.SaveConnection{Connection: waybill.Connection{
				ExternalID: id, Carrier: "house", Name: id, DisplayName: strings.ToUpper(id), Mode: mode,
				Settings: map[string]string{"rate_card": card(price), "display_name": id, "number_prefix": "N" + strings.ToUpper(id[:1])},
			}})
			w.check(err)
			location.Connections = append(location.Connections, c.ID)
		}
	}
	_, err := s.SaveLocation(ctx, location)
	w.check(err)
	if name != "shop" {
		made, err := s.CreateAPIKey(ctx, engine.CreateAPIKey{Name: name, Role: waybill.RoleAdmin})
		w.check(err)
		w.key[name] = made.Text
	}
}

// answer is what came back.
type answer struct {
	t      *testing.T
	asked  string
	status int
	header http.Header
	body   []byte
}

// with is one header of a request.
type with struct{ name, value string }

// ask sends a request with the key of that name, holds the answer against the OpenAPI document, and hands it back.
func (w *world) ask(key, method, path string, body any, headers ...with) answer {
	w.t.Helper()
	if w.twice != nil && method != http.MethodGet {
		return w.askTwice(key, method, path, body, headers...)
	}
	return w.askOnce(key, method, path, body, headers...)
}

func (w *world) askOnce(key, method, path string, body any, headers ...with) answer {
	w.t.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		var err error
		data, err = json.Marshal(b)
		w.check(err)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, bytes.NewReader(data))
	w.check(err)
	if len(data) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+w.key[key])
	}
	for _, h := range headers {
		if h.value == "" {
			r.Header.Del(h.name)
		} else {
			r.Header.Set(h.name, h.value)
		}
	}
	done := w.witness(r)
	response, err := http.DefaultClient.Do(r)
	w.check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	w.check(err)
	a := answer{w.t, method + " " + path, response.StatusCode, response.Header, text}
	w.doc.fits(w.t, r, a, data)
	done(a)
	return a
}

// is holds the status of an answer.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: %d, want %d: %s", a.asked, a.status, status, a.body)
	}
	return a
}

// refused holds a refusal: its status and reason.
func (a answer) refused(status int, reason waybill.Reason) answer {
	a.t.Helper()
	a.is(status)
	if got := a.text("reason"); got != string(reason) || a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("%s: %s, want %s: %s", a.asked, got, reason, a.body)
	}
	return a
}

// get finds a value in the body by a path such as "items.0.id"; nil: there is none.
func (a answer) get(path string) any {
	a.t.Helper()
	var at any
	if err := json.Unmarshal(a.body, &at); err != nil {
		a.t.Fatalf("%s: %v: %s", a.asked, err, a.body)
	}
	for _, step := range strings.Split(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			var i int
			if n, err := fmt.Sscan(step, &i); n != 1 || err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

// text is a value as text.
func (a answer) text(path string) string {
	a.t.Helper()
	v := a.get(path)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// count is the length of a list.
func (a answer) count(path string) int {
	a.t.Helper()
	list, _ := a.get(path).([]any)
	return len(list)
}
