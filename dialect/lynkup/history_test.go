package lynkup

import (
	"testing"
	"time"
	_ "time/tzdata"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func TestTimesAreSpokenInTheLocationsZone(t *testing.T) {
	for _, c := range []struct{ at, zone, want string }{
		{"2022-04-27T07:45:45Z", "America/Chicago", "April 27th 2022, 2:45:45 am CDT"},
		{"2022-10-26T20:46:07Z", "America/Chicago", "October 26th 2022, 3:46:07 pm CDT"},
		{"2023-01-01T05:00:00Z", "America/New_York", "January 1st 2023, 12:00:00 am EST"},
		{"2023-02-02T12:00:00Z", "Europe/London", "February 2nd 2023, 12:00:00 pm GMT"},
		{"2023-07-03T12:00:00Z", "Europe/London", "July 3rd 2023, 1:00:00 pm BST"},
		{"2023-07-11T12:00:00Z", "", "July 11th 2023, 12:00:00 pm UTC"},
		{"2023-07-12T12:00:00Z", "Nowhere/Land", "July 12th 2023, 12:00:00 pm UTC"},
		{"2023-07-13T12:00:00Z", "Asia/Kolkata", "July 13th 2023, 5:30:00 pm IST"},
		{"2023-07-21T12:00:00Z", "UTC", "July 21st 2023, 12:00:00 pm UTC"},
		{"2023-07-22T12:00:00Z", "UTC", "July 22nd 2023, 12:00:00 pm UTC"},
		{"2023-07-23T12:00:00Z", "UTC", "July 23rd 2023, 12:00:00 pm UTC"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := spoken(at, zoneOf(&waybill.Shipment{TimeZone: c.zone})); got != c.want {
			t.Errorf("%s in %q is %q, want %q", c.at, c.zone, got, c.want)
		}
	}
}

// TestSeveralParcelsAreWhereTheLastIs: an order of two parcels is delivered when both are.
func TestSeveralParcelsAreWhereTheLastIs(t *testing.T) {
	sh := waybill.Shipment{Row: waybill.Row{ID: "0123456789abcdef01234567"}, Booking: waybill.Booked, Parcels: []waybill.Parcel{{Tracking: "A"}, {Tracking: "B"}}}
	scan := func(number string, transit waybill.Transit) waybill.Event {
		return waybill.Event{Kind: waybill.ShipmentTracked, Facts: waybill.Facts{Booking: waybill.Booked, Transit: transit, Tracking: number}}
	}
	reply := encodeHistory(&dialect.Request{}, engine.ShipmentHistory{Shipment: sh, Events: []waybill.Event{
		scan("A", waybill.OutForDelivery), scan("B", waybill.InTransit), scan("A", waybill.Delivered), scan("B", waybill.Delivered),
	}})
	got := statusesIn(t, reply.Body)
	want := []string{"ORDER_DISPATCHED", "IN_TRANSIT", "IN_TRANSIT", "ORDER_DELIVERED"}
	if len(got) != len(want) {
		t.Fatalf("%d rows: %v", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d is %s, want %s", i+1, got[i], want[i])
		}
	}
	event := scan("A", waybill.Delivered)
	sh.Transit = waybill.InTransit
	event.Subject = &sh
	message, ok := speak(event, dialect.Endpoint{Link: func(string, waybill.ID) string { return "" }})
	if !ok || message.Status != "IN_TRANSIT" {
		t.Errorf("the webhook of the first delivery says %q", message.Status)
	}
}
