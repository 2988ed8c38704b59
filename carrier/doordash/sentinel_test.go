package doordash

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/doordash/doordashsim"
)

// TestUnsent: DoorDash is told of each member of a shipment, or refuses it, or need not know.
func TestUnsent(t *testing.T) {
	settings := carrier.Settings{"developer_id": "d", "key_id": "k", "signing_secret": doordashsim.DefaultSigningSecret}
	request := carrier.ShipRequest{Service: service, Key: "k-1", Now: monday}
	carriertest.Unsent(t, across, carriertest.Sent(t, Driver(), settings, request, nil))
}

// across makes a filled shipment one that DoorDash carries across a town, with all that can be said; or, bare, one
// with fewer members that stand in for others.
func across(s *waybill.Shipment, bare bool) {
	like, land, currency := sample(), "US", "USD"
	if !bare {
		land, currency = "CA", "CAD"
	}
	for _, p := range []*waybill.Party{&s.From, &s.To} {
		c := &p.Contact
		c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile = "Ada Byron", "Ada", "Byron", "Harbor Goods", "2135550123", "2135550124"
		p.Address.Country = land
		if bare {
			c.First, c.Last, c.Company, c.Phone = "", "", "", ""
		}
	}
	s.Value = waybill.Amount{Value: "84.50", Currency: currency}
	s.Options = waybill.Options{ShipDate: "2026-11-23", Contents: "alcohol"}
	s.TotalWeight = waybill.Weight{Value: "9", Unit: waybill.Kilogram}
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature, p.Weight, p.Size, p.Contents[0] = "", like.Parcels[0].Weight, like.Parcels[0].Size, "tobacco"
		if bare {
			p.Weight = waybill.Weight{}
		}
	}
	for i := range s.Items {
		item := &s.Items[i]
		item.Quantity, item.Price, item.SalePrice = 2, "12.25", "11.25"
		if bare {
			item.Title, item.SalePrice = "", ""
		}
	}
	if bare {
		s.Value.Value = ""
		s.PickupTime, s.DeliveryTime = waybill.Window{}, waybill.Window{}
	}
}
