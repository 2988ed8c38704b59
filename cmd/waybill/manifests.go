package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"waybill/client"
)

type manifestsCmd struct {
	List     manifestsList     `cmd:"" default:"withargs" help:"List manifests, newest first."`
	Due      manifestsDue      `cmd:"" help:"Show what is booked and on no manifest."`
	Plan     manifestsPlan     `cmd:"" help:"Show what can go on a manifest, and why the rest cannot."`
	Close    manifestsClose    `cmd:"" help:"Have a carrier take parcels over. It is told once."`
	Show     manifestsShow     `cmd:"" help:"Show what is on a manifest."`
	Document manifestsDocument `cmd:"" help:"Write the carrier's paper of a manifest to a file."`
	Decide   manifestsDecide   `cmd:"" help:"Say what became of a manifest that the carrier never answered."`
}

// manifestScope is what a manifest is of.
type manifestScope struct {
	Location   string   `arg:"" help:"External id."`
	Connection string   `arg:"" help:"External id of the connection whose carrier takes them."`
	Day        string   `help:"They leave, YYYY-MM-DD; left out: today." placeholder:"DAY"`
	Earlier    bool     `help:"With what should have left in the week before."`
	Shipment   []string `help:"Only these: references or ids." placeholder:"REF"`
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
		return api.ListDueManifests(ctx, client.ListDueManifestsParams{}, opt)
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

type manifestsShow struct {
	ID string `arg:"" help:"Manifest."`
}

// Run lists what is on it, part by part.
func (a manifestsShow) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		t := table{head: []string{"SHIPMENT", "REFERENCE", "TRACKING", "SERVICE", "PARCELS", "NOTE"}}
		var lines []client.ManifestLine
		params := client.ListManifestShipmentsParams{Limit: 100}
		for {
			part, err := api.ListManifestShipments(ctx, a.ID, params)
			if err != nil {
				return err
			}
			lines = append(lines, part.Items...)
			if params.Cursor = part.NextCursor; params.Cursor == "" {
				break
			}
		}
		for _, l := range lines {
			note := ""
			if l.Cancelled {
				note = "cancelled since"
			}
			t.rows = append(t.rows, []string{l.ShipmentID, l.Reference, l.TrackingNumber, l.Service, fmt.Sprint(l.Parcels), note})
		}
		return c.print(lines, t)
	})
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

type manifestsDecide struct {
	ID        string `arg:"" help:"Manifest."`
	Closed    bool   `help:"The carrier has it." xor:"end" required:""`
	Refused   bool   `help:"It has not." xor:"end" required:""`
	CarrierID string `help:"The carrier's number of it." name:"number" placeholder:"TEXT"`
}

// Run settles it.
func (a manifestsDecide) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ManifestOut, error) {
		return api.DecideManifest(ctx, a.ID, client.DecideManifestBody{Closed: a.Closed, CarrierID: a.CarrierID}, opt)
	}, func(out *client.ManifestOut) table { return handovers(*out) })
}
