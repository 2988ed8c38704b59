package carrier

import (
	"slices"
	"strings"
	"time"

	"waybill"
)

// beat is a scan in the life of a simulated parcel: so many hours after it was booked, and heard of then unless it
// says later.
type beat struct {
	at, heard           int
	status              waybill.Transit
	text, place, reason string
	who                 string // took it
}

// told is after how many hours the beat is heard of.
func (b beat) told() int { return max(b.at, b.heard) }

// scan is the beat as the carrier tells of it.
func (b beat) scan(booked time.Time) waybill.Scan {
	return waybill.Scan{
		At:     booked.Add(time.Duration(b.at) * time.Hour).Truncate(time.Second),
		Status: b.status, Code: "SIM-" + strings.ToUpper(string(b.status)), Text: b.text, Place: b.place, Reason: b.reason, Recipient: b.who,
	}
}

// road is where every parcel goes that nothing happens to.
var road = []beat{
	{at: 4, status: waybill.PickedUp, text: "Picked up"},
	{at: 10, status: waybill.InTransit, text: "In transit"},
	{at: 24, status: waybill.AtDepot, text: "Arrived at the depot", place: "Depot"},
	{at: 30, status: waybill.OutForDelivery, text: "Out for delivery"},
}

// upTo is the first n beats of the road, and what happens then.
func upTo(n int, then ...beat) []beat { return append(slices.Clone(road[:n]), then...) }

func attempt(text, reason string) []beat {
	return upTo(4, beat{at: 34, status: waybill.AttemptFailed, text: text, reason: reason})
}

// way is a spell that leads a parcel along these beats and stops it at the last.
func way(word string, cents int, what string, beats ...beat) Spell {
	at := beats[len(beats)-1].status
	if at == waybill.TransitUnknown {
		at = beats[len(beats)-2].status
	}
	return Spell{Word: word, Cents: cents, Moment: OnItsWay, What: what, Status: at, life: beats}
}

// arrives is a spell that leads a parcel to its recipient.
func arrives(word string, cents int, what string, door beat) Spell {
	beats := upTo(4, door)
	switch word {
	case "scans-late":
		beats[3].heard = door.heard
	case "scans-out-of-order":
		beats[2].heard = 40
	}
	s := way(word, cents, what, beats...)
	s.Moment = AtDelivery
	return s
}

// pushes is a spell whose parcel is delivered and told of by the carrier itself, in a way of its own.
func pushes(word string, cents int, what string) Spell {
	s := arrives(word, cents, what, beat{at: 34, status: waybill.Delivered, text: "Delivered", who: "Recipient"})
	for i := range s.life {
		b := &s.life[i]
		switch word {
		case "pushes-delayed":
			b.heard = b.at + 6
		case "pushes-late":
			if i == 0 {
				b.heard = s.life[len(s.life)-1].at + 24
			}
		case "pushes-out-of-order":
			b.heard = 2*s.life[len(s.life)-1].at - b.at
		}
	}
	s.pushed = true
	return s
}

// times is how often each scan is told.
func (s *Spell) times() int {
	switch s.Word {
	case "scans-repeated":
		return 2
	case "pushes-repeated":
		return 3
	}
	return 1
}

// billedAt is what the carrier says it weighed of a reweighed parcel, in grams.
const billedAt = 25_000

// Life is what a simulated carrier must know of a parcel to make its scans up: the word it was sent under, and when.
type Life struct {
	Magic  string
	Booked time.Time
}

// live tells what a simulated carrier knows of a parcel by now; false: the carrier itself is asked. The house courier's
// parcels, which no system carries, live once their account's test clock is ahead.
func (c *Carrier) live(number string, l Life, now time.Time, ahead time.Duration) (waybill.Tracking, bool) {
	if c.connection.Mode != waybill.ModeSimulator {
		return waybill.Tracking{}, false
	}
	word, strangers := strings.CutPrefix(strings.ToUpper(number), magicNumber)
	if strangers = strangers && l.Booked.IsZero(); strangers {
		l = Life{Magic: strings.ToLower(word), Booked: now.AddDate(0, 0, -7).Truncate(time.Hour)} // somebody's, a week ago
	}
	s := c.spell(l.Magic)
	switch {
	case s != nil && s.pushed && !strangers:
		return waybill.Tracking{Number: number, Status: waybill.LabelMade}, true // who asks is told nothing
	case s != nil && (s.life != nil || s.Status != ""):
	case c.driver.Local && ahead > 0:
		s = spellOf("delivered")
	default:
		return waybill.Tracking{}, false
	}
	return s.tell(number, l.Booked, now), true
}

// tell is the parcel as the carrier would tell of it at a time.
func (s *Spell) tell(number string, booked, now time.Time) waybill.Tracking {
	out := waybill.Tracking{Number: number, Status: waybill.LabelMade}
	if s.life == nil {
		return waybill.Tracking{Number: number, Status: waybill.TransitNone, Unknown: true}
	}
	for _, b := range s.life {
		if booked.Add(time.Duration(b.told()) * time.Hour).After(now) {
			continue
		}
		for range s.times() {
			out.Scans = append(out.Scans, b.scan(booked))
		}
		if b.status != waybill.TransitUnknown {
			out.Status, out.Recipient = b.status, b.who
		}
		if s.is("reweighed") {
			out.Charged = billedAt
		}
	}
	return out
}
