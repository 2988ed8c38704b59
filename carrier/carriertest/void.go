package carriertest

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
)

func voidRequest(request carrier.ShipRequest, booking carrier.Booking) carrier.VoidRequest {
	return carrier.VoidRequest{CarrierID: booking.CarrierID, Numbers: booking.Numbers, Key: request.Key}
}

func (b *bench) isVoid(id string) bool {
	return slices.ContainsFunc(b.backend.Sold(), func(s Sold) bool { return s.ID == id && s.Voided })
}

func voidVoids(b *bench) {
	b.needs(carrier.Voids)
	request, booking := b.ship()
	_, other := b.ship()
	for range 2 { // the second time it is void already, which is success
		if err := b.carrier.Void(context.Background(), voidRequest(request, booking)); err != nil {
			b.Fatalf("void: %v", explain(err))
		}
	}
	if !b.isVoid(booking.CarrierID) || b.isVoid(other.CarrierID) {
		b.Errorf("void of %s; the carrier says %v, and of another %v", booking.CarrierID, b.isVoid(booking.CarrierID), b.isVoid(other.CarrierID))
	}
	request, booking = b.ship()
	b.spoil("void", Drop, 1)
	err := b.carrier.Void(context.Background(), voidRequest(request, booking))
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, true)
	if err := b.carrier.Void(context.Background(), voidRequest(request, booking)); err != nil || !b.isVoid(booking.CarrierID) {
		b.Errorf("void again after a lost answer: %v", err)
	}
}

func voidTooLate(b *bench) {
	b.needs(carrier.Voids)
	request, booking := b.ship()
	b.clock.Advance(200 * 24 * time.Hour)
	err := b.carrier.Void(context.Background(), voidRequest(request, booking))
	b.expect(err, waybill.ReasonCancelRefused, waybill.Hard, false)
	if b.isVoid(booking.CarrierID) {
		b.Error("the void was refused, and done")
	}
}
