package native_test

import (
	"context"
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/engine"
)

// deaf is a carrier whose answers never come: what it is asked for may have happened.
type deaf struct{}

func deafDriver() carrier.Driver {
	return carrier.Driver{
		Name: "deaf", Title: "Deaf", Kind: deaf{}, Budget: 10, Formats: []waybill.LabelFormat{waybill.FormatFace},
		Services: []carrier.ServiceInfo{{Code: "std", Name: "Standard", Direction: waybill.Outgoing, Abilities: []string{waybill.CanMultiPiece}}},
		Open:     func(carrier.Settings, carrier.Env) (carrier.Adapter, error) { return deaf{}, nil },
	}
}

func silence() error {
	e := waybill.E("deaf", waybill.ReasonCarrierOutage, "no answer in time")
	e.Unsure = true
	return e
}

func (deaf) Quote(context.Context, carrier.QuoteRequest) ([]waybill.Rate, error) {
	return []waybill.Rate{{Service: "std", ServiceName: "Standard", Total: waybill.Money{Minor: 100, Currency: "GBP"}}}, nil
}

func (deaf) Ship(context.Context, carrier.ShipRequest) (carrier.Booking, error) {
	return carrier.Booking{}, silence()
}

func (deaf) Track(_ context.Context, r carrier.TrackRequest) (list []waybill.Tracking, _ error) {
	for _, number := range r.Numbers {
		list = append(list, waybill.Tracking{Number: number, Unknown: true})
	}
	return list, nil
}

func (deaf) Collect(context.Context, carrier.CollectRequest) (carrier.Collection, error) {
	return carrier.Collection{}, silence()
}

func (deaf) CancelCollection(context.Context, string) error { return silence() }

func (deaf) Manifest(context.Context, carrier.ManifestRequest) (carrier.Closing, error) {
	return carrier.Closing{}, silence()
}

// deafen adds a connection to the carrier that does not answer, and a place that it alone collects from.
func (w *world) deafen() {
	w.t.Helper()
	s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin, Account: w.id["shop"]})
	c, err := s.SaveConnection(w.t.Context(), engine.SaveConnection{Connection: waybill.Connection{ExternalID: "deaf", Carrier: "deaf", Name: "deaf", Mode: waybill.ModeLive}})
	w.check(err)
	_, err = s.SaveLocation(w.t.Context(), waybill.Location{
		ExternalID: "wells", Name: "Wells", TimeZone: "Europe/London", Connections: []waybill.ID{c.ID}, Contact: waybill.Contact{Name: "Dispatch", Phone: "01749 000000"},
		Address: waybill.Address{Street1: "1 Market Place", City: "Wells", Postcode: "BA5 2RB", Country: "GB"},
	})
	w.check(err)
}

// TestWhatNobodyKnowsIsDecided: a purchase, a pickup and a manifest without an answer wait for a person's word.
func TestWhatNobodyKnowsIsDecided(t *testing.T) {
	w := begin(t)
	w.deafen()
	asked := and(visit("deaf"), "location", "wells")
	unsure := w.ask("operations", "POST", "/pickups", asked).is(201)
	if unsure.text("state") != "unsure" || unsure.text("failure.reason") != "carrier_outage" {
		t.Error(string(unsure.body))
	}
	w.ask("operations", "POST", "/pickups", asked).refused(409, waybill.ReasonUnsettled)
	path := "/pickups/" + unsure.text("id")
	if a := w.ask("operations", "POST", path+"/decide", object{"confirmed": true}).is(422); a.text("errors.0.path") != "carrier_id" {
		t.Error(string(a.body))
	}
	w.ask("read-only", "POST", path+"/decide", object{"confirmed": false}).refused(403, waybill.ReasonRole)
	w.ask("stranger", "POST", path+"/decide", object{"confirmed": false}).refused(404, waybill.ReasonUnknownRecord)
	if a := w.ask("operations", "POST", path+"/decide", object{"confirmed": true, "carrier_id": "V1"}).is(200); a.text("state") != "confirmed" || a.text("carrier_id") != "V1" {
		t.Error(string(a.body))
	}
	if a := w.ask("operations", "DELETE", path, nil); a.status != 502 || a.get("unsure") != true {
		t.Error("a cancel that is not answered:", a.status, string(a.body))
	}

	shipment := w.ask("admin", "POST", "/shipments", and(and(parcelTo("D-1"), "location", "wells"), "book", object{})).is(201)
	if shipment.text("booking") != "unsettled" {
		t.Fatal(string(shipment.body))
	}
	open := w.ask("read-only", "GET", "/purchases?state=intent,unsure,stuck", nil).is(200)
	purchase := "/purchases/" + open.text("items.0.id")
	if open.count("items") != 1 || open.text("items.0.shipment_id") != shipment.text("id") || open.text("items.0.actions.0") != "decide" {
		t.Fatal(string(open.body))
	}
	if a := w.ask("operations", "POST", purchase+"/decide", object{"bought": true}).is(422); a.text("errors.0.path") != "tracking_numbers" {
		t.Error(string(a.body))
	}
	decided := w.ask("operations", "POST", purchase+"/decide", object{"bought": true, "carrier_id": "C1", "tracking_numbers": []string{"DEAF1"}}).is(200)
	if decided.text("state") != "bought" || decided.text("tracking_numbers.0") != "DEAF1" {
		t.Error(string(decided.body))
	}
	if a := w.ask("read-only", "GET", "/shipments/D-1", nil).is(200); a.text("booking") != "booked" || a.text("tracking_number") != "DEAF1" {
		t.Error(string(a.body))
	}
	again := w.ask("admin", "POST", "/shipments", and(and(parcelTo("D-2"), "location", "wells"), "book", object{})).is(201).text("id")
	for _, p := range w.ask("read-only", "GET", "/purchases?state=intent,unsure,stuck", nil).is(200).get("items").([]any) {
		if p := p.(object); p["shipment_id"] == again {
			purchase = "/purchases/" + p["id"].(string)
		}
	}
	taken := w.ask("operations", "POST", purchase+"/decide", object{"bought": true, "carrier_id": "C2", "tracking_numbers": []string{"DEAF1"}}).refused(422, waybill.ReasonFields)
	if taken.text("errors.0.path") != "tracking_numbers[0]" {
		t.Error("the number of another parcel:", string(taken.body))
	}

	stuck := w.ask("operations", "POST", "/manifests", object{"location": "wells", "connection": "deaf"}).is(201)
	if stuck.text("state") != "stuck" || stuck.text("failure.reason") != "carrier_outage" {
		t.Fatal(string(stuck.body))
	}
	w.ask("operations", "POST", "/manifests", object{"location": "wells", "connection": "deaf"}).refused(409, waybill.ReasonUnsettled)
	manifest := "/manifests/" + stuck.text("id")
	w.ask("stranger", "POST", manifest+"/decide", object{"closed": false}).refused(404, waybill.ReasonUnknownRecord)
	if a := w.ask("operations", "POST", manifest+"/decide", object{"closed": true}).is(422); a.text("errors.0.path") != "carrier_id" {
		t.Error(string(a.body))
	}
	if a := w.ask("operations", "POST", manifest+"/decide", object{"closed": true, "carrier_id": "M1"}).is(200); a.text("state") != "closed" || a.text("carrier_id") != "M1" {
		t.Error(string(a.body))
	}
}

var (
	_ carrier.Quoter     = deaf{}
	_ carrier.Collector  = deaf{}
	_ carrier.Manifester = deaf{}
)
