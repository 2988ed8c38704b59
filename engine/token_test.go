package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// A token that was found good before is still only good until it expires, in its own dialect, for a client
// that is still let in.
func TestAKnownTokenIsNotGoodForEver(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	save := func(disabled bool) {
		t.Helper()
		all, err := d.ListClients(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		in := engine.SaveClient{Client: waybill.Client{ClientID: "shop", Name: "shop", Role: waybill.RoleAdmin}, NewSecret: "secret-of-the-shop"}
		if len(all) > 0 {
			in.Client = all[0]
		}
		in.Client.Disabled = disabled
		if _, err := d.SaveClient(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	save(false)
	gate := engine.Gate{Engine: d.World.Engine}
	token, err := gate.IssueToken(t.Context(), engine.Credentials{Dialect: "lynkup", Kind: waybill.ActorClient, ID: "shop", Secret: "secret-of-the-shop"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(dialect string) waybill.Reason {
		_, err := gate.Authenticate(t.Context(), dialect, token.Text, engine.Caller{IP: "203.0.113.7"})
		return waybill.ReasonOf(err)
	}
	for range 2 {
		if got := ask("lynkup"); got != "" {
			t.Fatalf("a good token: %s", got)
		}
		if got := ask("shiptheory"); got != waybill.ReasonTokenBad {
			t.Errorf("in another dialect: %q", got)
		}
	}
	save(true)
	if got := ask("lynkup"); got == "" {
		t.Error("a disabled client is let in")
	}
	save(false)
	if got := ask("lynkup"); got != waybill.ReasonTokenBad {
		t.Errorf("a client that is let in again revives its tokens: %q", got)
	}
	token, err = gate.IssueToken(t.Context(), engine.Credentials{Dialect: "lynkup", Kind: waybill.ActorClient, ID: "shop", Secret: "secret-of-the-shop"})
	if err != nil || ask("lynkup") != "" {
		t.Fatal(err)
	}
	d.World.Clock.Advance(token.Expires.Sub(token.Issued) + time.Second)
	if got := ask("lynkup"); got != waybill.ReasonTokenExpired {
		t.Errorf("after it expired: %q", got)
	}
}
