package delhiverysim

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// The forms that a scan is pushed in; an account has one.
const (
	FormNested = "nested"
	FormFlat   = "flat"
)

// Callback is where scans are pushed. It is agreed with Delhivery, not set by a call: here in Options or over the
// control API. There is no signature; a header may be agreed on.
type Callback struct {
	URL string `json:"url"`
	// Header carries Credential; empty is Authorization.
	Header     string `json:"header"`
	Credential string `json:"credential"`
	// Form is FormNested unless it says FormFlat.
	Form string `json:"form"`
	// EPOD: a proof of delivery is pushed as well.
	EPOD bool `json:"epod"`
}

// SetCallback tells where to push scans from now on.
func (s *Sim) SetCallback(c Callback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = c
}

// Push sends the scans that have become due, parcel by parcel, oldest first, and returns how many were accepted. A
// push that the client does not accept is lost.
func (s *Sim) Push(ctx context.Context) (int, error) {
	due, callback, err := s.due()
	if err != nil || callback.URL == "" {
		return 0, err
	}
	sent := 0
	var failed error
	for _, body := range due {
		if err := s.send(ctx, callback, body); err != nil {
			failed = err
			continue
		}
		sent++
	}
	return sent, failed
}

// Run pushes once a second until ctx ends. A simulator that is served as a program runs it; a test calls Push.
func (s *Sim) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = s.Push(ctx) // a lost push is lost
		}
	}
}

// due takes the scans that have not been pushed, as bodies.
func (s *Sim) due() ([]any, Callback, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []any
	var changed []*parcel
	for _, p := range s.memory.parcels {
		p.catchUp(s.clock.Now())
		if p.Pushed >= len(p.Events) {
			continue
		}
		for _, e := range p.Events[p.Pushed:] {
			bodies = append(bodies, p.pushes(e, s.callback)...)
		}
		p = p.clone()
		p.Pushed = len(p.Events)
		changed = append(changed, p)
	}
	if len(changed) == 0 {
		return nil, s.callback, nil
	}
	return bodies, s.callback, s.remember(entry{Parcels: changed})
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

// send posts one body.
func (s *Sim) send(ctx context.Context, to Callback, content any) error {
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if to.Header == "" {
		to.Header = "Authorization"
	}
	if to.Credential != "" {
		req.Header.Set(to.Header, to.Credential)
	}
	res, err := s.opts.Client.Do(req)
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("push: callback answered %d", res.StatusCode)
	}
	return nil
}
