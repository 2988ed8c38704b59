package native

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// tell is an event for whoever may see it. Prices that a child must not see are told to nobody: an endpoint's words
// do not depend on who set it up.
func tell(e waybill.Event) eventOut {
	out := (&call{child: true}).event(e)
	out.Account, out.Shipment, out.Purchase, out.Pickup = string(e.Account), string(e.Shipment), string(e.Purchase), string(e.Pickup)
	out.Manifest = string(e.Manifest)
	if e.Pickup != "" || e.Manifest != "" || e.Kind == waybill.ManifestDue || e.Kind == waybill.WebhookTested || (e.Return != "" && e.Return == e.Shipment) {
		out.Shipment = "" // it is filed under itself
	}
	return out
}

// spoken is a webhook (Standard Webhooks: type, timestamp, data).
type spoken struct {
	Type      waybill.EventKind `json:"type"`
	Timestamp string            `json:"timestamp"`
	Data      spokenData        `json:"data"`
}

type spokenData struct {
	Event    eventOut     `json:"event"`
	Shipment *shipmentOut `json:"shipment,omitempty"`
}

// speak tells every kind of event, with the shipment as it then was. What an endpoint wants to hear only is the
// transit state of what was tracked, else the booking state.
func speak(e waybill.Event, to dialect.Endpoint) (dialect.Message, bool) {
	message := spoken{Type: e.Kind, Timestamp: e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), Data: spokenData{Event: tell(e)}}
	if e.Subject != nil {
		shown := (&call{Request: &dialect.Request{}, child: true}).shipment(*e.Subject)
		if shown.CarriedBy != nil && shown.Tracking != "" && to.Link != nil {
			shown.LabelURL = to.Link("label", e.Subject.ID)
		}
		message.Data.Shipment = &shown
	}
	body, err := json.Marshal(message)
	if err != nil {
		return dialect.Message{}, false
	}
	status := string(e.Facts.Booking)
	if e.Kind == waybill.ShipmentTracked || e.Kind == waybill.ReturnTracked {
		status = string(e.Facts.Transit)
	}
	return dialect.Message{Body: body, Signed: signed, Status: status}, true
}

// hookStatuses are the words that an endpoint may wait for: booking and transit states.
func hookStatuses() (list []string) {
	for _, b := range waybill.Bookings {
		list = append(list, string(b))
	}
	for _, t := range waybill.Transits {
		list = append(list, string(t))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

type eventsIn struct {
	Cursor string   `query:"cursor" maxLength:"100" doc:"next_cursor of an answer; left out: from the first event that is kept."`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most; kinds that are left out count."`
	Kind   []string `query:"kind" nullable:"false" maxItems:"50" doc:"Only these kinds."`

	UpdatedSince time.Time `query:"updated_since" doc:"Only what happened at this time or later."`
}

// eventList is a part of a list without end.
type eventList struct {
	Items      []eventOut `json:"items" nullable:"false"`
	NextCursor string     `json:"next_cursor,omitempty" doc:"Always there once anything happened: ask with it again for what happens later."`
}

func events(a *api) {
	op(a, operation{
		ID: "list-events", Method: "GET", Path: "/events", Tag: "Events", Summary: "What happened, oldest first", Scope: waybill.ScopeRead,
		About: "The list only grows, and the cursor goes on where it stopped: nothing is skipped or told twice. At its end the same cursor is answered, without items.",
	}, func(_ *call, in *eventsIn) (engine.ReadEvents, error) {
		kinds, err := eventKinds(in.Kind)
		return engine.ReadEvents{After: in.Cursor, From: in.UpdatedSince, Limit: in.Limit, Kinds: kinds}, err
	}, engine.Session.ReadEvents, func(_ *call, part engine.EventPart) *one[eventList] {
		out := eventList{Items: []eventOut{}, NextCursor: part.Next}
		for _, e := range part.Items {
			out.Items = append(out.Items, tell(e))
		}
		return &one[eventList]{out}
	})
	a.stream()
}

// eventKinds reads which kinds of events are wanted. One that never happens is refused: who waits for it would wait forever.
func eventKinds(names []string) (kinds []waybill.EventKind, err error) {
	var fields []waybill.FieldError
	for i, name := range names {
		kind := waybill.EventKind(name)
		if !slices.Contains(waybill.EventKinds, kind) {
			fields = append(fields, waybill.FieldError{
				Path: "query.kind[" + itoa(i) + "]", Rule: waybill.RuleEnum, Value: shortened(name), Limit: strings.Join(words(waybill.EventKinds), ", "),
				Message: "there is no such kind of event",
			})
		}
		kinds = append(kinds, kind)
	}
	return kinds, waybill.FieldErrors("events", fields)
}
