package main

import (
	"strings"

	"waybill"
	"waybill/app"
)

type userCmd struct {
	Add  userAdd  `cmd:"" help:"Create a user, or change what is given of one. A new one's password is asked for."`
	List userList `cmd:"" help:"List users."`
}

type userAdd struct {
	Email    string   `arg:"" help:"E-mail address to log in with."`
	Name     *string  `help:"Name."`
	Role     *string  `help:"What the user may do: admin, operations (default), developer, rates-only, read-only." enum:"admin,operations,developer,rates-only,read-only" placeholder:"ROLE"`
	Disabled *bool    `help:"May not log in any more." negatable:""`
	Grant    []string `help:"Names of child accounts the user may act in; none: no more." placeholder:"ACCOUNT"`
	Password secret   `embed:"" prefix:"password-"`
	APIKey   secret   `embed:"" prefix:"api-key-"`
	External *string  `name:"external-id" help:"What an old vendor called this user: Shiplee's shiplee_id." placeholder:"ID"`
	Number   *int64   `help:"The user's number, such as the one an old vendor gave." placeholder:"N"`
}

// Run saves the user.
func (u userAdd) Run(c *cli) error {
	is := func(known waybill.User) bool { return strings.EqualFold(known.Email, strings.TrimSpace(u.Email)) }
	return edit(c, c.Account, "user.list", "user.save", is, u.change,
		func(saved waybill.User) string { return "user " + saved.Email + " is saved" })
}

func (u userAdd) change(e *editing[waybill.User]) (any, error) {
	record := &e.record
	record.Email = u.Email
	take(e, &record.Name, u.Name, "")
	take(e, &record.Role, (*waybill.Role)(u.Role), waybill.RoleOperations)
	take(e, &record.Disabled, u.Disabled, false)
	if err := grants(e, u.Grant, &record.Grants); err != nil {
		return nil, err
	}
	given(&record.ExternalID, u.External)
	given(&record.Number, u.Number)
	in := app.SaveUser{User: *record}
	var err error
	if u.APIKey.wanted() {
		if in.NewAPIKey, err = u.APIKey.read("API key of " + u.Email); err != nil || !u.Password.wanted() {
			return in, err // who logs in with a key needs no password
		}
	}
	in.NewPassword, err = login(e, u.Password, "Password of "+u.Email)
	return in, err
}

// login reads a new password or secret; what has one keeps it unless another is spoken of.
func login[T any](e *editing[T], s secret, prompt string) (string, error) {
	if !e.fresh && !s.wanted() {
		return "", nil
	}
	return s.read(prompt)
}

// grants finds the child accounts that someone is let into.
func grants[T any](e *editing[T], names []string, to *[]waybill.ID) (err error) {
	if names == nil {
		return nil
	}
	listed(&names, names, "none")
	*to, err = accountIDs(e.ctx, e.desk, names)
	return err
}

type userList struct{}

// Run lists users.
func (userList) Run(c *cli) error {
	return ask(c, "user.list", struct{}{}, func(all []waybill.User) table {
		t := table{head: []string{"EMAIL", "NAME", "ROLE", "DISABLED"}}
		for _, u := range all {
			t.rows = append(t.rows, []string{u.Email, u.Name, string(u.Role), yes(u.Disabled)})
		}
		return t
	})
}

type clientCmd struct {
	Add  clientAdd  `cmd:"" help:"Create a client, or change what is given of one. A new one's secret is asked for; one an old vendor issued can be kept."`
	List clientList `cmd:"" help:"List clients."`
}

type clientAdd struct {
	ID       string   `arg:"" help:"Client id, such as the one your program uses today."`
	Name     *string  `help:"Name shown in histories (default Default_Business_Key)."`
	Dialect  []string `help:"APIs the client may use; all (default): every one." placeholder:"API"`
	Role     *string  `help:"What the client may do: admin, operations (default), developer, rates-only, read-only." enum:"admin,operations,developer,rates-only,read-only" placeholder:"ROLE"`
	Disabled *bool    `help:"May not log in any more." negatable:""`
	Grant    []string `help:"Names of child accounts the client may act in; none: no more." placeholder:"ACCOUNT"`
	Secret   secret   `embed:"" prefix:"secret-"`
}

// Run saves the client.
func (a clientAdd) Run(c *cli) error {
	is := func(known waybill.Client) bool { return known.ClientID == a.ID }
	return edit(c, c.Account, "client.list", "client.save", is, a.change,
		func(saved waybill.Client) string { return "client " + saved.ClientID + " is saved" })
}

func (a clientAdd) change(e *editing[waybill.Client]) (any, error) {
	record := &e.record
	record.ClientID = a.ID
	take(e, &record.Name, a.Name, "Default_Business_Key")
	take(e, &record.Role, (*waybill.Role)(a.Role), waybill.RoleOperations)
	take(e, &record.Disabled, a.Disabled, false)
	listed(&record.Dialects, a.Dialect, "all")
	if err := grants(e, a.Grant, &record.Grants); err != nil {
		return nil, err
	}
	secret, err := login(e, a.Secret, "Secret of "+a.ID)
	return app.SaveClient{Client: *record, NewSecret: secret}, err
}

type clientList struct{}

// Run lists clients.
func (clientList) Run(c *cli) error {
	return ask(c, "client.list", struct{}{}, func(all []waybill.Client) table {
		t := table{head: []string{"CLIENT ID", "NAME", "APIS", "ROLE", "DISABLED"}}
		for _, v := range all {
			apis := "all"
			if len(v.Dialects) > 0 {
				apis = strings.Join(v.Dialects, " ")
			}
			t.rows = append(t.rows, []string{v.ClientID, v.Name, apis, string(v.Role), yes(v.Disabled)})
		}
		return t
	})
}
