package main

import (
	"context"
	"fmt"

	"waybill/client"
)

type rateCmd struct {
	Stored string     `arg:"" optional:"" name:"reference" help:"A stored shipment; else say it in flags or a file."`
	File   string     `help:"The order as JSON or CSV; - for standard input." placeholder:"FILE"`
	Order  orderFlags `embed:""`
}

// Run asks what it would cost.
func (r rateCmd) Run(c *cli) error {
	body, err := r.body()
	if err != nil {
		return err
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.RatesOut, error) {
		return api.RateShipment(ctx, body, opt)
	}, offers)
}

func (r rateCmd) body() (client.RatesInBody, error) {
	if r.Stored != "" {
		return client.RatesInBody{ShipmentID: r.Stored, Location: r.Order.From}, nil
	}
	if r.File == "" && !r.Order.given() {
		return client.RatesInBody{}, errUsage("say what is to be shipped: in flags, in a file (--file), or the reference of a shipment")
	}
	row := orderRow{}
	if r.File != "" {
		rows, err := readOrders(r.File)
		if err != nil {
			return client.RatesInBody{}, err
		}
		if len(rows) != 1 {
			return client.RatesInBody{}, errUsage("rates are asked for one order at a time")
		}
		row = rows[0]
	} else {
		row.order, row.err = r.Order.order()
	}
	if row.err != nil {
		return client.RatesInBody{}, row.err
	}
	order, err := orderOf(row.order)
	return client.RatesInBody{Shipment: order}, err
}

// offers are the rates, the best first, and why the others cannot be had.
func offers(out *client.RatesOut) table {
	t := table{head: []string{"RATE", "CARRIER", "SERVICE", "PRICE", "DAYS", "PROMISED", "GOOD UNTIL", "MODE"}}
	for _, k := range out.Rates {
		days := ""
		if k.TransitDays > 0 {
			days = fmt.Sprint(k.TransitDays)
		}
		t.rows = append(t.rows, []string{k.Connection + "/" + k.Service, k.Name, k.ServiceName, price(&k.Price), days, moment(k.PromisedAt), moment(k.ExpiresAt), k.Mode})
	}
	refused := table{head: []string{"NOT POSSIBLE", "WHY"}}
	for _, k := range out.Rejected {
		refused.rows = append(refused.rows, []string{k.Connection + "/" + k.Service, k.Rejected})
	}
	for _, m := range out.Missing {
		name := m.Connection
		if m.Service != "" {
			name += "/" + m.Service
		}
		refused.rows = append(refused.rows, []string{name, m.Reason})
	}
	if len(refused.rows) > 0 {
		t.more = &refused
	}
	return t
}
