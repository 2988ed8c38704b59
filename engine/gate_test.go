package engine_test

import (
	"bytes"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

const password = "correct horse"

// gate is an account with a user and a client that both have the password.
func gate(t *testing.T) (*enginetest.Desk, engine.Gate) {
	t.Helper()
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	user := engine.SaveUser{User: waybill.User{Email: "Ann@Example.com", Role: waybill.RoleOperations}, NewPassword: password}
	if _, err := d.SaveUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	client := engine.SaveClient{Client: waybill.Client{ClientID: "shop", Name: "The shop", Role: waybill.RoleAdmin}, NewSecret: password}
	if _, err := d.SaveClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	return d, engine.Gate{Engine: d.World.Engine}
}

func asUser(dialect string) engine.Credentials {
	return engine.Credentials{Dialect: dialect, Kind: waybill.ActorUser, ID: " ann@example.COM ", Secret: password}
}

func asClient(dialect string) engine.Credentials {
	return engine.Credentials{Dialect: dialect, Kind: waybill.ActorClient, ID: "shop", Secret: password}
}

func issue(t *testing.T, g engine.Gate, c engine.Credentials) engine.Token {
	t.Helper()
	token, err := g.IssueToken(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenTellsWhoItIs(t *testing.T) {
	d, g := gate(t)
	for _, c := range []engine.Credentials{asUser("shiptheory"), asClient("lynkup")} {
		token := issue(t, g, c)
		actor, err := g.Authenticate(t.Context(), c.Dialect, token.Text, engine.Caller{IP: "203.0.113.9"})
		if err != nil || actor.Account != d.Tenant.ID || actor.Kind != c.Kind || actor.Dialect != c.Dialect || actor.IP != "203.0.113.9" {
			t.Errorf("%v: %+v", err, actor)
		}
		if token.Expires.Sub(token.Issued) != time.Hour {
			t.Errorf("it is good for %v", token.Expires.Sub(token.Issued))
		}
	}
	if actor, _ := g.Authenticate(t.Context(), "lynkup", issue(t, g, asClient("lynkup")).Text, engine.Caller{}); actor.Name != "The shop" {
		t.Errorf("it is called %q in histories", actor.Name)
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	d, g := gate(t)
	token := issue(t, g, asClient("lynkup"))
	refuse := func(what, dialect, text string, reason waybill.Reason) {
		t.Helper()
		if _, err := g.Authenticate(t.Context(), dialect, text, engine.Caller{}); waybill.ReasonOf(err) != reason {
			t.Errorf("%s: %v, want %s", what, err, reason)
		}
	}
	refuse("none", "lynkup", "", waybill.ReasonTokenMissing)
	refuse("rubbish", "lynkup", "rubbish", waybill.ReasonTokenBad)
	refuse("another dialect's", "shiptheory", token.Text, waybill.ReasonTokenBad)
	refuse("changed", "lynkup", token.Text[:len(token.Text)-2]+"xx", waybill.ReasonTokenBad)
	refuse("unsigned", "lynkup", "eyJhbGciOiJub25lIn0.e30.", waybill.ReasonTokenBad)
	d.World.Clock.Advance(time.Hour + time.Second)
	refuse("expired", "lynkup", token.Text, waybill.ReasonTokenExpired)
	refuse("expired and another dialect's", "shiptheory", token.Text, waybill.ReasonTokenBad)
}

func TestWhoGetsNoToken(t *testing.T) {
	d, g := gate(t)
	wrong := asUser("shiptheory")
	wrong.Secret = "wrong"
	nobody := asUser("shiptheory")
	nobody.ID = "nobody@example.com"
	mixed := asClient("lynkup")
	mixed.Kind = waybill.ActorUser
	_, err := d.SaveClient(t.Context(), engine.SaveClient{
		Client: waybill.Client{ClientID: "bound", Dialects: []string{"lynkup"}}, NewSecret: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	bound := asClient("shiptheory")
	bound.ID = "bound"
	for _, c := range []engine.Credentials{wrong, nobody, mixed, bound, {Dialect: "lynkup", Kind: waybill.ActorClient}} {
		_, err := g.IssueToken(t.Context(), c)
		wantReason(t, err, waybill.ReasonLogin)
	}
	bound.Dialect = "lynkup"
	issue(t, g, bound)
}

// A user or client that is disabled, or loses a dialect, is refused at once, with the token it still has.
func TestDisabledAtOnce(t *testing.T) {
	d, g := gate(t)
	user, client := issue(t, g, asUser("shiptheory")), issue(t, g, asClient("lynkup"))
	enter := func(dialect string, token engine.Token) error {
		_, err := g.Authenticate(t.Context(), dialect, token.Text, engine.Caller{})
		return err
	}
	if enter("shiptheory", user) != nil || enter("lynkup", client) != nil {
		t.Fatal("they are refused before anything happened")
	}
	disabled := waybill.User{Email: "ann@example.com", Disabled: true}
	if _, err := d.SaveUser(t.Context(), engine.SaveUser{User: disabled}); err != nil {
		t.Fatal(err)
	}
	moved := waybill.Client{ClientID: "shop", Dialects: []string{"shiptheory"}}
	if _, err := d.SaveClient(t.Context(), engine.SaveClient{Client: moved}); err != nil {
		t.Fatal(err)
	}
	wantReason(t, enter("shiptheory", user), waybill.ReasonTokenBad)
	wantReason(t, enter("lynkup", client), waybill.ReasonTokenBad)
	_, err := g.IssueToken(t.Context(), asUser("shiptheory"))
	wantReason(t, err, waybill.ReasonLogin)
	disabled.Disabled = false // the password was kept
	if _, err := d.SaveUser(t.Context(), engine.SaveUser{User: disabled}); err != nil {
		t.Fatal(err)
	}
	wantReason(t, enter("shiptheory", user), waybill.ReasonTokenBad)
	if err := enter("shiptheory", issue(t, g, asUser("shiptheory"))); err != nil {
		t.Errorf("enabled again: %v", err)
	}
}

// A user's address is unique in the installation, whoever asks.
func TestLoginsAreUnique(t *testing.T) {
	d, g := gate(t)
	other := d.World.Account("other")
	_, err := other.SaveUser(t.Context(), engine.SaveUser{User: waybill.User{Email: "ANN@example.com"}, NewPassword: "mine now"})
	wantReason(t, err, waybill.ReasonTaken)
	_, err = other.SaveClient(t.Context(), engine.SaveClient{Client: waybill.Client{ClientID: "shop"}, NewSecret: "mine now"})
	wantReason(t, err, waybill.ReasonTaken)
	issue(t, g, asUser("shiptheory"))
}

func vault(t *testing.T, current string, ids ...string) *engine.Vault {
	t.Helper()
	keys := map[string][]byte{}
	for _, id := range ids {
		keys[id] = bytes.Repeat([]byte(id[:1]), 32)
	}
	v, err := engine.NewVault(keys, current)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// After a rotation what the old key sealed and signed is still read, as long as the old key is there.
func TestARotatedKeyIsStillRead(t *testing.T) {
	d, g := gate(t)
	d.World.Engine.Vault = vault(t, "old-key1", "old-key1")
	d.Boston(d.Fake("courier", "courier"))
	token := issue(t, g, asClient("lynkup"))
	link := d.World.Engine.Vault.Link("label", create(t, d, enginetest.Order("A-1")).ID, d.World.Clock.Now().Add(time.Hour))
	connections, err := d.ListConnections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hook := d.World.Engine.Vault.HookSecret(connections[0].ID)

	rotated := d.World.Engine.Config
	rotated.Vault = vault(t, "new-key2", "new-key2", "old-key1")
	e := engine.New(rotated)
	if _, err := (engine.Gate{Engine: e}).Authenticate(t.Context(), "lynkup", token.Text, engine.Caller{}); err != nil {
		t.Errorf("the token: %v", err)
	}
	if _, err := e.OpenLink(t.Context(), link); err != nil {
		t.Errorf("the link: %v", err)
	}
	if err := e.Push(t.Context(), connections[0].ID, hook, nil, []byte("X")); err != nil {
		t.Errorf("the hook: %v", err)
	}
	if _, err := e.As(d.Actor).SaveConnection(t.Context(), engine.SaveConnection{Connection: connections[0]}); err != nil {
		t.Errorf("the secret settings: %v", err)
	}

	lost := d.World.Engine.Config
	lost.Vault = vault(t, "new-key2", "new-key2")
	e = engine.New(lost)
	_, err = (engine.Gate{Engine: e}).Authenticate(t.Context(), "lynkup", token.Text, engine.Caller{})
	wantReason(t, err, waybill.ReasonTokenBad)
	_, err = e.OpenLink(t.Context(), link)
	wantReason(t, err, waybill.ReasonForeign)
}

func TestSealsAreBoundAndWhole(t *testing.T) {
	v := vault(t, "old-key1", "old-key1")
	sealed := v.Seal([]byte("secret"), "connection:1")
	if plain, err := v.Open(sealed, "connection:1"); err != nil || string(plain) != "secret" {
		t.Fatalf("%v: %q", err, plain)
	}
	if _, err := v.Open(sealed, "connection:2"); err == nil {
		t.Error("a secret opens in another record")
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := v.Open(bad, "connection:1"); err == nil {
			t.Fatalf("byte %d may be changed", i)
		}
	}
	for n := range sealed {
		if _, err := v.Open(sealed[:n], "connection:1"); err == nil {
			t.Fatalf("the first %d bytes open", n)
		}
	}
	if bytes.Equal(sealed, v.Seal([]byte("secret"), "connection:1")) {
		t.Error("two seals of one secret are alike")
	}
}

func TestPasswordsAreHashed(t *testing.T) {
	v := vault(t, "old-key1", "old-key1")
	hash := v.Hash(password)
	if !v.Matches(hash, password) || v.Matches(hash, password+" ") || v.Matches(hash, "") || hash == v.Hash(password) {
		t.Error("a password does not match itself alone")
	}
	for _, bad := range []string{"", password, "argon2id$1$1$x", "argon2id$99999999$2$AA$AA", "md5$1$1$AA$AA"} {
		if v.Matches(bad, password) || v.Matches(bad, "") {
			t.Errorf("%q matches", bad)
		}
	}
	for _, keys := range []map[string][]byte{{}, {"old-key1": make([]byte, 16)}, {"short": make([]byte, 32), "old-key1": make([]byte, 32)}} {
		if _, err := engine.NewVault(keys, "old-key1"); err == nil {
			t.Errorf("keys %v are taken", keys)
		}
	}
}
