package ratecard

import (
	"cmp"
	"slices"
	"time"

	"waybill"
)

// Offer is a rate and what a label says of it.
type Offer struct {
	waybill.Rate
	Direction waybill.Direction
	Zone      string // code of the zone that priced it
	day       time.Time
}

// ShipDate is the day the parcel leaves, YYYY-MM-DD where the sender is.
func (o Offer) ShipDate() string { return o.day.Format(time.DateOnly) }

// Quote prices a shipment with every outgoing service, or with the services named (of either direction;
// of an incoming one, From is who sends the parcel back). Each service asked for is either among the
// rates or among the misses. The rates share their Abilities with the card: do not change them.
func (c *Compiled) Quote(s *waybill.Shipment, now time.Time, services ...string) ([]waybill.Rate, []Miss) {
	var l load
	l.read(c, s)
	rates := make([]waybill.Rate, 0, len(c.services))
	var misses []Miss
	for i := range c.services {
		service := &c.services[i]
		if len(services) == 0 && service.Direction != waybill.Outgoing {
			continue
		}
		if len(services) > 0 && !slices.Contains(services, service.Code) {
			continue
		}
		if offer, miss := c.price(service, &l, now); miss != nil {
			misses = append(misses, *miss)
		} else {
			rates = append(rates, offer.Rate)
		}
	}
	for _, code := range services {
		if c.find(code) == nil {
			misses = append(misses, Miss{Service: code, Name: code, Reason: UnknownService})
		}
	}
	return rates, misses
}

// Price prices a shipment with one service of either direction. A miss means that there is no offer.
func (c *Compiled) Price(code string, s *waybill.Shipment, now time.Time) (Offer, *Miss) {
	service := c.find(code)
	if service == nil {
		return Offer{}, &Miss{Service: code, Name: code, Reason: UnknownService}
	}
	var l load
	l.read(c, s)
	return c.price(service, &l, now)
}

func (c *Compiled) find(code string) *service {
	for i := range c.services {
		if c.services[i].Code == code {
			return &c.services[i]
		}
	}
	return nil
}

// trip is a load on one service: what surcharges look at.
type trip struct {
	insured  int64 // minor units of the service's currency
	collect  int64
	saturday bool
}

// price works one service's price out: may it, where to, how heavy, when, and then line by line.
func (c *Compiled) price(s *service, l *load, now time.Time) (Offer, *Miss) {
	miss := func(reason MissReason, subject string, got, limit int64) (Offer, *Miss) {
		return Offer{}, &Miss{Service: s.Code, Name: s.Name, Reason: reason, Subject: subject, Got: got, Limit: limit}
	}
	if c.leaving(l.shipment, now).Before(c.valid) {
		return miss(NotYetValid, c.validText, 0, 0)
	}
	for _, want := range l.wants {
		if !slices.Contains(s.Abilities, want) {
			return miss(NotOffered, want, 0, 0)
		}
	}
	if reason, subject, got, limit := s.Limits.broken(l); reason != "" {
		return miss(reason, subject, got, limit)
	}
	t, unmeasured := c.tariff(s, l)
	switch {
	case t == nil && unmeasured:
		return miss(NoPoints, "", 0, 0)
	case t == nil:
		return miss(NotServed, served(l.shipment), 0, 0)
	}
	weight := l.chargeable(s.Divisor, s.WeightStepG)
	base, ok := t.base(weight)
	if !ok {
		return miss(TooHeavy, "chargeable weight", weight, t.heaviest())
	}
	trip, other := s.amounts(l)
	if other != "" {
		return miss(OtherCurrency, other, 0, 0)
	}
	offer := c.dated(s, t, l, now, &trip)
	s.charge(&offer.Rate, l, &trip, base)
	return offer, nil
}

// leaving is when a parcel goes on its way, as far as the caller said: the price is that of the day.
func (c *Compiled) leaving(s *waybill.Shipment, now time.Time) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, s.Options.ShipDate, c.place)
	if err != nil || day.Before(now) {
		return now
	}
	return day
}

// broken tells which limit a load breaks; an empty reason: none.
func (m *Limits) broken(l *load) (reason MissReason, subject string, got, limit int64) {
	over := func(got, limit int64) bool { return limit > 0 && got > limit }
	switch {
	case over(l.parcels, m.Parcels):
		return TooMany, "", l.parcels, m.Parcels
	case over(l.heavy, m.ParcelG):
		return TooHeavy, "parcel", l.heavy, m.ParcelG
	case over(l.grams, m.ShipmentG):
		return TooHeavy, "shipment", l.grams, m.ShipmentG
	case over(l.edge, m.EdgeMM):
		return TooLarge, "longest edge", l.edge, m.EdgeMM
	case over(l.girth, m.LengthGirthMM):
		return TooLarge, "length and girth", l.girth, m.LengthGirthMM
	}
	return "", "", 0, 0
}

// tariff is the service's tariff of the first zone that the trip belongs to. Unmeasured: one might, if
// the distance were known.
func (c *Compiled) tariff(s *service, l *load) (found *tariff, unmeasured bool) {
	for i := range s.tariffs {
		switch l.in(c, s.tariffs[i].zone) {
		case yes:
			return &s.tariffs[i], false
		case noPoints:
			unmeasured = true
		}
	}
	return nil, unmeasured
}

// served is where a shipment goes, as a miss names it.
func served(s *waybill.Shipment) string {
	return s.To.Address.Postcode + " " + s.To.Address.Country
}

// base is the price of a weight; false: too heavy for the tariff.
func (t *tariff) base(grams int64) (int64, bool) {
	if grams > maxGrams {
		return 0, false
	}
	i, _ := slices.BinarySearchFunc(t.Bands, grams, func(b Band, grams int64) int { return cmp.Compare(b.UpToG, grams) })
	if i < len(t.Bands) {
		return max(t.Bands[i].Price, t.Minimum), true
	}
	if t.Extra == nil {
		return 0, false
	}
	var last Band
	if i > 0 {
		last = t.Bands[i-1]
	}
	steps := (grams - last.UpToG + t.Extra.StepG - 1) / t.Extra.StepG
	return max(last.Price+steps*t.Extra.Price, t.Minimum), true
}

// heaviest is the most a tariff prices.
func (t *tariff) heaviest() int64 {
	if t.Extra != nil {
		return maxGrams
	}
	return t.Bands[len(t.Bands)-1].UpToG
}

// amounts reads what is to be insured and collected; other is a currency that is not the service's.
func (s *service) amounts(l *load) (t trip, other string) {
	read := func(a waybill.Amount) int64 {
		if a.Currency != "" && a.Currency != s.Currency {
			other = a.Currency
		}
		a.Currency = s.Currency
		return within(a.Money().Minor, maxValue)
	}
	if l.insured {
		t.insured = read(l.shipment.Options.Insurance)
	}
	if l.collects {
		t.collect = read(l.shipment.Options.COD)
	}
	return t, other
}

// dated starts the offer: which service, when it leaves and when it arrives.
func (c *Compiled) dated(s *service, t *tariff, l *load, now time.Time, trip *trip) Offer {
	place := c.senderZone(l.shipment.TimeZone)
	day := s.calendar.leaves(ready(l.shipment, now), place, l.shipment.Options.ShipDate)
	pickup := moment(day, min(s.calendar.cutoff, lastMinute), place)
	offer := Offer{
		Rate:      waybill.Rate{Service: s.Code, ServiceName: s.Name, Pickup: &pickup, Token: c.version, Abilities: s.Abilities},
		Direction: s.Direction, Zone: t.Zone, day: day,
	}
	if t.Days != nil {
		day = s.calendar.arrives(day, *t.Days)
		delivery := moment(day, s.calendar.deliverBy, place)
		trip.saturday = day.Weekday() == time.Saturday
		offer.TransitDays, offer.Delivery = *t.Days, &delivery
	}
	return offer
}

// charge writes the lines of the price, each surcharge seeing the sum of those above it.
func (s *service) charge(rate *waybill.Rate, l *load, trip *trip, base int64) {
	rate.Charges = make([]waybill.Charge, 1, 1+len(s.surcharges))
	rate.Charges[0] = waybill.Charge{Kind: "base", Name: s.Name, Amount: waybill.Money{Minor: base, Currency: s.Currency}}
	total := base
	for i := range s.surcharges {
		if line, ok := s.surcharges[i].line(l, trip, total, s.Currency); ok {
			rate.Charges = append(rate.Charges, line)
			total += line.Amount.Minor
		}
	}
	rate.Total = waybill.Money{Minor: total, Currency: s.Currency}
}
