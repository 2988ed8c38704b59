package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"waybill"
)

// Config is all that can be set, nested by concern: defaults, then the config file, then the environment,
// then flags. A setting has one name everywhere: tls.cert in the file is WAYBILL_TLS_CERT in the
// environment and the flag --tls-cert.
type Config struct {
	Listen         string            `yaml:"listen"`
	Admin          string            `yaml:"admin"`
	Data           string            `yaml:"data"`
	Database       string            `yaml:"database"`
	Migrate        bool              `yaml:"migrate"`
	KeyFile        string            `yaml:"key_file"`
	PublicURL      string            `yaml:"public_url"`
	TrustedProxies []string          `yaml:"trusted_proxies"`
	Hosts          map[string]string `yaml:"hosts"`
	Root           string            `yaml:"root"`
	TLS            TLS               `yaml:"tls"`
	Log            Log               `yaml:"log"`
	Limits         Limits            `yaml:"limits"`
	Webhooks       Webhooks          `yaml:"webhooks"`
	RequestLog     RequestLog        `yaml:"request_log"`
	Drain          time.Duration     `yaml:"drain"`
	Demo           bool              `yaml:"demo"`

	Key string `yaml:"-"` // master keys themselves; from the environment only
	// Again reads the configuration anew from where it came from; nil: it cannot be reloaded.
	Again func() (Config, error) `yaml:"-"`
}

// TLS is how the listener proves who it is.
type TLS struct {
	Cert  string `yaml:"cert"`
	Key   string `yaml:"key"`
	Local bool   `yaml:"local"`
}

// Log is what is written and how.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Limits hold back single addresses before anything is known of who asks.
type Limits struct {
	PerIP      waybill.RateLimit `yaml:"per_ip"`
	TokenPerIP waybill.RateLimit `yaml:"token_per_ip"` // of token requests, where passwords are tried
}

// RequestLog is what is kept of requests and of calls to carriers, and for how long.
type RequestLog struct {
	Keep string        `yaml:"keep"` // full, bare or off
	Body int           `yaml:"body"` // bytes of each body
	For  time.Duration `yaml:"for"`
}

// The ways in which requests are kept.
const (
	keepFull = "full"
	keepBare = "bare"
	keepOff  = "off"
)

// Webhooks is where webhooks may go besides the public internet.
type Webhooks struct {
	AllowNetworks []string `yaml:"allow_networks"`
}

// Defaults is the configuration of someone who set nothing.
func Defaults() Config {
	return Config{
		Listen: "127.0.0.1:8080", Admin: "127.0.0.1:8081", Data: "./waybill-data",
		TrustedProxies: []string{}, Hosts: map[string]string{},
		Log:      Log{Level: "info", Format: "text"},
		Limits:   Limits{TokenPerIP: waybill.RateLimit{Requests: 60, Period: time.Minute}},
		Webhooks: Webhooks{AllowNetworks: []string{}}, RequestLog: RequestLog{Keep: keepFull, Body: 64 << 10, For: 7 * 24 * time.Hour},
		Drain: 40 * time.Second,
	}
}

// ReadFile reads a config file over what is set already; a name it does not know is an error.
func (c *Config) ReadFile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("config file: %w", err)
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
	if _, err := hostPort(c.Listen); err != nil {
		bad("listen", "%q is not an address with a port", c.Listen)
	}
	if host, err := hostPort(c.Admin); c.Admin != "" && (err != nil || !loopback(host)) {
		bad("admin", "%q must be a loopback address with a port", c.Admin)
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		bad("database", "it must begin with postgres://")
	}
	if c.Database == "" && c.Data == "" {
		bad("data", "give a data folder or a database")
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		bad("public_url", "%q is no http or https address", c.PublicURL)
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		bad("tls", "cert and key go together")
	}
	if c.TLS.Local && c.TLS.Cert != "" {
		bad("tls.local", "it makes its own certificate; leave cert and key out")
	}
	c.validateDialects(bad)
	c.validateNetworks(bad)
	var level slog.Level
	if level.UnmarshalText([]byte(c.Log.Level)) != nil {
		bad("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format", "%q is neither text nor json", c.Log.Format)
	}
	for name, limit := range map[string]waybill.RateLimit{"limits.per_ip": c.Limits.PerIP, "limits.token_per_ip": c.Limits.TokenPerIP} {
		if limit.Requests < 0 || (limit.Requests > 0 && limit.Period <= 0) {
			bad(name, "%d requests in %v cannot be", limit.Requests, limit.Period)
		}
	}
	if k := c.RequestLog.Keep; k != keepFull && k != keepBare && k != keepOff {
		bad("request_log.keep", "%q is not full, bare or off", k)
	}
	if c.RequestLog.Body < 256 || c.RequestLog.Body > 1<<20 {
		bad("request_log.body", "%d bytes are less than 256 or more than 1048576", c.RequestLog.Body)
	}
	if c.RequestLog.For < time.Hour {
		bad("request_log.for", "%v is less than an hour", c.RequestLog.For)
	}
	if c.Drain <= 0 {
		bad("drain", "%v is no time to wait", c.Drain)
	}
	return errors.Join(wrong...)
}

func (c Config) validateDialects(bad func(field, format string, args ...any)) {
	names := dialectNames()
	known := strings.Join(names, ", ")
	for host, name := range c.Hosts {
		if host == "" || strings.ContainsAny(host, "/ ") {
			bad("hosts", "%q is no host name", host)
		}
		if !slices.Contains(names, name) {
			bad("hosts", "%s is given to %q; the dialects are %s", host, name, known)
		}
	}
	if c.Root != "" && !slices.Contains(names, c.Root) {
		bad("root", "%q is no dialect; they are %s", c.Root, known)
	}
}

func (c Config) validateNetworks(bad func(field, format string, args ...any)) {
	for name, list := range map[string][]string{"trusted_proxies": c.TrustedProxies, "webhooks.allow_networks": c.Webhooks.AllowNetworks} {
		for _, text := range list {
			if _, err := network(text); err != nil {
				bad(name, "%q is neither an address nor a network such as 10.0.0.0/8", text)
			}
		}
	}
}

// hostPort is the host of an address that has a port.
func hostPort(address string) (host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return host, err
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
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
