package doordashsim

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// quoteLife is how long a quote can be accepted.
const quoteLife = 5 * time.Minute

// orderMembers are the members that an order may have.
var orderMembers = namesOf(reflect.TypeFor[order]())

func namesOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("json"))
	}
	return names
}

func isOrderMember(name string) bool { return slices.Contains(orderMembers, name) }

// acceptMembers are those that may still change when a quote is accepted.
var acceptMembers = strings.Fields(`tip dropoff_phone_number order_value pickup_phone_number pickup_instructions pickup_reference_tag
	dropoff_contact_given_name dropoff_contact_family_name dropoff_instructions contactless_dropoff action_if_undeliverable items`)

// quote prices a delivery and keeps the price under its id for five minutes.
func (s *Sim) quote(r *http.Request) (*delivery, error) {
	d, err := s.opened(r, false)
	if err != nil {
		return nil, err
	}
	d.Status, d.ExpiresAt = "quote", d.CreatedAt.Add(quoteLife)
	return s.keep(d, OpQuote)
}

// opened reads a new order under an id that nobody has used.
func (s *Sim) opened(r *http.Request, phone bool) (*delivery, error) {
	in, err := members(r, isOrderMember)
	if err != nil {
		return nil, err
	}
	o, err := orderOf(in)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now().UTC()
	if err := o.check(now, phone); err != nil {
		return nil, err
	}
	way, err := route(o)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory.byID[o.ExternalDeliveryID] != nil {
		return nil, duplicate(o.ExternalDeliveryID)
	}
	d := &delivery{ID: o.ExternalDeliveryID, Members: in, Fee: way.fee(), Tax: way.tax(), Country: way.country, CreatedAt: now, UpdatedAt: now}
	d.Plan, err = s.plan(o, way, now)
	return d, err
}

// accept makes a delivery of a quote. One that has run out is refused [K: the code].
func (s *Sim) accept(r *http.Request) (*delivery, error) {
	in, err := members(r, func(name string) bool { return slices.Contains(acceptMembers, name) })
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	id := r.PathValue("id")
	have := s.memory.byID[id]
	s.mu.Unlock()
	if have == nil {
		return nil, unknown(id)
	}
	d := have.clone()
	now := s.Clock.Now().UTC()
	switch {
	case d.Status != "quote":
		return nil, duplicate(id)
	case !now.Before(d.ExpiresAt):
		return nil, invalid([]fieldError{{"external_delivery_id", "The quote has expired"}})
	}
	if err := s.amend(d, in, now); err != nil {
		return nil, err
	}
	d.Status, d.ExpiresAt = "created", time.Time{}
	return s.keep(d, OpAccept)
}

// amend puts new members into an order, and holds it against the description again.
func (s *Sim) amend(d *delivery, in map[string]json.RawMessage, now time.Time) error {
	for name, value := range in {
		d.Members[name] = value
	}
	o, err := orderOf(d.Members)
	if err != nil {
		return err
	}
	if o.PickupTime != nil && o.PickupTime.Before(now) { // it was in time when it was said
		o.PickupTime = nil
	}
	if err := o.check(now, true); err != nil {
		return err
	}
	way, err := route(o)
	if err != nil {
		return err
	}
	d.Fee, d.Tax, d.UpdatedAt = way.fee(), way.tax(), now
	if d.Dasher == nil {
		d.Plan, err = s.plan(o, way, now)
	}
	return err
}
