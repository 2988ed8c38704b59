package main

import (
	"errors"
	"fmt"
	"strings"

	"waybill"
	"waybill/app"
)

type accountCmd struct {
	Add       accountAdd       `cmd:"" help:"Create an account, or change what is given of it."`
	List      accountList      `cmd:"" help:"List accounts."`
	HookToken accountHookToken `cmd:"" help:"Show the token that webhooks of single shipments carry, or set the one that an old vendor used."`
}

type accountAdd struct {
	Name            string   `arg:"" help:"Name of the account; it names it in all commands."`
	Tenant          *string  `help:"Tenant id that LynkUp's answers show." placeholder:"ID"`
	Parent          *string  `help:"Name of the parent account, whose people may be let in; empty: none." placeholder:"NAME"`
	Currency        *string  `help:"Currency of amounts without one (default USD)." placeholder:"ISO4217"`
	DefaultLocation *string  `help:"External id of the location parcels leave from when nobody says; empty: none." placeholder:"ID"`
	ReturnLocation  *string  `help:"External id of the location undeliverable parcels go to; empty: none." placeholder:"ID"`
	Channel         *string  `help:"Sales channel of shipments that name none (default API)." placeholder:"NAME"`
	AutoRetry       *bool    `help:"Keep trying to place shipments that found no carrier." negatable:""`
	UnknownPostcode *string  `help:"An unknown postal code: refuse it (default) or warn." enum:"refuse,warn" placeholder:"refuse|warn"`
	Validation      *int     `help:"HTTP status of Shiptheory validation answers: 400 (default) or 200." enum:"200,400" placeholder:"400|200"`
	AllowIP         []string `name:"allow-ip" help:"Addresses and networks the account may be called from; any (default): everywhere." placeholder:"CIDR"`
	AllowOrigin     []string `name:"allow-origin" help:"Origins of web pages the account may be called from; any (default): all, but no browser may read the answers." placeholder:"URL"`
	LabelFormat     *string  `help:"Format labels are asked for in: pdf, png, zpl; empty: the connection's." enum:"pdf,png,zpl," placeholder:"FORMAT"`
}

// Run saves the account.
func (a accountAdd) Run(c *cli) error {
	is := func(known waybill.Account) bool { return known.Name == a.Name }
	return edit(c, "", "account.list", "account.save", is, a.change,
		func(saved waybill.Account) string { return "account " + saved.Name + " is saved" })
}

func (a accountAdd) change(e *editing[waybill.Account]) (any, error) {
	record := &e.record
	record.Name = a.Name
	take(e, &record.TenantID, a.Tenant, "")
	set := &record.Settings
	take(e, &set.Currency, upper(a.Currency), "USD")
	take(e, &set.ChannelName, a.Channel, "API")
	take(e, &set.AutoRetry, a.AutoRetry, false)
	take(e, &set.ValidationAnswers, a.Validation, 400)
	take(e, &set.LabelFormat, (*waybill.LabelFormat)(a.LabelFormat), "")
	listed(&record.Access.IPs, a.AllowIP, "any")
	listed(&record.Access.Origins, a.AllowOrigin, "any")
	if a.UnknownPostcode != nil {
		set.UnknownPostcodeOK = *a.UnknownPostcode == "warn"
	}
	if a.Parent != nil {
		record.Parent = ""
		if *a.Parent != "" {
			ids, err := accountIDs(e.ctx, e.desk, []string{*a.Parent})
			if err != nil {
				return nil, err
			}
			record.Parent = ids[0]
		}
	}
	err := errors.Join(a.location(e, a.DefaultLocation, &set.DefaultLocation), a.location(e, a.ReturnLocation, &set.ReturnLocation))
	return record, err
}

// location finds a location of the account by its external id.
func (a accountAdd) location(e *editing[waybill.Account], key *string, to *waybill.ID) (err error) {
	switch {
	case key == nil:
	case *key == "":
		*to = ""
	case e.fresh:
		return fmt.Errorf("the account is new: there is no location %q yet", *key)
	default:
		*to, err = locationID(e.ctx, e.desk, a.Name, *key)
	}
	return err
}

func upper(s *string) *string {
	if s == nil {
		return nil
	}
	u := strings.ToUpper(*s)
	return &u
}

type accountList struct{}

// Run lists accounts.
func (accountList) Run(c *cli) error {
	return ask(c, "account.list", struct{}{}, func(all []waybill.Account) table {
		t := table{head: []string{"NAME", "TENANT", "PARENT", "CURRENCY", "AUTO RETRY", "ID"}}
		for _, a := range all {
			parent, _ := find(all, func(p waybill.Account) bool { return p.ID == a.Parent })
			t.rows = append(t.rows, []string{a.Name, a.TenantID, parent.Name, a.Settings.Currency, yes(a.Settings.AutoRetry), string(a.ID)})
		}
		return t
	})
}

type accountHookToken struct {
	Token secret `embed:""`
}

// Run shows the account's token, the new one if it was given.
func (a accountHookToken) Run(c *cli) error {
	var in app.SetHookToken
	if a.Token.wanted() {
		token, err := a.Token.read("Token of webhooks of single shipments")
		if err != nil {
			return err
		}
		in.Token = token
	}
	return ask(c, "account.hook-token", in, func(token string) table { return table{text: token} })
}
