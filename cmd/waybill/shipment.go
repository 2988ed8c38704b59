package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

type purchaseCmd struct {
	List   purchaseList   `cmd:"" help:"List purchases whose end is not known, or in any state."`
	Decide purchaseDecide `cmd:"" help:"Say how a stuck purchase ended."`
}

type purchaseList struct {
	State []string `help:"States: intent, unsure, stuck, bought, refused, voiding, voided, orphan." default:"unsure,stuck"`
}

// Run lists purchases.
func (a purchaseList) Run(c *cli) error {
	in := app.ListPurchasesIn{}
	for _, s := range a.State {
		in.States = append(in.States, waybill.PurchaseState(s))
	}
	return ask(c, "purchase.list", in, func(all []waybill.Purchase) table {
		t := table{head: []string{"PURCHASE", "SHIPMENT", "STATE", "SERVICE", "KEY AT THE CARRIER", "TRIES", "SINCE", "ERROR"}}
		for _, p := range all {
			t.rows = append(t.rows, []string{
				string(p.ID), string(p.Shipment), string(p.State), p.Service, p.Key, fmt.Sprint(p.Tries), p.Created.Format(time.RFC3339), p.Error,
			})
		}
		return t
	})
}

type purchaseDecide struct {
	ID        string   `arg:"" help:"Purchase."`
	Bought    []string `help:"It went through: its tracking numbers, one a parcel." xor:"end" required:""`
	Refused   bool     `help:"It did not go through." xor:"end" required:""`
	CarrierID string   `help:"The carrier's id of the shipment; default: the first tracking number."`
}

// Run decides a purchase.
func (a purchaseDecide) Run(c *cli) error {
	in := app.Decide{Purchase: waybill.ID(a.ID), Bought: !a.Refused, Numbers: a.Bought, CarrierID: a.CarrierID}
	return ask(c, "purchase.decide", in, shown)
}

type shipmentCmd struct {
	List    shipmentList    `cmd:"" help:"List shipments, newest first."`
	Get     shipmentGet     `cmd:"" help:"Show a shipment."`
	History shipmentHistory `cmd:"" help:"Show what happened to a shipment."`
	Why     shipmentWhy     `cmd:"" help:"Tell why a shipment goes the way it goes."`
	Label   shipmentLabel   `cmd:"" help:"Write a shipment's labels to a file."`
	Track   shipmentTrack   `cmd:"" help:"Ask the carrier now."`
	Cancel  shipmentCancel  `cmd:"" help:"Cancel a shipment."`
	Retry   shipmentRetry   `cmd:"" help:"Place a shipment again."`
}

// one names a shipment.
type one struct {
	Reference string `arg:"" help:"Reference of the shipment."`
}

func (o one) ref() app.Ref { return app.Ref{Reference: o.Reference} }

// shown is a shipment on a page.
func shown(s waybill.Shipment) table {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-12s %s\n", name, value)
		}
	}
	line("reference", s.Reference)
	line("id", string(s.ID))
	line("booking", string(s.Booking))
	line("transit", string(s.Transit))
	if s.Provider != nil {
		line("carrier", s.Provider.DisplayName+" "+s.Provider.ServiceName)
	}
	line("tracking", s.Tracking)
	if s.Sold.Currency != "" {
		line("price", s.Sold.String())
	}
	line("to", strings.Join(append(append([]string{s.To.Contact.FullName()}, s.To.Address.Lines()...), s.To.Address.Postcode+" "+s.To.Address.City, s.To.Address.Country), ", "))
	if s.Failure != nil {
		line("failure", s.Failure.Message)
	}
	for _, n := range s.Notices {
		line("notice", n)
	}
	return table{text: strings.TrimRight(b.String(), "\n")}
}

type shipmentGet struct{ one }

// Run shows a shipment.
func (a shipmentGet) Run(c *cli) error {
	return ask(c, "shipment.get", app.GetShipment{Ref: a.ref()}, shown)
}

type shipmentHistory struct{ one }

// Run shows the history.
func (a shipmentHistory) Run(c *cli) error {
	return ask(c, "shipment.history", app.GetShipment{Ref: a.ref()}, func(h app.ShipmentHistory) table {
		t := table{head: []string{"AT", "WHAT", "WHO", "STATE", "DETAIL"}}
		for _, e := range h.Events {
			state := string(e.Facts.Booking)
			if e.Kind == waybill.ShipmentTracked {
				state = string(e.Facts.Transit)
			}
			detail := strings.TrimSpace(strings.Join([]string{e.Facts.Carrier, e.Facts.Service, e.Facts.Tracking, e.Facts.Message}, " "))
			t.rows = append(t.rows, []string{e.At.Format(time.RFC3339), string(e.Kind), e.Actor, state, detail})
		}
		return t
	})
}

type shipmentWhy struct{ one }

// Run explains the decision.
func (a shipmentWhy) Run(c *cli) error {
	return ask(c, "shipment.why", app.GetShipment{Ref: a.ref()}, func(lines []string) table { return table{text: strings.Join(lines, "\n")} })
}

type shipmentLabel struct {
	one
	Out    string `help:"File to write; default: REFERENCE.FORMAT." type:"path"`
	Format string `help:"Format." enum:"pdf,png,zpl" default:"pdf"`
	DPI    int    `help:"Print head." enum:"203,300" default:"203"`
}

// Run writes the labels.
func (a shipmentLabel) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var file app.LabelFile
		in := app.GetLabel{Ref: a.ref(), Format: waybill.LabelFormat(a.Format), DPI: a.DPI, Returns: true, Printed: true}
		if err := desk.Do(ctx, c.Account, "shipment.label", in, &file); err != nil {
			return err
		}
		if a.Out == "" {
			a.Out = strings.NewReplacer("/", "_", "\\", "_").Replace(a.Reference) + "." + a.Format
		}
		if err := os.WriteFile(a.Out, file.Data, 0o600); err != nil {
			return err
		}
		fmt.Println(a.Out)
		return nil
	})
}

type shipmentTrack struct{ one }

// Run asks the carrier.
func (a shipmentTrack) Run(c *cli) error {
	return ask(c, "shipment.track", app.GetShipment{Ref: a.ref()}, shown)
}

type shipmentCancel struct{ one }

// Run cancels.
func (a shipmentCancel) Run(c *cli) error {
	return ask(c, "shipment.cancel", app.CancelShipment{Ref: a.ref()}, shown)
}

type shipmentRetry struct{ one }

// Run retries.
func (a shipmentRetry) Run(c *cli) error {
	return ask(c, "shipment.retry", app.RetryShipment{Ref: a.ref()}, shown)
}

type scanCmd struct {
	Number string    `arg:"" help:"What the scanner read; with a status, a tracking number."`
	Status string    `arg:"" optional:"" help:"What happened, of a parcel of your own drivers: picked_up, in_transit, at_depot, out_for_delivery, delivered, attempt_failed, returned…"`
	Text   string    `help:"In words."`
	Place  string    `help:"Where."`
	Reason string    `help:"Why an attempt failed."`
	Code   string    `help:"A code for it that an API knows, such as a failure reason of Peddler (601)."`
	To     string    `help:"Who took it."`
	At     time.Time `help:"When; default: now." placeholder:"2026-11-21T10:00:00Z"`
}

// Run tells what a text stands for, or notes a scan. That needs no server.
func (a scanCmd) Run(c *cli) error {
	if a.Status == "" {
		return scanText(c, a.Number)
	}
	name, err := c.serverName()
	if err != nil {
		return err
	}
	if name != localServer {
		return a.note(c)
	}
	in := app.RecordScan{Number: a.Number, Scan: waybill.Scan{
		At: a.At, Status: waybill.Transit(a.Status), Text: a.Text, Place: a.Place, Reason: a.Reason, Code: a.Code, Recipient: a.To,
	}}
	return ask(c, "scan", in, shown)
}
