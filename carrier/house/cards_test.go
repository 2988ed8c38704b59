package house_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
)

// The example cards price what a demo ships. The figures were worked out from the cards by hand.
func TestDemoCards(t *testing.T) {
	cases := []struct {
		name, card string
		shipment   waybill.Shipment
		edit       func(*waybill.Shipment)
		want       []string
	}{
		// Thursday 9:30 UTC is 4:30 in Boston. 4 kg are nine steps of a pound: the 10 lb band; then 9.5 % fuel.
		{"across town", "us", shipment(boston, brooklin, "4"), nil, []string{
			"ground 10.07 USD 2026-03-07T01:00:00Z", // 9.20 + 0.87
			"express 34.00 USD 2026-03-06T17:00:00Z",
			"same_day 16.50 USD 2026-03-06T02:00:00Z",
			"delivery 9.25 USD 2026-03-06T03:00:00Z",
		}},
		// 1367 km is zone 5; 6000 cm³ over 5022 are 1195 g, three steps of a pound: the 5 lb band.
		{"across the country, signed for", "us", shipment(boston, chicago, "1"), func(s *waybill.Shipment) { s.Options.Signature = "required" }, []string{
			"ground 18.86 USD 2026-03-11T00:00:00Z", // 12.20 + 1.16 + 5.50
			"express 49.30 USD 2026-03-09T16:00:00Z",
		}},
		{"to an island", "us", shipment(boston, honolulu, "1"), nil, []string{
			"ground 27.32 USD 2026-03-17T00:00:00Z",
			"express 89.68 USD 2026-03-10T16:00:00Z",
		}},
		{"to another region, no coordinates", "us", shipment(boston, chicago, "1"), func(s *waybill.Shipment) { s.To.Address.Point = nil }, []string{
			"ground 17.03 USD 2026-03-13T00:00:00Z",
			"express 55.90 USD 2026-03-09T16:00:00Z",
		}},
		{"within the region, no coordinates", "us", shipment(boston, brooklin, "1"), func(s *waybill.Shipment) { s.To.Address.Point = nil }, []string{
			"ground 11.55 USD 2026-03-10T00:00:00Z", // 10.55 + 1.00
			"express 37.94 USD 2026-03-06T17:00:00Z",
		}},
		// 7.5 % fuel on 6.95, 5.25 and 4.59.
		{"within England", "gb", shipment(leeds, bristol, "2.5"), nil, []string{
			"next_day 7.47 GBP 2026-03-06T17:30:00Z",
			"two_day 5.64 GBP 2026-03-09T17:30:00Z",
			"economy 4.93 GBP 2026-03-10T20:00:00Z",
		}},
		// 110.39 kg count as 110.5: 81 started kilograms over 30. Economy takes no parcel over 30 kg.
		{"a heavy pair", "gb", shipment(leeds, bristol, "100"), func(s *waybill.Shipment) {
			s.Parcels = append(s.Parcels, waybill.Parcel{Weight: waybill.Weight{Value: "10.39", Unit: waybill.Kilogram}})
		}, []string{
			"next_day 55.69 GBP 2026-03-06T17:30:00Z", // 13.40 + 36.45 + 1.95 + 3.89
			"two_day 44.18 GBP 2026-03-09T17:30:00Z",
		}},
		{"to the Highlands", "gb", shipment(leeds, inverary, "1"), nil, []string{
			"next_day 10.70 GBP 2026-03-09T17:30:00Z",
			"two_day 8.01 GBP 2026-03-10T17:30:00Z",
			"economy 6.07 GBP 2026-03-12T20:00:00Z",
		}},
		{"to Paris", "gb", shipment(leeds, paris, "1"), nil, []string{
			"europe_road 11.77 GBP 2026-03-11T18:00:00Z",
			"europe_express 33.27 GBP 2026-03-06T12:00:00Z",
		}},
		// 9:30 UTC is 15:00 in Delhi, the cut-off: it leaves on Friday, and Saturday is a working day.
		{"within a city", "in", shipment(delhi, delhi, "1.2"), nil, []string{
			"surface 122.13 INR 2026-03-09T15:30:00Z", // 90.00 + 15 % + 18 %
			"express 168.27 INR 2026-03-07T15:30:00Z",
		}},
		{"metro to metro, cash on delivery", "in", shipment(delhi, mumbai, "1.2"), func(s *waybill.Shipment) {
			s.Options.COD = waybill.Amount{Value: "1500", Currency: "INR"}
		}, []string{
			"surface 231.75 INR 2026-03-11T15:30:00Z", // 136.00 + 20.40 + at least 40.00 + 35.35
			"express 326.74 INR 2026-03-09T15:30:00Z",
		}},
		// 21 % tax on each: 4.45 + 0.93, 4.05 + 0.85 and so on. 9:30 UTC is 10:30 in Amsterdam, before noon.
		{"within Amsterdam", "nl", shipment(rotterdam, amsterdam, "1"), nil, []string{
			"NEXT_DAY_48 5.38 EUR 2026-03-06T21:00:00Z",
			"NEXT_DAY_60 4.90 EUR 2026-03-09T21:00:00Z",
			"SAME_DAY_24 7.20 EUR 2026-03-05T21:00:00Z",
			"SAME_DAY_SAT_24 8.41 EUR 2026-03-07T21:00:00Z",
			"SAME_DAY_SUN_24 9.01 EUR 2026-03-08T21:00:00Z",
			"EXPRESS_0900 18.09 EUR 2026-03-06T08:00:00Z",
			"EXPRESS_0930 16.88 EUR 2026-03-06T08:30:00Z",
			"EXPRESS_1030 15.06 EUR 2026-03-06T09:30:00Z",
			"EXPRESS_1200 12.64 EUR 2026-03-06T11:00:00Z",
			"EXPRESS_1700 10.22 EUR 2026-03-06T16:00:00Z",
			"EXPRESS_1800 9.98 EUR 2026-03-06T17:00:00Z",
			"EXPRESS_2200 9.01 EUR 2026-03-06T21:00:00Z",
			"EXPRESS_SAT 10.83 EUR 2026-03-07T21:00:00Z",
			"EXPRESS_SUN 11.43 EUR 2026-03-08T21:00:00Z",
			"INSTANT_02 21.72 EUR 2026-03-05T22:00:00Z",
		}},
		{"to Antwerp", "nl", shipment(rotterdam, antwerp, "1"), nil, []string{
			"NEXT_DAY_48 13.85 EUR 2026-03-10T21:00:00Z", // 11.45 + 2.40
			"NEXT_DAY_60 12.04 EUR 2026-03-11T21:00:00Z",
		}},
		{"to the north-east", "in", shipment(delhi, guwahati, "1.2"), nil, []string{
			"surface 284.97 INR 2026-03-14T15:30:00Z",
			"express 503.45 INR 2026-03-11T15:30:00Z",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.edit != nil {
				c.edit(&c.shipment)
			}
			rates, err := open(t, c.card, waybill.ModeLive, nil).Quote(context.Background(), carrier.QuoteRequest{Shipment: c.shipment, Now: thursday})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rates {
				got = append(got, fmt.Sprintf("%s %s %s", r.Service, r.Total, r.Delivery.Format("2006-01-02T15:04:05Z07:00")))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The services that the documentation and the demo data name.
func TestDemoCatalogues(t *testing.T) {
	want := map[string][]string{
		"us": {"outgoing ground Ground", "outgoing express Express", "outgoing same_day Same Day", "outgoing delivery Delivery", "incoming return Return"},
		"gb": {
			"outgoing next_day Next Day", "outgoing two_day Two Day", "outgoing economy Economy", "outgoing europe_road Europe Road",
			"outgoing europe_express Europe Express", "incoming returns_24 Tracked Returns 24", "incoming returns_48 Tracked Returns 48",
		},
		"nl": {
			"outgoing NEXT_DAY_48 Next day", "outgoing NEXT_DAY_60 Next day, within 60 hours", "outgoing SAME_DAY_24 Same day",
			"outgoing SAME_DAY_SAT_24 Same day, Saturday", "outgoing SAME_DAY_SUN_24 Same day, Sunday",
			"outgoing EXPRESS_0900 Express before 09:00", "outgoing EXPRESS_0930 Express before 09:30", "outgoing EXPRESS_1030 Express before 10:30",
			"outgoing EXPRESS_1200 Express before 12:00", "outgoing EXPRESS_1700 Express before 17:00", "outgoing EXPRESS_1800 Express before 18:00",
			"outgoing EXPRESS_2200 Express before 22:00", "outgoing EXPRESS_SAT Express, Saturday", "outgoing EXPRESS_SUN Express, Sunday",
			"outgoing INSTANT_02 Within two hours", "incoming RETURN_48 Return",
		},
		"in": {"outgoing surface Surface", "outgoing express Express", "incoming reverse Reverse Pickup"},
	}
	for country, services := range want {
		var got []string
		for _, s := range open(t, country, waybill.ModeLive, nil).Services() {
			got = append(got, fmt.Sprintf("%s %s %s", s.Direction, s.Code, s.Name))
		}
		if diff := cmp.Diff(services, got); diff != "" {
			t.Errorf("%s: %s", country, diff)
		}
	}
	if _, err := house.DemoCard("../us"); waybill.ReasonOf(err) != waybill.ReasonUnknownRecord {
		t.Errorf("got %v", err)
	}
}
