package native

import (
	"waybill"
	"waybill/engine"
)

// Client is an OAuth client, as it is written.
type Client struct {
	ClientID string   `json:"client_id,omitempty" maxLength:"200" doc:"Unique in the installation; one is made where none was brought along from an old vendor."`
	Name     string   `json:"name" minLength:"1" maxLength:"200" doc:"Shown in histories as who did it."`
	Role     string   `json:"role" enum:"admin,operations,developer,rates-only,read-only"`
	APIs     []string `json:"apis,omitempty" maxItems:"20" doc:"Which APIs it may log in to, such as lynkup; none: all."`
	Disabled bool     `json:"disabled,omitempty"`
	Grants   []string `json:"grants,omitempty" maxItems:"1000" doc:"Ids or names of child accounts that it may act in."`
}

// NewClient is a client that is to be made.
type NewClient struct {
	Client
	Secret string `json:"client_secret,omitempty" minLength:"10" maxLength:"1000" writeOnly:"true" doc:"Brought along from an old vendor; else one is made."`
}

type clientSecret struct {
	ClientOut
	Secret string `json:"client_secret" doc:"Shown this once."`
}

// ClientOut is a client as it is shown.
type ClientOut struct {
	Kept
	Client
}

type createClientIn struct {
	Acting
	Body NewClient
}

type secretAnswer struct {
	ETag  string `header:"ETag"`
	Cache string `header:"Cache-Control"`
	Body  clientSecret
}

func clients(a *api) {
	noun[Client, ClientOut, engine.SaveClient, waybill.Client]{
		name: "client", plural: "clients", path: "/clients", tag: "Identity", a: "an OAuth client", read: waybill.ScopeDevelop, write: waybill.ScopeDevelop,
		patch: map[string]any{"disabled": true}, at: "shop-system",
		list: engine.Clients.List, get: engine.Clients.Get, change: engine.Clients.Change, remove: engine.Clients.Delete,
		given: func(d engine.SaveClient) Client { return givenClient(d.Client) }, take: takeClient, row: func(c waybill.Client) waybill.Row { return c.Row },
		show: showClient,
	}.add(a)
	op(a, operation{
		ID: "create-client", Method: "POST", Path: "/clients", Tag: "Identity", Status: 201, Scope: waybill.ScopeDevelop,
		Summary: "Make an OAuth client", About: "The secret is in the answer, and never again. Nobody can make a client that may do more than they may.",
		Example: NewClient{Client: Client{ClientID: "shop-system", Name: "Shop system", Role: "operations"}},
	}, func(_ *call, in *createClientIn) (acting[engine.SaveClient], error) {
		d := engine.SaveClient{NewSecret: in.Body.Secret}
		takeClient(in.Body.Client, &d)
		return acting[engine.SaveClient]{waybill.ID(in.Account), d}, nil
	}, within(engine.Session.CreateClient, nil), showSecret)
	op(a, operation{
		ID: "rotate-client", Method: "POST", Path: "/clients/{id}/rotate", Tag: "Identity", Scope: waybill.ScopeDevelop,
		Summary: "Give an OAuth client a new secret", About: "The old one is worth nothing from then on, nor are the tokens that were given out before.",
	}, func(_ *call, in *touchSetupIn) (acting[engine.DeleteRecord], error) {
		version, err := in.version()
		return acting[engine.DeleteRecord]{waybill.ID(in.Account), engine.DeleteRecord{Ref: recordRef(in.ID), Version: version}}, err
	}, within(engine.Session.RotateClient, nil), showSecret)
	a.named("/clients/{id}/rotate", "shop-system")
}

func givenClient(c waybill.Client) Client {
	return Client{ClientID: c.ClientID, Name: c.Name, Role: string(c.Role), APIs: c.Dialects, Disabled: c.Disabled, Grants: ids(c.Grants)}
}

func takeClient(in Client, d *engine.SaveClient) {
	d.ClientID, d.Name, d.Role, d.Dialects, d.Disabled, d.Grants = in.ClientID, in.Name, waybill.Role(in.Role), in.APIs, in.Disabled, idList(in.Grants)
}

func showClient(_ *call, c waybill.Client) ClientOut { return ClientOut{keptOf(c.Row), givenClient(c)} }

func showSecret(c *call, n engine.NewClient) *secretAnswer {
	return &secretAnswer{tag(n.Client.Row), "no-store", clientSecret{showClient(c, n.Client), n.Secret}}
}
