package main

import (
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type outageCmd struct {
	Add  outageAdd  `cmd:"" help:"Plan a time during which a connection is asked for nothing."`
	List outageList `cmd:"" help:"List the outages of a connection."`
	End  outageEnd  `cmd:"" help:"End an outage now, or take back one that has not begun."`
}

type outageAdd struct {
	ID     string    `arg:"" help:"External id of the connection."`
	From   time.Time `help:"When it begins (default: now)." placeholder:"2026-12-24T12:00:00Z"`
	Until  time.Time `required:"" help:"When it ends." placeholder:"2026-12-27T06:00:00Z"`
	Reason string    `help:"Why; decisions tell it."`
}

// Run plans the outage.
func (a outageAdd) Run(c *cli) error {
	in := app.PlanOutage{Ref: app.RecordRef{Key: a.ID}, From: a.From, Until: a.Until, Reason: a.Reason}
	return ask(c, "connection.outage", in, outages)
}

type outageList struct {
	ID string `arg:"" help:"External id of the connection."`
}

// Run lists outages, those that ended within 30 days too.
func (a outageList) Run(c *cli) error {
	return ask(c, "connection.get", app.RecordRef{Key: a.ID}, outages)
}

type outageEnd struct {
	ID     string     `arg:"" help:"External id of the connection."`
	Outage waybill.ID `arg:"" help:"Id of the outage, as list shows it."`
}

// Run ends the outage.
func (a outageEnd) Run(c *cli) error {
	return ask(c, "connection.outage.end", app.EndOutage{Ref: app.RecordRef{Key: a.ID}, ID: a.Outage}, outages)
}

func outages(v waybill.Connection) table {
	t := table{head: []string{"OUTAGE", "FROM", "UNTIL", "REASON", "BY"}}
	for _, o := range v.Outages {
		t.rows = append(t.rows, []string{string(o.ID), moment(&o.From), moment(&o.Until), o.Reason, o.Author})
	}
	return t
}

type connectionSpending struct {
	ID string `arg:"" help:"External id of the connection."`
}

// Run shows how far the limits of a connection are used up.
func (a connectionSpending) Run(c *cli) error {
	return ask(c, "connection.spending", app.RecordRef{Key: a.ID}, func(s app.Spent) table {
		t := table{head: []string{"IN THE", "SPENT", "LIMIT", ""}}
		for _, part := range []struct {
			name         string
			spent, limit int64
			near         bool
		}{{"day", s.Day, s.Limit.Day, s.DayNear}, {"month", s.Month, s.Limit.Month, s.MonthNear}} {
			if part.limit == 0 {
				continue
			}
			warning := ""
			switch {
			case part.spent >= part.limit:
				warning = "reached"
			case part.near:
				warning = "80 per cent or more"
			}
			t.rows = append(t.rows, []string{part.name, fmt.Sprint(waybill.Money{Minor: part.spent, Currency: s.Limit.Currency}),
				fmt.Sprint(waybill.Money{Minor: part.limit, Currency: s.Limit.Currency}), warning})
		}
		if len(t.rows) == 0 {
			return table{text: a.ID + " has no spend limit"}
		}
		return t
	})
}
