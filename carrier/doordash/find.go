package doordash

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// Find looks under our key, and then under the id of the quote that may have been accepted. A delivery that was
// cancelled, and a quote that was not accepted, count as not there.
func (a *adapter) Find(ctx context.Context, q carrier.FindRequest) (carrier.Booking, error) {
	const op = "doordash.find"
	for _, id := range []string{q.Key, q.Token} {
		if id == "" {
			continue
		}
		there, err := a.ask(ctx, op, id)
		switch {
		case err != nil && absent(waybill.AsError(err)):
			continue
		case err != nil:
			return carrier.Booking{}, err
		case !there.live():
			continue
		}
		booking, ok := there.booking()
		if !ok {
			return carrier.Booking{}, a.client.Unusable(call(op, "", "", nil, false), "a delivery without a price", nil)
		}
		return booking, nil
	}
	return carrier.Booking{}, waybill.E(op, waybill.ReasonUnknownRecord, "DoorDash has no delivery %s", q.Key)
}
