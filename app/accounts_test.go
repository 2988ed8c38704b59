package app

import (
	"net/http"
	"testing"

	"waybill"
)

// TestAccountsApart: two accounts with the same ids and references cannot see each other over HTTP.
func TestAccountsApart(t *testing.T) {
	r := serve(t, fresh(t))
	shop(t, r.App, "north")
	shop(t, r.App, "south")
	north, south := r.lynkupLogin("north-client", "north-secret"), r.lynkupLogin("south-client", "south-secret")
	if north == "" || south == "" {
		t.Fatal("a client is refused")
	}
	if r.lynkupLogin("north-client", "south-secret") != "" {
		t.Error("another account's secret is taken")
	}
	status, booked := r.call(http.MethodPost, "/lynkup/shipments", north, lynkupOrder("ORDER-1", "Ann North"))
	if status != http.StatusCreated || text(booked, "status") != "ORDER_DISPATCHED" {
		t.Fatalf("%d %v", status, booked)
	}
	for method, path := range map[string]string{
		http.MethodGet: "/lynkup/shipments/ORDER-1", http.MethodDelete: "/lynkup/shipments/ORDER-1", http.MethodPut: "/lynkup/shipments/ORDER-1",
	} {
		if status, answer := r.call(method, path, south, map[string]any{"orderValue": 11}); status != http.StatusNotFound {
			t.Errorf("%s by the other account: %d %v", method, status, answer)
		}
	}
	// The reference is free for the other account, and each reads its own.
	if status, answer := r.call(http.MethodPost, "/lynkup/shipments", south, lynkupOrder("ORDER-1", "Sue South")); status != http.StatusCreated {
		t.Fatalf("%d %v", status, answer)
	}
	for token, name := range map[string]string{north: "Ann North", south: "Sue South"} {
		_, answer := r.call(http.MethodGet, "/lynkup/shipments/ORDER-1", token, nil)
		if got := text(answer, "deliveryContact", "name"); got != name {
			t.Errorf("%s reads %q", name, got)
		}
	}
	if status, _ := r.call(http.MethodGet, "/shiptheory/v1/shipments/ORDER-1", north, nil); status != http.StatusUnauthorized {
		t.Errorf("a LynkUp token on Shiptheory: %d", status)
	}
}

// TestDemoIsOver: what everyone can read in the README opens nothing where no demo runs, not even with a token
// given out before.
func TestDemoIsOver(t *testing.T) {
	cfg := fresh(t)
	cfg.Demo = true
	demo := serve(t, cfg)
	token := demo.lynkupLogin(DemoClient, DemoSecret)
	if token == "" || demo.shiptheoryLogin(DemoEmail, DemoPassword) == "" {
		t.Fatal("the demo lets nobody in")
	}
	if err := demo.stop(); err != nil {
		t.Fatal(err)
	}
	cfg.Demo = false
	real := serve(t, cfg)
	shop(t, real.App, "north")
	if real.lynkupLogin(DemoClient, DemoSecret) != "" || real.shiptheoryLogin(DemoEmail, DemoPassword) != "" {
		t.Error("the demo's credentials are taken without --demo")
	}
	if status, answer := real.call(http.MethodGet, "/lynkup/shipments/none", token, nil); status != http.StatusUnauthorized {
		t.Errorf("the demo's token is taken without --demo: %d %v", status, answer)
	}
	if real.lynkupLogin("north-client", "north-secret") == "" {
		t.Error("an account beside the demo's is refused")
	}
	if err := real.stop(); err != nil {
		t.Fatal(err)
	}
	cfg.Demo = true
	if again := serve(t, cfg); again.lynkupLogin(DemoClient, DemoSecret) == "" {
		t.Error("with --demo again they are refused")
	}
}

// TestDemoTakesNoName: an account that happens to be called demo is not given the demo's credentials.
func TestDemoTakesNoName(t *testing.T) {
	cfg := fresh(t)
	a := build(t, cfg)
	do(t, a, "", "account.save", waybill.Account{Name: DemoAccount}, nil)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Demo = true
	if b, err := New(t.Context(), cfg, Parts{}); err == nil {
		t.Error("it is")
		b.Close()
	}
}

// TestFamily: a parent's people act in the child they were granted, a child sees nothing of the parent but the
// connection it was lent, without what the carrier was told.
func TestFamily(t *testing.T) {
	r := serve(t, fresh(t))
	shop(t, r.App, "parent")
	ups(t, r.App, "parent")
	accounts := map[string]waybill.ID{}
	for name, parent := range map[string]string{"child": "parent", "stranger": ""} {
		var saved waybill.Account
		do(t, r.App, "", "account.save", waybill.Account{Name: name, Parent: idOf(t, r.App, parent)}, &saved)
		accounts[name] = saved.ID
	}
	client := waybill.Client{ClientID: "parent-client", Role: waybill.RoleOperations}
	for name, good := range map[string]bool{"child": true, "stranger": false} {
		client.Grants = []waybill.ID{accounts[name]}
		err := r.Do(t.Context(), "parent", "client.save", SaveClient{Client: client}, nil)
		if (err == nil) != good {
			t.Errorf("a grant for %s: %v", name, err)
		}
		err = r.Do(t.Context(), "parent", "connection.lend", LendIn{ExternalID: "vans", To: name, Markup: 100}, nil)
		if (err == nil) != good {
			t.Errorf("lending to %s: %v", name, err)
		}
	}
	if err := r.Do(t.Context(), "", "account.save", waybill.Account{Name: "parent", Parent: accounts["child"]}, nil); err == nil {
		t.Error("an account is below itself")
	}
	var seen []ConnectionOut
	do(t, r.App, "child", "connection.list", struct{}{}, &seen)
	if len(seen) != 1 || !seen[0].Borrowed || seen[0].ExternalID != "vans" || len(seen[0].Settings) > 0 || len(seen[0].Lent) > 0 {
		t.Errorf("the child sees %+v", seen)
	}
	// A connection of the child's own may have the same id, and changes nothing of the parent's.
	do(t, r.App, "child", "connection.save", SaveConnection{Connection: waybill.Connection{
		ExternalID: "vans", Carrier: "house", Name: "Mine", Mode: waybill.ModeLive, Settings: map[string]string{"rate_card": demoCard(t)},
	}}, nil)
	do(t, r.App, "parent", "connection.list", struct{}{}, &seen)
	if len(seen) != 2 || seen[0].Name != "Vans" || len(seen[0].Lent) != 1 || seen[0].Lent[0].Markup != 100 {
		t.Errorf("the parent sees %+v", seen)
	}
	do(t, r.App, "parent", "connection.lend", LendIn{ExternalID: "vans", To: "child", Back: true}, nil)
	do(t, r.App, "child", "connection.list", struct{}{}, &seen)
	if len(seen) != 1 || seen[0].Borrowed {
		t.Errorf("after it was taken back the child sees %+v", seen)
	}
}

// TestLentConnectionBooks: a child books with a connection that its parent lends, at the parent's price and the
// markup.
func TestLentConnectionBooks(t *testing.T) {
	r := serve(t, fresh(t))
	shop(t, r.App, "parent")
	do(t, r.App, "", "account.save", waybill.Account{Name: "child", Parent: idOf(t, r.App, "parent"), Settings: waybill.Settings{Currency: "USD"}}, nil)
	do(t, r.App, "parent", "connection.lend", LendIn{ExternalID: "vans", To: "child", Markup: 100}, nil)
	do(t, r.App, "child", "client.save", SaveClient{
		Client: waybill.Client{ClientID: "child-client", Role: waybill.RoleOperations}, NewSecret: "child-secret",
	}, nil)
	var lent []ConnectionOut
	do(t, r.App, "child", "connection.list", struct{}{}, &lent)
	var home []waybill.Location
	do(t, r.App, "parent", "location.list", struct{}{}, &home)
	home[0].Row, home[0].Connections = waybill.Row{}, []waybill.ID{lent[0].ID}
	do(t, r.App, "child", "location.save", home[0], nil)
	sold := map[string]waybill.Shipment{}
	for _, who := range []string{"parent", "child"} {
		status, answer := r.call(http.MethodPost, "/lynkup/shipments", r.lynkupLogin(who+"-client", who+"-secret"), lynkupOrder("LENT-1", "Ann Demo"))
		if status != http.StatusCreated || text(answer, "status") != "ORDER_DISPATCHED" {
			t.Fatalf("%s: %d %v", who, status, answer)
		}
		sold[who] = shipmentOf(t, r.App, who, "LENT-1")
	}
	if dearer := sold["parent"].Sold.Plus(100); sold["child"].Sold != dearer || dearer == sold["parent"].Sold {
		t.Errorf("the parent pays %s, the child %s", sold["parent"].Sold, sold["child"].Sold)
	}
}

// TestDeskKeepsSecrets: no answer of the desk has a secret in it, hashed or sealed.
func TestDeskKeepsSecrets(t *testing.T) {
	a := build(t, fresh(t))
	shop(t, a, "north")
	ups(t, a, "north")
	user := SaveUser{User: waybill.User{Email: "ann@example.com", Role: waybill.RoleAdmin}, NewPassword: "correct-horse"}
	for verb, in := range map[string]any{"user.save": user, "client.save": SaveClient{Client: waybill.Client{ClientID: "north-client"}}} {
		var saved map[string]any
		do(t, a, "north", verb, in, &saved)
		noSecrets(t, verb, saved)
	}
	for _, verb := range []string{"user.list", "client.list", "connection.list"} {
		var all []map[string]any
		do(t, a, "north", verb, struct{}{}, &all)
		if len(all) == 0 {
			t.Errorf("%s is empty", verb)
		}
		for _, record := range all {
			noSecrets(t, verb, record)
		}
	}
}

func noSecrets(t *testing.T, verb string, record map[string]any) {
	t.Helper()
	for _, name := range []string{"Password", "Secret", "OldSecret", "Sealed", "Token"} {
		if value := record[name]; value != nil && value != "" {
			t.Errorf("%s answers %s %v", verb, name, value)
		}
	}
}
