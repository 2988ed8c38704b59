package carrier

import (
	"context"
	"net/http"
	"slices"
	"time"

	"waybill"
)

// How long what is slow takes: a booking longer than any caller waits, rates longer than they are worth.
const (
	slowBooking = 6 * time.Second
	slowRates   = 10 * time.Second
)

// bewitched buys as the word of a simulated purchase says.
func (c *Carrier) bewitched(ctx context.Context, verb, word string, buy func() (Booking, error)) (Booking, error) {
	s := c.spell(word)
	switch {
	case s == nil:
		return buy()
	case s.Moment == AtBooking && s.refuse != nil:
		return Booking{}, s.refuse(c.driver.Name + "." + verb)
	case s.is("hang"):
		<-ctx.Done()
		return Booking{}, ctx.Err()
	case s.is("slow"):
		passes(ctx, slowly(ctx))
	}
	booking, err := buy()
	if err != nil {
		return booking, err
	}
	switch {
	case s.is("lost-answer"), s.is("lost-for-good"):
		return Booking{}, c.unheard(verb)
	case s.is("garbage"):
		return Booking{}, c.broken(verb, true, "it is no document of the carrier's")
	case s.is("label-missing"), s.is("label-later"):
		booking.Labels = nil
	case s.is("dearer"):
		more := waybill.Money{Minor: (booking.Price.Minor + 3) / 4, Currency: booking.Price.Currency}
		booking.Price.Minor += more.Minor
		if len(booking.Charges) > 0 {
			booking.Charges = append(slices.Clone(booking.Charges), waybill.Charge{Kind: "other", Name: "Magic surcharge", Amount: more})
		}
		booking.Warnings = append(slices.Clone(booking.Warnings), "the carrier charges a quarter more than it quoted")
	}
	return booking, nil
}

// unheard is a call whose answer was lost.
func (c *Carrier) unheard(verb string) error {
	e := waybill.E(c.driver.Name+"."+verb, waybill.ReasonCarrierOutage, "the connection broke off before the answer")
	e.Unsure = true
	return e
}

// Silent reports whether a place is called "Magic lost-for-good": what a simulated carrier answers to its pickups and
// manifests is lost. The house courier's too, as no other carrier here takes manifests.
func (c *Carrier) Silent(at waybill.Party) bool {
	return c.connection.Mode == waybill.ModeSimulator && magicOf(at) == "lost-for-good"
}

// heard is what is heard of a pickup or a manifest that the carrier was told of. The house courier's silence needs no telling.
func heard[T any](c *Carrier, verb string, at waybill.Party, do func() (T, error)) (out T, err error) {
	if !c.driver.Local || !c.Silent(at) {
		out, err = do()
	}
	if err == nil && c.Silent(at) {
		err = c.unheard(verb)
	}
	return out, err
}

// slowly is how long a slow booking takes: it is made within the deadline all the same.
func slowly(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return min(slowBooking, time.Until(end)*2/3)
	}
	return slowBooking
}

// unvoidable is why a simulated purchase is not taken back; nil: the carrier is asked.
func (c *Carrier) unvoidable(word string) error {
	if s := c.spell(word); s != nil && s.Moment == AtVoid {
		return s.refuse(c.driver.Name + ".void")
	}
	return nil
}

// labelAfter is how long the label of a simulated purchase is waited for, when it comes later.
const labelAfter = 10 * time.Minute

// unlabelled is why the label of a simulated purchase is not to be had; nil: the carrier is asked.
func (c *Carrier) unlabelled(r LabelRequest) error {
	op := c.driver.Name + ".label"
	switch s := c.spell(r.Magic); {
	case s.is("label-missing"):
		return named(c.driver.Name, waybill.E(op, waybill.ReasonNoLabel, "the carrier has no label for it"))
	case s.is("label-later") && r.Waited < labelAfter:
		e := waybill.E(op, waybill.ReasonNoLabel, "the carrier has not made the label yet")
		e.RetryAfter = labelAfter - r.Waited
		return named(c.driver.Name, e)
	}
	return nil
}

// magic is the word of a shipment to be priced: whom it goes to, or who sends it back.
func (r QuoteRequest) magic() string {
	if r.Direction == waybill.Incoming {
		return magicOf(r.Shipment.From, r.Shipment.Value, r.Shipment.Options.COD)
	}
	return MagicOf(r.Shipment)
}

// unquoted answers for a simulated carrier that gives no rates. It stands before the breaker: one shipment's magic is
// no reason to leave the carrier alone.
func (c *Carrier) unquoted(ctx context.Context, r QuoteRequest) (done bool, err error) {
	s := c.spell(r.magic())
	op := c.driver.Name + ".quote"
	switch {
	case s.is("no-rates"):
		for _, service := range c.Services() {
			if r.Refused != nil && (len(r.Services) == 0 || slices.Contains(r.Services, service.Code)) {
				r.Refused(service.Code, "not to be had between these places")
			}
		}
		return true, nil
	case s.is("rates-outage"):
		return true, named(c.driver.Name, s.refuse(op))
	case s.is("rates-slow"):
		if passes(ctx, slowRates); ctx.Err() != nil {
			return true, named(c.driver.Name, ended(op, ctx.Err()))
		}
	}
	return false, nil
}

// thinned takes the first of several services out of a simulated carrier's offers.
func (c *Carrier) thinned(r QuoteRequest, offers []waybill.Rate) []waybill.Rate {
	if len(offers) < 2 || !c.spell(r.magic()).is("rates-partial") {
		return offers
	}
	if r.Refused != nil {
		r.Refused(offers[0].Service, "not to be had between these places")
	}
	return offers[1:]
}

// followed asks after parcels: those of a simulated carrier that live by magic are told of without it.
func (c *Carrier) followed(ctx context.Context, r TrackRequest, ask func(TrackRequest) ([]waybill.Tracking, error)) ([]waybill.Tracking, error) {
	if c.connection.Mode != waybill.ModeSimulator {
		return ask(r)
	}
	answers, rest := make([]waybill.Tracking, len(r.Numbers)), r
	rest.Numbers = nil
	var places []int
	for i, number := range r.Numbers {
		var life Life
		if i < len(r.Lives) {
			life = r.Lives[i]
		}
		told, ok := c.live(number, life, r.Now, r.Ahead)
		if ok {
			answers[i] = told
			continue
		}
		rest.Numbers, places = append(rest.Numbers, number), append(places, i)
	}
	if len(places) == 0 {
		return answers, nil
	}
	heard, err := ask(rest)
	if err != nil || len(heard) != len(places) {
		return heard, err
	}
	for i, at := range places {
		answers[at] = heard[i]
	}
	return answers, nil
}

// passes returns after d, or when the context ends.
func passes(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// aheadHeader tells a simulator how far the test clock of the parcels' account is ahead of its own.
const aheadHeader = "Waybill-Simulator-Ahead"

type aheadKey struct{}

// withAhead has the calls made under the context carry the test clock, if their connection is a simulator.
func withAhead(ctx context.Context, d time.Duration) context.Context {
	if d <= 0 {
		return ctx
	}
	return context.WithValue(ctx, aheadKey{}, d)
}

// aheadClient is a client that sends the test clock along. Only simulated connections are given one.
func aheadClient(client *http.Client) *http.Client {
	told := *client
	told.Transport = aheadTransport{client.Transport}
	return &told
}

type aheadTransport struct{ under http.RoundTripper }

// RoundTrip adds the header to a request made under [withAhead].
func (t aheadTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	under := t.under
	if under == nil {
		under = http.DefaultTransport
	}
	if d, ok := r.Context().Value(aheadKey{}).(time.Duration); ok {
		r = r.Clone(r.Context())
		r.Header.Set(aheadHeader, d.String())
	}
	return under.RoundTrip(r)
}
