package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"

	"waybill/app"
)

type benchCmd struct {
	All   benchAll   `cmd:"" default:"withargs" help:"Creates, a list and labels, against the least that could be done."`
	Lists benchLists `cmd:"" help:"Lists, searches, counts and scans, among many shipments and few, on both databases."`
}

type benchAll struct {
	Connections int     `help:"HTTP connections that creates come in by." default:"64"`
	Rounds      int     `help:"How often Waybill and the floor have their turn." default:"11"`
	Seconds     float64 `help:"How long a turn takes." default:"1"`
	Requests    int     `help:"Creates in a turn, in place of a time."`
}

// Run measures on a fresh data folder, below --data when that is given, and removes it again.
func (b benchAll) Run(c *cli) error {
	if b.Connections < 1 || b.Connections > 1000 || b.Rounds < 1 || b.Requests < 0 || b.Seconds <= 0 {
		return fmt.Errorf("bench: give 1 to 1000 connections, at least one round, and turns that take time")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	say := io.Writer(os.Stdout)
	if c.JSON {
		say = os.Stderr
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return err
		}
	}
	report, err := app.Bench{
		Folder: c.Data, Connections: b.Connections, Rounds: b.Rounds,
		Round: time.Duration(b.Seconds * float64(time.Second)), Requests: b.Requests,
	}.Run(ctx, say)
	if err == nil && c.JSON {
		err = printJSON(report)
	}
	return err
}

type benchLists struct {
	Sizes    []int  `help:"How many shipments; times are compared with those of the first." default:"10000,1000000" placeholder:"N"`
	Postgres string `help:"Address of a PostgreSQL server, by a role that may create databases; else one of its own is started and thrown away." placeholder:"URL"`
	Only     string `help:"One database alone: sqlite or postgres." enum:",sqlite,postgres" default:""`
	Turns    int    `help:"How often each list is asked for." default:"60"`
	Scans    int    `help:"How many texts are scanned." default:"2000"`
}

// Run fills databases of these sizes, below --data when that is given, asks them and removes them again.
func (b benchLists) Run(c *cli) error {
	if b.Turns < 1 || b.Scans < 1 || len(b.Sizes) == 0 || slices.Min(b.Sizes) < 1000 || slices.Max(b.Sizes) > 10_000_000 {
		return fmt.Errorf("bench lists: give sizes from 1000 to 10000000, and at least one turn and scan")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	say := io.Writer(os.Stdout)
	if c.JSON {
		say = os.Stderr
	}
	if c.Data != "" {
		// PostgreSQL does not run as root: its own user must come through to its part of the folder.
		if err := os.MkdirAll(c.Data, 0o711); err != nil {
			return err
		}
	}
	report, err := app.BenchLists{Folder: c.Data, Postgres: b.Postgres, Sizes: b.Sizes, Only: b.Only, Turns: b.Turns, Scans: b.Scans}.Run(ctx, say)
	if err == nil && c.JSON {
		err = printJSON(report)
	}
	return err
}
