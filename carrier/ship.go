package carrier

import (
	"context"
	"fmt"
	"slices"

	"waybill"
)

// Ship buys one shipment and must never be called twice with one key: after an Unsure error ask Find.
// The booking has one number a parcel (the same for all where the carrier prints no labels and takes them
// as one), one label a parcel whose bytes are what they claim to be, and a price in a currency; an answer
// without these is Unsure, since the parcel was probably sold.
func (c *Carrier) Ship(ctx context.Context, r ShipRequest) (Booking, error) {
	fields := checkShipment(r.Shipment)
	fields = append(fields, c.checkOrder(r.Service, r.Key, len(r.Shipment.Parcels), r.Numbers)...)
	if err := c.refuse("ship", fields); err != nil {
		return Booking{}, err
	}
	booking, err := effect(about(ctx, r.Key, r.Shipment.ID), c, "ship", func(ctx context.Context) (Booking, error) {
		return c.bewitched(ctx, "ship", MagicOf(r.Shipment), func() (Booking, error) { return c.adapter.Ship(ctx, r) })
	})
	return c.checked("ship", booking, discreet(err, r.Shipment.To, r.Shipment.From), len(r.Shipment.Parcels))
}

// Return buys the way back; it promises what Ship does, but that a carrier who comes for the parcel may bring
// his own label.
func (c *Carrier) Return(ctx context.Context, r ReturnRequest) (Booking, error) {
	returner, ok := c.adapter.(Returner)
	if !ok {
		return Booking{}, c.lacks("return", Returns)
	}
	fields := checkParcels(len(r.Return.Parcels))
	fields = append(fields, checkParty("from", r.Return.From)...)
	fields = append(fields, checkParty("to", r.Return.To)...)
	fields = append(fields, c.checkOrder(r.Service, r.Key, len(r.Return.Parcels), r.Numbers)...)
	if err := c.refuse("return", fields); err != nil {
		return Booking{}, err
	}
	booking, err := effect(about(ctx, r.Key, r.Return.Shipment), c, "return", func(ctx context.Context) (Booking, error) {
		return c.bewitched(ctx, "return", MagicOfReturn(r.Return), func() (Booking, error) { return returner.Return(ctx, r) })
	})
	return c.checked("return", booking, discreet(err, r.Return.From, r.Return.To), len(r.Return.Parcels))
}

// Void gives a purchase back. "Already void" is success; a refusal is ReasonCancelRefused; after an
// Unsure error it is asked again.
func (c *Carrier) Void(ctx context.Context, r VoidRequest) error {
	voider, ok := c.adapter.(Voider)
	if !ok {
		return c.lacks("void", Voids)
	}
	if r.CarrierID == "" && len(r.Numbers) == 0 {
		return c.refuse("void", []waybill.FieldError{required("carrier_id", "nothing names the purchase to be given back")})
	}
	_, err := effect(about(ctx, r.Key, ""), c, "void", func(ctx context.Context) (struct{}, error) {
		if err := c.unvoidable(r.Magic); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, voider.Void(ctx, r)
	})
	return err
}

// Find tells whether a purchase with our key went through: the booking, or code NotFound when it surely
// did not. Any other error means "not known yet". What the carrier no longer has (labels, the price) is
// empty.
func (c *Carrier) Find(ctx context.Context, r FindRequest) (Booking, error) {
	finder, ok := c.adapter.(Finder)
	if !ok {
		return Booking{}, c.lacks("find", Finds)
	}
	if r.Key == "" {
		return Booking{}, c.refuse("find", []waybill.FieldError{required("key", "no key to look for")})
	}
	if s := c.spell(r.Magic); s.is("lost-for-good") {
		return Booking{}, named(c.driver.Name, outage(c.driver.Name+".find"))
	}
	ctx, cancel := bounded(ctx, readTime)
	defer cancel()
	booking, err := witnessed(about(ctx, r.Key, ""), c, "find", func(ctx context.Context) (Booking, error) {
		return guard(c, c.driver.Name+".find", false, func() (Booking, error) { return finder.Find(ctx, r) })
	})
	if s := c.spell(r.Magic); s.is("label-missing") || s.is("label-later") {
		booking.Labels = nil
	}
	if err != nil {
		return Booking{}, err
	}
	c.asOne(&booking, r.Parcels)
	if r.Parcels > 0 && len(booking.Numbers) != r.Parcels {
		return Booking{}, c.broken("find", false, "%d tracking numbers for %d parcels", len(booking.Numbers), r.Parcels)
	}
	if flaw := checkLabels(booking.Labels, len(booking.Numbers)); len(booking.Labels) > 0 && flaw != "" {
		return Booking{}, c.broken("find", false, "%s", flaw)
	}
	return booking, nil
}

// checked holds a purchase's answer against what every booking promises.
func (c *Carrier) checked(verb string, b Booking, err error, parcels int) (Booking, error) {
	if err != nil {
		return Booking{}, err
	}
	c.asOne(&b, parcels)
	if len(b.Numbers) != parcels {
		return Booking{}, c.broken(verb, true, "%d tracking numbers for %d parcels", len(b.Numbers), parcels)
	}
	for i, number := range b.Numbers {
		if number == "" {
			return Booking{}, c.broken(verb, true, "parcel %d has no tracking number", i+1)
		}
	}
	if len(b.Price.Currency) != 3 {
		return Booking{}, c.broken(verb, true, "a price without a currency")
	}
	if (c.driver.NoLabel || (verb == "return" && b.Fetched)) && len(b.Labels) == 0 {
		return b, nil
	}
	if flaw := checkLabels(b.Labels, parcels); flaw != "" {
		return Booking{}, c.broken(verb, true, "%s", flaw)
	}
	return b, nil
}

// asOne gives each parcel the number of the whole, where a carrier without labels has no other: all of it
// travels together.
func (c *Carrier) asOne(b *Booking, parcels int) {
	if c.driver.NoLabel && len(b.Numbers) == 1 && parcels > 1 {
		b.Numbers = slices.Repeat(b.Numbers, parcels)
	}
}

// checkOrder is what is wrong with a purchase whatever the carrier.
func (c *Carrier) checkOrder(service, key string, parcels int, numbers []string) []waybill.FieldError {
	var fields []waybill.FieldError
	if service == "" {
		fields = append(fields, required("service", "no service was chosen"))
	}
	if key == "" {
		fields = append(fields, required("key", "a purchase needs a key to be found again by"))
	}
	if (c.driver.Local || len(numbers) > 0) && len(numbers) != parcels {
		fields = append(fields, waybill.FieldError{
			Path: "numbers", Rule: waybill.RuleRange, Value: fmt.Sprint(len(numbers)), Limit: fmt.Sprint(parcels),
			Message: "one reserved number a parcel is needed",
		})
	}
	return fields
}

func checkShipment(s waybill.Shipment) []waybill.FieldError {
	fields := checkParcels(len(s.Parcels))
	fields = append(fields, checkParty("from", s.From)...)
	return append(fields, checkParty("to", s.To)...)
}

func checkParcels(n int) []waybill.FieldError {
	if n > 0 {
		return nil
	}
	return []waybill.FieldError{required("parcels", "a shipment needs at least one parcel")}
}

func checkParty(path string, p waybill.Party) []waybill.FieldError {
	if len(p.Address.Country) == 2 {
		return nil
	}
	return []waybill.FieldError{required(path+".address.country", "an address needs its country")}
}

func required(path, message string) waybill.FieldError {
	return waybill.FieldError{Path: path, Rule: waybill.RuleRequired, Message: message}
}
