package main

import (
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type limitCmd struct {
	Set  limitSet  `cmd:"" help:"Set how many requests an API takes from each caller of the account."`
	List limitList `cmd:"" help:"List how many requests each API takes from each caller of the account."`
}

type limitSet struct {
	Dialect  string        `arg:"" help:"The API: lynkup, shiptheory…"`
	Requests int           `arg:"" help:"Requests; 0: any number."`
	Period   time.Duration `help:"In this time." default:"1m" placeholder:"TIME"`
}

// Run sets the limit.
func (a limitSet) Run(c *cli) error {
	if a.Requests < 0 || a.Period <= 0 {
		return fmt.Errorf("%d requests in %v cannot be", a.Requests, a.Period)
	}
	in := app.LimitIn{Dialect: a.Dialect, Limit: waybill.RateLimit{Requests: a.Requests, Period: a.Period}}
	return ask(c, "limit.save", in, func(app.LimitOut) table {
		if a.Requests == 0 {
			return table{text: a.Dialect + " takes any number of requests from each caller"}
		}
		return table{text: fmt.Sprintf("%s takes %d requests in %v from each caller", a.Dialect, a.Requests, a.Period)}
	})
}

type limitList struct{}

// Run lists limits.
func (limitList) Run(c *cli) error {
	return ask(c, "limit.list", struct{}{}, func(all []app.LimitOut) table {
		t := table{head: []string{"API", "REQUESTS", "IN", "SET FOR THIS ACCOUNT"}}
		for _, l := range all {
			requests := "any number"
			if l.Limit.Requests > 0 {
				requests = fmt.Sprint(l.Limit.Requests)
			}
			t.rows = append(t.rows, []string{l.Dialect, requests, l.Limit.Period.String(), yes(l.Own)})
		}
		return t
	})
}
