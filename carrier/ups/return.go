package ups

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// returnService 9 is a label that the shipper prints or sends (UPS Print Return Label).
const returnService = "9"

// Return buys a label that brings parcels back. The one who gets them back is the shipper, who pays;
// UPS wants a description of each package.
func (a *adapter) Return(ctx context.Context, q carrier.ReturnRequest) (carrier.Booking, error) {
	back := q.Return
	r := &request{}
	items := back.Items
	if len(items) == 0 && q.Original != nil {
		items = q.Original.Items
	}
	s := shipment{
		Description:   goods(items, 50),
		ReturnService: &coded{Code: returnService},
		Shipper:       r.who("to", back.To),
		ShipFrom:      r.who("from", back.From),
		ShipTo:        r.who("to", back.To),
		Package:       r.packs(back.Parcels, waybill.Weight{}, back.From.Address.Country, a.packaging),
	}
	for i := range s.Package {
		s.Package[i].Description = goods(items, 35)
	}
	references(&s, q.Key, back.Reference)
	if err := waybill.FieldErrors("ups.return", unique(r.problems)); err != nil {
		return carrier.Booking{}, err
	}
	return a.buy(ctx, "ups.return", s, q.Service, q.Key, q.Label)
}
