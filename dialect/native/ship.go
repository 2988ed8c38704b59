package native

import (
	"context"
	"net/http"
	"strings"

	"waybill"
	"waybill/engine"
)

// ordered is a new shipment as it is asked for.
type ordered struct {
	Order
	Book *booking `json:"book,omitempty" doc:"Book it at once; {} lets the rules choose. Without it the shipment is a draft, and nobody is asked."`
}

// booking says who shall carry a shipment.
type booking struct {
	Connection string `json:"connection,omitempty" maxLength:"100" doc:"External id or id of the connection."`
	Service    string `json:"service,omitempty" maxLength:"100" doc:"Code of the service, as rates name it. Nobody else is tried."`
	Rate       string `json:"rate,omitempty" minLength:"1" maxLength:"1000" doc:"Id of the rate to be bought, as /rates told it, in place of connection and service. One that has expired is refused, and nothing is stored."`
	Hold       bool   `json:"hold,omitempty" doc:"Store it held, for a person to release by booking it. Not with a rate, which expires."`
}

type createIn struct{ Body ordered }

// created is an answer that is a new shipment.
type created struct {
	ETag       string `header:"ETag" doc:"The version, for If-Match."`
	Location   string `header:"Location"`
	RetryAfter string `header:"Retry-After" doc:"Seconds that the carrier asked to be left alone for, where it refused and said so."`
	Body       shipmentOut
}

// example is a shipment that the demo can carry.
var example = map[string]any{
	"reference": "ORDER-1001", "location": "GB-BATH", "value": money{4999, "GBP"},
	"to":      map[string]any{"name": "Ada Byron", "street1": "12 Park Row", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "email": "ada@example.com"},
	"parcels": []any{map[string]any{"weight": map[string]any{"value": 1.2, "unit": "kg"}, "size": map[string]any{"length": 30, "width": 20, "height": 10, "unit": "cm"}}},
}

// shipments are the operations on shipments.
func shipments(a *api) {
	op(a, operation{
		ID: "create-shipment", Method: "POST", Path: "/shipments", Tag: "Shipments", Status: http.StatusCreated, Scope: waybill.ScopeShip, Keyed: true,
		Summary: "Create a shipment, and book it if you like",
		About: "It is 201 whenever the shipment was stored: booking says how far it came, and failure why nobody carries it. A carrier that takes " +
			"long leaves it unsettled: ask again, or listen for events. A shipment that found no carrier is replaced by a new one with its reference.",
		Example: example,
	}, readCreate, create, showCreated)
	op(a, operation{
		ID: "book-shipment", Method: "POST", Path: "/shipments/{id}/book", Tag: "Shipments", Scope: waybill.ScopeShip, Keyed: true,
		Summary: "Book a shipment by rate, by service or by the rules",
		About: "Rates are asked for anew, and the best of those that fit what the body says is bought: by rate, the one that /rates told, no dearer and for no later day, else it is " +
			"refused with rate_expired. An empty body leaves it to the rules. It releases one that is held.",
		Example: map[string]any{"connection": "dhl", "service": "two_day"},
	}, readBook, engine.Session.BookShipment, showBooked)
	op(a, operation{
		ID: "retry-shipment", Method: "POST", Path: "/shipments/{id}/retry", Tag: "Shipments", Scope: waybill.ScopeShip,
		Summary: "Try again to place a shipment that nobody carries",
		About:   "It is for what found no carrier, was refused or ignored. A draft, and one that is held for approval, is booked instead (409 not_retryable).",
	}, readRetry, engine.Session.RetryShipment, showBooked)
	op(a, operation{
		ID: "cancel-shipment", Method: "DELETE", Path: "/shipments/{id}", Tag: "Shipments", Scope: waybill.ScopeShip,
		Summary: "Cancel a shipment, at the carrier too",
		About:   "It stays readable. While it is being booked the wish is kept, cancel_requested says so, and what was bought is given back.",
	}, readCancel, engine.Session.CancelShipment, showShipment)
	edits(a)
	views(a)
	labels(a)
	histories(a)
}

func readCreate(c *call, in *createIn) (engine.CreateShipment, error) {
	e := quoted(in.Body.Order)
	if err := in.Body.Order.amounts(); err != nil {
		return e, err
	}
	e.Draft = in.Body.Book == nil
	if e.Key = c.IdempotencyKey(); e.Key != "" {
		e.Hash = c.Hash()
	}
	if b := in.Body.Book; b != nil {
		e.Named.Wishes = append(e.Named.Wishes, wish("book.", b.Connection, b.Service, nil))
		e.Approve, e.Rate = b.Hold, b.Rate
		if err := rateAlone("book.rate", b.Rate, b.Connection+b.Service); err != nil {
			return e, err
		}
		if b.Hold && b.Rate != "" {
			return e, waybill.FieldErrors("book", []waybill.FieldError{{
				Path: "book.rate", Rule: waybill.RuleNeeds, Message: "a rate expires while a shipment is held: name the connection and service instead",
			}})
		}
		if b.Connection != "" || b.Service != "" {
			only := waybill.Pick{Provider: b.Connection}
			if b.Service != "" {
				only.Services = []string{b.Service}
			}
			e.Shipment.Choice.Proposed = []waybill.Pick{only}
		}
	}
	return e, nil
}

// quoted is a new shipment in the engine's words, before anybody says what is to be done with it.
func quoted(o Order) engine.CreateShipment {
	return engine.CreateShipment{Shipment: o.shipment(), Location: o.Location, Return: o.ReturnPlace, Named: o.named(), Strict: true}
}

// create gives a shipment a reference where its caller has none.
func create(s engine.Session, ctx context.Context, in engine.CreateShipment) (waybill.Shipment, error) {
	if strings.TrimSpace(in.Shipment.Reference) == "" {
		in.Shipment.Reference = "S-" + string(s.IDs.New())
	}
	return s.CreateShipment(ctx, in)
}

func showCreated(c *call, s waybill.Shipment) *created {
	out := c.shipment(s)
	return &created{tag(s.Row), c.Base + "/shipments/" + string(s.ID), out.Failure.pause(), out}
}

// named is what is asked of one shipment.
type named struct {
	ID string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
}

type bookIn struct {
	Conditional
	ID   string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Body *struct {
		Connection string `json:"connection,omitempty" maxLength:"100" doc:"External id or id of the connection."`
		Service    string `json:"service,omitempty" maxLength:"100" doc:"Code or name of the service, as rates name it."`
		Rate       string `json:"rate,omitempty" minLength:"1" maxLength:"1000" doc:"Id of the rate to be bought, as /rates told it, in place of connection and service: no dearer and for no later day, or not at all."`
		Location   string `json:"location,omitempty" maxLength:"100" doc:"External id or id of another place it leaves from."`
		MaxPrice   *money `json:"max_price,omitempty" doc:"Nothing dearer is bought: send the price of the rate you chose."`
	}
}

func readBook(c *call, in *bookIn) (engine.BookShipment, error) {
	version, err := in.version()
	e := engine.BookShipment{Ref: ref(in.ID), Version: version, Strict: true}
	if e.Key = c.IdempotencyKey(); e.Key != "" {
		e.Hash = c.Hash()
	}
	b := in.Body
	if b == nil {
		return e, err
	}
	e.From.ExternalID, e.Rate = b.Location, b.Rate
	if err := rateAlone("rate", b.Rate, b.Connection+b.Service); err != nil {
		return e, err
	}
	if b.Connection != "" || b.Service != "" || b.MaxPrice != nil {
		e.Wish = wish("", b.Connection, b.Service, b.MaxPrice)
	}
	return e, err
}

// rateAlone refuses a rate that is named together with a connection or service, which may be another's.
func rateAlone(path, rate, other string) error {
	if rate == "" || other == "" {
		return nil
	}
	return waybill.FieldErrors("book", []waybill.FieldError{{Path: path, Rule: waybill.RuleNeeds, Message: "give the rate, or the connection and service"}})
}

type retryIn struct {
	Conditional
	ID string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
}

func readRetry(_ *call, in *retryIn) (engine.RetryShipment, error) {
	version, err := in.version()
	return engine.RetryShipment{Ref: ref(in.ID), Version: version, Strict: true}, err
}

// showBooked is a shipment that was to be booked.
func showBooked(c *call, s waybill.Shipment) *tried[shipmentOut] {
	out := c.shipment(s)
	return &tried[shipmentOut]{tag(s.Row), out.Failure.pause(), out}
}

type cancelIn struct {
	Conditional
	ID   string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Note string `query:"note" maxLength:"500" doc:"Why, for the history."`
}

func readCancel(_ *call, in *cancelIn) (engine.CancelShipment, error) {
	version, err := in.version()
	return engine.CancelShipment{Ref: ref(in.ID), Note: in.Note, Version: version}, err
}
