package sqlstore

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"waybill"
)

func sample() waybill.Shipment {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := waybill.Party{Contact: waybill.Contact{Name: "Jane Doe", Phone: "+1 555 0100", Email: "jane@example.com", Company: "Example Inc"},
		Address: waybill.Address{Street1: "502 Park Avenue", Street2: "Floor 3", City: "New York", State: "NY", Postcode: "10022", Country: "US", Point: &waybill.Point{Lat: 40.7, Lng: -73.9}}}
	return waybill.Shipment{Reference: "ORDER-100234", Reference2: "PO-77", Group: "g1", Channel: "web", Dialect: "lynkup", CreatedBy: "client", LocationKey: "7709",
		From: p, To: p, Parcels: []waybill.Parcel{{Name: "custom", Size: waybill.Size{Length: "10", Width: "10", Height: "10", Unit: "in"}, Weight: waybill.Weight{Value: "2.5", Unit: "kg"}, Items: 2, Tracking: "1Z999AA10123456784"}},
		Items:   []waybill.Item{{SKU: "SKU-1", Title: "Widget", Quantity: 2, Weight: waybill.Weight{Value: "1", Unit: "kg"}, Price: "10.50"}, {SKU: "SKU-2", Title: "Gadget", Quantity: 1, Price: "3"}},
		Options: waybill.Options{Signature: "required"}, Attributes: json.RawMessage(`{"a":0,"b":""}`), Booking: waybill.Booked, Transit: waybill.LabelMade,
		PickupTime: waybill.Window{Starts: &now, Ends: &now}, DeliveryTime: waybill.Window{Starts: &now, Ends: &now},
		Provider: &waybill.Provider{Connection: "c", Carrier: "ups", Name: "UPS", Service: "03", ServiceName: "Ground"}, Tracking: "1Z999AA10123456784", Bought: waybill.Money{Minor: 1033, Currency: "USD"}}
}

func BenchmarkCodec(b *testing.B) {
	s := sample()
	body, err := encode(&s)
	if err != nil {
		b.Fatal(err)
	}
	full, _ := json.Marshal(s)
	b.Logf("%d bytes, plain %d", len(body), len(full))
	var back waybill.Shipment
	if err := decode(body, &back); err != nil {
		b.Fatal(err)
	}
	if !reflect.DeepEqual(s, back) {
		b.Fatalf("%+v\n%+v", s, back)
	}
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			encode(&s)
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			var back waybill.Shipment
			decode(body, &back)
		}
	})
	b.Run("plainencode", func(b *testing.B) {
		for b.Loop() {
			json.Marshal(&s)
		}
	})
	b.Run("plaindecode", func(b *testing.B) {
		for b.Loop() {
			var back waybill.Shipment
			json.Unmarshal(full, &back)
		}
	})
}
