package upssim

import (
	"slices"
	"time"
)

// memory is all that the simulator remembers. Every change to it goes through Remember.
type memory struct {
	shipments []*shipment // in the order booked
	byID      map[string]*shipment
	parcels   map[string]*shipment // by each parcel's tracking number
	pickups   []*pickup
	alerts    map[string]time.Time // tracking number -> when its subscription ends
	serial    int                  // parcels numbered so far
}

func newMemory() memory {
	return memory{byID: map[string]*shipment{}, parcels: map[string]*shipment{}, alerts: map[string]time.Time{}}
}

// shipment is one booking. It keeps the order as sent, so that its labels can be drawn again, byte for byte.
type shipment struct {
	ID       string    `json:"id"` // the lead parcel's tracking number
	Service  string    `json:"service"`
	Order    order     `json:"order"`
	Format   string    `json:"format"` // of the label
	Height   string    `json:"height,omitempty"`
	BookedAt time.Time `json:"bookedAt"`
	Parcels  []*parcel `json:"parcels"`
}

// parcel is one package of a booking, and what has happened to it.
type parcel struct {
	Number   string    `json:"number"`
	Voided   bool      `json:"voided"`
	VoidedAt time.Time `json:"voidedAt,omitzero"`
	Events   []event   `json:"events"`
	Plan     []event   `json:"plan"`   // what the clock will bring
	Pushed   int       `json:"pushed"` // how many events Track Alert has sent or passed over
}

// event is a scan.
type event struct {
	Status string    `json:"status"` // name in the statuses table
	At     time.Time `json:"at"`
	Place  address   `json:"place"`
	ETA    string    `json:"eta,omitempty"` // a new delivery date that the event brings
}

// entry is one line of the state file: the thing that changed, whole. The newest line about a thing counts.
type entry struct {
	Shipment *shipment  `json:"shipment,omitempty"`
	Pickup   *pickup    `json:"pickup,omitempty"`
	Alerts   []string   `json:"alerts,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
}

// voided tells whether nothing of the shipment is left.
func (b *shipment) voided() bool {
	return !slices.ContainsFunc(b.Parcels, func(p *parcel) bool { return !p.Voided })
}

func (b *shipment) parcel(number string) (int, *parcel) {
	for i, p := range b.Parcels {
		if p.Number == number {
			return i, p
		}
	}
	return -1, nil
}

// references lists what the client calls the shipment, each value once.
func (b *shipment) references() []string {
	var values []string
	add := func(refs []reference) {
		for _, r := range refs {
			if !slices.Contains(values, r.Value) {
				values = append(values, r.Value)
			}
		}
	}
	add(b.Order.ReferenceNumber)
	for _, p := range b.Order.Package {
		add(p.ReferenceNumber)
	}
	return values
}

func (m *memory) apply(e entry) {
	if b := e.Shipment; b != nil {
		if _, known := m.byID[b.ID]; known {
			i := slices.IndexFunc(m.shipments, func(have *shipment) bool { return have.ID == b.ID })
			m.shipments[i] = b
		} else {
			m.shipments = append(m.shipments, b)
			m.serial += len(b.Parcels)
		}
		m.byID[b.ID] = b
		for _, p := range b.Parcels {
			m.parcels[p.Number] = b
		}
	}
	if p := e.Pickup; p != nil {
		i := slices.IndexFunc(m.pickups, func(have *pickup) bool { return have.PRN == p.PRN })
		if i < 0 {
			m.pickups = append(m.pickups, p)
		} else {
			m.pickups[i] = p
		}
	}
	for _, number := range e.Alerts {
		m.alerts[number] = *e.Until
	}
}

// whole lists the newest entry about each thing.
func (m *memory) whole() []entry {
	var all []entry
	for _, b := range m.shipments {
		all = append(all, entry{Shipment: b})
	}
	for _, p := range m.pickups {
		all = append(all, entry{Pickup: p})
	}
	for number, until := range m.alerts {
		all = append(all, entry{Alerts: []string{number}, Until: &until})
	}
	return all
}
