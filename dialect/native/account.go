package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// Account is an account below one's own, or one's own, as it is written.
type Account struct {
	Name     string    `json:"name" minLength:"1" maxLength:"200" doc:"Unique in the installation."`
	TenantID string    `json:"tenant_id,omitempty" maxLength:"100" doc:"What LynkUp shows as tenantId; without one the id is used."`
	Settings *settings `json:"settings,omitempty"`
}

// AccountView is an account as it is shown to its family.
type AccountView struct {
	Kept
	Account
	Parent  string     `json:"parent,omitempty" doc:"Id of the account above. A root account has none."`
	Closing *time.Time `json:"closing_at,omitempty" doc:"The account was deleted; until then it can be restored."`
}

// Access says from where an account may be called.
type Access struct {
	IPs     []string `json:"ips" nullable:"false" maxItems:"1000" doc:"Addresses and networks in CIDR form. An empty list lets all through."`
	Origins []string `json:"origins" nullable:"false" maxItems:"1000" doc:"Of web pages, such as https://shop.example. An empty list lets all through."`
}

type createAccountIn struct{ Body Account }

type changeAccountIn struct {
	Conditional
	AccountRef
	Body merge[Account]
}

// AccountRef names an account of the family.
type AccountRef struct {
	ID string `path:"id" maxLength:"210" doc:"Id or name of your account or a child; self is your own." example:"self"`
}

type accessIn struct {
	Conditional
	AccountRef
	Body Access
}

func (r AccountRef) ref() engine.RecordRef {
	if r.ID == "self" {
		return engine.RecordRef{}
	}
	return recordRef(r.ID)
}

func accounts(a *api) {
	const tagName = "Accounts"
	show := func(_ *call, d waybill.Account) *tagged[AccountView] {
		return &tagged[AccountView]{tag(d.Row), showAccount(d)}
	}
	op(a, operation{
		ID: "list-accounts", Method: "GET", Path: "/accounts", Tag: tagName, Summary: "List your account and its children", Scope: waybill.ScopeAdmin,
	}, func(_ *call, in *struct{ Paged }) (engine.ListRecords[waybill.Account], error) {
		return records[waybill.Account](in.Paged), nil
	}, engine.Session.ListFamily, func(c *call, s engine.Slice[waybill.Account]) *many[AccountView] {
		return listed(c, s.Items, s.Next, s.Prev, showAccount)
	})
	op(a, operation{
		ID: "create-account", Method: "POST", Path: "/accounts", Tag: tagName, Summary: "Make a child account", Scope: waybill.ScopeAdmin, Status: 201,
		About:   "It sees itself alone. To work in it, name it as account in an operation, make an API key in it, or grant it to people and keys of yours. Lend it connections: see there.",
		Example: Account{Name: "Shop North", Settings: &settings{Currency: "GBP"}},
	}, func(_ *call, in *createAccountIn) (waybill.Account, error) {
		var d waybill.Account
		takeAccount(in.Body, &d)
		return d, nil
	}, engine.Session.CreateChild, func(c *call, d waybill.Account) *made[AccountView] {
		return &made[AccountView]{tag(d.Row), c.Base + "/accounts/" + string(d.ID), showAccount(d)}
	})
	op(a, operation{
		ID: "get-account", Method: "GET", Path: "/accounts/{id}", Tag: tagName, Summary: "Read an account", Scope: waybill.ScopeAdmin,
	}, func(_ *call, in *AccountRef) (engine.RecordRef, error) { return in.ref(), nil }, engine.Session.GetFamily, show)
	op(a, operation{
		ID: "update-account", Method: "PATCH", Path: "/accounts/{id}", Tag: tagName, Summary: "Change an account", Scope: waybill.ScopeAdmin,
		Example: map[string]any{"settings": map[string]any{"auto_retry": true}},
	}, func(_ *call, in *changeAccountIn) (engine.ChangeRecord[waybill.Account], error) {
		version, err := in.version()
		return engine.ChangeRecord[waybill.Account]{Ref: in.ref(), Version: version, Change: func(d *waybill.Account) error {
			written, err := patched(a, in.Body, givenAccount(*d))
			if err == nil {
				takeAccount(written, d)
			}
			return err
		}}, err
	}, engine.Session.ChangeFamily, show)
	access(a, tagName)
	closing(a, tagName)
	retention(a, tagName)
	a.named("/accounts/{id}", "self")
	exemplify(a.OpenAPI().Paths["/accounts/{id}"].Delete, "id", "Shop North") // nobody deletes the own one
	a.named("/accounts/{id}/access", "self")
}

func access(a *api, tagName string) {
	show := func(_ *call, d waybill.Account) *tagged[Access] {
		return &tagged[Access]{tag(d.Row), Access{append([]string{}, d.Access.IPs...), append([]string{}, d.Access.Origins...)}}
	}
	op(a, operation{
		ID: "get-access", Method: "GET", Path: "/accounts/{id}/access", Tag: tagName, Summary: "From where an account may be called", Scope: waybill.ScopeAdmin,
	}, func(_ *call, in *AccountRef) (engine.RecordRef, error) { return in.ref(), nil }, engine.Session.GetFamily, show)
	op(a, operation{
		ID: "set-access", Method: "PUT", Path: "/accounts/{id}/access", Tag: tagName, Summary: "Say from where an account may be called", Scope: waybill.ScopeAdmin,
		About:   "A list of your own account that would shut out the address that you call from is refused.",
		Example: Access{IPs: []string{"127.0.0.0/8", "::1"}, Origins: []string{}},
	}, func(_ *call, in *accessIn) (engine.ChangeRecord[waybill.Account], error) {
		version, err := in.version()
		return engine.ChangeRecord[waybill.Account]{Ref: in.ref(), Version: version, Change: func(d *waybill.Account) error {
			d.Access = waybill.Access{IPs: in.Body.IPs, Origins: in.Body.Origins}
			return nil
		}}, err
	}, engine.Session.ChangeFamily, show)
}

func givenAccount(d waybill.Account) Account {
	return Account{d.Name, d.TenantID, showSettings(d.Settings)}
}

func takeAccount(in Account, d *waybill.Account) {
	d.Name, d.TenantID = in.Name, in.TenantID
	in.Settings.take(&d.Settings)
}

func showAccount(d waybill.Account) AccountView {
	return AccountView{keptOf(d.Row), givenAccount(d), string(d.Parent), d.Closing}
}
