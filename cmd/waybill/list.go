package main

import (
	"fmt"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

type shipmentList struct {
	Booking  []string `help:"Only those that are: draft, held, no_provider, unsettled, booked, failed, ignored, cancelled, declared." placeholder:"STATE"`
	Location []string `help:"Only those that leave from these locations." placeholder:"ID"`
	Limit    int      `help:"How many at most." default:"50"`
}

// Run lists shipments.
func (a shipmentList) Run(c *cli) error {
	if a.Limit < 1 || a.Limit > 1000 {
		return fmt.Errorf("--limit must be from 1 to 1000")
	}
	in := app.ListShipments{Query: app.ShipmentQuery{Locations: a.Location}, Page: app.Page{Limit: a.Limit}}
	for _, state := range a.Booking {
		in.Query.Booking = append(in.Query.Booking, waybill.Booking(state))
	}
	return ask(c, "shipment.list", in, func(list app.ShipmentList) table {
		t := table{head: []string{"REFERENCE", "BOOKING", "TRANSIT", "CARRIER", "TRACKING", "TO", "CREATED"}}
		for _, s := range list.Items {
			carrier := ""
			if s.Provider != nil {
				carrier = s.Provider.DisplayName
			}
			to := strings.TrimSpace(s.To.Address.Postcode + " " + s.To.Address.Country)
			t.rows = append(t.rows, []string{
				s.Reference, string(s.Booking), string(s.Transit), carrier, s.Tracking, to, s.Created.Format(time.RFC3339),
			})
		}
		return t
	})
}
