package peddler_test

import (
	"context"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect/dialecttest"
	"waybill/dialect/peddler"
	"waybill/engine"
)

// epoch is when the clock of every app stands at first: a Monday morning in Amsterdam.
var epoch = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// The account "seed": what a client of the vendor's was given. The page prints {CARRIER_ID} alone, so ids are ours.
const (
	carrierID    = "64751f4a1b2c3d0011223344" // as the vendor's look
	clientID     = "seed-client"
	clientSecret = "seed-secret"
)

// installation makes apps of the seeded account, from one template a test.
func installation(t *testing.T) *dialecttest.Installation {
	i := &dialecttest.Installation{
		Dialect: peddler.Dialect(), Now: epoch, Drivers: []carrier.Driver{house.Driver(), courierDriver()}, Seed: seed,
	}
	i.Prepare(t)
	return i
}

type seeder struct {
	t *testing.T
	s engine.Session
}

func (s *seeder) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("fixture: %v", err)
	}
}

// seed makes the account with its carriers, and another account, and answers the header of the account's client.
func seed(t *testing.T, e *engine.Engine) string {
	ctx := context.Background()
	s := &seeder{t: t, s: e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})}
	other, err := s.s.SaveAccount(ctx, waybill.Account{Name: "other"})
	s.check(err)
	s.s.Actor.Account = other.ID
	s.house("foreign", "Theirs", "nl", "courier")
	s.s.Actor.Account = ""
	account, err := s.s.SaveAccount(ctx, waybill.Account{
		Name: "seed", TenantID: "seed",
		Settings: waybill.Settings{Currency: "EUR", Limits: map[string]waybill.RateLimit{"peddler": {}}}, // suites ask more often
	})
	s.check(err)
	s.s.Actor.Account = account.ID
	_, err = s.s.SaveClient(ctx, engine.SaveClient{
		Client: waybill.Client{ClientID: clientID, Name: "Webshop", Role: waybill.RoleAdmin}, NewSecret: clientSecret,
	})
	s.check(err)
	s.house(carrierID, "Peddler", "nl", "peddler")
	s.house("second", "Second courier", "nl", "courier")
	s.connect(waybill.Connection{ExternalID: "slow", Carrier: "courier", Name: "Slow"})
	_, err = s.s.SaveService(ctx, waybill.Service{Row: waybill.Row{Number: 77}, Carrier: "Peddler", Driver: "house", Code: "RETURN_48", Name: "Return", Direction: waybill.Incoming})
	s.check(err)
	home, err := s.s.SaveLocation(ctx, waybill.Location{
		ExternalID: "AMS-1", Name: "Amsterdam", TimeZone: "Europe/Amsterdam",
		Contact: waybill.Contact{Name: "Magazijn West", Company: "De Winkel BV", Phone: "+31205550100"},
		Address: waybill.Address{Street1: "Haarlemmerweg", House: "10", City: "Amsterdam", Postcode: "1014BE", Country: "NL"},
	})
	s.check(err)
	account.Settings.DefaultLocation = home.ID
	_, err = e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture"}).SaveAccount(ctx, account)
	s.check(err)
	_, err = s.s.SetHookToken(ctx, engine.SetHookToken{Token: "seed-hook-token"})
	s.check(err)
	token, err := engine.Gate{Engine: e}.IssueToken(ctx, engine.Credentials{
		Dialect: "peddler", Kind: waybill.ActorClient, ID: clientID, Secret: clientSecret, Connection: carrierID, TTL: 1000 * time.Hour,
	})
	s.check(err)
	return "Bearer " + token.Text
}

func (s *seeder) house(id, name, country, form string) {
	s.t.Helper()
	card, err := house.DemoCard(country)
	s.check(err)
	s.connect(waybill.Connection{ExternalID: id, Carrier: "house", Name: name, Settings: map[string]string{
		"rate_card": string(card), "display_name": name, "number_form": form, "routing": "AMS",
	}})
}

func (s *seeder) connect(c waybill.Connection) {
	s.t.Helper()
	c.Mode, c.Increment = waybill.ModeLive, 1
	_, err := s.s.SaveConnection(context.Background(), engine.SaveConnection{Connection: c, Secrets: carrier.Settings{}})
	s.check(err)
}
