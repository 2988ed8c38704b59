package doordashsim

import (
	"net/http"
	"slices"
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
		s.memory.serial++
		d.SupportReference = s.reference(s.memory.serial)
	}
	if err := s.remember(d); err != nil {
		return nil, err
	}
	s.mischief.Note(operation, d.ID)
	return d, nil
}

// get tells of a delivery, or of a quote.
func (s *Sim) get(r *http.Request) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current(r.PathValue("id"))
}

// current is a delivery as the clock has left it. The caller holds the lock.
func (s *Sim) current(id string) (*delivery, error) {
	have := s.memory.byID[id]
	if have == nil {
		return nil, unknown(id)
	}
	d := have.clone()
	if d.catchUp(s.clock.Now().UTC()) {
		if err := s.remember(d); err != nil {
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
	d, err := s.current(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if reason := d.closed(); reason != "" {
		return nil, notAllowed("update_not_allowed", "Update is no longer possible", reason)
	}
	if err := s.amend(d, in, s.clock.Now().UTC()); err != nil {
		return nil, err
	}
	if err := s.remember(d); err != nil {
		return nil, err
	}
	s.mischief.Note(OpUpdate, d.ID)
	return d, nil
}

// cancel gives a delivery up, until it is picked up.
func (s *Sim) cancel(r *http.Request) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.current(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if reason := d.closed(); reason != "" {
		return nil, notAllowed("cancel_not_allowed", "Cancellation is no longer possible", reason)
	}
	now := s.clock.Now().UTC()
	d.happen(event{Status: "cancelled", Cause: "cancelled_by_creator", At: now})
	d.Plan = nil
	if err := s.remember(d); err != nil {
		return nil, err
	}
	s.mischief.Note(OpCancel, d.ID)
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
