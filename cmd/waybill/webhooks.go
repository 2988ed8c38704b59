package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/client"
)

type webhooksCmd struct {
	List   webhooksList   `cmd:"" default:"withargs" help:"List endpoints."`
	Add    webhooksAdd    `cmd:"" help:"Have events sent to an address. The secret that signs them is printed once, unless you give one."`
	Change webhooksChange `cmd:"" help:"Change what is given of an endpoint."`
	Log    webhooksLog    `cmd:"" help:"List deliveries, newest first."`
	Test   webhooksTest   `cmd:"" help:"Send an event that means nothing."`
	Replay webhooksReplay `cmd:"" help:"Send deliveries again."`
	Range  webhooksRange  `cmd:"" name:"replay-range" help:"Send all deliveries of an endpoint again, or those of a time or state."`
	Pause  webhooksPause  `cmd:"" help:"Send nothing for now; what happens meanwhile waits."`
	Resume webhooksResume `cmd:"" help:"Send to a paused endpoint again, what waited first."`
	Rotate webhooksRotate `cmd:"" help:"Make a new secret. For a day messages are signed with the old one too."`
	Delete webhooksDelete `cmd:"" help:"Forget an endpoint; what was still to be sent to it is given up."`
}

type webhooksList struct{ part }

// Run lists endpoints.
func (a webhooksList) Run(c *cli) error {
	params := client.ListWebhooksParams{Limit: a.Limit, Cursor: a.After}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListHookOut, error) {
		return api.ListWebhooks(ctx, params, opt)
	}, func(list *client.ListHookOut) table {
		t := table{head: []string{"ID", "NAME", "DIALECT", "URL", "ONLY", "PAUSED"}}
		for _, h := range list.Items {
			paused := ""
			if h.Paused {
				paused = joined("paused", h.PauseCause)
			}
			t.rows = append(t.rows, []string{h.ID, h.Name, h.Dialect, h.URL, joined(append(h.Kinds, h.Statuses...)...), paused})
		}
		return t.continued(list.NextCursor)
	})
}

type webhooksAdd struct {
	URL     string   `arg:"" help:"Address that receives the events."`
	Dialect string   `help:"In whose words: native (default), lynkup, peddler…; it stays." placeholder:"API"`
	Name    string   `help:"Name of the endpoint (default: its address)." placeholder:"TEXT"`
	Kind    []string `help:"Only these kinds, such as shipment.booked." placeholder:"KIND"`
	Status  []string `help:"Only these statuses, in the dialect's words." placeholder:"STATUS"`
	Secret  secret   `embed:"" prefix:"secret-"`
	Token   secret   `embed:"" prefix:"token-"`
}

// Run makes the endpoint.
func (a webhooksAdd) Run(c *cli) error {
	body := client.HookIn{URL: a.URL, Dialect: a.Dialect, Name: a.Name, Kinds: a.Kind, Statuses: a.Status}
	for _, s := range []struct {
		from   secret
		to     *string
		prompt string
	}{{a.Secret, &body.Secret, "Signing secret"}, {a.Token, &body.Token, "Authorization header"}} {
		if !s.from.wanted() {
			continue
		}
		var err error
		if *s.to, err = s.from.read(s.prompt); err != nil {
			return err
		}
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HookOut, error) {
		return api.CreateWebhook(ctx, body, opt)
	}, func(h *client.HookOut) table {
		text := "endpoint " + h.ID + " is saved"
		if body.Secret == "" {
			text += "\nits secret, shown once: " + h.Secret
		}
		return table{text: text}
	})
}

type webhooksChange struct {
	ID     string   `arg:"" help:"Endpoint: id or name."`
	URL    *string  `help:"Address that receives the events." placeholder:"URL"`
	Name   *string  `help:"Name of the endpoint." placeholder:"TEXT"`
	Kind   []string `help:"Only these kinds; all: every one." placeholder:"KIND"`
	Status []string `help:"Only these statuses, in the dialect's words; all: every one." placeholder:"STATUS"`
	Token  secret   `embed:"" prefix:"token-"`
}

// Run changes the endpoint.
func (a webhooksChange) Run(c *cli) error {
	patch := client.Patch{}
	for name, value := range map[string]*string{"url": a.URL, "name": a.Name} {
		if value != nil {
			patch[name] = *value
		}
	}
	for name, value := range map[string][]string{"kinds": a.Kind, "statuses": a.Status} {
		if value != nil {
			only := []string{}
			listed(&only, value, "all")
			patch[name] = append([]string{}, only...)
		}
	}
	if a.Token.wanted() {
		token, err := a.Token.read("Authorization header")
		if err != nil {
			return err
		}
		patch["token"] = token
	}
	if len(patch) == 0 {
		return errUsage("say what is to be changed")
	}
	return touched(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HookOut, error) {
		return api.UpdateWebhook(ctx, a.ID, patch, opt)
	}, "is saved")
}

// touched does something to an endpoint and says what.
func touched(c *cli, do func(context.Context, *client.Client, client.Option) (*client.HookOut, error), what string) error {
	return query(c, do, func(h *client.HookOut) table { return table{text: "endpoint " + h.ID + " " + what} })
}

type webhooksLog struct {
	ID    string   `arg:"" optional:"" help:"Only of this endpoint: id or name."`
	State []string `help:"Only in these states: pending, delivered, dead, skipped." placeholder:"STATE"`
	part
}

// Run lists deliveries.
func (a webhooksLog) Run(c *cli) error {
	params := client.ListDeliveriesParams{Webhook: a.ID, State: a.State, Limit: a.Limit, Cursor: a.After}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListSentOut, error) {
		return api.ListDeliveries(ctx, params, opt)
	}, func(list *client.ListSentOut) table { return deliveries(list.Items...).continued(list.NextCursor) })
}

// deliveries are events on their way, each with its last attempt.
func deliveries(list ...client.SentOut) table {
	t := table{head: []string{"DELIVERY", "KIND", "STATE", "ATTEMPTS", "LAST", "ANSWER"}}
	for _, d := range list {
		row := []string{d.ID, d.Kind, d.State, fmt.Sprint(len(d.Attempts)), "", ""}
		if n := len(d.Attempts); n > 0 {
			last := d.Attempts[n-1]
			row[4], row[5] = moment(&last.At), last.Error
			if last.Status > 0 {
				row[5] = joined(fmt.Sprint(last.Status), last.Error)
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

type webhooksTest struct {
	ID string `arg:"" help:"Endpoint: id or name."`
}

// Run sends the test.
func (a webhooksTest) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.SentOut, error) {
		return api.TestWebhook(ctx, a.ID, opt)
	}, func(d *client.SentOut) table { return deliveries(*d) })
}

type webhooksReplay struct {
	ID []string `arg:"" help:"Ids of deliveries, as log lists them."`
}

// Run sends them again.
func (a webhooksReplay) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var items []json.RawMessage
		var done []client.SentOut
		failed := each(a.ID, func(id string) error {
			var answer client.Answer
			out, err := api.ReplayDelivery(ctx, id, client.Into(&answer))
			if err == nil {
				items, done = append(items, answer.Body), append(done, *out)
			}
			return err
		})
		if len(done) == 0 && failed != nil {
			return failed
		}
		return errors.Join(c.list(items, deliveries(done...)), failed)
	})
}

type webhooksRange struct {
	ID    string     `arg:"" help:"Endpoint: id or name."`
	State []string   `help:"Only in these states: pending, delivered, dead, skipped (default: all but pending)." placeholder:"STATE"`
	From  *time.Time `help:"Made at this time or later." placeholder:"2026-11-21T10:00:00Z"`
	To    *time.Time `help:"Made at this time or before." placeholder:"2026-11-21T12:00:00Z"`
}

// Run sends them again.
func (a webhooksRange) Run(c *cli) error {
	body := &client.ReplayHookBody{State: a.State, From: a.From, To: a.To}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.Replayed, error) {
		return api.ReplayWebhook(ctx, a.ID, body, opt)
	}, func(r *client.Replayed) table {
		return table{text: fmt.Sprintf("%d deliveries are sent again", r.Count)}
	})
}

type webhooksPause struct {
	ID    string `arg:"" help:"Endpoint: id or name."`
	Cause string `help:"Why." placeholder:"TEXT"`
}

// Run pauses the endpoint.
func (a webhooksPause) Run(c *cli) error {
	return touched(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HookOut, error) {
		return api.PauseWebhook(ctx, a.ID, &client.PauseHookBody{Cause: a.Cause}, opt)
	}, "is paused")
}

type webhooksResume struct {
	ID string `arg:"" help:"Endpoint: id or name."`
}

// Run resumes the endpoint.
func (a webhooksResume) Run(c *cli) error {
	return touched(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HookOut, error) {
		return api.ResumeWebhook(ctx, a.ID, opt)
	}, "is in use again")
}

type webhooksRotate struct {
	ID string `arg:"" help:"Endpoint: id or name."`
}

// Run makes the new secret.
func (a webhooksRotate) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HookOut, error) {
		return api.RotateWebhookSecret(ctx, a.ID, opt)
	}, func(h *client.HookOut) table {
		return table{text: h.Secret + "\nthe old one signs too until " + moment(h.OldSecretUntil)}
	})
}

type webhooksDelete struct {
	ID string `arg:"" help:"Endpoint: id or name."`
}

// Run forgets the endpoint.
func (a webhooksDelete) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		if err := api.DeleteWebhook(ctx, a.ID); err != nil || c.JSON {
			return err // the API answers nothing
		}
		return table{text: "endpoint " + a.ID + " is gone"}.print()
	})
}
