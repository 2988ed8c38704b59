package native

import (
	"encoding/json"

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

type eventsIn struct {
	Cursor string   `query:"cursor" maxLength:"100" doc:"next_cursor of an answer; left out: from the first event that is kept."`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most; kinds that are left out count."`
	Kind   []string `query:"kind" nullable:"false" maxItems:"50" doc:"Only these kinds."`
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
		e := engine.ReadEvents{After: in.Cursor, Limit: in.Limit}
		for _, kind := range in.Kind {
			e.Kinds = append(e.Kinds, waybill.EventKind(kind))
		}
		return e, nil
	}, engine.Session.ReadEvents, func(_ *call, part engine.EventPart) *one[eventList] {
		out := eventList{Items: []eventOut{}, NextCursor: part.Next}
		for _, e := range part.Items {
			out.Items = append(out.Items, tell(e))
		}
		return &one[eventList]{out}
	})
	a.stream()
}
