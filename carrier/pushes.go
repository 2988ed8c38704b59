package carrier

import (
	"slices"
	"time"

	"waybill"
)

// Pushes are what a simulated carrier has told of a parcel by itself, in the order in which it did, one scan each; and
// whether it is going to tell more. Nil of parcels that are asked after. They are read over and over: what was heard
// before is nothing new.
func (c *Carrier) Pushes(number string, l Life, now time.Time) (told []waybill.Tracking, more bool) {
	s := c.spell(l.Magic)
	if s == nil || !s.pushed {
		return nil, false
	}
	beats := slices.Clone(s.life)
	slices.SortStableFunc(beats, func(a, b beat) int { return a.told() - b.told() })
	for _, b := range beats {
		if l.Booked.Add(time.Duration(b.told()) * time.Hour).After(now) {
			return told, true
		}
		push := waybill.Tracking{Number: number, Status: b.status, Scans: []waybill.Scan{b.scan(l.Booked)}, Recipient: b.who}
		for range s.times() {
			told = append(told, push)
		}
	}
	return told, false
}
