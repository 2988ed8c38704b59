package carriertest

import (
	"context"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
	"waybill/internal/steadytest"
)

// soldUnder lists what the backend sold under a key.
func (b *bench) soldUnder(key string) []Sold {
	var found []Sold
	for _, s := range b.backend.Sold() {
		if slices.Contains(s.Keys, key) {
			found = append(found, s)
		}
	}
	return found
}

func foundByKey(b *bench) {
	b.needs(carrier.Finds)
	request, booking := b.ship()
	b.ship() // another one, which must not be mistaken for it
	found, err := b.find(request.Key)
	if err != nil {
		b.Fatalf("find: %v", explain(err))
	}
	if diff := cmp.Diff(booking.Numbers, found.Numbers); diff != "" || !named(found, booking.CarrierID) {
		b.Errorf("bought %s, found %s (-bought +found):\n%s", booking.CarrierID, found.CarrierID, diff)
	}
	for _, label := range found.Labels {
		b.opens(label, found.Numbers[label.Parcel])
	}
	if n := len(b.soldUnder(request.Key)); n != 1 {
		b.Errorf("the carrier sold %d shipments under one key", n)
	}
}

// named reports whether a booking that was found goes by the carrier's id, or by its first number where that id
// was in the lost answer and nowhere else.
func named(found carrier.Booking, id string) bool {
	return found.CarrierID == id || (len(found.Numbers) > 0 && found.CarrierID == found.Numbers[0])
}

func lostAnswer(b *bench) {
	b.needs(carrier.Finds)
	for _, kind := range []string{Drop, HangAfter, FailAfter, Garbage} {
		request := b.order(b.h.Sample(), b.h.Formats[0])
		b.spoil("ship", kind, 1)
		ctx, done := b.whileItHangs("ship")
		_, err := b.carrier.Ship(ctx, request)
		done()
		b.Log(kind)
		b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, true)
		sold := b.soldUnder(request.Key)
		if len(sold) != 1 {
			b.Fatalf("%s: the backend sold %d under the key; the case proves nothing", kind, len(sold))
		}
		found, err := b.find(request.Key)
		if err != nil {
			b.Errorf("%s: find: %v", kind, explain(err))
			continue
		}
		if diff := cmp.Diff(sold[0].Numbers, found.Numbers); diff != "" || !named(found, sold[0].ID) {
			b.Errorf("%s: sold %s, found %s (-sold +found):\n%s", kind, sold[0].ID, found.CarrierID, diff)
		}
	}
}

func notSold(b *bench) {
	b.needs(carrier.Finds)
	request := b.order(b.h.Sample(), b.h.Formats[0])
	b.spoil("ship", Outage, 1)
	if _, err := b.carrier.Ship(context.Background(), request); err == nil {
		b.Fatal("the carrier was out of order and sold")
	}
	b.clock.Advance(time.Hour) // an adapter may wait until the carrier's records are sure to be complete
	_, err := b.find(request.Key)
	if !waybill.IsCode(err, waybill.NotFound) {
		b.Errorf("find of what was not sold: %v", explain(err))
	}
}

func nobodyThere(b *bench) {
	b.carrier = b.open(b.h.Settings, "http://"+steadytest.Nobody)
	_, err := b.carrier.Ship(context.Background(), b.order(b.h.Sample(), b.h.Formats[0]))
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, false)
}

func swappedAnswer(b *bench) {
	_, first := b.ship()
	request := b.order(b.h.Sample(), b.h.Formats[0])
	b.spoil("ship", Swap, 1)
	booking, err := b.carrier.Ship(context.Background(), request)
	if err == nil {
		b.Fatalf("the answer to the purchase of %s was believed: %s", first.CarrierID, booking.CarrierID)
	}
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, true)
}

// prompt is how long a call may outlive its context: much less than a hang lasts.
const prompt = 20 * time.Second

// whileItHangs is a context whose deadline passes as soon as the backend keeps back the answer to a verb.
func (b *bench) whileItHangs(verb string) (ctx context.Context, done func()) {
	operation := b.h.Operations[verb]
	before := b.backend.Hung(operation)
	return steadytest.DeadlineWhen(func() bool { return b.backend.Hung(operation) > before })
}

func cancelledContext(b *bench) {
	request := b.order(b.h.Sample(), b.h.Formats[0])
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := b.carrier.Ship(over, request)
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, false)
	if n := len(b.soldUnder(request.Key)); n != 0 {
		b.Errorf("%d were sold under a context that had ended", n)
	}
	b.spoil("ship", Hang, 1)
	began := time.Now()
	short, done := b.whileItHangs("ship")
	defer done()
	_, err = b.carrier.Ship(short, request)
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, true)
	if b.carrier.Has(carrier.Quotes) {
		b.spoil("quote", Hang, 1)
		brief, done := b.whileItHangs("quote")
		defer done()
		_, err = b.quote(brief)
		b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, false)
	}
	if took := time.Since(began); took > prompt {
		b.Errorf("calls outlived their contexts by %s", took)
	}
}
