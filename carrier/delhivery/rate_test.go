package delhivery

import (
	"strings"
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/delhivery/delhiverysim"
)

// TestQuote: express and surface, itemised, with the money to collect and the tax; and the way back.
func TestQuote(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := sample()
	s.Parcels[0].Weight.Value = "0.4"
	s.Options.COD = waybill.Amount{Value: "5000", Currency: "INR"}
	for _, direction := range []waybill.Direction{"", waybill.Incoming} {
		rates, err := d.Quote(t.Context(), carrier.QuoteRequest{Shipment: s, Direction: direction, Now: d.clock.Now()})
		if err != nil || len(rates) != 2 {
			t.Fatalf("%v, %v", rates, err)
		}
		fast, slow := rates[0], rates[1]
		if fast.ServiceName != "Delhivery Express" || slow.ServiceName != "Delhivery Surface" || fast.Total.Minor <= slow.Total.Minor {
			t.Errorf("%+v, %+v", fast, slow)
		}
		if fast.TransitDays >= slow.TransitDays || fast.TransitDays < 1 || !fast.Delivery.Before(*slow.Delivery) {
			t.Errorf("%d and %d days, %s and %s", fast.TransitDays, slow.TransitDays, fast.Delivery, slow.Delivery)
		}
		kinds := map[string]int64{}
		for _, c := range fast.Charges {
			kinds[c.Kind] += c.Amount.Minor
		}
		// 20 x 30 x 10.5 cm is 1260 g, three slabs of the way from Delhi to Bengaluru: 58 + 2 x 48; on 5000 rupees 1.8 %.
		want := map[string]int64{"base": 154_00, "cod": 90_00, "tax": 43_92}
		if direction == waybill.Incoming { // a tenth more, and no money
			want = map[string]int64{"base": 169_40, "tax": 30_49}
		}
		for kind, amount := range want {
			if kinds[kind] != amount {
				t.Errorf("%s %s: %d, want %d", direction, kind, kinds[kind], amount)
			}
		}
		if fast.Chargeable != 1260 || len(kinds) != len(want) {
			t.Errorf("%d g, %v", fast.Chargeable, kinds)
		}
	}
}

// TestQuoteBeyondAllMeasure: a box whose volume leaves all bounds has no price, and says so; none is negative.
func TestQuoteBeyondAllMeasure(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := sample()
	s.Parcels[0].Size = waybill.Size{Length: "1000000", Width: "1000000", Height: "1000000", Unit: waybill.Centimetre}
	for range 2 {
		var refused []string
		rates, err := d.Quote(t.Context(), carrier.QuoteRequest{Shipment: s, Now: d.clock.Now(), Refused: func(service, why string) {
			refused = append(refused, service+" "+why)
		}})
		if err != nil || len(rates) != 0 || len(refused) != 2 {
			t.Errorf("%v: %+v, refused %q", err, rates, refused)
		}
		s.Parcels = append(s.Parcels, s.Parcels[0])
	}
}

// TestWhyNotServed: a lane that is not served has no rates, and its reason is told for each service.
func TestWhyNotServed(t *testing.T) {
	for _, tt := range []struct {
		from, to, country string
		cod               bool
		direction         waybill.Direction
		why               string
	}{
		{"110020", delhiverysim.PinUnknown, "IN", false, "", "does not serve the pincode 999999"},
		{delhiverysim.PinUnknown, "110020", "IN", false, "", "does not serve the pincode 999999"},
		{"110020", delhiverysim.PinEmbargo, "IN", false, "", "embargo"},
		{delhiverysim.PinEmbargo, "110020", "IN", false, "", "embargo"},
		{"110020", delhiverysim.PinNoCOD, "IN", true, "", "cash on delivery"},
		{"110020", delhiverysim.PinNoCOD, "IN", false, "", ""},
		{"110020", delhiverysim.PinNoPrepaid, "IN", false, "", "prepaid"},
		{"110020", delhiverysim.PinNoPrepaid, "IN", true, "", ""},
		{delhiverysim.PinNoPickup, "110020", "IN", false, waybill.Incoming, "fetch"},
		{delhiverysim.PinNoPickup, "110020", "IN", false, "", ""},
		{"110020", "44600", "NP", false, "", "within India"},
	} {
		d := openDesk(t, delhiverysim.Options{})
		s := sample()
		s.From.Address.Postcode, s.To.Address.Postcode, s.To.Address.Country = tt.from, tt.to, tt.country
		if tt.cod {
			s.Options.COD = waybill.Amount{Value: "100", Currency: "INR"}
		}
		told := map[string]string{}
		rates, err := d.Quote(t.Context(), carrier.QuoteRequest{
			Shipment: s, Direction: tt.direction, Now: d.clock.Now(), Refused: func(service, why string) { told[service] = why },
		})
		if err != nil || (len(rates) == 2) != (tt.why == "") || (len(told) == 2) != (tt.why != "") || !strings.Contains(told[express], tt.why) {
			t.Errorf("%+v: %d rates, %v, %v", tt, len(rates), told, err)
		}
	}
}

// TestPricesAreBelievedForAWhile: Delhivery answers fifty questions in five minutes.
func TestPricesAreBelievedForAWhile(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	quote := func() int {
		t.Helper()
		rates, err := d.Quote(t.Context(), carrier.QuoteRequest{Shipment: sample(), Now: d.clock.Now()})
		if err != nil || len(rates) != 2 || rates[0].Total.Minor <= rates[1].Total.Minor || len(rates[0].Charges) != 2 {
			t.Fatalf("%+v, %v", rates, err)
		}
		rates[0].Charges[0].Amount.Minor = 0 // what a caller does with its rates is its own affair
		return d.sim.Mischief().Calls(delhiverysim.OpCharges)
	}
	if a, b := quote(), quote(); a != 2 || b != 2 {
		t.Errorf("%d and %d questions", a, b)
	}
	d.clock.Advance(believed)
	if n := quote(); n != 4 {
		t.Errorf("%d questions after five minutes", n)
	}
}
