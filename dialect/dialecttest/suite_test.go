package dialecttest_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

//go:embed testdata/openapi.yaml
var document []byte

// parcels is a small dialect that does everything the suite asks for.
func parcels() dialect.Dialect {
	return dialect.Dialect{
		Name: "toy", Title: "Toy", Auth: dialect.BearerAuth{}, Spec: document, Limit: waybill.RateLimit{Requests: 20, Period: time.Second},
		Routes: dialect.Routes{
			"POST /parcels":            {Op: "create", Call: dialect.Do(decodeParcel, engine.Session.CreateShipment, created)},
			"GET /parcels/{reference}": {Op: "get", Call: dialect.Do(decodeRef, engine.Session.GetShipment, seen)},
		},
		Fault: func(_ *dialect.Request, e *waybill.Error) dialect.Reply {
			status := map[waybill.Code]int{
				waybill.Invalid: 400, waybill.NotFound: 404, waybill.Unauthenticated: 401, waybill.Forbidden: 403, waybill.TooManyRequests: 429,
				waybill.Unavailable: 503, waybill.Internal: 500, waybill.Unsupported: 405, waybill.Conflict: 409, waybill.CarrierUnavailable: 503,
			}[e.Code]
			if status == 0 {
				status = 422
			}
			message := e.Message
			if e.Code == waybill.Internal {
				message = "internal error"
			}
			return dialect.JSON(status, map[string]string{"reason": string(e.Reason), "message": message})
		},
		Speaks: slices.DeleteFunc(slices.Clone(waybill.EventKinds), func(k waybill.EventKind) bool { return k == waybill.LabelPrinted }),
		Speak: func(e waybill.Event, to dialect.Endpoint) (dialect.Message, bool) {
			body := dialect.JSON(0, map[string]any{"event": e.Kind, "id": e.Shipment, "self": to.Base}).Body
			return dialect.Message{Body: body, Header: map[string]string{"X-Toy": "1"}}, e.Kind != waybill.LabelPrinted
		},
	}
}

func decodeParcel(r *dialect.Request) (engine.CreateShipment, error) {
	v, err := r.JSON()
	if err != nil {
		return engine.CreateShipment{}, err
	}
	v.Object()
	to := v.At("to").Required()
	to.Object()
	s := waybill.Shipment{
		Reference: v.At("reference").Required().String(50),
		To: waybill.Party{
			Contact: waybill.Contact{Name: to.At("name").String(50), Phone: "+12145550100"},
			Address: waybill.Address{Street1: "1 The Mall", City: "Dallas", State: "TX", Country: "US", Postcode: to.At("postcode").String(10)},
		},
		Value:   waybill.Amount{Value: "1", Currency: "USD"},
		Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: v.At("kilograms").Decimal(), Unit: waybill.Kilogram}}},
	}
	return engine.CreateShipment{Shipment: s, Location: "shop"}, v.Errors("create")
}

func decodeRef(r *dialect.Request) (engine.GetShipment, error) {
	return engine.GetShipment{Ref: engine.Ref{Reference: r.Params["reference"]}}, nil
}

func created(_ *dialect.Request, s waybill.Shipment) dialect.Reply { return dialect.JSON(201, wire(s)) }

func seen(_ *dialect.Request, s waybill.Shipment) dialect.Reply { return dialect.JSON(200, wire(s)) }

func wire(s waybill.Shipment) map[string]any {
	var weight waybill.Decimal
	if len(s.Parcels) > 0 {
		weight = s.Parcels[0].Weight.In(waybill.Kilogram, 3)
	}
	return map[string]any{
		"id": s.ID, "reference": s.Reference, "kilograms": dialect.Number(weight), "state": s.Booking, "made": s.Created.Format(time.RFC3339),
	}
}

func TestASmallDialectPasses(t *testing.T) {
	town := &dialecttest.Installation{Dialect: parcels(), Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Seed: seed}
	town.Prepare(t)
	dialecttest.Run(t, dialecttest.Harness{
		Dialect: parcels(), Start: town.Start,
		Given: func(t *testing.T, app *dialecttest.App, line string) {
			address, ok := strings.CutPrefix(line, "endpoint ")
			if !ok {
				t.Fatalf("what is %q?", line)
			}
			admin := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin})
			accounts, err := admin.ListAccounts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s := app.Engine.As(waybill.System(accounts[0].ID))
			if _, err := s.PutSubscription(t.Context(), engine.PutSubscription{URL: address, Dialect: "toy"}); err != nil {
				t.Fatal(err)
			}
		},
		Unspoken: map[waybill.EventKind]string{waybill.LabelPrinted: "nobody wants to know"},
	})
}

func seed(t *testing.T, e *engine.Engine) string {
	ctx := t.Context()
	account, err := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin}).SaveAccount(ctx, waybill.Account{Name: "toy"})
	if err != nil {
		t.Fatal(err)
	}
	s := e.As(waybill.System(account.ID))
	_, err = s.SaveLocation(ctx, waybill.Location{
		ExternalID: "shop", Name: "Shop", TimeZone: "America/New_York", Contact: waybill.Contact{Name: "Sam", Phone: "+12125550100"},
		Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := engine.SaveClient{Client: waybill.Client{ClientID: "toy", Name: "Toy", Role: waybill.RoleDeveloper}, NewSecret: "toy-secret"}
	if _, err := s.SaveClient(ctx, client); err != nil {
		t.Fatal(err)
	}
	token, err := engine.Gate{Engine: e}.IssueToken(ctx, engine.Credentials{Dialect: "toy", Kind: waybill.ActorClient, ID: "toy", Secret: "toy-secret"})
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + token.Text
}
