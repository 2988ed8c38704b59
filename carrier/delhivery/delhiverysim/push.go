package delhiverysim

import (
	"encoding/base64"

	"waybill/internal/fixture"
)

// The forms that a scan is pushed in; an account has one.
const (
	FormNested = "nested"
	FormFlat   = "flat"
)

// Callback is where scans are pushed. It is agreed with Delhivery, not set by a call. There is no signature; a header
// may be agreed on, and is Authorization if none is named. A push that the client does not accept is lost.
type Callback struct {
	fixture.Callback
	// Form is FormNested unless it says FormFlat.
	Form string `json:"form"`
	// EPOD: a proof of delivery is pushed as well.
	EPOD bool `json:"epod"`
}

// due takes the scans that have not been pushed, as bodies.
func (s *Sim) due(to Callback) ([]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []any
	var changed []*parcel
	for _, p := range s.memory.parcels {
		p.catchUp(s.Clock.Now())
		if p.Pushed >= len(p.Events) {
			continue
		}
		for _, e := range p.Events[p.Pushed:] {
			bodies = append(bodies, p.pushes(e, to)...)
		}
		p = p.clone()
		p.Pushed = len(p.Events)
		changed = append(changed, p)
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return bodies, s.remember(entry{Parcels: changed})
}

// pushes are the bodies of one scan.
func (p *parcel) pushes(e event, to Callback) []any {
	what := statuses[e.Status]
	var out []any
	if to.Form == FormFlat {
		out = append(out, map[string]any{
			"status": what.word, "location": e.Place, "timestamp": e.At.Unix(), "lrnum": p.Waybill, "mwn": p.Waybill, "shipment_remark": what.text,
		})
	} else {
		code, _ := lookup(string(p.Order.Pin))
		out = append(out, map[string]any{"Shipment": map[string]any{
			"AWB": p.Waybill, "ReferenceNo": p.Order.Order, "PickUpDate": stamp(p.BookedAt), "NSLCode": what.code, "Sortcode": code.sortCode(),
			"Status": map[string]string{
				"Status": what.word, "StatusType": what.kind, "StatusDateTime": stamp(e.At), "StatusLocation": e.Place, "Instructions": what.text,
			},
		}})
	}
	if to.EPOD && e.Status == "delivered" {
		proof := base64.StdEncoding.EncodeToString([]byte("signed: " + p.Order.Name))
		out = append(out, map[string]string{"waybill": p.Waybill, "EPOD": proof, "orderID": p.Order.Order})
	}
	return out
}
