package storetest

import (
	"encoding/json"

	"waybill"
)

// Shipment is a whole shipment of an account: two parcels' worth of what real ones carry.
func Shipment(account waybill.ID, id waybill.ID) waybill.Shipment {
	pickup, drop := Start.AddDate(0, 0, 1), Start.AddDate(0, 0, 3)
	from := waybill.Party{
		Contact: waybill.Contact{Name: "Dispatch", Phone: "+1 555 0100", Email: "dispatch@example.com", Company: "Example Warehouse"},
		Address: waybill.Address{Street1: "12 Dock Road", City: "Albany", State: "NY", Postcode: "12207", Country: "US"},
	}
	to := waybill.Party{
		Contact: waybill.Contact{First: "Ana", Last: "Lund", Phone: "+1 555 0199", Email: "ana.lund@example.com", Company: "Lund & Sons"},
		Address: waybill.Address{Street1: "7 Harbour Lane", Street2: "Unit 4", City: "Portland", State: "ME", Postcode: "04101", Country: "US",
			Point: &waybill.Point{Lat: 43.66, Lng: -70.25}},
	}
	parcel := waybill.Parcel{Name: "custom", Size: waybill.Size{Length: "10", Width: "8", Height: "6.5", Unit: waybill.Inch},
		Weight: waybill.Weight{Value: "2.5", Unit: waybill.Pound}, Items: 2, Tracking: "T" + string(id) + "-1"}
	second := parcel
	second.Tracking = "T" + string(id) + "-2"
	return waybill.Shipment{
		Row: waybill.Row{ID: id, Account: account}, Reference: "REF-" + string(id), Reference2: "PO-77", Group: "wave-1", Channel: "web",
		Dialect: "native", CreatedBy: "shop", LocationKey: "L1", From: from, To: to,
		Value: waybill.Amount{Value: "49.90", Currency: "USD"}, Parcels: []waybill.Parcel{parcel, second},
		Items: []waybill.Item{{SKU: "A-1", Title: "Kettle", Quantity: 1, Price: "29.90", Weight: waybill.Weight{Value: "1.2", Unit: waybill.Pound}},
			{SKU: "B-2", Title: "Cups", Quantity: 4, Price: "5"}},
		Attributes: json.RawMessage(`{"gift":false,"n":0}`),
		PickupTime: waybill.Window{Starts: &pickup}, DeliveryTime: waybill.Window{Ends: &drop},
		Booking: waybill.Booked, Transit: waybill.LabelMade,
		Provider: &waybill.Provider{Carrier: "house", Name: "House", DisplayName: "House Couriers", Service: "ground", ServiceName: "Ground"},
		Tracking: "T" + string(id) + "-1", Bought: waybill.Money{Minor: 812, Currency: "USD"}, Sold: waybill.Money{Minor: 890, Currency: "USD"},
	}
}
