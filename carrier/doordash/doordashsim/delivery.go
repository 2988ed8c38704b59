package doordashsim

import (
	"net/http"
	"slices"
	"time"

	"waybill/internal/fixture"
)

// create orders a delivery without a quote.
func (s *Sim) create(r *http.Request) (*delivery, error) {
	d, err := s.opened(r, true)
	if err != nil {
		return nil, err
	}
	d.Status = "created"
	return s.keep(d, OpCreate)
}

// keep stores a new delivery, or a quote that became one. Its id may have been used since it was looked up.
func (s *Sim) keep(d *delivery, operation string) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.memory.byID[d.ID]; have != nil && (operation != OpAccept || have.Status != "quote") {
		return nil, duplicate(d.ID)
	}
	if d.Status != "quote" {
		d.SupportReference = s.reference(s.memory.serial + 1)
	}
	return s.done(operation, d)
}

// done remembers what an operation made of a delivery. The caller holds the lock.
func (s *Sim) done(operation string, d *delivery) (*delivery, error) {
	if err := s.Remember(d); err != nil {
		return nil, err
	}
	s.Mischief().Note(operation, d.ID)
	return d, nil
}

// get tells of a delivery, or of a quote.
func (s *Sim) get(r *http.Request) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current(r.PathValue("id"), fixture.At(s.Clock, r))
}

// current is a delivery as it stands at a time. The caller holds the lock.
func (s *Sim) current(id string, now time.Time) (*delivery, error) {
	have := s.memory.byID[id]
	if have == nil {
		return nil, unknown(id)
	}
	d := have.clone()
	if d.catchUp(now.UTC()) {
		if err := s.Remember(d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// fixedMembers cannot be changed any more (they are "not updatable").
var fixedMembers = []string{"external_delivery_id", "locale", "order_fulfillment_method", "origin_facility_id", "dropoff_options", "shopping_options"}

// update changes a delivery, until it is picked up.
func (s *Sim) update(r *http.Request) (*delivery, error) {
	in, err := members(r, func(name string) bool { return isOrderMember(name) && !slices.Contains(fixedMembers, name) })
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.changeable(r, "update_not_allowed", "Update is no longer possible")
	if err != nil {
		return nil, err
	}
	if err := s.amend(d, in, s.Clock.Now().UTC()); err != nil {
		return nil, err
	}
	return s.done(OpUpdate, d)
}

// cancel gives a delivery up, until it is picked up.
func (s *Sim) cancel(r *http.Request) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.changeable(r, "cancel_not_allowed", "Cancellation is no longer possible")
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now().UTC()
	d.happen(event{Status: "cancelled", Cause: "cancelled_by_creator", At: now})
	d.Plan = nil
	return s.done(OpCancel, d)
}

// changeable is the delivery that a call is about, or the refusal if it is closed. The caller holds the lock.
func (s *Sim) changeable(r *http.Request, code, message string) (*delivery, error) {
	d, err := s.current(r.PathValue("id"), s.Clock.Now())
	if err != nil {
		return nil, err
	}
	if reason := d.closed(); reason != "" {
		return nil, notAllowed(code, message, reason)
	}
	return d, nil
}

// closed is why a delivery can no longer be changed or cancelled; empty: it can.
func (d *delivery) closed() string {
	switch d.Status {
	case "quote":
		return "delivery_creation_in_progress"
	case "created", "confirmed", "enroute_to_pickup", "arrived_at_pickup":
		return ""
	case "cancelled":
		return "delivery_cancelled"
	case "delivered", "returned":
		return "delivery_completed"
	}
	return "delivery_picked_up"
}
