package main

import (
	"context"
	"fmt"
	"strings"

	"waybill/app"
)

type keyCmd struct {
	New  keyNew  `cmd:"" help:"Make a master key, put it first into the key file, and seal all secrets under it. No server may run."`
	Seal keySeal `cmd:"" help:"Seal all secrets under the first key. No server may run."`
	List keyList `cmd:"" help:"List the master keys and how many secrets are sealed under each."`
}

type keyNew struct {
	GiveUp bool `help:"Give up the secrets that no key here opens: what they belong to is paused until they are given again."`
}

// Run makes a key.
func (k keyNew) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	id, given, err := app.NewKey(context.Background(), cfg, k.GiveUp)
	if err != nil {
		return err
	}
	return c.sealed(id, given, "the key "+id+" is the first in "+cfg.KeyPath()+"; keep a copy of that file apart from the backups")
}

type keySeal struct {
	GiveUp bool `help:"Give up the secrets that no key here opens."`
}

// Run seals.
func (k keySeal) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	id, given, err := app.SealAll(context.Background(), cfg, k.GiveUp)
	if err != nil {
		return err
	}
	return c.sealed(id, given, "all secrets are sealed under the key "+id)
}

func (c *cli) sealed(id string, given []string, said string) error {
	if len(given) > 0 {
		said += "\npaused until their secrets are given again: " + strings.Join(given, ", ")
	}
	return c.print(map[string]any{"key_id": id, "given_up": given}, table{text: said})
}

type keyList struct{}

// Run lists keys.
func (keyList) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	uses, err := app.ListKeys(context.Background(), cfg)
	if err != nil {
		return err
	}
	t := table{head: []string{"KEY", "SECRETS", ""}}
	for _, u := range uses {
		note := ""
		switch {
		case !u.Here:
			note = "missing"
		case u.First:
			note = "seals"
		}
		t.rows = append(t.rows, []string{u.ID, fmt.Sprint(u.Secrets), note})
	}
	return c.print(uses, t)
}
