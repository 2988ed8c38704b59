package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"waybill"
	"waybill/dialect"
	dialects "waybill/dialect/all"
	"waybill/server"
)

// Config is all that can be set, nested by concern. Defaults, then the config file, then the
// environment, then flags. The yaml names are the config file's.
type Config struct {
	Listen         string            `yaml:"listen"`          // address requests come in at
	Admin          string            `yaml:"admin"`           // address of metrics and profiles; loopback only; empty: none
	Data           string            `yaml:"data"`            // data folder of SQLite
	Database       string            `yaml:"database"`        // postgres:// address in its place
	Migrate        bool              `yaml:"migrate"`         // bring an older PostgreSQL schema up to date at start
	KeyFile        string            `yaml:"key_file"`        // master keys; default: the file key in the data folder
	PublicURL      string            `yaml:"public_url"`      // how clients reach us; default: http(s)://<listen>
	TrustedProxies []string          `yaml:"trusted_proxies"` // networks whose X-Forwarded-* headers are believed
	Hosts          map[string]string `yaml:"hosts"`           // host name: dialect
	Root           string            `yaml:"root"`            // dialect that answers without a prefix
	TLS            TLS               `yaml:"tls"`
	Log            Log               `yaml:"log"`
	Limits         Limits            `yaml:"limits"`
	Webhooks       Webhooks          `yaml:"webhooks"`
	Drain          time.Duration     `yaml:"drain"` // how long a stop waits for purchases under way
	Demo           bool              `yaml:"demo"`

	Key string `yaml:"-"` // master keys themselves; from the environment only
	// Again reads the configuration anew from where it came from; nil: it cannot be reloaded.
	Again func() (Config, error) `yaml:"-"`
}

// TLS is how the listener proves who it is.
type TLS struct {
	Cert  string `yaml:"cert"`
	Key   string `yaml:"key"`
	Local bool   `yaml:"local"` // a certificate of our own local authority for the configured hosts
}

// Log is what is written and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text, json
}

// Limits hold back single addresses before anything is known of who asks.
type Limits struct {
	PerIP      waybill.RateLimit `yaml:"per_ip"`
	TokenPerIP waybill.RateLimit `yaml:"token_per_ip"` // of token requests, where passwords are tried
}

// Webhooks is where webhooks may go besides the public internet.
type Webhooks struct {
	AllowNetworks []string `yaml:"allow_networks"`
}

// Defaults is the configuration of someone who set nothing.
func Defaults() Config {
	return Config{
		Listen: "127.0.0.1:8080", Admin: "127.0.0.1:8081", Data: "./waybill-data",
		Log:    Log{Level: "info", Format: "text"},
		Limits: Limits{TokenPerIP: waybill.RateLimit{Requests: 60, Period: time.Minute}},
		Drain:  40 * time.Second,
	}
}

// ReadFile reads a config file over what is set already; a name it does not know is an error.
func (c *Config) ReadFile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Validate reports everything that is wrong, at once.
func (c Config) Validate() error {
	var wrong []error
	bad := func(field, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("config: %s: %s", field, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen", "%q is not an address with a port", c.Listen)
	}
	if host, _, err := net.SplitHostPort(c.Admin); c.Admin != "" && (err != nil || !loopback(host)) {
		bad("admin", "%q must be a loopback address with a port", c.Admin)
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		bad("database", "it must begin with postgres://")
	}
	if c.Database == "" && c.Data == "" {
		bad("data", "give a data folder or a database")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		bad("tls", "cert and key go together")
	}
	if c.TLS.Local && c.TLS.Cert != "" {
		bad("tls", "local makes its own certificate; leave cert and key out")
	}
	names := dialectNames()
	for host, name := range c.Hosts {
		if !slices.Contains(names, name) {
			bad("hosts", "%s is given to %q; the dialects are %s", host, name, strings.Join(names, ", "))
		}
	}
	if c.Root != "" && !slices.Contains(names, c.Root) {
		bad("root", "%q is no dialect; they are %s", c.Root, strings.Join(names, ", "))
	}
	for _, text := range append(slices.Clone(c.TrustedProxies), c.Webhooks.AllowNetworks...) {
		if _, err := network(text); err != nil {
			bad("networks", "%q is neither an address nor a network such as 10.0.0.0/8", text)
		}
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.Log.Level)) != nil {
		bad("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format", "%q is neither text nor json", c.Log.Format)
	}
	return errors.Join(wrong...)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func dialectNames() []string {
	var names []string
	for _, d := range dialects.Dialects() {
		names = append(names, d.Name)
	}
	return names
}

// network reads 10.0.0.0/8 or a single address.
func network(text string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(address, address.BitLen()), nil
}

func networks(texts []string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		if prefix, err := network(text); err == nil {
			list = append(list, prefix)
		}
	}
	return list
}

func (c Config) webhookNetworks() []netip.Prefix { return networks(c.Webhooks.AllowNetworks) }

// storeDir is the data folder, or nothing when a database server has its place.
func (c Config) storeDir() string {
	if c.Database != "" {
		return ""
	}
	return c.Data
}

// publicURL is how clients reach us.
func (c Config) publicURL() string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	scheme := "http"
	if c.TLS.Cert != "" || c.TLS.Local {
		scheme = "https"
	}
	return scheme + "://" + c.Listen
}

func (c Config) routing() server.Routing {
	return server.Routing{
		Hosts: c.Hosts, Root: c.Root,
		Front: dialect.Front{Proxies: networks(c.TrustedProxies), URL: strings.TrimRight(c.PublicURL, "/")},
	}
}

// socket is where a running server listens for the command line of its own data folder.
func (c Config) socket() string { return filepath.Join(c.Data, "admin.sock") }

// purchaseDeadline is how long a carrier may take to book. The demo's carrier hangs on purpose, and
// nobody wants to watch that for long.
func (c Config) purchaseDeadline() time.Duration {
	if c.Demo {
		return 6 * time.Second
	}
	return 30 * time.Second
}
