package doordashsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// memory is all that the simulator remembers. Every change to it goes through Remember.
type memory struct {
	list   []*delivery // in the order they came
	byID   map[string]*delivery
	serial int // deliveries so far
}

func newMemory() memory { return memory{byID: map[string]*delivery{}} }

// delivery is one quote or delivery. It keeps the order as sent, and as changed since.
type delivery struct {
	ID               string                     `json:"id"`
	Members          map[string]json.RawMessage `json:"members"`
	Country          string                     `json:"country"`
	Fee              []component                `json:"fee"`
	Tax              []component                `json:"tax,omitempty"`
	Status           string                     `json:"status"`
	Cause            string                     `json:"cause,omitempty"` // of a cancellation
	SupportReference string                     `json:"supportReference,omitempty"`
	CreatedAt        time.Time                  `json:"createdAt"`
	UpdatedAt        time.Time                  `json:"updatedAt"`
	ExpiresAt        time.Time                  `json:"expiresAt,omitzero"` // of a quote
	PickedUpAt       time.Time                  `json:"pickedUpAt,omitzero"`
	DroppedOffAt     time.Time                  `json:"droppedOffAt,omitzero"`
	ReturnedAt       time.Time                  `json:"returnedAt,omitzero"`
	Dasher           *dasher                    `json:"dasher,omitempty"`
	Given            int                        `json:"given"` // how many Dashers it has had
	Events           []event                    `json:"events"`
	Plan             []event                    `json:"plan"`   // what the clock will bring
	Pushed           int                        `json:"pushed"` // how many events were sent
}

type dasher struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// event is one step of a delivery.
type event struct {
	Status string    `json:"status"`
	Cause  string    `json:"cause,omitempty"`
	At     time.Time `json:"at"`
}

func (d *delivery) clone() *delivery {
	copied := *d
	copied.Members = maps.Clone(d.Members)
	copied.Events, copied.Plan = slices.Clone(d.Events), slices.Clone(d.Plan)
	return &copied
}

func (m *memory) apply(d *delivery) {
	have := m.byID[d.ID]
	if d.Status != "quote" && (have == nil || have.Status == "quote") {
		m.serial++
	}
	if have == nil {
		m.list = append(m.list, d)
	} else {
		m.list[slices.Index(m.list, have)] = d
	}
	m.byID[d.ID] = d
}

// whole is the newest state of each delivery.
func (m *memory) whole() []*delivery { return m.list }

// reference is DoorDash's own number of a delivery, of ten digits.
func (s *Sim) reference(serial int) string {
	return fmt.Sprint(1_000_000_000 + (s.opts.Seed*7919+uint64(serial)*104729)%9_000_000_000)
}

// answer is a delivery as DoorDash tells it: the order, and what became of it. The caller holds the lock.
func (d *delivery) answer() map[string]any {
	out := map[string]any{
		"action_if_undeliverable": "return_to_pickup", "contactless_dropoff": false, "dropoff_requires_signature": false, "tip": 0,
	}
	for name, value := range d.Members {
		if !slices.Contains([]string{"pickup_time", "dropoff_time", "pickup_window", "dropoff_window"}, name) { // input only
			out[name] = value
		}
	}
	maps.Copy(out, map[string]any{
		"external_delivery_id": d.ID, "delivery_status": d.Status, "currency": currencies[d.Country],
		"fee": sum(d.Fee), "fee_components": d.Fee, "tax": sum(d.Tax), "tax_components": d.Tax, "updated_at": d.UpdatedAt,
		"tracking_url": "https://track.doordash.test/order/" + d.ID,
	})
	put := func(name string, value any, known bool) {
		if known {
			out[name] = value
		}
	}
	put("support_reference", d.SupportReference, d.SupportReference != "")
	put("cancellation_reason", d.Cause, d.Cause != "")
	put("pickup_time_estimated", d.due("picked_up"), d.PickedUpAt.IsZero() && !d.due("picked_up").IsZero())
	put("dropoff_time_estimated", d.due("delivered"), !d.due("delivered").IsZero())
	put("pickup_time_actual", d.PickedUpAt, !d.PickedUpAt.IsZero())
	put("dropoff_time_actual", d.DroppedOffAt, !d.DroppedOffAt.IsZero())
	put("return_time_actual", d.ReturnedAt, !d.ReturnedAt.IsZero())
	put("pickup_verification_image_url", "https://img.doordash.test/pickup/"+d.ID+".jpg", !d.PickedUpAt.IsZero())
	put("dropoff_verification_image_url", "https://img.doordash.test/dropoff/"+d.ID+".jpg", d.Status == "delivered")
	put("dropoff_signature_image_url", "https://img.doordash.test/signature/"+d.ID+".png", d.Status == "delivered" && d.signed())
	if d.Dasher != nil && d.Status != "cancelled" {
		out["dasher_id"], out["dasher_name"] = d.Dasher.ID, d.Dasher.Name
		out["dasher_dropoff_phone_number"], out["dasher_pickup_phone_number"] = "+15555550100", "+15555550101"
	}
	return out
}

// due is when the plan reaches a status; zero: never.
func (d *delivery) due(status string) time.Time {
	for _, e := range d.Plan {
		if e.Status == status {
			return e.At
		}
	}
	return time.Time{}
}

func (d *delivery) signed() bool { return string(d.Members["dropoff_requires_signature"]) == "true" }
