package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// TestPlannedOutage: during it nobody is asked and the decision says why; before and after it, and once it was ended,
// all is as ever. What was booked before stays trackable and voidable.
func TestPlannedOutage(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("van", "Van", "us"))
	before, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	if err != nil {
		t.Fatal(err)
	}
	ref, now := engine.RecordRef{Key: "van"}, d.Clock.Now()
	_, err = d.PlanOutage(t.Context(), engine.PlanOutage{Ref: ref, Until: now})
	wantReason(t, err, waybill.ReasonFields, "until")
	_, err = d.PlanOutage(t.Context(), engine.PlanOutage{Ref: ref})
	wantReason(t, err, waybill.ReasonFields, "until")
	if _, err := d.PlanOutage(t.Context(), engine.PlanOutage{Ref: ref, From: now.Add(time.Hour), Until: now.Add(2 * time.Hour), Reason: "works on the bridge"}); err != nil {
		t.Fatal(err)
	}
	later, err := d.PlanOutage(t.Context(), engine.PlanOutage{Ref: ref, From: now.Add(30 * time.Hour), Until: now.Add(40 * time.Hour)})
	if err != nil || len(later.Outages) != 2 {
		t.Fatalf("%v: %+v", err, later.Outages)
	}
	book := func(reference string) error { return booked(t, d, reference) }
	if err := book("A-2"); err != nil {
		t.Errorf("before it: %v", err)
	}
	d.Clock.Advance(time.Hour)
	err = book("A-3")
	wantReason(t, err, waybill.ReasonNoConnection)
	if !strings.Contains(err.Error(), "works on the bridge") {
		t.Errorf("the reason is not told: %v", err)
	}
	rates, err := d.RateShipment(t.Context(), engine.RateShipment{Ref: engine.Ref{ID: before.ID}})
	if err != nil || len(rates.Candidates) != 0 || len(rates.Steps) != 1 || !strings.Contains(rates.Steps[0].Detail, "works on the bridge") {
		t.Errorf("%v: rates during it: %+v", err, rates)
	}
	if scan(t, d, before.Tracking, waybill.PickedUp).Transit != waybill.PickedUp {
		t.Error("a parcel of before is not followed")
	}
	d.Clock.Advance(time.Hour)
	if err := book("A-4"); err != nil {
		t.Errorf("after it: %v", err)
	}
	d.Clock.Advance(28 * time.Hour)
	wantReason(t, book("A-5"), waybill.ReasonNoConnection)
	ended, err := d.EndOutage(t.Context(), engine.EndOutage{Ref: ref, ID: later.Outages[1].ID})
	if err != nil || !ended.Outages[1].Until.Equal(d.Clock.Now()) {
		t.Fatalf("%v: %+v", err, ended.Outages)
	}
	if err := book("A-6"); err != nil {
		t.Errorf("ended early: %v", err)
	}
	_, err = d.EndOutage(t.Context(), engine.EndOutage{Ref: ref, ID: "0123456789abcdef01234567"})
	wantReason(t, err, waybill.ReasonUnknownRecord)
	if log, err := d.ListAudit(t.Context(), engine.ListAudit{Page: store.Page{Limit: 1}}); err != nil || log.Items[0].Name != "van" || strings.Join(log.Items[0].Fields, " ") != "outages" {
		t.Errorf("%v: %+v", err, log.Items)
	}
}

// booked books a new order; the error is why nobody would.
func booked(t *testing.T, d *enginetest.Desk, reference string) error {
	t.Helper()
	sh, err := d.CreateShipment(t.Context(), enginetest.Order(reference))
	if err == nil && sh.Failure != nil {
		err = waybill.E("test", sh.Failure.Reason, "%s", sh.Failure.Message)
	}
	return err
}

// limited is an account whose only connection may spend so much.
func limited(t *testing.T, d *enginetest.Desk, limit waybill.SpendLimit) waybill.Connection {
	t.Helper()
	c := d.House("van", "Van", "us")
	d.Boston(c)
	c.Spend = limit
	return d.Connect(engine.SaveConnection{Connection: c})
}

// TestSpendLimit: what is bought counts, what is given back counts no more, and once the limit is reached the
// connection is left out, with the reason in the decision. A new day begins anew, a month does not.
func TestSpendLimit(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		limited(t, d, waybill.SpendLimit{})
		first, err := d.CreateShipment(t.Context(), enginetest.Order("A-0"))
		if err != nil {
			t.Fatal(err)
		}
		price := first.Bought.Minor
		limited(t, d, waybill.SpendLimit{Currency: "USD", Day: 2*price + 1, Month: 3 * price})
		spent := func() engine.Spent {
			t.Helper()
			s, err := d.Spending(t.Context(), engine.RecordRef{Key: "van"})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		one, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
		if err != nil {
			t.Fatal(err)
		}
		if s := spent(); s.Day != price || s.Month != price || s.DayNear {
			t.Errorf("one is bought: %+v", s)
		}
		if _, err := d.CreateShipment(t.Context(), enginetest.Order("A-2")); err != nil {
			t.Fatal(err)
		}
		if s := spent(); s.Day != 2*price || !s.DayNear {
			t.Errorf("two are bought: %+v", s)
		}
		err = booked(t, d, "A-3")
		wantReason(t, err, waybill.ReasonNoRate)
		if !strings.Contains(err.Error(), "spend limit") {
			t.Errorf("the reason is not told: %v", err)
		}
		if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: one.ID}}); err != nil {
			t.Fatal(err)
		}
		if s := spent(); s.Day != price || s.Month != price {
			t.Errorf("one was given back: %+v", s)
		}
		if err := booked(t, d, "A-4"); err != nil {
			t.Errorf("with room again: %v", err)
		}
		d.Clock.Advance(24 * time.Hour)
		if s := spent(); s.Day != 0 || s.Month != 2*price {
			t.Errorf("the next day: %+v", s)
		}
		if err := booked(t, d, "A-5"); err != nil {
			t.Errorf("the next day: %v", err)
		}
		err = booked(t, d, "A-6")
		wantReason(t, err, waybill.ReasonNoConnection)
		if !strings.Contains(err.Error(), "its spend limit is reached") {
			t.Errorf("the month is used up: %v", err)
		}
	})
}

// TestSpendLimitHoldsWhenManyBuy: of many who buy at once no more go through than the limit allows.
func TestSpendLimitHoldsWhenManyBuy(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		limited(t, d, waybill.SpendLimit{})
		first, err := d.CreateShipment(t.Context(), enginetest.Order("A-0"))
		if err != nil {
			t.Fatal(err)
		}
		price := first.Bought.Minor
		limited(t, d, waybill.SpendLimit{Currency: "USD", Day: 5*price + price/2})
		var wait sync.WaitGroup
		var lock sync.Mutex
		bought := 0
		for i := range 16 {
			wait.Go(func() {
				sh, err := d.CreateShipment(t.Context(), enginetest.Order(fmt.Sprint("B-", i)))
				lock.Lock()
				defer lock.Unlock()
				if err == nil && sh.Booking == waybill.Booked {
					bought++
				}
			})
		}
		wait.Wait()
		s, err := d.Spending(t.Context(), engine.RecordRef{Key: "van"})
		if err != nil || bought != 5 || s.Day != 5*price {
			t.Errorf("%v: %d were bought, %d counted, at %d each", err, bought, s.Day, price)
		}
	})
}

// TestLimitInAnotherCurrency: a price that cannot be counted is left out.
func TestLimitInAnotherCurrency(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	limited(t, d, waybill.SpendLimit{Currency: "EUR", Day: 100_000})
	err := booked(t, d, "A-1")
	wantReason(t, err, waybill.ReasonNoRate)
	c := d.House("bad", "Bad", "us")
	c.Spend = waybill.SpendLimit{Day: 5}
	_, err = d.SaveConnection(t.Context(), engine.SaveConnection{Connection: c})
	wantReason(t, err, waybill.ReasonFields, "spend_limit.currency")
}

// TestAfterTheCutOff: what is booked after the cut-off, or on a day that the location is closed, leaves on the next day
// that it is open, and is promised accordingly.
func TestAfterTheCutOff(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	l := d.Boston(d.House("van", "Van", "us"))
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	promised := func(reference string) string {
		t.Helper()
		sh, err := d.CreateShipment(t.Context(), enginetest.Order(reference))
		if err != nil {
			t.Fatal(err)
		}
		return sh.EstimatedPick.Starts.In(zone).Format(time.DateOnly)
	}
	monday := time.Date(2026, 11, 30, 10, 0, 0, 0, zone)
	d.Clock.Advance(monday.Sub(d.Clock.Now()))
	if day := promised("A-1"); day != "2026-11-30" {
		t.Errorf("without a cut-off it leaves on %s", day)
	}
	l.Cutoff, l.Hours = "11:00", []waybill.Hours{{Day: "mon", Opens: "08:00", Closes: "17:00"}, {Day: "thu", Opens: "08:00", Closes: "17:00"}}
	if _, err := d.SaveLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if day := promised("A-2"); day != "2026-11-30" {
		t.Errorf("before the cut-off it leaves on %s", day)
	}
	d.Clock.Advance(time.Hour)
	if day := promised("A-3"); day != "2026-12-03" {
		t.Errorf("after the cut-off of Monday it leaves on %s, not on Thursday", day)
	}
	d.Clock.Advance(20 * time.Hour)
	if day := promised("A-4"); day != "2026-12-03" {
		t.Errorf("on Tuesday, when it is closed, it leaves on %s", day)
	}
	d.Rule("Thursdays wait", `{"field":"ship_date","op":"is","value":"2026-12-03"}`, `[{"do":"hold","reason":"Thursday"}]`)
	if sh, err := d.CreateShipment(t.Context(), enginetest.Order("A-5")); err != nil || sh.Booking == waybill.Booked {
		t.Errorf("%v: a rule on the day that it leaves does not see it: %s", err, sh.Booking)
	}
}
