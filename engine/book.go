package engine

import (
	"context"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// RateShipment tells what a stored shipment would cost from a location.
func (s Session) RateShipment(ctx context.Context, in RateShipment) (Offers, error) {
	if s.Actor.Role == waybill.RoleReadOnly {
		return Offers{}, waybill.E("rate", waybill.ReasonRole, "the role %q may not ask for prices", s.Actor.Role)
	}
	o := &order{verb: verbRate, existing: true, released: true, anyone: true, began: time.Now(), unpaid: in.Unpaid}
	if err := s.read(ctx, o, in.Ref); err != nil {
		return Offers{}, err
	}
	if err := o.depart(in.From); err != nil {
		return Offers{}, err
	}
	if err := s.mayOrder(o); err != nil {
		return Offers{}, err
	}
	d := s.decide(ctx, o)
	return s.offersOf(o, d), nil
}

// BookShipment books a stored shipment with the offer that the caller picks. Of several who book one shipment at
// once one does; the others are told what became of it.
func (s Session) BookShipment(ctx context.Context, in BookShipment) (waybill.Shipment, error) {
	if err := s.enter("book"); err != nil {
		return waybill.Shipment{}, err
	}
	defer s.leave()
	for try := 1; ; try++ {
		sh, err := s.book(ctx, in)
		switch reason := waybill.ReasonOf(err); {
		case try == settleTimes:
		case reason == waybill.ReasonVersion && in.Version == 0, reason == waybill.ReasonKeyRunning:
			continue
		}
		return sh, err
	}
}

// book makes the checks in the order that callers rely on: see [BookShipment].
func (s Session) book(ctx context.Context, in BookShipment) (waybill.Shipment, error) {
	o := &order{verb: "book", existing: true, anyone: true, began: time.Now(), choice: &choice{service: in.Service, pick: in.Pick, wish: in.Wish}}
	o.in.Key, o.in.Hash = in.Key, in.Hash
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error { return s.recallKey(tx, o) })
	if err != nil || o.done {
		return o.shipment, err
	}
	if o.choice.quoted, err = s.readRate("rate", in.Rate); err != nil {
		return waybill.Shipment{}, err
	}
	if in.Prepaid {
		if err := s.prepaid(ctx, in.From, in.Service); err != nil {
			return waybill.Shipment{}, err
		}
	}
	if err := s.read(ctx, o, in.Ref); err != nil {
		return waybill.Shipment{}, err
	}
	if err := atVersion(o.shipment, in.Version); err != nil {
		return waybill.Shipment{}, err
	}
	o.released = o.shipment.Booking == waybill.Held
	if err := o.depart(in.From); err != nil {
		return waybill.Shipment{}, err
	}
	if err := bookable(o.shipment); err != nil {
		return waybill.Shipment{}, err
	}
	if in.Strict {
		if err := s.fits("book", o.shipment); err != nil {
			return waybill.Shipment{}, err
		}
	}
	if wrong := s.unknown(o.set, waybill.Outgoing, in.Wish); len(wrong) > 0 {
		return waybill.Shipment{}, waybill.FieldErrors("book", wrong)
	}
	if in.Service != "" {
		if err := s.readyFor(ctx, o, in.Service); err != nil {
			return waybill.Shipment{}, err
		}
	}
	return s.carry(ctx, o)
}

// bookable refuses a shipment that somebody carries, or nobody ever will.
func bookable(sh waybill.Shipment) error {
	switch {
	case sh.Booking.Open():
		return nil
	case sh.Booking == waybill.Booked:
		return alreadyBooked(sh.Tracking)
	case sh.Booking == waybill.Unsettled:
		return waybill.E("book", waybill.ReasonUnsettled, "the shipment is being booked; its end is not known yet")
	}
	return waybill.E("book", waybill.ReasonNotBookable, "the shipment is %s and cannot be booked", words(string(sh.Booking)))
}

// alreadyBooked is the refusal of what is on its way under a tracking number.
func alreadyBooked(tracking string) error {
	e := waybill.E("book", waybill.ReasonAlreadyBooked, "it is booked already, with the tracking number %s", tracking)
	e.Fields = []waybill.FieldError{{Path: "tracking", Rule: waybill.RuleUnique, Value: tracking, Message: e.Message}}
	return e
}

// readyFor sees to it that a connection has the service named and knows the place of collection. Of several it
// is enough that one does.
func (s Session) readyFor(ctx context.Context, o *order, service string) error {
	unknown := waybill.E("book", waybill.ReasonUnknownService, "no provider has the service %q", service)
	unknown.Fields = []waybill.FieldError{{Path: "service", Rule: waybill.RuleExists, Value: service, Message: unknown.Message}}
	var last error = unknown
	asked, _ := o.eligible(s.Actor, s.Clock.Now())
	offered := s.offered(o.set)
	for _, c := range asked {
		for _, v := range offered[c.ID] {
			if !strings.EqualFold(v.Name, service) {
				continue
			}
			opened, err := s.open(c)
			if err == nil {
				_, err = s.registered(ctx, c, opened, o.set.location(o.shipment.Location))
			}
			if err == nil {
				return nil
			}
			last = err
		}
	}
	return last
}

// choice is what the caller wants of the offers. Nil leaves it to the rules alone.
type choice struct {
	service string                                         // as rates name it; empty: any
	pick    func(waybill.Shipment, waybill.Candidate) bool // nil: any
	wish    Wish                                           // in names of the account; empty: any
	quoted  *quoted                                        // the rate that the caller was told; nil: any
}

func (c *choice) takes(sh waybill.Shipment, offer waybill.Candidate) bool {
	named := strings.EqualFold(offer.Provider.ServiceName, c.service) || strings.EqualFold(offer.Rate.ServiceName, c.service)
	return (c.service == "" || named) && c.wish.names(offer) && c.wish.affords(offer) && (c.pick == nil || c.pick(sh, offer)) && (c.quoted == nil || c.quoted.fits(sh, offer))
}

// from makes the best offer that the caller means the winner. Who names an offer gets that one or none. What
// rules hold or ignore stays so.
func (c *choice) from(d decided) (decided, error) {
	if c == nil || d.decision.Outcome == outcomeHold || d.decision.Outcome == outcomeIgnore {
		return d, nil
	}
	best, why := -1, d.decision.Reason
	for i, offer := range d.decision.Candidates {
		switch taken := c.takes(d.shipment, offer); {
		case taken && offer.Rank == 0:
			why = offer.Rejected
		case taken && (best < 0 || offer.Rank < d.decision.Candidates[best].Rank):
			best = i
		}
	}
	if best < 0 && c.quoted != nil {
		if err := c.quoted.over(d); err != nil {
			return d, err
		}
	}
	if best < 0 {
		return d, c.none(d, why)
	}
	d.winner = best
	if c.service != "" || c.pick != nil || c.quoted != nil || c.wish != (Wish{}) {
		chosen := d.decision.Candidates[best].Provider
		d.decision.Fixed, d.decision.Fallback.Off = true, true
		d.decision.Steps = append(d.decision.Steps, waybill.Step{
			Stage: waybill.StageRank, Subject: strings.TrimSpace(chosen.DisplayName + " " + chosen.ServiceName),
			Outcome: waybill.StepChosen, Detail: "the caller picked it",
		})
	}
	return d.end(outcomeBook, ""), nil
}

// none is why no offer is the one that the caller means.
func (c *choice) none(d decided, why string) error {
	if err := c.wish.foreign(d.decision.Candidates); err != nil {
		return err
	}
	said, fault := "", (*waybill.CarrierFault)(nil)
	if c.wish != (Wish{}) {
		said, fault = c.against(d)
	}
	e := waybill.E("book", waybill.ReasonUnknownRate, "%s", strings.TrimSpace("none of the rates is the one asked for. "+firstOf(said, why)))
	e.Fault, e.Fields = fault, c.wish.dear(d.decision.Candidates)
	return e
}

// picked carries out the caller's choice on a decision. That the wallet cannot pay what was picked is a reason
// of its own.
func (s Session) picked(ctx context.Context, set *setup, c *choice, d decided) (decided, error) {
	chosen, err := c.from(d)
	if waybill.ReasonOf(err) != waybill.ReasonUnknownRate {
		return chosen, err
	}
	purse, failed := s.purse(ctx, set.account.ID, set.connections)
	if failed != nil {
		return d, failed
	}
	for _, offer := range d.decision.Candidates {
		k := set.connection(offer.Connection)
		if k == nil || !c.takes(d.shipment, offer) || offer.Sold.Currency != k.Floor.Currency {
			continue
		}
		if purse.refuses(*k, offer.Sold) != "" {
			return d, lowBalance(offer.Sold, k.Floor)
		}
	}
	return d, err
}

// equip gets the purchase what its carrier must have beforehand: the place of collection in its books, and
// numbers of its own. A carrier that is a pure function needs neither.
func (s Session) equip(ctx context.Context, a *attempt) (err error) {
	if a.local() {
		return nil
	}
	a.purchase.Place, err = s.registered(ctx, a.connection, a.carrier, a.set.location(a.shipment.Location))
	if err == nil {
		a.purchase.Numbers = s.takeNumbers(ctx, a.connection, a.carrier, len(a.shipment.Parcels))
	}
	return err
}

// registered is the name that the carrier knows the place by; empty: it keeps no such books, or the shipment
// leaves from no location of the account.
func (s Session) registered(
	ctx context.Context, c waybill.Connection, opened *carrier.Carrier, l *waybill.Location,
) (string, error) {
	if l == nil || !opened.Has(carrier.Registers) {
		return "", nil
	}
	return s.register(ctx, c, opened, l)
}
