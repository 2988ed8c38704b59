package engine

import (
	"slices"
	"sync"
	"time"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// setup is what an account has been told about its world, read together and kept while the account's
// epoch stands. It is never changed: a change is a new epoch and a new setup.
type setup struct {
	epoch       int64
	account     waybill.Account
	users       []waybill.User
	clients     []waybill.Client
	brands      []waybill.Brand
	locations   []waybill.Location
	connections []waybill.Connection // the account's own, then those lent to it
	services    []waybill.Service
	sizes       []waybill.PackageSize
	tags        []waybill.Tag
	rules       rule.Set
	edition     int64     // version of the rules
	until       time.Time // when something planned takes effect: it is read anew then; zero: nothing is
	hooks       []waybill.Subscription

	once    sync.Once
	offered map[waybill.ID][]rule.Service // by connection
}

// setupCache keeps setups by account. The zero value is ready.
type setupCache struct {
	mu   sync.Mutex
	kept map[waybill.ID]*setup
}

const setupsKept = 1000 // accounts whose set-up stays in memory

// setup answers the account's set-up as of this transaction.
func (e *Engine) setup(tx store.Tx, account waybill.ID) (*setup, error) {
	epoch, err := tx.Epoch(account)
	if err != nil {
		return nil, err
	}
	e.cache.mu.Lock()
	kept := e.cache.kept[account]
	e.cache.mu.Unlock()
	if kept != nil && kept.epoch == epoch && (kept.until.IsZero() || tx.Now().Before(kept.until)) {
		return kept, nil
	}
	s, err := readSetup(tx, account)
	if err != nil {
		return nil, err
	}
	s.epoch = epoch
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	if e.cache.kept == nil || len(e.cache.kept) >= setupsKept {
		e.cache.kept = map[waybill.ID]*setup{}
	}
	e.cache.kept[account] = s
	return s, nil
}

// goodUntil notes that something takes effect at a time.
func (s *setup) goodUntil(t time.Time) {
	if s.until.IsZero() || t.Before(s.until) {
		s.until = t
	}
}

func readSetup(tx store.Tx, account waybill.ID) (*setup, error) {
	s := &setup{}
	var err error
	if s.account, err = tx.Accounts().Get(account); err != nil {
		return nil, err
	}
	read := func(fill func() error) {
		if err == nil {
			err = fill()
		}
	}
	read(func() (e error) { s.users, e = own(tx.Users(), account); return })
	read(func() (e error) { s.clients, e = own(tx.Clients(), account); return })
	read(func() (e error) { s.brands, e = own(tx.Brands(), account); return })
	read(func() (e error) { s.locations, e = own(tx.Locations(), account); return })
	read(func() (e error) { s.services, e = own(tx.Services(), account); return })
	read(func() (e error) { s.sizes, e = own(tx.PackageSizes(), account); return })
	read(func() (e error) { s.tags, e = own(tx.Tags(), account); return })
	read(func() (e error) { s.hooks, e = own(tx.Subscriptions(), account); return })
	read(func() error { return s.readConnections(tx, account) })
	read(func() error {
		rules, later, err := inForce(tx, account, tx.Now())
		if err != nil {
			return err
		}
		s.edition = rules.No
		for _, planned := range later {
			s.goodUntil(planned.From)
		}
		s.rules, err = rule.Compile(rules.Rules)
		return err
	})
	return s, err
}

func (s *setup) readConnections(tx store.Tx, account waybill.ID) error {
	all, err := tx.Connections().All()
	if err != nil {
		return err
	}
	var lent []waybill.Connection
	for _, c := range all {
		if c.Account == account {
			s.connections = append(s.connections, c)
			continue
		}
		for _, loan := range c.Lent {
			if loan.Account == account {
				lent = append(lent, c)
			}
		}
	}
	s.connections = append(s.connections, lent...)
	for _, c := range s.connections {
		for _, card := range c.Cards {
			if card.From.After(tx.Now()) {
				s.goodUntil(card.From)
			}
		}
	}
	return nil
}

// meta is any noun, for reading its account.
type meta[T any] interface {
	*T
	Meta() *waybill.Row
}

// own lists the records of one account: an actor with grants sees its children's too.
func own[T any, P meta[T]](table store.Keyed[T], account waybill.ID) ([]T, error) {
	all, err := table.All()
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for i := range all {
		if P(&all[i]).Meta().Account == account {
			kept = append(kept, all[i])
		}
	}
	return kept, nil
}

func (s *setup) actor(kind waybill.ActorKind, id waybill.ID, dialect string) (waybill.Actor, error) {
	if kind == waybill.ActorAdmin && id == "" {
		return localActor(s.account.ID, dialect), nil
	}
	for _, u := range s.users {
		if kind == waybill.ActorUser && u.ID == id {
			return actorOfUser(u, dialect)
		}
	}
	for _, c := range s.clients {
		if kind == waybill.ActorClient && c.ID == id {
			return actorOfClient(c, dialect)
		}
	}
	return waybill.Actor{}, waybill.E("auth", waybill.ReasonUnknownRecord, "no such user or client")
}

func (s *setup) location(id waybill.ID) *waybill.Location {
	for i := range s.locations {
		if s.locations[i].ID == id {
			return &s.locations[i]
		}
	}
	return nil
}

// locationByKey is the location of an external id, or of an id.
func (s *setup) locationByKey(key string) *waybill.Location {
	for i := range s.locations {
		if s.locations[i].ExternalID == key {
			return &s.locations[i]
		}
	}
	return s.location(waybill.ID(key))
}

// home is where parcels leave when nobody says.
func (s *setup) home() *waybill.Location {
	if l := s.location(s.account.Settings.DefaultLocation); l != nil || len(s.locations) == 0 {
		return l
	}
	return &s.locations[0]
}

// homeOf is where parcels of a connection leave when nobody says: the first location that it is assigned to, else
// the account's own.
func (s *setup) homeOf(connection string) *waybill.Location {
	if c := s.connectionByKey(connection); c != nil && connection != "" {
		for i := range s.locations {
			if slices.Contains(s.locations[i].Connections, c.ID) {
				return &s.locations[i]
			}
		}
	}
	return s.home()
}

// settings are those that hold at a location (nil: none), the nearest first: location, brand, account.
func (s *setup) settings(l *waybill.Location) []waybill.Settings {
	var list []waybill.Settings
	if l != nil {
		list = append(list, l.Settings)
		if b := s.brand(l.Brand); b != nil {
			list = append(list, b.Settings)
		}
	}
	return append(list, s.account.Settings)
}

// pickupNotes are what a collector is told at a location when the order says nothing.
func (s *setup) pickupNotes(l *waybill.Location) string {
	notes := l.PickupInstructions
	for _, settings := range s.settings(l) {
		notes = firstOf(notes, settings.PickupInstructions)
	}
	return notes
}

// returnOf is where undeliverable parcels of a location go; nil: nobody said.
func (s *setup) returnOf(l *waybill.Location) *waybill.Location {
	if l.Return == l.ID {
		return nil // back here, whatever holds elsewhere
	}
	back := s.location(l.Return)
	for _, settings := range s.settings(l) {
		if back == nil {
			back = s.location(settings.ReturnLocation)
		}
	}
	return back
}

func (s *setup) brand(id waybill.ID) *waybill.Brand {
	for i := range s.brands {
		if s.brands[i].ID == id {
			return &s.brands[i]
		}
	}
	return nil
}

func (s *setup) connection(id waybill.ID) *waybill.Connection {
	for i := range s.connections {
		if s.connections[i].ID == id {
			return &s.connections[i]
		}
	}
	return nil
}

func (s *setup) service(number int64, direction waybill.Direction) *waybill.Service {
	for i := range s.services {
		if s.services[i].Number == number && s.services[i].Direction == direction && !s.services[i].Disabled {
			return &s.services[i]
		}
	}
	return nil
}

// serviceOf is the account's own numbering of a connection's service; nil when it has none.
func (s *setup) serviceOf(c waybill.Connection, code string, direction waybill.Direction) *waybill.Service {
	for i := range s.services {
		v := &s.services[i]
		if v.Driver == c.Carrier && v.Carrier == c.Name && v.Code == code && v.Direction == direction {
			return v
		}
	}
	return nil
}

func (s *setup) size(number int64) *waybill.PackageSize {
	for i := range s.sizes {
		if s.sizes[i].Number == number && !s.sizes[i].Disabled {
			return &s.sizes[i]
		}
	}
	return nil
}

func (s *setup) sizeByName(name string) *waybill.PackageSize {
	for i := range s.sizes {
		if s.sizes[i].Name == name && !s.sizes[i].Disabled {
			return &s.sizes[i]
		}
	}
	return nil
}
