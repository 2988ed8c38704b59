package engine_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// family is a parent, two children of which the parent's people were granted the first, and a stranger.
type family struct {
	parent, first, second, stranger *enginetest.Desk
}

func newFamily(t *testing.T) family {
	w := enginetest.New(t, enginetest.Options{})
	admin := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"})
	f := family{parent: w.Account("parent"), stranger: w.Account("stranger")}
	child := func(name string) *enginetest.Desk {
		d := w.Account(name)
		d.Tenant.Parent = f.parent.Tenant.ID
		account, err := admin.SaveAccount(t.Context(), d.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		d.Tenant = account
		return d
	}
	f.first, f.second = child("first"), child("second")
	f.parent.Session.Actor.Grants = []waybill.ID{f.first.Tenant.ID}
	return f
}

func (f family) each(do func(name string, d *enginetest.Desk)) {
	do("parent", f.parent)
	do("first", f.first)
	do("second", f.second)
	do("stranger", f.stranger)
}

// Every verb answers another account's shipment like one that is not there, by whatever name.
func TestOthersAreNotThere(t *testing.T) {
	f := newFamily(t)
	c := f.first.Fake("courier", "courier")
	f.first.Boston(c)
	back := f.first.Service(c, "back", "Comes back", waybill.Incoming)
	sh := create(t, f.first, enginetest.Order("A-1"))
	p, err := f.first.ListPurchases(t.Context(), []waybill.PurchaseState{waybill.Bought})
	if err != nil || len(p) != 1 {
		t.Fatal(err, len(p))
	}
	ctx := t.Context()
	for _, name := range []engine.Ref{ref("A-1"), {ID: sh.ID}} {
		for _, d := range []*enginetest.Desk{f.second, f.stranger} {
			in := engine.GetShipment{Ref: name}
			verbs := map[string]func() error{
				"get":     func() error { _, err := d.GetShipment(ctx, in); return err },
				"view":    func() error { _, err := d.ViewShipment(ctx, in); return err },
				"history": func() error { _, err := d.ShipmentHistory(ctx, in); return err },
				"explain": func() error { _, err := d.Explain(ctx, in); return err },
				"track":   func() error { _, err := d.TrackShipment(ctx, in); return err },
				"label":   func() error { _, err := d.GetLabel(ctx, engine.GetLabel{Ref: name}); return err },
				"retry":   func() error { _, err := d.RetryShipment(ctx, engine.RetryShipment{Ref: name}); return err },
				"cancel":  func() error { _, err := d.CancelShipment(ctx, engine.CancelShipment{Ref: name}); return err },
				"edit": func() error {
					_, err := d.EditShipment(ctx, engine.EditShipment{Ref: name, Change: func(s *waybill.Shipment) { s.Group = "x" }})
					return err
				},
				"return": func() error {
					_, err := d.CreateReturn(ctx, engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 1)})
					return err
				},
				"scan": func() error {
					_, err := d.RecordScan(ctx, engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: waybill.PickedUp}})
					return err
				},
				"decide": func() error { _, err := d.DecidePurchase(ctx, engine.Decide{Purchase: p[0].ID}); return err },
				"pause": func() error {
					_, err := d.PauseConnection(ctx, engine.PauseConnection{ExternalID: "courier", Paused: true})
					return err
				},
			}
			for verb, do := range verbs {
				if err := do(); !waybill.IsCode(err, waybill.NotFound) {
					t.Errorf("%s %s by the %s account: %v", verb, name.Reference, d.Tenant.Name, err)
				}
			}
			_, err := d.PickingList(ctx, engine.PickingList{References: []engine.PickRef{{Reference: "A-1"}}})
			wantReason(t, err, waybill.ReasonFields, "shipments[0]")
		}
	}
	if now := get(t, f.first, "A-1"); now.Version != sh.Version {
		t.Error("somebody else changed it")
	}
	f.each(func(name string, d *enginetest.Desk) {
		list, err := d.ListShipments(ctx, engine.ListShipments{Page: engine.Page{Limit: 10}, Count: true})
		want := map[string]int{"parent": 1, "first": 1}[name]
		if err != nil || len(list.Items) != want || list.Total != want {
			t.Errorf("%s lists %d of %d, want %d", name, len(list.Items), list.Total, want)
		}
	})
	if got := get(t, f.parent, "A-1"); got.ID != sh.ID {
		t.Error("the parent does not see what it was granted")
	}
}

// References are unique in an account: neither a child's nor a stranger's is in the way.
func TestReferencesOfOthers(t *testing.T) {
	f := newFamily(t)
	ids := map[waybill.ID]bool{}
	f.each(func(_ string, d *enginetest.Desk) {
		d.Boston(d.House("house", "House Courier", "us"))
	})
	for _, d := range []*enginetest.Desk{f.first, f.second, f.stranger, f.parent} {
		sh := create(t, d, enginetest.Order("A-1"))
		if ids[sh.ID] || sh.Account != d.Tenant.ID {
			t.Errorf("%s: %s of account %s", d.Tenant.Name, sh.ID, sh.Account)
		}
		ids[sh.ID] = true
	}
	if sh := get(t, f.parent, "A-1"); sh.Account != f.parent.Tenant.ID {
		t.Error("the parent's own comes first")
	}
}

// A parent acts on a child's shipment by the child's rules and connections.
func TestAParentActsInAChild(t *testing.T) {
	f := newFamily(t)
	f.first.Boston(f.first.Fake("courier", "courier"))
	in := enginetest.Order("A-1")
	in.Approve = true
	sh := create(t, f.first, in)
	if got := release(t, f.parent, "A-1"); got.ID != sh.ID || got.Booking != waybill.Booked || got.Account != f.first.Tenant.ID {
		t.Fatalf("released by the parent: %s of %s", got.Booking, got.Account)
	}
	if _, err := edit(t, f.parent, "A-1", func(s *waybill.Shipment) { s.Group = "by the parent" }); err != nil {
		t.Error(err)
	}
	if got, err := cancel(t, f.parent, "A-1"); err != nil || got.Booking != waybill.Cancelled {
		t.Errorf("%v, %s", err, got.Booking)
	}
}

// Where a location is that of one granted child alone, a parent's shipment is made there: by the child's rules, with its
// connections, references, keys and wallet. Its own location of the same name comes first, and one of a child that it
// was not granted is none.
func TestAParentCreatesInAChild(t *testing.T) {
	f := newFamily(t)
	f.first.Boston(walletConnection(f.first, "courier", "courier", 0))
	topUp(t, f.first, 5000)
	f.second.Boston(f.second.House("house", "House Courier", "us"))
	in := enginetest.Order("A-1")
	in.Key, in.Hash = "key-1", "hash-1"
	sh := create(t, f.parent, in)
	if sh.Account != f.first.Tenant.ID || sh.Booking != waybill.Booked || sh.Tenant != f.first.Tenant.TenantID || sh.Provider.Name != "courier" {
		t.Fatalf("it is %s of %s", sh.Booking, sh.Account)
	}
	if again := create(t, f.parent, in); again.ID != sh.ID || len(f.parent.Courier.Sales()) != 1 {
		t.Errorf("the key makes %s, and %d sales", again.ID, len(f.parent.Courier.Sales()))
	}
	_, err := f.first.CreateShipment(t.Context(), enginetest.Order("A-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
	if now := books(t, f.first); now != [3]int64{4230, 0, 770} {
		t.Errorf("the child's books are %v", now)
	}
	offers, err := f.parent.QuoteShipment(t.Context(), enginetest.Order("A-2"))
	if err != nil || len(offers.Candidates) != 2 {
		t.Errorf("%v: %d offers there", err, len(offers.Candidates))
	}
	draft := enginetest.Order("D-1")
	draft.Draft = true
	sh = create(t, f.parent, draft)
	if sh, err = f.parent.BookShipment(t.Context(), engine.BookShipment{
		Ref: engine.Ref{ID: sh.ID}, From: engine.Place{ExternalID: "7709"}, Service: "Standard", Prepaid: true,
	}); err != nil || sh.Account != f.first.Tenant.ID || sh.Booking != waybill.Booked {
		t.Errorf("a draft: %v, %s of %s", err, sh.Booking, sh.Account)
	}
	nowhere := enginetest.Order("A-3")
	nowhere.Location = ""
	if _, err := f.parent.CreateShipment(t.Context(), nowhere); waybill.ReasonOf(err) != waybill.ReasonUnknownLocation {
		t.Errorf("without a location it is the parent's own, which has none: %v", err)
	}
	f.parent.Session.Actor.Grants = []waybill.ID{f.first.Tenant.ID, f.second.Tenant.ID}
	_, err = f.parent.CreateShipment(t.Context(), enginetest.Order("A-4"))
	wantReason(t, err, waybill.ReasonUnknownLocation, "location") // both children have one
	f.parent.Session.Actor.Grants = nil
	_, err = f.parent.CreateShipment(t.Context(), enginetest.Order("A-4"))
	wantReason(t, err, waybill.ReasonUnknownLocation, "location")
	f.parent.Session.Actor.Grants = []waybill.ID{f.first.Tenant.ID}
	f.parent.Boston(f.parent.House("house", "House Courier", "us"))
	if sh := create(t, f.parent, enginetest.Order("A-1")); sh.Account != f.parent.Tenant.ID {
		t.Errorf("its own location comes first: %s", sh.Account)
	}
}

// What the parent's people set up is the parent's, though a child has a record of the same name.
func TestSetUpStaysInItsAccount(t *testing.T) {
	f := newFamily(t)
	f.first.Boston(f.first.House("house", "Theirs", "us"))
	f.first.Rule("rule", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"hold"}]`)
	if _, err := f.parent.SaveLocation(t.Context(), waybill.Location{ExternalID: "7709", Name: "Parent's", Address: waybill.Address{Country: "US", Postcode: "10036"}}); err != nil {
		t.Fatal(err)
	}
	f.parent.House("house", "Parent's", "us")
	for what, err := range map[string]error{
		"a rule": f.parent.DeleteRule(t.Context(), "rule"),
		"a connection": func() error {
			_, err := f.second.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "house", Paused: true})
			return err
		}(),
	} {
		if !waybill.IsCode(err, waybill.NotFound) {
			t.Errorf("%s of the child: %v", what, err)
		}
	}
	locations, err := f.first.ListLocations(t.Context())
	if err != nil || len(locations) != 1 || locations[0].Name != "Boston" {
		t.Errorf("the child's locations: %+v, %v", locations, err)
	}
	if sh := create(t, f.first, enginetest.Order("A-1")); sh.Booking != waybill.Held || sh.From.Address.City != "Boston" {
		t.Errorf("the child's own rule and location: %s from %q", sh.Booking, sh.From.Address.City)
	}
}

// A parent lends a connection with a markup: the child books with it at its own price, and never sees the
// credentials. What was booked is settled, tracked and given back even after the loan ended.
func TestALentConnection(t *testing.T) {
	f := newFamily(t)
	lent := f.parent.Fake("courier", "courier")
	lent.Settings, lent.Markup = map[string]string{"account": "lender-account"}, 100
	if _, err := f.parent.SaveConnection(t.Context(), engine.SaveConnection{Connection: lent}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.parent.LendConnection(t.Context(), engine.LendConnection{ExternalID: "courier", To: f.first.Tenant.ID, Markup: 500}); err != nil {
		t.Fatal(err)
	}
	f.first.Boston(lent)
	seen, err := f.first.ListConnections(t.Context())
	if err != nil || len(seen) != 1 {
		t.Fatal(err, len(seen))
	}
	if c := seen[0]; c.Settings != nil || c.Sealed != nil || c.Markup != 0 || len(c.Lent) != 1 || c.Lent[0].Account != f.first.Tenant.ID {
		t.Errorf("the borrower sees %+v", c)
	}
	if none, _ := f.second.ListConnections(t.Context()); len(none) != 0 {
		t.Errorf("another child sees %+v", none)
	}
	sh := create(t, f.first, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked || sh.Bought.Minor != 700 || sh.Sold.Minor != 1155 { // 7.00, 10 % and 50 % on top
		t.Fatalf("it is %s, bought at %v, sold at %v", sh.Booking, sh.Bought, sh.Sold)
	}
	_, err = f.first.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "courier", Paused: true})
	wantReason(t, err, waybill.ReasonUnknownRecord)
	own := f.first.Fake("courier", "courier") // its own under the same name
	if own.ID == lent.ID || own.Account != f.first.Tenant.ID {
		t.Errorf("the borrower's own connection is %s of %s", own.ID, own.Account)
	}

	f.parent.Courier.Before = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	unsure := create(t, f.first, withChoice(enginetest.Order("A-2"), "courier"))
	f.parent.Courier.Before = nil
	if unsure.Booking != waybill.Unsettled {
		t.Fatalf("it is %s", unsure.Booking)
	}
	f.parent.Courier.Sell(onlyPurchase(t, f.first, waybill.Unsure).Key, "std", 1)
	if _, err := f.parent.LendConnection(t.Context(), engine.LendConnection{ExternalID: "courier", To: f.first.Tenant.ID, Back: true}); err != nil {
		t.Fatal(err)
	}
	if err := f.parent.World.Engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wait(f.first, time.Hour)
	if sh := get(t, f.first, "A-2"); sh.Booking != waybill.Booked {
		t.Errorf("after the loan ended it is %s", sh.Booking)
	}
	f.parent.Courier.Scan(sh.Tracking, waybill.Scan{At: f.parent.World.Clock.Now(), Status: waybill.InTransit})
	wait(f.first, 3*time.Hour)
	if sh := get(t, f.first, "A-1"); sh.Transit != waybill.InTransit {
		t.Errorf("the borrower's parcel is %s: nobody polled", sh.Transit)
	}
	if _, err := cancel(t, f.first, "A-2"); err != nil {
		t.Errorf("given back after the loan ended: %v", err)
	}
	if buried, _ := f.parent.World.Store.Queue().Buried(t.Context(), 10); len(buried) != 0 {
		t.Errorf("jobs were given up: %+v", buried)
	}
}

func withChoice(in engine.CreateShipment, provider string) engine.CreateShipment {
	in.Shipment.Choice.Proposed = []waybill.Pick{{Provider: provider}}
	return in
}

// The set-up kept in memory never leaks between accounts, and a change counts at once.
func TestSetUpIsSeenAtOnce(t *testing.T) {
	f := newFamily(t)
	for _, d := range []*enginetest.Desk{f.first, f.stranger} {
		d.Boston(d.House("house", d.Tenant.Name+"'s courier", "us"))
	}
	for i, d := range []*enginetest.Desk{f.first, f.stranger, f.first} {
		sh := create(t, d, enginetest.Order(string(rune('A'+i))))
		if sh.Provider.Name != d.Tenant.Name+"'s courier" {
			t.Errorf("%s was carried by %s", d.Tenant.Name, sh.Provider.Name)
		}
	}
	f.first.Rule("stop", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"hold"}]`)
	if sh := create(t, f.first, enginetest.Order("held")); sh.Booking != waybill.Held {
		t.Errorf("a new rule does not count: %s", sh.Booking)
	}
	if sh := create(t, f.stranger, enginetest.Order("free")); sh.Booking != waybill.Booked {
		t.Errorf("it counts for others: %s", sh.Booking)
	}
	if err := f.first.DeleteRule(t.Context(), "stop"); err != nil {
		t.Fatal(err)
	}
	if sh := create(t, f.first, enginetest.Order("again")); sh.Booking != waybill.Booked {
		t.Errorf("a deleted rule still counts: %s", sh.Booking)
	}
	// Another node on the same store sees it too.
	other := engine.New(f.first.World.Engine.Config).As(f.first.Actor)
	f.first.Rule("stop", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"hold"}]`)
	sh, err := other.CreateShipment(t.Context(), enginetest.Order("elsewhere"))
	if err != nil || sh.Booking != waybill.Held {
		t.Errorf("another node: %v, %s", err, sh.Booking)
	}
}

// A connection's new settings are tried before they are kept: what does not open is refused, and the old
// one goes on working.
func TestSettingsAreTriedBeforeTheyAreKept(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, enginetest.Order("A-1"))
	change := waybill.Connection{ExternalID: "courier", Carrier: "courier", Name: "courier", DisplayName: "courier", Mode: waybill.ModeLive}
	for _, bad := range []struct {
		settings map[string]string
		path     string
	}{{map[string]string{"account": "wrong"}, "settings.account"}, {map[string]string{"nonsense": "x"}, "settings.nonsense"}, {map[string]string{"password": "open"}, "settings.password"}} {
		change.Settings = bad.settings
		_, err := d.SaveConnection(t.Context(), engine.SaveConnection{Connection: change})
		wantReason(t, err, waybill.ReasonFields, bad.path)
	}
	create(t, d, enginetest.Order("A-2"))
	kept, err := d.ListConnections(t.Context())
	if err != nil || len(kept[0].Sealed) == 0 || bytes.Contains(kept[0].Sealed, []byte("hunter2")) {
		t.Errorf("%v: the secret is kept as %q", err, kept[0].Sealed)
	}
}

func TestTagsOfOthers(t *testing.T) {
	f := newFamily(t)
	tag, err := f.first.PutTag(t.Context(), engine.PutTag{New: &waybill.Tag{Name: "urgent"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	_, err = f.stranger.GetTag(ctx, tag.Number)
	wantReason(t, err, waybill.ReasonForeign) // the vendor's API tells these apart
	_, err = f.stranger.PutTag(ctx, engine.PutTag{Number: tag.Number, Change: func(t *waybill.Tag) { t.Name = "x" }})
	wantReason(t, err, waybill.ReasonForeign)
	_, err = f.stranger.DeleteTag(ctx, tag.Number)
	wantReason(t, err, waybill.ReasonForeign)
	_, err = f.stranger.GetTag(ctx, tag.Number+100)
	wantReason(t, err, waybill.ReasonUnknownRecord)
	in := enginetest.Order("A-1")
	f.first.Boston(f.first.House("house", "House Courier", "us"))
	in.Shipment.Tags = []int64{tag.Number}
	create(t, f.first, in)
	view, err := f.first.ViewShipment(ctx, engine.GetShipment{Ref: ref("A-1")})
	if err != nil || len(view.Tags) != 1 || view.Tags[0].Name != "urgent" {
		t.Fatalf("%v: %+v", err, view.Tags)
	}
	if _, err := f.first.DeleteTag(ctx, tag.Number); err != nil {
		t.Fatal(err)
	}
	if view, _ := f.first.ViewShipment(ctx, engine.GetShipment{Ref: ref("A-1")}); len(view.Tags) != 0 {
		t.Errorf("a deleted tag is still shown: %+v", view.Tags)
	}
}
