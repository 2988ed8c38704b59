package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waybill/client"
)

type shipCmd struct {
	Stored  string     `arg:"" optional:"" name:"reference-of-a-draft" help:"Book this draft, or release what is held, in place of a new shipment."`
	File    string     `help:"Orders from a file: JSON (one, a list, one a line) or CSV; - for standard input. A file can be sent again: what was booked is not booked twice." placeholder:"FILE"`
	Order   orderFlags `embed:""`
	Rate    string     `help:"By whom, as 'waybill rate' lists it." xor:"by" placeholder:"CONNECTION/SERVICE"`
	Service string     `help:"By this service, of whoever has it." xor:"by" placeholder:"CODE"`
	Rules   bool       `help:"The rules choose (the default)." xor:"by"`
	Hold    bool       `help:"Store it held, for a person to release."`
	Draft   bool       `help:"Store it, and ask nobody."`
	Label   string     `help:"Write the label to this file; of many, each to a file in this folder." placeholder:"FILE"`
	Format  string     `help:"Of the label." enum:"pdf,png,zpl," default:"" placeholder:"pdf|png|zpl"`
	Key     string     `help:"Name of the request: told twice, it is shipped once." placeholder:"TEXT"`
}

// Run books.
func (s shipCmd) Run(c *cli) error {
	if s.File != "" && (s.Order.given() || s.Stored != "") {
		return errUsage("give the order in a file or in flags, not both")
	}
	if s.File == "" && s.Stored == "" && !s.Order.given() {
		return errUsage("say what is to be shipped: in flags, in a file (--file), or the reference of a draft")
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		if s.Stored != "" {
			return s.release(ctx, c, api)
		}
		rows := []orderRow{{at: 1}}
		var err error
		if s.File != "" {
			rows, err = readOrders(s.File)
		} else {
			rows[0].order, rows[0].err = s.Order.order()
		}
		if err != nil {
			return err
		}
		if len(rows) > 1 {
			return s.many(ctx, c, api, rows)
		}
		return s.one(ctx, c, api, rows[0])
	})
}

// booking is who shall carry it; nil: nobody, for now.
func (s shipCmd) booking(rate string) *client.Booking {
	if s.Draft {
		return nil
	}
	b := &client.Booking{Service: s.Service, Hold: s.Hold}
	if rate == "" {
		rate = s.Rate
	}
	if connection, service, both := strings.Cut(rate, "/"); both {
		b.Connection, b.Service = connection, service
	} else if rate != "" {
		b.Connection = rate
	}
	return b
}

// prepared is the order of a row with what the flags say of all.
func (s shipCmd) prepared(row orderRow) client.Ordered {
	o := row.order
	if o.Book == nil {
		o.Book = s.booking(row.rate)
	}
	if s.Format != "" {
		o.Label = &client.LabelSpec{Format: s.Format}
	}
	return o
}

// one ships one, and tells why it goes that way.
func (s shipCmd) one(ctx context.Context, c *cli, api *client.Client, row orderRow) error {
	if row.err != nil {
		return row.err
	}
	var a client.Answer
	opts := []client.Option{client.Into(&a)}
	if s.Key != "" {
		opts = append(opts, client.WithKey(s.Key))
	}
	sh, err := api.CreateShipment(ctx, s.prepared(row), opts...)
	if err != nil {
		return err
	}
	return s.ended(ctx, c, api, sh, &a)
}

// release books what is stored.
func (s shipCmd) release(ctx context.Context, c *cli, api *client.Client) error {
	var a client.Answer
	opts := []client.Option{client.Into(&a)}
	if s.Key != "" {
		opts = append(opts, client.WithKey(s.Key))
	}
	body := &client.BookInBody{}
	if b := s.booking(""); b != nil {
		body.Connection, body.Service = b.Connection, b.Service
	}
	sh, err := api.BookShipment(ctx, s.Stored, body, opts...)
	if err != nil {
		return err
	}
	return s.ended(ctx, c, api, sh, &a)
}

// ended waits for the end of a booking, tells it, and writes the label.
func (s shipCmd) ended(ctx context.Context, c *cli, api *client.Client, sh *client.ShipmentOut, a *client.Answer) error {
	sh, err := settled(ctx, api, sh, a)
	if err != nil {
		return err
	}
	if err := c.tell(*a, func() table { return sheet(sh) }); err != nil {
		return err
	}
	if !c.JSON {
		why(ctx, api, sh)
	}
	if sh.Booking == "booked" && s.Label != "" {
		if err := writeLabel(ctx, api, sh.ID, cmp.Or(s.Format, formatOf(s.Label)), s.Label); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "the label is in "+s.Label)
	}
	return s.verdict(sh)
}

// Bookings that take long are looked at again.
const (
	settleLook = time.Second
	settleWait = time.Minute
)

// settled waits while a carrier takes its time.
func settled(ctx context.Context, api *client.Client, sh *client.ShipmentOut, a *client.Answer) (*client.ShipmentOut, error) {
	for begun := time.Now(); sh.Booking == "unsettled" || sh.Booking == "rating"; {
		if time.Since(begun) > settleWait {
			break
		}
		progressNote("the carrier takes its time with " + sh.Reference)
		select {
		case <-ctx.Done():
			return sh, ctx.Err()
		case <-time.After(settleLook):
		}
		var err error
		if sh, err = api.GetShipment(ctx, sh.ID, client.Into(a)); err != nil {
			return sh, err
		}
	}
	progressNote("")
	return sh, nil
}

// verdict is what the exit status says of a shipment.
func (s shipCmd) verdict(sh *client.ShipmentOut) error {
	switch sh.Booking {
	case "booked", "draft", "held", "ignored":
		return nil
	case "unsettled", "rating":
		return unsure{sh.Reference + " is still being booked: `waybill shipments show " + sh.Reference + "` tells when it is"}
	}
	if sh.Failure != nil {
		return fmt.Errorf("%s is not booked (%s): %s", sh.Reference, sh.Failure.Reason, sh.Failure.Message)
	}
	return fmt.Errorf("%s is not booked: it is %s", sh.Reference, sh.Booking)
}

// telling are the outcomes of steps that say why it goes this way; the others say what was looked at.
var telling = []string{"matched", "applied", "failed", "refused", "chosen"}

// why tells what led to the last decision. It is an extra: a key that may not read it misses nothing else.
func why(ctx context.Context, api *client.Client, sh *client.ShipmentOut) {
	list, err := api.GetDecision(ctx, sh.ID, client.GetDecisionParams{})
	if err != nil || len(list.Items) == 0 {
		return
	}
	d := list.Items[len(list.Items)-1]
	fmt.Println("\nwhy:")
	for i, line := range d.Story {
		if i >= len(d.Steps) || slices.Contains(telling, d.Steps[i].Outcome) {
			fmt.Println("  " + line)
		}
	}
	fmt.Println("  All of it: waybill shipments why " + sh.Reference)
}

// writeLabel writes the labels of a shipment to a file, or to a file of its reference's name in a folder.
func writeLabel(ctx context.Context, api *client.Client, id, format, path string) error {
	printed := true
	file, err := api.GetLabel(ctx, id, client.GetLabelParams{Format: format, Printed: &printed})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, file.Data, 0o600)
}
