package upssim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// voidPeriod is how long an untouched shipment can be voided (UPS's help pages: 28 days).
const voidPeriod = 28 * 24 * time.Hour

type voidResponse struct {
	VoidShipmentResponse struct {
		Response      responseHead `json:"Response"`
		SummaryResult struct {
			Status coded `json:"Status"`
		} `json:"SummaryResult"`
		PackageLevelResults []packageVoid `json:"PackageLevelResults,omitempty"`
	} `json:"VoidShipmentResponse"`
}

type packageVoid struct {
	TrackingNumber string `json:"TrackingNumber"`
	Status         coded  `json:"Status"`
}

// void cancels a shipment, or some of its packages, that UPS does not yet have.
func (s *Sim) void(r *http.Request) (any, error) {
	if err := version(r, "v2409"); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if !is1Z(id) {
		return nil, refuse("190100", "Invalid ShipmentIdentificationNumber %q.", id)
	}
	numbers, err := voidNumbers(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.memory.byID[id]
	if have == nil {
		return nil, refuse("190102", "No shipment found within the allowed void period")
	}
	b, now := have.clone(), s.Clock.Now()
	if err := b.voidable(numbers, now); err != nil {
		return nil, err
	}
	if len(numbers) == 0 {
		for _, p := range b.Parcels {
			p.void(now, b.Order)
		}
		return s.voided(b, coded{"1", "Voided"}, nil)
	}
	var results []packageVoid
	done := 0
	for _, number := range numbers {
		result := packageVoid{number, coded{"0", "Not Voided"}}
		if _, p := b.parcel(number); p != nil {
			p.void(now, b.Order)
			result.Status = coded{"1", "Voided"}
			done++
		}
		results = append(results, result)
	}
	switch done {
	case 0:
		return nil, refuse("190121", "None of the submitted packages were voided")
	case len(numbers):
		return s.voided(b, coded{"1", "Voided"}, results)
	}
	return s.voided(b, coded{"0", "Not all voided"}, results)
}

// voidNumbers reads the query's tracking numbers, which UPS takes repeated, separated by commas, or as a JSON list.
func voidNumbers(r *http.Request) ([]string, error) {
	var numbers []string
	for _, value := range r.URL.Query()["trackingnumber"] {
		if strings.HasPrefix(value, "[") {
			var list []string
			if err := json.Unmarshal([]byte(value), &list); err != nil {
				return nil, refuse("190109", "Invalid TrackingNumber %s", value)
			}
			numbers = append(numbers, list...)
			continue
		}
		numbers = append(numbers, strings.Split(value, ",")...)
	}
	if len(numbers) > 20 {
		return nil, refuse("190111", "Package Void Limit Exceeded")
	}
	for _, n := range numbers {
		if !is1Z(n) {
			return nil, refuse("190109", "Invalid TrackingNumber %q", n)
		}
	}
	return numbers, nil
}

// voidable says why the shipment, or those of its packages, cannot be voided.
func (b *shipment) voidable(numbers []string, now time.Time) error {
	if b.voided() {
		return refuse("190117", "The Shipment has already been voided")
	}
	if len(numbers) > 0 && !b.Order.domestic() {
		return refuse("190113", "International Shipments cannot be Voided at the Package Level")
	}
	if len(numbers) > 0 && b.Order.returned() {
		return refuse("190112", "Return Service Shipments cannot be Voided at the Package Level")
	}
	if now.After(b.BookedAt.Add(voidPeriod)) {
		return refuse("190101", "Time for voiding has expired.")
	}
	for _, p := range b.Parcels {
		p.catchUp(now)
		if p.taken() {
			return refuse("190101", "Time for voiding has expired.")
		}
	}
	return nil
}

// void marks one parcel; doing it twice changes nothing.
func (p *parcel) void(now time.Time, o order) {
	if p.Voided {
		return
	}
	p.Voided, p.VoidedAt = true, now
	p.Events = append(p.Events, event{Status: "voided", At: now, Place: address{CountryCode: o.from().Address.CountryCode}})
}

// voided remembers the void and answers it. The caller holds the lock.
func (s *Sim) voided(b *shipment, summary coded, results []packageVoid) (any, error) {
	if err := s.Remember(entry{Shipment: b}); err != nil {
		return nil, err
	}
	s.Mischief().Note(OpVoid, b.ID)
	var out voidResponse
	out.VoidShipmentResponse.Response = success(requestHead{})
	out.VoidShipmentResponse.SummaryResult.Status = summary
	out.VoidShipmentResponse.PackageLevelResults = results
	return out, nil
}
