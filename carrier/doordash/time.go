package doordash

import (
	"time"

	"waybill"
)

// soonest is how long after a pickup a delivery may at the earliest be asked for. Callers who must name a time
// and have none write one a moment after the pickup; a Dasher then comes as soon as he can.
const soonest = 10 * time.Minute

// times says when: the two windows where all four ends are known, else the pickup's begin, and the delivery's
// end where that is possible at all. What has gone by already is left out: DoorDash then comes at once.
func (r *request) times(o *order, w waybill.Shipment, now time.Time) {
	pickup, delivery := w.PickupTime, w.DeliveryTime
	if full(pickup) && full(delivery) {
		o.PickupWindow, o.DropoffWindow = between(pickup), between(delivery)
		return
	}
	from := now
	if at := firstTime(pickup.Starts, pickup.Ends); at != nil && at.After(now) {
		o.PickupTime, from = utc(*at), *at
	}
	if at := firstTime(delivery.Ends, delivery.Starts); at != nil && at.Sub(from) >= soonest {
		o.DropoffTime = utc(*at)
	}
	if o.PickupTime == "" && o.DropoffTime == "" {
		r.today(w, now)
	}
}

// today refuses a later day without an hour: a Dasher sent for it would come now.
func (r *request) today(w waybill.Shipment, now time.Time) {
	zone, err := waybill.Zone(w.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	if day := w.Options.ShipDate; day > now.In(zone).Format(time.DateOnly) {
		r.report("options.ship_date", waybill.RuleNeeds, day, "", "DoorDash comes at once; a later day needs a pickup time")
	}
}

func full(w waybill.Window) bool { return w.Starts != nil && w.Ends != nil }

func between(w waybill.Window) *window { return &window{Start: utc(*w.Starts), End: utc(*w.Ends)} }

func firstTime(times ...*time.Time) *time.Time {
	for _, t := range times {
		if t != nil {
			return t
		}
	}
	return nil
}

// utc writes a time as DoorDash does.
func utc(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// moment reads a time of DoorDash's, to the microsecond; nil when there is none.
func moment(text string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil
	}
	at = at.UTC().Truncate(time.Microsecond)
	return &at
}
