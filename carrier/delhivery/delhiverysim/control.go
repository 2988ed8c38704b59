package delhiverysim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// Magic is the table of words that make a booking misbehave when they occur anywhere in it, meant for the consignee's
// name; the Fate and Fail constants are names that shape a parcel's life or have it refused. A booking is a form, so
// each word is listed as it is written there.
func Magic() []fixture.Spell {
	var spells []fixture.Spell
	for _, spell := range []fixture.Spell{
		{Word: "Outage Otis", Kind: fixture.Outage},
		{Word: "Hang Hollow", Kind: fixture.HangAfter},
		{Word: "Stall Stella", Kind: fixture.Hang},
		{Word: "Drop Dover", Kind: fixture.Drop},
		{Word: "Fail Fallon", Kind: fixture.FailAfter},
		{Word: "Limit Lane", Kind: fixture.RateLimit},
		{Word: "Garbage Grove", Kind: fixture.Garbage},
		{Word: "Swap Swanson", Kind: fixture.Swap},
		{Word: "Slow Sloane", Kind: fixture.Delay(10 * time.Second)},
	} {
		spell.Operation = OpCreate
		plain := spell.Word
		for _, word := range []string{plain, url.QueryEscape(plain), strings.ReplaceAll(plain, " ", "%20")} {
			spell.Word = word
			spells = append(spells, spell)
		}
	}
	return spells
}

// State is what the simulator tells of itself.
type State struct {
	fixture.State
	Now     time.Time     `json:"now"`
	Parcels []ParcelState `json:"parcels"`
	// Bookings counts, for each order id, how many calls booked it: above one is a double booking.
	Bookings map[string]int `json:"bookings"`
	Places   []string       `json:"places"`
	Pickups  []PickupState  `json:"pickups"`
	// Issued is how many waybill numbers were given out ahead, Spent what was booked for, in paise.
	Issued int   `json:"issued"`
	Spent  int64 `json:"spent"`
}

// ParcelState is one parcel. Status is a name that Advance takes.
type ParcelState struct {
	Waybill   string    `json:"waybill"`
	Upload    string    `json:"upload"`
	Order     string    `json:"order"`
	Place     string    `json:"place"`
	Name      string    `json:"name"`
	Address   string    `json:"address"`
	Phone     string    `json:"phone"`
	Payment   string    `json:"payment"`
	Collect   string    `json:"collect"` // rupees
	Contents  string    `json:"contents"`
	Grams     string    `json:"grams"`
	BookedAt  time.Time `json:"bookedAt"`
	Cancelled bool      `json:"cancelled"`
	Status    string    `json:"status"`
	Next      string    `json:"next,omitempty"`
	Events    int       `json:"events"`
}

// PickupState is one pickup request.
type PickupState struct {
	ID    int    `json:"id"`
	Place string `json:"place"`
	Date  string `json:"date"`
}

// State returns a copy of what the simulator remembers.
func (s *Sim) State() State {
	out := State{State: s.mischief.State(), Now: s.clock.Now(), Parcels: []ParcelState{}, Bookings: map[string]int{}, Pickups: []PickupState{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	uploads := map[string]bool{}
	for _, p := range s.memory.parcels {
		p.catchUp(out.Now)
		out.Parcels = append(out.Parcels, p.state())
		if key := p.Upload + " " + p.Order.Order; !uploads[key] {
			uploads[key] = true
			out.Bookings[p.Order.Order]++
		}
	}
	for name := range s.memory.places {
		out.Places = append(out.Places, name)
	}
	for _, p := range s.memory.pickups {
		out.Pickups = append(out.Pickups, PickupState{p.ID, p.Place, p.Date})
	}
	out.Issued, out.Spent = len(s.memory.issued), s.memory.spent
	return out
}

func (p *parcel) state() ParcelState {
	o := p.Order
	out := ParcelState{
		Waybill: p.Waybill, Upload: p.Upload, Order: o.Order, Place: p.Place, Name: o.Name, Address: o.Add, Phone: string(o.Phone),
		Payment: o.PaymentMode, Collect: string(o.CODAmount), Contents: o.ProductsDesc, Grams: string(o.Weight), BookedAt: p.BookedAt,
		Cancelled: p.Cancelled, Status: p.last().Status, Events: len(p.Events),
	}
	if len(p.Plan) > 0 {
		out.Next = p.Plan[0].Status
	}
	return out
}

// control mounts the control API beside fixture's own:
//
//	GET  /_sim/state
//	POST /_sim/parcels/{waybill}/advance  {"to":"delivered"}, or no body for the next step
//	POST /_sim/callback                   {"url":"...","form":"nested","header":"...","credential":"..."}
//	POST /_sim/push                       push the due scans now
func (s *Sim) control() {
	s.mischief.Mount(s.mux, func() any { return s.State() })
	s.mux.HandleFunc("POST /_sim/parcels/{number}/advance", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			To string `json:"to"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil && err != io.EOF {
			fixture.Reply(w, http.StatusBadRequest, map[string]string{"error": "advance: " + err.Error()})
			return
		}
		state, err := s.Advance(r.PathValue("number"), in.To)
		if err != nil {
			fixture.Reply(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
			return
		}
		fixture.Reply(w, http.StatusOK, state)
	})
	s.mux.HandleFunc("POST /_sim/callback", func(w http.ResponseWriter, r *http.Request) {
		var in Callback
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			fixture.Reply(w, http.StatusBadRequest, map[string]string{"error": "callback: " + err.Error()})
			return
		}
		s.SetCallback(in)
		fixture.Reply(w, http.StatusOK, map[string]string{"url": in.URL})
	})
	s.mux.HandleFunc("POST /_sim/push", func(w http.ResponseWriter, r *http.Request) {
		sent, err := s.Push(r.Context())
		out := map[string]any{"sent": sent}
		if err != nil {
			out["error"] = err.Error()
		}
		fixture.Reply(w, http.StatusOK, out)
	})
}
