package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"waybill/app"
)

type benchCmd struct {
	Connections int     `help:"HTTP connections that creates come in by." default:"64"`
	Rounds      int     `help:"How often Waybill and the floor have their turn." default:"11"`
	Seconds     float64 `help:"How long a turn takes." default:"1"`
	Requests    int     `help:"Creates in a turn, in place of a time."`
}

// Run measures on a fresh data folder, below --data when that is given, and removes it again.
func (b benchCmd) Run(c *cli) error {
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
