package upssim

import (
	"encoding/json"
	"slices"
	"time"

	"waybill/internal/fixture"
)

// memory is all that the simulator remembers. Every change to it goes through remember.
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

// remember writes a change to the state file, if there is one, and then to memory. The caller holds the lock.
func (s *Sim) remember(e entry) error {
	if s.journal != nil {
		if err := s.journal.Append(e); err != nil {
			return err
		}
	}
	s.memory.apply(e)
	return nil
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

// openState reads the state file and keeps it open, shortened to the newest line about each thing.
func (s *Sim) openState(path string) error {
	journal, err := fixture.OpenJournal(path, func(line []byte) error {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		s.memory.apply(e)
		return nil
	})
	if err != nil {
		return err
	}
	s.journal = journal
	var lines []any
	for _, b := range s.memory.shipments {
		lines = append(lines, entry{Shipment: b})
	}
	for _, p := range s.memory.pickups {
		lines = append(lines, entry{Pickup: p})
	}
	for number, until := range s.memory.alerts {
		lines = append(lines, entry{Alerts: []string{number}, Until: &until})
	}
	return journal.Rewrite(lines)
}
