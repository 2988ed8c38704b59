package upssim

import (
	"slices"
	"strings"
	"time"
)

// status is a row of UPS's table of tracking statuses.
type status struct {
	kind, code, number, text, simple string
	phase                            string // p before the carrier has the parcel, t on its way, d at its end
}

var statuses = readStatuses()

func readStatuses() map[string]status {
	m := map[string]status{}
	for _, row := range mustTable("statuses.csv") {
		m[row[0]] = status{row[1], row[2], row[3], row[4], row[5], row[6]}
	}
	return m
}

// Names in a recipient's address that give its parcels a fate of their own.
const (
	FateException = "Exception Eddy" // an address problem on the delivery day, delivered a business day later
	FateAttempt   = "Attempt Avery"  // nobody at home, delivered a business day later
	FateRefused   = "Refuse Ruby"    // refused at the door and returned to the sender
	FateLost      = "Lost Lou"       // never seen again after the hub
)

// plan is a parcel's life as the clock will bring it: label, pickup, origin, hub, destination, van, door. Without a
// pace the days are those of the service's promise; with one, the steps follow each other at that pace.
func (s *Sim) plan(o order, offer service, booked time.Time) []event {
	from, to := *o.from().Address, *o.ShipTo.Address
	from.AddressLine, to.AddressLine = nil, nil
	day := tendered(local(booked, from))
	door := offer.promise(day, from, to)
	eta := door.Format(ymd)
	steps := []event{
		{Status: "label-created", At: booked, Place: address{CountryCode: from.CountryCode}},
		{Status: "picked-up", At: clockOn(day, 17, 30), Place: from},
		{Status: "origin-scan", At: clockOn(day, 20, 4), Place: from},
		{Status: "departed", At: clockOn(day, 22, 41), Place: from},
	}
	if zone(from, to) > 2 || !o.domestic() {
		hub, left := hubFor(offer, from), clockOn(day, 22, 41)
		third := clockOn(door, 4, 37).Sub(left) / 3
		steps = append(steps, event{Status: "arrived", At: left.Add(third), Place: hub}, event{Status: "departed", At: left.Add(2 * third), Place: hub})
	}
	if !o.domestic() {
		steps = append(steps, event{Status: "customs", At: clockOn(door, 1, 12), Place: address{CountryCode: to.CountryCode}})
	}
	early := clockOn(door, 4, 37)
	van := min(door.Sub(early)/2, 4*time.Hour)
	steps = append(steps,
		event{Status: "arrived", At: early, Place: to},
		event{Status: "preparing", At: early.Add(van / 2), Place: to},
		event{Status: "out-for-delivery", At: early.Add(van), Place: to},
		event{Status: "delivered", At: door.Add(-door.Sub(early.Add(van)) / 3), Place: to},
	)
	steps[0].ETA = eta
	steps = fated(o.ShipTo, steps)
	slices.SortStableFunc(steps, func(a, b event) int { return a.At.Compare(b.At) })
	for i := range steps {
		steps[i].At = steps[i].At.UTC().Truncate(time.Second)
		if s.opts.Pace > 0 {
			steps[i].At = booked.Add(time.Duration(i) * s.opts.Pace).UTC()
		}
	}
	return steps
}

// fated bends a parcel's last step to what its recipient's name asks for.
func fated(to party, steps []event) []event {
	name := to.Name + " " + to.AttentionName
	last := steps[len(steps)-1]
	next := addBusinessDays(last.At, 1)
	again := func(problem string) []event {
		last.Status, last.ETA = problem, next.Format(ymd)
		return append(steps[:len(steps)-1], last,
			event{Status: "out-for-delivery", At: clockOn(next, 9, 3), Place: last.Place},
			event{Status: "delivered", At: clockOn(next, 13, 22), Place: last.Place})
	}
	switch {
	case strings.Contains(name, FateException):
		return again("exception")
	case strings.Contains(name, FateAttempt):
		return again("attempted")
	case strings.Contains(name, FateRefused):
		last.Status = "refused"
		return append(steps[:len(steps)-1], last,
			event{Status: "returning", At: clockOn(next, 6, 15), Place: last.Place},
			event{Status: "returned", At: addBusinessDays(next, 3), Place: steps[1].Place})
	case strings.Contains(name, FateLost):
		i := slices.IndexFunc(steps, func(e event) bool { return e.Status == "preparing" })
		return append(steps[:i], event{Status: "lost", At: next, Place: address{CountryCode: last.Place.CountryCode}})
	}
	return steps
}

// tendered is the day on which a parcel booked at that local time is picked up: the same if that is a business day and
// not yet five o'clock.
func tendered(booked time.Time) time.Time {
	if booked.Hour() >= 17 {
		booked = booked.AddDate(0, 0, 1)
	}
	return businessDay(booked)
}

func clockOn(day time.Time, hour, minute int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, minute, 0, 0, day.Location())
}

// hubFor is where a parcel is sorted on its way: the air hub or the nearest of three ground hubs.
func hubFor(offer service, from address) address {
	hub := func(city, state, zip string) address {
		return address{City: city, StateProvinceCode: state, PostalCode: zip, CountryCode: "US"}
	}
	switch countries[from.CountryCode].region {
	case "us":
	case "ca":
		return address{City: "Concord", StateProvinceCode: "ON", PostalCode: "L4K 3P3", CountryCode: "CA"}
	case "eu":
		return address{City: "Koeln", PostalCode: "51147", CountryCode: "DE"}
	default:
		return address{City: "Shenzhen", CountryCode: "CN"}
	}
	if offer.code != "03" && offer.code != "11" {
		return hub("Louisville", "KY", "40213")
	}
	best, nearest := address{}, 0.0
	for _, h := range []address{hub("Hodgkins", "IL", "60525"), hub("Ontario", "CA", "91761"), hub("Harrisburg", "PA", "17111")} {
		if d := miles(zip3[prefix(from)], zip3[prefix(h)]); best.City == "" || d < nearest {
			best, nearest = h, d
		}
	}
	return best
}

// catchUp lets the clock bring what is due. The caller holds the lock.
func (p *parcel) catchUp(now time.Time) (changed bool) {
	for len(p.Plan) > 0 && !p.Voided && !p.Plan[0].At.After(now) {
		p.Events, p.Plan = append(p.Events, p.Plan[0]), p.Plan[1:]
		changed = true
	}
	return changed
}

// last is the newest event.
func (p *parcel) last() event { return p.Events[len(p.Events)-1] }

// taken tells whether the carrier has the parcel, or had it.
func (p *parcel) taken() bool {
	return slices.ContainsFunc(p.Events, func(e event) bool { return statuses[e.Status].phase == "t" })
}

// eta is the newest delivery date promised.
func (p *parcel) eta() (day string, rescheduled bool) {
	for _, e := range p.Events {
		if e.ETA != "" {
			day, rescheduled = e.ETA, day != ""
		}
	}
	return day, rescheduled
}
