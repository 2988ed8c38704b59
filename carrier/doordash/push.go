package doordash

import (
	"encoding/json"
	"strings"

	"waybill"
)

// batched is the event of a delivery that goes with others by one Dasher: nothing has moved.
const batched = "DELIVERY_BATCHED"

// Pushed reads a webhook: an event's name, and the delivery as it then was. DoorDash sends one up to three
// times. Who may send is settled by the address, which holds a secret; the Basic credentials that DoorDash
// insists on are free to choose.
func (a *adapter) Pushed(_ map[string][]string, body []byte) ([]waybill.Tracking, error) {
	const op = "doordash.push"
	var event struct {
		delivery
		Name string `json:"event_name"`
		Type string `json:"event_type"` // as others describe it
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, waybill.E(op, waybill.ReasonBadJSON, "the webhook is not the JSON that DoorDash documents")
	}
	name := strings.ToUpper(firstOf(event.Name, event.Type))
	if event.ID == "" || name == "" {
		return nil, waybill.E(op, waybill.ReasonBadJSON, "the webhook names no delivery, or no event")
	}
	if name == batched {
		return nil, nil
	}
	d := event.delivery
	if known := row(events, name); known != nil {
		d.Status = known[1]
	}
	if d.Status == "" {
		d.Status = strings.ToLower(name)
	}
	scan := d.scan(a.clock.Now())
	return []waybill.Tracking{{
		Number: d.ID, Status: scan.Status, Scans: []waybill.Scan{scan}, Expected: moment(d.DropoffEstimated),
	}}, nil
}
