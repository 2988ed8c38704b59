package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"waybill/client"
)

type statsCmd struct {
	By   []string `help:"What to count by: booking, transit, carrier, service, location, account, ship_date." enum:"booking,transit,carrier,service,location,account,ship_date" default:"booking,transit" placeholder:"FIELD"`
	From string   `help:"First ship date." placeholder:"DAY"`
	To   string   `help:"Last ship date." placeholder:"DAY"`
}

// Run shows the counters.
func (a statsCmd) Run(c *cli) error {
	params := client.CountShipmentsParams{GroupBy: a.By, From: a.From, To: a.To}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.StatsOut, error) {
		return api.CountShipments(ctx, params, opt)
	}, func(s *client.StatsOut) table {
		t := table{text: fmt.Sprintf("%d shipments", s.Total)}
		for _, field := range a.By {
			t.head = append(t.head, strings.ToUpper(strings.ReplaceAll(field, "_", " ")))
		}
		t.head = append(t.head, "SHIPMENTS")
		for _, g := range s.Groups {
			account := ""
			if g.Account != nil {
				account = g.Account.Name
			}
			var row []string
			for _, field := range a.By {
				row = append(row, map[string]string{
					"booking": g.Booking, "transit": g.Transit, "carrier": g.Carrier, "service": g.Service, "location": g.Location,
					"account": account, "ship_date": g.ShipDate,
				}[field])
			}
			t.rows = append(t.rows, append(row, strconv.FormatInt(g.Count, 10)))
		}
		return t
	})
}
