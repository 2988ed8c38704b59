package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"waybill/client"
)

type eventsCmd struct {
	Follow bool     `short:"f" help:"Tell what happens as it happens, until Ctrl-C. A line that breaks is taken up where it broke."`
	Kind   []string `help:"Only these kinds, such as shipment.booked." placeholder:"KIND"`
	After  string   `help:"Begin behind this place: the id of an event of --follow." placeholder:"ID"`
	Limit  int      `help:"How many at most, and then end; 0: any number." default:"0"`
}

// Run tells events: all that are kept, or those to come. For a program each is a line of JSON.
func (e eventsCmd) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		told := 0
		if !e.Follow {
			for event, err := range api.AllEvents(ctx, client.ListEventsParams{Kind: e.Kind, Cursor: e.After, Limit: 100}) {
				if err != nil {
					return err
				}
				if err := c.event(event, nil); err != nil {
					return err
				}
				if told++; told == e.Limit {
					return nil
				}
			}
			return nil
		}
		for event, err := range api.StreamEvents(ctx, client.StreamEventsParams{After: e.After, Kind: e.Kind}) {
			if err != nil {
				return err
			}
			if err := c.event(event.Event, event.Raw); err != nil {
				return err
			}
			if told++; told == e.Limit {
				return nil
			}
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil // a person stopped it, which is how it ends
		}
		return ctx.Err()
	})
}

// event prints one, as it came where it came alone.
func (c *cli) event(e client.EventOut, raw []byte) error {
	if c.JSON {
		return eventLine(e, raw)
	}
	about := e.ShipmentID
	if about == "" {
		about = e.PickupID
	}
	_, err := fmt.Fprintln(os.Stdout, joined(e.At.Local().Format(time.DateTime), e.Kind, about, e.Carrier, e.Service, e.TrackingNumber, e.Transit, e.Message))
	return err
}

// eventLine is an event on a line.
func eventLine(e client.EventOut, raw []byte) error {
	if raw == nil {
		var err error
		if raw, err = json.Marshal(e); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(os.Stdout, "%s\n", raw)
	return err
}
