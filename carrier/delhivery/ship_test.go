package delhivery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/delhivery/delhiverysim"
	"waybill/internal/fixture"
)

// request is a purchase of a shipment, under a key of its own.
func (d *desk) request(s waybill.Shipment) carrier.ShipRequest {
	d.keys++
	return carrier.ShipRequest{
		Shipment: s, Service: surface, Key: fmt.Sprintf("5a1b2c3d4e5f60718293a4b5-%d", d.keys),
		Label: waybill.LabelSpec{Format: waybill.PDF, DPI: 203}, Now: d.clock.Now(),
	}
}

// to is the sample, sent to somebody else.
func to(name string) waybill.Shipment {
	s := sample()
	s.To.Contact.Name, s.To.Contact.First, s.To.Contact.Last = name, "", ""
	return s
}

func (d *desk) ship(s waybill.Shipment) (carrier.ShipRequest, carrier.Booking) {
	d.Helper()
	r := d.request(s)
	b, err := d.Ship(d.Context(), r)
	if err != nil {
		d.Fatalf("ship: %+v", waybill.AsError(err))
	}
	return r, b
}

func rupees(n int64) waybill.Money { return waybill.Money{Minor: n * 100, Currency: "INR"} }

// TestThePriceIsThatOfTheOffer: a booking tells no price, so it costs what it was offered for.
func TestThePriceIsThatOfTheOffer(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	r := d.request(sample())
	r.Rate = waybill.Rate{Service: surface, Total: rupees(99), Charges: []waybill.Charge{{Kind: "base", Amount: rupees(99)}}}
	b, err := d.Ship(t.Context(), r)
	if err != nil || b.Price != rupees(99) || len(b.Charges) != 1 {
		t.Errorf("price %s, charges %v, %v", b.Price, b.Charges, err)
	}
	if n := d.sim.Mischief().Calls(delhiverysim.OpCharges); n != 0 {
		t.Errorf("the price was asked for %d times although it was known", n)
	}
	if !strings.HasPrefix(b.CarrierID, "UPL") {
		t.Errorf("the carrier's id is %q, not the number of the upload", b.CarrierID)
	}
}

// TestSeveralBoxesTravelTogether: each has a waybill of the pool, the money is collected once.
func TestSeveralBoxesTravelTogether(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	numbers, err := d.Numbers(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	s := sample()
	s.Parcels = append(s.Parcels, s.Parcels[0])
	s.Options.COD = waybill.Amount{Value: "1249.5", Currency: "INR"}
	r := d.request(s)
	r.Numbers = []string{numbers[1], numbers[0]}
	b, err := d.Ship(t.Context(), r)
	if err != nil || b.Numbers[0] != numbers[1] || b.Numbers[1] != numbers[0] || len(b.Labels) != 2 {
		t.Fatalf("%+v, %v", b.Receipt, err)
	}
	for _, p := range d.sim.State().Parcels {
		if p.Payment != "COD" || p.Collect != "1249.50" || p.Order != r.Key {
			t.Errorf("a box is %+v", p)
		}
	}
	found, err := d.Find(t.Context(), carrier.FindRequest{Key: r.Key, Numbers: r.Numbers, Parcels: 2, Since: monday})
	if err != nil || found.Numbers[0] != numbers[1] || len(found.Labels) != 2 {
		t.Errorf("found %+v, %v", found.Receipt, err)
	}
	if _, err := d.Find(t.Context(), carrier.FindRequest{Key: r.Key, Parcels: 3, Since: monday}); err == nil || waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("two boxes of three: %v", err)
	}
}

// TestABoxThatFailsTakesTheOthersBack: nothing of a purchase that was refused may stay booked.
func TestABoxThatFailsTakesTheOthersBack(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := to(delhiverysim.FailSecond)
	s.Parcels = append(s.Parcels, s.Parcels[0])
	_, err := d.Ship(t.Context(), d.request(s))
	e := waybill.AsError(err)
	if err == nil || e.Severity != waybill.Hard || e.Unsure || !strings.Contains(e.Fault.Message, "box lost") {
		t.Errorf("%+v", e)
	}
	if p := d.sim.State().Parcels; len(p) != 1 || !p[0].Cancelled {
		t.Errorf("booked: %+v", p)
	}
}

// TestRefusals: HTTP 200 with a remark is a refusal with its reason, and its field where one is to blame.
func TestRefusals(t *testing.T) {
	type want struct {
		reason   waybill.Reason
		severity waybill.Severity
		unsure   bool
		field    string
	}
	tests := map[string]struct {
		name  string
		place string
		want  want
	}{
		"suspicious":      {delhiverysim.FailSuspicious, "", want{waybill.ReasonCarrier, waybill.Hard, false, "to.contact.name"}},
		"carrier balance": {delhiverysim.FailBalance, "", want{waybill.ReasonCarrier, waybill.Hard, false, ""}},
		"capacity":        {delhiverysim.FailCapacity, "", want{waybill.ReasonCarrierLimit, waybill.Transient, false, ""}},
		"payment mode":    {delhiverysim.FailAccount, "", want{waybill.ReasonCarrier, waybill.Hard, false, "service"}},
		"consume":         {delhiverysim.FailConsume, "", want{waybill.ReasonCarrierOutage, waybill.Transient, false, ""}},
		"duplicate":       {delhiverysim.FailDuplicate, "", want{waybill.ReasonCarrier, waybill.Transient, true, ""}},
		"place":           {"Asha Rao", "nowhere", want{waybill.ReasonRegistration, waybill.Hard, false, "location"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, delhiverysim.Options{})
			r := d.request(to(tt.name))
			r.Place = tt.place
			_, err := d.Ship(t.Context(), r)
			e := waybill.AsError(err)
			field := ""
			if err != nil && len(e.Fields) > 0 {
				field = e.Fields[0].Path
			}
			if got := (want{e.Reason, e.Severity, e.Unsure, field}); err == nil || got != tt.want {
				t.Fatalf("%+v, want %+v\n%+v", got, tt.want, e)
			}
			if strings.Contains(e.Message, "client.support") || e.Fault.Message == "" {
				t.Errorf("the generic text hides the reason: %q", e.Message)
			}
			if name == "capacity" && e.RetryAfter != 14*time.Hour { // ten in the morning, Indian time
				t.Errorf("again in %s, not at midnight", e.RetryAfter)
			}
			if name == "suspicious" && e.Fault.Code != "ER0005" {
				t.Errorf("code %q", e.Fault.Code)
			}
		})
	}
}

// TestTheWalletAtDelhiveryRunsDry by bookings, not by magic.
func TestTheWalletAtDelhiveryRunsDry(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{Balance: 20_000})
	d.ship(sample())
	if _, err := d.Ship(t.Context(), d.request(sample())); waybill.ReasonOf(err) != waybill.ReasonCarrier {
		t.Errorf("%v", err)
	}
}

// TestNumbersThatAreNotReady: fetched and used at once they are refused, for later.
func TestNumbersThatAreNotReady(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{Prepare: 10 * time.Minute})
	numbers, err := d.Numbers(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	r := d.request(sample())
	r.Numbers = numbers
	if _, err := d.Ship(t.Context(), r); waybill.AsError(err).Severity != waybill.Transient || waybill.AsError(err).Unsure {
		t.Errorf("%+v", err)
	}
	d.clock.Advance(10 * time.Minute)
	if _, err := d.Ship(t.Context(), r); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

// TestWhatIsRefusedBeforeItIsSent: Delhivery has no member for it, so nobody is asked.
func TestWhatIsRefusedBeforeItIsSent(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	for path, spoil := range map[string]func(*waybill.Shipment){
		"options.insurance":       func(s *waybill.Shipment) { s.Options.Insurance = waybill.Amount{Value: "9", Currency: "INR"} },
		"options.signature":       func(s *waybill.Shipment) { s.Options.Signature = "required" },
		"options.pin":             func(s *waybill.Shipment) { s.Options.PIN = true },
		"options.temperature":     func(s *waybill.Shipment) { s.Options.Temperature = "frozen" },
		"options.undeliverable":   func(s *waybill.Shipment) { s.Options.Undeliverable = waybill.UndeliverableDispose },
		"options.enhancement":     func(s *waybill.Shipment) { s.Options.Enhancement = "gift wrap" },
		"options.cod.currency":    func(s *waybill.Shipment) { s.Options.COD = waybill.Amount{Value: "9", Currency: "USD"} },
		"value.currency":          func(s *waybill.Shipment) { s.Value.Currency = "USD" },
		"to.address.country":      func(s *waybill.Shipment) { s.To.Address.Country = "NP" },
		"to.contact.phone":        func(s *waybill.Shipment) { s.To.Contact.Phone = "12345" },
		"parcels[0].weight":       func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = "" },
		"options.dangerous_goods": func(s *waybill.Shipment) { s.Options.DangerousGoods = true },
	} {
		s := sample()
		spoil(&s)
		r := d.request(s)
		r.Service = express
		_, err := d.Ship(t.Context(), r)
		e := waybill.AsError(err)
		if err == nil || e.Reason != waybill.ReasonFields || e.Fields[0].Path != path {
			t.Errorf("%s: %+v", path, e)
		}
	}
	if n := d.sim.Mischief().Calls(delhiverysim.OpCreate); n != 0 {
		t.Errorf("%d were sent", n)
	}
}

// TestGoodsOfMuchValue need a tax document that only a person can enter.
func TestGoodsOfMuchValue(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := sample()
	if _, b := d.ship(s); len(b.Warnings) != 0 {
		t.Errorf("%v", b.Warnings)
	}
	s.Value.Value = "50000"
	if _, b := d.ship(s); len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0], "e-waybill") {
		t.Errorf("%v", b.Warnings)
	}
}

// TestVoid: before the pickup the purchase is given back; after it the parcel is turned round, which is no refund.
func TestVoid(t *testing.T) {
	for _, name := range []string{"Asha Rao", delhiverysim.FateXML} { // who is answered in JSON, and in XML
		d := openDesk(t, delhiverysim.Options{})
		r, b := d.ship(to(name))
		void := carrier.VoidRequest{CarrierID: b.CarrierID, Numbers: b.Numbers, Key: r.Key}
		for range 2 {
			if err := d.Void(t.Context(), void); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		d.clock.Advance(2 * time.Minute) // it takes about one until tracking shows it
		if got := d.track(b.Numbers[0]); got.Status != waybill.TransitVoided {
			t.Errorf("%s: cancelled and %s", name, got.Status)
		}
		if _, err := d.Find(t.Context(), carrier.FindRequest{Key: r.Key, Since: monday.Add(-time.Hour), Parcels: 1}); !waybill.IsCode(err, waybill.NotFound) {
			t.Errorf("%s: a cancelled purchase is found: %v", name, err)
		}

		_, b = d.ship(to(name))
		d.advance(b.Numbers[0], "in_transit")
		err := d.Void(t.Context(), carrier.VoidRequest{Numbers: b.Numbers})
		if waybill.ReasonOf(err) != waybill.ReasonCancelRefused || !strings.Contains(err.Error(), "way back") {
			t.Errorf("%s: void on the way: %v", name, err)
		}
		if got := d.track(b.Numbers[0]); got.Status != waybill.Returning {
			t.Errorf("%s: the parcel is %s", name, got.Status)
		}
		d.clock.Advance(30 * 24 * time.Hour)
		if got := d.track(b.Numbers[0]); got.Status != waybill.Returned {
			t.Errorf("%s: in the end the parcel is %s", name, got.Status)
		}
	}
}

// TestReturn: the customer is the consignee, the warehouse the drop; a courier comes.
func TestReturn(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	s := sample()
	r := carrier.ReturnRequest{
		Return:  waybill.Return{Reference: "RMA 7", From: s.To, To: s.From, Parcels: s.Parcels, Items: s.Items},
		Service: surface, Key: "k-return", Now: d.clock.Now(),
	}
	b, err := d.Return(t.Context(), r)
	if err != nil || !b.Fetched || len(b.Labels) != 0 || b.Price.Minor <= 0 {
		t.Fatalf("%+v, %v", b.Receipt, err)
	}
	if p := d.sim.State().Parcels[0]; p.Payment != "Pickup" || p.Name != "Asha Rao" || !strings.HasPrefix(p.Contents, "RMA 7") {
		t.Errorf("%+v", p)
	}
	var states []waybill.Transit
	for _, to := range []string{"scheduled", "pickup_dispatched", "fetched", "back_pending", "dto"} {
		d.advance(b.Numbers[0], to)
		states = append(states, d.track(b.Numbers[0]).Status)
	}
	if got, want := fmt.Sprint(states), "[pickup_scheduled pickup_started in_transit at_depot delivered]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	found, err := d.Find(t.Context(), carrier.FindRequest{Key: r.Key, Since: monday, Parcels: 1})
	if err != nil || !found.Fetched {
		t.Errorf("%+v, %v", found.Receipt, err)
	}
	back := s.To
	back.Address.Postcode = delhiverysim.PinNoPickup
	r.Return.From, r.Key = back, "k-return-2"
	_, err = d.Return(t.Context(), r)
	if e := waybill.AsError(err); err == nil || len(e.Fields) == 0 || e.Fields[0].Path != "from.address.postcode" {
		t.Errorf("from where nothing is fetched: %+v", e)
	}
	r.Return.Parcels = append(s.Parcels, s.Parcels[0])
	if _, err := d.Return(t.Context(), r); waybill.ReasonOf(err) != waybill.ReasonFields {
		t.Errorf("two parcels: %v", err)
	}
}

// TestEdit: what Delhivery takes reaches it, what it cannot take is refused as a whole.
func TestEdit(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	r, b := d.ship(sample())
	s := r.Shipment
	s.Parcels = []waybill.Parcel{{Weight: waybill.Weight{Value: "3", Unit: waybill.Kilogram}}}
	s.Items = []waybill.Item{{Title: "Teapot", Quantity: 1}}
	s.Options.COD = waybill.Amount{Value: "500", Currency: "INR"}
	s.To.Contact.Phone = "+91 98111 22333"
	edit := carrier.EditRequest{CarrierID: b.CarrierID, Numbers: b.Numbers, Shipment: s, Changed: []string{"to", "parcels", "items", "cod"}}
	if err := d.Edit(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
	p := d.sim.State().Parcels[0]
	if p.Grams != "3000" || p.Payment != "COD" || p.Collect != "500.00" || p.Phone != "9811122333" || p.Contents != "SO-2026-0815: Teapot" {
		t.Errorf("%+v", p)
	}
	for path, spoil := range map[string]func(){
		"to.address.postcode": func() { edit.Shipment.To.Address.Postcode = "600001" },
		"pickup_time":         func() { edit.Changed = []string{"pickup_time"} },
		"parcels":             func() { edit.Changed, edit.Shipment.Parcels = []string{"parcels"}, append(s.Parcels, s.Parcels...) },
	} {
		before := edit
		spoil()
		err := d.Edit(t.Context(), edit)
		if e := waybill.AsError(err); err == nil || e.Reason != waybill.ReasonFrozen || e.Fields[0].Path != path {
			t.Errorf("%s: %+v", path, e)
		}
		edit = before
	}
	d.advance(b.Numbers[0], "dispatched")
	if err := d.Edit(t.Context(), edit); err == nil || waybill.AsError(err).Severity != waybill.Hard {
		t.Errorf("on the van: %v", err)
	}
}

// TestPlaces: a place that has moved is collected from where it is now; one that nobody serves is not registered.
func TestPlaces(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	from := sample().From
	place := carrier.RegisterRequest{Name: "wh-1", Location: waybill.Location{Contact: from.Contact, Address: from.Address}}
	for _, pin := range []string{"110020", "400001"} {
		place.Location.Address.Postcode = pin
		if alias, err := d.Register(t.Context(), place); err != nil || alias != "wh-1" {
			t.Fatalf("%s: %q, %v", pin, alias, err)
		}
	}
	r := d.request(sample())
	r.Place = "wh-1"
	b, err := d.Ship(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if scans := d.track(b.Numbers[0]).Scans; !strings.HasPrefix(scans[0].Place, "Mumbai") {
		t.Errorf("collected from %q", scans[0].Place)
	}
	place.Name, place.Location.Address.Postcode = "wh-2", delhiverysim.PinUnknown
	if _, err := d.Register(t.Context(), place); waybill.ReasonOf(err) != waybill.ReasonRegistration {
		t.Errorf("%v", err)
	}
	if err := d.sim.Mischief().Set(delhiverysim.OpWarehouse, fixture.Outage, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Register(t.Context(), place); waybill.ReasonOf(err) != waybill.ReasonCarrierOutage {
		t.Errorf("%v", err)
	}
}

// TestPickups: one request a place and day; a second one joins it.
func TestPickups(t *testing.T) {
	d := openDesk(t, delhiverysim.Options{})
	at := carrier.CollectRequest{At: sample().From, Ready: monday.Add(3 * time.Hour), Close: monday.Add(6 * time.Hour), Parcels: 2}
	first, err := d.Collect(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	at.Ready = at.Ready.Add(time.Hour)
	second, err := d.Collect(t.Context(), at)
	if err != nil || second.ID != first.ID {
		t.Errorf("%+v then %+v, %v", first, second, err)
	}
	if n := len(d.sim.State().Pickups); n != 1 {
		t.Errorf("%d pickups", n)
	}
	if err := d.CancelCollection(t.Context(), first.ID); waybill.ReasonOf(err) != waybill.ReasonCarrierAbility {
		t.Errorf("%v", err)
	}
	at.Place = "nowhere"
	if _, err := d.Collect(t.Context(), at); waybill.IsCode(err, waybill.CarrierRejected) != true {
		t.Errorf("%v", err)
	}
}
