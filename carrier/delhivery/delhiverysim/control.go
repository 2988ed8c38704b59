package delhiverysim

import (
	"net/url"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// Magic is the table of words that make a booking misbehave when they occur anywhere in it, meant for the consignee's
// name; the Fate and Fail constants are names that shape a parcel's life or have it refused. A booking is a form, so
// each word is listed as it is written there.
func Magic() []fixture.Spell {
	var spells []fixture.Spell
	for _, spell := range fixture.Spells(OpCreate) {
		plain := spell.Word
		for _, word := range []string{plain, url.QueryEscape(plain), strings.ReplaceAll(plain, " ", "%20")} {
			spell.Word = word
			spells = append(spells, spell)
		}
	}
	return spells
}

// State is what the simulator tells of itself.
type State struct {
	fixture.State
	Now     time.Time     `json:"now"`
	Parcels []ParcelState `json:"parcels"`
	// Bookings counts, for each order id, how many calls booked it: above one is a double booking.
	Bookings map[string]int `json:"bookings"`
	Places   []string       `json:"places"`
	Pickups  []PickupState  `json:"pickups"`
	// Issued is how many waybill numbers were given out ahead, Spent what was booked for, in paise.
	Issued int   `json:"issued"`
	Spent  int64 `json:"spent"`
}

// ParcelState is one parcel. Status is a name that Advance takes.
type ParcelState struct {
	Waybill   string    `json:"waybill"`
	Upload    string    `json:"upload"`
	Order     string    `json:"order"`
	Place     string    `json:"place"`
	Name      string    `json:"name"`
	Address   string    `json:"address"`
	Phone     string    `json:"phone"`
	Payment   string    `json:"payment"`
	Collect   string    `json:"collect"` // rupees
	Contents  string    `json:"contents"`
	Grams     string    `json:"grams"`
	BookedAt  time.Time `json:"bookedAt"`
	Cancelled bool      `json:"cancelled"`
	Status    string    `json:"status"`
	Next      string    `json:"next,omitempty"`
	Events    int       `json:"events"`
}

// PickupState is one pickup request.
type PickupState struct {
	ID    int    `json:"id"`
	Place string `json:"place"`
	Date  string `json:"date"`
}

// State returns a copy of what the simulator remembers.
func (s *Sim) State() State {
	out := State{State: s.Mischief().State(), Now: s.Clock.Now(), Parcels: []ParcelState{}, Bookings: map[string]int{}, Pickups: []PickupState{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	uploads := map[string]bool{}
	for _, p := range s.memory.parcels {
		p.catchUp(out.Now)
		out.Parcels = append(out.Parcels, p.state())
		if key := p.Upload + " " + p.Order.Order; !uploads[key] {
			uploads[key] = true
			out.Bookings[p.Order.Order]++
		}
	}
	for name := range s.memory.places {
		out.Places = append(out.Places, name)
	}
	for _, p := range s.memory.pickups {
		out.Pickups = append(out.Pickups, PickupState{p.ID, p.Place, p.Date})
	}
	out.Issued, out.Spent = len(s.memory.issued), s.memory.spent
	return out
}

func (p *parcel) state() ParcelState {
	o := p.Order
	out := ParcelState{
		Waybill: p.Waybill, Upload: p.Upload, Order: o.Order, Place: p.Place, Name: o.Name, Address: o.Add, Phone: string(o.Phone),
		Payment: o.PaymentMode, Collect: string(o.CODAmount), Contents: o.ProductsDesc, Grams: string(o.Weight), BookedAt: p.BookedAt,
		Cancelled: p.Cancelled, Status: p.last().Status, Events: len(p.Events),
	}
	if len(p.Plan) > 0 {
		out.Next = p.Plan[0].Status
	}
	return out
}
