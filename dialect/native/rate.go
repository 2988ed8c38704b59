package native

import (
	"cmp"
	"context"
	"time"

	"waybill"
	"waybill/engine"
)

// ratesIn asks for the prices of a shipment that is stored, or of one that is not.
type ratesIn struct {
	Body struct {
		ShipmentID string `json:"shipment_id,omitempty" maxLength:"310" doc:"Id or reference of a stored shipment."`
		Shipment   *Order `json:"shipment,omitempty" doc:"Or the shipment itself. It is not stored."`
		Location   string `json:"location,omitempty" maxLength:"100" doc:"External id or id of another place that a stored one leaves from."`
	}
}

type ratesOut struct {
	Shipment string    `json:"shipment_id,omitempty" doc:"Of a stored shipment."`
	Rates    []rate    `json:"rates" nullable:"false" doc:"Those that can be bought, the best by your rules first."`
	Rejected []rate    `json:"rejected" nullable:"false" doc:"Those that came in and cannot be bought, each with the reason: a rule is against it, a limit or the balance does not allow it."`
	Missing  []missing `json:"missing" nullable:"false" doc:"Connections and services of which none came in, each with the reason."`
	Steps    []stepOut `json:"steps" nullable:"false" doc:"Who was asked, who did not answer, and what the rules said."`
}

// missing is who gives no rate.
type missing struct {
	Connection  string        `json:"connection" doc:"External id."`
	Name        string        `json:"name" doc:"Of the connection."`
	Carrier     string        `json:"carrier" doc:"Which driver."`
	Service     string        `json:"service,omitempty" doc:"Code of the service; left out: all of the connection."`
	ServiceName string        `json:"service_name,omitempty"`
	Asked       bool          `json:"asked" doc:"false: a rule, a pause or what the shipment needs kept it from being asked. true: the carrier was asked, and has nothing or failed."`
	Reason      string        `json:"reason" doc:"In words."`
	Failed      string        `json:"failed,omitempty" doc:"Of a carrier that was asked and failed: why, of the closed list of reasons."`
	Fault       *carrierFault `json:"fault,omitempty" doc:"What the carrier said, in its own words."`
}

// rate is the offer of one service of one connection.
type rate struct {
	ID          string     `json:"id,omitempty" doc:"To book it by, as it is told here."`
	Rank        int        `json:"rank,omitempty" doc:"1 is the best."`
	Connection  string     `json:"connection" doc:"External id: for booking."`
	Name        string     `json:"name" doc:"Of the connection."`
	Carrier     string     `json:"carrier" doc:"Which driver: house, ups, delhivery, doordash."`
	Mode        string     `json:"mode" enum:"simulator,sandbox,live"`
	Service     string     `json:"service" doc:"Code: for booking."`
	ServiceName string     `json:"service_name"`
	ServiceNo   int64      `json:"service_number,omitempty"`
	Price       money      `json:"price" doc:"What the account pays."`
	Charges     []charge   `json:"charges" nullable:"false"`
	Bought      *money     `json:"bought,omitempty" doc:"What the carrier charges. A child account does not see it."`
	TransitDays int        `json:"transit_days,omitempty" doc:"Working days."`
	Promised    *time.Time `json:"promised_at,omitempty" doc:"When it will be there."`
	Pickup      *time.Time `json:"pickup_at,omitempty"`
	Expires     *time.Time `json:"expires_at,omitempty" doc:"Until when it is booked by its id, no dearer and for no later day."`
	Chargeable  int64      `json:"chargeable_grams,omitempty" doc:"The weight that the price rests on."`
	Abilities   []string   `json:"abilities,omitempty" doc:"Options that the service can carry out."`
	Rejected    string     `json:"rejected,omitempty" doc:"Why it cannot be bought."`
}

type stepOut struct {
	Stage   string `json:"stage" doc:"select, rule, rate, rank or fallback."`
	Subject string `json:"subject" doc:"The rule, connection or service it is about."`
	Outcome string `json:"outcome"`
	Detail  string `json:"detail"`
}

// rating is what is to be priced.
type rating struct {
	stored engine.RateShipment
	fresh  *engine.CreateShipment
	path   func(string) string // of a member of the fresh one
}

func rates(a *api) {
	op(a, operation{
		ID: "rate-shipment", Method: "POST", Path: "/rates", Tag: "Rates", Summary: "What a shipment would cost", Scope: waybill.ScopeRate,
		About:   "All connections are asked at once, and have two seconds. One that fails costs its own rates, never the answer: rejected and missing say what cannot be had, and why. Book one by its id until it expires.",
		Example: map[string]any{"shipment": example},
	}, readRates, price, showRates)
}

func readRates(_ *call, in *ratesIn) (rating, error) {
	b := in.Body
	if (b.Shipment == nil) == (b.ShipmentID == "") {
		return rating{}, waybill.FieldErrors("rate", []waybill.FieldError{{
			Path: "shipment", Rule: waybill.RuleNeeds, Message: "give either shipment_id or shipment",
		}})
	}
	if b.Shipment == nil {
		return rating{stored: engine.RateShipment{Ref: ref(b.ShipmentID), From: engine.Place{ExternalID: b.Location}}}, nil
	}
	below := belowShipment
	if err := b.Shipment.amounts(); err != nil {
		return rating{}, repath(err, below)
	}
	fresh := quoted(*b.Shipment)
	if b.Location != "" {
		fresh.Location = b.Location
		below = func(path string) string {
			if path == "location" {
				return path
			}
			return "shipment." + path
		}
	}
	return rating{fresh: &fresh, path: below}, nil
}

// belowShipment is a path of a shipment that is a member of what was sent.
func belowShipment(path string) string { return "shipment." + path }

func price(s engine.Session, ctx context.Context, in rating) (engine.Offers, error) {
	if in.fresh == nil {
		offers, err := s.RateShipment(ctx, in.stored)
		return offers, notThere(err, "shipment_id", cmp.Or(in.stored.Ref.Reference, string(in.stored.Ref.ID)))
	}
	offers, err := s.QuoteShipment(ctx, *in.fresh)
	offers.Shipment.ID = "" // it is not stored
	return offers, repath(err, in.path)
}

func showRates(c *call, o engine.Offers) *one[ratesOut] {
	out := ratesOut{Shipment: string(o.Shipment.ID), Steps: showSteps(o.Steps)}
	out.Rates, out.Rejected = c.rates(o.Candidates, o.Terms)
	out.Missing = showMissing(o.Missing)
	return &one[ratesOut]{out}
}

// rates shows candidates: those that are in, by rank, and those that are out.
// Terms, of those that can be booked by it, are in the same order.
func (c *call) rates(candidates []waybill.Candidate, terms []engine.Terms) (in, out []rate) {
	in, out = []rate{}, []rate{}
	for rank := 1; rank <= len(candidates); rank++ {
		for i, k := range candidates {
			if k.Rank != rank {
				continue
			}
			r := c.rate(k)
			if i < len(terms) {
				r.ID, r.Expires = terms[i].ID, &terms[i].Until
			}
			in = append(in, r)
		}
	}
	for _, k := range candidates {
		if k.Rank == 0 {
			out = append(out, c.rate(k))
		}
	}
	return in, out
}

func showMissing(list []engine.Missing) []missing {
	out := make([]missing, 0, len(list))
	for _, m := range list {
		p := m.Provider
		shown := missing{Connection: p.ExternalID, Name: p.DisplayName, Carrier: p.Carrier, Service: p.Service, ServiceName: p.ServiceName, Asked: m.Asked, Reason: m.Why}
		if e := m.Failure; e != nil {
			shown.Failed = string(e.Reason)
			shown.Fault = showFault(e.Fault)
		}
		out = append(out, shown)
	}
	return out
}

func (c *call) rate(k waybill.Candidate) rate {
	p := showProvider(&k.Provider)
	r := rate{
		Rank: k.Rank, Connection: p.Connection, Name: p.Name, Carrier: p.Carrier, Mode: p.Mode, Service: k.Rate.Service, ServiceName: p.ServiceName,
		ServiceNo: p.ServiceNo, Price: showMoney(k.Sold), Charges: c.charges(k.Charges), TransitDays: k.Rate.TransitDays, Promised: k.Rate.Delivery,
		Pickup: k.Rate.Pickup, Expires: k.Rate.Expires, Chargeable: k.Rate.Chargeable, Abilities: k.Rate.Abilities, Rejected: k.Rejected,
	}
	if !c.child {
		r.Bought = maybeMoney(k.Rate.Total)
	}
	return r
}

func showSteps(steps []waybill.Step) []stepOut {
	out := make([]stepOut, 0, len(steps))
	for _, s := range steps {
		out = append(out, stepOut{s.Stage, s.Subject, s.Outcome, s.Detail})
	}
	return out
}
