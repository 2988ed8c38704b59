package doordashsim

import (
	"strings"
	"time"
)

// Names of a recipient that give a delivery a fate of its own.
const (
	FateException = "Exception Eddy" // the Dasher gives the order back on the way to the pickup, and another takes it
	FateAttempt   = "Attempt Avery"  // nobody at home: brought back, or disposed of, as was asked
	FateRefused   = "Refuse Ruby"    // refused at the door: brought back, or disposed of, as was asked
	FateLost      = "Lost Lou"       // neither delivered nor brought back
	FateNobody    = "Nobody Nolan"   // no Dasher takes it
)

// earliest is how long before its pickup a delivery that is ordered ahead gets its Dasher.
const earliest = 30 * time.Minute

// plan is a delivery's life as the clock will bring it: a Dasher is found, comes, takes it and brings it.
func (s *Sim) plan(o order, way trip, ordered time.Time) ([]event, error) {
	begin := ordered
	for _, at := range []*time.Time{o.PickupTime, o.pickupFrom()} {
		if at != nil && at.Add(-earliest).After(begin) {
			begin = at.Add(-earliest)
		}
	}
	if begin.Sub(ordered) > 30*24*time.Hour {
		return nil, notServed("outside_of_delivery_time")
	}
	if o.DropoffTime != nil && !o.DropoffTime.After(begin) {
		return nil, notServed("outside_of_delivery_time")
	}
	drive := 6*time.Minute + time.Duration(way.tenths)*20*time.Second
	at := begin
	var steps []event
	add := func(status string, after time.Duration) {
		at = at.Add(after)
		steps = append(steps, event{Status: status, At: at})
	}
	add("confirmed", time.Minute)
	add("enroute_to_pickup", time.Minute)
	add("arrived_at_pickup", 10*time.Minute)
	add("picked_up", 3*time.Minute)
	add("enroute_to_dropoff", time.Minute)
	add("arrived_at_dropoff", drive)
	add("delivered", 2*time.Minute)
	steps = o.fated(steps)
	for i := range steps {
		steps[i].At = steps[i].At.UTC().Truncate(time.Second)
		if s.opts.Pace > 0 {
			steps[i].At = ordered.Add(time.Duration(i+1) * s.opts.Pace).UTC()
		}
	}
	return steps, nil
}

func (o order) pickupFrom() *time.Time {
	if o.PickupWindow == nil {
		return nil
	}
	return o.PickupWindow.StartTime
}

// fated bends a plan to what the recipient's name asks for.
func (o order) fated(steps []event) []event {
	name := o.recipient()
	last := steps[len(steps)-1].At
	failed := func() []event {
		kept := steps[:len(steps)-1] // up to the door
		if o.ActionIfUndeliverable == "dispose" {
			return append(kept, event{Status: "cancelled", Cause: "failed_to_deliver", At: last})
		}
		return append(kept,
			event{Status: "enroute_to_return", At: last},
			event{Status: "arrived_at_return", At: last.Add(15 * time.Minute)},
			event{Status: "returned", At: last.Add(18 * time.Minute)})
	}
	switch {
	case strings.Contains(name, FateException):
		return again(steps, 2)
	case strings.Contains(name, FateAttempt), strings.Contains(name, FateRefused):
		return failed()
	case strings.Contains(name, FateLost):
		return append(steps[:len(steps)-1], event{Status: "enroute_to_return", At: last}, event{Status: "cancelled", Cause: "failed_to_return", At: last.Add(time.Hour)})
	case strings.Contains(name, FateNobody):
		return []event{{Status: "cancelled", Cause: "failed_to_assign_and_refunded", At: steps[0].At.Add(20 * time.Minute)}}
	}
	return steps
}

// again takes the Dasher away after so many steps, and sends another who begins anew.
func again(steps []event, taken int) []event {
	lost := steps[taken-1].At.Add(3 * time.Minute)
	out := append(append([]event{}, steps[:taken]...), event{Status: "created", At: lost})
	late := lost.Add(2 * time.Minute).Sub(steps[0].At)
	for _, e := range steps {
		e.At = e.At.Add(late)
		out = append(out, e)
	}
	return out
}

func (o order) recipient() string { return o.DropoffGivenName + " " + o.DropoffFamilyName }

// catchUp lets the clock bring what is due. A quote waits for its client. The caller holds the lock.
func (d *delivery) catchUp(now time.Time) (changed bool) {
	for d.Status != "quote" && len(d.Plan) > 0 && !d.Plan[0].At.After(now) {
		d.happen(d.Plan[0])
		d.Plan, changed = d.Plan[1:], true
	}
	return changed
}

// dashers are who comes, one after the other.
var dashers = []dasher{{18093817, "Maya R."}, {18093818, "Tom K."}, {18093819, "Ines V."}}

// happen writes down one step.
func (d *delivery) happen(e event) {
	d.Status, d.Cause, d.UpdatedAt = e.Status, e.Cause, e.At
	switch e.Status {
	case "confirmed":
		who := dashers[d.Given%len(dashers)]
		d.Dasher, d.Given = &who, d.Given+1
	case "created":
		d.Dasher = nil
	case "picked_up":
		d.PickedUpAt = e.At
	case "delivered":
		d.DroppedOffAt = e.At
	case "returned":
		d.ReturnedAt = e.At
	}
	d.Events = append(d.Events, e)
}
