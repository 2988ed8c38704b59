package ups

import (
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
)

// TestUnsent: UPS is told of each member of a shipment, or refuses it, or need not know.
func TestUnsent(t *testing.T) {
	settings := carrier.Settings{
		"client_id": "id", "client_secret": "secret", "account_number": "A1B2C3", "negotiated_rates": "yes", "pickup_type": "01", "packaging": "02",
	}
	request := carrier.ShipRequest{
		Service: "65", Key: "k-1", Label: waybill.LabelSpec{Format: waybill.ZPL, DPI: 203}, Now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
	}
	token := `{"access_token":"t","token_type":"Bearer","expires_in":"14399","issued_at":"1795273200000","status":"approved"}`
	carriertest.Unsent(t, abroad, carriertest.Sent(t, Driver(), settings, request, map[string]string{"/security/v1/oauth/token": token}))
}

// abroad makes a filled shipment one that UPS carries across a border, with customs: from New York to
// London, or back and with fewer members that stand in for others.
func abroad(s *waybill.Shipment, bare bool) {
	there, here, currency := &s.From, &s.To, "USD"
	if bare {
		there, here, currency = here, there, "GBP"
	}
	for _, p := range []struct {
		party                                 *waybill.Party
		name, street, city, state, code, land string
	}{
		{there, "Grace Hopper", "350 5th Avenue", "New York", "NY", "10118", "US"},
		{here, "Ada Byron", "1 Poultry", "London", "", "EC2R 8EJ", "GB"},
	} {
		c, a := &p.party.Contact, &p.party.Address
		c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile, c.Email = p.name, "Grace", "Hopper", "Harbor Goods", "2125550123", "2125550124", "grace@example.com"
		a.Street1, a.Street2, a.Street3, a.House, a.Apartment = p.street, "Floor 2", "", "", ""
		a.City, a.State, a.Postcode, a.Country = p.city, p.state, p.code, p.land
	}
	s.Value = waybill.Amount{Value: "84.50", Currency: currency}
	s.Options.Insurance = waybill.Amount{Value: "84.50", Currency: currency}
	s.Options.COD, s.Options.DangerousGoods = waybill.Amount{}, false
	s.Options.Signature, s.Options.Temperature, s.Options.Enhancement, s.Options.Format = "required", "", "", ""
	s.Options.ShipDate = "2026-11-23"
	s.TotalWeight = waybill.Weight{}
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature = ""
		p.Weight = waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		p.Size = waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}
	}
	for i := range s.Items {
		item := &s.Items[i]
		item.SKU, item.Title, item.Quantity, item.Price, item.SalePrice = "MUG-1", "Stoneware mug", 2, "12.25", "12.25"
		item.Weight = waybill.Weight{Value: "0.5", Unit: waybill.Kilogram}
		if bare {
			item.SalePrice = ""
		}
		item.Commodity.Code, item.Commodity.Country, item.Commodity.Description = "691200", "US", "Mug"
		if bare {
			item.Commodity.Country, item.Commodity.Description = "GB", ""
		}
	}
	if bare {
		for _, c := range []*waybill.Contact{&s.From.Contact, &s.To.Contact} {
			c.Name, c.Phone = "", ""
		}
	}
}
