package app

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waybill/dialect"
	dialects "waybill/dialect/all"
	"waybill/server"
)

// What follows from the configuration.

// spoken are the APIs that are served.
func spoken() []dialect.Dialect { return dialects.Dialects() }

func dialectNames() []string {
	var names []string
	for _, d := range spoken() {
		names = append(names, d.Name)
	}
	return names
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

// storeDir is the data folder, or nothing when a database server has its place.
func (c Config) storeDir() string {
	if c.Database != "" {
		return ""
	}
	return c.Data
}

// URL is how clients reach a server of this configuration.
func (c Config) URL() string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	return c.Scheme() + "://" + c.localAddress()
}

// localAddress is where the server answers on this machine: an address that means all of them is asked at
// loopback.
func (c Config) localAddress() string {
	host, port, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || (host != "" && (ip == nil || !ip.IsUnspecified())) {
		return c.Listen
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// Local is a client for the server of this configuration on this machine, and its address. It is this machine
// that is asked, whatever name the certificate is for.
func (c Config) Local() (client *http.Client, base string) {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // this machine's own server
	}}, c.Scheme() + "://" + c.localAddress()
}

// Scheme is http, or https where a certificate is shown.
func (c Config) Scheme() string {
	if c.TLS.Cert != "" || c.TLS.Local {
		return "https"
	}
	return "http"
}

func (c Config) routing() server.Routing {
	return server.Routing{
		Hosts: c.Hosts, Root: c.Root,
		Front: dialect.Front{Proxies: networks(c.TrustedProxies), URL: strings.TrimRight(c.PublicURL, "/")},
	}
}

// KeyPath is the file of the master keys; empty: there is no place for one.
func (c Config) KeyPath() string {
	switch {
	case c.KeyFile != "":
		return c.KeyFile
	case c.Data != "":
		return filepath.Join(c.Data, "key")
	}
	return ""
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

// taken is the configuration with what may change while the program runs taken over from a fresh one.
func (c Config) taken(fresh Config) Config {
	c.Log.Level, c.TLS, c.Hosts, c.Root = fresh.Log.Level, fresh.TLS, fresh.Hosts, fresh.Root
	c.TrustedProxies, c.PublicURL, c.Limits = fresh.TrustedProxies, fresh.PublicURL, fresh.Limits
	return c
}

// fixed are the settings that take a restart, in words to compare.
func (c Config) fixed() map[string]string {
	return map[string]string{
		"listen": c.Listen, "admin": c.Admin, "data": c.Data, "database": c.Database, "key_file": c.KeyFile,
		"log.format": c.Log.Format, "drain": c.Drain.String(), "request_log": fmt.Sprint(c.RequestLog), "webhooks.allow_networks": strings.Join(c.Webhooks.AllowNetworks, " "),
	}
}

// restartFor names what differs from a fresh configuration and takes a restart.
func (c Config) restartFor(fresh Config) []string {
	was, now := c.fixed(), fresh.fixed()
	var names []string
	for name := range was {
		if was[name] != now[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
