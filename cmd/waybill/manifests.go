package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"waybill/client"
)

type manifestsCmd struct {
	List     manifestsList     `cmd:"" default:"1" help:"List manifests, newest first."`
	Due      manifestsDue      `cmd:"" help:"Show what is booked and on no manifest."`
	Plan     manifestsPlan     `cmd:"" help:"Show what can go on a manifest, and why the rest cannot."`
	Close    manifestsClose    `cmd:"" help:"Have a carrier take parcels over. It is told once."`
	Document manifestsDocument `cmd:"" help:"Write the carrier's paper of a manifest to a file."`
}

type manifestsList struct {
	Location   string   `help:"Only of this location." placeholder:"ID"`
	Connection string   `help:"Only of this connection." placeholder:"ID"`
	Day        string   `help:"Only of this ship date." placeholder:"DAY"`
	State      []string `help:"Only in this state: requested, closed, refused, unsure, stuck." placeholder:"STATE"`
	Limit      int64    `help:"How many at most." default:"50"`
}

// Run lists manifests.
func (a manifestsList) Run(c *cli) error {
	in := client.ListManifestsParams{Location: a.Location, Connection: a.Connection, ShipDate: a.Day, State: a.State, Limit: a.Limit}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListManifestOut, error) {
		return api.ListManifests(ctx, in, opt)
	}, func(list *client.ListManifestOut) table { return handovers(list.Items...) })
}

func handovers(list ...client.ManifestOut) table {
	t := table{head: []string{"MANIFEST", "DAY", "LOCATION", "CONNECTION", "SHIPMENTS", "PARCELS", "STATE", "AT THE CARRIER", "NOTE"}}
	for _, m := range list {
		note := ""
		if m.Failure != nil {
			note = m.Failure.Message
		}
		t.rows = append(t.rows, []string{
			m.ID, m.ShipDate, m.Location, m.Connection, fmt.Sprint(m.Shipments), fmt.Sprint(m.Parcels), m.State, m.CarrierID, note,
		})
	}
	return t
}

type manifestsDue struct{}

// Run lists what waits.
func (manifestsDue) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListDueOut, error) {
		return api.ListDueManifests(ctx, opt)
	}, func(list *client.ListDueOut) table {
		t := table{head: []string{"DAY", "LOCATION", "CONNECTION", "SHIPMENTS", "PARCELS", "CUT-OFF"}}
		for _, d := range list.Items {
			end := moment(d.CutoffAt)
			if d.Late {
				end += " (over)"
			}
			t.rows = append(t.rows, []string{d.ShipDate, d.Location, d.Connection, fmt.Sprint(d.Shipments), fmt.Sprint(d.Parcels), end})
		}
		return t
	})
}

type manifestsPlan struct{ manifestScope }

// Run tells what would happen.
func (a manifestsPlan) Run(c *cli) error {
	in := client.PlanManifestParams{Location: a.Location, Connection: a.Connection, ShipDate: a.Day, Earlier: &a.Earlier, Shipment: a.Shipment}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ManifestPlan, error) {
		return api.PlanManifest(ctx, in, opt)
	}, func(p *client.ManifestPlan) table {
		t := table{head: []string{"SHIPMENT", "REFERENCE", "GOES"}}
		for _, l := range p.Eligible {
			t.rows = append(t.rows, []string{l.ShipmentID, l.Reference, "yes"})
		}
		for _, r := range p.Excluded {
			t.rows = append(t.rows, []string{r.ShipmentID, r.Reference, "no: " + r.Message})
		}
		return t
	})
}

type manifestsClose struct {
	manifestScope
	Key string `help:"Name of the request: told twice, the carrier is told once." placeholder:"TEXT"`
}

// Run tells the carrier.
func (a manifestsClose) Run(c *cli) error {
	body := client.ManifestIn{Location: a.Location, Connection: a.Connection, ShipDate: a.Day, Earlier: a.Earlier, Shipments: a.Shipment}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ManifestOut, error) {
		return api.CloseManifest(ctx, body, opt, client.WithKey(a.Key))
	}, func(out *client.ManifestOut) table { return handovers(*out) })
}

type manifestsDocument struct {
	ID  string `arg:"" help:"Manifest."`
	Out string `short:"o" help:"File to write (default: ID.pdf)." placeholder:"FILE"`
}

// Run writes the paper.
func (a manifestsDocument) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		file, err := api.GetManifestDocument(ctx, a.ID)
		if err != nil {
			return err
		}
		path := cmp.Or(a.Out, fileName(a.ID)+".pdf")
		if err := os.WriteFile(path, file.Data, 0o600); err != nil {
			return err
		}
		return c.print(map[string]string{"file": path}, table{text: path})
	})
}
