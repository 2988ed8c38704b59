package dialect_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// toy is a dialect with one route for each thing that can happen.
func toy() dialect.Dialect {
	return dialect.Dialect{
		Name: "toy", Auth: dialect.BearerAuth{}, Limit: waybill.RateLimit{Requests: 5, Period: time.Minute},
		Statuses: []string{string(waybill.NoProvider), string(waybill.Booked)},
		Spec:     []byte("openapi: 3.1.0\n"),
		Routes: dialect.Routes{
			"POST /echo":       {Op: "echo", Call: dialect.Do(decodeEcho, verbEcho, encodeEcho), MaxBody: 100},
			"GET /things/{id}": {Op: "thing", Call: dialect.Do(decodeThing, verbEcho, encodeEcho)},
			"POST /open":       {Op: "open", Open: true, Call: dialect.Do(decodeEcho, verbEcho, encodeEcho)},
			"GET /panic": {Op: "panic", Call: func(context.Context, engine.Session, *dialect.Request) (dialect.Reply, error) {
				panic("secret ingredient")
			}},
			"GET /bug": {Op: "bug", Call: func(context.Context, engine.Session, *dialect.Request) (dialect.Reply, error) {
				return dialect.Reply{}, errors.New("secret ingredient")
			}},
			"GET /stream/{how}": {Op: "stream", Call: func(_ context.Context, _ engine.Session, r *dialect.Request) (dialect.Reply, error) {
				return dialect.Reply{Stream: func(_ context.Context, w io.Writer) error {
					_, _ = io.WriteString(w, "first part")
					if r.Params["how"] == "broken" {
						return errors.New("the disk went away")
					}
					return nil
				}}, nil
			}},
		},
		Fault: func(r *dialect.Request, e *waybill.Error) dialect.Reply {
			status := map[waybill.Code]int{
				waybill.Invalid: 400, waybill.NotFound: 404, waybill.Unauthenticated: 401, waybill.TooManyRequests: 429,
				waybill.Unavailable: 503, waybill.Internal: 500, waybill.Unsupported: 405, waybill.Forbidden: 403,
			}[e.Code]
			if e.Reason == waybill.ReasonTooLarge {
				status = 413
			}
			return dialect.JSON(status, map[string]string{"reason": string(e.Reason), "message": e.Message, "op": r.Op})
		},
		Speak: speakToy,
	}
}

func speakToy(e waybill.Event, to dialect.Endpoint) (dialect.Message, bool) {
	if e.Subject == nil {
		return dialect.Message{}, false
	}
	reply := dialect.JSON(0, map[string]string{
		"event": string(e.Kind), "reference": e.Subject.Reference, "sentAt": to.Now.Format(time.RFC3339), "self": to.Base,
	})
	return dialect.Message{
		Body: reply.Body, SignatureHeader: "X-Toy-Signature", Status: string(e.Facts.Booking), Header: map[string]string{"X-Toy": "1"},
	}, true
}

func decodeEcho(r *dialect.Request) (string, error) {
	v, err := r.Document()
	if err != nil {
		return "", err
	}
	text := v.At("text").Required().Text(50)
	return text, v.Errors("echo")
}

func decodeThing(r *dialect.Request) (string, error) { return r.Params["id"], nil }

func verbEcho(s engine.Session, _ context.Context, text string) (string, error) {
	return text + " for " + s.Actor.Name, nil
}

func encodeEcho(r *dialect.Request, text string) dialect.Reply {
	return dialect.JSON(200, map[string]string{"text": text, "tenant": r.Account, "ip": r.IP, "self": r.Base + r.Path})
}

// toyTown is an installation that speaks the toy dialect, with one account, a client and a place to ship
// from that nobody carries from.
func toyTown(t *testing.T) *dialecttest.Installation {
	i := &dialecttest.Installation{Dialect: toy(), Now: noon, Seed: seedToy}
	i.Prepare(t)
	return i
}

func seedToy(t *testing.T, e *engine.Engine) string {
	ctx := t.Context()
	admin := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin})
	account, err := admin.SaveAccount(ctx, waybill.Account{Name: "toy", TenantID: "toyland", Settings: waybill.Settings{Currency: "USD"}})
	if err != nil {
		t.Fatal(err)
	}
	s := e.As(waybill.System(account.ID))
	location := waybill.Location{
		ExternalID: "shop", Name: "Shop", TimeZone: "America/New_York", Contact: waybill.Contact{Name: "Sam", Phone: "+12125550100"},
		Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
	}
	if _, err := s.SaveLocation(ctx, location); err != nil {
		t.Fatal(err)
	}
	client := engine.SaveClient{Client: waybill.Client{ClientID: "toy-client", Name: "Toy client", Role: waybill.RoleDeveloper}, NewSecret: "toy-secret"}
	if _, err := s.SaveClient(ctx, client); err != nil {
		t.Fatal(err)
	}
	return "Bearer " + token(t, e, "toy")
}

func token(t *testing.T, e *engine.Engine, name string) string {
	t.Helper()
	token, err := engine.Gate{Engine: e}.IssueToken(t.Context(), engine.Credentials{
		Dialect: name, Kind: waybill.ActorClient, ID: "toy-client", Secret: "toy-secret",
	})
	if err != nil {
		t.Fatal(err)
	}
	return token.Text
}

// ship stores a shipment that nobody carries: it is enough for events.
func ship(t *testing.T, app *dialecttest.App, reference string) {
	t.Helper()
	s := inToyland(t, app)
	to := waybill.Party{
		Contact: waybill.Contact{Name: "Ann", Phone: "+12145550100"},
		Address: waybill.Address{Street1: "1 The Mall", City: "Dallas", State: "TX", Postcode: "75219", Country: "US"},
	}
	_, err := s.CreateShipment(t.Context(), engine.CreateShipment{Location: "shop", Shipment: waybill.Shipment{
		Reference: reference, To: to, Value: waybill.Amount{Value: "10", Currency: "USD"},
		Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: "1", Unit: waybill.Pound}, Size: waybill.Size{Length: "4", Width: "4", Height: "4", Unit: waybill.Inch}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func inToyland(t *testing.T, app *dialecttest.App) engine.Session {
	t.Helper()
	gate := engine.Gate{Engine: app.Engine}
	actor, err := gate.Authenticate(t.Context(), "toy", app.Authorization[len("Bearer "):], engine.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	return app.Engine.As(actor)
}

func body(t *testing.T, r io.Reader) map[string]string {
	t.Helper()
	var m map[string]string
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func get(t *testing.T, client *http.Client, method, url string, header http.Header, sent io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, sent)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}
