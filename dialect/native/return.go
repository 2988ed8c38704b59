package native

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"waybill"
	"waybill/engine"
)

// returnIn is a return as it is asked for.
type returnIn struct {
	Shipment  string   `json:"shipment,omitempty" maxLength:"310" doc:"Id or reference of the shipment that comes back; left out: the return stands alone."`
	Tracking  string   `json:"tracking_number,omitempty" maxLength:"100" doc:"Must be a number of that shipment."`
	Reference string   `json:"reference,omitempty" maxLength:"100" doc:"Yours; the shipment's where it is left out."`
	From      *party   `json:"from,omitempty" doc:"Who sends it back; the shipment's recipient where it is left out."`
	Location  string   `json:"location,omitempty" maxLength:"100" doc:"External id or id of the place it goes to; where the shipment came from where it is left out."`
	Parcels   []parcel `json:"parcels,omitempty" maxItems:"100" doc:"Those of the shipment where they are left out."`
	Items     []item   `json:"items,omitempty" maxItems:"1000"`
	Options   *options `json:"options,omitempty"`
	Expiry    string   `json:"expires_on,omitempty" format:"date" doc:"The last day of the label, at most 30 days on."`
	Reasons   []string `json:"reasons,omitempty" maxItems:"20" doc:"Why it comes back, for people."`
	Book      *picking `json:"book,omitempty" doc:"Book it at once; {} takes the first rate. Without it the return is a draft."`
}

// picking says which offer is bought.
type picking struct {
	Connection string `json:"connection,omitempty" maxLength:"100" doc:"External id or id of the connection."`
	Service    string `json:"service,omitempty" maxLength:"100" doc:"Code or name of the service, as rates name it."`
	Rate       string `json:"rate,omitempty" minLength:"1" maxLength:"1000" doc:"Id of the rate to be bought, as its rates told it, in place of connection and service."`
	Location   string `json:"location,omitempty" maxLength:"100" doc:"External id or id of another place that it goes to."`
	MaxPrice   *money `json:"max_price,omitempty" doc:"Nothing dearer is bought."`
}

// wish is the offer in the engine's words.
func (p picking) wish(below string) engine.Wish {
	if p.Connection == "" && p.Service == "" && p.MaxPrice == nil {
		return engine.Wish{}
	}
	return wish(below, p.Connection, p.Service, p.MaxPrice)
}

// returnOut is a return as it is shown.
type returnOut struct {
	ID          string     `json:"id"`
	Number      int64      `json:"number"`
	Shipment    string     `json:"shipment_id,omitempty" doc:"Left out: it stands alone."`
	Reference   string     `json:"reference,omitempty"`
	From        *party     `json:"from,omitempty"`
	To          *party     `json:"to,omitempty"`
	Parcels     []parcel   `json:"parcels" nullable:"false"`
	Expiry      string     `json:"expires_on,omitempty"`
	Reasons     []string   `json:"reasons,omitempty"`
	Booking     string     `json:"booking" enum:"draft,held,rating,no_provider,unsettled,booked,failed,ignored,cancelled,declared"`
	Transit     string     `json:"transit"`
	Failure     *failure   `json:"failure,omitempty"`
	CarriedBy   *carriedBy `json:"carrier,omitempty"`
	Tracking    string     `json:"tracking_number,omitempty"`
	Fetched     bool       `json:"fetched,omitempty" doc:"The carrier comes for it: the sender prints no label."`
	Price       *money     `json:"price,omitempty" doc:"What the account pays."`
	Bought      *money     `json:"bought,omitempty" doc:"What the carrier charges. A child account does not see it."`
	CancelledBy string     `json:"cancelled_by,omitempty"`
	CreatedBy   string     `json:"created_by,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

type createReturn struct{ Body returnIn }

type returnPath struct {
	ID string `path:"id" maxLength:"100" doc:"Id of the return, or its tracking number."`
}

type bookReturnIn struct {
	Conditional
	ID   string `path:"id" maxLength:"100" doc:"Id of the return, or its tracking number."`
	Body *picking
}

type rateReturnIn struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the return, or its tracking number."`
	Body *struct {
		Location string `json:"location,omitempty" maxLength:"100" doc:"External id or id of another place that it goes to."`
	}
}

type cancelReturnIn struct {
	Conditional
	ID   string `path:"id" maxLength:"100" doc:"Id of the return, or its tracking number."`
	Note string `query:"note" maxLength:"500" doc:"Why, for the history."`
}

type listReturnsIn struct {
	Paged
	Shipment string `query:"shipment" maxLength:"310" doc:"Id or reference of the shipment whose returns are listed."`
}

func returns(a *api) {
	const tag = "Returns"
	op(a, operation{
		ID: "create-return", Method: "POST", Path: "/returns", Tag: tag, Status: http.StatusCreated, Scope: waybill.ScopeShip, Keyed: true,
		Summary: "Draw up a return, and book it if you like",
		About:   "Of a shipment, from which it takes what is left out, or standing alone. It is 201 whenever it was stored: booking says how far it came.",
		Example: map[string]any{"shipment": "ORDER-1001", "reasons": []string{"too small"}},
	}, toReturn, createsReturn, showTriedReturn)
	op(a, operation{
		ID: "list-returns", Method: "GET", Path: "/returns", Tag: tag, Summary: "List returns", Scope: waybill.ScopeRead,
	}, toReturnList, engine.Session.ListReturns, func(c *call, slice engine.Slice[waybill.Return]) *many[returnOut] {
		return listed(c, slice.Items, slice.Next, slice.Prev, c.back)
	})
	op(a, operation{
		ID: "get-return", Method: "GET", Path: "/returns/{id}", Tag: tag, Summary: "Read a return", Scope: waybill.ScopeRead,
	}, func(_ *call, in *returnPath) (engine.RefReturn, error) { return refReturn(in.ID), nil }, engine.Session.GetReturn, showTaggedReturn)
	op(a, operation{
		ID: "rate-return", Method: "POST", Path: "/returns/{id}/rates", Tag: tag, Summary: "What a return would cost", Scope: waybill.ScopeRate,
		Example: map[string]any{"location": "GB-BATH"},
	}, func(_ *call, in *rateReturnIn) (engine.RateReturn, error) {
		e := engine.RateReturn{Ref: refReturn(in.ID)}
		if in.Body != nil {
			e.To.ExternalID = in.Body.Location
		}
		return e, nil
	}, ratesReturn, showRates)
	op(a, operation{
		ID: "book-return", Method: "POST", Path: "/returns/{id}/book", Tag: tag, Summary: "Book a drafted return", Scope: waybill.ScopeShip, Keyed: true,
		About: "Rates are asked for anew, and the first that fits what the body says is bought.", Example: picking{},
	}, toBookReturn, booksReturn, showTriedReturn)
	op(a, operation{
		ID: "cancel-return", Method: "DELETE", Path: "/returns/{id}", Tag: tag, Summary: "Cancel a return, at the carrier too", Scope: waybill.ScopeShip,
	}, func(_ *call, in *cancelReturnIn) (engine.CancelReturn, error) {
		return engine.CancelReturn{Ref: refReturn(in.ID), Note: in.Note}, nil
	}, engine.Session.CancelReturn, showTaggedReturn)
	op(a, operation{
		ID: "get-return-label", Method: "GET", Path: "/returns/{id}/label", Tag: tag, Summary: "The labels of a return, as PDF", Scope: waybill.ScopeRead, Files: []waybill.LabelFormat{waybill.PDF},
	}, func(_ *call, in *returnPath) (engine.RefReturn, error) { return refReturn(in.ID), nil }, engine.Session.ReturnLabel, showLabel)
}

func refReturn(text string) engine.RefReturn {
	if isID(text) {
		return engine.RefReturn{ID: waybill.ID(text)}
	}
	return engine.RefReturn{Tracking: text}
}

func toReturn(c *call, in *createReturn) (engine.DraftReturn, error) {
	b := in.Body
	e := engine.DraftReturn{Tracking: b.Tracking, To: engine.Place{ExternalID: b.Location}, Return: waybill.Return{
		Reference: b.Reference, From: b.From.domain(), Parcels: parcels(b.Parcels), Items: items(b.Items), Options: b.Options.domain(),
		Expiry: b.Expiry, Reasons: b.Reasons,
	}}
	e.Boxes = Order{Parcels: b.Parcels}.named().Boxes
	if err := waybill.FieldErrors("return", append(b.Options.amounts(), prices(b.Items)...)); err != nil {
		return e, err
	}
	if p := b.Book; p != nil {
		if err := rateAlone("book.rate", p.Rate, p.Connection+p.Service); err != nil {
			return e, err
		}
		e.Book = &engine.BookReturn{To: engine.Place{ExternalID: p.Location}, Wish: p.wish("book."), Rate: p.Rate, Strict: true}
	}
	if b.Shipment != "" {
		e.Original = ref(b.Shipment)
	}
	if e.Key = c.IdempotencyKey(); e.Key != "" {
		e.Hash = c.Hash()
	}
	return e, nil
}

// returnPaths are members of a return that the engine calls otherwise.
var returnPaths = map[string]string{"expiry": "expires_on", "tracking": "tracking_number", "to": "location", "book.to": "book.location"}

func createsReturn(s engine.Session, ctx context.Context, in engine.DraftReturn) (waybill.Return, error) {
	r, err := s.DraftReturn(ctx, in)
	if in.Original != (engine.Ref{}) {
		err = notThere(err, "shipment", cmp.Or(in.Original.Reference, string(in.Original.ID)))
	}
	return r, repath(err, func(path string) string { return cmp.Or(returnPaths[path], path) })
}

func booksReturn(s engine.Session, ctx context.Context, in engine.BookReturn) (waybill.Return, error) {
	r, err := s.BookReturn(ctx, in)
	return r, repath(err, func(path string) string { return cmp.Or(returnPaths[path], path) })
}

func ratesReturn(s engine.Session, ctx context.Context, in engine.RateReturn) (engine.Offers, error) {
	o, err := s.RateReturn(ctx, in)
	return o, repath(err, func(path string) string { return cmp.Or(returnPaths[path], path) })
}

func toBookReturn(c *call, in *bookReturnIn) (engine.BookReturn, error) {
	e := engine.BookReturn{Ref: refReturn(in.ID), Strict: true}
	if e.Key = c.IdempotencyKey(); e.Key != "" {
		e.Hash = c.Hash()
	}
	if in.Body != nil {
		e.To.ExternalID, e.Wish, e.Rate = in.Body.Location, in.Body.wish(""), in.Body.Rate
		return e, rateAlone("rate", e.Rate, in.Body.Connection+in.Body.Service)
	}
	return e, nil
}

func toReturnList(_ *call, in *listReturnsIn) (engine.ListReturns, error) {
	e := engine.ListReturns{Query: engine.ReturnQuery{UpdatedFrom: in.UpdatedSince}, Page: in.page()}
	if in.Shipment != "" {
		e.Of = ref(in.Shipment)
	}
	return e, nil
}

func showTaggedReturn(c *call, r waybill.Return) *tagged[returnOut] {
	return &tagged[returnOut]{tag(r.Row), c.back(r)}
}

func showTriedReturn(c *call, r waybill.Return) *tried[returnOut] {
	out := c.back(r)
	return &tried[returnOut]{tag(r.Row), out.Failure.pause(), out}
}

// back shows a return to who asks.
func (c *call) back(r waybill.Return) returnOut {
	out := returnOut{
		ID: string(r.ID), Number: r.Number, Shipment: string(r.Shipment), Reference: r.Reference, From: showParty(r.From), To: showParty(r.To),
		Parcels: append([]parcel{}, showOrder(waybill.Shipment{Parcels: r.Parcels}).Parcels...), Expiry: r.Expiry, Reasons: r.Reasons, Booking: string(r.Booking), Transit: string(r.Transit),
		CarriedBy: showProvider(r.Provider), Tracking: r.Tracking, Fetched: r.Fetched, Price: maybeMoney(r.Sold), CancelledBy: r.Cancelled,
		CreatedBy: r.CreatedBy, CreatedAt: r.Created, UpdatedAt: r.Updated,
	}
	if !c.child {
		out.Bought = maybeMoney(r.Bought)
	}
	if f := r.Failure; f != nil {
		out.Failure = failed(f.Reason, f.Message, f.Fault, f.At)
	}
	return out
}
