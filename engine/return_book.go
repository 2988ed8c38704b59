package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// RateReturn tells what a stored return would cost, without booking or changing it.
func (s Session) RateReturn(ctx context.Context, in RateReturn) (Offers, error) {
	if s.Actor.Role == waybill.RoleReadOnly {
		return Offers{}, waybill.E("rate", waybill.ReasonRole, "the role %q may not ask for prices", s.Actor.Role)
	}
	b := &comeback{verb: verbRate, unpaid: in.Unpaid}
	if err := s.readReturn(ctx, b, in.Ref, in.To); err != nil {
		return Offers{}, err
	}
	return s.offersBack(ctx, b, b.carriers(s.Clock.Now())), nil
}

// BookReturn books a drafted return, or one that no carrier would take before, with the offer that the caller
// picks. Of several who book one return at once one does; the others are told what became of it.
func (s Session) BookReturn(ctx context.Context, in BookReturn) (waybill.Return, error) {
	if err := s.enter(verbBookReturn); err != nil {
		return waybill.Return{}, err
	}
	defer s.leave()
	for try := 1; ; try++ {
		r, err := s.bookReturn(ctx, in)
		switch reason := waybill.ReasonOf(err); {
		case try == settleTimes || s.IfVersion != 0:
		case reason == waybill.ReasonVersion || reason == waybill.ReasonKeyRunning:
			continue
		}
		return r, err
	}
}

// bookReturn makes the checks in the order of [BookShipment].
func (s Session) bookReturn(ctx context.Context, in BookReturn) (waybill.Return, error) {
	b := &comeback{verb: verbBookReturn, began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error { return s.recallReturn(tx, b, in.Key, in.Hash) })
	if err != nil || b.done {
		return b.returning, err
	}
	if in.Prepaid {
		if err := s.prepaid(ctx, in.To, in.Service); err != nil {
			return waybill.Return{}, err
		}
	}
	if err := s.readReturn(ctx, b, in.Ref, in.To); err != nil {
		return waybill.Return{}, err
	}
	if err := s.meant(b.returning.Row); err != nil {
		return waybill.Return{}, err
	}
	if err := bookableReturn(b.returning); err != nil {
		return waybill.Return{}, err
	}
	if err := comesBack(verbBookReturn, b.original); err != nil {
		return waybill.Return{}, err
	}
	if b.key != nil {
		b.key.Subject = b.returning.ID
	}
	if err := s.buyBack(ctx, b, in, ""); err != nil {
		return waybill.Return{}, err
	}
	return b.returning, nil
}

// buyBack buys the offer that the caller picks. What is wrong with the pick is told under the path. What was stored on
// the way and not booked is no error.
func (s Session) buyBack(ctx context.Context, b *comeback, in BookReturn, path string) (err error) {
	if err := b.bound(); err != nil {
		return err
	}
	if in.Strict {
		if err := waybill.FieldErrors(b.verb, unfitReturn(b.returning)); err != nil {
			return err
		}
	}
	want := choice{service: in.Service, pick: in.Pick, wish: in.Wish}
	if want.quoted, err = s.readRate(path+"rate", in.Rate); err != nil {
		return err
	}
	if wrong := s.unknown(b.set, waybill.Incoming, in.Wish); len(wrong) > 0 {
		return waybill.FieldErrors(verbBookReturn, wrong)
	}
	if err := s.mayWant(b.set, want.quoted, in.Wish); err != nil {
		return err
	}
	asked := b.carriers(s.Clock.Now())
	if in.Service != "" {
		if err := s.readyForReturn(ctx, b, asked, in.Service); err != nil {
			return err
		}
	}
	offer, err := s.pickOffer(ctx, b, asked, want)
	if err == nil {
		err = s.engage(b, offer)
	}
	if err != nil {
		return err
	}
	err = s.bringBack(ctx, b)
	if b.returning.Booking == waybill.Failed || (err != nil && b.purchase.Version > 0) {
		s.Log.Info("a return is not booked", "return", string(b.returning.ID), "error", waybill.Logged(err))
		err = nil // it is stored as failed or unsettled, and a job finds out
	}
	return err
}

// readReturn reads a stored return with all that belongs to it, and sends it to the place named, else to where
// it was drafted to go, else to the account's default location.
func (s Session) readReturn(ctx context.Context, b *comeback, ref RefReturn, to Place) error {
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if b.returning, err = findReturn(tx, ref); err != nil {
			return err
		}
		return s.originalOf(tx, b)
	})
	if err == nil {
		err = b.goTo("to", to)
	}
	if err != nil {
		return err
	}
	return b.bound()
}

// bound sends a return that nobody said a place for to the account's default location.
func (b *comeback) bound() error {
	if b.returning.To.Address.Country != "" {
		return nil
	}
	home := b.set.home()
	if home == nil {
		return noLocation()
	}
	b.arrive(home)
	return nil
}

// bookableReturn refuses a return that somebody carries, or nobody ever will.
func bookableReturn(r waybill.Return) error {
	switch {
	case r.Booking.Open():
		return nil
	case r.Booking == waybill.Booked:
		return alreadyBooked(r.Tracking)
	case r.Booking == waybill.Unsettled:
		return waybill.E(verbBookReturn, waybill.ReasonUnsettled, "the return is being booked; its end is not known yet")
	}
	return waybill.E(verbBookReturn, waybill.ReasonNotBookable, "the return is %s and cannot be booked", words(string(r.Booking)))
}

// carriers are the connections that may be asked for a return: those assigned to the place where it goes, else
// all of the account's. Those that are paused or have an outage are out.
func (b *comeback) carriers(now time.Time) []waybill.Connection {
	all := b.set.connections
	if place := b.set.location(b.returning.Location); place != nil && len(place.Connections) > 0 {
		all = nil
		for _, id := range place.Connections {
			if c := b.set.connection(id); c != nil {
				all = append(all, *c)
			}
		}
	}
	var list []waybill.Connection
	for _, c := range all {
		if idle(&c, now) == "" {
			list = append(list, c)
		}
	}
	return list
}

// readyForReturn sees to it that a connection has the service named and knows the place where it goes. Of
// several it is enough that one does.
func (s Session) readyForReturn(ctx context.Context, b *comeback, asked []waybill.Connection, service string) error {
	unknown := waybill.E(verbBookReturn, waybill.ReasonUnknownService, "no provider has the service %q", service)
	unknown.Fields = []waybill.FieldError{{Path: "service", Rule: waybill.RuleExists, Value: service, Message: unknown.Message}}
	var last error = unknown
	for _, c := range asked {
		opened, err := s.open(c)
		if err != nil {
			continue
		}
		for _, name := range incoming(b.set, c, opened) {
			if !strings.EqualFold(name, service) {
				continue
			}
			if _, err = s.registered(ctx, c, opened, b.set.location(b.returning.Location)); err == nil {
				return nil
			}
			last = err
		}
	}
	return last
}

// incoming are the names of the services by which a connection brings parcels back, by code.
func incoming(set *setup, c waybill.Connection, opened *carrier.Carrier) map[string]string {
	names := map[string]string{}
	if !opened.Has(carrier.Returns) {
		return names
	}
	for _, info := range opened.Services() {
		if info.Direction != waybill.Incoming || !offers(c, info.Code) {
			continue
		}
		names[info.Code] = info.Name
		if own := set.serviceOf(c, info.Code, waybill.Incoming); own != nil {
			if names[info.Code] = own.Name; own.Disabled {
				delete(names, info.Code)
			}
		}
	}
	return names
}

// offersBack asks who may be asked for the way back, and ranks the offers: the cheapest first, then the fastest.
// The account's rules speak of the way out.
func (s Session) offersBack(ctx context.Context, b *comeback, asked []waybill.Connection) Offers {
	way := b.way()
	facts := rule.Facts{Shipment: way, Now: s.Clock.Now().In(zoneOf(way))}
	names := map[waybill.ID]map[string]string{}
	var missing []Missing
	for _, c := range asked {
		if opened, err := s.open(c); err == nil {
			names[c.ID] = incoming(b.set, c, opened)
		}
		if len(names[c.ID]) == 0 {
			missing = append(missing, idleMissing(c, "it brings nothing back"))
			continue
		}
		facts.Connections = append(facts.Connections, rule.Connection{Provider: provider(c), Increment: max(1, c.Increment)})
	}
	selection := rule.Set{}.Before(facts)
	request := carrier.QuoteRequest{Shipment: way, Direction: waybill.Incoming}
	candidates, rated, absent := s.rateWay(ctx, b.set, request, asked, selection, b.unpaid)
	for i := range candidates {
		c := &candidates[i]
		name, ok := names[c.Connection][c.Rate.Service]
		if !ok {
			c.Rejected = firstOf(c.Rejected, "the service brings nothing back")
			continue
		}
		c.Provider.ServiceName, c.Provider.ServiceNo = name, 0
		if own := b.set.serviceOf(*b.set.connection(c.Connection), c.Rate.Service, waybill.Incoming); own != nil {
			c.Provider.ServiceNo = own.Number
		}
	}
	ranking := rule.Set{}.After(selection, candidates)
	return Offers{
		Shipment: way, Candidates: ranking.Candidates, Terms: s.terms(b.set, way, ranking.Candidates), Missing: slices.Concat(missing, ruledOut(selection), absent),
		Steps: slices.Concat(unselected(missing), selection.Steps, rated, ranking.Steps),
	}
}

// pickOffer is the best offer that the caller means.
func (s Session) pickOffer(ctx context.Context, b *comeback, asked []waybill.Connection, want choice) (waybill.Candidate, error) {
	offers := s.offersBack(ctx, b, asked)
	d := decided{shipment: offers.Shipment, winner: -1}
	d.decision.Candidates, d.decision.Steps = offers.Candidates, offers.Steps
	d.missing = append(offers.Missing, s.unasked(b.set, waybill.Incoming, asked, b.placeName(), []Wish{want.wish})...)
	d.decision.Reason = strings.TrimSpace(d.why())
	d, err := s.picked(ctx, b.set, &want, d)
	if err != nil {
		return waybill.Candidate{}, err
	}
	return d.decision.Candidates[d.winner], nil
}

// placeName is what the account calls the place where a return goes.
func (b *comeback) placeName() string {
	if l := b.set.location(b.returning.Location); l != nil {
		return l.ExternalID
	}
	return ""
}

// offerOf is the price of one connection for one service of the way back.
func (s Session) offerOf(ctx context.Context, b *comeback, c waybill.Connection, service string) (waybill.Candidate, error) {
	offer, err := s.pickOffer(ctx, b, []waybill.Connection{c}, choice{pick: func(_ waybill.Shipment, offer waybill.Candidate) bool {
		return offer.Rate.Service == service
	}})
	if waybill.ReasonOf(err) == waybill.ReasonUnknownRate {
		err = waybill.E(verbReturn, waybill.ReasonNoRate, "%s", waybill.AsError(err).Message)
	}
	return offer, err
}
