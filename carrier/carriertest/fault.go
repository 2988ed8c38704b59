package carriertest

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"waybill"
	"waybill/carrier"
)

func badPostcode(b *bench) {
	s := b.h.Sample()
	s.To.Address.Postcode = b.h.BadPostcode
	_, err := b.carrier.Ship(context.Background(), b.order(s, b.h.Formats[0]))
	if err == nil {
		b.Fatalf("the postcode %s was accepted", b.h.BadPostcode)
	}
	e := waybill.AsError(err)
	if e.Severity != waybill.Hard || e.Unsure || len(e.Fields) == 0 || e.Fields[0].Path != "to.address.postcode" {
		b.Errorf("want hard, sure, with the field to.address.postcode; got\n%s", explain(err))
	}
	if n := len(b.backend.Sold()); n != 0 {
		b.Errorf("%d were sold", n)
	}
}

func outageTransient(b *bench) {
	_, booking := b.ship()
	b.spoil("track", Outage, 1)
	_, err := b.track(booking.Numbers[0])
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, false)
	b.spoil("ship", Outage, 1)
	_, err = b.carrier.Ship(context.Background(), b.order(b.h.Sample(), b.h.Formats[0]))
	b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, true) // a gateway's 503 proves nothing
	if b.carrier.Has(carrier.Quotes) {
		b.spoil("quote", Outage, 1)
		_, err = b.quote(context.Background())
		b.expect(err, waybill.ReasonCarrierOutage, waybill.Transient, false)
		if _, err := b.quote(context.Background()); err != nil {
			b.Errorf("after the outage: %v", explain(err))
		}
	}
}

func rateLimited(b *bench) {
	b.spoil("ship", RateLimit, 1)
	_, err := b.carrier.Ship(context.Background(), b.order(b.h.Sample(), b.h.Formats[0]))
	if e := b.expect(err, waybill.ReasonCarrierLimit, waybill.Transient, false); e.RetryAfter <= 0 {
		b.Errorf("the delay is %s", e.RetryAfter)
	}
	if n := len(b.backend.Sold()); n != 0 {
		b.Errorf("%d were sold: the adapter tried a purchase again by itself", n)
	}
}

func wrongCredentials(b *bench) {
	b.carrier = b.open(b.with(b.h.Wrong), b.backend.Base)
	_, err := b.carrier.Ship(context.Background(), b.order(b.h.Sample(), b.h.Formats[0]))
	b.expect(err, waybill.ReasonCarrierLogin, waybill.Hard, false)
	_, err = b.track("1234567890")
	b.expect(err, waybill.ReasonCarrierLogin, waybill.Hard, false)
}

// witnessed is all that was noted of calls to the carrier, and how many there were.
func (b *bench) witnessed() (text string, exchanges int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all strings.Builder
	for _, o := range b.noted {
		for _, clean := range o.Exchanges {
			fmt.Fprintf(&all, "%+v\n", clean())
			exchanges++
		}
	}
	return all.String(), exchanges
}

// noSecrets makes everything go wrong once and reads what was said about it.
func noSecrets(b *bench) {
	var said strings.Builder
	note := func(err error) {
		if err == nil {
			b.Error("a call that was to fail did not")
			return
		}
		fmt.Fprintf(&said, "%s\n%+v\n", explain(err), *waybill.AsError(err))
	}
	for _, kind := range []string{Outage, RateLimit, Drop, FailAfter, Garbage} {
		b.spoil("ship", kind, 1)
		_, err := b.carrier.Ship(context.Background(), b.order(b.h.Sample(), b.h.Formats[0]))
		note(err)
		b.spoil("track", kind, 1)
		_, err = b.track("1234567890")
		note(err)
	}
	b.carrier = b.open(b.with(b.h.Wrong), b.backend.Base)
	_, err := b.track("1234567890")
	note(err)
	b.carrier = b.open(b.h.Settings, "http://127.0.0.1:1")
	_, err = b.track("1234567890")
	note(err)

	var secrets []string
	for _, s := range b.h.Driver.Settings {
		for _, values := range []carrier.Settings{b.h.Settings, b.h.Wrong} {
			if s.Secret && values[s.Name] != "" {
				secrets = append(secrets, values[s.Name])
			}
		}
	}
	for _, sent := range b.recorder.take() {
		if _, token, ok := strings.Cut(sent.header.Get("Authorization"), " "); ok {
			secrets = append(secrets, token)
			if pair, err := base64.StdEncoding.DecodeString(token); err == nil {
				secrets = append(secrets, string(pair))
			}
		}
	}
	if len(secrets) == 0 {
		b.Fatal("the harness has no secret; the case proves nothing")
	}
	noted, exchanges := b.witnessed()
	if exchanges < 10 {
		b.Errorf("%d exchanges were noted; the case proves half", exchanges)
	}
	for _, secret := range secrets {
		if strings.Contains(noted, secret) {
			b.Errorf("a secret (%d characters) is in what was noted of the calls", len(secret))
		}
		if strings.Contains(said.String(), secret) {
			b.Errorf("a secret (%d characters) is in an error", len(secret))
		}
		if strings.Contains(b.log.String(), secret) {
			b.Errorf("a secret (%d characters) is in the log", len(secret))
		}
	}
	if b.log.String() == "" {
		b.Error("nothing was logged; the case proves half")
	}
}

func atOnce(b *bench) {
	_, booking := b.ship()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := b.track(booking.Numbers...); err != nil {
				b.Errorf("track: %v", explain(err))
			}
		})
		wg.Go(func() {
			if !b.carrier.Has(carrier.Quotes) {
				return
			}
			if _, err := b.quote(context.Background()); err != nil {
				b.Errorf("quote: %v", explain(err))
			}
		})
	}
	wg.Wait()
}
