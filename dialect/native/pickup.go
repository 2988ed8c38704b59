package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// pickupIn asks a carrier to come.
type pickupIn struct {
	Location   string    `json:"location" minLength:"1" maxLength:"100" doc:"External id or id of the place."`
	Connection string    `json:"connection" minLength:"1" maxLength:"100" doc:"External id or id of the connection whose carrier comes."`
	Ready      time.Time `json:"ready" doc:"When the parcels are ready."`
	Close      time.Time `json:"close" doc:"When the place closes, on the same day of its time zone."`
	Parcels    int       `json:"parcels" minimum:"1" maximum:"100000" doc:"How many."`
	Weight     *weight   `json:"weight,omitempty" doc:"Of all together."`
	Services   []string  `json:"services,omitempty" maxItems:"20" doc:"Codes of the services that they travel by."`
}

// pickupOut is a visit of a carrier.
type pickupOut struct {
	ID           string    `json:"id"`
	Location     string    `json:"location" doc:"External id."`
	Connection   string    `json:"connection" doc:"External id."`
	Carrier      string    `json:"carrier" doc:"Name of who comes."`
	State        string    `json:"state" enum:"requested,confirmed,cancelled,failed,unsure" doc:"requested: the carrier is being asked. unsure: it did not answer and cannot be asked what became of it; a person finds out and decides."`
	Day          string    `json:"day" format:"date" doc:"In time_zone."`
	Ready        time.Time `json:"ready"`
	Close        time.Time `json:"close"`
	TimeZone     string    `json:"time_zone" doc:"Of the location (IANA)."`
	Parcels      int       `json:"parcels"`
	Weight       *weight   `json:"weight,omitempty"`
	Services     []string  `json:"services" nullable:"false"`
	CarrierID    string    `json:"carrier_id,omitempty" doc:"The carrier's number of the visit."`
	Price        *money    `json:"price,omitempty" doc:"What you pay for it; left out where the carrier does not say."`
	Failure      *failure  `json:"failure,omitempty" doc:"Why it failed, or is in doubt."`
	CancelWanted bool      `json:"cancel_wanted,omitempty" doc:"The carrier was asked to call it off and has not answered."`
	CreatedBy    string    `json:"created_by,omitempty"`
	CancelledBy  string    `json:"cancelled_by,omitempty"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

type bookPickup struct{ Body pickupIn }

type pickupPath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the pickup."`
}

type cancelPickup struct {
	Conditional
	ID string `path:"id" maxLength:"24" doc:"Id of the pickup."`
}

type listPickups struct {
	Paged
	Location   string   `query:"location" maxLength:"100" doc:"External id or id."`
	Connection string   `query:"connection" maxLength:"100" doc:"External id or id."`
	State      []string `query:"state" nullable:"false" enum:"requested,confirmed,cancelled,failed,unsure" doc:"Any of these."`
}

type decidePickup struct {
	Conditional
	ID   string `path:"id" maxLength:"24" doc:"Id of the pickup."`
	Body struct {
		Confirmed bool   `json:"confirmed" doc:"Does the carrier come?"`
		CarrierID string `json:"carrier_id,omitempty" maxLength:"100" doc:"Its number of the visit; needed where it comes."`
	}
}

func pickups(a *api) {
	const tag = "Pickups"
	at := time.Date(2030, 1, 7, 13, 0, 0, 0, time.UTC)
	op(a, operation{
		ID: "book-pickup", Method: "POST", Path: "/pickups", Tag: tag, Summary: "Ask a carrier to come", Status: 201, Scope: waybill.ScopeShip, Keyed: true,
		About: "Where the location says when it is open, it must lie in its opening hours; else it is refused with the next possible window. The carrier is asked once. What it refuses is answered as failed, what it did not answer as unsure. It comes to a " +
			"place once a day: while it does, or nobody knows whether it does, a second one is refused, and names the first. Cancel that to ask anew.",
		Example: pickupIn{Location: "GB-BATH", Connection: "dhl", Ready: at, Close: at.Add(4 * time.Hour), Parcels: 12},
	}, toPickup, engine.Session.BookPickup, showTriedPickup)
	op(a, operation{
		ID: "list-pickups", Method: "GET", Path: "/pickups", Tag: tag, Summary: "List pickups", Scope: waybill.ScopeRead,
	}, toPickupList, engine.Session.ListPickups, func(c *call, slice engine.Slice[waybill.Pickup]) *many[pickupOut] {
		return listed(c, slice.Items, slice.Next, slice.Prev, showPickup)
	})
	op(a, operation{
		ID: "get-pickup", Method: "GET", Path: "/pickups/{id}", Tag: tag, Summary: "Read a pickup", Scope: waybill.ScopeRead,
	}, toPickupID, engine.Session.GetPickup, showTaggedPickup)
	op(a, operation{
		ID: "cancel-pickup", Method: "DELETE", Path: "/pickups/{id}", Tag: tag, Summary: "Call a pickup off", Scope: waybill.ScopeShip,
		About: "It stays readable. An answer that the carrier does not give is unsure; it is then asked again.",
	}, func(_ *call, in *cancelPickup) (waybill.ID, error) { return waybill.ID(in.ID), nil }, engine.Session.CancelPickup, showTaggedPickup)
	op(a, operation{
		ID: "decide-pickup", Method: "POST", Path: "/pickups/{id}/decide", Tag: tag, Summary: "Say what became of a pickup that is unsure", Scope: waybill.ScopeShip,
		About: "After a person has asked the carrier.", Example: map[string]any{"confirmed": true, "carrier_id": "2929602E9CP"},
	}, func(_ *call, in *decidePickup) (engine.DecidePickup, error) {
		return engine.DecidePickup{ID: waybill.ID(in.ID), Confirmed: in.Body.Confirmed, CarrierID: in.Body.CarrierID}, nil
	}, engine.Session.DecidePickup, showTaggedPickup)
}

func toPickup(c *call, in *bookPickup) (engine.BookPickup, error) {
	b := in.Body
	return engine.BookPickup{
		Location: engine.Place{ExternalID: b.Location}, Connection: b.Connection, Ready: b.Ready, Close: b.Close, Parcels: b.Parcels,
		Weight: b.Weight.domain(), Services: b.Services, Key: c.IdempotencyKey(), Hash: c.Hash(),
	}, nil
}

func toPickupID(_ *call, in *pickupPath) (waybill.ID, error) { return waybill.ID(in.ID), nil }

func toPickupList(_ *call, in *listPickups) (engine.ListPickups, error) {
	q := engine.ListPickups{Location: in.Location, Connection: in.Connection, UpdatedFrom: in.UpdatedSince, Page: in.page()}
	for _, state := range in.State {
		q.States = append(q.States, waybill.PickupState(state))
	}
	return q, nil
}

func showTaggedPickup(_ *call, p waybill.Pickup) *tagged[pickupOut] {
	return &tagged[pickupOut]{tag(p.Row), showPickup(p)}
}

func showTriedPickup(_ *call, p waybill.Pickup) *tried[pickupOut] {
	out := showPickup(p)
	return &tried[pickupOut]{tag(p.Row), out.Failure.pause(), out}
}

func showPickup(p waybill.Pickup) pickupOut {
	out := pickupOut{
		ID: string(p.ID), Location: p.LocationKey, Connection: p.Provider.ExternalID, Carrier: p.Provider.DisplayName, State: string(p.State),
		Day: p.Day, Ready: p.Ready, Close: p.Close, TimeZone: p.TimeZone, Parcels: p.Parcels, Weight: showWeight(p.Weight), Services: append([]string{}, p.Services...),
		CarrierID: p.CarrierID, Price: maybeMoney(p.Sold), CancelWanted: p.CancelWanted, CreatedBy: p.CreatedBy, CancelledBy: p.CancelledBy,
		CreatedAt: p.Created, UpdatedAt: p.Updated,
	}
	if zone, err := waybill.Zone(p.TimeZone); err == nil {
		out.Ready, out.Close = p.Ready.In(zone), p.Close.In(zone)
	}
	if p.Reason != "" {
		out.Failure = failed(p.Reason, p.Error, p.Fault, p.Updated)
	}
	return out
}
