package enginetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"waybill"
	"waybill/carrier"
)

// Courier is a carrier in memory, with a counter of its own: it keeps what it sold and gave back, and can be
// told what to answer, and when. It comes as "courier", which can do all that is done after a booking, as "mute",
// which sells and follows parcels and can do nothing else, as "forgetful", which takes manifests besides, and as "ahead": see
// ahead.go.
type Courier struct {
	// Before happens before an operation has an effect; its error is the answer, and nothing happened.
	// After happens once the effect is there; its error is the answer all the same.
	Before, After func(ctx context.Context, op, key string) error
	// Fetches: returns are fetched at the door, and there is no label for them.
	Fetches bool
	// Beyond is what a booking costs more than its quote, in minor units; nil: nothing. PerKilo is added to a quote
	// for each kilogram begun.
	Beyond  func(key string) int64
	PerKilo int64
	// Number is what every visit is called; empty: each has its own.
	Number string

	mu      sync.Mutex
	sold    map[string]*Sale
	order   []string
	scans   map[string][]waybill.Scan
	expects map[string]time.Time
	asked   map[string]int
	weighed map[string]int64
	handed  int // numbers handed out ahead
	places  []carrier.RegisterRequest
	edits   []carrier.EditRequest
	visits  []*Visit
	lists   []*List
}

// Sale is one booking on the courier's books.
type Sale struct {
	Key     string
	Service string
	Numbers []string
	Back    bool // a return
	Voided  bool
	Asked   waybill.Shipment // of a return: the original, when there is one
	Place   string           // the alias of the place of collection
	Price   waybill.Money    // charged
}

// The courier's operations, as the hooks hear of them.
const (
	OpQuote  = "quote"
	OpShip   = "ship"
	OpFind   = "find"
	OpVoid   = "void"
	OpReturn = "return"
	OpTrack  = "track"
	OpLabel  = "label"
)

// Refuse makes a hook that answers an operation with an error, always.
func Refuse(op string, err error) func(context.Context, string, string) error {
	return func(_ context.Context, at, _ string) error {
		if at == op {
			return err
		}
		return nil
	}
}

// Lost is the error of an answer that never came.
func Lost() error {
	e := waybill.E("courier", waybill.ReasonCarrierOutage, "no answer in time")
	e.Unsure = true
	return e
}

func newCourier() *Courier {
	return &Courier{sold: map[string]*Sale{}, scans: map[string][]waybill.Scan{}, expects: map[string]time.Time{}, asked: map[string]int{}, weighed: map[string]int64{}}
}

// Sales lists what was sold, oldest first.
func (c *Courier) Sales() []Sale {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []Sale
	for _, key := range c.order {
		list = append(list, *c.sold[key])
	}
	return list
}

// Live counts the sales that were not given back.
func (c *Courier) Live() int {
	n := 0
	for _, s := range c.Sales() {
		if !s.Voided {
			n++
		}
	}
	return n
}

// Asked counts the calls of an operation.
func (c *Courier) Asked(op string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[op]
}

// Scan adds to what tracking tells of a number.
func (c *Courier) Scan(number string, scans ...waybill.Scan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scans[number] = append(c.scans[number], scans...)
}

// Weigh sets what tracking says the carrier bills a number by.
func (c *Courier) Weigh(number string, grams int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.weighed[number] = grams
}

// Expect sets when tracking promises a number.
func (c *Courier) Expect(number string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expects[number] = at
}

// Sell puts a sale on the books as if it had been asked for, unseen by the engine.
func (c *Courier) Sell(key, service string, parcels int) []string {
	return c.sell(key, service, parcels, false, waybill.Shipment{}).Numbers
}

func (c *Courier) sell(key, service string, parcels int, back bool, asked waybill.Shipment) *Sale {
	c.mu.Lock()
	defer c.mu.Unlock()
	sale := &Sale{Key: key, Service: service, Back: back, Asked: asked, Price: c.price(service, asked.Grams())}
	if c.Beyond != nil {
		sale.Price.Minor += c.Beyond(key)
	}
	for i := range parcels {
		sale.Numbers = append(sale.Numbers, fmt.Sprintf("CR%06d", len(c.order)*10+i+1))
	}
	c.sold[key] = sale
	c.order = append(c.order, key)
	return sale
}

// under notes the numbers and the place that came with the purchase.
func (s *Sale) under(numbers []string, place string) *Sale {
	if s.Place = place; len(numbers) > 0 {
		s.Numbers = numbers
	}
	return s
}

// call runs an operation between its hooks.
func (c *Courier) call(ctx context.Context, op, key string, do func() error) error {
	c.mu.Lock()
	c.asked[op]++
	c.mu.Unlock()
	if c.Before != nil {
		if err := c.Before(ctx, op, key); err != nil {
			return err
		}
	}
	if err := do(); err != nil || c.After == nil {
		return err
	}
	return c.After(ctx, op, key)
}

var prices = map[string]int64{"std": 700, "fast": 1200, "back": 500}

// price is what a service costs for a weight.
func (c *Courier) price(service string, grams int64) waybill.Money {
	return waybill.Money{Minor: prices[service] + c.PerKilo*((grams+999)/1000), Currency: "USD"}
}

func (c *Courier) booking(s *Sale, spec waybill.LabelSpec) carrier.Booking {
	return carrier.Booking{
		Receipt: waybill.Receipt{
			CarrierID: s.Key, Numbers: s.Numbers, Price: s.Price,
			TrackingURL: "https://courier.example/" + s.Numbers[0],
		},
		Labels: labels(s.Numbers, spec),
	}
}

func labels(numbers []string, spec waybill.LabelSpec) []waybill.Label {
	list := make([]waybill.Label, len(numbers))
	for i, number := range numbers {
		face := &waybill.Face{Carrier: "Courier", Service: "Standard", TrackingNumber: number, Piece: i + 1, Pieces: len(numbers)}
		list[i] = waybill.Label{Parcel: i, Format: waybill.FormatFace, DPI: spec.DPI, Face: face}
	}
	return list
}

// Drivers are the courier's faces.
func (c *Courier) Drivers() []carrier.Driver {
	driver := func(name string, adapter carrier.Adapter) carrier.Driver {
		return carrier.Driver{
			Name: name, Title: "Courier", Formats: []waybill.LabelFormat{waybill.FormatFace}, Budget: 100,
			Settings: []carrier.Setting{{Name: "account"}, {Name: "password", Secret: true}},
			Services: []carrier.ServiceInfo{
				{Code: "std", Name: "Standard", Direction: waybill.Outgoing, Abilities: []string{waybill.CanMultiPiece}},
				{Code: "fast", Name: "Fast", Direction: waybill.Outgoing, Abilities: []string{waybill.CanMultiPiece, waybill.CanSignature}},
				{Code: "back", Name: "Back", Direction: waybill.Incoming, Abilities: []string{waybill.CanMultiPiece}},
			},
			Open: func(s carrier.Settings, _ carrier.Env) (carrier.Adapter, error) {
				if s["account"] == "wrong" {
					return nil, waybill.FieldErrors("courier.open", []waybill.FieldError{{
						Path: "settings.account", Rule: waybill.RuleFormat, Value: "wrong", Message: "there is no such account",
					}})
				}
				return adapter, nil
			},
		}
	}
	return []carrier.Driver{driver("courier", c), driver("mute", mute{c}), driver("ahead", ahead{c}), driver("forgetful", forgetful{mute{c}})}
}

// mute hides all abilities but the minimum and quoting.
type mute struct{ inner *Courier }

func (m mute) Quote(ctx context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	return m.inner.Quote(ctx, r)
}

func (m mute) Ship(ctx context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	return m.inner.Ship(ctx, r)
}

func (m mute) Track(ctx context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	return m.inner.Track(ctx, r)
}

// Quote offers both services, or the one that brings back.
func (c *Courier) Quote(ctx context.Context, r carrier.QuoteRequest) (rates []waybill.Rate, err error) {
	offers := []struct{ code, name string }{{"std", "Standard"}, {"fast", "Fast"}}
	var abilities []string
	if r.Direction == waybill.Incoming {
		abilities = []string{waybill.CanMultiPiece}
		offers = []struct{ code, name string }{{"back", "Back"}}
	}
	err = c.call(ctx, OpQuote, "", func() error {
		for _, s := range offers {
			rates = append(rates, waybill.Rate{
				Service: s.code, ServiceName: s.name, Total: c.price(s.code, r.Shipment.Grams()), TransitDays: 2,
				Chargeable: r.Shipment.Grams(), Abilities: abilities,
			})
		}
		return nil
	})
	return rates, err
}

// Ship sells.
func (c *Courier) Ship(ctx context.Context, r carrier.ShipRequest) (b carrier.Booking, err error) {
	err = c.call(ctx, OpShip, r.Key, func() error {
		sale := c.sell(r.Key, r.Service, len(r.Shipment.Parcels), false, r.Shipment)
		b = c.booking(sale.under(r.Numbers, r.Place), r.Label)
		return nil
	})
	return b, err
}

// Return sells the way back.
func (c *Courier) Return(ctx context.Context, r carrier.ReturnRequest) (b carrier.Booking, err error) {
	err = c.call(ctx, OpReturn, r.Key, func() error {
		var original waybill.Shipment
		if r.Original != nil {
			original = *r.Original
		}
		sale := c.sell(r.Key, r.Service, len(r.Return.Parcels), true, original)
		b = c.booking(sale.under(r.Numbers, r.Place), r.Label)
		if b.Fetched = c.Fetches; b.Fetched {
			b.Labels = nil
		}
		return nil
	})
	return b, err
}

// Find looks a key up.
func (c *Courier) Find(ctx context.Context, r carrier.FindRequest) (b carrier.Booking, err error) {
	err = c.call(ctx, OpFind, r.Key, func() error {
		c.mu.Lock()
		sale := c.sold[r.Key]
		c.mu.Unlock()
		if sale == nil || sale.Voided {
			return waybill.E("courier.find", waybill.ReasonUnknownRecord, "no such booking")
		}
		b = c.booking(sale, r.Label)
		return nil
	})
	return b, err
}

// Void gives back; "already void" is success.
func (c *Courier) Void(ctx context.Context, r carrier.VoidRequest) error {
	return c.call(ctx, OpVoid, r.CarrierID, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		sale := c.sold[r.CarrierID]
		if sale == nil {
			return waybill.E("courier.void", waybill.ReasonCancelRefused, "no such booking")
		}
		sale.Voided = true
		return nil
	})
}

// Label draws labels again.
func (c *Courier) Label(ctx context.Context, r carrier.LabelRequest) (list []waybill.Label, err error) {
	err = c.call(ctx, OpLabel, r.CarrierID, func() error {
		list = labels(r.Numbers, r.Label)
		return nil
	})
	return list, err
}

// Track tells the scans of each number.
func (c *Courier) Track(ctx context.Context, r carrier.TrackRequest) (list []waybill.Tracking, err error) {
	err = c.call(ctx, OpTrack, "", func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, number := range r.Numbers {
			list = append(list, c.tracking(number))
		}
		return nil
	})
	return list, err
}

func (c *Courier) tracking(number string) waybill.Tracking {
	t := waybill.Tracking{Number: number, Charged: c.weighed[number], Scans: append([]waybill.Scan(nil), c.scans[number]...)}
	if at, ok := c.expects[number]; ok {
		t.Expected = &at
	}
	return t
}

// Pushed reads a body that is a tracking number: the news is what tracking tells.
func (c *Courier) Pushed(header map[string][]string, body []byte) ([]waybill.Tracking, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []waybill.Tracking{c.tracking(string(body))}, nil
}

var (
	_ carrier.Quoter   = (*Courier)(nil)
	_ carrier.Voider   = (*Courier)(nil)
	_ carrier.Returner = (*Courier)(nil)
	_ carrier.Finder   = (*Courier)(nil)
	_ carrier.Labeller = (*Courier)(nil)
	_ carrier.Pusher   = (*Courier)(nil)
)
