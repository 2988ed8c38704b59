package carrier

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"waybill"
)

// Registry knows the drivers and keeps opened carriers, so that a connection logs in once and its
// breaker and bulkhead are shared by all who use it. It is safe for concurrent use.
type Registry struct {
	drivers []Driver
	mu      sync.Mutex
	opened  map[waybill.ID]*slot
}

// slot is the newest version of one connection, opened or being opened.
type slot struct {
	version int64
	ready   chan struct{} // closed when carrier and err are set
	carrier *Carrier
	err     error
}

// NewRegistry makes a registry of drivers, in the order of their names. Two drivers of one name are a
// mistake of whoever lists them.
func NewRegistry(drivers ...Driver) (*Registry, error) {
	sorted := slices.Clone(drivers)
	slices.SortFunc(sorted, func(a, b Driver) int { return strings.Compare(a.Name, b.Name) })
	for i, d := range sorted {
		if d.Name == "" || d.Open == nil {
			return nil, fmt.Errorf("carrier: a driver (%q) without a name or an Open function", d.Title)
		}
		if i > 0 && sorted[i-1].Name == d.Name {
			return nil, fmt.Errorf("carrier: two drivers are called %q", d.Name)
		}
	}
	return &Registry{drivers: sorted, opened: map[waybill.ID]*slot{}}, nil
}

// Drivers lists the drivers by name.
func (r *Registry) Drivers() []Driver { return slices.Clone(r.drivers) }

// Driver is the driver of a name.
func (r *Registry) Driver(name string) (Driver, bool) {
	i, found := slices.BinarySearchFunc(r.drivers, name, func(d Driver, name string) int { return strings.Compare(d.Name, name) })
	if !found {
		return Driver{}, false
	}
	return r.drivers[i], true
}

// Opened is the carrier of a connection if exactly this version of it is open: it spares the caller
// unsealing the secrets.
func (r *Registry) Opened(connection waybill.Connection) (*Carrier, bool) {
	r.mu.Lock()
	s := r.opened[connection.ID]
	r.mu.Unlock()
	if s == nil || s.version != connection.Version {
		return nil, false
	}
	select {
	case <-s.ready:
		return s.carrier, s.err == nil
	default:
		return nil, false
	}
}

// Open is the carrier of a connection: the one opened before for this version, else a new one, opened
// once however many ask. A newer version replaces an older one; a caller that still holds an older
// version gets a carrier of its own, which is not kept. Failures are not kept either. A connection
// without an id (a trial of settings) is opened and not kept.
func (r *Registry) Open(connection waybill.Connection, secrets Settings, env Env) (*Carrier, error) {
	driver, ok := r.Driver(connection.Carrier)
	if !ok {
		e := waybill.E("carrier.open", waybill.ReasonFields, "there is no carrier %q", connection.Carrier)
		e.Fields = []waybill.FieldError{{
			Path: "carrier", Rule: waybill.RuleEnum, Value: connection.Carrier, Limit: r.names(), Message: e.Message,
		}}
		return nil, e
	}
	s, mine := r.reserve(connection)
	switch {
	case s == nil:
		return Open(driver, connection, secrets, env)
	case !mine:
		<-s.ready
		return s.carrier, s.err
	}
	defer close(s.ready)
	s.carrier, s.err = Open(driver, connection, secrets, env)
	if s.err != nil {
		r.forget(connection.ID, s)
	}
	return s.carrier, s.err
}

// reserve finds or makes the slot of a connection; mine: the caller must fill it; nil: do not keep.
func (r *Registry) reserve(connection waybill.Connection) (s *slot, mine bool) {
	if connection.ID == "" {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s = r.opened[connection.ID]
	switch {
	case s != nil && s.version == connection.Version:
		return s, false
	case s != nil && s.version > connection.Version:
		return nil, false
	}
	s = &slot{version: connection.Version, ready: make(chan struct{})}
	r.opened[connection.ID] = s
	return s, true
}

func (r *Registry) forget(id waybill.ID, s *slot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opened[id] == s {
		delete(r.opened, id)
	}
}

func (r *Registry) names() string {
	names := make([]string, len(r.drivers))
	for i, d := range r.drivers {
		names[i] = d.Name
	}
	return strings.Join(names, ", ")
}
