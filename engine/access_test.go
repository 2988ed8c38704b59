package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

func TestFromWhereAnAccountMayBeCalled(t *testing.T) {
	d, g := gate(t)
	account := d.Tenant
	account.Access = waybill.Access{IPs: []string{"203.0.113.0/24", "2001:db8::7", "::ffff:192.0.2.0/120", "::ffff:192.0.3.7"}, Origins: []string{"https://shop.example"}}
	token := issue(t, g, asClient("lynkup"))
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ip, origin string
		want       waybill.Reason
	}{
		{"203.0.113.9", "", ""},
		{"203.0.113.9", "https://SHOP.example", ""},
		{"2001:db8::7", "", ""},
		{"::ffff:203.0.113.9", "", ""},
		{"192.0.2.200", "", ""},
		{"192.0.3.7", "", ""},
		{"192.0.3.8", "", waybill.ReasonIP},
		{"198.51.100.1", "", waybill.ReasonIP},
		{"", "", waybill.ReasonIP},
		{"2001:db8::8", "https://shop.example", waybill.ReasonIP},
		{"203.0.113.9", "https://evil.example", waybill.ReasonOrigin},
		{"203.0.113.9", "null", waybill.ReasonOrigin},
	} {
		_, err := g.Authenticate(t.Context(), "lynkup", token.Text, engine.Caller{IP: c.ip, Origin: c.origin})
		if waybill.ReasonOf(err) != c.want {
			t.Errorf("a call from %q %q: %v, want %q", c.ip, c.origin, err, c.want)
		}
		ask := asClient("lynkup")
		ask.IP, ask.Origin = c.ip, c.origin
		if _, err := g.IssueToken(t.Context(), ask); waybill.ReasonOf(err) != c.want {
			t.Errorf("a log-in from %q %q: %v, want %q", c.ip, c.origin, err, c.want)
		}
	}
	d.World.Clock.Advance(2 * time.Hour)
	_, err := g.Authenticate(t.Context(), "lynkup", token.Text, engine.Caller{IP: "198.51.100.1"})
	if waybill.ReasonOf(err) != waybill.ReasonIP {
		t.Errorf("an expired token from elsewhere: %v", err)
	}
	for origin, want := range map[string]bool{"https://shop.example": true, "https://evil.example": false} {
		if got, err := g.AllowsOrigin(t.Context(), origin); got != want || err != nil {
			t.Errorf("%s may ask: %v %v", origin, got, err)
		}
	}
}

func TestAccessListsThatLetNobodyInAreRefused(t *testing.T) {
	d, _ := gate(t)
	account := d.Tenant
	account.Access = waybill.Access{IPs: []string{"10.0.0.0/8", "office"}, Origins: []string{"shop.example", "https://shop.example/cart"}}
	_, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account)
	var paths []string
	for _, f := range waybill.AsError(err).Fields {
		paths = append(paths, f.Path)
	}
	if len(paths) != 3 || paths[0] != "ips[1]" || paths[1] != "origins[0]" || paths[2] != "origins[1]" {
		t.Errorf("%v: %v", err, paths)
	}
}

func TestAnAPIKeyIsNotThePassword(t *testing.T) {
	d, g := gate(t)
	save := func(u waybill.User, key string) waybill.User {
		t.Helper()
		saved, err := d.SaveUser(t.Context(), engine.SaveUser{User: u, NewAPIKey: key})
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	user := save(waybill.User{Email: "ann@example.com", Role: waybill.RoleOperations, ExternalID: "d10701"}, "key-of-ann")
	ask := asUser("shiplee")
	ask.APIKey, ask.Secret = true, "key-of-ann"
	token := issue(t, g, ask)
	if token.User == nil || token.User.Number != user.Number || token.User.ExternalID != "d10701" || token.User.APIKey != "" || token.User.Password != "" {
		t.Errorf("the token is %+v's", token.User)
	}
	for _, bad := range []func(*engine.Credentials){
		func(c *engine.Credentials) { c.Secret = password },
		func(c *engine.Credentials) { c.APIKey = false },
		func(c *engine.Credentials) { c.Secret = "" },
	} {
		c := ask
		bad(&c)
		if _, err := g.IssueToken(t.Context(), c); waybill.ReasonOf(err) != waybill.ReasonLogin {
			t.Errorf("%+v: %v", c, err)
		}
	}
	check := func(want waybill.Reason) {
		t.Helper()
		if _, err := g.Authenticate(t.Context(), "shiplee", token.Text, engine.Caller{}); waybill.ReasonOf(err) != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	check("")
	save(waybill.User{Email: "ann@example.com", Role: waybill.RoleOperations, ExternalID: "another"}, "")
	check(waybill.ReasonTokenBad)
}

func TestATokenOfOneConnection(t *testing.T) {
	d, g := gate(t)
	d.House("bikes", "Bikes", "us")
	ask := asClient("peddler")
	ask.Connection, ask.TTL = "bikes", 2*time.Hour
	token := issue(t, g, ask)
	if got := token.Expires.Sub(token.Issued); got != 2*time.Hour {
		t.Errorf("it is good for %s", got)
	}
	actor, err := g.Authenticate(t.Context(), "peddler", token.Text, engine.Caller{})
	if err != nil || actor.Connection != "bikes" {
		t.Errorf("%v: bound to %q", err, actor.Connection)
	}
	ask.Connection = "nobodys"
	if _, err := g.IssueToken(t.Context(), ask); waybill.ReasonOf(err) != waybill.ReasonForeign {
		t.Errorf("another's connection: %v", err)
	}
}
