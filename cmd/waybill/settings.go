package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

// Flags and environment variables go over the config file, which goes over the defaults. A flag is a pointer or
// a list, nil when it was not given; of where the data is, nothing is what was not given. A setting has one name
// in all three: tls.cert in the file, WAYBILL_TLS_CERT, --tls-cert.

// where are the settings that every command needs: where the data is, and its keys.
type where struct {
	Data     string `help:"Data folder: database, key file, labels (default ./waybill-data)." env:"WAYBILL_DATA" placeholder:"DIR"`
	Database string `help:"PostgreSQL in place of the data folder." env:"WAYBILL_DATABASE" placeholder:"postgres://…"`
	KeyFile  string `help:"Master keys (default: the file key in the data folder); or the keys themselves in WAYBILL_KEY." env:"WAYBILL_KEY_FILE" placeholder:"FILE"`
}

func (w where) over(cfg *app.Config) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&cfg.Data, w.Data}, {&cfg.Database, w.Database}, {&cfg.KeyFile, w.KeyFile}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
}

// serving are the settings of everything that serves.
type serving struct {
	Listen         *string           `help:"Address requests come in at (default 127.0.0.1:8080)." env:"WAYBILL_LISTEN" placeholder:"HOST:PORT"`
	Admin          *string           `help:"Loopback address of metrics, profiles and health (default 127.0.0.1:8081); empty: none." env:"WAYBILL_ADMIN" placeholder:"HOST:PORT"`
	PublicURL      *string           `help:"How clients reach us; default: as they did." env:"WAYBILL_PUBLIC_URL" placeholder:"URL"`
	TrustedProxies []string          `help:"Networks whose X-Forwarded-* headers are believed." env:"WAYBILL_TRUSTED_PROXIES" placeholder:"NETWORK"`
	Hosts          map[string]string `help:"Serve a dialect at the root of a host name." env:"WAYBILL_HOSTS" placeholder:"HOST=DIALECT"`
	Root           *string           `help:"Dialect that answers without a prefix." env:"WAYBILL_ROOT" placeholder:"DIALECT"`
	TLS            tlsFlags          `embed:"" prefix:"tls-"`
	Log            logFlags          `embed:"" prefix:"log-"`
	Limits         limitFlags        `embed:"" prefix:"limits-"`
	Webhooks       webhookFlags      `embed:"" prefix:"webhooks-"`
	RequestLog     requestLogFlags   `embed:"" prefix:"request-log-"`
	Drain          *time.Duration    `help:"How long a stop waits for purchases under way (default 40s)." env:"WAYBILL_DRAIN" placeholder:"TIME"`
}

type tlsFlags struct {
	Cert  *string `help:"Certificate file, with its chain." env:"WAYBILL_TLS_CERT" placeholder:"FILE"`
	Key   *string `help:"Key file of the certificate." env:"WAYBILL_TLS_KEY" placeholder:"FILE"`
	Local *bool   `help:"Make a certificate of a local authority for the hosts: see 'waybill ca export'." env:"WAYBILL_TLS_LOCAL" negatable:""`
}

type logFlags struct {
	Level  *string `help:"debug, info, warn or error (default info)." env:"WAYBILL_LOG_LEVEL" placeholder:"LEVEL"`
	Format *string `help:"text or json (default text)." env:"WAYBILL_LOG_FORMAT" placeholder:"FORMAT"`
}

type limitFlags struct {
	PerIP      *rate `help:"Requests that one address may send (default: any number)." name:"per-ip" env:"WAYBILL_LIMITS_PER_IP" placeholder:"100/1s"`
	TokenPerIP *rate `help:"Token requests of one address (default 60/1m)." name:"token-per-ip" env:"WAYBILL_LIMITS_TOKEN_PER_IP" placeholder:"60/1m"`
}

type webhookFlags struct {
	AllowNetworks []string `help:"Private networks webhooks may be sent to." env:"WAYBILL_WEBHOOKS_ALLOW_NETWORKS" placeholder:"NETWORK"`
}

type requestLogFlags struct {
	Keep *string        `help:"What is kept of requests and calls to carriers: full; bare, without headers and bodies; off (default full)." env:"WAYBILL_REQUEST_LOG_KEEP" placeholder:"WHAT"`
	Body *int           `help:"Bytes that are kept of each body (default 65536)." env:"WAYBILL_REQUEST_LOG_BODY" placeholder:"BYTES"`
	For  *time.Duration `help:"How long they are kept (default 168h)." env:"WAYBILL_REQUEST_LOG_FOR" placeholder:"TIME"`
}

func (s serving) over(cfg *app.Config) {
	given(&cfg.Listen, s.Listen)
	given(&cfg.Admin, s.Admin)
	given(&cfg.PublicURL, s.PublicURL)
	given(&cfg.Root, s.Root)
	given(&cfg.TLS.Cert, s.TLS.Cert)
	given(&cfg.TLS.Key, s.TLS.Key)
	given(&cfg.TLS.Local, s.TLS.Local)
	given(&cfg.Log.Level, s.Log.Level)
	given(&cfg.Log.Format, s.Log.Format)
	given(&cfg.Drain, s.Drain)
	given(&cfg.RequestLog.Keep, s.RequestLog.Keep)
	given(&cfg.RequestLog.Body, s.RequestLog.Body)
	given(&cfg.RequestLog.For, s.RequestLog.For)
	given(&cfg.Limits.PerIP, (*waybill.RateLimit)(s.Limits.PerIP))
	given(&cfg.Limits.TokenPerIP, (*waybill.RateLimit)(s.Limits.TokenPerIP))
	if s.TrustedProxies != nil {
		cfg.TrustedProxies = s.TrustedProxies
	}
	if s.Hosts != nil {
		cfg.Hosts = s.Hosts
	}
	if s.Webhooks.AllowNetworks != nil {
		cfg.Webhooks.AllowNetworks = s.Webhooks.AllowNetworks
	}
}

// given sets what was given.
func given[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// rate is so many requests in a time, as 60/1m.
type rate waybill.RateLimit

// UnmarshalText reads 60/1m; 0 is any number.
func (r *rate) UnmarshalText(text []byte) error {
	requests, period, _ := strings.Cut(string(text), "/")
	var err error
	if r.Requests, err = strconv.Atoi(requests); err == nil && r.Requests != 0 {
		r.Period, err = time.ParseDuration(period)
	}
	if err != nil {
		return fmt.Errorf("%q is not requests and a time, such as 60/1m", text)
	}
	return nil
}

// settings is the configuration of commands that serve nothing.
func (c *cli) settings() (app.Config, error) {
	cfg := app.Defaults()
	if c.Config != "" {
		if err := cfg.ReadFile(c.Config); err != nil {
			return cfg, err
		}
	}
	c.where.over(&cfg)
	cfg.Key = os.Getenv("WAYBILL_KEY")
	return cfg, nil
}

// serving is the configuration of a server.
func (c *cli) serving(s serving) (app.Config, error) {
	cfg, err := c.settings()
	s.over(&cfg)
	return cfg, err
}
