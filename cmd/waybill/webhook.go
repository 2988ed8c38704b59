package main

import (
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type webhookCmd struct {
	Add    webhookAdd    `cmd:"" help:"Create an endpoint, or change what is given of one. A new one's signing secret is asked for."`
	List   webhookList   `cmd:"" help:"List endpoints."`
	Log    webhookLog    `cmd:"" help:"List the latest deliveries of an endpoint."`
	Replay webhookReplay `cmd:"" help:"Send a delivery again."`
	Resume webhookResume `cmd:"" help:"Send to a paused endpoint again."`
	Delete webhookDelete `cmd:"" help:"Forget an endpoint; what was still to be sent to it is given up."`
	Token  webhookToken  `cmd:"" help:"Show the token that webhooks of single shipments carry, or set the one that an old vendor used."`
}

type webhookAdd struct {
	URL      string   `arg:"" help:"Address that receives the events."`
	Dialect  *string  `help:"In whose words (default lynkup); fixed once it is there." placeholder:"API"`
	Name     *string  `help:"Name of the endpoint; default: its address."`
	Status   []string `help:"Only these statuses, in the dialect's words; all (default): every one." placeholder:"STATUS"`
	Secret   secret   `embed:"" prefix:"secret-"`
	Token    secret   `embed:"" prefix:"token-"`
	Unsigned bool     `help:"Without a signing secret."`
}

// Run saves the endpoint. What is signed goes on being signed with the old secret too for a day.
func (a webhookAdd) Run(c *cli) error {
	is := func(known waybill.Subscription) bool { return known.URL == a.URL && known.Shipment == "" }
	return edit(c, c.Account, "webhook.list", "webhook.save", is, a.change,
		func(saved waybill.Subscription) string { return "endpoint " + string(saved.ID) + " is saved" })
}

func (a webhookAdd) change(e *editing[waybill.Subscription]) (any, error) {
	in := app.PutSubscription{ID: e.record.ID, URL: a.URL}
	given(&in.Name, a.Name)
	take(e, &in.Dialect, a.Dialect, "lynkup")
	if a.Dialect != nil && !e.fresh && *a.Dialect != e.record.Dialect {
		return nil, fmt.Errorf("this endpoint hears %s; delete it first", e.record.Dialect)
	}
	if a.Status != nil {
		var only []string
		listed(&only, a.Status, "all")
		in.Statuses = &only
	}
	switch {
	case a.Unsigned:
		in.Secret = new(string)
	case e.fresh || a.Secret.wanted():
		key, err := a.Secret.read("Signing secret, or --unsigned")
		if err != nil {
			return nil, err
		}
		in.Secret = &key
	}
	if a.Token.wanted() {
		token, err := a.Token.read("Authorization header")
		if err != nil {
			return nil, err
		}
		in.Token = &token
	}
	return in, nil
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

type webhookDelete struct {
	ID string `arg:"" help:"Endpoint."`
}

// Run forgets an endpoint.
func (a webhookDelete) Run(c *cli) error {
	return ask(c, "webhook.delete", app.DeleteSubscription{ID: waybill.ID(a.ID)}, func(struct{}) table { return table{text: "endpoint " + a.ID + " is gone"} })
}

type webhookToken struct {
	Token secret `embed:""`
}

// Run shows the account's token, the new one if it was given.
func (a webhookToken) Run(c *cli) error {
	var in app.SetHookToken
	if a.Token.wanted() {
		token, err := a.Token.read("Token of webhooks of single shipments")
		if err != nil {
			return err
		}
		in.Token = token
	}
	return ask(c, "webhook.token", in, func(token string) table { return table{text: token} })
}
