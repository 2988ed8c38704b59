package ups

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
)

var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// desk is UPS opened on a judged simulator.
type desk struct {
	*testing.T
	*carrier.Carrier
	judge *judge
	clock *waybill.ManualClock
	n     int
}

func newDesk(t *testing.T, more carrier.Settings) *desk {
	t.Helper()
	d := &desk{T: t, clock: waybill.NewManualClock(monday)}
	j, server := judged(t, d.clock)
	d.judge = j
	h := harness()
	plain := map[string]string{"client_id": h.Settings["client_id"], "account_number": h.Settings["account_number"]}
	for name, value := range more {
		plain[name] = value
	}
	secrets := carrier.Settings{"client_secret": h.Settings["client_secret"], "push_credential": h.Settings["push_credential"]}
	connection := waybill.Connection{Carrier: "ups", Mode: waybill.ModeSimulator, Base: server.URL, Settings: plain}
	var err error
	if d.Carrier, err = carrier.Open(Driver(), connection, secrets, carrier.Env{Clock: d.clock}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) ship(s waybill.Shipment, service string) (carrier.Booking, error) {
	d.n++
	return d.Carrier.Ship(context.Background(), carrier.ShipRequest{
		Shipment: s, Service: service, Key: fmt.Sprintf("6a1b2c3d4e5f60718293a4b5-%d", d.n),
		Label: waybill.LabelSpec{Format: waybill.ZPL, DPI: 203}, Now: monday,
	})
}

// sent is a member of the newest ship request by its path below Shipment, arrays by number.
func (d *desk) sent(path string) any {
	var at any = d.judge.last
	for _, name := range append([]string{"ShipmentRequest", "Shipment"}, strings.Split(path, ".")...) {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

func place(country, state, city, postcode, street string) waybill.Address {
	return waybill.Address{Country: country, State: state, City: city, Postcode: postcode, Street1: street}
}

var (
	london  = place("GB", "", "London", "EC1A 1BB", "10 King Edward Street")
	berlin  = place("DE", "", "Berlin", "10115", "Invalidenstraße 44")
	paris   = place("FR", "", "Paris", "75001", "10 rue de Rivoli")
	toronto = place("CA", "Ontario", "Toronto", "M5V 2T6", "1 Blue Jays Way")
	quebec  = place("CA", "Québec", "Montréal", "H2Y 1C6", "350 rue Saint-Paul Est")
)

func TestWishesReachUPS(t *testing.T) {
	usd := func(v waybill.Decimal) waybill.Amount { return waybill.Amount{Value: v, Currency: "USD"} }
	tests := []struct {
		name    string
		service string
		change  func(*waybill.Shipment)
		want    map[string]any
	}{
		{"a signature at home is the package's", "03", func(s *waybill.Shipment) { s.Options.Signature = "required" },
			map[string]any{"Package.0.PackageServiceOptions.DeliveryConfirmation.DCISType": "2", "ShipmentServiceOptions": nil}},
		{"an adult's signature in Canada too", "11", func(s *waybill.Shipment) {
			s.From.Address, s.To.Address, s.Options.Signature = toronto, quebec, "adult"
		}, map[string]any{
			"Package.0.PackageServiceOptions.DeliveryConfirmation.DCISType": "3",
			"ShipFrom.Address.StateProvinceCode":                            "ON", "ShipTo.Address.StateProvinceCode": "QC", "ShipFrom.Address.PostalCode": "M5V2T6",
			"Package.0.PackageWeight.UnitOfMeasurement.Code": "KGS", "Package.0.PackageWeight.Weight": "2.5",
			"Package.0.Dimensions.UnitOfMeasurement.Code": "CM", "Package.0.Dimensions.Height": "11",
			"Package.0.ReferenceNumber": nil, "ReferenceNumber.0.Value": "6a1b2c3d4e5f60718293a4b5-1",
		}},
		{"a signature abroad is the shipment's", "65", func(s *waybill.Shipment) {
			s.From.Address, s.To.Address, s.Options.Signature = berlin, paris, "required"
		}, map[string]any{"ShipmentServiceOptions.DeliveryConfirmation.DCISType": "1", "Package.0.PackageServiceOptions": nil}},
		{"insurance is shared to the cent", "03", func(s *waybill.Shipment) {
			s.Parcels = append(s.Parcels, s.Parcels[0], s.Parcels[0])
			s.Options.Insurance = usd("100")
		}, map[string]any{
			"Package.0.PackageServiceOptions.DeclaredValue.MonetaryValue": "33.34",
			"Package.2.PackageServiceOptions.DeclaredValue.MonetaryValue": "33.33",
		}},
		{"collect on delivery in America is the package's", "03", func(s *waybill.Shipment) { s.Options.COD = usd("25") },
			map[string]any{"Package.0.PackageServiceOptions.COD.CODFundsCode": "0", "Package.0.PackageServiceOptions.COD.CODAmount.MonetaryValue": "25.00"}},
		{"collect on delivery in Europe is the shipment's", "11", func(s *waybill.Shipment) {
			s.From.Address, s.To.Address = berlin, paris
			s.Options.COD = waybill.Amount{Value: "25", Currency: "EUR"}
		}, map[string]any{"ShipmentServiceOptions.COD.CODFundsCode": "1", "ShipmentServiceOptions.COD.CODAmount.CurrencyCode": "EUR"}},
		{"Saturday delivery", "01", func(s *waybill.Shipment) { s.Options.Enhancement, s.Options.ShipDate = saturdayDelivery, "2026-11-27" },
			map[string]any{"ShipmentServiceOptions.SaturdayDeliveryIndicator": ""}},
		{"goods that cross a border are declared", "65", func(s *waybill.Shipment) {
			s.To.Address = london
			s.Items[0].Commodity = waybill.Commodity{Code: "691110", Country: "PT", Description: "Ceramic cups"}
		}, map[string]any{
			"ShipmentServiceOptions.InternationalForms.FormType.0":                            "01",
			"ShipmentServiceOptions.InternationalForms.Product.0.CommodityCode":               "691110",
			"ShipmentServiceOptions.InternationalForms.Product.0.Unit.Number":                 "2",
			"ShipmentServiceOptions.InternationalForms.Product.0.Unit.Value":                  "12.25",
			"ShipmentServiceOptions.InternationalForms.Product.0.Description.0":               "Ceramic cups",
			"ShipmentServiceOptions.InternationalForms.Contacts.SoldTo.Name":                  "Ada Byron",
			"InvoiceLineTotal.MonetaryValue":                                                  "84.50",
			"ReferenceNumber.1.Value":                                                         "SO-2026-0815",
			"ShipTo.Address.PostalCode":                                                       "EC1A 1BB",
			"ShipTo.AttentionName":                                                            "Ada Byron",
			"ShipmentServiceOptions.InternationalForms.InvoiceDate":                           "20261123",
			"ShipmentServiceOptions.InternationalForms.Product.1.Description.0":               "Green tea",
			"ShipmentServiceOptions.InternationalForms.Contacts.SoldTo.Address.AddressLine.0": "10 King Edward Street",
		}},
		{"a shipment weighed as a whole is shared", "03", func(s *waybill.Shipment) {
			s.Parcels = []waybill.Parcel{{}, {}}
			s.TotalWeight = waybill.Weight{Value: "10", Unit: waybill.Pound}
		}, map[string]any{"Package.0.PackageWeight.Weight": "5.1", "Package.1.PackageWeight.Weight": "5.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, nil)
			s := sample()
			tt.change(&s)
			rates, err := d.Quote(context.Background(), carrier.QuoteRequest{Shipment: s, Now: monday})
			if err != nil {
				t.Fatalf("quote: %v %+v", err, waybill.AsError(err).Fields)
			}
			if !slices.ContainsFunc(rates, func(r waybill.Rate) bool { return r.Service == tt.service }) {
				t.Errorf("service %s is not offered: %+v", tt.service, rates)
			}
			booking, err := d.ship(s, tt.service)
			if err != nil {
				t.Fatalf("ship: %v %+v", err, waybill.AsError(err).Fields)
			}
			for path, want := range tt.want {
				if got := d.sent(path); got != want {
					t.Errorf("%s is %v, want %v", path, got, want)
				}
			}
			if wants := s.To.Address.Country == "GB"; wants != (len(booking.Documents) == 1) {
				t.Errorf("%d papers came for %s", len(booking.Documents), s.To.Address.Country)
			}
		})
	}
}

func TestRefusedBeforeUPSIsAsked(t *testing.T) {
	tests := []struct {
		name   string
		path   string
		change func(*waybill.Shipment)
	}{
		{"a signature UPS has no word for", "options.signature", func(s *waybill.Shipment) { s.Options.Signature = "by pigeon" }},
		{"a signature and money at the door", "options.signature", func(s *waybill.Shipment) {
			s.Options.Signature, s.Options.COD = "required", waybill.Amount{Value: "5", Currency: "USD"}
		}},
		{"dangerous goods", "options.dangerous_goods", func(s *waybill.Shipment) { s.Options.DangerousGoods = true }},
		{"cold", "options.temperature", func(s *waybill.Shipment) { s.Options.Temperature = "frozen" }},
		{"a cold parcel", "parcels[0].temperature", func(s *waybill.Shipment) { s.Parcels[0].Temperature = "refrigerated" }},
		{"an extra UPS has not", "options.enhancement", func(s *waybill.Shipment) { s.Options.Enhancement = "gift_wrap" }},
		{"a package type UPS has not", "options.format", func(s *waybill.Shipment) { s.Options.Format = "large_letter" }},
		{"money at the door in Britain", "options.cod", func(s *waybill.Shipment) {
			s.From.Address, s.To.Address = london, london
			s.Options.COD = waybill.Amount{Value: "5", Currency: "GBP"}
		}},
		{"insurance in no currency", "options.insurance.currency", func(s *waybill.Shipment) { s.Options.Insurance = waybill.Amount{Value: "5"} }},
		{"a parcel nobody weighed", "parcels[0].weight", func(s *waybill.Shipment) { s.Parcels[0].Weight = waybill.Weight{} }},
		{"a state nobody knows", "to.address.state", func(s *waybill.Shipment) { s.To.Address.State = "Transylvania" }},
		{"a city without end", "to.address.city", func(s *waybill.Shipment) { s.To.Address.City = strings.Repeat("Llanfair", 5) }},
		{"nobody's name", "to.contact.name", func(s *waybill.Shipment) { s.To.Contact = waybill.Contact{} }},
		{"no street", "to.address.street", func(s *waybill.Shipment) { s.To.Address.Street1, s.To.Address.Apartment = "", "" }},
		{"a phone number of eighteen digits", "to.contact.phone", func(s *waybill.Shipment) { s.To.Contact.Phone = "123456789012345678" }},
		{"letters UPS cannot print", "to.address.city", func(s *waybill.Shipment) { s.To.Address.City = "東京" }},
	}
	d := newDesk(t, nil)
	for _, tt := range tests {
		s := sample()
		tt.change(&s)
		_, err := d.ship(s, "03")
		e := waybill.AsError(err)
		if err == nil || e.Reason != waybill.ReasonFields || e.Severity != waybill.Hard || e.Unsure || len(e.Fields) != 1 || e.Fields[0].Path != tt.path {
			t.Errorf("%s: want one field %s, got %v %+v", tt.name, tt.path, err, e)
		}
	}
	if n := len(d.judge.sold()); n != 0 {
		t.Errorf("%d were sold", n)
	}
}

func TestNegotiatedPriceIsPreferred(t *testing.T) {
	price := func(negotiated string) waybill.Money {
		d := newDesk(t, carrier.Settings{"negotiated_rates": negotiated})
		booking, err := d.ship(sample(), "03")
		if err != nil {
			t.Fatal(err)
		}
		rates, err := d.Quote(context.Background(), carrier.QuoteRequest{Shipment: sample(), Services: []string{"03"}, Now: monday})
		if err != nil || len(rates) != 1 || rates[0].Total != booking.Price {
			t.Errorf("quoted %+v, charged %s, %v", rates, booking.Price, err)
		}
		if rates[0].TransitDays == 0 || rates[0].Delivery == nil || len(rates[0].Charges) < 2 {
			t.Errorf("no transit time or no itemised charges: %+v", rates[0])
		}
		return booking.Price
	}
	if account, published := price("yes"), price("no"); account.Minor >= published.Minor {
		t.Errorf("the account pays %s, the public %s", account, published)
	}
}

func TestNothingOfferedIsNoError(t *testing.T) {
	d := newDesk(t, nil)
	s := sample()
	s.From.Address, s.To.Address, s.Options.Enhancement = berlin, quebec, saturdayDelivery
	rates, err := d.Quote(context.Background(), carrier.QuoteRequest{Shipment: s, Now: monday})
	if err != nil || len(rates) != 0 {
		t.Errorf("Saturday delivery where there is none: %v, %v", rates, err)
	}
}

func TestLatin(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"Straße  9\n2. Stock", "Straße 9 2. Stock", true},
		{"Škoda – “Plzeň”", `Skoda - "Plzen"`, true},
		{"Cafe\u0301", "Café", true},
		{"Œuvre n° 5…", "OEuvre n° 5...", true},
		{"ﬁne ①", "fine 1", true},
		{"Αθήνα", "", false}, {"東京", "", false}, {"שלום", "", false}, {"😀", "", false},
	} {
		if got, ok := latin(tt.in); ok != tt.ok || ok && got != tt.want {
			t.Errorf("latin(%q) = %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}
