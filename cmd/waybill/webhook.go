package main

import (
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type webhookCmd struct {
	Add    webhookAdd    `cmd:"" help:"Create or change an endpoint. Its signing secret is asked for."`
	List   webhookList   `cmd:"" help:"List endpoints."`
	Log    webhookLog    `cmd:"" help:"List the latest deliveries of an endpoint."`
	Replay webhookReplay `cmd:"" help:"Send a delivery again."`
	Resume webhookResume `cmd:"" help:"Send to a paused endpoint again."`
}

type webhookAdd struct {
	URL     string   `arg:"" help:"Address that receives the events."`
	Dialect string   `help:"In whose words." default:"lynkup"`
	Name    string   `help:"Name of the endpoint."`
	ID      string   `help:"Change this endpoint."`
	Status  []string `help:"Only these statuses, in the dialect's words; default: all."`
	Secret  secret   `embed:"" prefix:"secret-"`
}

// Run saves the endpoint.
func (a webhookAdd) Run(c *cli) error {
	key, err := a.Secret.read("Signing secret (empty: none)")
	if err != nil {
		return err
	}
	in := app.PutSubscription{ID: waybill.ID(a.ID), Name: a.Name, URL: a.URL, Dialect: a.Dialect, Secret: &key}
	if len(a.Status) > 0 {
		in.Statuses = &a.Status
	}
	return ask(c, "webhook.save", in, func(s waybill.Subscription) table { return table{text: "endpoint " + string(s.ID) + " is saved"} })
}

type webhookList struct{}

// Run lists endpoints.
func (webhookList) Run(c *cli) error {
	return ask(c, "webhook.list", struct{}{}, func(all []waybill.Subscription) table {
		t := table{head: []string{"ID", "DIALECT", "URL", "PAUSED"}}
		for _, s := range all {
			paused := ""
			if s.Paused {
				paused = "paused " + s.PauseCause
			}
			t.rows = append(t.rows, []string{string(s.ID), s.Dialect, s.URL, paused})
		}
		return t
	})
}

type webhookLog struct {
	ID    string `arg:"" help:"Endpoint."`
	State string `help:"Only deliveries in this state: pending, delivered, dead."`
	Limit int    `help:"How many." default:"20"`
}

// Run lists deliveries.
func (a webhookLog) Run(c *cli) error {
	in := app.ListDeliveries{Subscription: waybill.ID(a.ID), State: a.State, Limit: a.Limit}
	return ask(c, "webhook.log", in, func(all []waybill.Delivery) table {
		t := table{head: []string{"DELIVERY", "KIND", "STATE", "ATTEMPTS", "LAST", "ANSWER"}}
		for _, d := range all {
			row := []string{string(d.ID), string(d.Kind), d.State, fmt.Sprint(len(d.Attempts)), "", ""}
			if n := len(d.Attempts); n > 0 {
				last := d.Attempts[n-1]
				row[4], row[5] = last.At.Format(time.RFC3339), fmt.Sprint(last.Status, " ", last.Error)
			}
			t.rows = append(t.rows, row)
		}
		return t
	})
}

type webhookReplay struct {
	ID string `arg:"" help:"Delivery."`
}

// Run sends a delivery again.
func (a webhookReplay) Run(c *cli) error {
	return ask(c, "webhook.replay", a.ID, func(d waybill.Delivery) table { return table{text: "delivery " + string(d.ID) + " is sent again"} })
}

type webhookResume struct {
	ID string `arg:"" help:"Endpoint."`
}

// Run resumes an endpoint.
func (a webhookResume) Run(c *cli) error {
	return ask(c, "webhook.resume", a.ID, func(s waybill.Subscription) table {
		return table{text: "endpoint " + string(s.ID) + " is in use again"}
	})
}

type limitCmd struct {
	Set limitSet `cmd:"" help:"Set how many requests an API takes from each caller of the account."`
}

type limitSet struct {
	Dialect  string        `arg:"" help:"The API: lynkup, shiptheory…"`
	Requests int           `arg:"" help:"Requests."`
	Period   time.Duration `help:"In this time." default:"1m"`
}

// Run sets the limit.
func (a limitSet) Run(c *cli) error {
	in := app.LimitIn{Dialect: a.Dialect, Limit: waybill.RateLimit{Requests: a.Requests, Period: a.Period}}
	return ask(c, "limit.save", in, func(waybill.Account) table {
		return table{text: fmt.Sprintf("%s takes %d requests in %v from each caller", a.Dialect, a.Requests, a.Period)}
	})
}
