package main

import (
	"context"
	"os"

	"waybill/app"
)

type demoCmd struct {
	listening
	Out  string `help:"Folder for the labels." default:"./out" type:"path"`
	Once bool   `help:"End after the walk."`
}

// Run serves the demo and walks through it.
func (d demoCmd) Run(c *cli) error {
	cfg, err := c.serving(d.listening)
	if err != nil {
		return err
	}
	return app.Demo(context.Background(), cfg, d.Out, os.Stdout, !d.Once)
}
