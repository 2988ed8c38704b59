package native

import (
	"cmp"
	"context"
	"time"

	"waybill"
	"waybill/engine"
)

type actorOut struct {
	Name string `json:"name"`
	Kind string `json:"kind,omitempty" doc:"user, client, system, carrier or admin."`
}

// eventOut is something that happened.
type eventOut struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind" doc:"shipment.created, shipment.booked, label.printed…"`
	At        time.Time     `json:"at"`
	Actor     actorOut      `json:"actor"`
	API       string        `json:"api,omitempty" doc:"By which API."`
	Booking   string        `json:"booking,omitempty"`
	Transit   string        `json:"transit,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	Message   string        `json:"message,omitempty"`
	Fault     *carrierFault `json:"fault,omitempty" doc:"What a carrier said that failed, as in problem documents."`
	Note      string        `json:"note,omitempty"`
	Carrier   string        `json:"carrier,omitempty"`
	Service   string        `json:"service,omitempty"`
	Tracking  string        `json:"tracking_number,omitempty"`
	Scan      *sighting     `json:"scan,omitempty"`
	Fields    []string      `json:"fields,omitempty" doc:"What was changed."`
	Price     *money        `json:"price,omitempty"`
	Rates     int           `json:"rates,omitempty" doc:"How many came in."`
	Format    string        `json:"format,omitempty" doc:"In which a label was printed."`
	Return    string        `json:"return_id,omitempty"`
	Shipment  string        `json:"shipment_id,omitempty"`
	Purchase  string        `json:"purchase_id,omitempty"`
	Pickup    string        `json:"pickup_id,omitempty"`
	Manifest  string        `json:"manifest_id,omitempty"`
	Shipments []string      `json:"shipments,omitempty" doc:"References, or ids, of those meant."`
	Account   string        `json:"account,omitempty" doc:"Id of the account."`
}

type sighting struct {
	At        time.Time `json:"at"`
	Status    string    `json:"status"`
	Code      string    `json:"code,omitempty" doc:"The carrier's own."`
	Text      string    `json:"text,omitempty"`
	Reason    string    `json:"reason,omitempty" doc:"Of a failed attempt."`
	Place     string    `json:"place,omitempty"`
	Recipient string    `json:"recipient,omitempty"`
}

// decisionOut is why a shipment went the way it went.
type decisionOut struct {
	ID       string    `json:"id"`
	Attempt  int       `json:"attempt" doc:"The purchase that it led to first."`
	At       time.Time `json:"at"`
	Outcome  string    `json:"outcome" enum:"book,hold,ignore,no_provider"`
	Reason   string    `json:"reason,omitempty"`
	Rules    int64     `json:"rules_version,omitempty" doc:"Version of the rules that decided: see /rules/versions."`
	Rates    []rate    `json:"rates" nullable:"false"`
	Rejected []rate    `json:"rejected" nullable:"false"`
	Steps    []stepOut `json:"steps" nullable:"false"`
	Story    []string  `json:"story" nullable:"false" doc:"The same for a person, one sentence a step."`
}

// purchaseOut is one time that a carrier was asked to carry it.
type purchaseOut struct {
	ID       string        `json:"id"`
	Sequence int           `json:"sequence"`
	State    string        `json:"state" enum:"intent,bought,refused,unsure,stuck,voiding,voided,orphan"`
	Service  string        `json:"service"`
	Price    *money        `json:"price,omitempty"`
	Reason   string        `json:"reason,omitempty" doc:"Why it was refused."`
	Message  string        `json:"message,omitempty"`
	Fault    *carrierFault `json:"fault,omitempty" doc:"What the carrier said, as in problem documents."`
	Return   string        `json:"return_id,omitempty"`
	Settled  *time.Time    `json:"settled_at,omitempty" doc:"When it was last changed."`
}

type entryOut struct {
	ID     string `json:"id"`
	Kind   string `json:"kind" enum:"top_up,pay_out,hold,capture,release,refund,adjustment"`
	Amount money  `json:"amount"`
	Cause  string `json:"cause,omitempty"`
	After  money  `json:"available_after"`
}

type webhookOut struct {
	ID       string       `json:"id"`
	Event    string       `json:"event" doc:"Kind of the event."`
	URL      string       `json:"url"`
	State    string       `json:"state" enum:"pending,delivered,dead,skipped"`
	Attempts []attemptOut `json:"attempts" nullable:"false"`
}

type attemptOut struct {
	At     time.Time `json:"at"`
	TookMS int64     `json:"took_ms"`
	Status int       `json:"status,omitempty" doc:"HTTP; none when no answer came."`
	Error  string    `json:"error,omitempty"`
}

// momentOut is one thing in the life of a shipment.
type momentOut struct {
	At       time.Time    `json:"at"`
	Kind     string       `json:"kind" enum:"event,decision,purchase,money,webhook,call,manifest" doc:"Which member holds it."`
	Actor    actorOut     `json:"actor"`
	Event    *eventOut    `json:"event,omitempty"`
	Decision *decisionOut `json:"decision,omitempty"`
	Purchase *purchaseOut `json:"purchase,omitempty"`
	Money    *entryOut    `json:"money,omitempty"`
	Webhook  *webhookOut  `json:"webhook,omitempty"`
	Manifest *manifestOut `json:"manifest,omitempty" doc:"That it is on."`
	Call     *callOut     `json:"call,omitempty" doc:"To a carrier, over a connection of yours; request leads to what caused it."`
}

func histories(a *api) {
	op(a, operation{
		ID: "list-shipment-events", Method: "GET", Path: "/shipments/{id}/events", Tag: "History", Summary: "What happened to a shipment, oldest first", Scope: waybill.ScopeRead,
	}, readNamedSince, changedSince(history, func(e waybill.Event) time.Time { return e.At }), showHistory)
	op(a, operation{
		ID: "get-decision", Method: "GET", Path: "/shipments/{id}/decision", Tag: "History", Summary: "Why this carrier, and why not the others", Scope: waybill.ScopeRead,
		About: "Each try to place it has a decision of its own, oldest first: in data, and in words.",
	}, readNamedSince, changedSince(engine.Session.ShipmentDecisions, func(d engine.DecisionView) time.Time { return d.Created }), showDecisions)
	op(a, operation{
		ID: "get-timeline", Method: "GET", Path: "/shipments/{id}/timeline", Tag: "History", Summary: "All of a shipment's life in one list", Scope: waybill.ScopeRead,
		About: "Decisions, purchases from carriers, calls to them, edits, prints, scans, webhooks and money, oldest first, each with who did it.",
	}, readNamedSince, changedSince(engine.Session.ShipmentTimeline, lastOf), showTimeline)
}

// inFull is a list that is answered in one part.
func inFull[D, T any](items []D, show func(D) T) *one[list[T]] {
	out := list[T]{Items: make([]T, 0, len(items))}
	for _, item := range items {
		out.Items = append(out.Items, show(item))
	}
	return &one[list[T]]{out}
}

func history(s engine.Session, ctx context.Context, in engine.GetShipment) ([]waybill.Event, error) {
	h, err := s.ShipmentHistory(ctx, in)
	return h.Events, err
}

func showHistory(c *call, all []waybill.Event) *one[list[eventOut]] { return inFull(all, c.event) }

func showDecisions(c *call, all []engine.DecisionView) *one[list[decisionOut]] {
	return inFull(all, c.decision)
}

func showTimeline(c *call, all []engine.Moment) *one[list[momentOut]] { return inFull(all, c.moment) }

// event is an event for who asks: its price is mostly what the carrier charges, which a child account does not see.
func (c *call) event(e waybill.Event) eventOut {
	if c.child && e.Kind != waybill.ShipmentRebilled {
		e.Facts.Price = nil
	}
	return showEvent(e)
}

func showEvent(e waybill.Event) eventOut {
	f := e.Facts
	out := eventOut{
		ID: string(e.ID), Kind: string(e.Kind), At: e.At, Actor: actorOut{e.Actor, string(e.ActorKind)}, API: e.Dialect,
		Booking: string(f.Booking), Transit: string(f.Transit), Reason: string(f.Reason), Message: f.Message, Fault: showFault(f.Fault), Note: f.Note, Carrier: f.Carrier,
		Service: f.Service, Tracking: f.Tracking, Fields: f.Fields, Rates: f.Candidate, Format: string(f.Format), Return: string(e.Return), Shipments: f.Shipments,
	}
	if f.Price != nil {
		out.Price = maybeMoney(*f.Price)
	}
	if s := f.Scan; s != nil {
		out.Scan = &sighting{s.At, string(s.Status), s.Code, s.Text, s.Reason, s.Place, s.Recipient}
	}
	return out
}

func (c *call) decision(d engine.DecisionView) decisionOut {
	out := decisionOut{
		ID: string(d.ID), Attempt: d.Attempt, At: d.Created, Outcome: d.Outcome, Reason: d.Reason, Rules: d.Rules, Steps: showSteps(d.Steps), Story: d.Story,
	}
	out.Rates, out.Rejected = c.rates(d.Candidates, nil)
	return out
}

func (c *call) moment(m engine.Moment) momentOut {
	out := momentOut{At: m.At, Actor: actorOut{m.Actor, string(m.Kind)}}
	switch {
	case m.Event != nil:
		e := c.event(*m.Event)
		out.Kind, out.Event = "event", &e
	case m.Decision != nil:
		d := c.decision(*m.Decision)
		out.Kind, out.Decision = "decision", &d
	case m.Purchase != nil:
		p := m.Purchase
		out.Kind, out.Purchase = "purchase", &purchaseOut{
			string(p.ID), p.Sequence, string(p.State), cmp.Or(p.Rate.ServiceName, p.Service), maybeMoney(p.Sold), string(p.Reason), p.Error, showFault(p.Fault), string(p.Return),
			moment(p.Updated),
		}
	case m.Entry != nil:
		e := m.Entry
		out.Kind, out.Money = "money", &entryOut{string(e.ID), string(e.Kind), showMoney(e.Amount), e.Cause, money{e.After, e.Amount.Currency}}
	case m.Delivery != nil:
		d := m.Delivery
		w := &webhookOut{string(d.ID), string(d.Kind), d.URL, d.State, []attemptOut{}}
		for _, t := range d.Attempts {
			w.Attempts = append(w.Attempts, attemptOut{t.At, t.Took.Milliseconds(), t.Status, t.Error})
		}
		out.Kind, out.Webhook = "webhook", w
	case m.Manifest != nil:
		manifest := c.manifest(*m.Manifest)
		out.Kind, out.Manifest = "manifest", &manifest
	case m.Call != nil:
		call := showCall(*m.Call)
		out.Kind, out.Call = "call", &call
	}
	return out
}
