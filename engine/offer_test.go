package engine_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// van is a world with one house courier on a flat rate card, and New York's time.
func van(t *testing.T, o enginetest.Options) (*enginetest.Desk, *time.Location) {
	t.Helper()
	zone, err := waybill.Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	d := enginetest.New(t, o).Account("acme")
	d.Boston(d.Connect(engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: "van", Carrier: "house", Name: "Van", DisplayName: "Van", Mode: waybill.ModeSimulator, Settings: map[string]string{"rate_card": string(flat("400", "2020-01-01"))},
	}}))
	return d, zone
}

// best is the rate that comes first, and its terms.
func best(t *testing.T, d *enginetest.Desk) (waybill.Candidate, engine.Terms) {
	t.Helper()
	offers, err := d.QuoteShipment(t.Context(), enginetest.Order("quoted"))
	if err != nil || len(offers.Candidates) == 0 || len(offers.Terms) != len(offers.Candidates) {
		t.Fatalf("%v: %+v", err, offers)
	}
	return offers.Candidates[0], offers.Terms[0]
}

// TestARateIsBookedAsItWasTold: by its id, no dearer and for no later day, until it expires; else it is refused, with what
// is different, and nothing is stored.
func TestARateIsBookedAsItWasTold(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d, zone := van(t, o)
		order := func(reference, rate string) engine.CreateShipment {
			in := enginetest.Order(reference)
			in.Rate = rate
			return in
		}
		refused := func(reference, rate, said string) {
			t.Helper()
			_, err := d.CreateShipment(t.Context(), order(reference, rate))
			wantReason(t, err, waybill.ReasonRateExpired)
			if !strings.Contains(err.Error(), said) {
				t.Errorf("%v does not say %q", err, said)
			}
			_, err = d.GetShipment(t.Context(), engine.GetShipment{Ref: ref(reference)})
			wantReason(t, err, waybill.ReasonUnknownShipment)
		}
		offer, terms := best(t, d)
		if want := d.Clock.Now().Add(30 * time.Minute); !terms.Until.Equal(want.Truncate(time.Second)) {
			t.Errorf("good until %s, want %s", terms.Until, want)
		}
		for _, name := range []string{"x", "rate_", "rate_AAAA", terms.ID + "A", strings.Replace(terms.ID, "rate_", "rate_A", 1)} {
			_, err := d.CreateShipment(t.Context(), order("forged", name))
			wantReason(t, err, waybill.ReasonFields, "book.rate")
		}
		sh, err := d.CreateShipment(t.Context(), order("A-1", terms.ID))
		if err != nil || sh.Booking != waybill.Booked || sh.Sold != offer.Sold || sh.Provider.Service != "std" {
			t.Fatalf("%v: %s for %s", err, sh.Booking, sh.Sold)
		}
		create(t, d, draft("D-1"))
		sh, err = d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: fromBoston, Rate: terms.ID})
		if err != nil || sh.Booking != waybill.Booked || sh.Sold != offer.Sold {
			t.Fatalf("%v: %s for %s", err, sh.Booking, sh.Sold)
		}

		card := engine.RecordRef{Key: "van"}
		if _, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: card, Text: flat("500", "2020-01-01")}); err != nil {
			t.Fatal(err)
		}
		refused("A-2", terms.ID, "5.00 USD now, and was told at 4.00 USD")
		if _, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: card, Text: flat("300", "2020-01-01")}); err != nil {
			t.Fatal(err)
		}
		if sh, err = d.CreateShipment(t.Context(), order("A-3", terms.ID)); err != nil || sh.Sold.Minor != 300 {
			t.Errorf("a cheaper one is booked as it is: %v, %s", err, sh.Sold)
		}

		d.Clock.Advance(terms.Until.Sub(d.Clock.Now()) - time.Second)
		if sh, err = d.CreateShipment(t.Context(), order("A-4", terms.ID)); err != nil || sh.Booking != waybill.Booked {
			t.Errorf("in its last second: %v, %s", err, sh.Booking)
		}
		d.Clock.Advance(time.Second)
		refused("A-5", terms.ID, "the rate was good until "+terms.Until.Format(time.RFC3339))
		_, err = d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: fromBoston, Rate: terms.ID})
		wantReason(t, err, waybill.ReasonRateExpired)

		now := d.Clock.Now().In(zone)
		d.Clock.Advance(time.Date(now.Year(), now.Month(), now.Day()+1, 23, 45, 0, 0, zone).Sub(now))
		_, terms = best(t, d)
		d.Clock.Advance(20 * time.Minute)
		refused("A-6", terms.ID, "it is promised for "+d.Clock.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly)+" now")
	})
}

// TestARateEndsBeforeItsPriceDoes: another rate card to come, or a planned outage, ends it sooner.
func TestARateEndsBeforeItsPriceDoes(t *testing.T) {
	d, _ := van(t, enginetest.Options{})
	card, now := engine.RecordRef{Key: "van"}, d.Clock.Now()
	ends := func(want time.Time) {
		t.Helper()
		if _, terms := best(t, d); !terms.Until.Equal(want.Truncate(time.Second)) {
			t.Errorf("good until %s, want %s", terms.Until, want)
		}
	}
	ends(now.Add(30 * time.Minute))
	if _, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: card, Text: flat("500", "2020-01-01"), From: now.Add(20 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	ends(now.Add(20 * time.Minute))
	if _, err := d.PlanOutage(t.Context(), engine.PlanOutage{Ref: card, From: now.Add(10 * time.Minute), Until: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	ends(now.Add(10 * time.Minute))
}

// TestRatesSayWhatIsMissing: rates that came in and are out, each with its price and why; connections and services of
// which none came in, each with why and whether the carrier was asked. None of it fails the answer.
func TestRatesSayWhatIsMissing(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	van, ups, courier, idle := d.House("van", "Van", "us"), d.Ups("ups"), d.Fake("courier", "courier"), d.Fake("idle", "courier")
	d.Boston(van, ups, courier, idle)
	d.Rule("not over ten dollars", `{"field":"price","op":"gt","value":"10 USD"}`, `[{"do":"exclude","service":"express"}]`)
	d.Rule("never by UPS", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"exclude","provider":"UPS"}]`)
	d.Courier.Before = enginetest.Refuse(enginetest.OpQuote, waybill.E("courier", waybill.ReasonCarrierOutage, "closed for stocktaking"))
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "idle", Paused: true, Reason: "on strike"}); err != nil {
		t.Fatal(err)
	}
	in := enginetest.Order("quoted")
	in.Shipment.To.Address.Postcode = "02118"
	offers, err := d.QuoteShipment(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in0, out := 0, map[string]string{}
	for i, c := range offers.Candidates {
		switch {
		case c.Rank > 0 && c.Rejected == "" && offers.Terms[i].ID != "":
			in0++
		case c.Rank == 0 && c.Rate.Total.Minor > 0 && offers.Terms[i] == (engine.Terms{}):
			out[c.Rate.Service] = c.Rejected
		default:
			t.Errorf("%+v on %+v", c, offers.Terms[i])
		}
	}
	if in0 == 0 || len(out) != 1 || !strings.Contains(out["express"], "not over ten dollars") {
		t.Errorf("%d are in, out are %v", in0, out)
	}
	found := map[string]engine.Missing{}
	for _, m := range offers.Missing {
		found[m.Provider.ExternalID+"/"+m.Provider.Service] = m
	}
	if m := found["ups/"]; m.Asked || !strings.Contains(m.Why, "never by UPS") {
		t.Errorf("ups: %+v", m)
	}
	if m := found["idle/"]; m.Asked || !strings.Contains(m.Why, "on strike") {
		t.Errorf("idle: %+v", m)
	}
	if m := found["courier/"]; !m.Asked || m.Failure == nil || m.Failure.Reason != waybill.ReasonCarrierOutage {
		t.Errorf("courier: %+v", m)
	}
	for name, m := range found {
		if m.Why == "" || m.Provider.Connection == "" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
