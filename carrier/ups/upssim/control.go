package upssim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// Magic is the table of words that make a ship request misbehave when they occur anywhere in it, meant for the
// recipient's name or a reference; the Fate constants are names that shape a parcel's life instead.
func Magic() []fixture.Spell { return fixture.Spells(OpShip) }

// State is what the simulator tells of itself.
type State struct {
	fixture.State
	Now       time.Time       `json:"now"`
	Shipments []ShipmentState `json:"shipments"`
	// Bookings counts, for each reference, how many shipments were booked under it: above one is a double booking.
	Bookings      map[string]int       `json:"bookings"`
	Pickups       []PickupState        `json:"pickups"`
	Subscriptions map[string]time.Time `json:"subscriptions"`
}

// ShipmentState is one booking.
type ShipmentState struct {
	ID         string        `json:"id"`
	Account    string        `json:"account"`
	Service    string        `json:"service"`
	References []string      `json:"references"`
	Recipient  string        `json:"recipient"`
	BookedAt   time.Time     `json:"bookedAt"`
	Voided     bool          `json:"voided"`
	Parcels    []ParcelState `json:"parcels"`
}

// ParcelState is one parcel; Status is a name of the statuses table.
type ParcelState struct {
	Number string `json:"number"`
	Voided bool   `json:"voided"`
	Status string `json:"status"`
	Next   string `json:"next,omitempty"`
	Events int    `json:"events"`
}

// PickupState is one pickup.
type PickupState struct {
	PRN       string `json:"prn"`
	Account   string `json:"account"`
	Date      string `json:"date"`
	Address   string `json:"address"`
	Reference string `json:"reference,omitempty"`
	Cancelled bool   `json:"cancelled"`
}

// State returns a copy of what the simulator remembers.
func (s *Sim) State() State {
	out := State{State: s.Mischief().State(), Now: s.Clock.Now(), Shipments: []ShipmentState{}, Bookings: map[string]int{}, Pickups: []PickupState{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.memory.shipments {
		one := ShipmentState{
			ID: b.ID, Account: b.Order.Shipper.ShipperNumber, Service: b.Service, References: b.references(),
			Recipient: b.Order.ShipTo.Name, BookedAt: b.BookedAt, Voided: b.voided(),
		}
		for _, p := range b.Parcels {
			p.catchUp(out.Now)
			one.Parcels = append(one.Parcels, p.state())
		}
		for _, ref := range one.References {
			out.Bookings[ref]++
		}
		out.Shipments = append(out.Shipments, one)
	}
	for _, p := range s.memory.pickups {
		out.Pickups = append(out.Pickups, PickupState{p.PRN, p.Account, p.Date, p.Address, p.Reference, p.Cancelled})
	}
	out.Subscriptions = maps.Clone(s.memory.alerts)
	return out
}

func (p *parcel) state() ParcelState {
	out := ParcelState{Number: p.Number, Voided: p.Voided, Status: p.last().Status, Events: len(p.Events)}
	if len(p.Plan) > 0 && !p.Voided {
		out.Next = p.Plan[0].Status
	}
	return out
}

// Advance brings a parcel to its next status (to is empty), or to a named one: through the steps of its plan if the
// name is among them, else by that event alone, which the rest of the plan then follows a day later. What is left of
// the plan moves by as much as the parcel came early. The error names the parcel or the status.
func (s *Sim) Advance(number, to string) (ParcelState, error) {
	if _, ok := statuses[to]; to != "" && !ok {
		return ParcelState{}, fmt.Errorf("advance: unknown status %q, have %s", to, strings.Join(slices.Sorted(maps.Keys(statuses)), ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.memory.parcels[number]
	if have == nil {
		return ParcelState{}, fmt.Errorf("advance: no parcel %q", number)
	}
	b := have.clone()
	_, p := b.parcel(number)
	if err := p.advance(s.Clock.Now(), to, *b.Order.ShipTo.Address); err != nil {
		return ParcelState{}, err
	}
	if err := s.Remember(entry{Shipment: b}); err != nil {
		return ParcelState{}, err
	}
	return p.state(), nil
}

func (p *parcel) advance(now time.Time, to string, home address) error {
	p.catchUp(now)
	if p.Voided {
		return fmt.Errorf("advance: %s is voided", p.Number)
	}
	at := slices.IndexFunc(p.Plan, func(e event) bool { return to == "" || e.Status == to })
	if at < 0 && to == "" {
		return fmt.Errorf("advance: %s has come to its end", p.Number)
	}
	if at < 0 {
		home.AddressLine = nil
		p.Events = append(p.Events, event{Status: to, At: now, Place: home})
		if statuses[to].phase == "d" || to == "returning" {
			p.Plan = nil
		}
		p.shift(now.AddDate(0, 0, 1))
		return nil
	}
	steps := p.Plan[:at+1]
	p.Plan = slices.Clone(p.Plan[at+1:])
	early := steps[at].At.Sub(now)
	for _, e := range steps {
		e.At = now
		p.Events = append(p.Events, e)
	}
	for i := range p.Plan {
		p.Plan[i].At = p.Plan[i].At.Add(-early)
	}
	return nil
}

// shift moves the plan so that its first step is not before start.
func (p *parcel) shift(start time.Time) {
	if len(p.Plan) == 0 {
		return
	}
	if late := start.Sub(p.Plan[0].At); late > 0 {
		for i := range p.Plan {
			p.Plan[i].At = p.Plan[i].At.Add(late)
		}
	}
}
