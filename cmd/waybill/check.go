package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"waybill/client"
)

type connectionCheck struct {
	ID   string `arg:"" help:"External id."`
	From string `help:"Location that the sample leaves from; default: one that the connection is assigned to." placeholder:"LOCATION"`
	To   string `help:"Location that it goes to; default: another in the same country." placeholder:"LOCATION"`
	Live bool   `help:"Buy a label of a live connection, with money, and give it back. You are asked first."`
	Yes  bool   `help:"Do not ask." short:"y"`
}

// Run tests, buys, prints, scans, tracks and voids, as far as the connection's mode lets it. Of a live one that is
// bought from only with --live, and when whoever asks has seen the price.
func (a connectionCheck) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var answer client.Answer
		body := &client.CheckInBody{From: a.From, To: a.To}
		out, err := api.CheckConnection(ctx, a.ID, body, client.Into(&answer))
		if err != nil {
			return err
		}
		if a.Live && out.Checklist.Mode == "live" && out.Passed {
			if err := a.agree(out); err != nil {
				return err
			}
			body.Live = true
			if out, err = api.CheckConnection(ctx, a.ID, body, client.Into(&answer)); err != nil {
				return err
			}
		}
		if err := c.tell(answer, func() table { return checked(out) }); err != nil {
			return err
		}
		return verdict(out)
	})
}

// agree asks whether to buy.
func (a connectionCheck) agree(out *client.CheckOut) error {
	if a.Yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return errors.New("a live label costs money: say --yes, there is no terminal to ask at")
	}
	fmt.Fprintf(os.Stderr, "Buy one label of %s (live) for about %s, and give it back at once? [y/N] ", out.Checklist.Connection, price(out.LowestPrice))
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	if word := strings.ToLower(strings.TrimSpace(answer)); word != "y" && word != "yes" {
		return errors.New("nothing was bought")
	}
	return nil
}

// verdict makes a failure of a step that failed, the loudest first.
func verdict(out *client.CheckOut) error {
	if id := out.UnsettledPurchase; id != "" {
		return fmt.Errorf("PURCHASE %s WAS NOT GIVEN BACK: look at `waybill purchases show %s`", id, id)
	}
	for _, s := range out.Steps {
		if s.Outcome == "failed" {
			return fmt.Errorf("the step %q failed: %s", s.Name, s.Detail)
		}
	}
	return nil
}

// checked shows the steps, and the checklist below.
func checked(out *client.CheckOut) table {
	t := table{head: []string{"STEP", "", "DETAIL"}}
	for _, s := range out.Steps {
		t.rows = append(t.rows, []string{s.Name, s.Outcome, s.Detail})
	}
	list := checklistTable(&out.Checklist)
	t.more = &list
	return t
}

func checklistTable(l *client.ChecklistOut) table {
	t := table{text: fmt.Sprintf("%s is %s; something is missing", l.Connection, l.Mode), head: []string{"TO BE SEEN", "", "SINCE", "DETAIL"}}
	if l.Ready {
		t.text = fmt.Sprintf("%s is %s, and nothing is missing", l.Connection, l.Mode)
	}
	for _, i := range l.Items {
		since, detail := "", i.Next
		if i.At != nil {
			since, detail = i.At.Format(time.DateOnly), joined(i.Note, i.By)
		}
		t.rows = append(t.rows, []string{i.Kind, strings.ReplaceAll(i.State, "_", " "), since, detail})
	}
	return t
}

type connectionApproval struct {
	ID   string `arg:"" help:"External id."`
	On   string `help:"The day, YYYY-MM-DD; empty: the approval is taken back." required:"" placeholder:"DAY"`
	Note string `help:"Who approved, and how."`
}

// Run notes the day.
func (a connectionApproval) Run(c *cli) error {
	if _, err := time.Parse(time.DateOnly, a.On); a.On != "" && err != nil {
		return fmt.Errorf("%q is no day: write 2027-01-11", a.On)
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ChecklistOut, error) {
		return api.ApproveConnection(ctx, a.ID, client.ApproveInBody{On: a.On, Note: a.Note}, opt)
	}, checklistTable)
}
