package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

// TestWhoIsOnTheMachineHasATokenOfItsAdministrator: of one account and one API, for an hour, from any address; nobody
// else can have one.
func TestWhoIsOnTheMachineHasATokenOfItsAdministrator(t *testing.T) {
	d, g := gate(t)
	account := d.Tenant
	account.Access.IPs = []string{"192.0.2.0/24"}
	installation := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test", Role: waybill.RoleAdmin})
	if _, err := installation.SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	seated := installation.Actor
	seated.Account = account.ID
	token, err := d.World.Engine.As(seated).LocalToken(t.Context(), "native")
	if err != nil {
		t.Fatal(err)
	}
	actor, err := g.Authenticate(t.Context(), "native", token.Text, engine.Caller{})
	if err != nil || actor.Kind != waybill.ActorAdmin || actor.Account != account.ID || actor.Everywhere() || actor.Role != waybill.RoleAdmin {
		t.Errorf("%v: %+v", err, actor)
	}
	if _, err := g.Authenticate(t.Context(), "lynkup", token.Text, engine.Caller{IP: "192.0.2.7"}); waybill.ReasonOf(err) != waybill.ReasonTokenBad {
		t.Errorf("another API takes it: %v", err)
	}
	d.World.Clock.Advance(time.Hour + time.Second)
	if _, err := g.Authenticate(t.Context(), "native", token.Text, engine.Caller{}); waybill.ReasonOf(err) != waybill.ReasonTokenExpired {
		t.Errorf("after an hour: %v", err)
	}
	for _, actor := range []waybill.Actor{
		{Kind: waybill.ActorUser, ID: "u", Account: account.ID, Role: waybill.RoleAdmin},
		{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin},
	} {
		if _, err := d.World.Engine.As(actor).LocalToken(t.Context(), "native"); waybill.ReasonOf(err) != waybill.ReasonRole {
			t.Errorf("%s has one: %v", actor.Kind, err)
		}
	}
}
