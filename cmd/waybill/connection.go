package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"waybill"
	"waybill/app"
)

type connectionCmd struct {
	Add      connectionAdd      `cmd:"" help:"Create or change a connection. Secret settings are asked for."`
	List     connectionList     `cmd:"" help:"List connections."`
	Carriers connectionCarriers `cmd:"" help:"List the carriers and what a connection with each must be told."`
	Pause    connectionPause    `cmd:"" help:"Take a connection out of use for a while."`
	Resume   connectionResume   `cmd:"" help:"Take a paused connection into use again."`
	Hook     connectionHook     `cmd:"" help:"Print the address the carrier may push tracking news to."`
}

type connectionAdd struct {
	ID         string            `arg:"" help:"External id: LynkUp's provider id, Peddler's CARRIER_ID."`
	Carrier    string            `required:"" help:"Carrier: see 'waybill connection carriers'."`
	Name       string            `required:"" help:"Name that APIs show, such as UPS."`
	Display    string            `help:"Display name; default: the name."`
	Increment  int               `help:"Instance number among the connections of one carrier." default:"1"`
	Mode       string            `help:"simulator, sandbox or live." enum:"simulator,sandbox,live" default:"live"`
	Base       string            `help:"Address in place of the carrier's own, such as a simulator's."`
	Set        map[string]string `help:"A setting as NAME=VALUE; @FILE reads the value from a file." placeholder:"NAME=VALUE"`
	SecretFile map[string]string `help:"A secret setting as NAME=FILE." placeholder:"NAME=FILE"`
	SecretEnv  map[string]string `help:"A secret setting as NAME=VARIABLE." placeholder:"NAME=VARIABLE"`
	Service    []string          `help:"Codes of the services to use; default: all."`
	Format     string            `help:"Format labels are asked for in." enum:"pdf,png,zpl," default:""`
	DPI        int               `help:"Print head: 203 or 300." enum:"0,203,300" default:"0"`
	Markup     string            `help:"Added to the carrier's price, in percent." default:"0"`
	Budget     int               `help:"Tracking requests a minute; default: the carrier's."`
}

// Run saves the connection.
func (a connectionAdd) Run(c *cli) error {
	perMille, ok := waybill.Decimal(a.Markup).Scaled(10, 1)
	if !ok {
		return fmt.Errorf("--markup %q is not a percentage", a.Markup)
	}
	record := waybill.Connection{
		ExternalID: a.ID, Carrier: a.Carrier, Name: a.Name, DisplayName: a.Display, Increment: a.Increment,
		Mode: waybill.Mode(a.Mode), Base: a.Base, Services: a.Service, LabelFormat: waybill.LabelFormat(a.Format), LabelDPI: a.DPI,
		Markup: perMille, Budget: a.Budget, Settings: map[string]string{},
	}
	for name, value := range a.Set {
		if file, ok := strings.CutPrefix(value, "@"); ok {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			value = string(data)
		}
		record.Settings[name] = value
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		secrets, err := a.secrets(ctx, desk, record.Settings)
		if err != nil {
			return err
		}
		in := app.SaveConnection{Connection: record, Secrets: secrets}
		if err := desk.Do(ctx, c.Account, "connection.save", in, nil); err != nil {
			return err
		}
		fmt.Printf("connection %s with %s is saved\n", a.ID, a.Carrier)
		return nil
	})
}

// secrets reads the carrier's secret settings: from files, from the environment, else at the terminal. A
// secret given as --set is refused: it would be in the shell's history.
func (a connectionAdd) secrets(ctx context.Context, desk app.Desk, plain map[string]string) (app.Secrets, error) {
	entry, err := carrierEntry(ctx, desk, a.Carrier)
	if err != nil {
		return nil, err
	}
	secrets := app.Secrets{}
	for _, s := range entry.Settings {
		if !s.Secret {
			continue
		}
		if _, given := plain[s.Name]; given {
			return nil, fmt.Errorf("%s is secret: give it by --secret-file, --secret-env or at the prompt", s.Name)
		}
		from := secret{File: a.SecretFile[s.Name], Env: a.SecretEnv[s.Name]}
		if from == (secret{}) && !s.Required {
			continue
		}
		if secrets[s.Name], err = from.read(s.Title); err != nil {
			return nil, err
		}
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

func findConnection(all []waybill.Connection, key string) (waybill.Connection, error) {
	for _, c := range all {
		if c.ExternalID == key {
			return c, nil
		}
	}
	return waybill.Connection{}, fmt.Errorf("there is no connection %q", key)
}

type connectionList struct{}

// Run lists connections.
func (connectionList) Run(c *cli) error {
	return ask(c, "connection.list", struct{}{}, func(all []waybill.Connection) table {
		t := table{head: []string{"ID", "CARRIER", "NAME", "INCREMENT", "MODE", "PAUSED"}}
		for _, v := range all {
			paused := ""
			if v.Paused {
				paused = "paused " + v.PauseReason
			}
			t.rows = append(t.rows, []string{v.ExternalID, v.Carrier, v.DisplayName, fmt.Sprint(v.Increment), string(v.Mode), paused})
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
