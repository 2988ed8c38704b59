package lynkup

import (
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// asSoonAsPossible is how far after receipt a pickup begins that nobody scheduled, and how far after
// the pickup its delivery ends: what the vendor's own answers show.
const asSoonAsPossible = time.Minute

// decodeCreate reads a new order.
func decodeCreate(r *dialect.Request) (engine.CreateShipment, error) {
	v, err := object(r)
	if err != nil {
		return engine.CreateShipment{}, err
	}
	in := engine.CreateShipment{
		Location: v.At("locationExternalId").Required().String(maxKey), Return: v.At("returnLocationId").String(maxKey),
		Key: r.IdempotencyKey(), Hash: r.Hash(), MustLocate: true,
	}
	for _, m := range members {
		m.read(m.require(v.At(m.name)), &in.Shipment)
	}
	checkTimes(v, in.Shipment)
	schedule(&in.Shipment, r.Now)
	return in, v.Errors(opCreate)
}

// checkTimes notes a delivery that is over before its pickup begins.
func checkTimes(v dialect.Value, s waybill.Shipment) {
	if s.PickupTime.Starts != nil && s.DeliveryTime.Ends != nil && s.DeliveryTime.Ends.Before(*s.PickupTime.Starts) {
		v.At("deliveryTime").Note(waybill.RuleRange, "", "deliveryTime must not end before pickupTime starts")
	}
}

// schedule fills in the times that nobody gave: as soon as possible.
func schedule(s *waybill.Shipment, now time.Time) {
	if s.PickupTime == (waybill.Window{}) {
		start := now.Add(asSoonAsPossible)
		if end := s.DeliveryTime.Ends; end != nil && end.Before(start) {
			start = *end
		}
		s.PickupTime.Starts = &start
	}
	if s.DeliveryTime == (waybill.Window{}) {
		from := s.PickupTime.Ends
		if from == nil {
			from = s.PickupTime.Starts
		}
		end := from.Add(asSoonAsPossible)
		s.DeliveryTime.Ends = &end
	}
}
