package main

import (
	"context"
	"fmt"
	"os"

	"waybill/client"
)

type returnCmd struct {
	Shipment string   `arg:"" optional:"" help:"Reference or id of the shipment that comes back."`
	File     string   `help:"The return as JSON, for one that stands alone; - for standard input." placeholder:"FILE"`
	Rate     string   `help:"By whom." placeholder:"CONNECTION/SERVICE"`
	Reason   []string `help:"Why it comes back." placeholder:"TEXT"`
	To       string   `help:"Location that it goes to, by its external id." placeholder:"ID"`
	Draft    bool     `help:"Store it, and ask nobody."`
	Label    string   `help:"Write the label (PDF) to this file." placeholder:"FILE"`
}

// Run books a return.
func (r returnCmd) Run(c *cli) error {
	body, err := r.body()
	if err != nil {
		return err
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		var a client.Answer
		out, err := api.CreateReturn(ctx, body, client.Into(&a))
		if err != nil {
			return err
		}
		if err := c.tell(a, func() table { return returned(out) }); err != nil {
			return err
		}
		if out.Booking == "booked" && r.Label != "" {
			file, err := api.GetReturnLabel(ctx, out.ID)
			if err != nil {
				return err
			}
			if err := os.WriteFile(r.Label, file.Data, 0o600); err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, "the label is in "+r.Label)
		}
		if out.Failure != nil {
			return fmt.Errorf("the return is not booked (%s): %s", out.Failure.Reason, out.Failure.Message)
		}
		return nil
	})
}

func (r returnCmd) body() (client.ReturnIn, error) {
	var body client.ReturnIn
	switch {
	case (r.File == "") == (r.Shipment == ""):
		return body, errUsage("name a shipment, or give a file")
	case r.File != "":
		if err := readJSON(r.File, &body); err != nil {
			return body, err
		}
	default:
		body.Shipment = r.Shipment
	}
	if r.To != "" {
		body.Location = r.To
	}
	body.Reasons = append(body.Reasons, r.Reason...)
	if body.Book == nil && !r.Draft {
		b := shipCmd{Rate: r.Rate}.booking("")
		body.Book = &client.Picking{Connection: b.Connection, Service: b.Service}
	}
	return body, nil
}

// returned is a return on a page.
func returned(r *client.ReturnOut) table {
	var p page
	p.line("return", r.ID)
	p.line("reference", r.Reference)
	p.line("shipment", r.ShipmentID)
	p.line("booking", r.Booking)
	p.line("transit", r.Transit)
	p.line("carrier", carrierOf(r.Carrier))
	p.line("tracking", r.TrackingNumber)
	p.line("price", price(r.Price))
	p.line("from", address(r.From))
	p.line("to", address(r.To))
	if r.Failure != nil {
		p.line("failure", r.Failure.Message)
	}
	return p.table()
}
