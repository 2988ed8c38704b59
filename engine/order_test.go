package engine_test

import (
	"strings"
	"sync"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestReferencesThatCannotBe(t *testing.T) {
	d := houseOnly(t)
	for _, bad := range []string{"", "  ", "list", "search", "a\x00b", "a\nb", strings.Repeat("é", 101)} {
		_, err := d.CreateShipment(t.Context(), enginetest.Order(bad))
		wantReason(t, err, waybill.ReasonFields, "reference")
	}
	long := strings.Repeat("é", 100) // characters, not bytes
	create(t, d, enginetest.Order(long))
	if sh := get(t, d, long); sh.Reference != long {
		t.Errorf("it is stored as %q", sh.Reference)
	}
	create(t, d, enginetest.Order("a/b"))
	create(t, d, enginetest.Order("A/b")) // exact bytes
}

// A new create with the reference of a shipment that found nobody replaces its data and keeps what it is.
func TestReplaceKeepsIdentity(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Rule("not for us", `{"field":"metadata","op":"is","value":"ignore"}`, `[{"do":"ignore"}]`)
	failed := enginetest.Order("failed")
	ignored := enginetest.Order("ignored")
	ignored.Shipment.Metadata = "ignore"
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	for _, in := range []engine.CreateShipment{failed, ignored} {
		first := create(t, d, in)
		d.World.Clock.Advance(1e9)
		d.Courier.Before = nil
		again := enginetest.Order(in.Shipment.Reference)
		again.Shipment.Group = "second"
		sh := create(t, d, again)
		if sh.ID != first.ID || sh.Number != first.Number || !sh.Created.Equal(first.Created) {
			t.Errorf("%s: id, number or creation changed", in.Shipment.Reference)
		}
		if sh.Booking != waybill.Booked || sh.Failure != nil || sh.Group != "second" || sh.Metadata != "" || sh.Tracking == "" {
			t.Errorf("%s: it is %s, failure %v, group %q, metadata %q", sh.Reference, sh.Booking, sh.Failure, sh.Group, sh.Metadata)
		}
		_, err := d.CreateShipment(t.Context(), again)
		wantReason(t, err, waybill.ReasonDuplicate, "reference")
	}
	held := enginetest.Order("held")
	held.Approve = true
	create(t, d, held)
	_, err := d.CreateShipment(t.Context(), enginetest.Order("held"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
}

func TestNobodyReplacesTwice(t *testing.T) { onBoth(t, nobodyReplacesTwice) }

func nobodyReplacesTwice(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	d.Boston()
	create(t, d, enginetest.Order("A-1"))
	d.Boston(d.Fake("courier", "courier"))
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wait.Go(func() { _, errs[i] = d.CreateShipment(t.Context(), enginetest.Order("A-1")) })
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			wantReason(t, err, waybill.ReasonDuplicate, "reference")
		}
	}
	if won != 1 || len(d.Courier.Sales()) != 1 {
		t.Errorf("%d creates won, %d labels were sold", won, len(d.Courier.Sales()))
	}
}

func TestWhatStoresNothing(t *testing.T) {
	d := houseOnly(t)
	cases := map[string]struct {
		change func(*engine.CreateShipment)
		reason waybill.Reason
		path   string
	}{
		"unknown location":        {func(in *engine.CreateShipment) { in.Location = "nowhere" }, waybill.ReasonUnknownLocation, "location"},
		"unknown return location": {func(in *engine.CreateShipment) { in.Return = "nowhere" }, waybill.ReasonUnknownLocation, "return_location"},
		"unknown postal code":     {func(in *engine.CreateShipment) { in.Shipment.To.Address.Postcode = "00000" }, waybill.ReasonNotLocated, "to.postcode"},
		"no country":              {func(in *engine.CreateShipment) { in.Shipment.To.Address.Country = "" }, waybill.ReasonFields, "to.country"},
		"country of three":        {func(in *engine.CreateShipment) { in.Shipment.To.Address.Country = "USA" }, waybill.ReasonFields, "to.country"},
		"unknown package size":    {func(in *engine.CreateShipment) { in.Shipment.Parcels[0].SizeNumber = 4711 }, waybill.ReasonFields, "parcels[0].size"},
		"sender without country": {func(in *engine.CreateShipment) {
			in.Location, in.Shipment.From.Address = "", waybill.Address{Street1: "1 High Street", City: "Bath"}
		}, waybill.ReasonFields, "from.country"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := enginetest.Order("A-1")
			c.change(&in)
			_, err := d.CreateShipment(t.Context(), in)
			wantReason(t, err, c.reason, c.path)
			_, err = d.GetShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
			wantReason(t, err, waybill.ReasonUnknownShipment)
		})
	}
}

func TestAnAccountWithoutALocation(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	in := enginetest.Order("A-1")
	in.Location = ""
	_, err := d.CreateShipment(t.Context(), in)
	wantReason(t, err, waybill.ReasonUnknownLocation)
}

// An inline sender makes no location: the connections come from the default one, and it lives by its own
// clock.
func TestAnInlineSender(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	l := d.Boston(house)
	account := d.Tenant
	account.Settings.DefaultLocation = l.ID
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	in := enginetest.Order("A-1")
	in.Location = ""
	in.Shipment.From = waybill.Party{
		Contact: waybill.Contact{Name: "Wes West"},
		Address: waybill.Address{Street1: "1 Market Street", City: "San Francisco", State: "CA", Postcode: "94105", Country: "US"},
	}
	sh := create(t, d, in)
	if sh.Location != "" || sh.LocationKey != "" || sh.From.Contact.Name != "Wes West" || sh.TimeZone != "America/Los_Angeles" {
		t.Errorf("location %q, sender %q, zone %s", sh.LocationKey, sh.From.Contact.Name, sh.TimeZone)
	}
	if sh.Booking != waybill.Booked || sh.From.Address.Point == nil {
		t.Errorf("it is %s, located %v", sh.Booking, sh.From.Address.Point)
	}
	in = enginetest.Order("A-2")
	in.Location = ""
	if sh := create(t, d, in); sh.LocationKey != "7709" || sh.From.Contact.Name != "Ann Sender" {
		t.Errorf("nobody said where from: %q %q", sh.LocationKey, sh.From.Contact.Name)
	}
}

// Settings are inherited: order, then location, brand, account.
func TestSettingsAreInherited(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	admin := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin})
	account := d.Tenant
	account.Settings = waybill.Settings{Currency: "USD", ChannelName: "account", PickupInstructions: "account", LabelFormat: waybill.ZPL, LabelDPI: 300}
	save := func(l waybill.Location, b waybill.Brand) waybill.Shipment {
		t.Helper()
		b.ExternalID = "brand"
		brand, err := d.SaveBrand(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		l.Brand, l.Connections = brand.ID, []waybill.ID{house.ID}
		l.ExternalID, l.Address = "7709", d.Boston(house).Address
		if _, err := d.SaveLocation(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		in := enginetest.Order("A-" + l.Name)
		in.Shipment.Value.Currency = ""
		in.Shipment.Options.Insurance.Value = "5"
		in.Approve = true
		return create(t, d, in)
	}
	if _, err := admin.SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	brand := waybill.Brand{Settings: waybill.Settings{Currency: "GBP", ChannelName: "brand", PickupInstructions: "brand"}}
	place := waybill.Location{Name: "place", Settings: waybill.Settings{Currency: "EUR", ChannelName: "location", PickupInstructions: "location"}}
	for _, c := range []struct {
		sh             waybill.Shipment
		words, payment string
	}{
		{save(waybill.Location{Name: "account"}, waybill.Brand{}), "account", "USD"},
		{save(waybill.Location{Name: "brand"}, brand), "brand", "GBP"},
		{save(place, brand), "location", "EUR"},
	} {
		if c.sh.Channel != c.words || c.sh.PickupNotes != c.words || c.sh.Value.Currency != c.payment || c.sh.Options.Insurance.Currency != c.payment {
			t.Errorf("channel %q, notes %q, currencies %q and %q; want %s, %s", c.sh.Channel, c.sh.PickupNotes,
				c.sh.Value.Currency, c.sh.Options.Insurance.Currency, c.words, c.payment)
		}
	}
	in := enginetest.Order("A-own")
	in.Shipment.Channel, in.Shipment.PickupNotes, in.Shipment.Value.Currency = "own", "own", "JPY"
	if sh := create(t, d, in); sh.Channel != "own" || sh.PickupNotes != "own" || sh.Value.Currency != "JPY" {
		t.Errorf("the order's own: %q %q %q", sh.Channel, sh.PickupNotes, sh.Value.Currency)
	}
	file, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-own"), Format: waybill.ZPL})
	if err != nil || !strings.Contains(string(file.Data), "^PW1200") && !strings.Contains(string(file.Data), "^PW1218") {
		t.Errorf("the label is not drawn for the account's 300 dpi: %v\n%.200s", err, file.Data)
	}
}

func TestTheWayBackIsInherited(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	place := func(id string) waybill.Location {
		l, err := d.SaveLocation(t.Context(), waybill.Location{ExternalID: id, Name: "place " + id, Address: waybill.Address{City: id, Postcode: "10022", Country: "US"}})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	ours, theirs := place("ours"), place("theirs")
	account := d.Tenant
	account.Settings.ReturnLocation = ours.ID
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	l := d.Boston(house)
	if sh := create(t, d, enginetest.Order("A-1")); sh.ReturnKey != "ours" || sh.ReturnTo.Address.City != "ours" || sh.ReturnName != "place ours" {
		t.Errorf("the account's: %q %q", sh.ReturnKey, sh.ReturnName)
	}
	l.Return = theirs.ID
	if _, err := d.SaveLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if sh := create(t, d, enginetest.Order("A-2")); sh.ReturnKey != "theirs" {
		t.Errorf("the location's: %q", sh.ReturnKey)
	}
	in := enginetest.Order("A-3")
	in.Return = "ours"
	if sh := create(t, d, in); sh.ReturnKey != "ours" {
		t.Errorf("named: %q", sh.ReturnKey)
	}
	in = enginetest.Order("A-4")
	in.Shipment.ReturnTo = &waybill.Party{Address: waybill.Address{City: "inline", Country: "US"}}
	if sh := create(t, d, in); sh.ReturnKey != "" || sh.ReturnTo.Address.City != "inline" {
		t.Errorf("given inline: %q %q", sh.ReturnKey, sh.ReturnTo.Address.City)
	}
}

func TestParcelsAreCompleted(t *testing.T) {
	d := houseOnly(t)
	inches := waybill.Size{Length: "20", Width: "10", Height: "5", Unit: waybill.Inch}
	box, err := d.SavePackageSize(t.Context(), waybill.PackageSize{Name: "Box", Size: inches})
	if err != nil {
		t.Fatal(err)
	}
	item := waybill.Item{SKU: "S", Quantity: 3, Weight: waybill.Weight{Value: "500", Unit: waybill.Gram}}
	grams := func(v waybill.Decimal) waybill.Weight { return waybill.Weight{Value: v, Unit: waybill.Gram} }
	cases := map[string]struct {
		change func(*waybill.Shipment)
		size   waybill.Size
		name   string
		grams  []int64
	}{
		"size by number": {func(s *waybill.Shipment) {
			s.Parcels = []waybill.Parcel{{SizeNumber: box.Number, Weight: grams("800")}}
		}, inches, "Box", []int64{800}},
		"size by name":    {func(s *waybill.Shipment) { s.Parcels = []waybill.Parcel{{Name: "Box", Weight: grams("800")}} }, inches, "Box", []int64{800}},
		"weight of items": {func(s *waybill.Shipment) { s.Parcels = []waybill.Parcel{{Name: "Box"}}; s.Items = []waybill.Item{item} }, inches, "Box", []int64{1500}},
		"no parcel": {func(s *waybill.Shipment) { s.Parcels, s.TotalWeight, s.Items = nil, grams("900"), []waybill.Item{item} },
			waybill.Size{}, "custom", []int64{900}},
		"two share the items": {func(s *waybill.Shipment) {
			s.Parcels = []waybill.Parcel{{Name: "Box"}, {Name: "Box"}}
			s.Items = []waybill.Item{item}
		},
			inches, "Box", []int64{750, 750}},
		"one weighed, two share the rest": {func(s *waybill.Shipment) {
			s.Parcels, s.TotalWeight = []waybill.Parcel{{Name: "Box", Weight: grams("400")}, {Name: "Box"}, {Name: "Box"}}, grams("1001")
		}, inches, "Box", []int64{400, 301, 301}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := enginetest.Order(name)
			in.Approve = true
			c.change(&in.Shipment)
			given := in.Shipment.Parcels
			sh := create(t, d, in)
			if len(sh.Parcels) != len(c.grams) {
				t.Fatalf("%d parcels, want %d", len(sh.Parcels), len(c.grams))
			}
			for i, p := range sh.Parcels {
				if p.Size != c.size || p.Name != c.name || p.Weight.Grams() != c.grams[i] {
					t.Errorf("parcel %d: %+v %q %v, want %+v %q %d g", i, p.Size, p.Name, p.Weight, c.size, c.name, c.grams[i])
				}
			}
			for _, p := range given {
				if p.Weight.Value == "" && p.Size != (waybill.Size{}) {
					t.Error("the caller's own input was written into")
				}
			}
		})
	}
}

func TestAddressesAreLocated(t *testing.T) {
	d := houseOnly(t)
	own := waybill.Point{Lat: 1.5, Lng: 2.5}
	cases := map[string]struct {
		change  func(*waybill.Address)
		must    bool
		located bool
		own     bool
		notice  bool
		reason  waybill.Reason
	}{
		"known":                     {func(*waybill.Address) {}, true, true, false, false, ""},
		"unknown, must":             {func(a *waybill.Address) { a.Postcode = "00000" }, true, false, false, false, waybill.ReasonNotLocated},
		"unknown, need not":         {func(a *waybill.Address) { a.Postcode = "00000" }, false, false, false, true, ""},
		"unknown with own point":    {func(a *waybill.Address) { a.Postcode, a.Point = "00000", &own }, true, true, true, false, ""},
		"country without postcodes": {func(a *waybill.Address) { a.Country, a.City, a.Postcode = "AE", "Dubai", "" }, true, true, false, false, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := enginetest.Order(name)
			in.Approve, in.MustLocate = true, c.must
			c.change(&in.Shipment.To.Address)
			sh, err := d.CreateShipment(t.Context(), in)
			if waybill.ReasonOf(err) != c.reason {
				t.Fatalf("%v, want %q", err, c.reason)
			}
			if err != nil {
				return
			}
			a := sh.To.Address
			if (a.Point != nil) != c.located || (c.own && *a.Point != own) || (a.Point != nil && a.PointFound == c.own) || (len(sh.Notices) > 0) != c.notice {
				t.Errorf("point %v, found %t, notices %q", a.Point, a.PointFound, sh.Notices)
			}
		})
	}
	account := d.Tenant
	account.Settings.UnknownPostcodeOK = true
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	in := enginetest.Order("warned")
	in.Shipment.To.Address.Postcode = "00000"
	in.Approve = true
	if sh := create(t, d, in); len(sh.Notices) != 1 || !strings.Contains(sh.Notices[0], "00000") {
		t.Errorf("the account wants a warning: %q", sh.Notices)
	}
}
