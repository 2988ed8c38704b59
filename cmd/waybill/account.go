package main

import (
	"context"
	"fmt"
	"strings"

	"waybill"
	"waybill/app"
)

type accountCmd struct {
	Add  accountAdd  `cmd:"" help:"Create or change an account."`
	List accountList `cmd:"" help:"List accounts."`
}

type accountAdd struct {
	Name            string `arg:"" help:"Name of the account; it names it in all commands."`
	Tenant          string `help:"Tenant id that LynkUp's answers show."`
	Parent          string `help:"Name of the parent account, whose people may be let in."`
	Currency        string `help:"Currency of amounts without one (ISO 4217)." default:"USD"`
	DefaultLocation string `help:"External id of the location parcels leave from when nobody says."`
	ReturnLocation  string `help:"External id of the location undeliverable parcels go to."`
	Channel         string `help:"Sales channel of shipments that name none." default:"API"`
	AutoRetry       bool   `help:"Keep trying to place shipments that found no carrier."`
	UnknownPostcode string `help:"An unknown postal code is refused or a warning." enum:"refuse,warn" default:"refuse"`
	Validation      int    `help:"HTTP status of Shiptheory validation answers: 400 or 200." enum:"200,400" default:"400"`
	LabelFormat     string `help:"Format labels are asked for in: pdf, png, zpl." enum:"pdf,png,zpl," default:""`
}

// Run saves the account.
func (a accountAdd) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var all []waybill.Account
		if err := desk.Do(ctx, "", "account.list", struct{}{}, &all); err != nil {
			return err
		}
		record := waybill.Account{Name: a.Name}
		for _, known := range all {
			if known.Name == a.Name {
				record = known
			}
			if known.Name == a.Parent && a.Parent != "" {
				record.Parent = known.ID
			}
		}
		if a.Parent != "" && record.Parent == "" {
			return fmt.Errorf("there is no account %q", a.Parent)
		}
		if a.Tenant != "" {
			record.TenantID = a.Tenant
		}
		set := &record.Settings
		set.Currency, set.ChannelName, set.AutoRetry = strings.ToUpper(a.Currency), a.Channel, a.AutoRetry
		set.UnknownPostcodeOK, set.ValidationAnswers = a.UnknownPostcode == "warn", a.Validation
		set.LabelFormat = waybill.LabelFormat(a.LabelFormat)
		if err := a.locations(ctx, desk, set); err != nil {
			return err
		}
		if err := desk.Do(ctx, "", "account.save", record, &record); err != nil {
			return err
		}
		fmt.Printf("account %s is saved\n", record.Name)
		return nil
	})
}

// locations finds the default and return locations by their external ids.
func (a accountAdd) locations(ctx context.Context, desk app.Desk, set *waybill.Settings) error {
	if a.DefaultLocation == "" && a.ReturnLocation == "" {
		return nil
	}
	var all []waybill.Location
	if err := desk.Do(ctx, a.Name, "location.list", struct{}{}, &all); err != nil {
		return err
	}
	for _, want := range []struct {
		key string
		to  *waybill.ID
	}{{a.DefaultLocation, &set.DefaultLocation}, {a.ReturnLocation, &set.ReturnLocation}} {
		if want.key == "" {
			continue
		}
		l, err := findLocation(all, want.key)
		if err != nil {
			return err
		}
		*want.to = l.ID
	}
	return nil
}

func findLocation(all []waybill.Location, key string) (waybill.Location, error) {
	for _, l := range all {
		if l.ExternalID == key {
			return l, nil
		}
	}
	return waybill.Location{}, fmt.Errorf("there is no location %q", key)
}

type accountList struct{}

// Run lists accounts.
func (accountList) Run(c *cli) error {
	return ask(c, "account.list", struct{}{}, func(all []waybill.Account) table {
		t := table{head: []string{"NAME", "TENANT", "CURRENCY", "AUTO RETRY", "ID"}}
		for _, a := range all {
			t.rows = append(t.rows, []string{a.Name, a.TenantID, a.Settings.Currency, yes(a.Settings.AutoRetry), string(a.ID)})
		}
		return t
	})
}

type userCmd struct {
	Add  userAdd  `cmd:"" help:"Create or change a user. The password is asked for."`
	List userList `cmd:"" help:"List users."`
}

type userAdd struct {
	Email    string   `arg:"" help:"E-mail address to log in with."`
	Name     string   `help:"Name."`
	Role     string   `help:"What the user may do." enum:"admin,operations,developer,rates-only,read-only" default:"operations"`
	Disabled bool     `help:"May not log in any more."`
	Grant    []string `help:"Names of child accounts the user may act in."`
	Password secret   `embed:"" prefix:"password-"`
}

// Run saves the user.
func (u userAdd) Run(c *cli) error {
	password, err := u.Password.read("Password of " + u.Email)
	if err != nil {
		return err
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		grants, err := accountIDs(ctx, desk, u.Grant)
		if err != nil {
			return err
		}
		in := app.SaveUser{NewPassword: password, User: waybill.User{
			Email: u.Email, Name: u.Name, Role: waybill.Role(u.Role), Disabled: u.Disabled, Grants: grants,
		}}
		if err := desk.Do(ctx, c.Account, "user.save", in, nil); err != nil {
			return err
		}
		fmt.Printf("user %s is saved\n", u.Email)
		return nil
	})
}

// accountIDs finds accounts by their names.
func accountIDs(ctx context.Context, desk app.Desk, names []string) ([]waybill.ID, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var all []waybill.Account
	if err := desk.Do(ctx, "", "account.list", struct{}{}, &all); err != nil {
		return nil, err
	}
	var ids []waybill.ID
	for _, name := range names {
		before := len(ids)
		for _, a := range all {
			if a.Name == name {
				ids = append(ids, a.ID)
			}
		}
		if len(ids) == before {
			return nil, fmt.Errorf("there is no account %q", name)
		}
	}
	return ids, nil
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
	Add  clientAdd  `cmd:"" help:"Create or change a client. The secret is asked for; one an old vendor issued can be kept."`
	List clientList `cmd:"" help:"List clients."`
}

type clientAdd struct {
	ID       string   `arg:"" help:"Client id, such as the one your program uses today."`
	Name     string   `help:"Name shown in histories." default:"Default_Business_Key"`
	Dialect  []string `help:"APIs the client may use; default: all."`
	Role     string   `help:"What the client may do." enum:"admin,operations,developer,rates-only,read-only" default:"operations"`
	Disabled bool     `help:"May not log in any more."`
	Grant    []string `help:"Names of child accounts the client may act in."`
	Secret   secret   `embed:"" prefix:"secret-"`
}

// Run saves the client.
func (a clientAdd) Run(c *cli) error {
	secret, err := a.Secret.read("Secret of " + a.ID)
	if err != nil {
		return err
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		grants, err := accountIDs(ctx, desk, a.Grant)
		if err != nil {
			return err
		}
		in := app.SaveClient{NewSecret: secret, Client: waybill.Client{
			ClientID: a.ID, Name: a.Name, Dialects: a.Dialect, Role: waybill.Role(a.Role), Disabled: a.Disabled, Grants: grants,
		}}
		if err := desk.Do(ctx, c.Account, "client.save", in, nil); err != nil {
			return err
		}
		fmt.Printf("client %s is saved\n", a.ID)
		return nil
	})
}

type clientList struct{}

// Run lists clients.
func (clientList) Run(c *cli) error {
	return ask(c, "client.list", struct{}{}, func(all []waybill.Client) table {
		t := table{head: []string{"CLIENT ID", "NAME", "APIS", "ROLE", "DISABLED"}}
		for _, v := range all {
			t.rows = append(t.rows, []string{v.ClientID, v.Name, strings.Join(v.Dialects, " "), string(v.Role), yes(v.Disabled)})
		}
		return t
	})
}
