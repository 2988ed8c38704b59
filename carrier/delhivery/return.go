package delhivery

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// Return has a parcel fetched at a door and brought to a registered place (payment mode Pickup). The consignee of such
// a booking is the one it is fetched from. The courier brings his own label, so none is fetched.
func (a *adapter) Return(ctx context.Context, q carrier.ReturnRequest) (carrier.Booking, error) {
	const op = "delhivery.return"
	back, r := q.Return, &request{}
	s := r.service(q.Service, waybill.Incoming)
	items := back.Items
	if len(items) == 0 && q.Original != nil {
		items = q.Original.Items
	}
	pack := order{
		Name: r.who("from.contact", back.From.Contact), Add: r.street("from.address", back.From.Address), City: back.From.Address.City,
		State: back.From.Address.State, Country: "India", Pin: r.pin("from.address", back.From.Address),
		Phone: r.phone("from.contact.phone", back.From.Contact), AddressType: addressType(back.From.Address), PaymentMode: "Pickup",
		ShippingMode: s.shipping, Order: r.key(q.Key), ProductsDesc: goods(back.Reference, items), Quantity: pieces(items), HSNCode: tariffs(items),
	}
	r.back(&pack, "to", back.To)
	if value := worth(items); value.Minor > 0 {
		pack.TotalAmount = rupeesOf(value)
	}
	if back.Options.COD.Value.Positive() {
		r.report("options.cod", waybill.RuleEnum, string(back.Options.COD.Value), "", "Delhivery pays out no money where it fetches a parcel")
		back.Options.COD = waybill.Amount{}
	}
	r.options(&pack, back.Options, s)
	if len(back.Parcels) != 1 {
		r.report("parcels", waybill.RuleMaxItems, "", "1", "Delhivery fetches one parcel at a time")
	}
	place := r.place(q.Place, a.place)
	boxes := r.boxes(pack, back.Parcels, waybill.Weight{})
	way := r.lane(waybill.Shipment{From: back.From, To: back.To, Parcels: back.Parcels}, waybill.Incoming, q.Now)
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return carrier.Booking{}, err
	}
	rate, err := a.offer(ctx, op, s, way, q.Rate)
	if err != nil {
		return carrier.Booking{}, err
	}
	numbered(boxes, q.Numbers)
	b, _, err := a.book(ctx, op, boxes, place, rate)
	b.Fetched = true
	return b, err
}
