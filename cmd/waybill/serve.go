package main

import (
	"context"
	"errors"
	"fmt"

	"waybill/app"
)

type serveCmd struct {
	serving
	Migrate *bool `help:"Bring an older PostgreSQL schema up to date first." env:"WAYBILL_MIGRATE" negatable:""`
	Demo    *bool `help:"Add the demo account and simulated carriers." env:"WAYBILL_DEMO" negatable:""`
}

// Run serves until it is told to stop.
func (s serveCmd) Run(c *cli) error {
	cfg, err := s.read(c)
	if err != nil {
		return err
	}
	cfg.Again = func() (app.Config, error) { return s.read(c) }
	a, err := app.New(context.Background(), cfg, app.Parts{})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(context.Background(), nil), a.Close())
}

func (s serveCmd) read(c *cli) (app.Config, error) {
	cfg, err := c.serving(s.serving)
	given(&cfg.Migrate, s.Migrate)
	given(&cfg.Demo, s.Demo)
	return cfg, err
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
	said := fmt.Sprintf("the database went from version %d to %d", from, to)
	if from == to {
		said = fmt.Sprintf("the database is up to date: version %d", to)
	}
	return c.print(map[string]int64{"from": from, "to": to}, table{text: said})
}

type sampleCmd struct{}

// Run prints the sample.
func (sampleCmd) Run() error {
	sample, err := app.SampleConfig()
	if err != nil {
		return err
	}
	fmt.Print(sample)
	return nil
}
