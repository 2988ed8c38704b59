package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"waybill/client"
)

type shipmentsCmd struct {
	List     shipmentsList     `cmd:"" default:"withargs" help:"List shipments, newest first; words are looked for in references, names, postcodes, e-mail, telephone and tracking numbers."`
	Show     shipmentsShow     `cmd:"" help:"Show a shipment."`
	Timeline shipmentsTimeline `cmd:"" help:"Show all that happened to a shipment: decisions, calls, prints, scans, webhooks, money."`
	History  shipmentsHistory  `cmd:"" help:"Show the events of a shipment alone, as its listeners heard of them."`
	Why      shipmentsWhy      `cmd:"" help:"Tell why a shipment goes the way it goes."`
	Retry    shipmentsRetry    `cmd:"" help:"Place a shipment again that failed or that nobody could carry."`
}

// one names a shipment.
type one struct {
	Reference string `arg:"" help:"Reference or id of the shipment."`
}

type shipmentsList struct {
	Words    []string  `arg:"" optional:"" help:"Words to look for."`
	Booking  []string  `help:"Only those that are: draft, held, no_provider, unsettled, booked, failed, ignored, cancelled, declared." placeholder:"STATE"`
	Transit  []string  `help:"Only those that are: label_made, in_transit, delivered…" placeholder:"STATE"`
	Location []string  `help:"Only those that leave from these locations." placeholder:"ID"`
	Carrier  string    `help:"Only those of this carrier." placeholder:"NAME"`
	Since    time.Time `help:"Only those that changed at this time or later." placeholder:"2026-11-21T10:00:00Z"`
	Limit    int       `help:"How many at most; 0: all." default:"50"`
}

// Run lists shipments, part by part.
func (l shipmentsList) Run(c *cli) error {
	params := client.ListShipmentsParams{
		Q: strings.Join(l.Words, " "), Booking: l.Booking, Transit: l.Transit, Location: l.Location, Carrier: l.Carrier, UpdatedSince: l.Since, Limit: 100,
	}
	if l.Limit > 0 {
		params.Limit = int64(min(l.Limit, 100))
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		t := table{head: []string{"REFERENCE", "BOOKING", "TRANSIT", "CARRIER", "TRACKING", "TO", "CREATED"}}
		var items []json.RawMessage
		for {
			var a client.Answer
			part, err := api.ListShipments(ctx, params, client.Into(&a))
			if err != nil {
				return err
			}
			var raw struct{ Items []json.RawMessage }
			if err := json.Unmarshal(a.Body, &raw); err != nil {
				return err
			}
			items = append(items, raw.Items...)
			for _, s := range part.Items {
				to := strings.TrimSpace(s.To.Postcode + " " + s.To.Country)
				t.rows = append(t.rows, []string{s.Reference, s.Booking, s.Transit, carrierOf(s.Carrier), s.TrackingNumber, to, moment(&s.CreatedAt)})
			}
			params.Cursor = part.NextCursor
			if full := l.Limit > 0 && len(items) >= l.Limit; full || part.NextCursor == "" {
				if full {
					items, t.rows = items[:l.Limit], t.rows[:l.Limit]
				}
				progressNote("")
				return c.list(items, t)
			}
			progressNote(fmt.Sprintf("%d shipments", len(items)))
		}
	})
}

type shipmentsShow struct{ one }

// Run shows a shipment.
func (s shipmentsShow) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ShipmentOut, error) {
		return api.GetShipment(ctx, s.Reference, opt)
	}, sheet)
}

type shipmentsTimeline struct{ one }

// Run shows what happened.
func (s shipmentsTimeline) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListMomentOut, error) {
		return api.GetTimeline(ctx, s.Reference, client.GetTimelineParams{}, opt)
	}, func(list *client.ListMomentOut) table {
		t := table{head: []string{"AT", "WHAT", "WHO", "DETAIL"}}
		for _, m := range list.Items {
			what, detail := inWords(m)
			t.rows = append(t.rows, []string{m.At.Local().Format(time.DateTime), what, m.Actor.Name, detail})
		}
		return t
	})
}

// inWords is a moment in a few words.
func inWords(m client.MomentOut) (what, detail string) {
	switch {
	case m.Event != nil:
		e := m.Event
		detail = joined(e.Carrier, e.Service, e.TrackingNumber, e.Transit, e.Message, e.Note)
		return e.Kind, detail
	case m.Decision != nil:
		story := m.Decision.Story
		if len(story) > 0 {
			detail = story[len(story)-1]
		}
		return "decision", detail
	case m.Purchase != nil:
		return "purchase", joined(m.Purchase.Service, m.Purchase.State, price(m.Purchase.Price), m.Purchase.Message)
	case m.Money != nil:
		return m.Money.Kind, joined(price(&m.Money.Amount), m.Money.Cause)
	case m.Webhook != nil:
		return "webhook", joined(m.Webhook.Event, m.Webhook.State, m.Webhook.URL)
	}
	return m.Kind, ""
}

type shipmentsHistory struct{ one }

// Run shows its events.
func (s shipmentsHistory) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListEventOut, error) {
		return api.ListShipmentEvents(ctx, s.Reference, client.ListShipmentEventsParams{}, opt)
	}, func(list *client.ListEventOut) table {
		t := table{head: []string{"AT", "WHAT", "WHO", "STATE", "DETAIL"}}
		for _, e := range list.Items {
			t.rows = append(t.rows, []string{
				e.At.Local().Format(time.DateTime), e.Kind, e.Actor.Name, joined(e.Booking, e.Transit), joined(e.Carrier, e.Service, e.TrackingNumber, e.Message, e.Note),
			})
		}
		return t
	})
}

type shipmentsRetry struct{ one }

// Run places it again, and waits for the end as ship does.
func (s shipmentsRetry) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var a client.Answer
		sh, err := api.RetryShipment(ctx, s.Reference, client.Into(&a))
		if err != nil {
			return err
		}
		return shipCmd{}.ended(ctx, c, api, sh, &a)
	})
}

type shipmentsWhy struct{ one }

// Run tells the decisions in words.
func (s shipmentsWhy) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListDecisionOut, error) {
		return api.GetDecision(ctx, s.Reference, client.GetDecisionParams{}, opt)
	}, func(list *client.ListDecisionOut) table {
		var lines []string
		for i, d := range list.Items {
			if i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, d.Story...)
		}
		return table{text: strings.Join(lines, "\n")}
	})
}
