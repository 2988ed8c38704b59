package main

import (
	"context"
	"fmt"

	"waybill/app"
)

type strangersCmd struct {
	Limit int `help:"So many." default:"25"`
}

// Run lists requests of senders whom nobody knows. They belong to no account, so no account's key may read them.
func (a strangersCmd) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out app.RequestSlice
		if err := desk.Do(ctx, "", "request.unknown", app.ListRequests{Page: app.Page{Limit: a.Limit}}, &out); err != nil {
			return err
		}
		t := table{head: []string{"REQUEST", "AT", "API", "OPERATION", "STATUS", "FROM", "PATH"}}
		for _, r := range out.Items {
			t.rows = append(t.rows, []string{string(r.ID), moment(&r.Created), r.Dialect, r.Operation, fmt.Sprint(r.Status), r.IP, r.Path})
		}
		return c.print(out.Items, t)
	})
}
