package main

import (
	"context"
	"fmt"

	"waybill/client"
)

type purchasesCmd struct {
	List   purchasesList   `cmd:"" default:"withargs" help:"List purchases that wait to be settled, or in any state."`
	Show   purchasesShow   `cmd:"" help:"Show a purchase."`
	Decide purchasesDecide `cmd:"" help:"Say how a purchase ended that nobody knows the end of."`
}

type purchasesList struct {
	State []string `help:"Only in these: intent, unsure, stuck, bought, refused, voiding, voided, orphan (default: unsure, stuck and orphan)." placeholder:"STATE"`
	part
}

// Run lists purchases.
func (a purchasesList) Run(c *cli) error {
	params := client.ListPurchasesParams{State: a.State, Limit: a.Limit, Cursor: a.After}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListPendingOut, error) {
		return api.ListPurchases(ctx, params, opt)
	}, func(list *client.ListPendingOut) table { return attempts(list.Items...).continued(list.NextCursor) })
}

// attempts are purchases, a line each.
func attempts(list ...client.PendingOut) table {
	t := table{head: []string{"PURCHASE", "SHIPMENT", "STATE", "SERVICE", "KEY AT THE CARRIER", "TRIES", "SINCE", "NOTE"}}
	for _, p := range list {
		t.rows = append(t.rows, []string{p.ID, p.ShipmentID, p.State, p.Service, p.Key, fmt.Sprint(p.Tries), moment(&p.CreatedAt), p.Message})
	}
	return t
}

type purchasesShow struct {
	ID string `arg:"" help:"Purchase."`
}

// Run shows a purchase.
func (a purchasesShow) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.PendingOut, error) {
		return api.GetPurchase(ctx, a.ID, opt)
	}, attempt)
}

// attempt is a purchase on a page.
func attempt(s *client.PendingOut) table {
	var p page
	p.line("id", s.ID)
	p.line("shipment", s.ShipmentID)
	p.line("return", s.ReturnID)
	p.line("state", s.State)
	p.line("service", s.Service)
	p.line("key", s.Key)
	p.line("price", price(s.Price))
	p.line("carrier id", s.CarrierID)
	for _, number := range s.TrackingNumbers {
		p.line("tracking", number)
	}
	p.line("since", moment(&s.CreatedAt))
	p.line("tries", fmt.Sprint(s.Tries))
	p.line("note", s.Message)
	p.line("next", joined(s.Actions...))
	return p.table()
}

type purchasesDecide struct {
	ID        string   `arg:"" help:"Purchase."`
	Bought    []string `help:"It went through: its tracking numbers, one a parcel." xor:"end" required:"" placeholder:"NUMBER"`
	Refused   bool     `help:"It did not go through." xor:"end" required:""`
	CarrierID string   `help:"The carrier's id of the shipment (default: the first tracking number)." placeholder:"TEXT"`
}

// Run settles it.
func (a purchasesDecide) Run(c *cli) error {
	body := client.DecideInBody{Bought: !a.Refused, TrackingNumbers: a.Bought, CarrierID: a.CarrierID}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.PendingOut, error) {
		return api.DecidePurchase(ctx, a.ID, body, opt)
	}, attempt)
}
