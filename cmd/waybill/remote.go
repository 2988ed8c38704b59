package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"waybill/app"
	"waybill/client"
)

// Two sorts of commands: those of set-up and operation work on the data folder of this machine (see desk), and need no
// server. Those in this file's care speak the API like any other client, to a server here or elsewhere.

// reach says which server is spoken to.
type reach struct {
	Server string `help:"Server for ship, rate, track…: its URL, the name of a profile ('waybill login'), or local (default: the profile in use, else the server on the data folder)." env:"WAYBILL_SERVER" placeholder:"URL"`
}

// keyVariable holds an API key. It goes over the key of a profile.
const keyVariable = "WAYBILL_API_KEY"

// localServer is the name of the server on the data folder.
const localServer = "local"

// target is a server, and how it is spoken to.
type target struct {
	address  string
	key      string
	local    bool
	settings []client.Setting
}

// target finds out who is meant.
func (c *cli) target(ctx context.Context) (target, error) {
	known, err := readProfiles()
	if err != nil {
		return target{}, err
	}
	name := c.serverIn(known)
	if name == localServer {
		return c.localTarget(ctx)
	}
	key := os.Getenv(keyVariable)
	if p, ok := known.Profiles[name]; ok {
		if key == "" {
			key = p.Key
		}
		return target{address: p.Server, key: key}, nil
	}
	if !strings.Contains(name, "://") {
		return target{}, fmt.Errorf("there is no profile %q: `waybill login URL --profile %s` makes it", name, name)
	}
	if key == "" {
		key = known.keyOf(name)
	}
	if key == "" {
		return target{}, fmt.Errorf("there is no key for %s: set %s, or do `waybill login %s`", name, keyVariable, name)
	}
	return target{address: name, key: key}, nil
}

// serverIn is the server that was named, or is in use.
func (c *cli) serverIn(known profiles) string {
	return cmp.Or(c.Server, known.Current, localServer)
}

// localTarget is the server on the data folder.
func (c *cli) localTarget(ctx context.Context) (target, error) {
	cfg, err := c.settings()
	if err != nil {
		return target{}, err
	}
	cfg.Listen = listenHere(cfg.Listen)
	cfg.Log.Level = "warn"
	here, err := app.OpenLocalAPI(ctx, cfg, c.Account)
	if err != nil {
		return target{}, err
	}
	t := target{address: here.Address, key: here.Token, local: true}
	if here.HTTP != nil {
		t.settings = append(t.settings, client.HTTP(here.HTTP))
	}
	if key := os.Getenv(keyVariable); key != "" {
		t.key = key
	}
	return t, nil
}

// listenHere is where the server was told to listen, by its variable as by its config file.
func listenHere(configured string) string {
	if listen := os.Getenv("WAYBILL_LISTEN"); listen != "" {
		return listen
	}
	return configured
}

// client is a client of the target, at work in the account that --account names.
func (c *cli) client(ctx context.Context, t target) (*client.Client, error) {
	api, err := client.New(t.address, t.key, append(t.settings, client.Agent("waybill-cli/"+app.Version))...)
	if err != nil || t.local || c.Account == "" {
		return api, err // the token of a local server is one of the account already
	}
	me, err := api.GetMe(ctx)
	if err != nil {
		return nil, err
	}
	if c.Account == me.Account.Name || c.Account == me.Account.ID {
		return api, nil
	}
	for _, child := range me.Children {
		if c.Account == child.Name || c.Account == child.ID {
			return api.In(child.ID), nil
		}
	}
	return nil, fmt.Errorf("the key is of the account %q, which has no child %q that it may work in", me.Account.Name, c.Account)
}

// api does something by the API.
func (c *cli) api(do func(context.Context, *client.Client) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	to, err := c.target(ctx)
	if err != nil {
		return err
	}
	api, err := c.client(ctx, to)
	if err != nil {
		return err
	}
	return do(ctx, api)
}

// tell prints an answer of the API: to a program as it came, to a person as a table.
func (c *cli) tell(a client.Answer, show func() table) error {
	if !c.JSON {
		return show().print()
	}
	return printBody(a.Body)
}

func printBody(body []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(body), "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := os.Stdout.Write(b.Bytes())
	return err
}

// query does one thing by the API and tells the answer.
func query[Out any](c *cli, do func(context.Context, *client.Client, client.Option) (Out, error), show func(Out) table) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var a client.Answer
		out, err := do(ctx, api, client.Into(&a))
		if err != nil {
			return err
		}
		return c.tell(a, func() table { return show(out) })
	})
}

// printItems prints answers of many requests as one JSON list.
func printItems[T any](items []T) error {
	if items == nil {
		items = []T{}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"items": items}); err != nil {
		return err
	}
	return printBody(b.Bytes())
}

// each does something for every name, tells what went wrong with which, and fails if anything did.
func each(names []string, do func(string) error) error {
	var worst error
	for _, name := range names {
		err := do(name)
		if err == nil {
			continue
		}
		if errors.Is(err, context.Canceled) {
			return err
		}
		if len(names) > 1 {
			fmt.Fprintf(os.Stderr, "%s:\n", name)
		}
		complain(err)
		worst = graver(worst, told{err})
	}
	return worst
}
