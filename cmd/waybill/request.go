package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

type requestCmd struct {
	List   requestList   `cmd:"" help:"List requests, the newest first."`
	Show   requestShow   `cmd:"" help:"Show one request, its answer, and the calls to carriers that it caused."`
	Curl   requestCurl   `cmd:"" help:"Print a request as a command line of curl."`
	Health requestHealth `cmd:"" help:"Latency and failures of carriers over the last 15 minutes."`
}

type requestList struct {
	API       string     `help:"Only of this API." placeholder:"NAME"`
	Operation string     `help:"Only this operation." placeholder:"NAME"`
	Status    int        `help:"Only with this HTTP status." placeholder:"CODE"`
	Failed    bool       `help:"Only refused ones: 4xx and 5xx."`
	Reference string     `help:"Only about the shipment with this reference." placeholder:"REF"`
	Shipment  string     `help:"Only about the shipment with this id." placeholder:"ID"`
	Client    string     `help:"Only of this user, client or key." placeholder:"ID"`
	Since     *time.Time `help:"Only since this time (RFC 3339)." placeholder:"TIME"`
	Unknown   bool       `help:"Those whose sender is not known, in place of an account's."`
	Limit     int        `help:"So many." default:"25"`
}

// Run lists requests.
func (a requestList) Run(c *cli) error {
	q := app.RequestQuery{
		Dialect: a.API, Operation: a.Operation, Reference: a.Reference, Shipment: waybill.ID(a.Shipment), Actor: waybill.ID(a.Client),
		StatusMin: a.Status, StatusMax: a.Status,
	}
	if a.Failed && a.Status == 0 {
		q.StatusMin = 400
	}
	if a.Since != nil {
		q.From = *a.Since
	}
	verb := "request.list"
	if a.Unknown {
		verb = "request.unknown"
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out app.RequestSlice
		if err := desk.Do(ctx, c.Account, verb, app.ListRequests{Query: q, Page: app.Page{Limit: a.Limit}}, &out); err != nil {
			return err
		}
		t := table{head: []string{"REQUEST", "AT", "API", "OPERATION", "STATUS", "TOOK", "CLIENT", "REFERENCE", "IGNORED"}}
		for _, r := range out.Items {
			t.rows = append(t.rows, []string{
				string(r.ID), r.Created.Format(time.RFC3339), r.Dialect, r.Operation, fmt.Sprint(r.Status), r.Took.Round(100 * time.Microsecond).String(),
				r.Actor, r.Reference, strings.Join(r.Ignored, " "),
			})
		}
		return c.print(out.Items, t)
	})
}

type requestShow struct {
	ID string `arg:"" help:"Id of the entry, or request id."`
}

// Run shows a request.
func (a requestShow) Run(c *cli) error {
	return ask(c, "request.show", a.ID, func(v app.RequestView) table {
		var b strings.Builder
		query := ""
		if v.Query != "" {
			query = "?" + v.Query
		}
		fmt.Fprintf(&b, "%s %s%s\n%s  %s  %s  from %s %s\n", v.Method, v.Path, query, v.Created.Format(time.RFC3339Nano), v.Dialect+" "+v.Operation, v.RequestID, v.IP, v.Actor)
		if len(v.Ignored) > 0 {
			fmt.Fprintf(&b, "ignored: %s\n", strings.Join(v.Ignored, ", "))
		}
		fmt.Fprintf(&b, "\n%s\n\n%d in %s %s\n%s\n", v.Body, v.Status, v.Took.Round(100*time.Microsecond), v.Reason, v.Answer)
		for _, call := range v.Calls {
			fmt.Fprintf(&b, "\n%s %s: %s %s\n%d in %s %s %s\n%s\n%s\n", call.Carrier, call.Operation, call.Method, call.URL, call.Status,
				call.Took.Round(100*time.Microsecond), call.Reason, call.Error, call.Body, call.Answer)
		}
		return table{text: strings.TrimRight(b.String(), "\n")}
	})
}

type requestCurl struct {
	ID string `arg:"" help:"Id of the entry, or request id."`
}

// Run prints a command line.
func (a requestCurl) Run(c *cli) error {
	return ask(c, "request.curl", a.ID, func(text string) table { return table{text: strings.TrimRight(text, "\n")} })
}

type requestHealth struct{}

// Run shows how carriers do.
func (requestHealth) Run(c *cli) error {
	return ask(c, "carrier.health", struct{}{}, func(h app.CarrierHealth) table {
		t := table{head: []string{"CARRIER", "CONNECTION", "OPERATION", "CALLS", "FAILED", "REFUSED", "P50", "P95"}}
		for _, r := range h.Rows {
			t.rows = append(t.rows, []string{
				r.Carrier, r.Name, r.Operation, fmt.Sprint(r.Calls), fmt.Sprint(r.Failed), fmt.Sprint(r.Refused),
				r.P50.Round(100 * time.Microsecond).String(), r.P95.Round(100 * time.Microsecond).String(),
			})
		}
		return t
	})
}
