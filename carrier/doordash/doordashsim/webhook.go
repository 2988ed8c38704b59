package doordashsim

import "waybill/internal/fixture"

// Callback is where webhooks go; at DoorDash it is set in the developer portal. An empty header is Authorization, for
// Basic credentials or a token.
type Callback = fixture.Callback

// eventNames are the webhooks of each status. The three in small letters are sent only to those who asked DoorDash's
// support for them. A Dasher who is taken away is told by none.
var eventNames = map[string]string{
	"confirmed": "DASHER_CONFIRMED", "enroute_to_pickup": "dasher_enroute_to_pickup", "arrived_at_pickup": "DASHER_CONFIRMED_PICKUP_ARRIVAL",
	"picked_up": "DASHER_PICKED_UP", "enroute_to_dropoff": "dasher_enroute_to_dropoff", "arrived_at_dropoff": "DASHER_CONFIRMED_DROPOFF_ARRIVAL",
	"delivered": "DASHER_DROPPED_OFF", "enroute_to_return": "DELIVERY_RETURN_INITIALIZED", "arrived_at_return": "DASHER_CONFIRMED_RETURN_ARRIVAL",
	"returned": "DELIVERY_RETURNED", "cancelled": "DELIVERY_CANCELLED",
}

// tries is how often a webhook is sent that is not answered 200; then it is lost.
const tries = 3

// due takes the webhooks that have not been sent: each with the delivery as it was then.
func (s *Sim) due(Callback) (due []any, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now().UTC()
	for _, have := range s.memory.list {
		d := have.clone()
		d.catchUp(now)
		if d.Pushed >= len(d.Events) {
			continue
		}
		for i := d.Pushed; i < len(d.Events); i++ {
			if name := eventNames[d.Events[i].Status]; name != "" {
				due = append(due, d.then(i, name))
			}
		}
		d.Pushed = len(d.Events)
		if err := s.Remember(d); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// then is the webhook of a delivery's ith event.
func (d *delivery) then(i int, name string) map[string]any {
	past := &delivery{
		ID: d.ID, Members: d.Members, Country: d.Country, Fee: d.Fee, Tax: d.Tax, SupportReference: d.SupportReference, CreatedAt: d.CreatedAt,
	}
	for _, e := range d.Events[:i+1] {
		past.happen(e)
	}
	past.Plan = append(append([]event{}, d.Events[i+1:]...), d.Plan...)
	out := past.answer()
	out["event_name"], out["created_at"] = name, d.Events[i].At
	return out
}
