package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"waybill/app"
)

// listening are the flags of everything that serves. Pointers tell "not given" from a value.
type listening struct {
	Listen     *string           `help:"Address requests come in at (default 127.0.0.1:8080)." env:"WAYBILL_LISTEN" placeholder:"HOST:PORT"`
	Admin      *string           `help:"Loopback address of metrics and profiles (default 127.0.0.1:8081); empty: none." env:"WAYBILL_ADMIN" placeholder:"HOST:PORT"`
	TLSCert    *string           `help:"Certificate file." name:"tls-cert" env:"WAYBILL_TLS_CERT" placeholder:"FILE"`
	TLSKey     *string           `help:"Key file of the certificate." name:"tls-key" env:"WAYBILL_TLS_KEY" placeholder:"FILE"`
	TLSLocal   *bool             `help:"Make a certificate of a local authority for the configured hosts: see 'waybill ca export'." name:"tls-local" env:"WAYBILL_TLS_LOCAL"`
	Host       map[string]string `help:"Serve a dialect at the root of a host name, as HOST=DIALECT." env:"WAYBILL_HOSTS" placeholder:"HOST=DIALECT"`
	Root       *string           `help:"Dialect that answers without a prefix." env:"WAYBILL_ROOT" placeholder:"DIALECT"`
	PublicURL  *string           `help:"How clients reach us; default: as they did." env:"WAYBILL_PUBLIC_URL" placeholder:"URL"`
	Proxy      []string          `help:"Networks whose X-Forwarded-* headers are believed." env:"WAYBILL_TRUSTED_PROXIES" placeholder:"NETWORK"`
	AllowHooks []string          `help:"Private networks webhooks may be sent to." env:"WAYBILL_WEBHOOK_NETWORKS" placeholder:"NETWORK"`
	LogLevel   *string           `help:"debug, info, warn or error." env:"WAYBILL_LOG_LEVEL" placeholder:"LEVEL"`
	LogFormat  *string           `help:"text or json." env:"WAYBILL_LOG_FORMAT" placeholder:"FORMAT"`
}

// over puts the flags that were given over a configuration.
func (l listening) over(cfg *app.Config) {
	for _, f := range []struct{ from, to *string }{
		{l.Listen, &cfg.Listen}, {l.Admin, &cfg.Admin}, {l.TLSCert, &cfg.TLS.Cert}, {l.TLSKey, &cfg.TLS.Key}, {l.Root, &cfg.Root},
		{l.PublicURL, &cfg.PublicURL}, {l.LogLevel, &cfg.Log.Level}, {l.LogFormat, &cfg.Log.Format},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if l.TLSLocal != nil {
		cfg.TLS.Local = *l.TLSLocal
	}
	if len(l.Host) > 0 {
		cfg.Hosts = l.Host
	}
	if len(l.Proxy) > 0 {
		cfg.TrustedProxies = l.Proxy
	}
	if len(l.AllowHooks) > 0 {
		cfg.Webhooks.AllowNetworks = l.AllowHooks
	}
}

// serving is the configuration of a server.
func (c *cli) serving(l listening) (app.Config, error) {
	cfg, err := c.settings()
	l.over(&cfg)
	return cfg, err
}

type serveCmd struct {
	listening
	Migrate bool `help:"Bring an older PostgreSQL schema up to date first." env:"WAYBILL_MIGRATE"`
	Demo    bool `help:"Add the demo account and simulated carriers." env:"WAYBILL_DEMO"`
}

// Run serves until it is told to stop.
func (s serveCmd) Run(c *cli) error {
	read := func() (app.Config, error) {
		cfg, err := c.serving(s.listening)
		cfg.Migrate, cfg.Demo = s.Migrate || cfg.Migrate, s.Demo || cfg.Demo
		return cfg, err
	}
	cfg, err := read()
	if err != nil {
		return err
	}
	cfg.Again = read
	a, err := app.New(context.Background(), cfg, app.Parts{})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(context.Background(), nil), a.Close())
}

type migrateCmd struct{}

// Run migrates and tells from what to what.
func (migrateCmd) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	from, to, err := app.Migrate(context.Background(), cfg)
	if err != nil {
		return err
	}
	if from == to {
		fmt.Printf("the database is up to date: version %d\n", to)
	} else {
		fmt.Printf("the database went from version %d to %d\n", from, to)
	}
	return nil
}

type backupCmd struct {
	Folder string `arg:"" help:"New folder to write the backup to." type:"path"`
}

// Run makes a backup, by the running server if there is one.
func (b backupCmd) Run(c *cli) error {
	return ask(c, "backup", app.BackupIn{Folder: b.Folder}, func(struct{}) table {
		return table{text: "the backup is in " + b.Folder + ". The key file is not in it: keep a copy of that elsewhere."}
	})
}

type restoreCmd struct {
	Folder string `arg:"" help:"Folder of the backup." type:"existingdir"`
	Check  bool   `help:"Only check that the backup is whole and opens with this key."`
}

// Run checks a backup and, unless --check, puts it in place of an empty data folder.
func (r restoreCmd) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	found, err := app.CheckBackup(context.Background(), cfg, r.Folder)
	if err != nil {
		return err
	}
	fmt.Println(found)
	if r.Check {
		return nil
	}
	if err := app.Restore(cfg, r.Folder); err != nil {
		return err
	}
	fmt.Println("restored into", cfg.Data)
	return nil
}

type caCmd struct {
	Export caExport `cmd:"" help:"Print the local authority's certificate, for clients to trust."`
}

type caExport struct {
	Out  string            `help:"File to write in place of printing." type:"path"`
	Host map[string]string `help:"Host names to be configured, as for serve." env:"WAYBILL_HOSTS" placeholder:"HOST=DIALECT"`
}

// Run prints the authority's certificate.
func (e caExport) Run(c *cli) error {
	cfg, err := c.serving(listening{Host: e.Host})
	if err != nil {
		return err
	}
	pem, err := cfg.Authority()
	if err != nil {
		return err
	}
	if e.Out == "" {
		_, err = os.Stdout.Write(pem)
		return err
	}
	return os.WriteFile(e.Out, pem, 0o644)
}

type simCmd struct {
	Listen string `help:"Address; each simulator is served under its carrier's name." default:"127.0.0.1:8090" env:"WAYBILL_SIM_LISTEN"`
	State  string `help:"Folder to remember bookings in; default: forget." type:"path"`
}

// Run serves the simulators.
func (s simCmd) Run() error {
	return app.ServeSimulators(context.Background(), s.Listen, s.State, func(bases map[string]string) {
		for name, base := range bases {
			fmt.Printf("%-8s %s   control: %s/_sim/state\n", name, base, base)
		}
	})
}

type sampleCmd struct{}

// Run prints the sample.
func (sampleCmd) Run() error {
	sample, err := app.SampleConfig()
	if err != nil {
		return err
	}
	fmt.Print(strings.TrimLeft(sample, "\n"))
	return nil
}
