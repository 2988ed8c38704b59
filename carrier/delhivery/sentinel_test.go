package delhivery

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
)

// TestUnsent: Delhivery is told of each member of a shipment, or refuses it, or need not know.
func TestUnsent(t *testing.T) {
	settings := carrier.Settings{"token": "secret", "client_name": "X", "pickup_location": "Okhla"}
	request := carrier.ShipRequest{Service: surface, Key: "k-1", Rate: waybill.Rate{Total: rupees(100)}, Numbers: make([]string, 1), Now: monday}
	carriertest.Unsent(t, within, carriertest.Sent(t, Driver(), settings, request, nil))
}

// within makes a filled shipment one that Delhivery carries: from Delhi to Bengaluru, or with fewer members that stand
// in for others.
func within(s *waybill.Shipment, bare bool) {
	for _, p := range []struct {
		party                     *waybill.Party
		street, city, state, code string
	}{
		{&s.From, "Plot 5, Okhla Phase III", "New Delhi", "Delhi", "110020"},
		{&s.To, "14 Residency Road", "Bengaluru", "Karnataka", "560025"},
		{s.ReturnTo, "9 Marine Drive", "Mumbai", "Maharashtra", "400001"},
	} {
		c, a := &p.party.Contact, &p.party.Address
		c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile, c.Email = "Asha Rao", "Asha", "Rao", "Rao & Co", "9845011223", "9811000001", "asha@example.com"
		a.Street1, a.Street2, a.Street3, a.House, a.Apartment = p.street, "Floor 2", "Back", "7", "4B"
		a.City, a.State, a.Postcode, a.Country = p.city, p.state, p.code, "IN"
		for i := range p.party.TaxIDs {
			p.party.TaxIDs[i] = waybill.TaxID{Type: "GST", Number: "29ABCDE1234F1Z5", Country: "IN"}
		}
		if bare {
			c.Name, c.Phone = "", ""
		}
	}
	s.Value = waybill.Amount{Value: "84.50", Currency: "INR"}
	if bare {
		s.Value = waybill.Amount{}
	}
	s.Options = waybill.Options{COD: waybill.Amount{Value: "84.50", Currency: "INR"}, ShipDate: "2026-11-23", DangerousGoods: true}
	s.TotalWeight = waybill.Weight{}
	s.Items = s.Items[:1]
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature = ""
		p.Weight = waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		if bare {
			p.Weight, s.TotalWeight = waybill.Weight{}, waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		}
		p.Size = waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}
	}
	for i := range s.Items {
		item := &s.Items[i]
		item.SKU, item.Title, item.Quantity, item.Price, item.SalePrice = "MUG-1", "Stoneware mug", 2, "12.25", "11.25"
		item.Commodity.Code, item.Commodity.Country, item.Commodity.Description = "691200", "IN", "Mug"
		if bare {
			item.Title, item.SalePrice = "", ""
		}
	}
}
