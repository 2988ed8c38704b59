package house_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
)

// thursday is a working morning in every zone of the example cards.
var thursday = time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC)

// open opens a live connection with an example card; settings add to it.
func open(t testing.TB, country string, mode waybill.Mode, settings map[string]string) *carrier.Carrier {
	t.Helper()
	card, err := house.DemoCard(country)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"rate_card": string(card)}
	for name, value := range settings {
		all[name] = value
	}
	c, err := carrier.Open(house.Driver(), waybill.Connection{Mode: mode, Settings: all}, nil, carrier.Env{})
	if err != nil {
		t.Fatalf("%v: %+v", err, waybill.AsError(err).Fields)
	}
	return c
}

func address(street, city, state, postcode, country string, lat, lng float64) waybill.Address {
	return waybill.Address{Street1: street, City: city, State: state, Postcode: postcode, Country: country, Point: &waybill.Point{Lat: lat, Lng: lng}}
}

var (
	boston   = address("12 Orchard Street", "Boston", "MA", "02118", "US", 42.3389, -71.0708)
	brooklin = address("9 Pearl Street", "Brookline", "MA", "02445", "US", 42.3257, -71.1341)
	chicago  = address("400 Lake Street", "Chicago", "IL", "60601", "US", 41.8858, -87.6229)
	honolulu = address("1 Palm Road", "Honolulu", "HI", "96813", "US", 21.3099, -157.8581)
	leeds    = address("1 Park Row", "Leeds", "", "LS1 5HN", "GB", 53.7975, -1.5464)
	bristol  = address("2 Corn Street", "Bristol", "", "bs1 1jq", "GB", 51.4545, -2.5936)
	inverary = address("3 Front Street", "Inveraray", "", "PA32 8UY", "GB", 56.2306, -5.0729)
	paris    = address("4 rue Cler", "Paris", "", "75007", "FR", 48.8570, 2.3060)
	delhi    = address("5 Janpath", "New Delhi", "Delhi", "110001", "IN", 28.6263, 77.2185)
	mumbai   = address("6 Hill Road", "Mumbai", "Maharashtra", "400050", "IN", 19.0550, 72.8300)
	guwahati = address("7 GS Road", "Guwahati", "Assam", "781005", "IN", 26.1540, 91.7690)
)

// shipment is one parcel of so many kilograms, 30 x 20 x 10 cm.
func shipment(from, to waybill.Address, kilograms string) waybill.Shipment {
	return waybill.Shipment{
		Reference: "ORDER-77", Reference2: "PO 5", Instructions: "Ring twice",
		From: waybill.Party{Contact: waybill.Contact{Name: "Sender"}, Address: from},
		To:   waybill.Party{Contact: waybill.Contact{Name: "Recipient"}, Address: to},
		Parcels: []waybill.Parcel{{
			Weight: waybill.Weight{Value: waybill.Decimal(kilograms), Unit: waybill.Kilogram},
			Size:   waybill.Size{Length: "30", Width: "20", Height: "10", Unit: waybill.Centimetre},
		}},
	}
}

// What is quoted is what is charged, and the booking has all that a label needs.
func TestQuoteThenShip(t *testing.T) {
	c := open(t, "us", waybill.ModeLive, map[string]string{
		"display_name": "Bay Couriers", "number_prefix": "BC", "sscc_prefix": "00000001", "routing": "DEPOT 4",
	})
	s := shipment(boston, brooklin, "4")
	s.Parcels = append(s.Parcels, s.Parcels[0])
	rates, err := c.Quote(context.Background(), carrier.QuoteRequest{Shipment: s, Now: thursday})
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range rates {
		booking, err := c.Ship(context.Background(), carrier.ShipRequest{
			Shipment: s, Service: rate.Service, Rate: rate, Key: "k", Numbers: []string{"41", "1234567890"}, Now: thursday,
		})
		if err != nil {
			t.Fatalf("%s: %v", rate.Service, err)
		}
		if booking.Price != rate.Total || len(booking.Warnings) != 0 || cmp.Diff(rate.Charges, booking.Charges) != "" {
			t.Errorf("%s: quoted %s, charged %s, warnings %v", rate.Service, rate.Total, booking.Price, booking.Warnings)
		}
		if !booking.Delivery.Equal(*rate.Delivery) || !booking.Pickup.Equal(*rate.Pickup) {
			t.Errorf("%s: quoted %s, booked %s", rate.Service, rate.Delivery, booking.Delivery)
		}
	}
	if len(rates) != 4 {
		t.Fatalf("got %d rates", len(rates))
	}
	booking, err := c.Ship(context.Background(), carrier.ShipRequest{
		Shipment: s, Service: "ground", Key: "k", Numbers: []string{"41", "1234567890"}, Now: thursday,
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"BC0000000414", "BC12345678904"}, booking.Numbers); diff != "" {
		t.Error(diff)
	}
	want := &waybill.Face{
		Carrier: "Bay Couriers", Service: "Ground", From: s.From, To: s.To, ShipDate: "2026-03-05", Piece: 2, Pieces: 2,
		Weight: s.Parcels[1].Weight, Reference: "ORDER-77", Reference2: "PO 5", Routing: "DEPOT 4 LOCAL", Instructions: "Ring twice",
		TrackingNumber: "BC12345678904", SSCC: "000000012345678905", Matrix: "BC12345678904|ORDER-77",
	}
	if diff := cmp.Diff(want, booking.Labels[1].Face); diff != "" {
		t.Error(diff)
	}
	if booking.CarrierID != booking.Numbers[0] || booking.Labels[0].Format != waybill.FormatFace {
		t.Errorf("got %q, %q", booking.CarrierID, booking.Labels[0].Format)
	}
}

// The same request gives the same booking: it may run twice, and nothing it was given is changed.
func TestShipIsPure(t *testing.T) {
	c := open(t, "gb", waybill.ModeLive, nil)
	request := func() carrier.ShipRequest {
		return carrier.ShipRequest{Shipment: shipment(leeds, bristol, "2.5"), Service: "next_day", Key: "k", Numbers: []string{"7"}, Now: thursday}
	}
	given := request()
	first, err := c.Ship(context.Background(), given)
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Ship(context.Background(), given)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	if !reflect.DeepEqual(request(), given) {
		t.Errorf("the request was changed: %+v", given)
	}
}

// A rate from an older card does not bind: the card's price is charged, and the caller is told.
func TestPriceIsTheCards(t *testing.T) {
	c := open(t, "gb", waybill.ModeLive, nil)
	old := waybill.Rate{Service: "next_day", Total: waybill.Money{Minor: 1, Currency: "GBP"}}
	booking, err := c.Ship(context.Background(), carrier.ShipRequest{
		Shipment: shipment(leeds, bristol, "2.5"), Service: "next_day", Rate: old, Key: "k", Numbers: []string{"7"}, Now: thursday,
	})
	if err != nil {
		t.Fatal(err)
	}
	if booking.Price.Minor != 747 || len(booking.Warnings) != 1 ||
		booking.Warnings[0] != "quoted 0.01 GBP, charged 7.47 GBP by rate card gb-1" {
		t.Errorf("charged %s with warnings %q", booking.Price, booking.Warnings)
	}
}

// Labels that must not travel say so; live ones do not.
func TestSample(t *testing.T) {
	for mode, want := range map[waybill.Mode]string{
		waybill.ModeSimulator: "SAMPLE", waybill.ModeSandbox: "SAMPLE", waybill.ModeLive: "",
	} {
		booking, err := open(t, "gb", mode, nil).Ship(context.Background(), carrier.ShipRequest{
			Shipment: shipment(leeds, bristol, "1"), Service: "two_day", Key: "k", Numbers: []string{"7"}, Now: thursday,
		})
		if err != nil {
			t.Fatal(err)
		}
		if face := booking.Labels[0].Face; face.Sample != want || face.SSCC != "" || face.Routing != "MAINLAND" || face.Carrier != "House courier" {
			t.Errorf("%s: %+v", mode, face)
		}
	}
}

// A refusal is certain, and names what to mend.
func TestRefusals(t *testing.T) {
	cases := []struct {
		name, service, path string
		reason              waybill.Reason
		edit                func(*carrier.ShipRequest)
	}{
		{"nowhere it goes", "next_day", "to.address.postcode", waybill.ReasonCarrierAddress, func(r *carrier.ShipRequest) { r.Shipment.To.Address = paris }},
		{"no such service", "teleport", "service", waybill.ReasonUnknownService, nil},
		{"a service for returns", "returns_24", "service", waybill.ReasonUnknownService, nil},
		{"an option it lacks", "economy", "options", waybill.ReasonCarrierAbility, func(r *carrier.ShipRequest) { r.Shipment.Options.Signature = "required" }},
		{"too heavy", "economy", "parcels", waybill.ReasonCarrier, func(r *carrier.ShipRequest) { r.Shipment.Parcels[0].Weight.Value = "31" }},
		{"another currency", "next_day", "options", waybill.ReasonCarrier, func(r *carrier.ShipRequest) {
			r.Shipment.Options.Insurance = waybill.Amount{Value: "5", Currency: "EUR"}
		}},
		{"before the card is valid", "next_day", "service", waybill.ReasonCarrier, func(r *carrier.ShipRequest) { r.Now = thursday.AddDate(-10, 0, 0) }},
		{"a number that is none", "next_day", "numbers[0]", waybill.ReasonFields, func(r *carrier.ShipRequest) { r.Numbers[0] = "WB1" }},
		{"too few numbers", "next_day", "numbers", waybill.ReasonFields, func(r *carrier.ShipRequest) { r.Numbers = nil }},
		{"no parcel", "next_day", "parcels", waybill.ReasonFields, func(r *carrier.ShipRequest) { r.Shipment.Parcels, r.Numbers = nil, nil }},
	}
	c := open(t, "gb", waybill.ModeLive, nil)
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			r := carrier.ShipRequest{Shipment: shipment(leeds, bristol, "1"), Service: k.service, Key: "k", Numbers: []string{"7"}, Now: thursday}
			if k.edit != nil {
				k.edit(&r)
			}
			_, err := c.Ship(context.Background(), r)
			if waybill.ReasonOf(err) != k.reason {
				t.Fatalf("got %v", err)
			}
			if e := waybill.AsError(err); e.Severity != waybill.Hard || e.Unsure || len(e.Fields) != 1 || e.Fields[0].Path != k.path {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// A decision can say why each service that is not among the rates is not.
func TestQuoteSaysWhyNot(t *testing.T) {
	c := open(t, "us", waybill.ModeLive, nil)
	why := map[string]string{}
	rates, err := c.Quote(context.Background(), carrier.QuoteRequest{
		Shipment: shipment(boston, chicago, "1"), Now: thursday, Refused: func(service, reason string) { why[service] = reason },
	})
	if err != nil || len(rates) != 2 {
		t.Fatalf("%v, %d rates", err, len(rates))
	}
	want := map[string]string{"same_day": "Same Day does not serve 60601 US", "delivery": "Delivery does not serve 60601 US"}
	if diff := cmp.Diff(want, why); diff != "" {
		t.Error(diff)
	}
}

func TestReturn(t *testing.T) {
	c := open(t, "gb", waybill.ModeLive, nil)
	original := shipment(leeds, bristol, "1")
	back := carrier.ReturnRequest{
		Return:   waybill.Return{Reference: "RMA-1", From: original.To, To: original.From, Parcels: original.Parcels},
		Original: &original, Service: "returns_48", Key: "k", Numbers: []string{"8"}, Now: thursday,
	}
	booking, err := c.Return(context.Background(), back)
	if err != nil {
		t.Fatal(err)
	}
	face := booking.Labels[0].Face
	if face.From.Address.City != "Bristol" || face.To.Address.City != "Leeds" || face.Reference != "RMA-1" || face.Reference2 != "ORDER-77" {
		t.Errorf("got %+v", face)
	}
	if booking.Price.String() != "3.21 GBP" { // 2.99 and 7.5 % fuel
		t.Errorf("charged %s", booking.Price)
	}
	back.Service = "next_day"
	if _, err := c.Return(context.Background(), back); waybill.ReasonOf(err) != waybill.ReasonUnknownService {
		t.Errorf("an outgoing service brought a parcel back: %v", err)
	}
}

// A label drawn again is the label of the booking.
func TestLabelAgain(t *testing.T) {
	c := open(t, "gb", waybill.ModeLive, map[string]string{"sscc_prefix": "00000001"})
	s := shipment(leeds, bristol, "1")
	booking, err := c.Ship(context.Background(), carrier.ShipRequest{Shipment: s, Service: "next_day", Key: "k", Numbers: []string{"7"}, Now: thursday})
	if err != nil {
		t.Fatal(err)
	}
	request := carrier.LabelRequest{CarrierID: booking.CarrierID, Numbers: booking.Numbers, Shipment: &s, Service: "next_day", Now: thursday}
	labels, err := c.Label(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(booking.Labels, labels); diff != "" {
		t.Error(diff)
	}
	for _, number := range []string{"WB0000000071", "XX0000000074", "WB", "", "WB00000000074"} {
		request.Numbers = []string{number}
		if _, err := c.Label(context.Background(), request); waybill.ReasonOf(err) != waybill.ReasonNoLabel {
			t.Errorf("%q: %v", number, err)
		}
	}
	request.Shipment = nil
	if _, err := c.Label(context.Background(), request); waybill.ReasonOf(err) != waybill.ReasonNoLabel {
		t.Errorf("without a shipment: %v", err)
	}
}

func TestVoidTrackCollect(t *testing.T) {
	c := open(t, "gb", waybill.ModeLive, nil)
	if err := c.Void(context.Background(), carrier.VoidRequest{CarrierID: "WB0000000074"}); err != nil {
		t.Error(err)
	}
	answers, err := c.Track(context.Background(), carrier.TrackRequest{Numbers: []string{"a", "b"}, Now: thursday})
	if err != nil || len(answers) != 2 || !answers[0].Unknown || !answers[1].Unknown {
		t.Errorf("got %+v, %v", answers, err)
	}
	collect := carrier.CollectRequest{
		At: waybill.Party{Address: leeds}, Ready: thursday, Close: thursday.Add(4 * time.Hour), Parcels: 3, Key: "c9",
	}
	collection, err := c.Collect(context.Background(), collect)
	want := carrier.Collection{ID: "PU-c9", Ready: thursday, Close: thursday.Add(4 * time.Hour), Price: waybill.Money{Currency: "GBP"}}
	if diff := cmp.Diff(want, collection); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := c.CancelCollection(context.Background(), "PU-c9"); err != nil {
		t.Error(err)
	}
	if err := c.CancelCollection(context.Background(), "9"); waybill.ReasonOf(err) != waybill.ReasonUnknownRecord {
		t.Errorf("a pickup that nobody booked was called off: %v", err)
	}
	collect.Key = ""
	if _, err := c.Collect(context.Background(), collect); waybill.ReasonOf(err) != waybill.ReasonFields {
		t.Errorf("got %v", err)
	}
}

// Everything wrong with the settings is told at once, the card's mistakes with their place in it.
func TestOpenRefuses(t *testing.T) {
	bad, err := house.DemoCard("gb")
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{
		"rate_card":     strings.Replace(string(bad), `"zone": "ni", "days": 2`, `"zone": "mars", "days": 2`, 1),
		"number_prefix": "wb-", "sscc_prefix": "12",
	}
	paths := func(settings map[string]string) (got []string) {
		_, err := carrier.Open(house.Driver(), waybill.Connection{Settings: settings}, nil, carrier.Env{})
		for _, f := range waybill.AsError(err).Fields {
			got = append(got, f.Path)
		}
		return got
	}
	want := []string{"settings.rate_card.services[0].tariffs[0].zone", "settings.number_prefix", "settings.sscc_prefix"}
	if diff := cmp.Diff(want, paths(settings)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"settings.rate_card"}, paths(map[string]string{"rate_card": "no card"})); diff != "" {
		t.Error(diff)
	}
	if got := house.Driver().Catalogue(carrier.Settings{"rate_card": "no card"}); got != nil {
		t.Errorf("a card that cannot be read lists %v", got)
	}
}

func BenchmarkQuoteAndShip(b *testing.B) {
	card, err := house.DemoCard("us")
	if err != nil {
		b.Fatal(err)
	}
	adapter, err := house.Driver().Open(carrier.Settings{"rate_card": string(card), "number_prefix": "WB"}, carrier.Env{})
	if err != nil {
		b.Fatal(err)
	}
	s := shipment(boston, brooklin, "4")
	numbers := []string{"123456"}
	b.ReportAllocs()
	for b.Loop() {
		rates, err := adapter.(carrier.Quoter).Quote(context.Background(), carrier.QuoteRequest{Shipment: s, Now: thursday})
		if err != nil || len(rates) != 4 {
			b.Fatal(err, len(rates))
		}
		_, err = adapter.Ship(context.Background(), carrier.ShipRequest{
			Shipment: s, Service: rates[0].Service, Rate: rates[0], Key: "k", Numbers: numbers, Now: thursday,
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// An enhancement or format that was asked for is never dropped: a rate card has none.
func TestEnhancementsAreRefused(t *testing.T) {
	card, err := house.DemoCard("us")
	if err != nil {
		t.Fatal(err)
	}
	adapter, err := house.Driver().Open(carrier.Settings{"rate_card": string(card), "display_name": "House"}, carrier.Env{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(o waybill.Options) (rates int, why string) {
		s := waybill.Shipment{
			From:    waybill.Party{Address: waybill.Address{State: "MA", Postcode: "02118", Country: "US", Point: &waybill.Point{Lat: 42.3, Lng: -71.1}}},
			To:      waybill.Party{Address: waybill.Address{State: "MA", Postcode: "02118", Country: "US", Point: &waybill.Point{Lat: 42.3, Lng: -71.1}}},
			Parcels: []waybill.Parcel{{Weight: waybill.Weight{Value: "1", Unit: waybill.Kilogram}}}, Options: o,
		}
		list, err := adapter.(carrier.Quoter).Quote(t.Context(), carrier.QuoteRequest{
			Shipment: s, Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Refused: func(_, said string) { why = said },
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(list), why
	}
	if rates, _ := ask(waybill.Options{}); rates == 0 {
		t.Fatal("the sample is not priced at all")
	}
	for _, o := range []waybill.Options{{Enhancement: "E7"}, {Format: "F2"}} {
		if rates, why := ask(o); rates != 0 || why == "" {
			t.Errorf("%+v: %d rates, refused because %q", o, rates, why)
		}
	}
}
