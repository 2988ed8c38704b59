package main

import (
	"fmt"
	"strconv"
	"strings"

	"waybill/app"
)

type statsCmd struct {
	By      []string `help:"What to count by: booking, transit, carrier, service, location, account, ship_date." enum:"booking,transit,carrier,service,location,account,ship_date" default:"booking,transit" placeholder:"FIELD"`
	From    string   `help:"First ship date." placeholder:"DAY"`
	To      string   `help:"Last ship date." placeholder:"DAY"`
	Recount bool     `help:"Count the shipments of all accounts themselves, and tell which counters are off."`
	Mend    bool     `help:"Recount, and put right the counters that are off. Safe beside everything else."`
}

// Run shows the counters, or checks them.
func (a statsCmd) Run(c *cli) error {
	if a.Mend {
		return ask(c, "stats.mend", struct{}{}, toldMended)
	}
	if a.Recount {
		var off []app.Tally
		err := ask(c, "stats.recount", struct{}{}, func(list []app.Tally) table {
			off = list
			return toldOff(list)
		})
		if err == nil && len(off) > 0 {
			err = fmt.Errorf("%d counters are off", len(off))
		}
		return err
	}
	name, err := c.serverName()
	if err != nil {
		return err
	}
	if name != localServer {
		return a.elsewhere(c)
	}
	in := app.CountShipments{From: a.From, To: a.To}
	for _, field := range a.By {
		in.By = append(in.By, app.StatsField(field))
	}
	return ask(c, "stats", in, func(s app.ShipmentStats) table {
		t := table{text: fmt.Sprintf("%d shipments", s.Total)}
		for _, field := range a.By {
			t.head = append(t.head, strings.ToUpper(strings.ReplaceAll(field, "_", " ")))
		}
		t.head = append(t.head, "SHIPMENTS")
		for _, g := range s.Groups {
			var row []string
			for _, field := range a.By {
				row = append(row, map[string]string{
					"booking": string(g.Booking), "transit": string(g.Transit), "carrier": g.Carrier, "service": g.Service,
					"location": g.Location, "account": g.Name, "ship_date": g.Day,
				}[field])
			}
			t.rows = append(t.rows, append(row, strconv.FormatInt(g.Count, 10)))
		}
		return t
	})
}

func toldMended(list []app.Tally) table {
	t := toldOff(list)
	if len(list) > 0 {
		t.text = fmt.Sprintf("%d counters were off, and are put right", len(list))
	}
	return t
}

func toldOff(list []app.Tally) table {
	if len(list) == 0 {
		return table{text: "every counter is what counting finds"}
	}
	t := table{head: []string{"ACCOUNT", "SHIP DATE", "BOOKING", "TRANSIT", "CARRIER", "SERVICE", "LOCATION", "OFF BY"}}
	for _, k := range list {
		day := k.Day
		if day == "" {
			day = "all"
		}
		t.rows = append(t.rows, []string{string(k.Account), day, string(k.Booking), string(k.Transit), k.Carrier, k.Service, k.Location, fmt.Sprintf("%+d", k.Count)})
	}
	return t
}
