package doordash

import (
	"context"
	"fmt"
	"net/http"

	"waybill"
	"waybill/carrier"
)

// Codes of refusals that say how things are rather than what is wrong.
const (
	codeDuplicate = "duplicate_delivery_id"
	codeUnknown   = "unknown_delivery_id"
)

// Ship has a delivery made. A quote that is still good is accepted, and keeps its id; otherwise, and when the
// quote turns out to be gone, the delivery is created anew with our key as its id. Either id can be taken
// once: where DoorDash says that it is taken, what is there is the answer.
func (a *adapter) Ship(ctx context.Context, q carrier.ShipRequest) (carrier.Booking, error) {
	const op = "doordash.ship"
	o, err := a.order(q.Shipment, q.Now, false)
	if err != nil {
		return carrier.Booking{}, err
	}
	if id := q.Rate.Token; id != "" && q.Rate.Expires != nil && a.clock.Now().Add(early).Before(*q.Rate.Expires) {
		yes := acceptance{
			Tip: o.Tip, DropoffPhone: o.DropoffPhone, GivenName: o.GivenName, FamilyName: o.FamilyName, Reference: o.PickupReference,
		}
		booking, err := a.buy(ctx, op, at(quotes, id)+"/accept", id, yes)
		if err == nil || !gone(waybill.AsError(err)) {
			return booking, err
		}
	}
	o.ID = q.Key
	booking, err := a.buy(ctx, op, deliveries, o.ID, o)
	if quoted := q.Rate.Total; err == nil && quoted.Currency != "" && quoted != booking.Price {
		booking.Warnings = append(booking.Warnings, fmt.Sprintf("quoted %s, charged %s: the quote had run out", quoted, booking.Price))
	}
	return booking, err
}

// gone reports whether a quote was certainly not accepted, for a reason of its own: it ran out, or DoorDash no
// longer knows it. Wrong credentials, limits and outages are none.
func gone(e *waybill.Error) bool {
	return !e.Unsure && e.Code == waybill.CarrierRejected && e.Reason != waybill.ReasonCarrierLogin
}

// buy sends an order, or accepts one, and reads what was sold under the id.
func (a *adapter) buy(ctx context.Context, op, path, id string, body any) (carrier.Booking, error) {
	purchase := call(op, http.MethodPost, path, body, true)
	var answer delivery
	err := a.client.Do(ctx, purchase, &answer)
	if e := waybill.AsError(err); err != nil && e.Fault != nil && e.Fault.Code == codeDuplicate {
		return a.taken(ctx, op, id, e)
	}
	if err != nil {
		return carrier.Booking{}, err
	}
	booking, ok := answer.booking()
	if !ok || answer.ID != id {
		return carrier.Booking{}, a.client.Unusable(purchase, "a delivery without a price, or another one", nil)
	}
	return booking, nil
}

// taken is what there is under an id that DoorDash says is taken: the delivery of an earlier try. One that is
// only quoted, or cancelled, is none. As long as nobody can look, nobody knows.
func (a *adapter) taken(ctx context.Context, op, id string, duplicate *waybill.Error) (carrier.Booking, error) {
	there, err := a.ask(ctx, op, id)
	if err != nil {
		e := *waybill.AsError(err)
		e.Unsure, e.Severity = true, waybill.Transient
		return carrier.Booking{}, &e
	}
	booking, ok := there.booking()
	switch {
	case !there.live():
		return carrier.Booking{}, duplicate
	case !ok:
		return carrier.Booking{}, a.client.Unusable(call(op, "", "", nil, true), "a delivery without a price", nil)
	}
	return booking, nil
}

// live reports whether somebody carries, or carried, the delivery.
func (d delivery) live() bool {
	return d.Status != "quote" && d.Status != "cancelled" && d.Status != ""
}

// booking is what was sold: one delivery, known by its id. False: it has no price.
func (d delivery) booking() (carrier.Booking, bool) {
	total, charges, ok := d.price()
	if !ok || d.ID == "" {
		return carrier.Booking{}, false
	}
	var b carrier.Booking
	b.CarrierID, b.Numbers, b.TrackingURL = d.ID, []string{d.ID}, d.TrackingURL
	b.Price, b.Charges = total, charges
	b.Pickup, b.Delivery = moment(d.PickupEstimated), moment(d.DropoffEstimated)
	return b, true
}
