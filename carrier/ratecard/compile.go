package ratecard

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"waybill"
	"waybill/carrier"
)

// Compiled is a card ready to quote. It does not change and is safe for concurrent use.
type Compiled struct {
	version   string
	currency  string
	validText string
	valid     time.Time
	place     *time.Location
	measured  bool // some zone is a distance band
	zones     []zone
	services  []service

	mu     sync.RWMutex
	places map[string]*time.Location // senders' zones met so far: finding one reads a file
}

// service is a compiled Service.
type service struct {
	Service
	calendar   calendar
	tariffs    []tariff // in the order of the zones
	surcharges []surcharge
}

// tariff is a compiled Tariff.
type tariff struct {
	Tariff
	zone int
}

// Compile makes a card ready to quote. A card that [Validate] finds fault with is refused with all of
// its problems: Invalid, ReasonFields. The card must not be changed afterwards.
func Compile(card Card) (*Compiled, error) {
	const op = "ratecard.compile"
	if err := waybill.FieldErrors(op, Validate(card)); err != nil {
		return nil, err
	}
	place, err := zoneOf(card.TimeZone)
	if err != nil {
		return nil, err
	}
	c := &Compiled{
		version: card.Version, currency: card.Currency, validText: card.ValidFrom,
		place: place, places: map[string]*time.Location{},
	}
	c.valid, err = time.ParseInLocation(time.DateOnly, card.ValidFrom, place)
	if err != nil {
		return nil, waybill.E(op, waybill.ReasonFields, "valid_from: %s", err)
	}
	for _, z := range card.Zones {
		c.zones = append(c.zones, compileZone(z))
		c.measured = c.measured || z.Distance != nil
	}
	for _, s := range card.Services {
		c.services = append(c.services, c.compileService(card, s))
	}
	return c, nil
}

func (c *Compiled) compileService(card Card, s Service) service {
	s.Currency = cmp.Or(s.Currency, card.Currency)
	s.WeightStepG = max(s.WeightStepG, 1)
	working := s.WorkingDays
	if len(working) == 0 {
		working = card.WorkingDays
	}
	out := service{
		Service:    s,
		calendar:   newCalendar(cmp.Or(s.Cutoff, card.Cutoff), s.DeliverBy, working),
		surcharges: compileSurcharges(card.Surcharges, s.Code),
	}
	for _, t := range s.Tariffs {
		zone := slices.IndexFunc(c.zones, func(z zone) bool { return z.code == t.Zone })
		out.tariffs = append(out.tariffs, tariff{Tariff: t, zone: zone})
	}
	slices.SortFunc(out.tariffs, func(a, b tariff) int { return cmp.Compare(a.zone, b.zone) })
	return out
}

// Version is the card's own version.
func (c *Compiled) Version() string { return c.version }

// Currency is the card's currency.
func (c *Compiled) Currency() string { return c.currency }

// Services lists the card's services, in its order.
func (c *Compiled) Services() []carrier.ServiceInfo {
	list := make([]carrier.ServiceInfo, len(c.services))
	for i := range c.services {
		s := &c.services[i]
		list[i] = carrier.ServiceInfo{Code: s.Code, Name: s.Name, Direction: s.Direction, Abilities: slices.Clone(s.Abilities)}
	}
	return list
}

// senderZone is the time zone of where a parcel leaves: its own when that is known, else the card's.
func (c *Compiled) senderZone(name string) *time.Location {
	if name == "" || name == c.place.String() {
		return c.place
	}
	c.mu.RLock()
	place := c.places[name]
	c.mu.RUnlock()
	if place != nil {
		return place
	}
	place, err := zoneOf(name)
	if err != nil {
		return c.place
	}
	c.mu.Lock()
	c.places[name] = place
	c.mu.Unlock()
	return place
}
