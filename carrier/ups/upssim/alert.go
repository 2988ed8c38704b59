package upssim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"time"

	"waybill/internal/fixture"
)

// alertLife is how long a subscription lasts.
const alertLife = 14 * 24 * time.Hour

// Callback is where Track Alert sends events. Since version 2 it is set at UPS, not in the request. An empty header is
// "credential", the one that version 1 of the service sends. An event that the client does not accept is lost, as with
// UPS: nothing is sent twice.
type Callback = fixture.Callback

type alertRequest struct {
	Locale             *string   `json:"locale"`
	CountryCode        *string   `json:"countryCode"`
	EventPreferences   []string  `json:"eventPreferences"`
	TrackingNumberList *[]string `json:"trackingNumberList"`
}

type alertResponse struct {
	ValidTrackingNumbers   []string `json:"validTrackingNumbers"`
	InvalidTrackingNumbers []string `json:"invalidTrackingNumbers"`
}

var (
	localeForm  = regexp.MustCompile(`^[a-z]{2}_[A-Z]{2}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// subscribe registers parcels for events during fourteen days. The codes are in the document's list.
func (s *Sim) subscribe(r *http.Request) (any, error) {
	if err := version(r, "v2"); err != nil {
		return nil, err
	}
	if kind := r.PathValue("type"); kind != "standard" && kind != "enhanced" {
		return nil, alertRefusal("VSS930", "Type is missing or invalid, The Subscription request has been rejected.")
	}
	for _, h := range []problem{{"VSS002", "transId"}, {"VSS004", "transactionSrc"}} {
		if r.Header.Get(h.Message) == "" {
			return nil, alertRefusal(h.Code, "Missing "+h.Message)
		}
	}
	var in alertRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		if err == io.EOF {
			return nil, alertRefusal("VSS110", "Subscription request is empty or not present. The Subscription request has been rejected.")
		}
		return nil, alertRefusal("VSS000", "Invalid request and The Subscription request has been rejected. "+err.Error())
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return s.register(*in.TrackingNumberList)
}

func alertRefusal(code, message string) error { return refuse(code, "%s", message) }

func (in alertRequest) check() error {
	switch {
	case in.Locale == nil:
		return alertRefusal("VSS300", "Locale is required. The Subscription request has been rejected.")
	case !localeForm.MatchString(*in.Locale):
		return alertRefusal("VSS310", "Please enter a valid locale. The Subscription request has been rejected")
	case in.CountryCode != nil && !countryForm.MatchString(*in.CountryCode):
		return alertRefusal("VSS400", "Please enter a valid country code. The Subscription request has been rejected.")
	case in.TrackingNumberList == nil || len(*in.TrackingNumberList) == 0:
		return alertRefusal("VSS200", "Tracking Number List is required. The Subscription request has been rejected.")
	case len(*in.TrackingNumberList) > 100:
		return alertRefusal("VSS220", "You have submitted over 100 tracking numbers which is not allowed.")
	}
	for _, p := range in.EventPreferences {
		if !slices.Contains([]string{"D", "I", "M", "X"}, p) {
			return alertRefusal("VSS000", fmt.Sprintf("Invalid request: eventPreferences %q", p))
		}
	}
	return nil
}

func (s *Sim) register(numbers []string) (any, error) {
	out := alertResponse{ValidTrackingNumbers: []string{}, InvalidTrackingNumbers: []string{}}
	for _, n := range numbers {
		if is1Z(n) {
			out.ValidTrackingNumbers = append(out.ValidTrackingNumbers, n)
		} else {
			out.InvalidTrackingNumbers = append(out.InvalidTrackingNumbers, n)
		}
	}
	if len(out.ValidTrackingNumbers) == 0 {
		return nil, alertRefusal("VSS210", "The Subscription request should have at least one valid tracking number. The Subscription request has been rejected.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	until := s.Clock.Now().Add(alertLife)
	if err := s.Remember(entry{Alerts: out.ValidTrackingNumbers, Until: &until}); err != nil {
		return nil, err
	}
	for _, n := range out.ValidTrackingNumbers {
		s.Mischief().Note(OpSubscribe, n)
		if have := s.memory.parcels[n]; have != nil { // history is not sent
			b := have.clone()
			_, p := b.parcel(n)
			p.catchUp(s.Clock.Now())
			p.Pushed = len(p.Events)
			if err := s.Remember(entry{Shipment: b}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// trackEvent is the body of a callback.
type trackEvent struct {
	TrackingNumber        string        `json:"trackingNumber"`
	LocalActivityDate     string        `json:"localActivityDate"`
	LocalActivityTime     string        `json:"localActivityTime"`
	ActivityLocation      alertLocation `json:"activityLocation"`
	ActivityStatus        alertStatus   `json:"activityStatus"`
	ScheduledDeliveryDate string        `json:"scheduledDeliveryDate"`
	ActualDeliveryDate    string        `json:"actualDeliveryDate"`
	ActualDeliveryTime    string        `json:"actualDeliveryTime"`
	GMTActivityDate       string        `json:"gmtActivityDate"`
	GMTActivityTime       string        `json:"gmtActivityTime"`
}

type alertLocation struct {
	City          string `json:"city"`
	StateProvince string `json:"stateProvince"`
	PostalCode    string `json:"postalCode"`
	Country       string `json:"country"`
}

type alertStatus struct {
	Type            string `json:"type"`
	Code            string `json:"code"`
	Description     string `json:"description"`
	DescriptionCode string `json:"descriptionCode"`
}

// due takes the events of subscribed parcels that have not been sent.
func (s *Sim) due(Callback) ([]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now()
	var due []any
	for _, b := range s.memory.shipments {
		changed := false
		for _, p := range b.Parcels {
			p.catchUp(now)
			if until, ok := s.memory.alerts[p.Number]; !ok || now.After(until) || p.Pushed >= len(p.Events) {
				continue
			}
			for _, e := range p.Events[p.Pushed:] {
				due = append(due, e.alert(p))
			}
			p.Pushed, changed = len(p.Events), true
		}
		if changed {
			if err := s.Remember(entry{Shipment: b}); err != nil {
				return nil, err
			}
		}
	}
	return due, nil
}

func (e event) alert(p *parcel) trackEvent {
	what, at := statuses[e.Status], local(e.At, e.Place)
	out := trackEvent{
		TrackingNumber: p.Number, LocalActivityDate: at.Format(ymd), LocalActivityTime: at.Format(hms),
		GMTActivityDate: e.At.UTC().Format(ymd), GMTActivityTime: e.At.UTC().Format(hms),
		ActivityLocation: alertLocation{City: e.Place.City, StateProvince: e.Place.StateProvinceCode, Country: e.Place.CountryCode},
		ActivityStatus:   alertStatus{Type: what.kind, Code: what.code, Description: what.simple, DescriptionCode: what.number},
	}
	if what.kind == "P" || what.kind == "RS" { // the alerts know fewer types than tracking
		out.ActivityStatus.Type = map[string]string{"P": "I", "RS": "X"}[what.kind]
	}
	if e.Status == "delivered" {
		out.ActualDeliveryDate, out.ActualDeliveryTime = at.Format(ymd), at.Format(hms)
		out.ActivityLocation.PostalCode = e.Place.PostalCode
	} else {
		out.ScheduledDeliveryDate, _ = p.eta()
	}
	return out
}
