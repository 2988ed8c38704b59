package app

import (
	"context"
	"fmt"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect/native"
	"waybill/engine"
)

// The demo's credentials. They exist only in a data folder that was started with --demo, and a server
// without --demo refuses them there: see waybill.Account.Demo.
const (
	DemoAccount  = "demo"
	DemoEmail    = "demo@waybill.test"
	DemoPassword = "demo-password"
	DemoClient   = "demo-client"
	DemoSecret   = "demo-secret"
	DemoAPIKey   = "demo-apikey"
	// DemoKey is the demo's API key of Waybill's own API: a test key, as all of the demo's carriers are simulators.
	DemoKey = "wb_test_demodemodemodemodemodemodemode4CrKwc"
	// DemoCarrier is the connection that Peddler's addresses name, DemoWarehouse the place in New Delhi.
	DemoCarrier   = "demo"
	DemoWarehouse = 2147483833
)

// tryKeys are the keys that the reference at /docs may show to everybody: the demo's.
func (c Config) tryKeys() map[string]string {
	if !c.Demo {
		return nil
	}
	return map[string]string{native.Name: DemoKey}
}

// seedDemo makes the demo's account with all it needs, the same every time; what is there already stays.
// The default location comes last, and says that all is there.
func (a *App) seedDemo(ctx context.Context) error {
	admin := a.Engine.As(installation)
	accounts, err := admin.ListAccounts(ctx)
	if err != nil {
		return err
	}
	for _, known := range accounts {
		switch {
		case known.Name == DemoAccount && !known.Demo:
			return fmt.Errorf("there is an account %q which is not the demo's", DemoAccount)
		case known.Name == DemoAccount && known.Settings.DefaultLocation != "":
			if d := a.demoDesk(ctx, known); d.whole() || d.err != nil {
				d.note(d.key())
				return d.err
			}
		}
	}
	account, err := admin.SaveAccount(ctx, waybill.Account{
		Name: DemoAccount, TenantID: "dummyaccount1", Demo: true, Settings: waybill.Settings{Currency: "USD", ChannelName: "API"},
	})
	if err != nil {
		return err
	}
	d := a.demoDesk(ctx, account)
	d.people()
	d.note(d.key())
	d.connections()
	d.wallet()
	d.locations()
	d.services()
	d.sizes()
	d.rules()
	if d.err == nil {
		account.Settings.DefaultLocation = d.location["GB-BATH"]
		_, d.err = admin.SaveAccount(ctx, account)
	}
	return d.err
}

// whole reports whether the demo has all that this version gives it. One of an earlier version is given everything
// anew.
func (d *demo) whole() bool {
	locations, err := d.s.ListLocations(d.ctx)
	d.note(err)
	return slices.ContainsFunc(locations, func(l waybill.Location) bool { return l.ExternalID == demoLast })
}

// demoLast is the last location that is made, and the one that the latest version brought.
const demoLast = "NL-AMS"

// demo saves one thing after the other until one fails.
type demo struct {
	ctx        context.Context
	s          engine.Session
	err        error
	brand      waybill.ID
	connection map[string]waybill.ID
	location   map[string]waybill.ID
}

func (a *App) demoDesk(ctx context.Context, account waybill.Account) *demo {
	return &demo{ctx: ctx, s: a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "demo", Account: account.ID, Role: waybill.RoleAdmin})}
}

// key makes the API key, if it is not there yet.
func (d *demo) key() error {
	_, err := d.s.CreateAPIKey(d.ctx, engine.CreateAPIKey{Name: "demo", Role: waybill.RoleAdmin, Test: true, Text: DemoKey})
	if waybill.IsCode(err, waybill.Conflict) {
		return nil
	}
	return err
}

func (d *demo) people() {
	_, err := d.s.SaveUser(d.ctx, engine.SaveUser{
		User:        waybill.User{Row: waybill.Row{Number: 62}, Email: DemoEmail, Name: "Demo", Role: waybill.RoleAdmin},
		NewPassword: DemoPassword, NewAPIKey: DemoAPIKey,
	})
	d.note(err)
	_, err = d.s.SaveClient(d.ctx, engine.SaveClient{
		Client: waybill.Client{ClientID: DemoClient, Name: "Default_Business_Key", Role: waybill.RoleAdmin}, NewSecret: DemoSecret,
	})
	d.note(err)
	brand, err := d.s.SaveBrand(d.ctx, waybill.Brand{ExternalID: "dummyaccount1", Name: "Waybill Demo"})
	d.note(err)
	d.brand = brand.ID
}

func (d *demo) note(err error) {
	if d.err == nil {
		d.err = err
	}
}

// connections: a simulated UPS, and house couriers on example rate cards under the names that the
// vendors' pages print. All of them are simulators: their labels say so.
func (d *demo) connections() {
	d.connection = map[string]waybill.ID{}
	d.connect(waybill.Connection{
		ExternalID: "ups", Carrier: "ups", Name: "UPS",
		Settings: map[string]string{"client_id": simClient, "account_number": simAccount},
	}, carrier.Settings{"client_secret": simSecret})
	d.connect(waybill.Connection{
		ExternalID: "delhivery", Carrier: "delhivery", Name: "Delhivery", Markup: 100,
		Settings: map[string]string{"client_name": simShop}, Billed: waybill.BilledWallet, Floor: waybill.Money{Minor: 500_00, Currency: "INR"},
	}, carrier.Settings{"token": simToken})
	d.connect(waybill.Connection{
		ExternalID: "doordash", Carrier: "doordash", Name: "DoorDash",
		Settings: map[string]string{"developer_id": simDeveloper, "key_id": simKey},
	}, carrier.Settings{"signing_secret": simSigning})
	for _, h := range []struct{ id, name, card, form, prefix string }{
		{"house-us", "House Courier", "us", "", "WBU"},
		{"dhl", "DHL", "gb", "", "DH"},
		{"dpd", "DPD", "gb", "", "DP"},
		{"royalmail", "Royal Mail", "gb", "", "RM"},
		{"inpost", "InPost", "gb", "", "IP"},
		{"house-in", "House Courier India", "in", "", "WBI"},
		{DemoCarrier, "Bike Couriers", "nl", "peddler", ""},
	} {
		card, err := house.DemoCard(h.card)
		d.note(err)
		settings := map[string]string{"rate_card": string(card), "display_name": h.name}
		if h.form != "" {
			settings["number_form"] = h.form
		} else {
			settings["number_prefix"] = h.prefix
		}
		d.connect(waybill.Connection{ExternalID: h.id, Carrier: "house", Name: h.name, Settings: settings}, nil)
	}
}

// wallet: what the simulated Delhivery is paid from, with an opening top-up.
func (d *demo) wallet() {
	if d.err != nil {
		return
	}
	_, err := d.s.TopUp(d.ctx, engine.TopUp{
		Amount: waybill.Money{Minor: 5000_00, Currency: "INR"}, Cause: "opening top-up of the demo", Key: "demo-opening",
	})
	d.note(err)
}

func (d *demo) connect(c waybill.Connection, secrets carrier.Settings) {
	if d.err != nil {
		return
	}
	c.Mode, c.Increment = waybill.ModeSimulator, 1
	saved, err := d.s.SaveConnection(d.ctx, engine.SaveConnection{Connection: c, Secrets: secrets})
	d.note(err)
	d.connection[c.ExternalID] = saved.ID
}

func (d *demo) locations() {
	d.location = map[string]waybill.ID{}
	d.place(waybill.Location{
		ExternalID: "301", Name: "WareHouse 301", TimeZone: "America/New_York",
		Contact: waybill.Contact{Name: "John Smith", Phone: "+1 201-555-0123"},
		Address: waybill.Address{
			Street1: "502 Park Avenue", City: "New York", State: "NY", Postcode: "10022", Country: "US",
			Point: &waybill.Point{Lat: 40.76321409999999, Lng: -73.9698963},
		},
	})
	d.place(waybill.Location{
		ExternalID: "7709", Name: "Boston", TimeZone: "America/New_York",
		Contact: waybill.Contact{Name: "asd", Phone: "+1 234-567-8900"},
		Address: waybill.Address{
			Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US",
			Point: &waybill.Point{Lat: 42.3452369, Lng: -71.0639399},
		},
	}, "ups", "house-us")
	d.place(waybill.Location{
		ExternalID: "100983", Name: "Dallas", TimeZone: "America/Chicago",
		Contact: waybill.Contact{Name: "Michele Parker", Phone: "+1 201-555-0123"},
		Address: waybill.Address{
			Street1: "The Mall", City: "Dallas", State: "TX", Postcode: "75219", Country: "US",
			Point: &waybill.Point{Lat: 32.814645, Lng: -96.81982339999999},
		},
		PickupInstructions: "Enter from the staff entrance to pick up the package",
	}, "house-us", "ups")
	d.place(waybill.Location{
		ExternalID: "NYClocation101", Name: "Manhattan", TimeZone: "America/New_York",
		Contact:            waybill.Contact{Name: "Peter Brown", Phone: "432-234-2232"},
		Address:            waybill.Address{Street1: "7th 42nd Avenue, Times Square", City: "Manhattan", State: "NY", Postcode: "10036", Country: "US"},
		PickupInstructions: "Always be smiling",
	}, "house-us", "ups")
	d.place(waybill.Location{
		ExternalID: "GB-BATH", Name: "Bath", TimeZone: "Europe/London",
		Contact:  waybill.Contact{First: "Julian", Last: "Bashir", Company: "Hair Wholesaler Co.", Phone: "0117123111"},
		Address:  waybill.Address{Street1: "65 Horfield Retail Park", City: "Bath", Postcode: "BA1 2JW", Country: "GB"},
		Settings: waybill.Settings{Currency: "GBP"},
	}, "dhl", "dpd", "royalmail", "inpost")
	d.place(waybill.Location{
		ExternalID: "IN-DELHI", Name: "New Delhi", TimeZone: "Asia/Kolkata",
		Contact:  waybill.Contact{Name: "Asha Rao", Phone: "9876543210"},
		Address:  waybill.Address{Street1: "12 Barakhamba Road", City: "New Delhi", State: "DL", Postcode: "110001", Country: "IN"},
		Settings: waybill.Settings{Currency: "INR"}, Row: waybill.Row{Number: DemoWarehouse}, Kind: "primary",
	}, "delhivery", "house-in")
	d.place(waybill.Location{
		ExternalID: demoLast, Name: "Amsterdam", TimeZone: "Europe/Amsterdam",
		Contact:  waybill.Contact{Name: "Daan Bakker", Phone: "+31 20 123 4567"},
		Address:  waybill.Address{Street1: "Overtoom 141", City: "Amsterdam", Postcode: "1054 HG", Country: "NL"},
		Settings: waybill.Settings{Currency: "EUR"},
	}, DemoCarrier)
}

func (d *demo) place(l waybill.Location, connections ...string) {
	if d.err != nil {
		return
	}
	for _, id := range connections {
		l.Connections = append(l.Connections, d.connection[id])
	}
	if l.Address.Country == "US" {
		l.Return = d.location["301"]
	}
	l.Brand = d.brand
	saved, err := d.s.SaveLocation(d.ctx, l)
	d.note(err)
	d.location[l.ExternalID] = saved.ID
}

func (d *demo) services() {
	for _, v := range []struct {
		number                      int64
		driver, carrier, code, name string
		direction                   waybill.Direction
	}{
		{1, "ups", "UPS", "03", "Ground", waybill.Outgoing},
		{2, "ups", "UPS", "02", "2nd Day Air", waybill.Outgoing},
		{3, "ups", "UPS", "01", "Next Day Air", waybill.Outgoing},
		{37, "house", "DPD", "economy", "Parcel - Homecall", waybill.Outgoing},
		{38, "house", "DPD", "two_day", "Parcel - Two Day", waybill.Outgoing},
		{39, "house", "DPD", "next_day", "Parcel - Next Day", waybill.Outgoing},
		{40, "house", "DHL", "economy", "Domestic Economy", waybill.Outgoing},
		{41, "house", "DHL", "next_day", "Domestic Express", waybill.Outgoing},
		{42, "house", "DHL", "europe_road", "Europlus", waybill.Outgoing},
		{100, "house", "Royal Mail", "returns_48", "Tracked 48 Returns", waybill.Incoming},
		{200, "house", "Royal Mail", "returns_24", "Tracked 24 Returns", waybill.Incoming},
		{300, "house", "InPost", "returns_48", "InPost Medium Locker Return", waybill.Incoming},
	} {
		if d.err != nil {
			return
		}
		_, err := d.s.SaveService(d.ctx, waybill.Service{
			Row: waybill.Row{Number: v.number}, Carrier: v.carrier, Driver: v.driver, Code: v.code, Name: v.name, Direction: v.direction,
		})
		d.note(err)
	}
}

func (d *demo) sizes() {
	for _, v := range []struct {
		number                int64
		name                  string
		length, width, height waybill.Decimal
		unit                  waybill.LengthUnit
	}{
		{11110, "Quarter Pallet", "1", "1", "1", waybill.Metre},
		{11120, "Small Box", "2", "2", "1", waybill.Centimetre},
		{100001, "Medium Box", "40", "30", "20", waybill.Centimetre},
		{10001, "Large Box", "60", "50", "40", waybill.Centimetre},
		{10002, "Shoe Box", "35", "22", "13", waybill.Centimetre},
		{12001, "small", "6", "6", "6", waybill.Inch},
	} {
		if d.err != nil {
			return
		}
		_, err := d.s.SavePackageSize(d.ctx, waybill.PackageSize{
			Row: waybill.Row{Number: v.number}, Name: v.name,
			Size: waybill.Size{Length: v.length, Width: v.width, Height: v.height, Unit: v.unit},
		})
		d.note(err)
	}
}

// rules: a small set that shows what rules can do.
func (d *demo) rules() {
	for i, r := range []struct{ name, when, then string }{
		{
			"US domestic from Boston goes UPS Ground",
			`{"all":[{"field":"location","op":"is","value":"7709"},{"field":"destination.country","op":"is","value":"US"}]}`,
			`[{"do":"prefer","provider":"UPS","service":"03"}]`,
		},
		{
			"Great Britain goes DHL, cheapest first",
			`{"all":[{"field":"origin.country","op":"is","value":"GB"},{"field":"destination.country","op":"is","value":"GB"}]}`,
			`[{"do":"require","provider":"DHL"},{"do":"cheapest"}]`,
		},
		{
			"Abroad from Great Britain, the fastest",
			`{"all":[{"field":"origin.country","op":"is","value":"GB"},{"not":{"field":"destination.country","op":"is","value":"GB"}}]}`,
			`[{"do":"fastest"}]`,
		},
		{
			"Over 1000 dollars waits for approval",
			`{"field":"value","op":"gt","value":"1000 USD"}`,
			`[{"do":"hold","reason":"Worth over 1000 dollars: a person approves it."}]`,
		},
		{
			"Belfast parcels print on the bench by the door",
			`{"field":"destination.postcode","op":"matches","value":"BT1-BT94"}`,
			`[{"do":"printer","name":"door"}]`,
		},
	} {
		if d.err != nil {
			return
		}
		_, err := d.s.SaveRule(d.ctx, waybill.Rule{Name: r.name, Importance: 10 - i, When: []byte(r.when), Then: []byte(r.then)})
		if err != nil {
			err = fmt.Errorf("rule %q: %w", r.name, err)
		}
		d.note(err)
	}
}
