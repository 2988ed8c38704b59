package main

import (
	"context"
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type pickupCmd struct {
	Book   pickupBook   `cmd:"" help:"Ask a carrier to come to a location. It is asked once."`
	List   pickupList   `cmd:"" help:"List pickups, newest first."`
	Cancel pickupCancel `cmd:"" help:"Call a pickup off."`
	Decide pickupDecide `cmd:"" help:"Say what became of a pickup that the carrier never answered."`
}

type pickupBook struct {
	Location   string   `arg:"" help:"External id."`
	Connection string   `arg:"" help:"External id of the connection whose carrier comes."`
	Day        string   `help:"YYYY-MM-DD." required:"" placeholder:"DAY"`
	Ready      string   `help:"When the parcels are ready, on the location's own clock." default:"12:00" placeholder:"HH:MM"`
	Close      string   `help:"When the location closes." default:"17:00" placeholder:"HH:MM"`
	Parcels    int      `help:"How many." default:"1"`
	Weight     string   `help:"Of all together, in kilograms." placeholder:"KG"`
	Service    []string `help:"Code of a service that they travel by." placeholder:"CODE"`
	Key        string   `help:"Name of the request: told twice, the carrier is asked once."`
}

// Run asks the carrier.
func (a pickupBook) Run(c *cli) error {
	in := app.BookPickup{
		Location: app.Place{ExternalID: a.Location}, Connection: a.Connection, Local: true, Parcels: a.Parcels, Services: a.Service, Key: a.Key,
	}
	for _, t := range []struct {
		to    *time.Time
		clock string
	}{{&in.Ready, a.Ready}, {&in.Close, a.Close}} {
		at, err := time.Parse("2006-01-02 15:04", a.Day+" "+t.clock)
		if err != nil {
			return fmt.Errorf("%s %s is no day and time: write 2027-01-11 and 13:00", a.Day, t.clock)
		}
		*t.to = at
	}
	if a.Weight != "" {
		kilograms, err := waybill.ParseDecimal(a.Weight)
		if err != nil {
			return fmt.Errorf("%q is no weight", a.Weight)
		}
		in.Weight = waybill.Weight{Value: kilograms, Unit: waybill.Kilogram}
	}
	if a.Key != "" {
		in.Hash = fmt.Sprint(a.Location, a.Connection, in.Ready, in.Close, a.Parcels, a.Weight, a.Service)
	}
	return ask(c, "pickup.book", in, toldPickup)
}

// toldPickup says how a pickup stands.
func toldPickup(p waybill.Pickup) table {
	text := fmt.Sprintf("pickup %s on %s is %s", p.ID, p.Day, p.State)
	if p.CarrierID != "" {
		text += "; " + p.Provider.DisplayName + " knows it as " + p.CarrierID
	}
	if p.Error != "" {
		text += ": " + p.Error
	}
	return table{text: text}
}

type pickupList struct {
	Location   string   `help:"Only of this location." placeholder:"ID"`
	Connection string   `help:"Only of this connection." placeholder:"ID"`
	State      []string `help:"Only in this state: requested, confirmed, cancelled, failed, unsure." placeholder:"STATE"`
	Limit      int      `help:"So many." default:"50"`
}

// Run lists pickups.
func (a pickupList) Run(c *cli) error {
	in := app.ListPickups{Location: a.Location, Connection: a.Connection, Page: app.Page{Limit: a.Limit}}
	for _, state := range a.State {
		in.States = append(in.States, waybill.PickupState(state))
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out app.PickupSlice
		if err := desk.Do(ctx, c.Account, "pickup.list", in, &out); err != nil {
			return err
		}
		t := table{head: []string{"PICKUP", "DAY", "READY", "CLOSE", "LOCATION", "CARRIER", "PARCELS", "STATE", "NUMBER"}}
		for _, p := range out.Items {
			ready, closes := p.Ready, p.Close
			if zone, err := waybill.Zone(p.TimeZone); err == nil {
				ready, closes = ready.In(zone), closes.In(zone)
			}
			t.rows = append(t.rows, []string{
				string(p.ID), p.Day, ready.Format("15:04"), closes.Format("15:04"), p.LocationKey, p.Provider.DisplayName, fmt.Sprint(p.Parcels), string(p.State), p.CarrierID,
			})
		}
		return c.print(out.Items, t)
	})
}

type pickupCancel struct {
	ID string `arg:"" help:"Pickup."`
}

// Run calls it off.
func (a pickupCancel) Run(c *cli) error { return ask(c, "pickup.cancel", a.ID, toldPickup) }

type pickupDecide struct {
	ID        string `arg:"" help:"Pickup."`
	Confirmed bool   `help:"The carrier comes." xor:"end" required:""`
	Failed    bool   `help:"It does not." xor:"end" required:""`
	CarrierID string `help:"The carrier's number of the visit." name:"number"`
}

// Run settles it.
func (a pickupDecide) Run(c *cli) error {
	return ask(c, "pickup.decide", app.DecidePickup{ID: waybill.ID(a.ID), Confirmed: a.Confirmed, CarrierID: a.CarrierID}, toldPickup)
}
