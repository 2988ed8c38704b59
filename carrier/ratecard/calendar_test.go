package ratecard_test

import (
	"sync"
	"testing"
	"time"

	"waybill"
)

// Pickup and delivery run over the service's working days, and the cut-off is the sender's clock.
func TestDates(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	cases := []struct {
		name, service, now string
		edit               func(*waybill.Shipment)
		leaves, arrives    string // UTC
	}{
		{"before the cut-off", "std", "2026-03-05 15:59", nil, "2026-03-05", "2026-03-09 23:59"},
		{"from the cut-off on", "std", "2026-03-05 16:00", nil, "2026-03-06", "2026-03-10 23:59"},
		{"Friday evening leaves on Monday", "std", "2026-03-06 17:00", nil, "2026-03-09", "2026-03-11 23:59"},
		{"a weekend is no working day", "std", "2026-03-07 09:00", nil, "2026-03-09", "2026-03-11 23:59"},
		{"over the clock change", "std", "2026-03-27 09:00", nil, "2026-03-27", "2026-03-31 22:59"},
		{"four days to the far zone", "std", "2026-03-05 09:00",
			func(s *waybill.Shipment) { s.To.Address.Postcode = "KW1 4AA" }, "2026-03-05", "2026-03-11 23:59"},
		{"the same day, and on Saturdays", "bike", "2026-03-07 17:30", nil, "2026-03-07", "2026-03-07 21:00"},
		{"the sender's own zone decides", "std", "2026-03-05 17:00",
			func(s *waybill.Shipment) { s.TimeZone = "America/New_York" }, "2026-03-05", "2026-03-10 03:59"},
		{"an unknown zone is the card's", "std", "2026-03-05 17:00",
			func(s *waybill.Shipment) { s.TimeZone = "Mars/Olympus" }, "2026-03-06", "2026-03-10 23:59"},
		{"a date wished for", "std", "2026-03-05 09:00",
			func(s *waybill.Shipment) { s.Options.ShipDate = "2026-03-14" }, "2026-03-16", "2026-03-18 23:59"},
		{"a date gone by", "std", "2026-03-05 09:00",
			func(s *waybill.Shipment) { s.Options.ShipDate = "2026-03-01" }, "2026-03-05", "2026-03-09 23:59"},
		{"ready later", "std", "2026-03-05 09:00", func(s *waybill.Shipment) {
			starts := at("2026-03-10 17:00")
			s.PickupTime.Starts = &starts
		}, "2026-03-11", "2026-03-13 23:59"},
	}
	card := compiled(t, small)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			offer, miss := card.Price(c.service, parcel(c.edit), at(c.now))
			if miss != nil {
				t.Fatal(miss)
			}
			if offer.ShipDate() != c.leaves || !offer.Delivery.Equal(at(c.arrives)) {
				t.Errorf("leaves %s, arrives %s; want %s, %s", offer.ShipDate(), offer.Delivery, c.leaves, c.arrives)
			}
			if offer.Pickup.After(*offer.Delivery) {
				t.Errorf("picked up %s, after delivery %s", offer.Pickup, offer.Delivery)
			}
		})
	}
	saturday, _ := card.Price("bike", parcel(nil), at("2026-03-07 09:00"))
	if got := lines(saturday.Rate); got != "base 6.50 GBP; other 3.00 GBP; = 9.50 GBP" {
		t.Errorf("delivery on a Saturday costs %s", got)
	}
	if offer, _ := card.Price("back", parcel(nil), at("2026-03-05 09:00")); offer.Delivery != nil || offer.TransitDays != 0 {
		t.Errorf("a tariff without days promises %v", offer.Delivery)
	}
}

// Many nodes' worth of senders may ask at once, from zones the card has not met.
func TestZonesAtOnce(t *testing.T) {
	card := compiled(t, small)
	var wg sync.WaitGroup
	for _, zone := range []string{"Asia/Tokyo", "America/New_York", "Asia/Tokyo", "Nowhere/Land", "Europe/London", ""} {
		wg.Go(func() {
			s := parcel(func(s *waybill.Shipment) { s.TimeZone = zone })
			if _, miss := card.Price("std", s, time.Date(2026, 3, 5, 7, 30, 0, 0, time.UTC)); miss != nil {
				t.Errorf("%s: %s", zone, miss)
			}
		})
	}
	wg.Wait()
}
