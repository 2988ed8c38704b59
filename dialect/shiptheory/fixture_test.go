package shiptheory_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/engine"
)

// The account "seed" holds what the vendor's page shows: the people, carriers and services it names. House
// connections carry the carriers' names; those that must fail belong to a carrier of the tests' own.
const (
	seedEmail    = "test@testweb.com"
	seedPassword = "password"
)

// epoch is when the clock of every app stands at first. Conversations of the page set it back.
var epoch = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// seeder saves one record after the other and stops the test at the first that fails.
type seeder struct {
	t          *testing.T
	s          engine.Session
	connection map[string]waybill.ID
}

func (s *seeder) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("fixture: %v", err)
	}
}

// seed makes the account and answers the Authorization header of its user.
func seed(t *testing.T, e *engine.Engine) string {
	ctx := context.Background()
	s := &seeder{t: t, connection: map[string]waybill.ID{}}
	s.s = e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	account, err := s.s.SaveAccount(ctx, waybill.Account{Name: "seed", TenantID: "seed", Settings: unlimited()})
	s.check(err)
	s.s.Actor.Account = account.ID
	for _, email := range []string{seedEmail, "you@youremail.com"} {
		_, err = s.s.SaveUser(ctx, engine.SaveUser{
			User: waybill.User{Email: email, Name: email, Role: waybill.RoleAdmin}, NewPassword: seedPassword,
		})
		s.check(err)
	}
	s.connections()
	account.Settings.DefaultLocation = s.location()
	_, err = e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture"}).SaveAccount(ctx, account)
	s.check(err)
	s.services()
	_, err = s.s.SaveRule(ctx, waybill.Rule{
		Name: "Great Britain goes DHL, cheapest first", Importance: 1,
		When: []byte(`{"field":"destination.country","op":"is","value":"GB"}`),
		Then: []byte(`[{"do":"require","provider":"DHL"},{"do":"cheapest"}]`),
	})
	s.check(err)
	token, err := engine.Gate{Engine: e}.IssueToken(ctx, engine.Credentials{
		Dialect: "shiptheory", Kind: waybill.ActorUser, ID: seedEmail, Secret: seedPassword,
	})
	s.check(err)
	return "Bearer " + token.Text
}

// unlimited are the account's settings: suites ask more than 300 times a minute.
func unlimited() waybill.Settings {
	return waybill.Settings{Currency: "GBP", Limits: map[string]waybill.RateLimit{"shiptheory": {}}}
}

func (s *seeder) connections() {
	text, err := house.DemoCard("gb")
	s.check(err)
	card := strings.Replace(string(text), `"2020-01-01"`, `"2010-01-01"`, 1) // the page's shipments are older
	dhl := strings.Replace(card, `"Economy"`, `"Domestic Economy"`, 1)
	s.house("dhl", "DHL", dhl, 1)
	s.house("dpd", "DPD", card, 1)
	s.house("dpd-2", "DPD", card, 2)
	s.house("royalmail", "Royal Mail", card, 1)
	s.house("inpost", "InPost", card, 1)
	for _, name := range []string{"Parcelforce", "FedEx"} {
		s.connect(waybill.Connection{ExternalID: name, Carrier: "post", Name: name, Mode: waybill.ModeLive})
	}
}

func (s *seeder) house(id, name, card string, increment int) {
	s.connect(waybill.Connection{
		ExternalID: id, Carrier: "house", Name: name, Mode: waybill.ModeLive, Increment: increment,
		Settings: map[string]string{"rate_card": card, "display_name": name, "number_prefix": strings.ToUpper(id[:2])},
	})
}

func (s *seeder) connect(c waybill.Connection) {
	s.t.Helper()
	saved, err := s.s.SaveConnection(context.Background(), engine.SaveConnection{Connection: c, Secrets: carrier.Settings{}})
	s.check(err)
	s.connection[c.ExternalID] = saved.ID
}

func (s *seeder) location() waybill.ID {
	l := waybill.Location{
		ExternalID: "GB-BATH", Name: "Bath", TimeZone: "Europe/London",
		Contact: waybill.Contact{First: "Julian", Last: "Bashir", Company: "Hair Wholesaler Co.", Phone: "0117123111"},
		Address: waybill.Address{Street1: "65 Horfield Retail Park", City: "Bath", Postcode: "BA1 2JW", Country: "GB"},
	}
	for _, id := range []string{"dhl", "dpd", "dpd-2", "royalmail", "inpost", "Parcelforce", "FedEx"} {
		l.Connections = append(l.Connections, s.connection[id])
	}
	saved, err := s.s.SaveLocation(context.Background(), l)
	s.check(err)
	return saved.ID
}

func (s *seeder) services() {
	for _, v := range []waybill.Service{
		{Row: waybill.Row{Number: 37}, Carrier: "DPD", Code: "economy", Name: "Parcel - Homecall"},
		{Row: waybill.Row{Number: 38}, Carrier: "DPD", Code: "two_day", Name: "Parcel - Two Day"},
		{Row: waybill.Row{Number: 39}, Carrier: "DPD", Code: "next_day", Name: "Parcel - Next Day"},
		{Row: waybill.Row{Number: 100}, Carrier: "Royal Mail", Code: "returns_48", Name: "Tracked 48 Returns", Direction: waybill.Incoming},
		{Row: waybill.Row{Number: 200}, Carrier: "Royal Mail", Code: "returns_24", Name: "Tracked 24 Returns", Direction: waybill.Incoming},
		{Row: waybill.Row{Number: 300}, Carrier: "InPost", Code: "returns_48", Name: "InPost Medium Locker Return", Direction: waybill.Incoming},
	} {
		v.Driver = "house"
		_, err := s.s.SaveService(context.Background(), v)
		s.check(err)
	}
}
