package doordash

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/doordash/doordashsim"
	"waybill/internal/fixture"
)

// hook is where the simulator's webhooks go: each is read by the connection as the server would hand it over.
func (d *desk) hook() *[]waybill.Tracking {
	heard := &[]waybill.Tracking{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			d.Error(err)
		}
		list, err := d.Pushed(r.Header, body)
		if err != nil {
			d.Error(err)
		}
		*heard = append(*heard, list...)
	}))
	d.Cleanup(server.Close)
	d.sim.SetCallback(doordashsim.Callback{URL: server.URL, Credential: "Basic d2F5YmlsbDpob29r"})
	return heard
}

func (d *desk) track(number string) waybill.Tracking {
	d.Helper()
	list, err := d.Track(d.Context(), carrier.TrackRequest{Numbers: []string{number}, Now: d.clock.Now()})
	if err != nil {
		d.Fatal(err)
	}
	return list[0]
}

func (d *desk) advance(number, to string) {
	d.Helper()
	d.clock.Advance(time.Second)
	if _, err := d.sim.Advance(number, to); err != nil {
		d.Fatal(err)
	}
}

// TestALifeIsFollowed: asked or told, a delivery's stages read the same, at the same times where DoorDash keeps them.
func TestALifeIsFollowed(t *testing.T) {
	d := newDesk(t, nil)
	heard := d.hook()
	s := sample()
	s.Options.Signature = "required"
	booking, err := d.ship(s, d.offer(s), "k-1")
	if err != nil {
		t.Fatal(err)
	}
	number := booking.Numbers[0]
	if got := d.track(number); got.Status != waybill.LabelMade || got.Expected == nil || !strings.Contains(got.Scans[0].Text, d.sim.State().Deliveries[0].SupportReference) {
		t.Errorf("just ordered: %+v", got)
	}
	want := []waybill.Transit{
		waybill.Assigned, waybill.PickupStarted, waybill.PickupStarted, waybill.PickedUp, waybill.OutForDelivery, waybill.AtLocation, waybill.Delivered,
	}
	for _, state := range want {
		d.advance(number, "")
		if got := d.track(number); got.Status != state {
			t.Errorf("asked: %s, want %s", got.Status, state)
		}
	}
	if _, err := d.sim.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	var told []waybill.Transit
	for _, h := range *heard {
		told = append(told, h.Status)
		if h.Number != number {
			t.Errorf("told of %s", h.Number)
		}
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	asked, last := d.track(number), (*heard)[len(*heard)-1].Scans[0]
	end := asked.Scans[len(asked.Scans)-1]
	if !end.At.Equal(last.At) || end.Code != last.Code || end.Text != last.Text {
		t.Errorf("the delivery is asked %+v and told %+v: it would count twice", end, last)
	}
	if !strings.Contains(end.Text, "; picture https://") || !strings.Contains(end.Text, "; signature https://") {
		t.Errorf("no proof in %q", end.Text)
	}
	if asked.Scans[0].Status != waybill.PickedUp {
		t.Errorf("the pickup is forgotten: %+v", asked.Scans)
	}
}

// TestADasherIsTakenAway: DoorDash shows the delivery as it was before one was found.
func TestADasherIsTakenAway(t *testing.T) {
	d := newDesk(t, nil)
	booking, err := d.ship(sample(), waybill.Rate{}, "k-1")
	if err != nil {
		t.Fatal(err)
	}
	number := booking.Numbers[0]
	d.advance(number, "enroute_to_pickup")
	d.advance(number, "created")
	if got := d.track(number); got.Status != waybill.LabelMade {
		t.Errorf("%+v", got)
	}
	d.advance(number, "confirmed")
	if got := d.track(number); got.Status != waybill.Assigned || !strings.HasSuffix(got.Scans[0].Text, "Tom K.") {
		t.Errorf("%+v", got)
	}
}

func TestFates(t *testing.T) {
	for name, want := range map[string]waybill.Transit{
		doordashsim.FateAttempt: waybill.Returned, doordashsim.FateRefused: waybill.Undeliverable, doordashsim.FateLost: waybill.Exception,
		doordashsim.FateNobody: waybill.Exception, doordashsim.FateException: waybill.Delivered,
	} {
		d := newDesk(t, nil)
		s := sample()
		s.To.Contact.First, s.To.Contact.Last = "", ""
		s.To.Contact.Name = name
		if name == doordashsim.FateRefused {
			s.Options.Undeliverable = waybill.UndeliverableDispose
		}
		booking, err := d.ship(s, d.offer(s), "k-1")
		if err != nil {
			t.Fatal(err)
		}
		d.clock.Advance(5 * time.Hour)
		if got := d.track(booking.Numbers[0]); got.Status != want {
			t.Errorf("%s: %s, want %s", name, got.Status, want)
		}
	}
}

// TestEvents: each webhook's name has a state, in either of its members, and unknown ones stay unknown.
func TestEvents(t *testing.T) {
	d := newDesk(t, nil)
	push := func(body string) ([]waybill.Tracking, error) { return d.Pushed(nil, []byte(body)) }
	for _, line := range events {
		for _, member := range []string{"event_name", "event_type"} {
			want, _ := transit(line[1], "")
			for _, name := range []string{line[0], strings.ToLower(line[0])} {
				list, err := push(`{"external_delivery_id":"D-1","created_at":"2026-11-23T15:04:05Z","` + member + `":"` + name + `"}`)
				if err != nil || len(list) != 1 || list[0].Status != want || list[0].Scans[0].At != monday.Add(4*time.Minute+5*time.Second) {
					t.Errorf("%s %s: %+v, %v", member, name, list, err)
				}
			}
		}
	}
	if list, err := push(`{"external_delivery_id":"D-1","event_name":"DELIVERY_BATCHED","force_batch_id":"7"}`); err != nil || len(list) != 0 {
		t.Errorf("batched: %+v, %v", list, err)
	}
	if list, err := push(`{"external_delivery_id":"D-1","event_name":"DASHER_SANG"}`); err != nil || list[0].Status != waybill.TransitUnknown {
		t.Errorf("a new event: %+v, %v", list, err)
	}
	for _, body := range []string{``, `[]`, `{"event_name":"DASHER_CONFIRMED"}`, `{"external_delivery_id":"D-1"}`} {
		if _, err := push(body); waybill.ReasonOf(err) != waybill.ReasonBadJSON {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestVoidsEndWithThePickup(t *testing.T) {
	d := newDesk(t, nil)
	for at, want := range map[string]waybill.Reason{
		"": "", "arrived_at_pickup": "", "picked_up": waybill.ReasonCancelRefused, "delivered": waybill.ReasonCancelRefused, "cancelled/failed_to_pickup": "",
	} {
		booking, err := d.ship(sample(), d.offer(sample()), "k")
		if err != nil {
			t.Fatal(err)
		}
		if at != "" {
			d.advance(booking.CarrierID, at)
		}
		err = d.Void(t.Context(), carrier.VoidRequest{CarrierID: booking.CarrierID})
		if waybill.ReasonOf(err) != want {
			t.Errorf("at %q: %v", at, err)
		}
		if want != "" && (waybill.AsError(err).Severity != waybill.Hard || !strings.Contains(err.Error(), "Delivery")) {
			t.Errorf("at %q: %v does not say why", at, err)
		}
	}
	if err := d.Void(t.Context(), carrier.VoidRequest{CarrierID: "nobody"}); waybill.ReasonOf(err) != waybill.ReasonCancelRefused {
		t.Errorf("of nothing: %v", err)
	}
}

func TestEdits(t *testing.T) {
	d := newDesk(t, nil)
	s := sample()
	booking, err := d.ship(s, d.offer(s), "k-1")
	if err != nil {
		t.Fatal(err)
	}
	edit := func(changed ...string) error {
		return d.Edit(t.Context(), carrier.EditRequest{CarrierID: booking.CarrierID, Numbers: booking.Numbers, Key: "k-1", Shipment: s, Changed: changed})
	}
	s.To.Contact = waybill.Contact{Name: "Mary Somerville", Phone: "213-555-0199"}
	s.To.Address.Street1, s.To.Address.Apartment = "700 Flower Street", ""
	s.Parcels = append(s.Parcels, s.Parcels[0])
	if err := edit("to", "parcels"); err != nil {
		t.Fatal(err)
	}
	got := d.sim.State().Deliveries[0]
	if got.Recipient != "Mary Somerville" || !strings.HasPrefix(got.Address, "700 Flower Street, Los") || len(got.Weights) != 2 {
		t.Errorf("%+v", got)
	}
	if err := edit("cod"); waybill.ReasonOf(err) != waybill.ReasonFrozen {
		t.Errorf("cash on delivery: %v", err)
	}
	s.To.Address.Postcode = "04616"
	if err := edit("to"); waybill.ReasonOf(err) != waybill.ReasonCarrierAddress || waybill.AsError(err).Fields[0].Path != "to.address.postcode" {
		t.Errorf("out of the area: %v", err)
	}
	s.To.Address.Postcode = "90017"
	if err := d.sim.Mischief().Set(doordashsim.OpUpdate, fixture.Drop, 1); err != nil {
		t.Fatal(err)
	}
	if err := edit("to"); err == nil || !waybill.AsError(err).Unsure {
		t.Errorf("a lost answer: %v", err)
	}
	d.advance(booking.CarrierID, "picked_up")
	if err := edit("instructions"); waybill.ReasonOf(err) != waybill.ReasonFrozen {
		t.Errorf("after the pickup: %v", err)
	}
}

// TestFaults: DoorDash's refusals, as its description has them.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		status   int
		body     string
		reason   waybill.Reason
		severity waybill.Severity
		path     string
	}{
		{400, `{"code":"validation_error","message":"m","field_errors":[{"field":"dropoff_address","error":"e"}]}`, waybill.ReasonCarrierAddress, waybill.Hard, "to.address.street"},
		{400, `{"code":"validation_error","message":"m","field_errors":[{"field":"items[2].price","error":"e"}]}`, waybill.ReasonCarrier, waybill.Hard, "items"},
		{400, `{"code":"validation_error","message":"m","field_errors":[{"field":"body","error":"e"}]}`, waybill.ReasonCarrier, waybill.Hard, "body"},
		{422, `{"code":"invalid_delivery_parameters","message":"m","reason":"pickup_address_not_in_coverage"}`, waybill.ReasonCarrierAddress, waybill.Hard, "from.address.postcode"},
		{422, `{"code":"invalid_delivery_parameters","message":"m","reason":"outside_of_delivery_time"}`, waybill.ReasonCarrier, waybill.Hard, "pickup_time"},
		{401, `{"code":"authentication_error","message":"m"}`, waybill.ReasonCarrierLogin, waybill.Hard, ""},
		{403, `{"code":"authorization_error","message":"m"}`, waybill.ReasonCarrierLogin, waybill.Hard, ""},
		{409, `{"code":"cancel_not_allowed","message":"m","reason":"delivery_creation_in_progress"}`, waybill.ReasonCarrierOutage, waybill.Transient, ""},
		{409, `{"code":"cancel_not_allowed","message":"m","reason":"cancellation_window_closed"}`, waybill.ReasonCancelRefused, waybill.Hard, ""},
		{409, `{"code":"update_not_allowed","message":"m","reason":"update_window_closed"}`, waybill.ReasonFrozen, waybill.Hard, ""},
		{404, `{"code":"unknown_delivery_id","message":"m"}`, waybill.ReasonCarrier, waybill.Hard, ""},
		{429, `too many`, waybill.ReasonCarrierLimit, waybill.Transient, ""},
		{503, `{"code":"service_fault","message":"m"}`, waybill.ReasonCarrierOutage, waybill.Transient, ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		}))
		a, err := Driver().Open(carrier.Settings{"developer_id": "d", "key_id": "k", "signing_secret": doordashsim.DefaultSigningSecret},
			carrier.Env{HTTP: server.Client(), Base: server.URL, Clock: waybill.NewManualClock(monday), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		err = a.(*adapter).client.Do(t.Context(), call("doordash.test", http.MethodPost, deliveries, nil, true), nil)
		server.Close()
		e := waybill.AsError(err)
		path := ""
		if len(e.Fields) > 0 {
			path = e.Fields[0].Path
		}
		if e.Reason != tt.reason || e.Severity != tt.severity || !strings.HasPrefix(path, tt.path) || (path == "") != (tt.path == "") {
			t.Errorf("%d %s: %s %s %q", tt.status, tt.body, e.Reason, e.Severity, path)
		}
		if tt.status == http.StatusTooManyRequests && e.RetryAfter != time.Second {
			t.Errorf("a limit asks for %s", e.RetryAfter)
		}
	}
}
