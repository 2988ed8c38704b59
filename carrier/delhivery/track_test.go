package delhivery

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/internal/fixture"
)

func (d *desk) track(number string) waybill.Tracking {
	d.Helper()
	list, err := d.Track(d.Context(), carrier.TrackRequest{Numbers: []string{number}})
	if err != nil {
		d.Fatal(err)
	}
	return list[0]
}

func (d *desk) advance(number, to string) {
	d.Helper()
	if _, err := d.sim.Advance(number, to); err != nil {
		d.Fatal(err)
	}
}

// TestAParcelsLife: each state by its pair of type and status, times Indian, the weight as Delhivery has it.
func TestAParcelsLife(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	_, b := d.ship(sample())
	number := b.Numbers[0]
	first := d.track(number)
	if first.Status != waybill.LabelMade || !first.Scans[0].At.Equal(monday) || first.Charged != 0 || first.Expected == nil {
		t.Errorf("%+v", first)
	}
	var states []string
	for _, to := range []string{"picked_up", "pending", "dispatched", "delivered"} {
		d.clock.Advance(time.Hour)
		d.advance(number, to)
		states = append(states, string(d.track(number).Status))
	}
	if got, want := strings.Join(states, " "), "in_transit at_depot out_for_delivery delivered"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	last := d.track(number)
	if last.Charged != 1260 || last.Recipient != "Asha Rao" || last.Scans[len(last.Scans)-1].Recipient != "Asha Rao" {
		t.Errorf("%+v", last)
	}
}

// TestNotAtHome: Delhivery has no word for a failed attempt; another one is asked for.
func TestNotAtHome(t *testing.T) {
	for _, name := range []string{delhiverysim.FateAway, delhiverysim.FateAway + " " + delhiverysim.FateWaits} {
		d := openDesk(t, delhiverysim.Options{})
		_, b := d.ship(to(name))
		again := carrier.RedeliverRequest{Numbers: b.Numbers}
		if err := d.Redeliver(t.Context(), again); err == nil || !strings.Contains(err.Error(), "not applicable") {
			t.Errorf("before anything was tried: %v", err)
		}
		d.advance(b.Numbers[0], "ndr")
		got := d.track(b.Numbers[0])
		if n := len(got.Scans); got.Status != waybill.AttemptFailed || got.Scans[n-1].Text != "Consignee Unavailable" || got.Scans[n-1].Code != "EOD-11" {
			t.Errorf("%+v", got)
		}
		if err := d.Redeliver(t.Context(), again); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d.clock.Advance(13 * time.Hour)
		if got := d.track(b.Numbers[0]).Status; got != waybill.OutForDelivery {
			t.Errorf("after the wish the parcel is %s", got)
		}
		again.On = "2026-11-30"
		if err := d.Redeliver(t.Context(), again); waybill.ReasonOf(err) != waybill.ReasonCarrierAbility {
			t.Errorf("a day of one's own: %v", err)
		}
	}
}

// TestAPickupThatFailed is asked for again under another word.
func TestAPickupThatFailed(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := to(delhiverysim.FateNoPickup)
	b, err := d.Return(t.Context(), carrier.ReturnRequest{
		Return: waybill.Return{From: s.To, To: s.From, Parcels: s.Parcels}, Service: surface, Key: "k", Now: d.clock.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.advance(b.Numbers[0], "pickup_failed")
	if err := d.Redeliver(t.Context(), carrier.RedeliverRequest{Numbers: b.Numbers, Return: true}); err != nil {
		t.Fatal(err)
	}
	d.clock.Advance(25 * time.Hour)
	if got := d.track(b.Numbers[0]).Status; got != waybill.InTransit {
		t.Errorf("%s", got)
	}
}

// TestRefusedAtTheDoor comes back, and is not delivered.
func TestRefusedAtTheDoor(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	_, b := d.ship(to(delhiverysim.FateRefused))
	d.advance(b.Numbers[0], "rto_in_transit")
	if got := d.track(b.Numbers[0]).Status; got != waybill.Returning {
		t.Errorf("%s", got)
	}
	d.advance(b.Numbers[0], "rto")
	if got := d.track(b.Numbers[0]).Status; got != waybill.Returned {
		t.Errorf("%s", got)
	}
}

// TestManyNumbers: more than one call takes, with unknown ones among them and alone in the last call.
func TestManyNumbers(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	_, b := d.ship(sample())
	var numbers []string
	for i := range 53 {
		numbers = append(numbers, fmt.Sprintf("9990000000%04d", i))
	}
	numbers[20] = b.Numbers[0]
	list, err := d.Track(t.Context(), carrier.TrackRequest{Numbers: numbers})
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range list {
		if one.Number != numbers[i] || one.Unknown == (i == 20) {
			t.Errorf("%d: %+v", i, one)
		}
	}
}

// TestOneUnknownFailsAll: some accounts are answered so; each number is then asked after alone.
func TestOneUnknownFailsAll(t *testing.T) {
	for status, said := range map[int]string{
		http.StatusOK:         `{"Success":false,"Error":"No such waybill or Order Id found"}`,
		http.StatusBadRequest: `{"Success":false,"Error":"Bad request","rmk":"Data does not exists for provided Waybill(s)"}`,
	} {
		sim := delhiverysim.New(delhiverysim.Options{})
		c := stub(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/v1/packages/json/" && strings.Contains(r.URL.Query().Get("waybill"), "99900000000000") {
				w.WriteHeader(status)
				_, _ = fmt.Fprint(w, said)
				return
			}
			sim.ServeHTTP(w, r)
		})
		d := &desk{T: t, Carrier: c, sim: sim, clock: waybill.NewManualClock(time.Now())}
		_, b := d.ship(sample())
		list, err := c.Track(t.Context(), carrier.TrackRequest{Numbers: []string{"99900000000000", b.Numbers[0]}})
		if err != nil || !list[0].Unknown || list[1].Status != waybill.LabelMade {
			t.Errorf("%d: %+v, %v", status, list, err)
		}
	}
}

// stub is the carrier in front of a server that says what it likes.
func stub(t *testing.T, handler http.HandlerFunc) *carrier.Carrier {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	connection := waybill.Connection{
		Carrier: "delhivery", Mode: waybill.ModeSandbox, Base: server.URL,
		Settings: map[string]string{"client_name": delhiverysim.DefaultClient, "pickup_location": delhiverysim.DefaultPlace},
	}
	c, err := carrier.Open(Driver(), connection, carrier.Settings{"token": delhiverysim.DefaultToken}, carrier.Env{HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAnswersThatAreNotJSON: nobody may assume JSON. A 403 is mostly "too often"; where it speaks of the token it is not.
func TestAnswersThatAreNotJSON(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		reason waybill.Reason
		said   string
	}{
		{403, "<html><head><title>403 Forbidden</title></head></html>", waybill.ReasonCarrierLimit, ""},
		{403, "Request blocked", waybill.ReasonCarrierLimit, "Request blocked"},
		{403, `{"detail":"Request was throttled. Expected available in 60 seconds."}`, waybill.ReasonCarrierLimit, "Request was throttled. Expected available in 60 seconds."},
		{403, `{"detail":"Authentication credentials were not provided."}`, waybill.ReasonCarrierLogin, "Authentication credentials were not provided."},
		{403, `"Invalid token"`, waybill.ReasonCarrierLogin, "Invalid token"},
		{401, "There has been an error but we were asked to not let you see that.", waybill.ReasonCarrierLogin, "There has been an error but we were asked to not let you see that."},
		{401, "<html>no</html>", waybill.ReasonCarrierLogin, ""},
		{429, "slow down", waybill.ReasonCarrierLimit, "slow down"},
		{502, "<html>Bad gateway</html>", waybill.ReasonCarrierOutage, ""},
		{400, `"count must be a number"`, waybill.ReasonCarrier, "count must be a number"},
		{400, `{"prepaid":"Wallet balance is low"}`, waybill.ReasonCarrier, "prepaid: Wallet balance is low"},
		{400, `{"success":false,"error":["pin is not serviceable","phone is bad"],"error_code":[1000]}`, waybill.ReasonCarrier, "pin is not serviceable; phone is bad"},
	} {
		c := stub(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = fmt.Fprint(w, tt.body)
		})
		_, err := c.Numbers(context.Background(), 1)
		e := waybill.AsError(err)
		if err == nil || e.Reason != tt.reason || e.Fault.Message != tt.said || e.Fault.Status != tt.status {
			t.Errorf("%d %s: %+v, fault %+v", tt.status, tt.body, e, e.Fault)
		}
		if e.Reason == waybill.ReasonCarrierLimit && (e.RetryAfter <= 0 || e.Severity != waybill.Transient) {
			t.Errorf("%d %s: %s, again in %s", tt.status, tt.body, e.Severity, e.RetryAfter)
		}
	}
}

// TestNumbersInEachForm that Delhivery has been seen to send.
func TestNumbersInEachForm(t *testing.T) {
	for body, want := range map[string]string{
		`"14900000000001,14900000000002"`: "[14900000000001 14900000000002]",
		`"1490000000001"`:                 "[1490000000001]",
		`1490000000001`:                   "[1490000000001]",
		`14900000000001,14900000000002`:   "[14900000000001 14900000000002]",
		`{"error":"no"}`:                  "[]",
		`""`:                              "[]",
	} {
		c := stub(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) })
		got, err := c.Numbers(context.Background(), 5)
		if fmt.Sprint(got) != want || (err == nil) != (want != "[]") {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

// TestALabelFromAnywhereIsNotFetched: a carrier's answer names an address, and is not to send us into our own network.
func TestALabelFromAnywhereIsNotFetched(t *testing.T) {
	fetched := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched = true }))
	t.Cleanup(inside.Close)
	c := stub(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"packages":[{"wbn":"1","pdf_download_link":"%s/x.pdf"}],"packages_found":1}`, inside.URL)
	})
	if _, err := c.Label(t.Context(), carrier.LabelRequest{Numbers: []string{"1"}}); err == nil || fetched {
		t.Errorf("%v, fetched %v", err, fetched)
	}
}

// TestPushes in the three forms that Delhivery has.
func TestPushes(t *testing.T) {
	connection := waybill.Connection{Carrier: "delhivery", Mode: waybill.ModeLive, Settings: map[string]string{"client_name": "X"}}
	c, err := carrier.Open(Driver(), connection, carrier.Settings{"token": "t", "push_credential": "agreed"}, carrier.Env{})
	if err != nil {
		t.Fatal(err)
	}
	header := map[string][]string{"Authorization": {"Bearer agreed"}}
	for _, tt := range []struct {
		body, number string
		status       waybill.Transit
		at           string
	}{
		{`{"Shipment":{"AWB":"111","NSLCode":"X-PPOM","Status":{"Status":"In Transit","StatusType":"UD","StatusDateTime":"2026-11-23T10:00:00","StatusLocation":"Delhi","Instructions":"Picked"}}}`, "111", waybill.InTransit, "2026-11-23T04:30:00Z"},
		{`{"Shipment":{"AWB":"111","NSLCode":"DTUP-210","Status":{"Status":"Not Picked","StatusType":"UD"}}}`, "111", waybill.TransitVoided, "0001-01-01T00:00:00Z"},
		{`{"Shipment":{"AWB":111,"Status":{"Status":"RTO","StatusType":"DL"}}}`, "111", waybill.Returned, "0001-01-01T00:00:00Z"},
		{`{"status":"Delivered","location":"Delhi","timestamp":1795408200,"lrnum":"222","mwn":"","shipment_remark":"ok"}`, "222", waybill.Delivered, "2026-11-23T04:30:00Z"},
		{`{"status":"In Transit","timestamp":"1795408200","lrnum":"222","mwn":"333"}`, "333", waybill.TransitUnknown, "2026-11-23T04:30:00Z"},
	} {
		list, err := c.Pushed(header, []byte(tt.body))
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v", tt.body, list, err)
			continue
		}
		got := list[0]
		if got.Number != tt.number || got.Status != tt.status || got.Scans[0].At.Format(time.RFC3339) != tt.at {
			t.Errorf("%s: %+v", tt.body, got)
		}
	}
	if list, err := c.Pushed(header, []byte(`{"waybill":"1","EPOD":"aGk=","orderID":"k"}`)); err != nil || len(list) != 0 {
		t.Errorf("a proof of delivery: %v, %v", list, err)
	}
	for _, body := range []string{``, `[]`, `{}`, `{"Shipment":{}}`} {
		if _, err := c.Pushed(header, []byte(body)); waybill.ReasonOf(err) != waybill.ReasonBadJSON {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := c.Pushed(nil, []byte(`{}`)); waybill.ReasonOf(err) != waybill.ReasonTokenBad {
		t.Errorf("without the credential: %v", err)
	}
}

// TestPushesOfTheSimulator arrive over HTTP in both forms.
func TestPushesOfTheSimulator(t *testing.T) {
	for _, form := range []string{delhiverysim.FormNested, delhiverysim.FormFlat} {
		d := openDesk(t, delhiverysim.Options{})
		var heard []string
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(body)
			list, err := d.Pushed(r.Header, body)
			if err != nil {
				t.Error(err)
			}
			for _, one := range list {
				heard = append(heard, one.Number+" "+string(one.Status))
			}
		}))
		t.Cleanup(hook.Close)
		d.sim.SetCallback(delhiverysim.Callback{Callback: fixture.Callback{URL: hook.URL}, Form: form, EPOD: true})
		_, b := d.ship(sample())
		d.advance(b.Numbers[0], "delivered")
		if _, err := d.sim.Push(t.Context()); err != nil {
			t.Fatal(err)
		}
		number := b.Numbers[0]
		if len(heard) != 7 || heard[0] != number+" label_made" || heard[6] != number+" delivered" {
			t.Errorf("%s: %q", form, heard)
		}
	}
}
