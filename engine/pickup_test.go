package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// coming is a visit to Boston on the next Monday from one till five.
func coming(w *enginetest.World, connection string) engine.BookPickup {
	zone, err := waybill.Zone("America/New_York")
	if err != nil {
		panic(err)
	}
	day := w.Clock.Now().Add(24 * time.Hour)
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, 1)
	}
	at := func(hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, zone)
	}
	return engine.BookPickup{
		Location: engine.Place{ExternalID: "7709"}, Connection: connection, Ready: at(13), Close: at(17),
		Parcels: 3, Weight: waybill.Weight{Value: "12.5", Unit: waybill.Kilogram},
	}
}

func desk(t *testing.T, o enginetest.Options) *enginetest.Desk {
	w := enginetest.New(t, o)
	d := w.Account("shop")
	d.Boston(d.Fake("cr", "courier"), d.Fake("mute", "mute"), d.House("van", "Van", "us"))
	return d
}

func TestPickupIsAskedForOnce(t *testing.T) {
	d := desk(t, enginetest.Options{})
	in := coming(d.World, "cr")
	in.Key, in.Hash = "k1", "h1"
	p, err := d.BookPickup(t.Context(), in)
	if err != nil || p.State != waybill.PickupConfirmed || p.CarrierID == "" || p.Sold != (waybill.Money{Minor: 300, Currency: "USD"}) {
		t.Fatalf("%+v, %v", p, err)
	}
	if zone, _ := time.LoadLocation("America/New_York"); p.Ready.In(zone).Hour() != 13 || p.Day != p.Ready.In(zone).Format(time.DateOnly) {
		t.Errorf("the window is not of the place's own clock: %v, %s", p.Ready, p.Day)
	}
	if v := d.Courier.Visits(); len(v) != 1 || v[0].Ready.Hour() != 13 || v[0].Parcels != 3 || v[0].Weight.Grams() != 12500 || v[0].At.Address.Postcode != "02118" {
		t.Errorf("the carrier was told %+v", v)
	}
	again, err := d.BookPickup(t.Context(), in)
	if err != nil || again.ID != p.ID || d.Courier.Asked(enginetest.OpCollect) != 1 {
		t.Errorf("told again: %v, %v", again.ID, err)
	}
	in.Hash = "other"
	if _, err := d.BookPickup(t.Context(), in); waybill.ReasonOf(err) != waybill.ReasonKeyReused {
		t.Errorf("another request with the key: %v", err)
	}
	if _, err := d.BookPickup(t.Context(), coming(d.World, "cr")); waybill.ReasonOf(err) != waybill.ReasonTaken {
		t.Errorf("the same window again: %v", err)
	}
	later := coming(d.World, "cr")
	later.Ready, later.Close = later.Ready.AddDate(0, 0, 1), later.Close.AddDate(0, 0, 1)
	d.Clock.Advance(time.Second) // lists go by the time
	if p, err := d.BookPickup(t.Context(), later); err != nil || p.State != waybill.PickupConfirmed {
		t.Errorf("another day: %v", err)
	}
	list, err := d.ListPickups(t.Context(), engine.ListPickups{Location: "7709", Connection: "cr", Page: store.Page{Limit: 1}})
	if err != nil || len(list.Items) != 1 || list.Next == "" || list.Items[0].ID == p.ID {
		t.Errorf("the list: %+v, %v", list, err)
	}
}

// TestPickupLost: an answer that never came is a doubt that a person ends; until then the carrier is not asked again.
func TestPickupLost(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := desk(t, o)
		d.Courier.After = enginetest.Refuse(enginetest.OpCollect, enginetest.Lost())
		p, err := d.BookPickup(t.Context(), coming(d.World, "cr"))
		if err != nil || p.State != waybill.PickupUnsure {
			t.Fatalf("%v, %v", p.State, err)
		}
		if _, err := d.BookPickup(t.Context(), coming(d.World, "cr")); waybill.ReasonOf(err) != waybill.ReasonUnsettled {
			t.Errorf("asked again blindly: %v", err)
		}
		d.After(time.Hour)
		if n := d.Courier.Asked(enginetest.OpCollect); n != 1 {
			t.Errorf("asked %d times", n)
		}
		if _, err := d.CancelPickup(t.Context(), p.ID); waybill.ReasonOf(err) != waybill.ReasonUnsettled {
			t.Errorf("called off in doubt: %v", err)
		}
		if _, err := d.DecidePickup(t.Context(), engine.DecidePickup{ID: p.ID, Confirmed: true}); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("decided without a number: %v", err)
		}
		p, err = d.DecidePickup(t.Context(), engine.DecidePickup{ID: p.ID, Confirmed: true, CarrierID: d.Courier.Visits()[0].ID})
		if err != nil || p.State != waybill.PickupConfirmed {
			t.Fatalf("%v, %v", p.State, err)
		}
		if p, err = d.CancelPickup(t.Context(), p.ID); err != nil || p.State != waybill.PickupCancelled || !d.Courier.Visits()[0].Off {
			t.Errorf("%v, %v", p.State, err)
		}
		if _, err := d.CancelPickup(t.Context(), p.ID); waybill.ReasonOf(err) != waybill.ReasonAlreadyCancelled {
			t.Errorf("called off twice: %v", err)
		}
		d.Courier.After = nil
		if p, err := d.BookPickup(t.Context(), coming(d.World, "cr")); err != nil || p.State != waybill.PickupConfirmed {
			t.Errorf("after it was called off: %v, %v", p.State, err)
		}
	})
}

// TestPickupAbandoned: a process that died while it asked leaves a doubt, not a request for ever.
func TestPickupAbandoned(t *testing.T) {
	d := desk(t, enginetest.Options{Config: func(c *engine.Config) { c.Answer = time.Millisecond }})
	release := make(chan struct{})
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpCollect {
			<-release
		}
		return nil
	}
	p, err := d.BookPickup(t.Context(), coming(d.World, "cr"))
	if err != nil || p.State != waybill.PickupRequested {
		t.Fatalf("%v, %v", p.State, err)
	}
	d.After(time.Minute)
	if p, err = d.GetPickup(t.Context(), p.ID); err != nil || p.State != waybill.PickupUnsure {
		t.Fatalf("%v, %v", p.State, err)
	}
	close(release) // the answer comes after all
	if err := d.World.Engine.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err = d.GetPickup(t.Context(), p.ID)
	if p.State != waybill.PickupConfirmed {
		t.Errorf("a late answer came to nothing: %v, %v", p.State, err)
	}
}

func TestPickupRefusals(t *testing.T) {
	d := desk(t, enginetest.Options{})
	for name, c := range map[string]struct {
		change func(*engine.BookPickup)
		want   waybill.Reason
	}{
		"no such location":   {func(in *engine.BookPickup) { in.Location.ExternalID = "nowhere" }, waybill.ReasonUnknownLocation},
		"no such connection": {func(in *engine.BookPickup) { in.Connection = "nobody" }, waybill.ReasonNoConnection},
		"cannot come":        {func(in *engine.BookPickup) { in.Connection = "mute" }, waybill.ReasonCarrierAbility},
		"no parcels":         {func(in *engine.BookPickup) { in.Parcels = 0 }, waybill.ReasonFields},
		"closes first":       {func(in *engine.BookPickup) { in.Close = in.Ready }, waybill.ReasonFields},
		"two days":           {func(in *engine.BookPickup) { in.Close = in.Ready.Add(24 * time.Hour) }, waybill.ReasonFields},
		"past": {func(in *engine.BookPickup) {
			in.Ready, in.Close = in.Ready.AddDate(0, 0, -9), in.Close.AddDate(0, 0, -9)
		}, waybill.ReasonFields},
	} {
		in := coming(d.World, "cr")
		c.change(&in)
		if _, err := d.BookPickup(t.Context(), in); waybill.ReasonOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpCollect, waybill.E("courier", waybill.ReasonCarrier, "no van"))
	if p, err := d.BookPickup(t.Context(), coming(d.World, "cr")); err != nil || p.State != waybill.PickupFailed || p.Error != "no van" {
		t.Errorf("a refusal: %+v, %v", p, err)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpCallOff, waybill.E("courier", waybill.ReasonCarrier, "the van has left"))
	p, err := d.BookPickup(t.Context(), coming(d.World, "cr"))
	if err != nil || p.State != waybill.PickupConfirmed {
		t.Fatal(p, err)
	}
	if _, err := d.CancelPickup(t.Context(), p.ID); waybill.ReasonOf(err) != waybill.ReasonCancelRefused {
		t.Errorf("not called off: %v", err)
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpCallOff, enginetest.Lost())
	if _, err := d.CancelPickup(t.Context(), p.ID); err == nil || !waybill.AsError(err).Unsure {
		t.Errorf("an answer that never came: %v", err)
	}
	d.Courier.Before = nil
	d.After(2 * time.Minute)
	if p, err := d.GetPickup(t.Context(), p.ID); err != nil || p.State != waybill.PickupCancelled {
		t.Errorf("the job did not see it through: %v, %v", p.State, err)
	}
	if p, err := d.BookPickup(t.Context(), coming(d.World, "van")); err != nil || p.State != waybill.PickupConfirmed || p.Sold.Minor != 0 {
		t.Errorf("the house: %+v, %v", p, err)
	}
	stranger := d.World.Account("stranger")
	if _, err := stranger.CancelPickup(t.Context(), p.ID); !waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("a stranger called it off: %v", err)
	}
}

// TestPickupsAtOnce: of many who ask for one day at once one is heard, whatever the window; by a carrier and by our own
// driver, and with the same key all hear the same.
func TestPickupsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := desk(t, o)
		for _, by := range []string{"cr", "van"} {
			booked := together(func(i int) error {
				in := coming(d.World, by)
				in.Close = in.Close.Add(time.Duration(i) * time.Minute)
				p, err := d.BookPickup(t.Context(), in)
				if err == nil && p.State != waybill.PickupConfirmed {
					t.Errorf("%s: %s %s", by, p.State, p.Error)
				}
				if reason := waybill.ReasonOf(err); err != nil && reason != waybill.ReasonUnsettled && reason != waybill.ReasonTaken {
					t.Error(err)
				}
				return err
			})
			if booked != 1 {
				t.Errorf("%s: %d were booked", by, booked)
			}
			next := coming(d.World, by)
			next.Ready, next.Close, next.Key, next.Hash = next.Ready.AddDate(0, 0, 1), next.Close.AddDate(0, 0, 1), "k-"+by, "h"
			if heard := together(func(int) error {
				_, err := d.BookPickup(t.Context(), next)
				if err != nil {
					t.Error(err)
				}
				return err
			}); heard != 8 {
				t.Errorf("%s: of eight with one key %d heard", by, heard)
			}
		}
		if n := d.Courier.Asked(enginetest.OpCollect); n != 2 {
			t.Errorf("the carrier was asked %d times for two visits", n)
		}
		if list, err := d.ListPickups(t.Context(), engine.ListPickups{Page: store.Page{Limit: 25}}); err != nil || len(list.Items) != 4 {
			t.Errorf("%d pickups, %v", len(list.Items), err)
		}
	})
}

// together runs a thing eight times at once, and counts how often it came off.
func together(do func(int) error) (done int) {
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	for _, err := range errs {
		if err == nil {
			done++
		}
	}
	return done
}

// TestPickupOnceADay: a carrier that comes to a place that day is not asked to come again, whatever the window, and of
// two places at one address the second is not taken for the first: calling it off would call off the other.
func TestPickupOnceADay(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := desk(t, o)
		for _, by := range []string{"cr", "van"} {
			first, err := d.BookPickup(t.Context(), coming(d.World, by))
			if err != nil || first.State != waybill.PickupConfirmed {
				t.Fatalf("%s: %v, %v", by, first.State, err)
			}
			morning := coming(d.World, by)
			morning.Ready, morning.Close, morning.Parcels = morning.Ready.Add(-4*time.Hour), morning.Ready.Add(-time.Hour), 50
			_, err = d.BookPickup(t.Context(), morning)
			if waybill.ReasonOf(err) != waybill.ReasonTaken || !strings.Contains(err.Error(), string(first.ID)) {
				t.Errorf("%s: a second that day: %v", by, err)
			}
			if _, err := d.CancelPickup(t.Context(), first.ID); err != nil {
				t.Fatal(err)
			}
			if p, err := d.BookPickup(t.Context(), morning); err != nil || p.State != waybill.PickupConfirmed {
				t.Errorf("%s: after the first was called off: %v, %v", by, p.State, err)
			}
		}
		places, err := d.ListLocations(t.Context())
		if err != nil || len(places) != 1 {
			t.Fatal(places, err)
		}
		door := places[0]
		door.Row, door.ExternalID = waybill.Row{}, "7709-back"
		if _, err := d.SaveLocation(t.Context(), door); err != nil {
			t.Fatal(err)
		}
		back := coming(d.World, "cr")
		back.Location.ExternalID = "7709-back"
		if p, err := d.BookPickup(t.Context(), back); err != nil || p.State != waybill.PickupFailed || p.Reason != waybill.ReasonTaken || p.CarrierID != "" {
			t.Errorf("the other door of the address: %+v, %v", p, err)
		}
	})
}
