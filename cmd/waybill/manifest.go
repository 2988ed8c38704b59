package main

import (
	"context"
	"fmt"
	"os"

	"waybill"
	"waybill/app"
)

type manifestCmd struct {
	Due      manifestDue      `cmd:"" help:"Show what is booked and on no manifest."`
	Plan     manifestPlan     `cmd:"" help:"Show what can go on a manifest, and why the rest cannot."`
	Close    manifestClose    `cmd:"" help:"Have a carrier take parcels over. It is told once."`
	List     manifestList     `cmd:"" help:"List manifests, newest first."`
	Show     manifestShow     `cmd:"" help:"Show what is on a manifest."`
	Document manifestDocument `cmd:"" help:"Write the carrier's paper of a manifest to a file."`
	Decide   manifestDecide   `cmd:"" help:"Say what became of a manifest that the carrier never answered."`
}

// manifestScope is what a manifest is of.
type manifestScope struct {
	Location   string   `arg:"" help:"External id."`
	Connection string   `arg:"" help:"External id of the connection whose carrier takes them."`
	Day        string   `help:"They leave, YYYY-MM-DD; left out: today." placeholder:"DAY"`
	Earlier    bool     `help:"With what should have left in the week before."`
	Shipment   []string `help:"Only these: references." placeholder:"REF"`
}

func (a manifestScope) domain() app.ManifestScope {
	in := app.ManifestScope{Location: a.Location, Connection: a.Connection, Day: a.Day, Earlier: a.Earlier}
	for _, reference := range a.Shipment {
		in.Shipments = append(in.Shipments, app.Ref{Reference: reference})
	}
	return in
}

type manifestDue struct{}

// Run lists what waits.
func (manifestDue) Run(c *cli) error {
	return ask(c, "manifest.due", struct{}{}, func(all []app.DueManifest) table {
		t := table{head: []string{"DAY", "LOCATION", "CONNECTION", "SHIPMENTS", "PARCELS", "CUT-OFF"}}
		for _, d := range all {
			closes := ""
			if d.Cutoff != nil {
				closes = d.Cutoff.Format("15:04 MST")
			}
			if d.Late {
				closes += " (over)"
			}
			t.rows = append(t.rows, []string{d.Day, d.LocationKey, d.ConnectionKey, fmt.Sprint(d.Shipments), fmt.Sprint(d.Parcels), closes})
		}
		return t
	})
}

type manifestPlan struct{ manifestScope }

// Run tells what would happen.
func (a manifestPlan) Run(c *cli) error {
	return ask(c, "manifest.plan", a.domain(), func(p app.ManifestPlan) table {
		t := table{head: []string{"SHIPMENT", "REFERENCE", "GOES"}}
		for _, l := range p.Lines {
			t.rows = append(t.rows, []string{string(l.Shipment), l.Reference, "yes"})
		}
		for _, r := range p.Rest {
			t.rows = append(t.rows, []string{string(r.Shipment), r.Reference, "no: " + r.Message})
		}
		return t
	})
}

type manifestClose struct {
	manifestScope
	Key string `help:"Name of the request: told twice, the carrier is told once."`
}

// Run tells the carrier.
func (a manifestClose) Run(c *cli) error {
	in := app.CloseManifest{ManifestScope: a.domain(), Key: a.Key}
	if a.Key != "" {
		in.Hash = fmt.Sprint(in.ManifestScope)
	}
	return ask(c, "manifest.close", in, toldManifest)
}

// toldManifest says how a manifest stands.
func toldManifest(m waybill.Manifest) table {
	text := fmt.Sprintf("manifest %s of %s for %s is %s; shipments: %d, parcels: %d", m.ID, m.LocationKey, m.Day, m.State, m.Shipments, m.Parcels)
	if m.CarrierID != "" {
		text += "; " + m.Provider.DisplayName + " knows it as " + m.CarrierID
	}
	if m.Error != "" {
		text += ": " + m.Error
	}
	return table{text: text}
}

type manifestList struct {
	Location   string   `help:"Only of this location." placeholder:"ID"`
	Connection string   `help:"Only of this connection." placeholder:"ID"`
	Day        string   `help:"Only of this ship date." placeholder:"DAY"`
	State      []string `help:"Only in this state: requested, closed, refused, unsure, stuck." placeholder:"STATE"`
	Limit      int      `help:"So many." default:"50"`
}

// Run lists manifests.
func (a manifestList) Run(c *cli) error {
	in := app.ListManifests{Location: a.Location, Connection: a.Connection, Day: a.Day, Page: app.Page{Limit: a.Limit}}
	for _, state := range a.State {
		in.States = append(in.States, waybill.ManifestState(state))
	}
	return ask(c, "manifest.list", in, func(out app.ManifestSlice) table {
		t := table{head: []string{"MANIFEST", "DAY", "LOCATION", "CARRIER", "SHIPMENTS", "PARCELS", "STATE", "NUMBER"}}
		for _, m := range out.Items {
			t.rows = append(t.rows, []string{
				string(m.ID), m.Day, m.LocationKey, m.Provider.DisplayName, fmt.Sprint(m.Shipments), fmt.Sprint(m.Parcels), string(m.State), m.CarrierID,
			})
		}
		return t
	})
}

type manifestShow struct {
	ID string `arg:"" help:"Manifest."`
}

// Run lists what is on it.
func (a manifestShow) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		in := app.ManifestShipments{ID: waybill.ID(a.ID), Limit: 1000}
		var lines []app.ManifestLine
		for {
			var part app.ManifestLines
			if err := desk.Do(ctx, c.Account, "manifest.shipments", in, &part); err != nil {
				return err
			}
			if lines = append(lines, part.Items...); part.Next == "" {
				break
			}
			in.After = waybill.ID(part.Next)
		}
		t := table{head: []string{"SHIPMENT", "REFERENCE", "TRACKING", "SERVICE", "PARCELS", "STATE"}}
		for _, l := range lines {
			t.rows = append(t.rows, []string{string(l.Shipment), l.Reference, l.Tracking, l.Service, fmt.Sprint(l.Parcels), string(l.State)})
		}
		return c.print(lines, t)
	})
}

type manifestDocument struct {
	ID  string `arg:"" help:"Manifest."`
	Out string `help:"File to write." default:"manifest.pdf" placeholder:"FILE"`
}

// Run writes the paper.
func (a manifestDocument) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var file app.LabelFile
		if err := desk.Do(ctx, c.Account, "manifest.document", a.ID, &file); err != nil {
			return err
		}
		if err := os.WriteFile(a.Out, file.Data, 0o600); err != nil {
			return err
		}
		return c.print(map[string]string{"file": a.Out}, table{text: "written to " + a.Out})
	})
}

type manifestDecide struct {
	ID        string `arg:"" help:"Manifest."`
	Closed    bool   `help:"The carrier has it." xor:"end" required:""`
	Refused   bool   `help:"It has not." xor:"end" required:""`
	CarrierID string `help:"The carrier's number of it." name:"number"`
}

// Run settles it.
func (a manifestDecide) Run(c *cli) error {
	return ask(c, "manifest.decide", app.DecideManifest{ID: waybill.ID(a.ID), Closed: a.Closed, CarrierID: a.CarrierID}, toldManifest)
}
