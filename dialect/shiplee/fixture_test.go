package shiplee_test

import (
	"context"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/carrier/house"
	"waybill/engine"
)

// The account "seed" holds what the vendor's page shows: the person with the ids, the warehouse with its number, a
// Delhivery connection paid from a wallet with a floor of ₹500. A second warehouse has a courier of the house's own.
const (
	seedEmail  = "you@example.com"
	seedKey    = "your-api-key"
	seedUser   = 62
	seedID     = "d10701280b9798033c6917e9415b03c3"
	seedPlace  = 2147483833
	ownPlace   = 2147483834
	seedOrder  = 484900
	seedMarkup = 100 // per mille
)

// epoch is when the clock of every app stands at first: a Saturday, 14:30 in India.
var epoch = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// seed makes the account and answers the Authorization header of its user. Every record has a number of its own, so
// that the first that has none gets the one before the page's order.
func seed(t *testing.T, e *engine.Engine) string {
	t.Helper()
	ctx := context.Background()
	s := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	account, err := s.SaveAccount(ctx, waybill.Account{
		Row: waybill.Row{Number: 61}, Name: "seed", TenantID: "seed",
		Settings: waybill.Settings{Currency: "INR", Limits: map[string]waybill.RateLimit{"shiplee": {}}}, // suites ask often
	})
	must(t, err)
	s.Actor.Account = account.ID
	_, err = s.SaveUser(ctx, engine.SaveUser{
		User:      waybill.User{Row: waybill.Row{Number: seedUser}, Email: seedEmail, Name: "You", Role: waybill.RoleAdmin, ExternalID: seedID},
		NewAPIKey: seedKey,
	})
	must(t, err)
	card, err := house.DemoCard("in")
	must(t, err)
	for _, c := range []engine.SaveConnection{
		{
			Connection: waybill.Connection{
				Row: waybill.Row{Number: 63}, ExternalID: "delhivery", Carrier: "delhivery", Name: "Delhivery", Mode: waybill.ModeSimulator,
				Settings: map[string]string{"client_name": delhiverysim.DefaultClient}, Markup: seedMarkup, Billed: waybill.BilledWallet, Floor: waybill.Money{Minor: 500_00, Currency: "INR"},
			},
			Secrets: carrier.Settings{"token": delhiverysim.DefaultToken},
		},
		{Connection: waybill.Connection{
			Row: waybill.Row{Number: 64}, ExternalID: "riders", Carrier: "house", Name: "Riders", Mode: waybill.ModeLive,
			Settings: map[string]string{"rate_card": string(card), "display_name": "Riders", "number_prefix": "XB"},
		}},
	} {
		_, err := s.SaveConnection(ctx, c)
		must(t, err)
	}
	_, err = s.SavePackageSize(ctx, waybill.PackageSize{Row: waybill.Row{Number: seedOrder - 2}, Name: "the number before that"})
	must(t, err)
	return loggedIn(t, e)
}

// loggedIn is a header with a new token of the seeded user.
func loggedIn(t *testing.T, e *engine.Engine) string {
	t.Helper()
	token, err := engine.Gate{Engine: e}.IssueToken(t.Context(), engine.Credentials{
		Dialect: "shiplee", Kind: waybill.ActorUser, ID: seedEmail, Secret: seedKey, APIKey: true, TTL: 1000 * time.Hour,
	})
	must(t, err)
	return "Bearer " + token.Text
}

// warehouses are the page's, which Delhivery serves, and another that the riders serve too.
func warehouses(t *testing.T, s engine.Session) []waybill.Location {
	t.Helper()
	connections, err := s.ListConnections(context.Background())
	must(t, err)
	byKey := map[string]waybill.ID{}
	for _, c := range connections {
		byKey[c.ExternalID] = c.ID
	}
	return []waybill.Location{
		{
			Row: waybill.Row{Number: seedPlace}, ExternalID: "main", Name: "Main Warehouse", Kind: "primary", TimeZone: "Asia/Kolkata",
			Contact:     waybill.Contact{Company: "Main Warehouse", Phone: "9000000001"},
			Address:     waybill.Address{Street1: "123 Logistics Road", City: "New Delhi", State: "Delhi", Postcode: "110076", Country: "IN"},
			Connections: []waybill.ID{byKey["delhivery"]},
		},
		{
			Row: waybill.Row{Number: ownPlace}, ExternalID: "riders", Name: "Riders' Yard", TimeZone: "Asia/Kolkata",
			Contact:     waybill.Contact{Company: "Riders", Phone: "9000000003"},
			Address:     waybill.Address{Street1: "9 Residency Road", City: "Bengaluru", State: "Karnataka", Postcode: "560025", Country: "IN"},
			Connections: []waybill.ID{byKey["riders"]},
		},
	}
}
