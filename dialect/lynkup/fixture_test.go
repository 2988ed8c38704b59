package lynkup_test

import (
	"context"
	"fmt"
	"testing"

	"waybill"
	"waybill/engine"
)

// The account "seed" holds what the vendor's page shows: ids, tenant, brands, contacts, coordinates. House
// connections carry the names its providers have.
const (
	seedTenant = "dummyaccount1"
	seedClient = "seed-client"
	seedSecret = "seed-secret"
	seedKey    = "Default_Business_Key"
)

// card is a rate card of one service with two bands, up to two pounds and heavier, of a better one that costs
// twice as much, and of one that brings parcels back.
func card(currency, zone, code, name string, light, heavy int) string {
	const service = `{"code":%q,"name":%q,"direction":%q,"abilities":["refrigerated","signature","adult_signature"],
		"tariffs":[{"zone":"all","days":1,"bands":[{"up_to_g":908,"price":%d},{"up_to_g":30000,"price":%d}]}]}`
	return fmt.Sprintf(`{"version":"1","valid_from":"2019-01-01","currency":%q,"time_zone":%q,"working_days":["mon","tue","wed","thu","fri","sat","sun"],
		"zones":[{"code":"all"}],"services":[`+service+`,`+service+`,`+service+`]}`,
		currency, zone, code, name, waybill.Outgoing, light, heavy, code+"_plus", name+" Plus", waybill.Outgoing, 2*light, 2*heavy,
		"back", "Back", waybill.Incoming, light, heavy)
}

// seeder saves one record after the other and stops the test at the first that fails.
type seeder struct {
	t          testing.TB
	admin      engine.Session
	brand      map[string]waybill.ID
	connection map[string]waybill.ID
	location   map[string]waybill.ID
}

func (s *seeder) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("fixture: %v", err)
	}
}

// seed makes the account.
func seed(t testing.TB, e *engine.Engine) waybill.Account {
	ctx := context.Background()
	s := &seeder{t: t, brand: map[string]waybill.ID{}, connection: map[string]waybill.ID{}, location: map[string]waybill.ID{}}
	s.admin = e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	account, err := s.admin.SaveAccount(ctx, waybill.Account{Name: "seed", TenantID: seedTenant, Settings: waybill.Settings{
		Currency: "USD", Limits: map[string]waybill.RateLimit{"lynkup": {}},
	}})
	s.check(err)
	s.admin.Actor.Account = account.ID
	_, err = s.admin.SaveClient(ctx, engine.SaveClient{
		Client: waybill.Client{ClientID: seedClient, Name: seedKey, Role: waybill.RoleAdmin}, NewSecret: seedSecret,
	})
	s.check(err)
	for _, id := range []string{"dummyaccount1", "devon", "demoBrand"} {
		brand, err := s.admin.SaveBrand(ctx, waybill.Brand{ExternalID: id, Name: id})
		s.check(err)
		s.brand[id] = brand.ID
	}
	s.connections()
	s.locations()
	_, err = s.admin.SavePackageSize(ctx, waybill.PackageSize{Name: "large", Size: waybill.Size{Length: "12", Width: "11", Height: "10", Unit: waybill.Inch}})
	s.check(err)
	return account
}

func (s *seeder) connections() {
	s.house("abc123", "UPS", "UPS", card("USD", "America/New_York", "ground", "Ground", 900, 950))
	s.house("2323", "DoorDash", "DoorDash_123", card("USD", "America/Chicago", "delivery", "Delivery", 1033, 1034))
	s.house("dfdf", "DoorDash", "DoorDash", card("USD", "America/Chicago", "delivery", "Delivery", 1033, 1034))
	s.house("3322", "Point Pickup", "Point Pickup", card("USD", "America/New_York", "delivery", "Delivery", 600, 600))
	s.house("golocal", "Walmart GoLocal", "Walmart GoLocal", card("USD", "America/Chicago", "delivery", "Delivery", 500, 500))
	s.house("van", "Van", "The Van", card("GBP", "Europe/London", "next_day", "Next Day", 450, 550))
	for _, name := range []string{"courier", "oneway"} {
		s.connect(waybill.Connection{ExternalID: name, Carrier: name, Name: "Courier", DisplayName: "The Courier"})
	}
}

func (s *seeder) house(id, name, display, card string) {
	s.connect(waybill.Connection{
		ExternalID: id, Carrier: "house", Name: name, DisplayName: display,
		Settings: map[string]string{"rate_card": card, "display_name": display, "number_prefix": "SD"},
	})
}

func (s *seeder) connect(c waybill.Connection) {
	s.t.Helper()
	c.Mode = waybill.ModeLive
	saved, err := s.admin.SaveConnection(context.Background(), engine.SaveConnection{Connection: c})
	s.check(err)
	s.connection[c.ExternalID] = saved.ID
}

func (s *seeder) locations() {
	s.place("", waybill.Location{
		ExternalID: "301", Name: "WareHouse 301", TimeZone: "America/New_York",
		Contact: waybill.Contact{Name: "John Smith", Phone: "+1 201-555-0123"},
		Address: waybill.Address{
			Street1: "502 Park Avenue", City: "New York", State: "NY", Postcode: "10022", Country: "US",
			Point: &waybill.Point{Lat: 40.76321409999999, Lng: -73.9698963},
		},
	})
	s.place("dummyaccount1", waybill.Location{
		ExternalID: "7709", Name: "Boston", TimeZone: "America/New_York", Return: s.location["301"],
		Contact: waybill.Contact{Name: "asd", Phone: "+1 234-567-8900"},
		Address: waybill.Address{
			Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US",
			Point: &waybill.Point{Lat: 42.3452369, Lng: -71.0639399},
		},
	}, "abc123")
	s.place("devon", waybill.Location{
		ExternalID: "100983", Name: "Dallas", TimeZone: "America/Chicago",
		PickupInstructions: "Enter from the staff entrance to pick up the package",
		Contact:            waybill.Contact{Name: "Michele Parker", Phone: "+1 201-555-0123"},
		Address: waybill.Address{
			Street1: " The Mall", City: "Dallas", State: "TX", Postcode: "75219", Country: "US",
			Point: &waybill.Point{Lat: 32.814645, Lng: -96.81982339999999},
		},
	}, "2323")
	s.place("demoBrand", waybill.Location{
		ExternalID: "NYClocation101", Name: "Manhattan", TimeZone: "America/New_York", PickupInstructions: "Always be smiling",
		Contact: waybill.Contact{Name: "Peter Brown", Phone: "432-234-2232"},
		Address: waybill.Address{Street1: "7th 42nd Avenue, Times Square", City: "Manhattan", State: "NY", Postcode: "10036", Country: "US"},
	}, "3322")
	s.place("", waybill.Location{
		ExternalID: "BATH/1", Name: "Bath", TimeZone: "Europe/London", Settings: waybill.Settings{Currency: "GBP"},
		Contact: waybill.Contact{First: "Ελένη", Last: "Παπαδοπούλου", Phone: "0117 123111"},
		Address: waybill.Address{Street1: "65 Horfield Road", City: "Bath", Postcode: "BA1 2JW", Country: "GB"},
	}, "van")
}

func (s *seeder) place(brand string, l waybill.Location, connections ...string) {
	s.t.Helper()
	l.Brand = s.brand[brand]
	for _, id := range connections {
		l.Connections = append(l.Connections, s.connection[id])
	}
	saved, err := s.admin.SaveLocation(context.Background(), l)
	s.check(err)
	s.location[l.ExternalID] = saved.ID
}
