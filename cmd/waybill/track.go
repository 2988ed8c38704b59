package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"waybill/client"
)

type trackCmd struct {
	Number  []string `arg:"" help:"Tracking numbers, of our parcels or of any."`
	Carrier string   `help:"Whose numbers they are, where that cannot be seen from their form." placeholder:"NAME"`
	Fresh   bool     `help:"Ask the carriers now."`
}

// Run tells where parcels are.
func (t trackCmd) Run(c *cli) error {
	body := client.TrackInBody{Fresh: t.Fresh}
	for _, number := range t.Number {
		body.Numbers = append(body.Numbers, client.TrackedNumber{Number: number, Carrier: t.Carrier})
	}
	var unknown []string
	err := query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListTrackOut, error) {
		out, err := api.TrackNumbers(ctx, body, opt)
		if err != nil {
			return nil, err
		}
		for _, k := range out.Items {
			if !k.Found {
				unknown = append(unknown, k.Number)
			}
		}
		return out, nil
	}, func(out *client.ListTrackOut) table { return whereabouts(out.Items) })
	if err == nil && len(unknown) > 0 {
		err = fmt.Errorf("nobody knows %s", strings.Join(unknown, ", "))
	}
	return err
}

// whereabouts is a line for each number, and of one number its scans too.
func whereabouts(list []client.TrackOut) table {
	t := table{head: []string{"NUMBER", "CARRIER", "STATE", "EXPECTED", "LAST SEEN", "REFERENCE", "NOTE"}}
	for _, k := range list {
		last, state, note := "", k.Transit, k.Problem
		if n := len(k.Scans); n > 0 {
			at := newest(k.Scans)
			last = moment(&at.At) + " " + at.Place
		}
		if !k.Found && state == "" {
			state = "unknown"
		}
		if k.Recipient != "" {
			note = "taken by " + k.Recipient
		}
		t.rows = append(t.rows, []string{k.Number, cmp.Or(k.CarrierName, k.Carrier), state, moment(k.ExpectedAt), last, k.Reference, note})
	}
	if len(list) == 1 && len(list[0].Scans) > 0 {
		scans := table{head: []string{"AT", "STATE", "PLACE", "WHAT"}}
		for _, s := range list[0].Scans {
			what := s.Text
			if s.Reason != "" {
				what += " (" + s.Reason + ")"
			}
			scans.rows = append(scans.rows, []string{moment(&s.At), s.Status, s.Place, what})
		}
		t.more = &scans
	}
	return t
}

func newest(scans []client.Sighting) client.Sighting {
	last := scans[0]
	for _, s := range scans {
		if s.At.After(last.At) {
			last = s
		}
	}
	return last
}
