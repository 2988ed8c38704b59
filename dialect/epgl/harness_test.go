package epgl_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/dialect/epgl"
	"waybill/engine"
	"waybill/store"
)

// The clients of the account that every app holds.
const (
	seedClient = "seed-client"
	seedSecret = "seed-secret"
)

// epoch is when the clock of every app stands at first. Conversations of the page set it.
var epoch = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

const (
	authenticatePath = "POST /api/v1/auth/authenticate"
	createPath       = "POST /api/v1/shipment/create"
	invoicePath      = "POST /api/v1/shipment/issueInvoice"
)

// installation makes apps of the seeded account, from one template a test.
func installation(t *testing.T) *dialecttest.Installation {
	i := &dialecttest.Installation{Dialect: epgl.Dialect(), Now: epoch, Seed: seed}
	i.Prepare(t)
	return i
}

// seed makes the account and answers the Authorization header of its client, written as old clients of this API
// write it.
func seed(t *testing.T, e *engine.Engine) string {
	ctx := context.Background()
	s := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	account, err := s.SaveAccount(ctx, waybill.Account{Name: "seed", TenantID: "seed", Settings: waybill.Settings{
		Currency: "AED", Limits: map[string]waybill.RateLimit{"epgl": {}}, // suites ask more than 300 times a minute
	}})
	must(t, err)
	s.Actor.Account = account.ID
	saveClient(t, s, seedClient, seedSecret, waybill.RoleOperations)
	token, err := engine.Gate{Engine: e}.IssueToken(ctx, engine.Credentials{Dialect: "epgl", Kind: waybill.ActorClient, ID: seedClient, Secret: seedSecret})
	must(t, err)
	return "bearer " + token.Text
}

func saveClient(t *testing.T, s engine.Session, id, secret string, role waybill.Role) {
	t.Helper()
	_, err := s.SaveClient(context.Background(), engine.SaveClient{
		Client: waybill.Client{ClientID: id, Name: id, Role: role}, NewSecret: secret,
	})
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// admin is the command line of the installation, in the seed account.
func admin(t *testing.T, app *dialecttest.App) engine.Session {
	t.Helper()
	s := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "admin", Role: waybill.RoleAdmin})
	s.Actor.Account = account(t, app).ID
	return s
}

func account(t *testing.T, app *dialecttest.App) waybill.Account {
	t.Helper()
	accounts, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).ListAccounts(context.Background())
	must(t, err)
	return accounts[0]
}

// given does one line of a given section.
func given(t *testing.T, app *dialecttest.App, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "at": // at 2024-11-13T12:33:23Z
		at, err := time.Parse(time.RFC3339Nano, rest)
		must(t, err)
		app.Clock.Set(at)
	case "client": // client ID SECRET ROLE
		word := strings.Fields(rest)
		saveClient(t, admin(t, app), word[0], word[1], waybill.Role(word[2]))
	case "limit": // limit N: requests a minute
		n, err := strconv.Atoi(rest)
		must(t, err)
		a := account(t, app)
		a.Settings.Limits = map[string]waybill.RateLimit{"epgl": {Requests: n, Period: time.Minute}}
		_, err = app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), a)
		must(t, err)
	default:
		t.Fatalf("given: nobody knows %q", line)
	}
}

// ask sends a JSON body as the seeded client.
func ask(app *dialecttest.App, first, body string) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(first, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader([]byte(body)))
	r.Header.Set("Authorization", app.Authorization)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	return w
}

// frame is the envelope of an answer.
type frame struct {
	Status  string
	Message string
	Data    json.RawMessage
	Errors  []struct{ Code, Message, Field string }
}

// told is an answer's status and envelope.
func told(t *testing.T, w *httptest.ResponseRecorder) (int, frame) {
	t.Helper()
	var f frame
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return w.Code, f
}

// declared declares a body, which must succeed, and answers the envelope's data.
func declared(t *testing.T, app *dialecttest.App, body string) map[string]any {
	t.Helper()
	w := ask(app, createPath, body)
	if w.Code != 201 {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	_, f := told(t, w)
	return treeOf(t, string(f.Data))
}

// shipment is what is stored and what other APIs see, by the tracking number that was declared.
func shipment(t *testing.T, app *dialecttest.App, number string) waybill.Shipment {
	t.Helper()
	sh, err := admin(t, app).GetShipment(context.Background(), engine.GetShipment{Ref: engine.Ref{Reference: number}})
	must(t, err)
	return sh
}

// declaration is what is stored of what was declared.
func declaration(t *testing.T, app *dialecttest.App, number string) (d waybill.Declaration) {
	t.Helper()
	sh := shipment(t, app, number)
	must(t, app.Engine.Store.View(context.Background(), waybill.System(sh.Account), func(tx store.Tx) error {
		list, err := tx.Declarations().Of(sh.ID)
		if len(list) != 1 {
			t.Fatalf("%s has %d declarations (%v)", number, len(list), err)
		}
		d = list[0]
		return err
	}))
	return d
}

// tree is a decoded JSON object that can be changed by path.
type tree = map[string]any

func treeOf(t *testing.T, text string) tree {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v tree
	must(t, decoder.Decode(&v))
	return v
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// at is the object and the key, or the list and the index, that a dotted path ends in; numbers are indices.
func at(v tree, path string) (inner any, last string) {
	steps := strings.Split(path, ".")
	inner = v
	for _, step := range steps[:len(steps)-1] {
		switch here := inner.(type) {
		case tree:
			inner = here[step]
		case []any:
			inner = here[int(step[0]-'0')]
		}
	}
	return inner, steps[len(steps)-1]
}

// set puts a value at a dotted path; gone takes the member away.
func set(v tree, path string, value any) {
	inner, last := at(v, path)
	switch here := inner.(type) {
	case tree:
		if here[last] = value; value == gone {
			delete(here, last)
		}
	case []any:
		here[int(last[0]-'0')] = value
	}
}

// gone stands for a member that is not sent at all.
const gone = "\x00gone"
