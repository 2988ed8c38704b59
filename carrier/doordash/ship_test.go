package doordash

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/doordash/doordashsim"
	"waybill/internal/fixture"
)

// monday is when tests begin: seven in the morning in Los Angeles.
var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// desk is a connection to a simulator, as the engine holds it.
type desk struct {
	*testing.T
	*carrier.Carrier
	sim   *doordashsim.Sim
	clock *waybill.ManualClock
}

func newDesk(t *testing.T, more carrier.Settings) *desk {
	t.Helper()
	clock := waybill.NewManualClock(monday)
	sim, base := simulated(t, clock)
	settings := map[string]string{"developer_id": doordashsim.DefaultDeveloperID, "key_id": doordashsim.DefaultKeyID}
	for name, value := range more {
		settings[name] = value
	}
	c, err := carrier.Open(Driver(), waybill.Connection{Mode: waybill.ModeSimulator, Base: base, Settings: settings},
		carrier.Settings{"signing_secret": doordashsim.DefaultSigningSecret},
		carrier.Env{HTTP: http.DefaultClient, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, c, sim, clock}
}

// offer is the one rate of a shipment.
func (d *desk) offer(s waybill.Shipment) waybill.Rate {
	d.Helper()
	rates, err := d.Quote(d.Context(), carrier.QuoteRequest{Shipment: s, Now: d.clock.Now()})
	if err != nil || len(rates) != 1 {
		d.Fatalf("%d rates, %v", len(rates), err)
	}
	return rates[0]
}

func (d *desk) ship(s waybill.Shipment, rate waybill.Rate, key string) (carrier.Booking, error) {
	return d.Ship(d.Context(), carrier.ShipRequest{Shipment: s, Service: service, Rate: rate, Key: key, Now: d.clock.Now()})
}

func (d *desk) find(rate waybill.Rate, key string) (carrier.Booking, error) {
	return d.Find(d.Context(), carrier.FindRequest{Key: key, Token: rate.Token, Service: service, Parcels: 1, Since: monday})
}

func (d *desk) sold() (ids []string) {
	for _, one := range d.sim.State().Deliveries {
		if one.Status != "quote" && one.Status != "cancelled" {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

func TestAQuoteIsAcceptedWhileItIsGood(t *testing.T) {
	d := newDesk(t, carrier.Settings{"tip": "300"})
	rate := d.offer(sample())
	if rate.Expires == nil || !rate.Expires.Equal(monday.Add(5*time.Minute)) || rate.Pickup == nil || rate.Delivery == nil || !rate.Delivery.After(*rate.Pickup) {
		t.Errorf("the offer's times: %+v", rate)
	}
	if last := rate.Charges[len(rate.Charges)-1]; last.Name != "Tip" || last.Amount.Minor != 300 {
		t.Errorf("the tip is not in the price: %+v", rate.Charges)
	}
	d.clock.Advance(4 * time.Minute)
	booking, err := d.ship(sample(), rate, "k-1")
	if err != nil || booking.CarrierID != rate.Token || booking.Price != rate.Total || len(booking.Warnings) != 0 {
		t.Fatalf("%+v, %v", booking, err)
	}
	if got := d.sold(); !slices.Equal(got, []string{rate.Token}) || d.sim.Mischief().Calls(doordashsim.OpCreate) != 0 {
		t.Errorf("sold %v", got)
	}
	found, err := d.find(rate, "k-1")
	if err != nil || found.CarrierID != rate.Token {
		t.Errorf("found %s, %v", found.CarrierID, err)
	}
	if len(booking.Labels)+len(found.Labels) != 0 {
		t.Error("there are labels")
	}
}

func TestAQuoteThatRanOutIsReplacedByADelivery(t *testing.T) {
	for name, wait := range map[string]time.Duration{"we know": 5 * time.Minute, "only DoorDash knows": 0} {
		d := newDesk(t, nil)
		rate := d.offer(sample())
		d.clock.Advance(wait)
		if wait == 0 { // our clock says that it is good, DoorDash's that it is not
			later := monday.Add(time.Hour)
			rate.Expires = &later
			d.clock.Advance(6 * time.Minute)
		}
		booking, err := d.ship(sample(), rate, "k-1")
		if err != nil || booking.CarrierID != "k-1" {
			t.Fatalf("%s: %+v, %v", name, booking, err)
		}
		if got := d.sold(); !slices.Equal(got, []string{"k-1"}) {
			t.Errorf("%s: sold %v", name, got)
		}
	}
}

func TestALostAcceptanceIsFoundByItsQuote(t *testing.T) {
	for _, kind := range []fixture.Kind{fixture.Drop, fixture.FailAfter, fixture.Garbage, fixture.Outage} {
		d := newDesk(t, nil)
		rate := d.offer(sample())
		if err := d.sim.Mischief().Set(doordashsim.OpAccept, kind, 1); err != nil {
			t.Fatal(err)
		}
		_, err := d.ship(sample(), rate, "k-1")
		if e := waybill.AsError(err); err == nil || !e.Unsure {
			t.Fatalf("%s: %v", kind, err)
		}
		found, err := d.find(rate, "k-1")
		if kind == fixture.Outage {
			if !waybill.IsCode(err, waybill.NotFound) || len(d.sold()) != 0 {
				t.Errorf("a quote that was not accepted: %+v, %v", found, err)
			}
			continue
		}
		if err != nil || found.CarrierID != rate.Token || len(d.sold()) != 1 {
			t.Errorf("%s: found %+v, %v, sold %v", kind, found, err, d.sold())
		}
	}
}

func TestAKeyThatIsTakenIsLookedAt(t *testing.T) {
	d := newDesk(t, nil)
	first, err := d.ship(sample(), waybill.Rate{}, "k-1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.ship(sample(), waybill.Rate{}, "k-1")
	if err != nil || again.CarrierID != first.CarrierID || again.Price != first.Price || len(d.sold()) != 1 {
		t.Errorf("%+v, %v; sold %v", again, err, d.sold())
	}
	if err := d.sim.Mischief().Set(doordashsim.OpGet, fixture.Outage, 1); err != nil {
		t.Fatal(err)
	}
	if _, err = d.ship(sample(), waybill.Rate{}, "k-1"); err == nil || !waybill.AsError(err).Unsure {
		t.Errorf("nobody could look, and yet: %v", err)
	}
	if err := d.Void(t.Context(), carrier.VoidRequest{CarrierID: "k-1"}); err != nil {
		t.Fatal(err)
	}
	if _, err = d.ship(sample(), waybill.Rate{}, "k-1"); err == nil || waybill.AsError(err).Unsure || waybill.AsError(err).Severity != waybill.Hard {
		t.Errorf("what was cancelled is there again: %v", err)
	}
}

func TestAllParcelsHaveOneNumber(t *testing.T) {
	d := newDesk(t, nil)
	s := sample()
	s.Parcels = append(s.Parcels, s.Parcels[0])
	s.TotalWeight, s.Parcels[0].Weight, s.Parcels[1].Weight = waybill.Weight{Value: "3", Unit: waybill.Pound}, waybill.Weight{}, waybill.Weight{}
	booking, err := d.ship(s, d.offer(s), "k-1")
	if err != nil || len(booking.Numbers) != 2 || booking.Numbers[0] != booking.Numbers[1] {
		t.Fatalf("%+v, %v", booking, err)
	}
	if got := d.sim.State().Deliveries[0].Weights; !slices.Equal(got, []string{"1.5014", "1.5014"}) { // 681 grams each
		t.Errorf("weights %v", got)
	}
}

func TestWhatDoorDashDoesNotServeIsLeftOut(t *testing.T) {
	d := newDesk(t, nil)
	for name, change := range map[string]func(*waybill.Shipment){
		"too far":      func(s *waybill.Shipment) { s.To.Address.Postcode = "91710" },
		"unknown area": func(s *waybill.Shipment) { s.To.Address.Postcode = "04616" },
		"Germany":      func(s *waybill.Shipment) { s.To.Address.Country = "DE" },
	} {
		s := sample()
		change(&s)
		var refused []string
		rates, err := d.Quote(t.Context(), carrier.QuoteRequest{
			Shipment: s, Now: monday, Refused: func(service, why string) { refused = append(refused, service+": "+why) },
		})
		if err != nil || len(rates) != 0 || len(refused) != 1 || !strings.HasPrefix(refused[0], "delivery: DoorDash") {
			t.Errorf("%s: %v, %v, %q", name, rates, err, refused)
		}
	}
}

func TestPricesAreItemised(t *testing.T) {
	d := newDesk(t, nil)
	s := sample()
	s.Value.Currency = "CAD"
	s.From.Address = waybill.Address{Street1: "301 Front Street West", City: "Toronto", State: "ON", Postcode: "M5V 2T6", Country: "CA"}
	s.To.Address = waybill.Address{Street1: "60 Harbour Street", City: "Toronto", State: "ON", Postcode: "M5H 1A1", Country: "CA"}
	rate := d.offer(s)
	var kinds []string
	for _, c := range rate.Charges {
		kinds = append(kinds, fmt.Sprintf("%s %d", c.Kind, c.Amount.Minor))
	}
	if want := []string{"other 100", "base 875", "tax 127"}; !slices.Equal(kinds, want) || rate.Total != (waybill.Money{Minor: 1102, Currency: "CAD"}) {
		t.Errorf("%v, %s", kinds, rate.Total)
	}
}

// TestRefusals: what DoorDash cannot do is refused before it is asked, naming the field.
func TestRefusals(t *testing.T) {
	d := newDesk(t, nil)
	for _, tt := range []struct {
		path   string
		change func(*waybill.Shipment)
	}{
		{"to.contact.phone", func(s *waybill.Shipment) { s.To.Contact.Phone = "" }},
		{"to.contact.phone", func(s *waybill.Shipment) { s.To.Contact.Phone = "ring at Ada's" }},
		{"from.contact.phone", func(s *waybill.Shipment) { s.From.Contact.Phone = "12345" }},
		{"to.address.country", func(s *waybill.Shipment) { s.To.Address.Country = "DE" }},
		{"to.address.street", func(s *waybill.Shipment) { s.To.Address.Street1, s.To.Address.Apartment = "", "" }},
		{"to.address.postcode", func(s *waybill.Shipment) { s.To.Address.Postcode, s.To.Address.City = "", "" }},
		{"value.currency", func(s *waybill.Shipment) { s.Value.Currency = "EUR" }},
		{"value", func(s *waybill.Shipment) { s.Value.Value = "30000000" }},
		{"items[1].price", func(s *waybill.Shipment) { s.Items[1].Price = "100000" }},
		{"parcels[0].weight", func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = "454" }},
		{"options.temperature", func(s *waybill.Shipment) { s.Options.Temperature = "Frozen" }},
		{"parcels[0].temperature", func(s *waybill.Shipment) { s.Parcels[0].Temperature = "refrigerated" }},
		{"options.dangerous_goods", func(s *waybill.Shipment) { s.Options.DangerousGoods = true }},
		{"options.insurance", func(s *waybill.Shipment) { s.Options.Insurance = waybill.Amount{Value: "5", Currency: "USD"} }},
		{"options.cod", func(s *waybill.Shipment) { s.Options.COD = waybill.Amount{Value: "5", Currency: "USD"} }},
		{"options.pin", func(s *waybill.Shipment) { s.Options.PIN = true }},
		{"options.format", func(s *waybill.Shipment) { s.Options.Format = "crate" }},
		{"options.enhancement", func(s *waybill.Shipment) { s.Options.Enhancement = "saturday_delivery" }},
		{"options.undeliverable", func(s *waybill.Shipment) { s.Options.Undeliverable = waybill.UndeliverableDonate }},
		{"options.signature", func(s *waybill.Shipment) { s.Options.Signature = "in blood" }},
		{"options.signature", func(s *waybill.Shipment) { s.Options.Signature, s.Options.Enhancement = "required", "contactless" }},
		{"options.ship_date", func(s *waybill.Shipment) { s.Options.ShipDate = "2026-11-24" }},
	} {
		s := sample()
		tt.change(&s)
		_, err := d.ship(s, waybill.Rate{}, "k-1")
		e := waybill.AsError(err)
		if err == nil || e.Reason != waybill.ReasonFields || e.Severity != waybill.Hard || e.Unsure || len(e.Fields) != 1 || e.Fields[0].Path != tt.path {
			t.Errorf("want one field %s, got %v %+v", tt.path, err, e)
		}
	}
	if n := len(d.sold()); n != 0 {
		t.Errorf("%d were sold", n)
	}
}

// TestOrders: how a shipment reads in DoorDash's words.
func TestOrders(t *testing.T) {
	a := &adapter{}
	at := func(minutes int) *time.Time {
		moment := monday.Add(time.Duration(minutes) * time.Minute)
		return &moment
	}
	for _, tt := range []struct {
		name, got, want string
		change          func(*waybill.Shipment)
	}{
		{"a pickup soon, and a delivery that nobody can make", "times", "2026-11-23T15:01:00Z - [] []", func(s *waybill.Shipment) { s.PickupTime.Starts, s.DeliveryTime.Ends = at(1), at(2) }},
		{"a pickup and a delivery", "times", "2026-11-23T15:30:00Z 2026-11-23T16:30:00Z [] []", func(s *waybill.Shipment) { s.PickupTime.Starts, s.DeliveryTime.Ends = at(30), at(90) }},
		{"what has gone by", "times", "- - [] []", func(s *waybill.Shipment) { s.PickupTime.Starts = at(-5) }},
		{"a deadline", "times", "- 2026-11-23T16:30:00Z [] []", func(s *waybill.Shipment) { s.DeliveryTime.Ends = at(90) }},
		{"two windows", "times", "- - [2026-11-23T15:30:00Z 2026-11-23T16:00:00Z] [2026-11-23T16:30:00Z 2026-11-23T17:00:00Z]", func(s *waybill.Shipment) {
			s.PickupTime, s.DeliveryTime = waybill.Window{Starts: at(30), Ends: at(60)}, waybill.Window{Starts: at(90), Ends: at(120)}
		}},
		{"a local number", "phone", "+13105550188", func(*waybill.Shipment) {}},
		{"an extension", "phone", "+13105550188", func(s *waybill.Shipment) { s.To.Contact.Phone = "(310) 555-0188 ext. 12" }},
		{"Sydney", "phone", "+61255501234", func(s *waybill.Shipment) { s.To.Address.Country, s.To.Contact.Phone = "AU", "02 5550 1234" }},
		{"from abroad", "phone", "+442079460000", func(s *waybill.Shipment) { s.To.Contact.Phone = "0044 20 7946 0000" }},
		{"an adult's signature", "goods", "true required map[]", func(s *waybill.Shipment) { s.Options.Signature = "Adult" }},
		{"wine", "goods", "false required map[alcohol:true]", func(s *waybill.Shipment) { s.Options.Contents = "alcohol" }},
		{"medicine in a parcel", "goods", "false - map[pharmacy_items:true]", func(s *waybill.Shipment) { s.Parcels[0].Contents = []string{"books", "Pharmacy"} }},
		{"books", "goods", "false - map[]", func(s *waybill.Shipment) { s.Options.Contents = "books" }},
		{"a name that DoorDash bars", "name", "||Smith & Co, Sons", func(s *waybill.Shipment) {
			s.To.Contact = waybill.Contact{Name: "Smith & Co", Company: "Sons", Phone: "3105550188"}
		}},
		{"a whole name", "name", "Ada Augusta|Byron|", func(s *waybill.Shipment) {
			s.To.Contact = waybill.Contact{Name: "Ada Augusta  Byron", Phone: "3105550188"}
		}},
		{"goods without a value", "value", "8450", func(s *waybill.Shipment) { s.Value.Value = "" }},
		{"a sale", "value", "6200", func(s *waybill.Shipment) { s.Value.Value, s.Items[0].SalePrice = "", "1.00" }},
		{"two hundred and fifty", "lines", "1 100 100 50 1", func(s *waybill.Shipment) { s.Items[0].Quantity = 250 }},
		{"Toronto", "address", "60 Harbour Street, Toronto, ON M5H 1A1, Canada", func(s *waybill.Shipment) {
			s.Value.Currency, s.From.Address.Country = "", "CA"
			s.To.Address = waybill.Address{Street1: "60 Harbour Street", City: "Toronto", State: "ON", Postcode: "M5H 1A1", Country: "CA"}
		}},
		{"French", "locale", "fr-CA", func(s *waybill.Shipment) { s.Locale = "fr_FR" }},
	} {
		s := sample()
		tt.change(&s)
		o, err := a.order(s, monday, false)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := reads(o, tt.got); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func reads(o order, part string) string {
	dash := func(text string) string { return firstOf(text, "-") }
	span := func(w *window) string {
		if w == nil {
			return "[]"
		}
		return "[" + w.Start + " " + w.End + "]"
	}
	switch part {
	case "times":
		return strings.Join([]string{dash(o.PickupTime), dash(o.DropoffTime), span(o.PickupWindow), span(o.DropoffWindow)}, " ")
	case "phone":
		return o.DropoffPhone
	case "goods":
		id := ""
		if o.DropoffOptions != nil {
			id = o.DropoffOptions.IDVerification
		}
		return fmt.Sprint(o.Signature, " ", dash(id), " ", o.Contains)
	case "name":
		return strings.Join([]string{o.GivenName, o.FamilyName, o.DropoffName}, "|")
	case "value":
		return fmt.Sprint(*o.Value)
	case "address":
		return o.DropoffAddress
	case "locale":
		return o.Locale
	}
	var counts []string
	for _, one := range o.Items {
		counts = append(counts, fmt.Sprint(one.Quantity))
	}
	return strings.Join(counts, " ")
}

func TestSettings(t *testing.T) {
	for name, value := range map[string]string{"signing_secret": "not base64!", "business_id": "a b", "store_id": "7", "tip": "1.50"} {
		s := carrier.Settings{"developer_id": "d", "key_id": "k", "signing_secret": doordashsim.DefaultSigningSecret, "tip": "0"}
		s[name] = value
		_, err := Driver().Open(s, carrier.Env{Clock: waybill.NewManualClock(monday)})
		if e := waybill.AsError(err); err == nil || !slices.ContainsFunc(e.Fields, func(f waybill.FieldError) bool { return f.Path == "settings."+name || name == "business_id" }) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%+v", *waybill.AsError(err)), "not base64!") {
			t.Error("a secret is in the error")
		}
	}
}

// TestTokensAreKept: one token serves until shortly before its end.
func TestTokensAreKept(t *testing.T) {
	d := newDesk(t, nil)
	for range 12 {
		d.offer(sample())
		d.clock.Advance(50 * time.Second)
	}
	d.clock.Advance(24 * time.Hour)
	d.offer(sample())
	if got := d.sim.Mischief().Calls(doordashsim.OpQuote); got != 13 {
		t.Errorf("%d calls for 13 quotes: a token ran out on the way", got)
	}
}
