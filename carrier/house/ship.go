package house

import (
	"context"
	"fmt"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

// Ship books the shipment at the card's price, which is charged even if the rate it was chosen by says
// another: the card may have changed since. The difference is a warning.
func (a *Adapter) Ship(_ context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	const op = "house.ship"
	offer, err := a.price(op, r.Service, waybill.Outgoing, &r.Shipment, r.Now)
	if err != nil {
		return carrier.Booking{}, err
	}
	serials, err := readSerials(op, r.Numbers, len(r.Shipment.Parcels))
	if err != nil {
		return carrier.Booking{}, err
	}
	booking := a.book(&r.Shipment, offer, serials, r.Now)
	if quoted := r.Rate.Total; quoted.Currency != "" && quoted != offer.Total {
		booking.Warnings = []string{fmt.Sprintf("quoted %s, charged %s by rate card %s", quoted, offer.Total, a.card.Version())}
	}
	return booking, nil
}

// book is what was sold: the first number names the whole.
func (a *Adapter) book(s *waybill.Shipment, offer ratecard.Offer, serials []int64, now time.Time) carrier.Booking {
	numbers := make([]string, len(serials))
	for i, serial := range serials {
		numbers[i] = a.numbers.number(offer.Service, now, serial)
	}
	return carrier.Booking{
		Receipt: waybill.Receipt{
			CarrierID: numbers[0], Numbers: numbers, Price: offer.Total, Charges: offer.Charges,
			Pickup: offer.Pickup, Delivery: offer.Delivery,
		},
		Labels: a.labels(s, offer, numbers, serials),
	}
}

// Void always succeeds: nobody was told of the parcel, so there is nothing to undo.
func (a *Adapter) Void(context.Context, carrier.VoidRequest) error { return nil }
