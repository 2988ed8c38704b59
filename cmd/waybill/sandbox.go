package main

import (
	"fmt"
	"time"

	"waybill"
	"waybill/app"
)

type sandboxCmd struct {
	Clock   sandboxClock   `cmd:"" help:"Tell the account's test clock, or move it: simulated parcels move with it."`
	Advance sandboxAdvance `cmd:"" help:"Bring one simulated parcel on."`
}

type sandboxClock struct {
	Advance time.Duration `help:"By so much, such as 36h." xor:"move" placeholder:"TIME"`
	Set     time.Time     `help:"To this time, such as 2027-01-11T09:00:00Z." xor:"move" placeholder:"TIME"`
	Reset   bool          `help:"Back to the real time." xor:"move"`
}

// Run moves the clock.
func (a sandboxClock) Run(c *cli) error {
	verb, in := "sandbox.clock", any(struct{}{})
	if a.Advance != 0 || !a.Set.IsZero() || a.Reset {
		verb, in = "sandbox.move", app.MoveClock{Advance: a.Advance, Set: a.Set, Reset: a.Reset}
	}
	return ask(c, verb, in, func(t app.TestClock) table {
		text := "the test clock shows " + t.Now.Format(time.RFC3339)
		if t.Ahead > 0 {
			text += ", " + t.Ahead.Round(time.Second).String() + " ahead"
		}
		if verb == "sandbox.move" {
			text += fmt.Sprintf("; %d parcels moved", t.Moved)
		}
		return table{text: text}
	})
}

type sandboxAdvance struct {
	Number    string `arg:"" help:"Tracking number."`
	To        string `help:"Status, such as delivered; default: the next one." placeholder:"STATUS"`
	Reason    string `help:"Of a failed attempt."`
	Recipient string `help:"Who took it."`
}

// Run brings it on.
func (a sandboxAdvance) Run(c *cli) error {
	in := app.StepParcel{Number: a.Number, To: waybill.Transit(a.To), Reason: a.Reason, Recipient: a.Recipient}
	return ask(c, "sandbox.step", in, func(t app.Stepped) table {
		return table{text: t.Parcel.Number + " is " + string(t.Parcel.Status)}
	})
}
