package native

import (
	"context"

	"waybill"
	"waybill/engine"
)

// meOut says who asks.
type meOut struct {
	Kind    string     `json:"kind" enum:"user,client,system,carrier,admin" doc:"user is a person, client a program: an OAuth client or an API key."`
	ID      string     `json:"id" doc:"Of the person, client or key."`
	Name    string     `json:"name"`
	Role    string     `json:"role" enum:"admin,operations,developer,rates-only,read-only"`
	Scopes  []string   `json:"scopes" nullable:"false" doc:"What the role and the key allow together."`
	Test    bool       `json:"test" doc:"A test key: it reaches simulators and carriers' test systems, never what is live."`
	Account accountOut `json:"account"`
	Grants  []string   `json:"grants" nullable:"false" doc:"Ids of the child accounts that may be acted in."`
}

type accountOut struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Currency string `json:"currency,omitempty" doc:"What amounts without a currency are in (ISO 4217)."`
}

type whoami struct {
	actor   waybill.Actor
	account waybill.Account
}

func me(a *api) {
	op(a, operation{
		ID: "get-me", Method: "GET", Path: "/me", Tag: "Identity", Summary: "Who asks, and what they may", Anyone: true,
	}, func(*call, *struct{}) (struct{}, error) { return struct{}{}, nil }, whoIs, showMe)
}

func whoIs(s engine.Session, ctx context.Context, _ struct{}) (whoami, error) {
	account, err := s.Account(ctx, s.Actor)
	return whoami{s.Actor, account}, err
}

func showMe(_ *call, w whoami) *one[meOut] {
	out := meOut{
		Kind: string(w.actor.Kind), ID: string(w.actor.ID), Name: w.actor.Name, Role: string(w.actor.Role), Test: w.actor.Test,
		Account: accountOut{string(w.account.ID), w.account.Name, w.account.Settings.Currency}, Scopes: []string{}, Grants: []string{},
	}
	for _, scope := range waybill.Scopes {
		if w.actor.May(scope) {
			out.Scopes = append(out.Scopes, string(scope))
		}
	}
	for _, id := range w.actor.Grants {
		out.Grants = append(out.Grants, string(id))
	}
	return &one[meOut]{out}
}
