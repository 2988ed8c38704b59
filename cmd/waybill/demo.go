package main

import (
	"context"
	"os"

	"golang.org/x/term"

	"waybill/app"
)

type demoCmd struct {
	serving
	Out  string `help:"Folder for the labels." default:"./out" placeholder:"DIR"`
	Once bool   `help:"End after the walk."`
}

// Run serves the demo and walks through it.
func (d demoCmd) Run(c *cli) error {
	cfg, err := c.serving(d.serving)
	if err != nil {
		return err
	}
	return app.Demo(context.Background(), cfg, app.DemoOptions{
		Out: d.Out, Say: os.Stdout, Colour: coloured(os.Stdout), Once: d.Once, Began: c.began,
	})
}

// coloured reports whether colours may be written to the file: it is a terminal, and nobody said otherwise
// (https://no-color.org).
func coloured(file *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}
