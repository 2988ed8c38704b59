package ups

import (
	"context"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
)

func TestTrackingFollowsTheParcel(t *testing.T) {
	d := newDesk(t, nil)
	booking, err := d.ship(sample(), "03")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		to   string
		want waybill.Transit
	}{{"picked-up", waybill.PickedUp}, {"out-for-delivery", waybill.OutForDelivery}, {"delivered", waybill.Delivered}} {
		d.clock.Advance(time.Hour)
		if _, err := d.judge.sim.Advance(booking.Numbers[0], step.to); err != nil {
			t.Fatal(err)
		}
		got := d.tracked(booking.Numbers[0])
		if got.Status != step.want {
			t.Errorf("after %s the parcel is %s", step.to, got.Status)
		}
		last := got.Scans[len(got.Scans)-1]
		if !last.At.Equal(d.clock.Now()) || last.Text == "" || last.Status != step.want {
			t.Errorf("the newest scan after %s at %s is %+v", step.to, d.clock.Now(), last)
		}
	}
	if got := d.tracked(booking.Numbers[0]); got.Recipient == "" || got.Scans[len(got.Scans)-1].Place == "" {
		t.Errorf("nobody received it, nowhere: %+v", got)
	}
}

func TestReturnedIsNeverDelivered(t *testing.T) {
	d := newDesk(t, nil)
	booking, err := d.ship(sample(), "03")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"out-for-delivery", "returning"} {
		d.clock.Advance(time.Hour)
		if _, err := d.judge.sim.Advance(booking.Numbers[0], to); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.tracked(booking.Numbers[0]); got.Status != waybill.Returning {
		t.Errorf("on its way back it is %s", got.Status)
	}
	for _, last := range []trackStatus{{Type: "D", Code: "FS", StatusCode: "011"}, {Type: "RS", StatusCode: "011"}} {
		p := trackedPackage{Activity: list[activity]{{Status: last}, {Status: trackStatus{Type: "X", StatusCode: "033"}}}}
		if got := p.status(); got != waybill.Returned {
			t.Errorf("%+v after a return scan is %s", last, got)
		}
	}
}

func (d *desk) tracked(number string) waybill.Tracking {
	d.Helper()
	got, err := d.Track(context.Background(), carrier.TrackRequest{Numbers: []string{number}, Now: d.clock.Now()})
	if err != nil {
		d.Fatal(err)
	}
	return got[0]
}

func TestPushedEvents(t *testing.T) {
	d := newDesk(t, nil)
	body := []byte(`{"trackingNumber":" 1Z0000000000000001","localActivityDate":"20261122","localActivityTime":"212901",
	 "activityLocation":{"city":"Hickory","stateProvince":"NC","postalCode":"","country":"US"},
	 "activityStatus":{"type":"D","code":"OT","description":"Out for Delivery","descriptionCode":"021"},
	 "scheduledDeliveryDate":"20261123","actualDeliveryDate":"","gmtActivityDate":"20261123","gmtActivityTime":"22901","deliveryEndTime":""}`)
	got, err := d.Pushed(map[string][]string{"Credential": {"agreed-with-ups"}}, body)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	scan := got[0].Scans[0]
	if got[0].Number != "1Z0000000000000001" || got[0].Status != waybill.OutForDelivery || scan.Place != "Hickory, NC, US" {
		t.Errorf("%+v", got[0])
	}
	if want := time.Date(2026, 11, 23, 2, 29, 1, 0, time.UTC); !scan.At.Equal(want) {
		t.Errorf("it happened at %s, not at %s", want, scan.At)
	}
	if got[0].Expected == nil || got[0].Expected.Day() != 23 {
		t.Errorf("expected %v", got[0].Expected)
	}
	for name, header := range map[string]map[string][]string{"no credential": nil, "a wrong one": {"Credential": {"guess"}}} {
		if _, err := d.Pushed(header, body); waybill.ReasonOf(err) != waybill.ReasonTokenBad {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{`{"trackingNumber":`, `{}`, `[]`} {
		if _, err := d.Pushed(map[string][]string{"Credential": {"agreed-with-ups"}}, []byte(bad)); waybill.ReasonOf(err) != waybill.ReasonBadJSON {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestFindWaitsUntilUPSMustKnow(t *testing.T) {
	d := newDesk(t, nil)
	ask := carrier.FindRequest{Key: "6a1b2c3d4e5f60718293a4b5-9", Since: monday, Parcels: 1}
	if _, err := d.Find(context.Background(), ask); err == nil || waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("right after the purchase: %v", err)
	}
	d.clock.Advance(visible)
	if _, err := d.Find(context.Background(), ask); !waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("later: %v", err)
	}
}

func TestVoidedIsNotFound(t *testing.T) {
	d := newDesk(t, nil)
	booking, err := d.ship(sample(), "03")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Void(context.Background(), carrier.VoidRequest{CarrierID: booking.CarrierID}); err != nil {
		t.Fatal(err)
	}
	d.clock.Advance(visible)
	_, err = d.Find(context.Background(), carrier.FindRequest{Key: "6a1b2c3d4e5f60718293a4b5-1", Since: monday, Parcels: 1})
	if !waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("%v", err)
	}
}

func TestTheLeadPackageComesFirst(t *testing.T) {
	labels := []waybill.Label{{Parcel: 0, Data: []byte("b")}, {Parcel: 1, Data: []byte("a")}, {Parcel: 2, Data: []byte("c")}}
	numbers, labels := leadFirst("a", []string{"b", "a", "c"}, labels)
	if strings.Join(numbers, "") != "abc" {
		t.Errorf("numbers %v", numbers)
	}
	for i, l := range labels {
		if l.Parcel != i || string(l.Data) != numbers[i] {
			t.Errorf("label %d is %s for parcel %d", i, l.Data, l.Parcel)
		}
	}
}

func TestAWrongAddressIsNotAnUnknownNumber(t *testing.T) {
	d := newDesk(t, nil)
	base := d.Connection().Base
	lost, err := carrier.Open(Driver(), waybill.Connection{
		Mode: waybill.ModeSimulator, Base: base + "/no/such/path",
		Settings: map[string]string{"client_id": "c", "account_number": "A1B2C3"},
	}, carrier.Settings{"client_secret": "s"}, carrier.Env{Clock: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lost.Find(context.Background(), carrier.FindRequest{Key: "k", Parcels: 1}); err == nil || waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("find at a wrong address: %v", err)
	}
	for _, e := range []waybill.CarrierFault{{Status: 404}, {Status: 404, Code: "404"}, {Status: 400, Code: "TV1002"}} {
		if absent(&waybill.Error{Fault: &e}) {
			t.Errorf("%+v is taken for an unknown number", e)
		}
	}
	if !absent(&waybill.Error{Fault: &waybill.CarrierFault{Status: 404, Code: "TV0010"}}) {
		t.Error("the tracking service's own answer is not recognised")
	}
}
