package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"waybill/client"
)

type requestsCmd struct {
	List   requestsList   `cmd:"" default:"withargs" help:"List what came in by any API, newest first."`
	Show   requestsShow   `cmd:"" help:"Show one request, its answer, and the calls to carriers that it caused."`
	Curl   requestsCurl   `cmd:"" help:"Print a request as a command line of curl."`
	Replay requestsReplay `cmd:"" help:"Send a request again in a test account, and compare the answers. It takes a test key."`
	Health requestsHealth `cmd:"" help:"Latency and failures of carriers over the last 15 minutes."`
}

type requestsList struct {
	API       string    `help:"Only of this API." placeholder:"NAME"`
	Operation string    `help:"Only this operation." placeholder:"NAME"`
	Status    int64     `help:"Only with this HTTP status." placeholder:"CODE"`
	Failed    bool      `help:"Only refused ones: 4xx and 5xx."`
	Reference string    `help:"Only about the shipment with this reference." placeholder:"REF"`
	Shipment  string    `help:"Only about this shipment: reference or id." placeholder:"REF"`
	Client    string    `help:"Only of this user, client or key." placeholder:"ID"`
	Since     time.Time `help:"Only since this time." placeholder:"2026-11-21T10:00:00Z"`
	part
}

// Run lists requests.
func (a requestsList) Run(c *cli) error {
	params := client.ListRequestsParams{
		API: a.API, Operation: a.Operation, Status: a.Status, Reference: a.Reference, Shipment: a.Shipment, Client: a.Client, From: a.Since,
		Limit: a.Limit, Cursor: a.After,
	}
	if a.Failed {
		params.Class = "failed"
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListLoggedOut, error) {
		return api.ListRequests(ctx, params, opt)
	}, func(list *client.ListLoggedOut) table {
		t := table{head: []string{"REQUEST", "AT", "API", "OPERATION", "STATUS", "TOOK MS", "CLIENT", "REFERENCE", "IGNORED"}}
		for _, r := range list.Items {
			who := ""
			if r.Client != nil {
				who = r.Client.Name
			}
			t.rows = append(t.rows, []string{
				r.ID, moment(&r.At), r.API, r.Operation, fmt.Sprint(r.Status), r.TookMs.String(), who, r.Reference, strings.Join(r.Ignored, " "),
			})
		}
		return t.continued(list.NextCursor)
	})
}

type requestsShow struct {
	ID string `arg:"" help:"Id of the entry, or request id."`
}

// Run shows a request.
func (a requestsShow) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.LoggedWhole, error) {
		return api.GetRequest(ctx, a.ID, opt)
	}, dialogue)
}

// dialogue is a request with its answer and the calls that it caused.
func dialogue(r *client.LoggedWhole) table {
	var b strings.Builder
	target, who := r.Path, ""
	if r.Query != "" {
		target += "?" + r.Query
	}
	if r.Client != nil {
		who = joined("from", r.Client.IP, r.Client.Name)
	}
	fmt.Fprintf(&b, "%s %s\n%s  %s  %s  %s\n", r.Method, target, moment(&r.At), r.API+" "+r.Operation, r.RequestID, who)
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&b, "ignored: %s\n", strings.Join(r.Ignored, ", "))
	}
	fmt.Fprintf(&b, "\n%s\n\n%d in %s ms %s\n%s\n", r.RequestBody, r.Status, r.TookMs, r.Reason, r.AnswerBody)
	for _, call := range r.Calls {
		fmt.Fprintf(&b, "\n%s %s: %s %s\n%d in %s ms %s\n%s\n%s\n", call.Carrier, call.Operation, call.Method, call.URL, call.Status,
			call.TookMs, joined(call.Reason, call.Error), call.RequestBody, call.AnswerBody)
	}
	return table{text: strings.TrimRight(b.String(), "\n")}
}

type requestsCurl struct {
	ID string `arg:"" help:"Id of the entry, or request id."`
}

// Run prints a command line.
func (a requestsCurl) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		file, err := api.GetRequestCurl(ctx, a.ID)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(file.Data)
		return err
	})
}

type requestsReplay struct {
	ID string `arg:"" help:"Id of the entry, or request id."`
	In string `help:"Account to work in, such as a child for tests (default: the key's own)." placeholder:"ACCOUNT"`
}

// Run sends it again.
func (a requestsReplay) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ReplayedOut, error) {
		return api.ReplayRequest(ctx, a.ID, &client.ReplayLoggedBody{Account: a.In}, opt)
	}, func(r *client.ReplayedOut) table {
		t := table{text: fmt.Sprintf("then %d in %s ms, now %d in %s ms", r.Before.Status, r.Before.TookMs, r.After.Status, r.After.TookMs)}
		if r.Same {
			t.text += "; the answers are the same"
			return t
		}
		t.head = []string{"DIFFERS AT", "THEN", "NOW"}
		for _, d := range r.Diff {
			t.rows = append(t.rows, []string{d.Path, string(d.Before), string(d.After)})
		}
		return t
	})
}

type requestsHealth struct{}

// Run shows how carriers do.
func (requestsHealth) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.HealthOut, error) {
		return api.CarrierHealth(ctx, opt)
	}, func(h *client.HealthOut) table {
		t := table{head: []string{"CARRIER", "CONNECTION", "OPERATION", "CALLS", "FAILED", "REFUSED", "P50 MS", "P95 MS"}}
		for _, r := range h.Items {
			t.rows = append(t.rows, []string{
				r.Carrier, r.Connection, r.Operation, fmt.Sprint(r.Calls), fmt.Sprint(r.Failed), fmt.Sprint(r.Refused), r.P50Ms.String(), r.P95Ms.String(),
			})
		}
		return t
	})
}
