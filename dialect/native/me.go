package native

import (
	"time"

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
	Grants  []string   `json:"grants" nullable:"false" doc:"Ids of the child accounts that were granted."`

	Children []childOut `json:"children" nullable:"false" doc:"The child accounts that may be worked in: those granted, of an administrator all."`
	User     *person    `json:"user,omitempty" doc:"The person, where one has logged in."`
	Session  *Session   `json:"session,omitempty"`
	Key      *keyOut    `json:"key,omitempty" doc:"The API key that was sent."`
	Version  string     `json:"version" doc:"Of the server."`
}

// childOut is a child account by its name.
type childOut struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// keyOut is an API key as who sent it needs to know it.
type keyOut struct {
	Kind    string     `json:"kind" enum:"test,live" doc:"A test key reaches simulators and carriers' test systems, never what is live."`
	Prefix  string     `json:"prefix" doc:"How it begins."`
	Expires *time.Time `json:"expires_at,omitempty"`
}

type accountOut struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Currency string `json:"currency,omitempty" doc:"What amounts without a currency are in (ISO 4217)."`
}

func me(a *api) {
	op(a, operation{
		ID: "get-me", Method: "GET", Path: "/me", Tag: "Identity", Summary: "Who asks, and what they may", Anyone: true,
	}, func(*call, *struct{}) (struct{}, error) { return struct{}{}, nil }, engine.Session.WhoAmI, showMe)
}

func showMe(c *call, w engine.Me) *tagged[meOut] {
	actor := c.session.Actor
	out := meOut{
		Kind: string(actor.Kind), ID: string(actor.ID), Name: actor.Name, Role: string(actor.Role), Test: actor.Test,
		Account: accountOut{string(w.Account.ID), w.Account.Name, w.Account.Settings.Currency}, Scopes: []string{}, Grants: ids(actor.Grants),
		Children: []childOut{}, Version: w.Version,
	}
	for _, scope := range waybill.Scopes {
		if actor.May(scope) {
			out.Scopes = append(out.Scopes, string(scope))
		}
	}
	for _, child := range w.Children {
		out.Children = append(out.Children, childOut{string(child.ID), child.Name})
	}
	if p := w.Person; p != nil {
		out.User = &person{string(p.User.ID), p.User.Email, p.User.Name, string(p.User.Role), string(p.User.Account)}
		for _, l := range p.Logins {
			if l.ID == actor.Login {
				shown := c.login(l)
				out.Session = &shown
			}
		}
	}
	if k := w.Key; k != nil {
		out.Key = &keyOut{"live", k.Prefix, k.Expires}
		if k.Test {
			out.Key.Kind = "test"
		}
	}
	answer := &tagged[meOut]{Body: out}
	if w.Person != nil {
		answer.ETag = tag(w.Person.User.Row)
	}
	return answer
}
