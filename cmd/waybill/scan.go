package main

import (
	"context"
	"time"

	"waybill/client"
)

type scanCmd struct {
	Number string    `arg:"" help:"What the scanner read; with a status, a tracking number."`
	Status string    `arg:"" optional:"" help:"What happened, of a parcel of your own drivers: picked_up, in_transit, at_depot, out_for_delivery, delivered, attempt_failed, returned…"`
	Text   string    `help:"In words."`
	Place  string    `help:"Where."`
	Reason string    `help:"Why an attempt failed."`
	Code   string    `help:"A code for it that an API knows, such as a failure reason of Peddler (601)."`
	To     string    `help:"Who took it."`
	At     time.Time `help:"When (default: now)." placeholder:"2026-11-21T10:00:00Z"`
}

// Run tells what a text stands for, or notes what a driver of ours did.
func (a scanCmd) Run(c *cli) error {
	if a.Status == "" {
		return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ResolvedOut, error) {
			return api.ResolveScan(ctx, client.ScannedBody{Text: a.Number}, opt)
		}, resolved)
	}
	body := client.NoteScanBody{Status: a.Status, Text: a.Text, Place: a.Place, Reason: a.Reason, Code: a.Code, Recipient: a.To}
	if !a.At.IsZero() {
		body.At = &a.At
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.TrackOut, error) {
		return api.NoteScan(ctx, a.Number, body, opt)
	}, func(out *client.TrackOut) table { return whereabouts([]client.TrackOut{*out}) })
}

func resolved(r *client.ResolvedOut) table {
	t := table{text: r.Outcome, head: []string{"KIND", "REFERENCE", "TRACKING", "WHAT", "STATE", "NEXT"}}
	for _, m := range r.Matches {
		t.rows = append(t.rows, []string{m.Kind, m.Reference, m.TrackingNumber, m.Title, joined(m.Booking, m.Transit), joined(m.Actions...)})
	}
	if len(r.Matches) == 0 {
		t.head = []string{"MAY BE", "CARRIER", "NUMBER", "CHECK DIGIT"}
		for _, k := range r.Readings {
			t.rows = append(t.rows, []string{k.Form, k.Carrier, k.Number, yes(k.Checked)})
		}
	}
	return t
}
