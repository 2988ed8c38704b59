package doordashsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// Magic is the table of words that make an order misbehave when they are in its recipient's name, or anywhere in it,
// whether it is created or accepted; the Fate constants are names that shape a delivery's life instead.
func Magic() []fixture.Spell { return append(fixture.Spells(OpCreate), fixture.Spells(OpAccept)...) }

// spoken is an order with its recipient's name in one piece: on the wire it has two.
func spoken(body []byte) string {
	var o struct {
		Given  string `json:"dropoff_contact_given_name"`
		Family string `json:"dropoff_contact_family_name"`
	}
	_ = json.Unmarshal(body, &o) // what is no order has no recipient
	return string(body) + "\n" + o.Given + " " + o.Family
}

// State is what the simulator tells of itself.
type State struct {
	fixture.State
	Now        time.Time       `json:"now"`
	Deliveries []DeliveryState `json:"deliveries"`
	// Bookings counts, for each reference tag, how many deliveries were made for it: above one is a double booking.
	Bookings map[string]int `json:"bookings"`
}

// DeliveryState is one delivery, or a quote.
type DeliveryState struct {
	ID               string    `json:"id"`
	SupportReference string    `json:"supportReference,omitempty"`
	Reference        string    `json:"reference,omitempty"`
	Recipient        string    `json:"recipient"`
	Address          string    `json:"address"`
	Weights          []string  `json:"weights"` // pounds, of each item that has one
	CreatedAt        time.Time `json:"createdAt"`
	Status           string    `json:"status"`
	Cause            string    `json:"cause,omitempty"`
	Dasher           string    `json:"dasher,omitempty"`
	Next             string    `json:"next,omitempty"`
	Events           int       `json:"events"`
}

// State returns a copy of what the simulator remembers.
func (s *Sim) State() State {
	out := State{State: s.Mischief().State(), Now: s.Clock.Now(), Deliveries: []DeliveryState{}, Bookings: map[string]int{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.memory.list {
		d = d.clone()
		d.catchUp(out.Now)
		one := d.state()
		if one.Status != "quote" && one.Status != "cancelled" && one.Reference != "" {
			out.Bookings[one.Reference]++
		}
		out.Deliveries = append(out.Deliveries, one)
	}
	return out
}

func (d *delivery) state() DeliveryState {
	o, _ := orderOf(d.Members) // it was read when it came
	out := DeliveryState{
		ID: d.ID, SupportReference: d.SupportReference, Reference: o.PickupReferenceTag, Address: o.DropoffAddress,
		Recipient: strings.TrimSpace(o.recipient()), CreatedAt: d.CreatedAt, Status: d.Status, Cause: d.Cause, Events: len(d.Events),
	}
	if out.Recipient == "" {
		out.Recipient = o.DropoffBusinessName
	}
	for _, one := range o.Items {
		if one.Weight != "" {
			out.Weights = append(out.Weights, one.Weight.String())
		}
	}
	if d.Dasher != nil {
		out.Dasher = d.Dasher.Name
	}
	if len(d.Plan) > 0 && d.Status != "quote" {
		out.Next = d.Plan[0].Status
	}
	return out
}

// stages are the statuses of a delivery, in their order.
var stages = []string{
	"created", "confirmed", "enroute_to_pickup", "arrived_at_pickup", "picked_up", "enroute_to_dropoff", "arrived_at_dropoff", "delivered",
	"enroute_to_return", "arrived_at_return", "returned", "cancelled",
}

// Advance brings a delivery to its next status (to is empty), or to a named one: through the steps of its plan if the
// name is among them, else by that event alone. "created" takes the Dasher away, and another begins anew;
// "cancelled/failed_to_pickup" is DoorDash's own cancellation, with its reason. What is left of the plan moves by as
// much as the delivery came early. The error names the delivery or the status.
func (s *Sim) Advance(id, to string) (DeliveryState, error) {
	status, cause, _ := strings.Cut(to, "/")
	if to != "" && !slices.Contains(stages, status) {
		return DeliveryState{}, fmt.Errorf("advance: unknown status %q, have %s", status, strings.Join(stages, ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.current(id, s.Clock.Now())
	if err != nil || d.Status == "quote" {
		return DeliveryState{}, fmt.Errorf("advance: no delivery %q", id)
	}
	if err := d.advance(s.Clock.Now().UTC(), status, cause); err != nil {
		return DeliveryState{}, err
	}
	if err := s.Remember(d); err != nil {
		return DeliveryState{}, err
	}
	return d.state(), nil
}

func (d *delivery) advance(now time.Time, to, cause string) error {
	if to == "created" {
		return d.unassign(now)
	}
	at := slices.IndexFunc(d.Plan, func(e event) bool { return cause == "" && (to == "" || e.Status == to) })
	switch {
	case at < 0 && to == "":
		return fmt.Errorf("advance: %s has come to its end", d.ID)
	case at < 0:
		d.happen(event{Status: to, Cause: cause, At: now})
		if slices.Contains([]string{"delivered", "returned", "cancelled"}, to) {
			d.Plan = nil
		}
		return nil
	}
	steps := d.Plan[:at+1]
	early := steps[at].At.Sub(now)
	d.Plan = slices.Clone(d.Plan[at+1:])
	for _, e := range steps {
		e.At = now
		d.happen(e)
	}
	for i := range d.Plan {
		d.Plan[i].At = d.Plan[i].At.Add(-early)
	}
	return nil
}

// unassign takes the Dasher away before the pickup; the next is found two minutes later, and does what is left.
func (d *delivery) unassign(now time.Time) error {
	if d.Dasher == nil || d.closed() != "" {
		return fmt.Errorf("advance: %s has no Dasher on the way to the pickup", d.ID)
	}
	d.happen(event{Status: "created", At: now})
	begin := now.Add(2 * time.Minute)
	steps := []event{{Status: "confirmed", At: begin}, {Status: "enroute_to_pickup", At: begin.Add(time.Minute)}, {Status: "arrived_at_pickup", At: begin.Add(11 * time.Minute)}}
	rest := slices.DeleteFunc(slices.Clone(d.Plan), func(e event) bool {
		return slices.Contains([]string{"created", "confirmed", "enroute_to_pickup", "arrived_at_pickup"}, e.Status)
	})
	if len(rest) > 0 {
		late := steps[2].At.Add(3 * time.Minute).Sub(rest[0].At)
		for i := range rest {
			rest[i].At = rest[i].At.Add(late)
		}
	}
	d.Plan = append(steps, rest...)
	return nil
}
