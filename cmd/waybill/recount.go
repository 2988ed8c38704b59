package main

import (
	"fmt"

	"waybill/app"
)

type recountCmd struct {
	Mend bool `help:"Put right the counters that are off. Safe beside everything else."`
}

// Run checks the counters of all accounts, or puts them right.
func (a recountCmd) Run(c *cli) error {
	if a.Mend {
		return ask(c, "stats.mend", struct{}{}, toldMended)
	}
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
