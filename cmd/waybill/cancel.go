package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"waybill/client"
)

type cancelCmd struct {
	Reference []string `arg:"" help:"References or ids of shipments."`
	Note      string   `help:"Why, for the history." placeholder:"TEXT"`
	Yes       bool     `short:"y" help:"Do not ask first."`
}

// Run cancels shipments, at their carriers too.
func (k cancelCmd) Run(c *cli) error {
	if err := k.ask(); err != nil {
		return err
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		t := table{head: []string{"REFERENCE", "BOOKING", "CARRIER", "TRACKING"}}
		var items []json.RawMessage
		failed := each(k.Reference, func(ref string) error {
			var a client.Answer
			s, err := api.CancelShipment(ctx, ref, client.CancelShipmentParams{Note: k.Note}, client.Into(&a))
			if err != nil {
				return err
			}
			items = append(items, a.Body)
			state := s.Booking
			if s.CancelRequested {
				state += ", is being given back"
			}
			t.rows = append(t.rows, []string{s.Reference, state, carrierOf(s.Carrier), s.TrackingNumber})
			return nil
		})
		if len(items) == 0 && failed != nil {
			return failed
		}
		return errors.Join(c.list(items, t), failed)
	})
}

// ask has a person agree; where there is none to ask, --yes must say so.
func (k cancelCmd) ask() error {
	if k.Yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return errUsage("there is no terminal to ask at: say --yes")
	}
	fmt.Fprintf(os.Stderr, "Cancel %s? [y/N] ", strings.Join(k.Reference, ", "))
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		return errors.New("nothing was cancelled")
	}
	return nil
}
