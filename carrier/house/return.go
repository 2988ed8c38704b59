package house

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// Return books the way back with an incoming service: priced, numbered and labelled as any shipment, from
// who sends it back to where it comes home.
func (a *Adapter) Return(_ context.Context, r carrier.ReturnRequest) (carrier.Booking, error) {
	const op = "house.return"
	back := waybill.Shipment{
		Reference: r.Return.Reference, From: r.Return.From, To: r.Return.To, Parcels: r.Return.Parcels,
	}
	if r.Original != nil {
		back.Reference2 = r.Original.Reference
	}
	offer, err := a.price(op, r.Service, waybill.Incoming, &back, r.Now)
	if err != nil {
		return carrier.Booking{}, err
	}
	serials, err := readSerials(op, r.Numbers, len(back.Parcels))
	if err != nil {
		return carrier.Booking{}, err
	}
	return a.book(&back, offer, serials, r.Now), nil
}
