package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// manifestIn has a carrier take parcels over.
type manifestIn struct {
	Location   string   `json:"location" minLength:"1" maxLength:"100" doc:"External id or id of the place they leave."`
	Connection string   `json:"connection" minLength:"1" maxLength:"100" doc:"External id or id of the connection whose carrier takes them."`
	ShipDate   string   `json:"ship_date,omitempty" format:"date" doc:"The day they leave, in the location's time zone; left out: today."`
	Earlier    bool     `json:"earlier,omitempty" doc:"With what should have left on one of the seven days before."`
	Shipments  []string `json:"shipments,omitempty" minItems:"1" maxItems:"2000" doc:"Ids or references of those meant; left out: all that can go on it."`
}

// manifestOut is a list of what a carrier takes over.
type manifestOut struct {
	ID         string     `json:"id"`
	Location   string     `json:"location" doc:"External id."`
	Connection string     `json:"connection" doc:"External id."`
	Carrier    string     `json:"carrier" doc:"Name of who takes the parcels."`
	ShipDate   string     `json:"ship_date" format:"date" doc:"In time_zone."`
	TimeZone   string     `json:"time_zone" doc:"Of the location (IANA)."`
	State      string     `json:"state" enum:"requested,closed,refused,unsure,stuck" doc:"requested: the carrier is being told. unsure: it did not answer, and is asked whether it has it. stuck: nobody can find out but a person, who then decides."`
	CarrierID  string     `json:"carrier_id,omitempty" doc:"The carrier's number of it."`
	Shipments  int        `json:"shipments" doc:"How many were on it when it was made."`
	Parcels    int        `json:"parcels"`
	Grams      int64      `json:"weight_g" doc:"Of all together."`
	Failure    *failure   `json:"failure,omitempty" doc:"Why it was refused, or is in doubt."`
	Document   string     `json:"document_url,omitempty" doc:"Where the carrier's paper can be had, with your key."`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	CreatedBy  string     `json:"created_by,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
}

// manifestLine is a shipment that can go, or is, on a manifest.
type manifestLine struct {
	Shipment  string    `json:"shipment_id"`
	Reference string    `json:"reference,omitempty"`
	Tracking  string    `json:"tracking_number,omitempty" doc:"Of the first parcel."`
	Service   string    `json:"service,omitempty"`
	Parcels   int       `json:"parcels"`
	Grams     int64     `json:"weight_g"`
	ShipDate  string    `json:"ship_date" format:"date"`
	BookedAt  time.Time `json:"booked_at"`
	Cancelled bool      `json:"cancelled,omitempty" doc:"It was cancelled after the manifest was closed: the carrier was told of it, and will not get it."`
}

// manifestPlan is what a manifest would have on it, and why the rest would not be.
type manifestPlan struct {
	Location   string         `json:"location"`
	Connection string         `json:"connection"`
	Carrier    string         `json:"carrier"`
	ShipDate   string         `json:"ship_date" format:"date"`
	Cutoff     *time.Time     `json:"cutoff_at,omitempty" doc:"Of that day, where the location has one."`
	Open       string         `json:"open_manifest_id,omitempty" doc:"Nobody knows yet how this one ends; until then there is no other."`
	Eligible   []manifestLine `json:"eligible" nullable:"false"`
	Excluded   []excluded     `json:"excluded" nullable:"false"`
	More       bool           `json:"more_excluded" doc:"There is more than is told."`
}

type excluded struct {
	Shipment  string `json:"shipment_id,omitempty"`
	Reference string `json:"reference,omitempty"`
	Why       string `json:"why" enum:"on_manifest,other_ship_date,cancelling,cancelled,handed_over,unsettled,not_booked,other_location,other_connection,not_kept,unknown,full"`
	Message   string `json:"message"`
	Manifest  string `json:"manifest_id,omitempty"`
	ShipDate  string `json:"ship_date,omitempty"`
}

// dueOut is what is booked, leaves on a day and is on no manifest.
type dueOut struct {
	Location   string     `json:"location" doc:"External id."`
	Connection string     `json:"connection" doc:"External id."`
	Carrier    string     `json:"carrier"`
	ShipDate   string     `json:"ship_date" format:"date"`
	Cutoff     *time.Time `json:"cutoff_at,omitempty"`
	Late       bool       `json:"late" doc:"The cut-off, or without one the day, is over."`
	Shipments  int        `json:"shipments"`
	Parcels    int        `json:"parcels"`
}

type closeManifest struct{ Body manifestIn }

type manifestPath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the manifest."`
}

type planManifest struct {
	Location   string   `query:"location" required:"true" minLength:"1" maxLength:"100" doc:"External id or id." example:"GB-BATH"`
	Connection string   `query:"connection" required:"true" minLength:"1" maxLength:"100" doc:"External id or id." example:"dhl"`
	ShipDate   string   `query:"ship_date" format:"date" doc:"Left out: today, where the location is."`
	Earlier    bool     `query:"earlier" doc:"With what should have left on one of the seven days before."`
	Shipment   []string `query:"shipment" nullable:"false" maxItems:"100" doc:"Look at these only: ids or references."`
}

type listManifests struct {
	Paged
	Location   string   `query:"location" maxLength:"100" doc:"External id or id."`
	Connection string   `query:"connection" maxLength:"100" doc:"External id or id."`
	ShipDate   string   `query:"ship_date" format:"date"`
	State      []string `query:"state" nullable:"false" enum:"requested,closed,refused,unsure,stuck" doc:"Any of these."`
}

type manifestShipments struct {
	ID     string `path:"id" maxLength:"24" doc:"Id of the manifest."`
	Cursor string `query:"cursor" maxLength:"24" doc:"next_cursor of an answer."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most."`

	UpdatedSince time.Time `query:"updated_since" doc:"Only shipments that changed at this time or later. A part may be shorter then."`
}

type decideManifest struct {
	Conditional
	ID   string `path:"id" maxLength:"24" doc:"Id of the manifest."`
	Body struct {
		Closed    bool   `json:"closed" doc:"Does the carrier have it?"`
		CarrierID string `json:"carrier_id,omitempty" maxLength:"100" doc:"Its number; needed where the carrier has it."`
	}
}

func manifests(a *api) {
	const tag = "Manifests"
	op(a, operation{
		ID: "close-manifest", Method: "POST", Path: "/manifests", Tag: tag, Summary: "Have a carrier take parcels over", Status: 201, Scope: waybill.ScopeShip, Keyed: true,
		About: "The carrier is told once. What it refuses is answered as refused, what it did not answer as unsure: while nobody knows how it ended, there is no " +
			"other of that place, connection and day, and what is on it cannot be cancelled. A parcel is on one manifest at most: what is booked later goes on another.",
		Example: manifestIn{Location: "GB-BATH", Connection: "dhl"},
	}, toManifest, engine.Session.CloseManifest, showTriedManifest)
	op(a, operation{
		ID: "plan-manifest", Method: "GET", Path: "/manifests/plan", Tag: tag, Summary: "What can go on a manifest, and why the rest cannot", Scope: waybill.ScopeRead,
		About: "The rest is what leaves the place with the carrier that day or within a week of it, and what was to be booked there in the week before.",
	}, toManifestPlan, engine.Session.PlanManifest, showManifestPlan)
	op(a, operation{
		ID: "list-due-manifests", Method: "GET", Path: "/manifests/due", Tag: tag, Summary: "What is booked and on no manifest", Scope: waybill.ScopeRead,
		About: "By place, connection and day, from a week ago to a week ahead. An hour before the cut-off of a place the event manifest.due names what is on none, once of each parcel. By updated_since: where anything was booked at that time or later.",
	}, toSince, changedSince(engine.Session.DueManifests, func(d engine.DueManifest) time.Time { return d.Latest }), func(_ *call, all []engine.DueManifest) *one[list[dueOut]] {
		return inFull(all, showDue)
	})
	op(a, operation{
		ID: "list-manifests", Method: "GET", Path: "/manifests", Tag: tag, Summary: "List manifests", Scope: waybill.ScopeRead,
	}, toManifestList, engine.Session.ListManifests, func(c *call, slice engine.Slice[waybill.Manifest]) *many[manifestOut] {
		return listed(c, slice.Items, slice.Next, slice.Prev, c.manifest)
	})
	op(a, operation{
		ID: "get-manifest", Method: "GET", Path: "/manifests/{id}", Tag: tag, Summary: "Read a manifest", Scope: waybill.ScopeRead,
	}, toManifestID, engine.Session.GetManifest, showTaggedManifest)
	op(a, operation{
		ID: "list-manifest-shipments", Method: "GET", Path: "/manifests/{id}/shipments", Tag: tag, Summary: "What is on a manifest", Scope: waybill.ScopeRead,
		About: "Of a refused one nothing: its parcels wait for another.",
	}, func(_ *call, in *manifestShipments) (engine.ManifestShipments, error) {
		if in.Cursor != "" && !isID(in.Cursor) {
			return engine.ManifestShipments{}, waybill.E("list", waybill.ReasonBadCursor, "the cursor is not of this list")
		}
		return engine.ManifestShipments{ID: waybill.ID(in.ID), After: waybill.ID(in.Cursor), Limit: in.Limit, Updated: in.UpdatedSince}, nil
	}, engine.Session.ManifestShipments, func(_ *call, slice engine.Slice[engine.ManifestLine]) *one[list[manifestLine]] {
		answer := inFull(slice.Items, showManifestLine)
		answer.Body.NextCursor = slice.Next
		return answer
	})
	op(a, operation{
		ID: "get-manifest-document", Method: "GET", Path: "/manifests/{id}/document", Tag: tag, Summary: "The carrier's paper of a manifest", Scope: waybill.ScopeRead, Files: append(files, waybill.GIF),
	}, toManifestID, engine.Session.ManifestDocument, showLabel)
	op(a, operation{
		ID: "decide-manifest", Method: "POST", Path: "/manifests/{id}/decide", Tag: tag, Summary: "Say what became of a manifest that is stuck", Scope: waybill.ScopeShip,
		About: "After a person has asked the carrier.", Example: map[string]any{"closed": true, "carrier_id": "M-20300107"},
	}, func(_ *call, in *decideManifest) (engine.DecideManifest, error) {
		return engine.DecideManifest{ID: waybill.ID(in.ID), Closed: in.Body.Closed, CarrierID: in.Body.CarrierID}, nil
	}, engine.Session.DecideManifest, showTaggedManifest)
}

func toManifest(c *call, in *closeManifest) (engine.CloseManifest, error) {
	b := in.Body
	return engine.CloseManifest{
		ManifestScope: engine.ManifestScope{Location: b.Location, Connection: b.Connection, Day: b.ShipDate, Earlier: b.Earlier, Shipments: refs(b.Shipments)},
		Key:           c.IdempotencyKey(), Hash: c.Hash(),
	}, nil
}

func toManifestPlan(_ *call, in *planManifest) (engine.ManifestScope, error) {
	return engine.ManifestScope{Location: in.Location, Connection: in.Connection, Day: in.ShipDate, Earlier: in.Earlier, Shipments: refs(in.Shipment)}, nil
}

// refs are shipments by id or reference.
func refs(names []string) (list []engine.Ref) {
	if names != nil {
		list = []engine.Ref{}
	}
	for _, name := range names {
		list = append(list, ref(name))
	}
	return list
}

func toManifestID(_ *call, in *manifestPath) (waybill.ID, error) { return waybill.ID(in.ID), nil }

func toManifestList(_ *call, in *listManifests) (engine.ListManifests, error) {
	q := engine.ListManifests{Location: in.Location, Connection: in.Connection, Day: in.ShipDate, UpdatedFrom: in.UpdatedSince, Page: in.page()}
	for _, state := range in.State {
		q.States = append(q.States, waybill.ManifestState(state))
	}
	return q, nil
}

func showTriedManifest(c *call, m waybill.Manifest) *tried[manifestOut] {
	out := c.manifest(m)
	return &tried[manifestOut]{tag(m.Row), out.Failure.pause(), out}
}

func showTaggedManifest(c *call, m waybill.Manifest) *tagged[manifestOut] {
	return &tagged[manifestOut]{tag(m.Row), c.manifest(m)}
}

func (c *call) manifest(m waybill.Manifest) manifestOut {
	out := manifestOut{
		ID: string(m.ID), Location: m.LocationKey, Connection: m.Provider.ExternalID, Carrier: m.Provider.DisplayName, ShipDate: m.Day, TimeZone: m.TimeZone,
		State: string(m.State), CarrierID: m.CarrierID, Shipments: m.Shipments, Parcels: m.Parcels, Grams: m.Grams, ClosedAt: m.Closed, CreatedBy: m.CreatedBy,
		CreatedAt: m.Created, UpdatedAt: m.Updated,
	}
	if m.State == waybill.ManifestClosed {
		out.Document = c.Base + "/manifests/" + string(m.ID) + "/document"
	}
	if m.Reason != "" {
		out.Failure = failed(m.Reason, m.Error, m.Fault, m.Updated)
	}
	return out
}

func showManifestLine(l engine.ManifestLine) manifestLine {
	return manifestLine{
		string(l.Shipment), l.Reference, l.Tracking, l.Service, l.Parcels, l.Grams, l.Day, l.Booked, l.State == waybill.ConsignmentVoiding || l.State == waybill.ConsignmentVoided,
	}
}

func showManifestPlan(_ *call, p engine.ManifestPlan) *one[manifestPlan] {
	out := manifestPlan{
		Location: p.Location, Connection: p.Connection, Carrier: p.Carrier, ShipDate: p.Day, Cutoff: p.Cutoff, Open: string(p.Open),
		Eligible: []manifestLine{}, Excluded: []excluded{}, More: p.More,
	}
	for _, l := range p.Lines {
		out.Eligible = append(out.Eligible, showManifestLine(l))
	}
	for _, r := range p.Rest {
		out.Excluded = append(out.Excluded, excluded{string(r.Shipment), r.Reference, r.Why, r.Message, string(r.Manifest), r.Day})
	}
	return &one[manifestPlan]{out}
}

func showDue(d engine.DueManifest) dueOut {
	return dueOut{d.LocationKey, d.ConnectionKey, d.Carrier, d.Day, d.Cutoff, d.Late, d.Shipments, d.Parcels}
}
