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

	"waybill"
	"waybill/app"
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
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		in := app.CheckConnection{Ref: app.RecordRef{Key: a.ID}, From: a.From, To: a.To}
		var out app.ConnectionCheck
		if err := desk.Do(ctx, c.Account, "connection.check", in, &out); err != nil {
			return err
		}
		if live := out.Checklist.Connection.Mode == waybill.ModeLive; a.Live && live && out.Passed {
			if err := a.agree(out); err != nil {
				return err
			}
			in.Live, out = true, app.ConnectionCheck{}
			if err := desk.Do(ctx, c.Account, "connection.check", in, &out); err != nil {
				return err
			}
		}
		if err := c.print(out, checked(out)); err != nil {
			return err
		}
		return verdict(out)
	})
}

// agree asks whether to buy.
func (a connectionCheck) agree(out app.ConnectionCheck) error {
	if a.Yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return errors.New("a live label costs money: say --yes, there is no terminal to ask at")
	}
	connection := out.Checklist.Connection
	fmt.Fprintf(os.Stderr, "Buy one label of %s (%s, live) for about %s, and give it back at once? [y/N] ", connection.DisplayName, connection.Carrier, out.Lowest)
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
func verdict(out app.ConnectionCheck) error {
	if out.Left != "" {
		return fmt.Errorf("PURCHASE %s WAS NOT GIVEN BACK: look at `waybill purchase list`", out.Left)
	}
	for _, s := range out.Steps {
		if s.Outcome == "failed" {
			return fmt.Errorf("the step %q failed: %s", s.Name, s.Detail)
		}
	}
	return nil
}

// checked shows the steps, and the checklist below.
func checked(out app.ConnectionCheck) table {
	t := table{head: []string{"STEP", "", "DETAIL"}}
	for _, s := range out.Steps {
		t.rows = append(t.rows, []string{s.Name, string(s.Outcome), s.Detail})
	}
	list := checklistTable(out.Checklist)
	t.more = &list
	return t
}

func checklistTable(l app.Checklist) table {
	t := table{text: fmt.Sprintf("%s is %s; something is missing", l.Connection.ExternalID, l.Connection.Mode), head: []string{"TO BE SEEN", "", "SINCE", "DETAIL"}}
	if l.Ready {
		t.text = fmt.Sprintf("%s is %s, and nothing is missing", l.Connection.ExternalID, l.Connection.Mode)
	}
	for _, i := range l.Items {
		since, detail := "", i.Next
		if i.State == "done" {
			since, detail = i.Proof.At.Format(time.DateOnly), strings.TrimSpace(i.Proof.Note+" "+i.Proof.By)
		}
		t.rows = append(t.rows, []string{string(i.Kind), strings.ReplaceAll(string(i.State), "_", " "), since, detail})
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
	in := app.Approve{Ref: app.RecordRef{Key: a.ID}, Note: a.Note}
	if a.On != "" {
		day, err := time.Parse(time.DateOnly, a.On)
		if err != nil {
			return fmt.Errorf("%q is no day: write 2027-01-11", a.On)
		}
		in.On = day
	}
	return ask(c, "connection.agree", in, checklistTable)
}
