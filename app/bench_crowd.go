package app

import (
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"waybill"
)

// crowd makes up shipments of one account over a year, as a shop of some size would have them: the same for the same
// number. Of a hundred, one has the rare tag and one failed; one in ten thousand is held.
type crowd struct {
	account waybill.ID
	size    int
	from    time.Time
	tags    [2]int64 // common, rare
}

// crowdYear is the time over which the shipments were made.
const crowdYear = 365 * 24 * time.Hour

var (
	crowdGiven = strings.Fields("Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Klara Leon Maria Nils Olga Paul Rosa Simon Tina Uwe Vera Wim Yara Zoë Jürgen André Mia Finn Lena Max")
	crowdBegin = strings.Fields("Al Bau Berg Bach Dorn Eich Feld Fisch Gross Hof Horn Klein Kirch Lang Linden Mühl Neu Ober Rosen Schmid Schul Stein Tann Unter Wald Weiss Winter Zimmer Sand Brunn")
	crowdEnd   = strings.Fields("mann er bauer meier hausen t ler berg bach feld hofer stein macher müller wein ert ke ow ski sen")
	crowdTowns = strings.Fields("Bath Bristol Cardiff Derby Durham Exeter Leeds Lincoln London Oxford Preston Ripon Salford Truro Wells York Ely Lichfield Norwich Worcester")
	crowdFirms = strings.Fields("Acorn Beacon Cedar Delta Ember Falcon Garnet Harbor Indigo Juniper Kestrel Lantern Maple Nimbus Orchard Pebble Quartz Raven Saffron Thistle")
)

// surname is the n-th of six hundred family names.
func surname(n int) string {
	return crowdBegin[n%len(crowdBegin)] + crowdEnd[n/len(crowdBegin)%len(crowdEnd)]
}

// made is when the n-th of them was made.
func (c crowd) made(n int) time.Time {
	return c.from.Add(time.Duration(n) * (crowdYear / time.Duration(c.size))).Truncate(time.Microsecond)
}

func (c crowd) id(n int) waybill.ID {
	at := c.made(n).UnixMilli()
	return waybill.ID(hex.EncodeToString([]byte{byte(at >> 40), byte(at >> 32), byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at), 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
}

func (c crowd) reference(n int) string { return fmt.Sprintf("ORDER-%07d", n) }

func (c crowd) tracking(n int) string { return fmt.Sprintf("WB%010d", n*7+3) }

func (c crowd) sscc(n int) string { return fmt.Sprintf("00123450%09d", n) }

func (c crowd) phone(n int) string { return fmt.Sprintf("+44 117 %07d", n) }

// all yields them in the order of their creation.
func (c crowd) all() iter.Seq[waybill.Shipment] {
	return func(yield func(waybill.Shipment) bool) {
		for n := range c.size {
			if !yield(c.shipment(n)) {
				return
			}
		}
	}
}

func (c crowd) shipment(n int) waybill.Shipment {
	random := rand.New(rand.NewPCG(uint64(n), 8))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	given, family, town := pick(crowdGiven), surname(random.IntN(600)), pick(crowdTowns)
	at := c.made(n)
	s := waybill.Shipment{
		Row:       waybill.Row{ID: c.id(n), Account: c.account, Number: int64(200_000 + n), Version: 3, Created: at, Updated: at.Add(48 * time.Hour)},
		Reference: c.reference(n), Reference2: fmt.Sprintf("PO-%d", n/10), Channel: []string{"web", "shop", "phone"}[n%3], Dialect: "native",
		CreatedBy: "bench", Tenant: "bench", LocationKey: fmt.Sprintf("L%d", random.IntN(5)), TimeZone: "Europe/London",
		From: waybill.Party{Contact: waybill.Contact{Name: "Dispatch", Company: "Bench", Phone: "+44 20 7946 0001"},
			Address: waybill.Address{Street1: "1 Dock Road", City: "Bath", Postcode: "BA1 1AA", Country: "GB"}},
		To: waybill.Party{
			Contact: waybill.Contact{Name: given + " " + family, Phone: c.phone(n), Email: strings.ToLower(fmt.Sprintf("%s.%s%d@example.com", given, family, n))},
			Address: waybill.Address{Street1: fmt.Sprintf("%d %s Street", 1+random.IntN(200), pick(crowdFirms)), City: town,
				Postcode: fmt.Sprintf("%s%d %d%s", strings.ToUpper(town[:2]), 1+random.IntN(30), random.IntN(10), "AB"), Country: "GB"},
		},
		Value: waybill.Amount{Value: "49.99", Currency: "GBP"},
		Items: []waybill.Item{{SKU: fmt.Sprintf("SKU-%d", random.IntN(500)), Title: "Kettle", Quantity: 1, Price: "49.99"}},
		Parcels: []waybill.Parcel{{Name: "custom", Size: waybill.Size{Length: "30", Width: "20", Height: "10", Unit: waybill.Centimetre},
			Weight: waybill.Weight{Value: "1.2", Unit: waybill.Kilogram}, Items: 1}},
		Tags: []int64{c.tags[0]}, Booking: waybill.Booked, Transit: waybill.Delivered,
	}
	if random.IntN(4) == 0 {
		s.To.Contact.Company = pick(crowdFirms) + " Ltd"
	}
	switch draw := random.IntN(10_000); {
	case draw == 0:
		s.Booking, s.Transit = waybill.Held, waybill.TransitNone
	case draw < 100:
		s.Booking, s.Transit = waybill.Failed, waybill.TransitNone
	case draw < 500:
		s.Transit = waybill.InTransit
	}
	if random.IntN(2) == 0 {
		s.Tags = nil
	}
	if random.IntN(100) == 0 {
		s.Tags = append(s.Tags, c.tags[1])
	}
	if s.Booking != waybill.Booked {
		return s
	}
	s.Provider = &waybill.Provider{
		ExternalID: "house", Carrier: "house", Name: "House Courier", DisplayName: "House Courier",
		Service: []string{"same_day", "two_day", "ground"}[random.IntN(3)], ServiceName: "Two Day", Mode: waybill.ModeLive,
	}
	s.Tracking, s.Sold, s.Bought = c.tracking(n), waybill.Money{Minor: 650, Currency: "GBP"}, waybill.Money{Minor: 600, Currency: "GBP"}
	s.Charges = []waybill.Charge{{Kind: "base", Name: "Freight", Amount: s.Sold}}
	s.Parcels[0].Tracking, s.Parcels[0].SSCC = s.Tracking, c.sscc(n)
	return s
}
