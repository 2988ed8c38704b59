package engine_test

import (
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestALastingFailureIsToldOnce: an account that has shipments tried again hears of a failure once, and again when it is
// another one or the shipment is booked; the history has every try.
func TestALastingFailureIsToldOnce(t *testing.T) {
	for name, fail := range map[string]string{"no rates": enginetest.OpQuote, "no booking": enginetest.OpShip} {
		t.Run(name, func(t *testing.T) {
			d := enginetest.New(t, enginetest.Options{}).Account("acme")
			account := d.Tenant
			account.Settings.AutoRetry = true
			if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
				t.Fatal(err)
			}
			d.Boston(d.Fake("courier", "courier"))
			if _, err := d.PutSubscription(t.Context(), engine.PutSubscription{URL: "https://all.example", Dialect: "lynkup"}); err != nil {
				t.Fatal(err)
			}
			posted := heard(d)
			told := func() (kinds []waybill.EventKind) {
				for _, out := range posted["https://all.example"] {
					kinds = append(kinds, out.Event.Kind)
				}
				clear(posted)
				return kinds
			}
			failures := func() (n int) {
				for _, kind := range history(t, d, "A-1") {
					if kind == waybill.ShipmentNoProvider || kind == waybill.ShipmentFailed {
						n++
					}
				}
				return n
			}
			ended := waybill.ShipmentFailed
			if fail == enginetest.OpQuote {
				ended = waybill.ShipmentNoProvider
			}
			d.Courier.Before = enginetest.Refuse(fail, waybill.E("courier", waybill.ReasonCarrier, "not today"))
			create(t, d, enginetest.Order("A-1"))
			d.Drain()
			if got := told(); len(got) == 0 || got[len(got)-1] != ended {
				t.Errorf("of the first failure: %v", got)
			}
			for range 3 {
				d.After(16 * time.Minute)
			}
			if got := told(); len(got) != 0 || failures() != 4 {
				t.Errorf("of three more that are the same: %v; the history has %d", got, failures())
			}
			d.Courier.Before = enginetest.Refuse(fail, waybill.E("courier", waybill.ReasonCarrier, "the account is blocked"))
			d.After(16 * time.Minute)
			if got := told(); !slices.Equal(got, []waybill.EventKind{ended}) {
				t.Errorf("of another failure: %v", got)
			}
			d.Courier.Before = nil
			d.After(16 * time.Minute)
			if got := told(); !slices.Equal(got, []waybill.EventKind{waybill.ShipmentBooked}) {
				t.Errorf("of the booking: %v", got)
			}
		})
	}
}

// TestATryWaitsAsLongAsTheCarrierSaid: longer than tries are apart, where it asked for that.
func TestATryWaitsAsLongAsTheCarrierSaid(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	account := d.Tenant
	account.Settings.AutoRetry = true
	if _, err := d.World.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	d.Boston(d.Fake("courier", "courier"))
	full := waybill.E("courier", waybill.ReasonCarrierLimit, "full until midnight")
	full.RetryAfter = 3 * time.Hour
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, full)
	create(t, d, enginetest.Order("A-1"))
	if f := get(t, d, "A-1").Failure; f == nil || f.Fault == nil || f.Fault.Wait != 3*time.Hour || f.Fault.Remedy == "" {
		t.Errorf("the failure is %+v", f)
	}
	d.Courier.Before = nil
	d.After(2*time.Hour + 59*time.Minute)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Failed || d.Courier.Asked(enginetest.OpShip) != 1 {
		t.Errorf("it was tried before: %s", sh.Booking)
	}
	d.After(2 * time.Minute)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("it is %s", sh.Booking)
	}
}
