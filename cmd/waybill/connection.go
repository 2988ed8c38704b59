package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"waybill"
	"waybill/app"
)

type connectionCmd struct {
	Add      connectionAdd      `cmd:"" help:"Create a connection, or change what is given of one. Secret settings of a new one are asked for."`
	List     connectionList     `cmd:"" help:"List connections."`
	Carriers connectionCarriers `cmd:"" help:"List the carriers and what a connection with each must be told."`
	Pause    connectionPause    `cmd:"" help:"Take a connection out of use for a while."`
	Resume   connectionResume   `cmd:"" help:"Take a paused connection into use again."`
	Lend     connectionLend     `cmd:"" help:"Lend a connection to a child account, or take it back."`
	Hook     connectionHook     `cmd:"" help:"Print the address the carrier may push tracking news to."`
	Outage   outageCmd          `cmd:"" help:"Plan outages of a connection, and end them."`
	Spending connectionSpending `cmd:"" help:"How far the spend limit of a connection is used up."`
	Check    connectionCheck    `cmd:"" group:"By the API" help:"Try what a connection can do, and print what is still to be seen before it goes live."`
	Approval connectionApproval `cmd:"" group:"By the API" help:"Note since when the carrier approves of what goes by a connection."`
}

type connectionAdd struct {
	ID         string            `arg:"" help:"External id: LynkUp's provider id, Peddler's CARRIER_ID."`
	Carrier    *string           `help:"Carrier; needed when new: see 'waybill connection carriers'."`
	Name       *string           `help:"Name that APIs show, such as UPS; needed when new."`
	Display    *string           `help:"Display name; default: the name." placeholder:"NAME"`
	Increment  *int              `help:"Instance number among the connections of one carrier (default 1)." placeholder:"N"`
	Mode       *string           `help:"live (default), sandbox or simulator." enum:"simulator,sandbox,live" placeholder:"MODE"`
	Base       *string           `help:"Address in place of the carrier's own, such as a simulator's." placeholder:"URL"`
	Set        map[string]string `help:"A setting; @FILE reads the value from a file; empty takes it away." placeholder:"NAME=VALUE" mapsep:"none"`
	SecretFile map[string]string `help:"A secret setting, from a file." placeholder:"NAME=FILE"`
	SecretEnv  map[string]string `help:"A secret setting, from an environment variable." placeholder:"NAME=VARIABLE"`
	SecretAsk  []string          `help:"A secret setting, asked for at the terminal." placeholder:"NAME"`
	Service    []string          `help:"Codes of the services to use; all (default): every one." placeholder:"CODE"`
	Format     *string           `help:"Format labels are asked for in: pdf, png, zpl; empty: the account's." enum:"pdf,png,zpl," placeholder:"FORMAT"`
	DPI        *int              `help:"Print head: 203 or 300; 0: the account's." enum:"0,203,300" placeholder:"DPI"`
	Markup     *string           `help:"Added to the carrier's price, in percent." placeholder:"PERCENT"`
	Billed     *string           `help:"wallet: bookings are paid from the account's wallet; no: they are not (default)." enum:"wallet,no" placeholder:"HOW"`
	Floor      *string           `help:"Least that the wallet must have to book, with its currency, such as '500.00 INR'." placeholder:"AMOUNT"`
	SpendDay   *string           `help:"Most that may be bought in a day of UTC, at the carrier's prices, such as '500.00 GBP'; 0: no limit." placeholder:"AMOUNT"`
	SpendMonth *string           `help:"The same, in a month." placeholder:"AMOUNT"`
	Budget     *int              `help:"Tracking requests a minute; 0: the carrier's default." placeholder:"N"`
}

// Run saves the connection.
func (a connectionAdd) Run(c *cli) error {
	is := func(known app.ConnectionOut) bool { return known.ExternalID == a.ID && !known.Borrowed }
	return edit(c, c.Account, "connection.list", "connection.save", is, a.change,
		func(saved app.ConnectionOut) string {
			return "connection " + saved.ExternalID + " with " + saved.Carrier + " is saved"
		})
}

func (a connectionAdd) change(e *editing[app.ConnectionOut]) (any, error) {
	if err := e.needs(map[string]bool{"--carrier": a.Carrier != nil, "--name": a.Name != nil}); err != nil {
		return nil, err
	}
	record := &e.record.Connection
	if !e.fresh && a.Carrier != nil && *a.Carrier != record.Carrier {
		return nil, fmt.Errorf("connection %s is with %s; make another one for %s", a.ID, record.Carrier, *a.Carrier)
	}
	record.ExternalID = a.ID
	given(&record.Carrier, a.Carrier)
	given(&record.Name, a.Name)
	given(&record.DisplayName, a.Display)
	take(e, &record.Increment, a.Increment, 1)
	take(e, &record.Mode, (*waybill.Mode)(a.Mode), waybill.ModeLive)
	given(&record.Base, a.Base)
	listed(&record.Services, a.Service, "all")
	given(&record.LabelFormat, (*waybill.LabelFormat)(a.Format))
	given(&record.LabelDPI, a.DPI)
	given(&record.Budget, a.Budget)
	if a.Markup != nil {
		var err error
		if record.Markup, err = percent("markup", *a.Markup); err != nil {
			return nil, err
		}
	}
	if err := cmp.Or(a.billing(record), a.limits(&record.Spend)); err != nil {
		return nil, err
	}
	if err := a.settings(record); err != nil {
		return nil, err
	}
	secrets, err := a.secrets(e, record.Carrier)
	return app.SaveConnection{Connection: *record, Secrets: secrets}, err
}

// billing changes who pays for what is booked.
func (a connectionAdd) billing(record *waybill.Connection) error {
	if a.Billed != nil {
		record.Billed = map[string]string{"wallet": waybill.BilledWallet}[*a.Billed]
	}
	if a.Floor == nil {
		return nil
	}
	amount, currency, _ := strings.Cut(strings.TrimSpace(*a.Floor), " ")
	floor, err := money(amount, currency)
	if err != nil {
		return fmt.Errorf("--floor: %w", err)
	}
	record.Floor = floor
	return nil
}

// limits changes how much may be bought.
func (a connectionAdd) limits(to *waybill.SpendLimit) error {
	for _, part := range []struct {
		flag  string
		given *string
		to    *int64
	}{{"--spend-day", a.SpendDay, &to.Day}, {"--spend-month", a.SpendMonth, &to.Month}} {
		switch {
		case part.given == nil:
			continue
		case *part.given == "0":
			*part.to = 0
			continue
		}
		amount, currency, _ := strings.Cut(strings.TrimSpace(*part.given), " ")
		limit, err := money(amount, currency)
		if err != nil {
			return fmt.Errorf("%s: %w", part.flag, err)
		}
		if *part.to = 0; to.Set() && to.Currency != limit.Currency {
			return fmt.Errorf("%s: the other limit is in %s", part.flag, to.Currency)
		}
		*part.to, to.Currency = limit.Minor, limit.Currency
	}
	return nil
}

// settings changes the settings that are not secret.
func (a connectionAdd) settings(record *waybill.Connection) error {
	settings := map[string]string{}
	maps.Copy(settings, record.Settings)
	for name, value := range a.Set {
		if file, ok := strings.CutPrefix(value, "@"); ok {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			value = string(data)
		}
		settings[name] = value
		if value == "" {
			delete(settings, name)
		}
	}
	record.Settings = settings
	return nil
}

// secrets reads the carrier's secret settings: from files, from the environment, else at the terminal. A
// secret given as --set is refused: it would be in the shell's history.
func (a connectionAdd) secrets(e *editing[app.ConnectionOut], carrier string) (app.Secrets, error) {
	entry, err := carrierEntry(e.ctx, e.desk, carrier)
	if err != nil {
		return nil, err
	}
	secrets := app.Secrets{}
	from := map[string]secret{}
	for name, file := range a.SecretFile {
		from[name] = secret{File: file}
	}
	for name, variable := range a.SecretEnv {
		from[name] = secret{Env: variable}
	}
	for _, name := range a.SecretAsk {
		from[name] = secret{Ask: true}
	}
	for _, s := range entry.Settings {
		source, spoken := from[s.Name]
		if !s.Secret {
			continue
		}
		if _, open := a.Set[s.Name]; open {
			return nil, fmt.Errorf("%s is secret: give it by --secret-file, --secret-env or --secret-ask", s.Name)
		}
		if !spoken && (!e.fresh || !s.Required) {
			continue
		}
		if secrets[s.Name], err = source.read(s.Title); err != nil {
			return nil, err
		}
		delete(from, s.Name)
	}
	if len(from) > 0 {
		return nil, fmt.Errorf("%s has no secret setting %s", entry.Title, strings.Join(slices.Sorted(maps.Keys(from)), ", "))
	}
	return secrets, nil
}

func carrierEntry(ctx context.Context, desk app.Desk, name string) (app.CatalogueEntry, error) {
	var all []app.CatalogueEntry
	if err := desk.Do(ctx, "", "catalogue", struct{}{}, &all); err != nil {
		return app.CatalogueEntry{}, err
	}
	var names []string
	for _, entry := range all {
		if entry.Name == name {
			return entry, nil
		}
		names = append(names, entry.Name)
	}
	return app.CatalogueEntry{}, fmt.Errorf("there is no carrier %q; there are %s", name, strings.Join(names, ", "))
}

type connectionList struct{}

// Run lists connections.
func (connectionList) Run(c *cli) error {
	return ask(c, "connection.list", struct{}{}, func(all []app.ConnectionOut) table {
		t := table{head: []string{"ID", "CARRIER", "NAME", "INCREMENT", "MODE", "LENT", "PAUSED"}}
		for _, v := range all {
			lent, paused := "", ""
			switch {
			case v.Borrowed:
				lent = "by the parent"
			case len(v.Lent) > 0:
				lent = fmt.Sprintf("to %d", len(v.Lent))
			}
			if v.Paused {
				paused = strings.TrimSpace("paused " + v.PauseReason)
			}
			t.rows = append(t.rows, []string{v.ExternalID, v.Carrier, v.DisplayName, fmt.Sprint(v.Increment), string(v.Mode), lent, paused})
		}
		return t
	})
}

type connectionCarriers struct{}

// Run lists carriers with their settings.
func (connectionCarriers) Run(c *cli) error {
	return ask(c, "catalogue", struct{}{}, func(all []app.CatalogueEntry) table {
		t := table{head: []string{"CARRIER", "SETTING", "", "MEANING"}}
		for _, entry := range all {
			t.rows = append(t.rows, []string{entry.Name, "", "", entry.Title})
			for _, s := range entry.Settings {
				kind := ""
				switch {
				case s.Secret:
					kind = "secret"
				case s.Required:
					kind = "needed"
				case s.Default != "":
					kind = "default " + s.Default
				}
				t.rows = append(t.rows, []string{"", s.Name, kind, s.Title + ". " + s.Help})
			}
		}
		return t
	})
}

type connectionPause struct {
	ID     string `arg:"" help:"External id."`
	Reason string `help:"Why; it is shown where the connection would have been used."`
}

// Run pauses the connection.
func (a connectionPause) Run(c *cli) error {
	in := app.PauseConnection{ExternalID: a.ID, Paused: true, Reason: a.Reason}
	return ask(c, "connection.pause", in, func(waybill.Connection) table { return table{text: a.ID + " is paused"} })
}

type connectionResume struct {
	ID string `arg:"" help:"External id."`
}

// Run resumes the connection.
func (a connectionResume) Run(c *cli) error {
	in := app.PauseConnection{ExternalID: a.ID}
	return ask(c, "connection.pause", in, func(waybill.Connection) table { return table{text: a.ID + " is in use again"} })
}

type connectionHook struct {
	ID string `arg:"" help:"External id."`
}

// Run prints the hook's path; its last part is a secret.
func (a connectionHook) Run(c *cli) error {
	return ask(c, "connection.hook", app.NameIn{Name: a.ID}, func(h app.HookOut) table { return table{text: h.URL} })
}

type connectionLend struct {
	ID     string `arg:"" help:"External id."`
	To     string `required:"" help:"Name of the child account." placeholder:"ACCOUNT"`
	Markup string `help:"Added to the price, in percent." default:"0" placeholder:"PERCENT"`
	Back   bool   `help:"Take it back."`
}

// Run lends the connection. The child books with it and never sees its credentials.
func (a connectionLend) Run(c *cli) error {
	perMille, err := percent("markup", a.Markup)
	if err != nil {
		return err
	}
	in := app.LendIn{ExternalID: a.ID, To: a.To, Markup: perMille, Back: a.Back}
	said := a.ID + " is lent to " + a.To
	if a.Back {
		said = a.ID + " is no longer lent to " + a.To
	}
	return ask(c, "connection.lend", in, func(waybill.Connection) table { return table{text: said} })
}
