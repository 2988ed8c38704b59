package carriertest

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
)

func numbersAhead(b *bench) {
	b.needs(carrier.Numbering)
	numbers, err := b.carrier.Numbers(context.Background(), 3) // Carrier refuses one twice
	if err != nil || len(numbers) != 3 {
		b.Fatalf("three numbers: %v, %v", numbers, explain(err))
	}
	more, err := b.carrier.Numbers(context.Background(), 1)
	if err != nil || slices.Contains(numbers, more[0]) {
		b.Errorf("one more: %v after %v, %v", more, numbers, err)
	}
	request := b.order(b.h.Sample(), b.h.Formats[0])
	request.Numbers = numbers[1:2]
	booking, err := b.carrier.Ship(context.Background(), request)
	if err != nil {
		b.Fatalf("ship under a number of the pool: %v", explain(err))
	}
	if !slices.Equal(booking.Numbers, numbers[1:2]) {
		b.Errorf("the booking has %v, passed was %v", booking.Numbers, numbers[1:2])
	}
	again := b.order(b.h.Sample(), b.h.Formats[0])
	again.Numbers = numbers[1:2]
	if _, err := b.carrier.Ship(context.Background(), again); err == nil {
		b.Error("one number was sold twice")
	}
	if n := len(b.soldUnder(again.Key)); n != 0 {
		b.Errorf("%d were sold under a number that was used up", n)
	}
	found, err := b.carrier.Find(context.Background(), carrier.FindRequest{Key: again.Key, Numbers: again.Numbers, Since: start.AddDate(0, 0, -1), Parcels: 1})
	if !waybill.IsCode(err, waybill.NotFound) {
		b.Errorf("a purchase under another's number is found as %v, %v", found.Numbers, err)
	}
}

func placeRegistered(b *bench) {
	b.needs(carrier.Registers)
	s := b.h.Sample()
	place := carrier.RegisterRequest{
		Location: waybill.Location{Name: "Second warehouse", Contact: s.From.Contact, Address: s.From.Address}, Name: "second-6a1b2c3d",
	}
	alias := ""
	for range 2 { // the second time it is there already, which is success
		again, err := b.carrier.Register(context.Background(), place)
		if err != nil {
			b.Fatalf("register: %v", explain(err))
		}
		if alias != "" && alias != again {
			b.Errorf("one place is known as %q and as %q", alias, again)
		}
		alias = again
	}
	if b.backend.Places != nil && !slices.Contains(b.backend.Places(), alias) {
		b.Errorf("the carrier knows the places %v, not %q", b.backend.Places(), alias)
	}
	request := b.order(s, b.h.Formats[0])
	request.Place = alias
	if _, err := b.carrier.Ship(context.Background(), request); err != nil {
		b.Errorf("ship from the place: %v", explain(err))
	}
	request = b.order(s, b.h.Formats[0])
	request.Place = "nobody-knows-this-place"
	_, err := b.carrier.Ship(context.Background(), request)
	b.expect(err, waybill.ReasonRegistration, waybill.Hard, false)
}

func editReaches(b *bench) {
	b.needs(carrier.Edits)
	request, booking := b.ship()
	s := request.Shipment
	s.To.Contact.Name, s.To.Contact.First, s.To.Contact.Last, s.To.Contact.Company = "Second Recipient", "Second", "Recipient", ""
	before := b.soldUnder(request.Key)[0].Name
	edit := carrier.EditRequest{CarrierID: booking.CarrierID, Numbers: booking.Numbers, Key: request.Key, Shipment: s, Changed: []string{"to"}}
	for range 2 { // it may be repeated
		if err := b.carrier.Edit(context.Background(), edit); err != nil {
			b.Fatalf("edit: %v", explain(err))
		}
	}
	if got := b.soldUnder(request.Key)[0].Name; got != "Second Recipient" {
		b.Errorf("the recipient was %q and is %q", before, got)
	}
	edit.Changed = []string{"no such member"}
	if err := b.carrier.Edit(context.Background(), edit); err == nil {
		b.Error("a change that nobody knows was accepted")
	}
}
