package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill"
	"waybill/client"
)

type pickupsCmd struct {
	List   pickupsList   `cmd:"" default:"withargs" help:"List pickups, newest first."`
	Book   pickupsBook   `cmd:"" help:"Ask a carrier to come to a location."`
	Cancel pickupsCancel `cmd:"" help:"Call pickups off."`
	Decide pickupsDecide `cmd:"" help:"Say what became of a pickup that the carrier never answered."`
}

type pickupsList struct {
	Location   string   `help:"Only of this location." placeholder:"ID"`
	Connection string   `help:"Only of this connection." placeholder:"ID"`
	State      []string `help:"Only those that are: requested, confirmed, cancelled, failed, unsure." placeholder:"STATE"`
	Limit      int64    `help:"How many at most." default:"50"`
}

// Run lists pickups.
func (p pickupsList) Run(c *cli) error {
	params := client.ListPickupsParams{Location: p.Location, Connection: p.Connection, State: p.State, Limit: p.Limit}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListPickupOut, error) {
		return api.ListPickups(ctx, params, opt)
	}, func(list *client.ListPickupOut) table { return visits(list.Items...) })
}

// visits are pickups on the clocks of their locations, as the server writes the times.
func visits(list ...client.PickupOut) table {
	t := table{head: []string{"PICKUP", "STATE", "LOCATION", "CONNECTION", "DAY", "READY", "CLOSE", "PARCELS", "AT THE CARRIER", "NOTE"}}
	for _, p := range list {
		note := ""
		if p.Failure != nil {
			note = p.Failure.Message
		}
		t.rows = append(t.rows, []string{
			p.ID, p.State, p.Location, p.Connection, p.Day, p.Ready.Format("15:04"), p.Close.Format("15:04"), fmt.Sprint(p.Parcels), p.CarrierID, note,
		})
	}
	return t
}

type pickupsBook struct {
	Location   string   `arg:"" help:"External id."`
	Connection string   `arg:"" help:"External id of the connection whose carrier comes."`
	Day        string   `help:"YYYY-MM-DD." required:"" placeholder:"DAY"`
	Ready      string   `help:"When the parcels are ready, on the location's own clock." default:"12:00" placeholder:"HH:MM"`
	Close      string   `help:"When the location closes." default:"17:00" placeholder:"HH:MM"`
	Parcels    int64    `help:"How many." default:"1"`
	Weight     string   `help:"Of all together, in kilograms." placeholder:"KG"`
	Service    []string `help:"Code of a service that they travel by." placeholder:"CODE"`
	Key        string   `help:"Name of the request: told twice, the carrier is asked once." placeholder:"TEXT"`
}

// Run asks the carrier.
func (p pickupsBook) Run(c *cli) error {
	body := client.PickupIn{Location: p.Location, Connection: p.Connection, Parcels: p.Parcels, Services: p.Service}
	if p.Weight != "" {
		if _, err := waybill.ParseDecimal(p.Weight); err != nil {
			return fmt.Errorf("%q is no weight", p.Weight)
		}
		body.Weight = &client.Weight{Value: json.Number(p.Weight), Unit: string(waybill.Kilogram)}
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.PickupOut, error) {
		location, err := api.GetLocation(ctx, p.Location)
		if err != nil {
			return nil, err
		}
		for _, t := range []struct {
			to    *time.Time
			clock string
		}{{&body.Ready, p.Ready}, {&body.Close, p.Close}} {
			if *t.to, err = onTheClock(location.TimeZone, p.Day, t.clock); err != nil {
				return nil, err
			}
		}
		return api.BookPickup(ctx, body, opt, client.WithKey(p.Key))
	}, func(out *client.PickupOut) table { return visits(*out) })
}

// onTheClock is the time at which the clock of a place shows this.
func onTheClock(zone, day, clock string) (time.Time, error) {
	place, err := waybill.Zone(zone)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, place)
	if err != nil {
		return at, fmt.Errorf("%s %s is no day and time: write 2027-01-11 and 13:00", day, clock)
	}
	return at, nil
}

type pickupsCancel struct {
	ID []string `arg:"" help:"Ids of pickups."`
}

// Run calls them off.
func (p pickupsCancel) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var items []json.RawMessage
		var done []client.PickupOut
		failed := each(p.ID, func(id string) error {
			var a client.Answer
			out, err := api.CancelPickup(ctx, id, client.Into(&a))
			if err == nil {
				items, done = append(items, a.Body), append(done, *out)
			}
			return err
		})
		if len(done) == 0 && failed != nil {
			return failed
		}
		return errors.Join(c.list(items, visits(done...)), failed)
	})
}

type pickupsDecide struct {
	ID        string `arg:"" help:"Pickup."`
	Confirmed bool   `help:"The carrier comes." xor:"end" required:""`
	Failed    bool   `help:"It does not." xor:"end" required:""`
	CarrierID string `help:"The carrier's number of the visit." name:"number" placeholder:"TEXT"`
}

// Run settles it.
func (p pickupsDecide) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.PickupOut, error) {
		return api.DecidePickup(ctx, p.ID, client.DecidePickupBody{Confirmed: p.Confirmed, CarrierID: p.CarrierID}, opt)
	}, func(out *client.PickupOut) table { return visits(*out) })
}
