package lynkup

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

func statusesIn(t *testing.T, body []byte) []string {
	t.Helper()
	var histories []statusHistory
	if err := json.Unmarshal(body, &histories); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range histories[0].OrderStatus {
		list = append(list, row.Status)
	}
	return list
}

func noted(kind string, id waybill.ID) string {
	return "http://example.com/l/" + kind + "." + string(id)
}

// TestNothingOfAShipmentIsForgotten changes each member of a shipment in turn: it shows in the order or in its
// history, or testdata/unspoken.txt says why not.
func TestNothingOfAShipmentIsForgotten(t *testing.T) {
	var s waybill.Shipment
	event := waybill.Event{Kind: waybill.ShipmentCreated, Actor: "someone"}
	dialecttest.Unspoken(t, "testdata/unspoken.txt", &s, func() []byte {
		labelled, provider := s, *s.Provider
		provider.NoLabel, labelled.Provider = false, &provider
		labelled.Returns = slices.Clone(s.Returns)
		for i := range labelled.Returns {
			labelled.Returns[i].Unlabelled = false
		}
		w, err := json.Marshal([]order{orderOf(&s, statusOf(&s, false), noted), orderOf(&labelled, statusOf(&s, false), noted)})
		if err != nil {
			t.Fatal(err)
		}
		history := encodeHistory(&dialect.Request{}, engine.ShipmentHistory{Shipment: s, Events: []waybill.Event{event}})
		return fmt.Appendf(nil, `{"order":%s,"history":%s}`, w, history.Body)
	})
}

// TestEveryMemberIsDescribed holds a whole order and a whole webhook against openapi.yaml, both ways: nothing
// is on the wire that the document does not know, and nothing in the document is missing on the wire.
func TestEveryMemberIsDescribed(t *testing.T) {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData(spec)
	if err != nil {
		t.Fatal(err)
	}
	var e waybill.Event
	dialecttest.Fill(&e)
	e.Kind, e.Subject.Provider.NoLabel = waybill.ShipmentTracked, false
	message, ok := speak(e, dialect.Endpoint{Now: e.At, Link: noted})
	if !ok {
		t.Fatal("a scan is not spoken")
	}
	for _, c := range []struct {
		schema string
		body   []byte
	}{
		{"Order", dialect.JSON(200, orderOf(e.Subject, "IN_TRANSIT", noted)).Body},
		{"Notice", message.Body},
		{"Order", dialect.JSON(200, orderOf(&waybill.Shipment{Row: waybill.Row{ID: e.ID}}, "REQUEST_RECEIVED", noted)).Body},
	} {
		var v map[string]any
		if err := json.Unmarshal(c.body, &v); err != nil {
			t.Fatal(err)
		}
		schema := document.Components.Schemas[c.schema].Value
		if err := schema.VisitJSON(v, openapi3.EnableJSONSchema2020()); err != nil {
			t.Errorf("%s: %v\n%s", c.schema, err, c.body)
		}
		known := map[string]bool{}
		for name := range schema.Properties {
			known[name] = true
		}
		for _, part := range schema.AllOf {
			for name := range part.Value.Properties {
				known[name] = true
			}
		}
		for name := range v {
			if !known[name] {
				t.Errorf("%s: openapi.yaml does not know %s", c.schema, name)
			}
		}
	}
}

// TestAmountsOfAnotherCurrencyAreNotShown: the wire has one currency, so a price in another is left out rather
// than shown as what it is not.
func TestAmountsOfAnotherCurrencyAreNotShown(t *testing.T) {
	s := waybill.Shipment{
		Booking: waybill.Booked, Provider: &waybill.Provider{Name: "UPS"}, Value: waybill.Amount{Value: "1", Currency: "USD"},
		Sold: waybill.Money{Minor: 1033, Currency: "USD"}, Bought: waybill.Money{Minor: 900, Currency: "USD"},
	}
	if o := orderOf(&s, "", noted); o.Amount == nil || *o.Amount != "10.33" || *o.Fee != "10.33" {
		t.Errorf("amount %v, fee %v: the account pays 10.33", o.Amount, o.Fee)
	}
	s.Sold.Currency = "CAD"
	if o := orderOf(&s, "", noted); o.Amount != nil || o.Fee != nil {
		t.Errorf("10.33 CAD is shown as %v USD", *o.Amount)
	}
}

// sample is an ordinary booked order.
func sample(i int) waybill.Shipment {
	at := time.Date(2026, 11, 21, 15, 0, i, 0, time.UTC)
	later := at.Add(time.Hour)
	point := &waybill.Point{Lat: 42.3346944, Lng: -71.071818}
	party := waybill.Party{
		Contact: waybill.Contact{Name: "Charlize Brian", Phone: "+1 201-555-5555", Email: "c.brian@example.com"},
		Address: waybill.Address{Street1: "5411 Mercedes Avenue", City: "Dallas", State: "TX", Postcode: "75206", Country: "US", Point: point},
	}
	return waybill.Shipment{
		Row:       waybill.Row{ID: waybill.ID(fmt.Sprintf("%024x", i)), Number: int64(i), Created: at, Updated: at},
		Reference: fmt.Sprintf("order-%d", i), Tenant: "tenant", Brand: "brand", LocationKey: "100983", From: party, To: party,
		Value: waybill.Amount{Value: "78.65", Currency: "USD"}, Instructions: "The dog may be playing in the yard.",
		Parcels: []waybill.Parcel{{
			Name: "small", Items: 1, Size: waybill.Size{Length: "6", Width: "6", Height: "6", Unit: waybill.Inch},
			Weight: waybill.Weight{Value: "10", Unit: waybill.Pound}, Tracking: "1Z999AA10123456784",
		}},
		Items: []waybill.Item{{
			SKU: "sku 1", Title: "Watch", Quantity: 1, Price: "3", SalePrice: "3",
			Size: waybill.Size{Length: "3", Width: "2", Height: "2", Unit: waybill.Inch}, Weight: waybill.Weight{Value: "1", Unit: waybill.Pound},
		}},
		PickupTime: waybill.Window{Starts: &at}, DeliveryTime: waybill.Window{Ends: &later}, EstimatedDrop: waybill.Window{Ends: &later},
		Booking: waybill.Booked, Transit: waybill.InTransit, Tracking: "1Z999AA10123456784", TrackingURL: "https://ups.example/1Z999AA10123456784",
		Provider: &waybill.Provider{ExternalID: "abc123", Name: "UPS", DisplayName: "UPS", Service: "03", ServiceName: "Ground"},
		Bought:   waybill.Money{Minor: 1034, Currency: "USD"}, Sold: waybill.Money{Minor: 1034, Currency: "USD"},
	}
}

// BenchmarkEncodeList writes a page of 1000 orders, about 2 MB.
func BenchmarkEncodeList(b *testing.B) {
	l := listed{}
	for i := range 1000 {
		l.Items = append(l.Items, sample(i))
	}
	r := &dialect.Request{}
	b.ReportAllocs()
	b.SetBytes(int64(len(encodeList(r, l).Body)))
	for b.Loop() {
		encodeList(r, l)
	}
}

// TestReturnsWithoutALabel: a return that is fetched by a carrier without a label has no link to one.
func TestReturnsWithoutALabel(t *testing.T) {
	back := waybill.ReturnRef{ID: "r1", Tracking: "T1", Price: waybill.Money{Minor: 550, Currency: "USD"}}
	if r := returnOf(&back, noted); r.LabelLink == nil || *r.LabelLink != "http://example.com/l/return.r1" || r.Amount.String() != "5.50" {
		t.Errorf("got %+v", r)
	}
	back.Unlabelled = true
	if r := returnOf(&back, noted); r.LabelLink != nil || *r.TrackingNumber != "T1" {
		t.Errorf("got %+v", r)
	}
}
