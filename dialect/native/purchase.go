package native

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// pendingOut is a purchase as it is shown on its own: one attempt to book with one carrier.
type pendingOut struct {
	ID        string        `json:"id"`
	Shipment  string        `json:"shipment_id,omitempty"`
	Return    string        `json:"return_id,omitempty" doc:"Set where a return is bought."`
	Sequence  int           `json:"sequence"`
	State     string        `json:"state" enum:"intent,bought,refused,unsure,stuck,voiding,voided,orphan" doc:"unsure: the carrier has not answered and is asked again. stuck: a person must find out. orphan: bought, and nothing travels on it."`
	Service   string        `json:"service"`
	Key       string        `json:"key" doc:"What the carrier knows the attempt by: ask it for this."`
	Price     *money        `json:"price,omitempty"`
	CarrierID string        `json:"carrier_id,omitempty"`
	Numbers   []string      `json:"tracking_numbers,omitempty"`
	Tries     int           `json:"tries" doc:"How often it was asked after."`
	Reason    string        `json:"reason,omitempty"`
	Message   string        `json:"message,omitempty"`
	Fault     *carrierFault `json:"fault,omitempty" doc:"What the carrier said, as in problem documents."`
	Actions   []string      `json:"actions" nullable:"false" enum:"decide" doc:"What a person may do."`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

type listPurchases struct {
	Paged
	State []string `query:"state" nullable:"false" enum:"intent,bought,refused,unsure,stuck,voiding,voided,orphan" doc:"Any of these; unsure, stuck and orphan where it is left out."`
}

type purchasePath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the purchase."`
}

type decideIn struct {
	Conditional
	ID   string `path:"id" maxLength:"24" doc:"Id of the purchase."`
	Body struct {
		Bought    bool     `json:"bought" doc:"Does the carrier have it?"`
		CarrierID string   `json:"carrier_id,omitempty" maxLength:"200" doc:"Its own id of the booking."`
		Numbers   []string `json:"tracking_numbers,omitempty" maxItems:"100" doc:"One a parcel; needed where it was bought."`
	}
}

func purchases(a *api) {
	const tag = "Purchases"
	op(a, operation{
		ID: "list-purchases", Method: "GET", Path: "/purchases", Tag: tag, Summary: "Purchases that wait to be settled", Scope: waybill.ScopeRead,
		About: "Of a state that more than 1000 are in, the oldest 1000 are listed.",
	}, func(_ *call, in *listPurchases) (engine.FindPurchases, error) {
		states := []waybill.PurchaseState{waybill.Unsure, waybill.Stuck, waybill.Orphan}
		if len(in.State) > 0 {
			states = nil
		}
		for _, state := range in.State {
			states = append(states, waybill.PurchaseState(state))
		}
		return engine.FindPurchases{States: states, Updated: in.UpdatedSince, Page: in.page()}, nil
	}, engine.Session.FindPurchases, func(c *call, s engine.Slice[waybill.Purchase]) *many[pendingOut] {
		return listed(c, s.Items, s.Next, s.Prev, c.purchase)
	})
	op(a, operation{
		ID: "get-purchase", Method: "GET", Path: "/purchases/{id}", Tag: tag, Summary: "Read a purchase", Scope: waybill.ScopeRead,
	}, func(_ *call, in *purchasePath) (waybill.ID, error) { return waybill.ID(in.ID), nil }, engine.Session.GetPurchase, showTaggedPurchase)
	op(a, operation{
		ID: "decide-purchase", Method: "POST", Path: "/purchases/{id}/decide", Tag: tag, Summary: "Say how a purchase ended that nobody knows the end of", Scope: waybill.ScopeShip,
		About: "After a person has asked the carrier. Where that can be asked by Waybill too, it must have these numbers under the purchase's key; none may be another parcel's " +
			"of the connection. Who borrows a connection is believed only then. One that was not bought fails without a second choice; its shipment can be retried.",
		Example: map[string]any{"bought": false},
	}, func(_ *call, in *decideIn) (engine.Decide, error) {
		return engine.Decide{Purchase: waybill.ID(in.ID), Bought: in.Body.Bought, CarrierID: in.Body.CarrierID, Numbers: in.Body.Numbers}, nil
	}, decide, showTaggedPurchase)
}

// decide settles a purchase and answers it.
func decide(s engine.Session, ctx context.Context, in engine.Decide) (waybill.Purchase, error) {
	if _, err := s.DecidePurchase(ctx, in); err != nil {
		e := *waybill.AsError(err)
		e.Fields = slices.Clone(e.Fields)
		for i := range e.Fields {
			if rest, ok := strings.CutPrefix(e.Fields[i].Path, "numbers"); ok { // this API's member has another name
				e.Fields[i].Path = "tracking_numbers" + rest
			}
		}
		return waybill.Purchase{}, &e
	}
	return s.GetPurchase(ctx, in.Purchase)
}

func showTaggedPurchase(c *call, p waybill.Purchase) *tagged[pendingOut] {
	return &tagged[pendingOut]{tag(p.Row), c.purchase(p)}
}

func (c *call) purchase(p waybill.Purchase) pendingOut {
	out := pendingOut{
		ID: string(p.ID), Shipment: string(p.Shipment), Return: string(p.Return), Sequence: p.Sequence, State: string(p.State),
		Service: cmp.Or(p.Rate.ServiceName, p.Service), Key: p.Key, Price: maybeMoney(p.Sold), Numbers: p.Numbers, Tries: p.Tries, Reason: string(p.Reason),
		Message: p.Error, Fault: showFault(p.Fault), Actions: []string{}, CreatedAt: p.Created, UpdatedAt: p.Updated,
	}
	if b := p.Booking; b != nil {
		out.CarrierID, out.Numbers = b.CarrierID, b.Numbers
	}
	if c.session.Decidable(p) {
		out.Actions = append(out.Actions, "decide")
	}
	return out
}
