package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waybill/app"
	"waybill/client"
)

// profiles are the servers that somebody has logged in to, in the person's own config folder, readable by nobody else.
type profiles struct {
	Current  string             `json:"current,omitempty"`
	Profiles map[string]profile `json:"profiles"`
}

type profile struct {
	Server string `json:"server"`
	Key    string `json:"key"`
}

func profilePath() (string, error) {
	folder, err := os.UserConfigDir()
	return filepath.Join(folder, "waybill", "profiles.json"), err
}

// readProfiles reads them; where there are none, or no place for them, there are none.
func readProfiles() (profiles, error) {
	p := profiles{Profiles: map[string]profile{}}
	path, err := profilePath()
	if err != nil {
		return p, nil //nolint:nilerr // a service has no home, and no profiles
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return p, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return p, nil
}

// save writes the whole file or nothing.
func (p profiles) save() error {
	path, err := profilePath()
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".profiles-") // for its owner only
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// keyOf is the key of a profile of this address.
func (p profiles) keyOf(address string) string {
	for _, name := range slices.Sorted(maps.Keys(p.Profiles)) {
		if strings.TrimRight(p.Profiles[name].Server, "/") == strings.TrimRight(address, "/") {
			return p.Profiles[name].Key
		}
	}
	return ""
}

type loginCmd struct {
	URL     string `arg:"" help:"Address of the server."`
	Profile string `help:"Name to keep it under (default: the host)." placeholder:"NAME"`
	Key     secret `embed:"" prefix:"api-key-"`
}

// Run asks for a key, proves it and keeps it.
func (l loginCmd) Run(c *cli) error {
	u, err := url.Parse(l.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return fmt.Errorf("%q is no address of a server, such as https://ship.example.com", l.URL)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		fmt.Fprintln(os.Stderr, "waybill: the key will travel readable to everybody on the way: prefer https")
	}
	if l.Profile == "" {
		l.Profile = u.Host
	}
	if l.Profile == localServer {
		return fmt.Errorf("%q is the name of the server on the data folder: choose another", localServer)
	}
	key, err := l.Key.read("API key for " + u.Host)
	if err != nil {
		return err
	}
	api, err := client.New(l.URL, key, client.Agent("waybill-cli/"+app.Version))
	if err != nil {
		return err
	}
	me, err := api.GetMe(context.Background())
	if err != nil {
		return err
	}
	known, err := readProfiles()
	if err != nil {
		return err
	}
	known.Profiles[l.Profile], known.Current = profile{Server: l.URL, Key: key}, l.Profile
	if err := known.save(); err != nil {
		return err
	}
	return c.print(map[string]string{"profile": l.Profile, "server": l.URL, "account": me.Account.Name, "name": me.Name},
		table{text: fmt.Sprintf("logged in to %s as %s of the account %s; commands go there now", l.URL, me.Name, me.Account.Name)})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}

type logoutCmd struct {
	Profile string `arg:"" optional:"" help:"Name of the profile (default: the one in use)."`
}

// Run forgets a key. The server still knows it: it is revoked there.
func (l logoutCmd) Run(c *cli) error {
	known, err := readProfiles()
	if err != nil {
		return err
	}
	if l.Profile == "" {
		l.Profile = known.Current
	}
	if _, ok := known.Profiles[l.Profile]; !ok {
		return errors.New("there is no such profile; there are: " + strings.Join(append(slices.Sorted(maps.Keys(known.Profiles)), localServer), ", "))
	}
	delete(known.Profiles, l.Profile)
	if known.Current == l.Profile {
		known.Current = ""
	}
	if err := known.save(); err != nil {
		return err
	}
	return c.print(map[string]string{"profile": l.Profile}, table{text: "the key of " + l.Profile + " is forgotten here"})
}

type whoamiCmd struct{}

// Run tells which server is spoken to, as whom.
func (whoamiCmd) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		to, err := c.target(ctx)
		if err != nil {
			return err
		}
		var a client.Answer
		me, err := api.GetMe(ctx, client.Into(&a))
		if err != nil {
			return err
		}
		return c.tell(a, func() table {
			kind := "live and test"
			if me.Test {
				kind = "simulators and test systems only"
			}
			t := page{}
			t.line("server", to.address)
			t.line("account", me.Account.Name)
			t.line("as", me.Name+" ("+me.Kind+")")
			t.line("role", me.Role)
			t.line("scopes", strings.Join(me.Scopes, " "))
			t.line("reaches", kind)
			return t.table()
		})
	})
}
