package shiptheory_test

import (
	"context"
	"sync"

	"waybill"
	"waybill/carrier"
)

// post is a carrier of the tests' own that remembers what it sold. What it does with a shipment stands in
// the sku of its first product: "refuse", "outage", "silent" (sells, but the answer gets lost).
type post struct {
	mu   sync.Mutex
	sold map[string]carrier.Booking
}

func postDriver() carrier.Driver {
	p := &post{sold: map[string]carrier.Booking{}}
	return carrier.Driver{
		Name: "post", Title: "Post", Services: []carrier.ServiceInfo{{Code: "48", Name: "express48"}},
		Formats: []waybill.LabelFormat{waybill.FormatFace},
		Open:    func(carrier.Settings, carrier.Env) (carrier.Adapter, error) { return p, nil },
	}
}

func (p *post) Quote(_ context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	if r.Shipment.Grams() == 0 {
		return nil, nil
	}
	return []waybill.Rate{{Service: "48", ServiceName: "express48", Total: waybill.Money{Minor: 512, Currency: "GBP"}}}, nil
}

func (p *post) Ship(_ context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	mood := ""
	if len(r.Shipment.Items) > 0 {
		mood = r.Shipment.Items[0].SKU
	}
	switch mood {
	case "refuse", "15grammer":
		e := waybill.E("post.ship", waybill.ReasonCarrier, "the contract has ended")
		e.Fault = &waybill.CarrierFault{Carrier: "post", Code: "17", Message: "the contract has ended", Status: 400}
		return carrier.Booking{}, e
	case "outage":
		return carrier.Booking{}, waybill.E("post.ship", waybill.ReasonCarrierOutage, "the office is closed")
	}
	face := waybill.Face{Carrier: "post", TrackingNumber: "PF0000001", Piece: 1, Pieces: 1, From: r.Shipment.From, To: r.Shipment.To}
	b := carrier.Booking{
		Receipt: waybill.Receipt{CarrierID: "PF0000001", Numbers: []string{"PF0000001"}, Price: waybill.Money{Minor: 512, Currency: "GBP"}},
		Labels:  []waybill.Label{{Format: waybill.FormatFace, Face: &face}},
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sold[r.Key] = b
	if mood == "silent" {
		e := waybill.E("post.ship", waybill.ReasonCarrierOutage, "no answer")
		e.Unsure = true
		return carrier.Booking{}, e
	}
	return b, nil
}

func (p *post) Find(_ context.Context, r carrier.FindRequest) (carrier.Booking, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, ok := p.sold[r.Key]
	if !ok {
		return b, waybill.E("post.find", waybill.ReasonUnknownRecord, "not sold")
	}
	return b, nil
}

func (p *post) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	list := make([]waybill.Tracking, len(r.Numbers))
	for i, number := range r.Numbers {
		list[i] = waybill.Tracking{Number: number, Unknown: true}
	}
	return list, nil
}
