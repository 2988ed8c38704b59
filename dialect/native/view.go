package native

import (
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// shipmentOut is a shipment as it is shown: what its caller said, and what became of it.
type shipmentOut struct {
	ID     string `json:"id"`
	Number int64  `json:"number" doc:"From one sequence for all kinds of records."`
	Order
	Account         string      `json:"account" doc:"Id of the account it belongs to."`
	Brand           string      `json:"brand,omitempty" doc:"External id."`
	TimeZone        string      `json:"time_zone,omitempty" doc:"Of the place it leaves from."`
	Booking         string      `json:"booking" enum:"draft,held,rating,no_provider,unsettled,booked,failed,ignored,cancelled,declared" doc:"How far it has come with the carriers."`
	Transit         string      `json:"transit" doc:"Where it is: none, label_made, picked_up, in_transit, out_for_delivery, delivered, returned…"`
	TransitNote     string      `json:"transit_note,omitempty"`
	Failure         *failure    `json:"failure,omitempty" doc:"Why nobody carries it."`
	CarriedBy       *carriedBy  `json:"carrier,omitempty" doc:"Who carries it."`
	Tracking        string      `json:"tracking_number,omitempty" doc:"Of the first parcel."`
	TrackingURL     string      `json:"tracking_url,omitempty"`
	LabelURL        string      `json:"label_url,omitempty" doc:"A signed address of the labels as PDF, good for a week."`
	Price           *money      `json:"price,omitempty" doc:"What the account pays."`
	Charges         []charge    `json:"charges,omitempty" doc:"What the price consists of."`
	Bought          *money      `json:"bought,omitempty" doc:"What the carrier charges. A child account does not see it."`
	EstimatedPickup *window     `json:"estimated_pickup,omitempty"`
	EstimatedDrop   *window     `json:"estimated_delivery,omitempty"`
	ActualPickup    *time.Time  `json:"actual_pickup,omitempty"`
	ActualDelivery  *time.Time  `json:"actual_delivery,omitempty"`
	CancelRequested bool        `json:"cancel_requested,omitempty" doc:"It is given back as soon as the carrier has answered."`
	CancelledBy     string      `json:"cancelled_by,omitempty"`
	Attempts        int         `json:"attempts" doc:"Purchases so far."`
	Returns         []returnRef `json:"returns,omitempty"`
	Notices         []string    `json:"notices,omitempty" doc:"What the caller should know although the request was carried out."`
	API             string      `json:"api" doc:"Which API it came in by."`
	CreatedBy       string      `json:"created_by"`
	CreatedAt       time.Time   `json:"created_at"`
	UpdatedAt       time.Time   `json:"updated_at"`
}

type failure struct {
	Reason     string        `json:"reason" doc:"As in problem documents."`
	Message    string        `json:"message"`
	Carrier    *carrierFault `json:"carrier,omitempty" doc:"What the carrier said, in its own words, as in problem documents."`
	RetryAfter int           `json:"retry_after,omitempty" doc:"Seconds from then that the carrier asked to be left alone for."`
	At         time.Time     `json:"at"`
}

// tried is an answer that is one resource which a carrier was asked about.
type tried[T any] struct {
	ETag       string `header:"ETag" doc:"The version, for If-Match."`
	RetryAfter string `header:"Retry-After" doc:"Seconds that the carrier asked to be left alone for, where it refused and said so."`
	Body       T
}

// pause is a Retry-After; empty: nobody said anything.
func (f *failure) pause() string {
	if f == nil || f.RetryAfter == 0 {
		return ""
	}
	return itoa(f.RetryAfter)
}

// failed is why something was not done, and what the carrier said of it.
func failed(reason waybill.Reason, message string, fault *waybill.CarrierFault, at time.Time) *failure {
	f := &failure{Reason: string(reason), Message: message, Carrier: showFault(fault), At: at}
	if fault != nil {
		f.RetryAfter = seconds(fault.Wait)
	}
	return f
}

type carriedBy struct {
	Connection  string `json:"connection" doc:"External id."`
	Name        string `json:"name"`
	Carrier     string `json:"carrier" doc:"Which driver: house, ups, delhivery, doordash."`
	Service     string `json:"service" doc:"Code."`
	ServiceName string `json:"service_name"`
	ServiceNo   int64  `json:"service_number,omitempty"`
	Mode        string `json:"mode" enum:"simulator,sandbox,live"`
}

type returnRef struct {
	ID       string `json:"id"`
	Tracking string `json:"tracking_number,omitempty"`
	Bought   *money `json:"bought,omitempty" doc:"What the carrier charges. A child account does not see it."`
}

// shipment shows a shipment to who asks.
func (c *call) shipment(s waybill.Shipment) shipmentOut {
	out := shipmentOut{
		ID: string(s.ID), Number: s.Number, Order: showOrder(s), Account: string(s.Account), Brand: s.Brand, TimeZone: s.TimeZone,
		Booking: string(s.Booking), Transit: string(s.Transit), TransitNote: s.TransitNote, CarriedBy: showProvider(s.Provider),
		Tracking: s.Tracking, TrackingURL: s.TrackingURL, Price: maybeMoney(s.Sold), Charges: c.charges(s.Charges),
		EstimatedPickup: showWindow(s.EstimatedPick), EstimatedDrop: showWindow(s.EstimatedDrop), ActualPickup: s.ActualPickup, ActualDelivery: s.ActualDelivery,
		CancelRequested: s.CancelWanted, CancelledBy: s.CancelledBy, Attempts: s.Attempt, Notices: s.Notices, API: s.Dialect,
		CreatedBy: s.CreatedBy, CreatedAt: s.Created, UpdatedAt: s.Updated,
	}
	if !c.child {
		out.Bought = maybeMoney(s.Bought)
	}
	if s.Failure != nil {
		out.Failure = failed(s.Failure.Reason, s.Failure.Message, s.Failure.Fault, s.Failure.At)
	}
	if s.Booking == waybill.Booked && s.Provider != nil && !s.Provider.NoLabel {
		out.LabelURL = c.Link("label", s.ID)
	}
	for _, r := range s.Returns {
		shown := returnRef{ID: string(r.ID), Tracking: r.Tracking}
		if !c.child {
			shown.Bought = maybeMoney(r.Price)
		}
		out.Returns = append(out.Returns, shown)
	}
	return out
}

func showProvider(p *waybill.Provider) *carriedBy {
	if p == nil {
		return nil
	}
	mode := string(p.Mode)
	if mode == "" {
		mode = string(waybill.ModeLive)
	}
	return &carriedBy{p.ExternalID, p.DisplayName, p.Carrier, p.Service, p.ServiceName, p.ServiceNo, mode}
}

func showShipment(c *call, s waybill.Shipment) *tagged[shipmentOut] {
	return &tagged[shipmentOut]{tag(s.Row), c.shipment(s)}
}

func views(a *api) {
	op(a, operation{
		ID: "get-shipment", Method: "GET", Path: "/shipments/{id}", Tag: "Shipments", Summary: "A shipment", Scope: waybill.ScopeRead,
	}, readNamed, engine.Session.GetShipment, showShipment)
	op(a, operation{
		ID: "list-shipments", Method: "GET", Path: "/shipments", Tag: "Shipments", Summary: "Shipments, newest first", Scope: waybill.ScopeRead,
		About: "Filters are joined by and; the values of one filter, with commas between, by or. q looks for a text in references, tracking numbers and the " +
			"recipient's name, company, town, street, postal code, e-mail and phone: each of its words must be the beginning of a word there, or the last digits " +
			"of a phone number; case, accents and punctuation do not count. It goes with every other filter.",
	}, readList, engine.Session.ListShipments, showList)
}

func readNamed(_ *call, in *named) (engine.GetShipment, error) {
	return engine.GetShipment{Ref: ref(in.ID)}, nil
}

type listIn struct {
	Paged
	Q           string    `query:"q" maxLength:"200" doc:"A text that people look for."`
	Booking     []string  `query:"booking" nullable:"false" enum:"draft,held,no_provider,unsettled,booked,failed,ignored,cancelled,declared"`
	Transit     []string  `query:"transit" nullable:"false" maxItems:"30"`
	Location    []string  `query:"location" nullable:"false" maxItems:"50" doc:"External ids or ids."`
	Reference   []string  `query:"reference" nullable:"false" maxItems:"50"`
	Tag         []string  `query:"tag" nullable:"false" maxItems:"50" doc:"Names, numbers or ids."`
	Group       string    `query:"group" maxLength:"100"`
	Carrier     string    `query:"carrier" maxLength:"100" doc:"Name, external id or id of the connection that carries it."`
	Channel     string    `query:"channel" maxLength:"100"`
	Reference2  string    `query:"reference2" maxLength:"100"`
	Tracking    string    `query:"tracking_number" maxLength:"100"`
	Country     string    `query:"country" maxLength:"2" format:"country" doc:"Of the recipient, as are the next four."`
	Postcode    string    `query:"postcode" maxLength:"20"`
	City        string    `query:"city" maxLength:"100"`
	Email       string    `query:"email" maxLength:"254"`
	Phone       string    `query:"phone" maxLength:"50"`
	CreatedFrom time.Time `query:"created_from" doc:"At this time or later."`
	CreatedTo   time.Time `query:"created_to" doc:"At this time or before."`
	UpdatedTo   time.Time `query:"updated_to" doc:"At this time or before."`
}

func readList(_ *call, in *listIn) (engine.ListShipments, error) {
	l := engine.ListShipments{Page: in.page(), Tags: in.Tag, Carrier: in.Carrier}
	q := &l.Query
	if text := strings.TrimSpace(in.Q); text != "" {
		if q.Words = engine.Words(text); q.Words == nil {
			return l, waybill.FieldErrors("list", []waybill.FieldError{{
				Path: "query.q", Rule: waybill.RuleEmpty, Value: text, Message: "there is neither letter nor digit in it",
			}})
		}
	}
	l.Places, q.References, q.Group = in.Location, in.Reference, in.Group
	for _, b := range in.Booking {
		q.Booking = append(q.Booking, waybill.Booking(b))
	}
	for i, t := range in.Transit {
		if !slices.Contains(waybill.Transits, waybill.Transit(t)) {
			return l, waybill.FieldErrors("list", []waybill.FieldError{{
				Path: "query.transit[" + itoa(i) + "]", Rule: waybill.RuleEnum, Value: t, Message: "there is no such state",
			}})
		}
		q.Transit = append(q.Transit, waybill.Transit(t))
	}
	q.CreatedFrom, q.CreatedTo, q.UpdatedFrom, q.UpdatedTo = in.CreatedFrom, in.CreatedTo, in.UpdatedSince, in.UpdatedTo
	for _, term := range []engine.Term{
		{Field: engine.TermChannel, Value: in.Channel}, {Field: engine.TermReference2, Value: in.Reference2},
		{Field: engine.TermTracking, Value: in.Tracking}, {Field: engine.TermCountry, Value: in.Country}, {Field: engine.TermPostcode, Value: in.Postcode},
		{Field: engine.TermCity, Value: in.City}, {Field: engine.TermEmail, Value: in.Email}, {Field: engine.TermPhone, Value: in.Phone},
	} {
		if term.Value = engine.Fold(term.Value); term.Value != "" {
			q.Terms = append(q.Terms, term)
		}
	}
	return l, nil
}

func showList(c *call, l engine.ShipmentList) *many[shipmentOut] {
	return listed(c, l.Items, l.Next, l.Prev, c.shipment)
}
