package doordashsim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Callback is where webhooks go; at DoorDash it is set in the developer portal.
type Callback struct {
	URL string `json:"url"`
	// Header carries Credential; empty is "Authorization", for Basic credentials or a token.
	Header     string `json:"header"`
	Credential string `json:"credential"`
}

// eventNames are the webhooks of each status. The three in small letters are sent only to those who asked DoorDash's
// support for them. A Dasher who is taken away is told by none.
var eventNames = map[string]string{
	"confirmed": "DASHER_CONFIRMED", "enroute_to_pickup": "dasher_enroute_to_pickup", "arrived_at_pickup": "DASHER_CONFIRMED_PICKUP_ARRIVAL",
	"picked_up": "DASHER_PICKED_UP", "enroute_to_dropoff": "dasher_enroute_to_dropoff", "arrived_at_dropoff": "DASHER_CONFIRMED_DROPOFF_ARRIVAL",
	"delivered": "DASHER_DROPPED_OFF", "enroute_to_return": "DELIVERY_RETURN_INITIALIZED", "arrived_at_return": "DASHER_CONFIRMED_RETURN_ARRIVAL",
	"returned": "DELIVERY_RETURNED", "cancelled": "DELIVERY_CANCELLED",
}

// tries is how often a webhook is sent that is not answered 200.
const tries = 3

// Push sends the webhooks that have become due, delivery by delivery, oldest first, and returns how many were
// accepted. One that was refused three times is lost.
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
			_, _ = s.Push(ctx) // a lost event is lost
		}
	}
}

// due takes the webhooks that have not been sent: each with the delivery as it was then.
func (s *Sim) due() (due [][]byte, to Callback, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now().UTC()
	for _, have := range s.memory.list {
		d := have.clone()
		d.catchUp(now)
		if d.Pushed >= len(d.Events) {
			continue
		}
		for i := d.Pushed; i < len(d.Events); i++ {
			name := eventNames[d.Events[i].Status]
			if name == "" {
				continue
			}
			body, err := json.Marshal(d.then(i, name))
			if err != nil {
				return nil, s.callback, fmt.Errorf("push: %w", err)
			}
			due = append(due, body)
		}
		d.Pushed = len(d.Events)
		if err := s.remember(d); err != nil {
			return nil, s.callback, err
		}
	}
	return due, s.callback, nil
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

// send posts one webhook, up to three times.
func (s *Sim) send(ctx context.Context, to Callback, body []byte) error {
	var failed error
	for range tries {
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
			failed = fmt.Errorf("push: %w", err)
			continue
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return nil
		}
		failed = fmt.Errorf("push: the webhook was answered %d", res.StatusCode)
	}
	return failed
}
