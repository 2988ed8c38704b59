package engine_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestAPIKeys(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{}).Account("acme")
	ctx := t.Context()
	gate := engine.Gate{Engine: w.World.Engine}
	made, err := w.Session.CreateAPIKey(ctx, engine.CreateAPIKey{Name: "shop", Role: waybill.RoleOperations, Test: true})
	if err != nil || !strings.HasPrefix(made.Text, "wb_test_") || !strings.HasPrefix(made.Text, made.Key.Prefix) || strings.Contains(made.Key.Hash, made.Text) {
		t.Fatalf("%+v, %v", made, err)
	}
	actor, err := gate.AuthenticateKey(ctx, made.Text, engine.Caller{IP: "192.0.2.9"})
	if err != nil || actor.Account != w.Session.Actor.Account || actor.Role != waybill.RoleOperations || !actor.Test || actor.Name != "shop" || actor.IP != "192.0.2.9" {
		t.Fatalf("%+v, %v", actor, err)
	}
	wrong := made.Text[:len(made.Text)-1] + "!"
	for _, text := range []string{"", "wb_test_", wrong, engine.KeyText(true, strings.Repeat("a", 30))} {
		if _, err := gate.AuthenticateKey(ctx, text, engine.Caller{}); waybill.ReasonOf(err) != waybill.ReasonTokenBad {
			t.Errorf("%q: %v", text, err)
		}
	}

	// The last use is written down by the hour.
	for range 3 {
		w.Clock.Advance(time.Minute)
		if _, err := gate.AuthenticateKey(ctx, made.Text, engine.Caller{}); err != nil {
			t.Fatal(err)
		}
	}
	used, err := w.Session.GetAPIKey(ctx, made.Key.ID)
	if err != nil || used.Version != 1 || used.LastUsed == nil || used.LastUsed.Minute() != 0 {
		t.Errorf("%+v, %v", used, err)
	}

	// A rotated key is good until its grace is over.
	fresh, err := w.Session.RotateAPIKey(ctx, engine.RotateAPIKey{ID: made.Key.ID, Grace: time.Hour})
	if err != nil || fresh.Text == made.Text || fresh.Key.Name != "shop" || !fresh.Key.Test || fresh.Key.Role != waybill.RoleOperations {
		t.Fatalf("%+v, %v", fresh, err)
	}
	if _, err := w.Session.RotateAPIKey(ctx, engine.RotateAPIKey{ID: made.Key.ID}); waybill.ReasonOf(err) != waybill.ReasonTaken {
		t.Error("a key is rotated twice:", err)
	}
	w.Clock.Advance(59 * time.Minute)
	for _, text := range []string{made.Text, fresh.Text} {
		if _, err := gate.AuthenticateKey(ctx, text, engine.Caller{}); err != nil {
			t.Error(err)
		}
	}
	w.Clock.Advance(time.Minute)
	if _, err := gate.AuthenticateKey(ctx, made.Text, engine.Caller{}); waybill.ReasonOf(err) != waybill.ReasonTokenExpired {
		t.Error("the old key is still good:", err)
	}
	if _, err := w.Session.RevokeAPIKey(ctx, fresh.Key.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.AuthenticateKey(ctx, fresh.Text, engine.Caller{}); waybill.ReasonOf(err) != waybill.ReasonTokenBad {
		t.Error("a revoked key is good:", err)
	}
}

// TestAKeyMayNoMoreThanItsMaker: nobody climbs by making a key.
func TestAKeyMayNoMoreThanItsMaker(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{}).Account("acme")
	soon := w.Clock.Now().Add(-time.Second)
	for name, test := range map[string]struct {
		maker  waybill.Actor
		in     engine.CreateAPIKey
		reason waybill.Reason
	}{
		"climbs":        {waybill.Actor{Role: waybill.RoleDeveloper}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleAdmin}, waybill.ReasonRole},
		"within":        {waybill.Actor{Role: waybill.RoleDeveloper}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleAdmin, Scopes: []waybill.Scope{waybill.ScopeShip}}, ""},
		"scoped maker":  {waybill.Actor{Role: waybill.RoleAdmin, Scopes: []waybill.Scope{waybill.ScopeDevelop}}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly}, waybill.ReasonRole},
		"test to live":  {waybill.Actor{Role: waybill.RoleAdmin, Test: true}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly}, waybill.ReasonRole},
		"nameless":      {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Role: waybill.RoleReadOnly}, waybill.ReasonFields},
		"roleless":      {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Name: "x", Role: "king"}, waybill.ReasonFields},
		"foreign scope": {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly, Scopes: []waybill.Scope{waybill.ScopeShip}}, waybill.ReasonFields},
		"late":          {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly, Expires: &soon}, waybill.ReasonFields},
		"own text":      {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly, Text: "wb_live_mine"}, waybill.ReasonRole},
		"not my child":  {waybill.Actor{Role: waybill.RoleAdmin}, engine.CreateAPIKey{Name: "x", Role: waybill.RoleReadOnly, Grants: []waybill.ID{w.Session.Actor.Account}}, waybill.ReasonFields},
	} {
		test.maker.Kind, test.maker.Account = waybill.ActorClient, w.Session.Actor.Account
		if _, err := w.World.Engine.As(test.maker).CreateAPIKey(t.Context(), test.in); waybill.ReasonOf(err) != test.reason {
			t.Errorf("%s: %v", name, err)
		}
	}
}
