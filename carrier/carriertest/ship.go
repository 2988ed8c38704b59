package carriertest

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
)

func labelsOpen(b *bench) {
	for _, format := range b.h.Formats {
		booking, err := b.carrier.Ship(context.Background(), b.order(b.h.Sample(), format))
		if err != nil {
			b.Fatalf("ship with a %s label: %v", format, explain(err))
		}
		if booking.Price.Minor <= 0 || booking.Price.Currency == "" {
			b.Errorf("the price is %s", booking.Price)
		}
		for i, label := range booking.Labels {
			b.opens(label, booking.Numbers[label.Parcel])
			if format == waybill.ZPL && label.Format != waybill.ZPL && label.Format != waybill.FormatFace {
				b.Errorf("label %d was asked for in ZPL and came as %s", i, label.Format)
			}
		}
	}
}

func severalParcels(b *bench) {
	s := b.h.Sample()
	s.Parcels = append(s.Parcels, s.Parcels[0], s.Parcels[0])
	booking, err := b.carrier.Ship(context.Background(), b.order(s, b.h.Formats[0]))
	if err != nil {
		b.Fatalf("ship three parcels: %v", explain(err))
	}
	seen := map[string]bool{}
	for _, number := range booking.Numbers {
		if seen[number] && !b.h.Driver.NoLabel { // which takes them as one
			b.Errorf("number %s is given twice", number)
		}
		seen[number] = true
	}
	for _, label := range booking.Labels {
		b.opens(label, booking.Numbers[label.Parcel])
	}
}

func requestsKept(b *bench) {
	request := b.order(b.h.Sample(), b.h.Formats[0])
	before := written(b, request)
	if _, err := b.carrier.Ship(context.Background(), request); err != nil {
		b.Fatalf("ship: %v", explain(err))
	}
	if diff := cmp.Diff(before, written(b, request)); diff != "" {
		b.Errorf("the adapter changed what it was given (-before +after):\n%s", diff)
	}
}

// written is all of a request as text.
func written(b *bench, request carrier.ShipRequest) string {
	b.Helper()
	text, err := json.MarshalIndent(request, "", " ")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func labelsAgain(b *bench) {
	b.needs(carrier.Relabels)
	request, booking := b.ship()
	for _, format := range b.h.Formats {
		labels, err := b.carrier.Label(context.Background(), carrier.LabelRequest{
			CarrierID: booking.CarrierID, Numbers: booking.Numbers, Label: waybill.LabelSpec{Format: format, DPI: 203},
			Shipment: &request.Shipment, Service: request.Service, Now: request.Now,
		})
		if err != nil {
			b.Fatalf("label again as %s: %v", format, explain(err))
		}
		for _, label := range labels {
			b.opens(label, booking.Numbers[label.Parcel])
		}
	}
}

func returnSold(b *bench) {
	b.needs(carrier.Returns)
	s := b.h.Sample()
	request := carrier.ReturnRequest{
		Return:   waybill.Return{Reference: "RMA 7", From: s.To, To: s.From, Parcels: s.Parcels},
		Original: &s, Service: b.h.Incoming, Key: b.key(), Label: waybill.LabelSpec{Format: b.h.Formats[0], DPI: 203},
		Numbers: b.numbers(len(s.Parcels)), Now: b.clock.Now(),
	}
	booking, err := b.carrier.Return(context.Background(), request)
	if err != nil {
		b.Fatalf("return: %v", explain(err))
	}
	for _, label := range booking.Labels {
		b.opens(label, booking.Numbers[label.Parcel])
	}
}

// collect asks for a visit.
func (b *bench) collect() (carrier.Collection, error) {
	return b.carrier.Collect(context.Background(), carrier.CollectRequest{
		At: b.h.Sample().From, Ready: start.Add(2 * time.Hour), Close: start.Add(6 * time.Hour), Parcels: 3,
		Weight: waybill.Weight{Value: "7.5", Unit: waybill.Kilogram}, Services: []string{b.h.Service}, Key: b.key(),
	})
}

func pickupBooked(b *bench) {
	b.needs(carrier.Collects)
	collection, err := b.collect()
	if err != nil {
		b.Fatalf("collect: %v", explain(err))
	}
	err = b.carrier.CancelCollection(context.Background(), collection.ID)
	if err != nil && waybill.ReasonOf(err) != waybill.ReasonCarrierAbility { // a carrier may have no such call, and says so
		b.Errorf("cancel pickup %s: %v", collection.ID, explain(err))
	}
	if err := b.carrier.CancelCollection(context.Background(), "no-such-pickup"); err == nil {
		b.Error("a pickup that does not exist was called off")
	}
}
