package delhivery

import (
	"context"
	"net/url"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// visible is how long a purchase may stay unseen by tracking. Delhivery states no figure; a cancellation takes about a
// minute to show. Believing a "not found" too early would buy a second time.
const visible = 2 * time.Minute

// Find looks for packages by the waybills that were passed with the purchase, else by our key as their order id, and
// fetches their labels. A waybill that travels under another order id is not ours. The price is not in Delhivery's
// answer and stays empty, and the number of the upload is lost with the answer: the first waybill names the purchase
// then. What was cancelled counts as not there.
func (a *adapter) Find(ctx context.Context, q carrier.FindRequest) (carrier.Booking, error) {
	const op = "delhivery.find"
	known, err := a.bought(ctx, op, q)
	if err != nil {
		return carrier.Booking{}, err
	}
	var numbers []string
	var b carrier.Booking
	for _, s := range known {
		number := string(s.AWB)
		state, _ := transit(s.Status.StatusType, s.Status.Status, s.Status.StatusCode)
		if string(s.ReferenceNo) == q.Key && state != waybill.TransitVoided && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
			b.Fetched = s.OrderType == "Pickup"
		}
	}
	switch {
	case len(numbers) > 0 && (q.Parcels == 0 || len(numbers) == q.Parcels):
	case len(numbers) > 0 || a.clock.Now().Sub(q.Since) < visible:
		return carrier.Booking{}, a.client.Unusable(wire.Call{Op: op}, "the purchase may not be visible yet", nil)
	default:
		return carrier.Booking{}, waybill.E(op, waybill.ReasonUnknownRecord, "Delhivery has no shipment with the order id %s", q.Key)
	}
	if len(q.Numbers) == len(numbers) { // as the boxes were numbered
		numbers = slices.Clone(q.Numbers)
	}
	b.CarrierID, b.Numbers, b.TrackingURL = numbers[0], numbers, trackingURL(numbers[0])
	if b.Fetched {
		return b, nil
	}
	b.Labels, err = a.labels(ctx, op, numbers)
	if err != nil && !waybill.IsCode(err, waybill.CarrierRejected) {
		return carrier.Booking{}, err
	}
	return b, nil
}

// bought lists the packages that may be those of a purchase; none: Delhivery knows none.
func (a *adapter) bought(ctx context.Context, op string, q carrier.FindRequest) ([]shipment, error) {
	if len(q.Numbers) == 0 {
		return a.shipments(ctx, op, url.Values{"ref_ids": {q.Key}})
	}
	found := map[string]shipment{}
	for numbers := range slices.Chunk(q.Numbers, mostTracked) {
		part, err := a.ask(ctx, op, numbers)
		if err != nil {
			return nil, err
		}
		for number, s := range part {
			found[number] = s
		}
	}
	var list []shipment
	for _, number := range q.Numbers {
		if s, ok := found[number]; ok {
			list = append(list, s)
		}
	}
	return list, nil
}
