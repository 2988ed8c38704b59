package lynkup_test

import (
	"context"
	"fmt"
	"sync"

	"waybill"
	"waybill/carrier"
)

// courier is a carrier of the tests' own: it keeps what it sold, and can be told how to answer. It comes as
// "courier", which takes bookings back, and as "oneway", which cannot.
type courier struct {
	mu      sync.Mutex
	mood    string // "", refuse, unmapped, address, outage; for voids: keep, silent
	sold    map[string]string
	waiting chan struct{} // not nil: a booking waits until it is closed
}

func (c *courier) set(mood string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch mood {
	case "hang":
		c.waiting = make(chan struct{})
	case "answer":
		if c.waiting != nil {
			close(c.waiting)
			c.waiting = nil
		}
	default:
		c.mood = mood
	}
}

func (c *courier) drivers() []carrier.Driver {
	driver := func(name string, open carrier.Adapter) carrier.Driver {
		return carrier.Driver{
			Name: name, Title: name, Services: []carrier.ServiceInfo{{Code: "delivery", Name: "Delivery"}},
			Formats: []waybill.LabelFormat{waybill.FormatFace},
			Open:    func(carrier.Settings, carrier.Env) (carrier.Adapter, error) { return open, nil },
		}
	}
	return []carrier.Driver{driver("courier", c), driver("oneway", oneway{c})}
}

// oneway hides the courier's Void.
type oneway struct{ inner *courier }

func (o oneway) Quote(ctx context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	return o.inner.Quote(ctx, r)
}

func (o oneway) Ship(ctx context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	return o.inner.Ship(ctx, r)
}

func (o oneway) Track(ctx context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	return o.inner.Track(ctx, r)
}

func (c *courier) Quote(context.Context, carrier.QuoteRequest) ([]waybill.Rate, error) {
	return []waybill.Rate{{Service: "delivery", ServiceName: "Delivery", Total: waybill.Money{Minor: 700, Currency: "USD"}}}, nil
}

func (c *courier) Ship(ctx context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	c.mu.Lock()
	waiting, mood := c.waiting, c.mood
	c.mu.Unlock()
	if waiting != nil {
		select {
		case <-waiting:
		case <-ctx.Done():
		}
	}
	reason, refused := map[string]waybill.Reason{
		"refuse": waybill.ReasonBookingFailed, "unmapped": waybill.ReasonCarrier, "address": waybill.ReasonCarrierAddress, "outage": waybill.ReasonCarrierOutage,
	}[mood]
	if refused {
		e := waybill.E("courier.ship", reason, "the courier will not come")
		e.Fault = &waybill.CarrierFault{Carrier: "courier", Code: "E17", Message: "E17 no bikes left", Status: 400}
		return carrier.Booking{}, e
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	number := fmt.Sprintf("CR%06d", len(c.sold)+1)
	if known, again := c.sold[r.Key]; again {
		number = known
	}
	if c.sold == nil {
		c.sold = map[string]string{}
	}
	c.sold[r.Key] = number
	face := waybill.Face{Carrier: "courier", TrackingNumber: number, Piece: 1, Pieces: 1, From: r.Shipment.From, To: r.Shipment.To}
	return carrier.Booking{
		Receipt: waybill.Receipt{
			CarrierID: number, Numbers: []string{number}, TrackingURL: "https://courier.example/" + number,
			Price: waybill.Money{Minor: 700, Currency: "USD"}, Warnings: []string{"Leave early: there is snow."},
		},
		Labels: []waybill.Label{{Format: waybill.FormatFace, Face: &face}},
	}, nil
}

func (c *courier) Void(context.Context, carrier.VoidRequest) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var e *waybill.Error
	switch c.mood {
	case "keep":
		e = waybill.E("courier.void", waybill.ReasonCancelRefused, "the rider is on the way")
	case "silent":
		e = waybill.E("courier.void", waybill.ReasonCarrierOutage, "no answer")
	default:
		return nil
	}
	e.Fault = &waybill.CarrierFault{Carrier: "Courier", Code: "E44", Message: "the rider is on the way", Status: 400}
	return e
}

func (c *courier) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	list := make([]waybill.Tracking, len(r.Numbers))
	for i, number := range r.Numbers {
		list[i] = waybill.Tracking{Number: number, Unknown: true}
	}
	return list, nil
}
