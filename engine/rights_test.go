package engine_test

import (
	"crypto/rand"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store/storetest"
)

// onNodes runs a test with the gates of every node: one over a file, two over one PostgreSQL.
func onNodes(t *testing.T, do func(*testing.T, *enginetest.Desk, []engine.Gate)) {
	t.Run("sqlite", func(t *testing.T) {
		d := enginetest.New(t, enginetest.Options{}).Account("acme")
		do(t, d, []engine.Gate{{Engine: d.World.Engine}})
	})
	t.Run("two nodes on postgres", func(t *testing.T) {
		d, other := twoNodes(t, nil)
		do(t, d, []engine.Gate{{Engine: d.World.Engine}, {Engine: other}})
	})
}

// twoNodes are two engines over one PostgreSQL with one clock, the first with an account.
func twoNodes(t *testing.T, config func(*engine.Config)) (*enginetest.Desk, *engine.Engine) {
	t.Helper()
	clock := waybill.NewManualClock(storetest.Start)
	cfg := storetest.Config(clock)
	cfg.URL = storetest.Postgres(t)
	d := enginetest.New(t, enginetest.Options{Clock: clock, Store: storetest.Open(t, cfg), Config: config}).Account("acme")
	second := enginetest.New(t, enginetest.Options{Clock: clock, Store: storetest.Open(t, cfg), Config: func(c *engine.Config) {
		c.IDs = waybill.NewIDs(clock, rand.Reader)
		if config != nil {
			config(c)
		}
	}})
	return d, second.Engine
}

// TestTokensEndWithWhatTheyWereGivenFor: whatever is taken from a client or a person ends every token given out before, at
// once and at every node, and giving it back revives none.
func TestTokensEndWithWhatTheyWereGivenFor(t *testing.T) {
	client := engine.RecordRef{Key: "shop"}
	user := engine.RecordRef{Key: "ann@example.com"}
	changeClient := func(change func(*engine.SaveClient)) func(*testing.T, *enginetest.Desk) {
		return func(t *testing.T, d *enginetest.Desk) {
			_, err := engine.Clients.Change(d.Session, t.Context(), engine.ChangeRecord[engine.SaveClient]{Ref: client, Change: func(c *engine.SaveClient) error { change(c); return nil }})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	changeUser := func(change func(*engine.SaveUser)) func(*testing.T, *enginetest.Desk) {
		return func(t *testing.T, d *enginetest.Desk) {
			_, err := engine.Users.Change(d.Session, t.Context(), engine.ChangeRecord[engine.SaveUser]{Ref: user, Change: func(u *engine.SaveUser) error { change(u); return nil }})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	type step = func(*testing.T, *enginetest.Desk)
	onNodes(t, func(t *testing.T, d *enginetest.Desk, nodes []engine.Gate) {
		if _, err := d.CreateClient(t.Context(), engine.SaveClient{Client: waybill.Client{ClientID: "shop", Name: "Shop", Role: waybill.RoleOperations}, NewSecret: password}); err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Users.Create(d.Session, t.Context(), engine.SaveUser{User: waybill.User{Email: "ann@example.com", Role: waybill.RoleOperations}, NewPassword: password}); err != nil {
			t.Fatal(err)
		}
		letsIn := func(what, dialect string, token engine.Token, want bool) {
			t.Helper()
			for i, node := range nodes {
				if _, err := node.Authenticate(t.Context(), dialect, token.Text, engine.Caller{}); (err == nil) != want {
					t.Errorf("%s: node %d answers %v", what, i, err)
				}
			}
		}
		secret := password
		for _, c := range []struct {
			what       string
			take, back step
		}{
			{"a secret that is rotated", func(t *testing.T, d *enginetest.Desk) {
				made, err := d.RotateClient(t.Context(), engine.DeleteRecord{Ref: client})
				if err != nil {
					t.Fatal(err)
				}
				secret = made.Secret
			}, nil},
			{"a client that is disabled", changeClient(func(c *engine.SaveClient) { c.Disabled = true }), changeClient(func(c *engine.SaveClient) { c.Disabled = false })},
			{"another role", changeClient(func(c *engine.SaveClient) { c.Role = waybill.RoleReadOnly }), changeClient(func(c *engine.SaveClient) { c.Role = waybill.RoleOperations })},
			{"an API that is taken away", changeClient(func(c *engine.SaveClient) { c.Dialects = []string{"shiptheory"} }), changeClient(func(c *engine.SaveClient) { c.Dialects = nil })},
		} {
			ask := asClient("lynkup")
			ask.Secret = secret
			token := issue(t, nodes[0], ask)
			letsIn(c.what+", before", "lynkup", token, true)
			c.take(t, d)
			letsIn(c.what, "lynkup", token, false)
			if c.back != nil {
				c.back(t, d)
				letsIn(c.what+", given back", "lynkup", token, false)
			}
			ask.Secret = secret
			letsIn(c.what+", asked for anew", "lynkup", issue(t, nodes[0], ask), true)
		}
		for _, c := range []struct {
			what       string
			take, back step
		}{
			{"another password", changeUser(func(u *engine.SaveUser) { u.NewPassword = password }), nil},
			{"a person who is disabled", changeUser(func(u *engine.SaveUser) { u.Disabled = true }), changeUser(func(u *engine.SaveUser) { u.Disabled = false })},
			{"another role of a person", changeUser(func(u *engine.SaveUser) { u.Role = waybill.RoleReadOnly }), changeUser(func(u *engine.SaveUser) { u.Role = waybill.RoleOperations })},
		} {
			token := issue(t, nodes[0], asUser("shiptheory"))
			in, err := d.LogIn(t.Context(), engine.LogIn{Email: "ann@example.com", Password: password})
			if err != nil {
				t.Fatal(err)
			}
			loggedIn := func(want bool) {
				t.Helper()
				for i, node := range nodes {
					if _, err := node.AuthenticateLogin(t.Context(), in.Text, engine.Caller{}); (err == nil) != want {
						t.Errorf("%s: node %d answers a session %v", c.what, i, err)
					}
				}
			}
			letsIn(c.what+", before", "shiptheory", token, true)
			loggedIn(true)
			changeUser(func(u *engine.SaveUser) { u.Name += "." })(t, d) // what is no right of theirs
			letsIn(c.what+", renamed", "shiptheory", token, true)
			loggedIn(true)
			c.take(t, d)
			letsIn(c.what, "shiptheory", token, false)
			loggedIn(false)
			if c.back != nil {
				c.back(t, d)
				letsIn(c.what+", given back", "shiptheory", token, false)
				loggedIn(false)
			}
		}
		token := issue(t, nodes[0], asUser("shiptheory"))
		if _, err := engine.Users.Delete(d.Session, t.Context(), engine.DeleteRecord{Ref: user}); err != nil {
			t.Fatal(err)
		}
		letsIn("a person who is gone", "shiptheory", token, false)
	})
}

// TestNobodyTouchesWhatMayMore: a developer neither changes, rotates nor ends what an administrator has, nor gives out a child
// that was not granted; a test key leaves alone what is live.
func TestNobodyTouchesWhatMayMore(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	d := w.Account("acme")
	kid, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), waybill.Account{Name: "kid", Parent: d.Tenant.ID})
	if err != nil {
		t.Fatal(err)
	}
	key := func(in engine.CreateAPIKey) waybill.APIKey {
		t.Helper()
		in.Name = "key"
		made, err := d.CreateAPIKey(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return made.Key
	}
	root, grown := key(engine.CreateAPIKey{Role: waybill.RoleAdmin}), key(engine.CreateAPIKey{Role: waybill.RoleDeveloper, Grants: []waybill.ID{kid.ID}})
	narrow, live := key(engine.CreateAPIKey{Role: waybill.RoleAdmin, Scopes: []waybill.Scope{waybill.ScopeRead}}), key(engine.CreateAPIKey{Role: waybill.RoleDeveloper})
	if _, err := d.CreateClient(t.Context(), engine.SaveClient{Client: waybill.Client{ClientID: "boss", Name: "Boss", Role: waybill.RoleAdmin}}); err != nil {
		t.Fatal(err)
	}
	boss := engine.RecordRef{Key: "boss"}
	developer := d.As(waybill.Actor{Kind: waybill.ActorClient, ID: "dev", Account: d.Tenant.ID, Role: waybill.RoleDeveloper})
	tester := d.As(waybill.Actor{Kind: waybill.ActorClient, ID: "test", Account: d.Tenant.ID, Role: waybill.RoleAdmin, Test: true})
	lesser := func(c *engine.SaveClient) error { c.Role = waybill.RoleDeveloper; return nil }
	for what, do := range map[string]func() error{
		"revokes an administrator's key": func() error { _, err := developer.RevokeAPIKey(t.Context(), root.ID); return err },
		"rotates an administrator's key": func() error {
			_, err := developer.RotateAPIKey(t.Context(), engine.RotateAPIKey{ID: root.ID})
			return err
		},
		"revokes a key that has a child": func() error { _, err := developer.RevokeAPIKey(t.Context(), grown.ID); return err },
		"rotates a client": func() error {
			_, err := developer.RotateClient(t.Context(), engine.DeleteRecord{Ref: boss})
			return err
		},
		"makes less of a client": func() error {
			_, err := engine.Clients.Change(developer, t.Context(), engine.ChangeRecord[engine.SaveClient]{Ref: boss, Change: lesser})
			return err
		},
		"removes a client": func() error {
			_, err := engine.Clients.Delete(developer, t.Context(), engine.DeleteRecord{Ref: boss})
			return err
		},
		"gives a key a child": func() error {
			_, err := developer.CreateAPIKey(t.Context(), engine.CreateAPIKey{Name: "x", Role: waybill.RoleDeveloper, Grants: []waybill.ID{kid.ID}})
			return err
		},
		"gives a client a child": func() error {
			_, err := developer.CreateClient(t.Context(), engine.SaveClient{Client: waybill.Client{Name: "x", Role: waybill.RoleDeveloper, Grants: []waybill.ID{kid.ID}}})
			return err
		},
		"revokes what is live for a test": func() error { _, err := tester.RevokeAPIKey(t.Context(), live.ID); return err },
		"removes a client for a test": func() error {
			_, err := engine.Clients.Delete(tester, t.Context(), engine.DeleteRecord{Ref: boss})
			return err
		},
		"rotates a client for a test": func() error { _, err := tester.RotateClient(t.Context(), engine.DeleteRecord{Ref: boss}); return err },
	} {
		if err := do(); waybill.ReasonOf(err) != waybill.ReasonRole {
			t.Errorf("who %s is answered %v", what, err)
		}
	}
	granted := developer
	granted.Actor.Grants = []waybill.ID{kid.ID}
	itself := developer
	itself.Actor.ID, itself.Actor.Scopes = live.ID, []waybill.Scope{waybill.ScopeDevelop}
	for what, do := range map[string]func() error{
		"revokes a key with fewer scopes": func() error { _, err := developer.RevokeAPIKey(t.Context(), narrow.ID); return err },
		"rotates a key with the same child": func() error {
			_, err := granted.RotateAPIKey(t.Context(), engine.RotateAPIKey{ID: grown.ID})
			return err
		},
		"gives up the own key": func() error { _, err := itself.RevokeAPIKey(t.Context(), live.ID); return err },
	} {
		if err := do(); err != nil {
			t.Errorf("who %s is answered %v", what, err)
		}
	}
}

// TestAChildThatMovesIsNoLongerItsParents: its new family is the only one that gets in.
func TestAChildThatMovesIsNoLongerItsParents(t *testing.T) {
	onNodes(t, func(t *testing.T, d *enginetest.Desk, nodes []engine.Gate) {
		top := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin})
		kid, err := top.SaveAccount(t.Context(), waybill.Account{Name: "kid", Parent: d.Tenant.ID})
		if err != nil {
			t.Fatal(err)
		}
		lent := d.House("van", "Van", "us")
		if _, err := d.LendConnection(t.Context(), engine.LendConnection{ExternalID: "van", To: kid.ID}); err != nil {
			t.Fatal(err)
		}
		made, err := d.CreateAPIKey(t.Context(), engine.CreateAPIKey{Name: "desk", Role: waybill.RoleOperations, Grants: []waybill.ID{kid.ID}})
		if err != nil {
			t.Fatal(err)
		}
		in := func() (reached int) {
			for _, node := range nodes {
				actor, err := node.AuthenticateKey(t.Context(), made.Text, engine.Caller{})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := node.As(actor).Within(t.Context(), kid.ID); err == nil {
					reached++
				}
			}
			return reached
		}
		if in() != len(nodes) {
			t.Fatal("a granted child is not let in")
		}
		kid.Parent = ""
		if _, err := top.SaveAccount(t.Context(), kid); err != nil {
			t.Fatal(err)
		}
		if n := in(); n != 0 {
			t.Errorf("%d nodes let the parent of before in", n)
		}
		left, err := d.ListConnections(t.Context())
		if err != nil || len(left) != 1 || left[0].ID != lent.ID || len(left[0].Lent) != 0 {
			t.Errorf("the parent's connection is still lent: %+v, %v", left, err)
		}
	})
}
