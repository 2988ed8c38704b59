package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/client"
)

type pickupsCmd struct {
	List   pickupsList   `cmd:"" default:"1" help:"List pickups, newest first."`
	Book   pickupsBook   `cmd:"" help:"Ask a carrier to come to a location."`
	Cancel pickupsCancel `cmd:"" help:"Call pickups off."`
}

type pickupsList struct {
	State []string `help:"Only those that are: requested, confirmed, cancelled, failed, unsure." placeholder:"STATE"`
	Limit int64    `help:"How many at most." default:"50"`
}

// Run lists pickups.
func (p pickupsList) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListPickupOut, error) {
		return api.ListPickups(ctx, client.ListPickupsParams{State: p.State, Limit: p.Limit}, opt)
	}, func(list *client.ListPickupOut) table { return visits(list.Items...) })
}

func visits(list ...client.PickupOut) table {
	t := table{head: []string{"PICKUP", "STATE", "LOCATION", "CONNECTION", "READY", "CLOSE", "PARCELS", "AT THE CARRIER", "NOTE"}}
	for _, p := range list {
		note := ""
		if p.Failure != nil {
			note = p.Failure.Message
		}
		t.rows = append(t.rows, []string{
			p.ID, p.State, p.Location, p.Connection, moment(&p.Ready), moment(&p.Close), fmt.Sprint(p.Parcels), p.CarrierID, note,
		})
	}
	return t
}

type pickupsBook struct {
	Location   string    `arg:"" help:"External id."`
	Connection string    `arg:"" help:"External id of the connection whose carrier comes."`
	Ready      time.Time `help:"When the parcels are ready." required:"" placeholder:"2026-11-23T12:00:00Z"`
	Close      time.Time `help:"When the location closes." required:"" placeholder:"2026-11-23T17:00:00Z"`
	Parcels    int64     `help:"How many." default:"1"`
	Service    []string  `help:"Code of a service that they travel by." placeholder:"CODE"`
	Key        string    `help:"Name of the request: told twice, the carrier is asked once." placeholder:"TEXT"`
}

// Run asks the carrier.
func (p pickupsBook) Run(c *cli) error {
	body := client.PickupIn{Location: p.Location, Connection: p.Connection, Ready: p.Ready, Close: p.Close, Parcels: p.Parcels, Services: p.Service}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.PickupOut, error) {
		return api.BookPickup(ctx, body, opt, client.WithKey(p.Key))
	}, func(out *client.PickupOut) table { return visits(*out) })
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
