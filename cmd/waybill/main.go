// Command waybill is the whole platform in one program: the server, its demo, and the command line that
// sets it up.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // containers and Windows have no time zones of their own

	"github.com/alecthomas/kong"

	"waybill"
	"waybill/app"
)

// cli is every command, flag and environment variable.
type cli struct {
	Config   string `help:"Config file (YAML)." env:"WAYBILL_CONFIG" type:"path" placeholder:"FILE"`
	Data     string `help:"Data folder: database, key file, labels." env:"WAYBILL_DATA" placeholder:"DIR"`
	Database string `help:"PostgreSQL in place of the data folder." env:"WAYBILL_DATABASE" placeholder:"postgres://…"`
	KeyFile  string `help:"Master keys; default: the file key in the data folder. Or the keys themselves in WAYBILL_KEY." env:"WAYBILL_KEY_FILE" type:"path"`
	Account  string `help:"Account that set-up commands work in; needed when there are several." env:"WAYBILL_ACCOUNT" short:"a"`
	JSON     bool   `help:"Print JSON instead of tables." name:"json"`

	Serve   serveCmd   `cmd:"" help:"Serve all APIs."`
	Demo    demoCmd    `cmd:"" help:"Serve with demo data and simulated carriers, and walk parcels through each API."`
	Version versionCmd `cmd:"" help:"Print the version."`

	AccountCmd  accountCmd    `cmd:"" name:"account" group:"Set-up" help:"Accounts: tenants, and their children."`
	User        userCmd       `cmd:"" group:"Set-up" help:"People who log in with a password."`
	Client      clientCmd     `cmd:"" group:"Set-up" help:"Programs that log in with an id and a secret."`
	Location    locationCmd   `cmd:"" group:"Set-up" help:"Places parcels leave from or return to."`
	Connection  connectionCmd `cmd:"" group:"Set-up" help:"Credentials with carriers."`
	Service     serviceCmd    `cmd:"" group:"Set-up" help:"Services, numbered as your API clients know them."`
	PackageSize sizeCmd       `cmd:"" name:"package-size" group:"Set-up" help:"Named boxes."`
	Rule        ruleCmd       `cmd:"" group:"Set-up" help:"Rules that choose the carrier."`
	Webhook     webhookCmd    `cmd:"" group:"Set-up" help:"Endpoints that hear of events."`
	Limit       limitCmd      `cmd:"" group:"Set-up" help:"How many requests a caller may send."`

	Purchase purchaseCmd `cmd:"" group:"Shipping" help:"Purchases whose end is not known."`
	Shipment shipmentCmd `cmd:"" group:"Shipping" help:"Look at shipments, cancel, retry, print."`
	Scan     scanCmd     `cmd:"" group:"Shipping" help:"Note what your own drivers did with a parcel."`

	Migrate migrateCmd `cmd:"" group:"Operation" help:"Bring the database up to date."`
	Backup  backupCmd  `cmd:"" group:"Operation" help:"Copy database, labels and key id into a folder, while serving."`
	Restore restoreCmd `cmd:"" group:"Operation" help:"Check a backup, or put it in place."`
	CA      caCmd      `cmd:"" name:"ca" group:"Operation" help:"The local certificate authority of --tls-local."`
	Health  healthCmd  `cmd:"" group:"Operation" help:"Ask the server of this configuration whether it is ready; it fails when not."`
	Sim     simCmd     `cmd:"" group:"Operation" help:"Serve every carrier simulator."`
	Bench   benchCmd   `cmd:"" group:"Operation" help:"Measure this machine: creates, lists, labels."`
	Sample  sampleCmd  `cmd:"" name:"sample-config" group:"Operation" help:"Print a config file with every setting and its default."`
}

func main() {
	var c cli
	parser := kong.Must(&c,
		kong.Name("waybill"),
		kong.Description("Multi-carrier shipping that speaks the API your code was written for."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.ExplicitGroups([]kong.Group{{Key: "Set-up", Title: "Set-up:"}, {Key: "Shipping", Title: "Shipping:"}, {Key: "Operation", Title: "Operation:"}}),
	)
	run, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := run.Run(&c); err != nil {
		fail(err)
	}
}

// fail prints an error for a person, each wrong field on a line of its own.
func fail(err error) {
	var e *waybill.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		fmt.Fprintln(os.Stderr, "waybill: this cannot be done:")
		for _, f := range e.Fields {
			fmt.Fprintf(os.Stderr, "  %s: %s\n", f.Path, f.Message)
		}
	} else {
		fmt.Fprintln(os.Stderr, "waybill:", err)
	}
	os.Exit(1)
}

// settings is the configuration: defaults, file, then what flags and environment say.
func (c *cli) settings() (app.Config, error) {
	cfg := app.Defaults()
	if c.Config != "" {
		if err := cfg.ReadFile(c.Config); err != nil {
			return cfg, err
		}
	}
	if c.Data != "" {
		cfg.Data = c.Data
	}
	if c.Database != "" {
		cfg.Database = c.Database
	}
	if c.KeyFile != "" {
		cfg.KeyFile = c.KeyFile
	}
	cfg.Key = os.Getenv("WAYBILL_KEY")
	return cfg, nil
}

// desk opens the desk, does one thing there and closes it.
func (c *cli) desk(do func(context.Context, app.Desk) error) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	cfg.Log.Level = "warn"
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	desk, done, err := app.OpenDesk(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, desk), done())
}

// ask does one verb and prints the answer as a table of the columns, or as JSON.
func ask[Out any](c *cli, verb string, in any, show func(Out) table) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out Out
		if err := desk.Do(ctx, c.Account, verb, in, &out); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(out)
		}
		return show(out).print()
	})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println("waybill", app.Version)
	return nil
}
