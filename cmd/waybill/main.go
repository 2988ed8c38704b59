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
	"waybill/client"
)

// cli is every command and flag.
type cli struct {
	Config string `help:"Config file (YAML): see 'waybill sample-config'." env:"WAYBILL_CONFIG" type:"path" placeholder:"FILE"`
	where
	reach
	Account string `help:"Account that set-up commands work in; needed when there are several." env:"WAYBILL_ACCOUNT" short:"a" placeholder:"NAME"`
	JSON    bool   `help:"Print JSON in place of tables." name:"json"`

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
	Rule        ruleCmd       `cmd:"" group:"Set-up" help:"Rules that choose the carrier, one at a time."`
	Limit       limitCmd      `cmd:"" group:"Set-up" help:"How many requests a caller may send."`

	Rate      rateCmd      `cmd:"" group:"By the API" help:"What it would cost, and who cannot carry it."`
	Ship      shipCmd      `cmd:"" group:"By the API" help:"Ship an order, or a file of many."`
	Track     trackCmd     `cmd:"" group:"By the API" help:"Where parcels are."`
	Label     labelCmd     `cmd:"" group:"By the API" help:"Write labels to a file."`
	Cancel    cancelCmd    `cmd:"" group:"By the API" help:"Cancel shipments, at their carriers too."`
	Return    returnCmd    `cmd:"" group:"By the API" help:"Bring a shipment back."`
	Scan      scanCmd      `cmd:"" group:"By the API" help:"Tell what a scanned text stands for; with a status, note what your own drivers did."`
	Shipments shipmentsCmd `cmd:"" group:"By the API" help:"Look for shipments, look at one, place it again."`
	Pickups   pickupsCmd   `cmd:"" group:"By the API" help:"Have a carrier come and fetch parcels."`
	Manifests manifestsCmd `cmd:"" group:"By the API" help:"Have a carrier take over what leaves a location on a day."`
	Rules     rulesCmd     `cmd:"" group:"By the API" help:"All rules at once: check and try them, drafts, versions."`
	Purchases purchasesCmd `cmd:"" group:"By the API" help:"Purchases whose end is not known, and how they ended."`
	Wallet    walletCmd    `cmd:"" group:"By the API" help:"Prepaid money: balances, what moved, holds, payments."`
	Events    eventsCmd    `cmd:"" group:"By the API" help:"What happened, and what happens."`
	Webhooks  webhooksCmd  `cmd:"" group:"By the API" help:"Endpoints that hear of events."`
	Requests  requestsCmd  `cmd:"" group:"By the API" help:"What came in by any API, what it caused at carriers, and how they do."`
	Stats     statsCmd     `cmd:"" group:"By the API" help:"How many shipments there are, and of which sort."`
	Sandbox   sandboxCmd   `cmd:"" group:"By the API" help:"Simulated parcels: move them on, without waiting."`
	Login     loginCmd     `cmd:"" group:"By the API" help:"Keep the key of a server, and use that server from now on."`
	Logout    logoutCmd    `cmd:"" group:"By the API" help:"Forget the key of a server."`
	Whoami    whoamiCmd    `cmd:"" name:"whoami" group:"By the API" help:"Which server is spoken to, and as whom."`

	Migrate   migrateCmd   `cmd:"" group:"Operation" help:"Bring the database up to date."`
	Backup    backupCmd    `cmd:"" group:"Operation" help:"Copy database, labels and key id into a folder, while serving."`
	Restore   restoreCmd   `cmd:"" group:"Operation" help:"Check a backup, or put it in place."`
	APIKey    apiKeyCmd    `cmd:"" name:"api-key" group:"Set-up" help:"Keys for programs that use Waybill's own API."`
	Key       keyCmd       `cmd:"" group:"Operation" help:"The master keys that secrets are sealed with."`
	CA        caCmd        `cmd:"" name:"ca" group:"Operation" help:"The local certificate authority of --tls-local."`
	Health    healthCmd    `cmd:"" group:"Operation" help:"Ask the server of this configuration whether it is ready; it fails when not."`
	Strangers strangersCmd `cmd:"" group:"Operation" help:"Requests whose sender nobody knows: failed logins, wrong addresses."`
	Books     booksCmd     `cmd:"" group:"Operation" help:"The wallets of all accounts: add them up, and note what a carrier billed later."`
	Recount   recountCmd   `cmd:"" group:"Operation" help:"Compare the counters of shipments with the shipments of all accounts."`
	Sim       simCmd       `cmd:"" group:"Operation" help:"Serve every carrier simulator."`
	Bench     benchCmd     `cmd:"" group:"Operation" help:"Measure this machine: creates, lists, labels; or lists of a million."`
	Sample    sampleCmd    `cmd:"" name:"sample-config" group:"Operation" help:"Print a config file with every setting, its default and what it is for."`

	began time.Time
}

const description = `Multi-carrier shipping that speaks the API your code was written for.

Exit status: 0 done, 1 it could not be done, 2 the command line cannot be understood, 3 nobody knows whether it was done.`

func main() { os.Exit(run(os.Args[1:])) }

// run carries out a command line and answers the exit status.
func run(args []string) int {
	c := cli{began: time.Now()}
	parser := newParser(&c)
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "waybill: %v\n", err)
		var wrong *kong.ParseError
		if errors.As(err, &wrong) {
			fmt.Fprintf(os.Stderr, "Help: waybill %s--help\n", path(wrong.Context))
		}
		return 2
	}
	if err := command.Run(&c); err != nil {
		complain(err)
		return exitOf(err)
	}
	return exitDone
}

func newParser(c *cli) *kong.Kong {
	return kong.Must(c,
		kong.Name("waybill"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.ExplicitGroups([]kong.Group{{Key: "Set-up", Title: "Set-up, of the installation on this machine:"}, {Key: "By the API", Title: "By the API, of a server here or elsewhere (--server):"}, {Key: "Operation", Title: "Operation, of the installation on this machine:"}}),
	)
}

// path is the command that was understood, with a space after it.
func path(c *kong.Context) string {
	if c == nil || c.Selected() == nil {
		return ""
	}
	return c.Selected().Path() + " "
}

// complain prints an error for a person, each wrong field on a line of its own.
func complain(err error) {
	var shown told
	if errors.As(err, &shown) {
		return
	}
	var p *client.Problem
	if errors.As(err, &p) {
		problem(os.Stderr, err, p)
		return
	}
	var e *waybill.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		fmt.Fprintln(os.Stderr, "waybill: this cannot be done:")
		for _, f := range e.Fields {
			fmt.Fprintf(os.Stderr, "  %s: %s\n", f.Path, f.Message)
		}
		return
	}
	fmt.Fprintln(os.Stderr, "waybill:", err)
}

// deskTime is how long a command may take; a backup takes what it takes.
const deskTime = 5 * time.Minute

// desk opens the desk, does one thing there and closes it.
func (c *cli) desk(do func(context.Context, app.Desk) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), deskTime)
	defer cancel()
	return c.deskWithin(ctx, do)
}

func (c *cli) deskWithin(ctx context.Context, do func(context.Context, app.Desk) error) error {
	if c.Server != "" && c.Server != localServer {
		return errUsage("this command works on the data folder (--data, --database), not on " + c.Server + ": do it on that machine, or leave out --server and WAYBILL_SERVER")
	}
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	cfg.Log.Level = "warn"
	desk, done, err := app.OpenDesk(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, desk), done())
}

// ask does one verb and prints the answer as a table, or as JSON.
func ask[Out any](c *cli, verb string, in any, show func(Out) table) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out Out
		if err := desk.Do(ctx, c.Account, verb, in, &out); err != nil {
			return err
		}
		return c.print(out, show(out))
	})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *cli) error {
	return c.print(map[string]string{"version": app.Version}, table{text: "waybill " + app.Version})
}
