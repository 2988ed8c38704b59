package main

import (
	"context"
	"fmt"
	"time"

	"waybill/client"
)

type sandboxCmd struct {
	Clock   sandboxClock   `cmd:"" help:"Tell the account's test clock, or move it: simulated parcels move with it."`
	Advance sandboxAdvance `cmd:"" help:"Bring one simulated parcel on."`
}

type sandboxClock struct {
	Advance time.Duration `help:"By so much, such as 36h." xor:"move" placeholder:"TIME"`
	Set     time.Time     `help:"To this time." xor:"move" placeholder:"2027-01-11T09:00:00Z"`
	Reset   bool          `help:"Back to the real time." xor:"move"`
}

// Run tells the clock, or moves it.
func (a sandboxClock) Run(c *cli) error {
	move := client.MoveClock{Reset: a.Reset}
	if a.Advance != 0 {
		move.Advance = a.Advance.String()
	}
	if !a.Set.IsZero() {
		move.Set = &a.Set
	}
	moves := move != client.MoveClock{}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ClockOut, error) {
		if moves {
			return api.MoveTestClock(ctx, move, opt)
		}
		return api.GetTestClock(ctx, opt)
	}, func(t *client.ClockOut) table {
		text := "the test clock shows " + t.Now.Format(time.RFC3339)
		if t.AheadSeconds > 0 {
			text += ", " + (time.Duration(t.AheadSeconds) * time.Second).String() + " ahead"
		}
		if moves {
			text += fmt.Sprintf("; %d parcels moved", t.Moved)
		}
		for _, connection := range t.Unheard {
			text += "\nthe simulator of " + connection + " did not answer"
		}
		return table{text: text}
	})
}

type sandboxAdvance struct {
	Number    string `arg:"" help:"Tracking number."`
	To        string `help:"Status, such as delivered (default: the next one)." placeholder:"STATUS"`
	Reason    string `help:"Of a failed attempt." placeholder:"TEXT"`
	Recipient string `help:"Who took it." placeholder:"NAME"`
}

// Run brings it on.
func (a sandboxAdvance) Run(c *cli) error {
	body := &client.AdvanceInBody{To: a.To, Reason: a.Reason, Recipient: a.Recipient}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.Advanced, error) {
		return api.AdvanceParcel(ctx, a.Number, body, opt)
	}, func(t *client.Advanced) table { return table{text: t.TrackingNumber + " is " + t.Transit} })
}
