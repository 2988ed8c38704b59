package ratecard

import (
	"slices"
	"time"

	"waybill"
)

// lastMinute of a day is 23:59.
const lastMinute = 24*60 - 1

// calendar is when a service takes parcels in and brings them.
type calendar struct {
	cutoff    int // minutes after midnight
	deliverBy int
	works     [7]bool
}

// newCalendar reads times and weekdays that validate has nothing against.
func newCalendar(cutoff, deliverBy string, working []string) calendar {
	c := calendar{}
	c.cutoff, _ = minuteOf(cutoff, lastMinute+1)
	c.deliverBy, _ = minuteOf(deliverBy, lastMinute)
	if len(working) == 0 {
		working = weekdays[1:6]
	}
	for _, day := range working {
		c.works[slices.Index(weekdays, day)] = true
	}
	return c
}

// leaves is the day a parcel handed over at the moment goes on its way: today before the cut-off of a
// working day, else the next working day; not before the date the caller wants. The day is a UTC
// midnight, so that counting days meets no clock change.
func (c *calendar) leaves(ready time.Time, place *time.Location, wanted string) time.Time {
	local := ready.In(place)
	day := midnight(local)
	if date, err := time.Parse(time.DateOnly, wanted); wanted != "" && err == nil && date.After(day) {
		day = date
	} else if local.Hour()*60+local.Minute() >= c.cutoff {
		day = day.Add(24 * time.Hour)
	}
	for !c.works[day.Weekday()] {
		day = day.Add(24 * time.Hour)
	}
	return day
}

// arrives is the day a number of working days on.
func (c *calendar) arrives(day time.Time, days int) time.Time {
	for days > 0 {
		day = day.Add(24 * time.Hour)
		if c.works[day.Weekday()] {
			days--
		}
	}
	return day
}

// ready is the moment from which the parcel can be fetched.
func ready(s *waybill.Shipment, now time.Time) time.Time {
	if from := s.PickupTime.Starts; from != nil && from.After(now) {
		return *from
	}
	return now
}

// midnight is a moment's calendar day, as a UTC midnight.
func midnight(local time.Time) time.Time {
	year, month, day := local.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// moment is a minute of a calendar day at a place.
func moment(day time.Time, minute int, place *time.Location) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date, 0, minute, 0, 0, place).UTC()
}

// minuteOf reads HH:MM; absent text is the default. False: no time of day.
func minuteOf(text string, absent int) (int, bool) {
	if text == "" {
		return absent, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}

// zoneOf finds a time zone by its IANA name. The machine's own zone is no answer: it differs by node.
func zoneOf(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, waybill.E("ratecard.zone", waybill.ReasonFields, "%q is no time zone", name)
	}
	return waybill.Zone(name)
}
