package delhiverysim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// memory is all that the simulator remembers. Every change to it goes through remember.
type memory struct {
	parcels  []*parcel // in the order booked
	byNumber map[string]*parcel
	places   map[string]place
	issued   map[string]time.Time // waybill number -> since when it can be used
	pickups  []pickup
	actions  map[string]action
	serial   int   // waybill numbers made so far
	uploads  int   // bookings and other uploads numbered so far
	spent    int64 // paise
}

func newMemory() memory {
	return memory{byNumber: map[string]*parcel{}, places: map[string]place{}, issued: map[string]time.Time{}, actions: map[string]action{}}
}

// parcel is one package with a waybill, and what has happened to it.
type parcel struct {
	Waybill     string    `json:"waybill"`
	Upload      string    `json:"upload"` // of the call it was booked by
	Place       string    `json:"place"`
	Order       order     `json:"order"` // as sent, with later edits
	BookedAt    time.Time `json:"bookedAt"`
	Cost        int64     `json:"cost"`    // paise
	Charged     int64     `json:"charged"` // grams
	Cancelled   bool      `json:"cancelled,omitempty"`
	CancelledAt time.Time `json:"cancelledAt,omitzero"`
	Ewaybill    []string  `json:"ewaybill,omitempty"`
	Events      []event   `json:"events"`
	Plan        []event   `json:"plan"`   // what the clock will bring
	Pushed      int       `json:"pushed"` // how many events the callback has been sent
}

// event is a scan.
type event struct {
	Status string    `json:"status"` // name in the table of statuses
	At     time.Time `json:"at"`
	Place  string    `json:"place"`
}

// clone is a copy that can be changed before it is remembered.
func (p *parcel) clone() *parcel {
	out := *p
	out.Events, out.Plan, out.Ewaybill = slices.Clone(p.Events), slices.Clone(p.Plan), slices.Clone(p.Ewaybill)
	return &out
}

// entry is one line of the state file: the thing that changed, whole. The newest line about a thing counts.
type entry struct {
	Parcels []*parcel  `json:"parcels,omitempty"`
	Place   *place     `json:"place,omitempty"`
	Issued  []string   `json:"issued,omitempty"`
	From    *time.Time `json:"from,omitempty"`
	Pickup  *pickup    `json:"pickup,omitempty"`
	Action  *action    `json:"action,omitempty"`
	Serial  int        `json:"serial,omitempty"`
	Uploads int        `json:"uploads,omitempty"`
}

// remember notes a change, and how far the numbering has come. The caller holds the lock.
func (s *Sim) remember(e entry) error {
	e.Serial, e.Uploads = s.memory.serial, s.memory.uploads
	return s.Remember(e)
}

func (m *memory) apply(e entry) {
	m.serial, m.uploads = max(m.serial, e.Serial), max(m.uploads, e.Uploads)
	for _, p := range e.Parcels {
		if _, known := m.byNumber[p.Waybill]; known {
			m.parcels[slices.IndexFunc(m.parcels, func(have *parcel) bool { return have.Waybill == p.Waybill })] = p
		} else {
			m.parcels = append(m.parcels, p)
			m.spent += p.Cost
		}
		m.byNumber[p.Waybill] = p
	}
	if e.Place != nil {
		m.places[e.Place.Name] = *e.Place
	}
	for _, number := range e.Issued {
		m.issued[number] = *e.From
	}
	if e.Pickup != nil {
		m.pickups = append(m.pickups, *e.Pickup)
	}
	if e.Action != nil {
		m.actions[e.Action.ID] = *e.Action
	}
}

// number makes the next waybill number: fourteen digits.
func (s *Sim) number() string {
	s.memory.serial++
	return fmt.Sprintf("1490%010d", (s.opts.Seed*7919+uint64(s.memory.serial))%10_000_000_000)
}

// upload makes the number of the next uploaded list.
func (s *Sim) upload() string {
	s.memory.uploads++
	return fmt.Sprintf("UPL%019d", 4_100_000_000_000_000_000+int64(s.opts.Seed)*1_000_000+int64(s.memory.uploads))
}

// whole lists the newest entry about each thing.
func (m *memory) whole() []entry {
	all := []entry{{Parcels: m.parcels, Serial: m.serial, Uploads: m.uploads}}
	for _, name := range slices.Sorted(maps.Keys(m.places)) {
		one := m.places[name]
		all = append(all, entry{Place: &one})
	}
	for _, number := range slices.Sorted(maps.Keys(m.issued)) {
		from := m.issued[number]
		all = append(all, entry{Issued: []string{number}, From: &from})
	}
	for _, p := range m.pickups {
		all = append(all, entry{Pickup: &p})
	}
	for _, a := range m.actions {
		all = append(all, entry{Action: &a})
	}
	return all
}
