package engine_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// Draining waits for what is under way, answers or not, and refuses what is new.
func TestDrainWaitsAndRefuses(t *testing.T) { synctest.Test(t, drainWaitsAndRefuses) }

func drainWaitsAndRefuses(t *testing.T) {
	d := enginetest.New(t, ownBudget).Account("acme")
	d.Boston(d.Fake("courier", "courier"))
	in := enginetest.Order("booked")
	create(t, d, in)
	selling, sell := make(chan struct{}), make(chan struct{})
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			close(selling)
			<-sell
		}
		return nil
	}
	if sh := create(t, d, enginetest.Order("A-1")); sh.Booking != waybill.Unsettled {
		t.Fatalf("it is %s", sh.Booking)
	}
	<-selling
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := d.World.Engine.Drain(short); err == nil {
		t.Error("it drained while a purchase was under way")
	}
	_, err := d.CreateShipment(t.Context(), enginetest.Order("A-2"))
	wantReason(t, err, waybill.ReasonDraining)
	_, err = d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("booked")})
	wantReason(t, err, waybill.ReasonDraining)
	_, err = cancel(t, d, "booked")
	wantReason(t, err, waybill.ReasonDraining)
	_, err = d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "booked", Postcode: "02118"})
	wantReason(t, err, waybill.ReasonDraining)
	if sh := get(t, d, "booked"); sh.Booking != waybill.Booked {
		t.Errorf("looking is still possible: %s", sh.Booking)
	}
	close(sell)
	if err := d.World.Engine.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("the purchase under way was cut off: %s", sh.Booking)
	}
}

// A create that is still asking for rates when draining begins is waited for too.
func TestDrainWaitsForRates(t *testing.T) { synctest.Test(t, drainWaitsForRates) }

func drainWaitsForRates(t *testing.T) {
	d := fakeFirst(t, "courier")
	rating, rate := make(chan struct{}), make(chan struct{})
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpQuote {
			close(rating)
			<-rate
		}
		return nil
	}
	created, drained := make(chan error), make(chan error)
	go func() {
		_, err := d.CreateShipment(context.Background(), enginetest.Order("A-1"))
		created <- err
	}()
	<-rating
	go func() { drained <- d.World.Engine.Drain(context.Background()) }()
	synctest.Wait()
	select {
	case <-drained:
		t.Error("it drained while a create was under way")
	default:
	}
	close(rate)
	if err := <-created; err != nil {
		t.Error(err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("it is %s", sh.Booking)
	}
}

// A client that hangs up does not stop its purchase.
func TestACallerThatHangsUp(t *testing.T) {
	d := fakeFirst(t, "courier")
	ctx, hangUp := context.WithCancel(t.Context())
	d.Courier.Before = func(ctx context.Context, op, _ string) error {
		if op == enginetest.OpShip {
			hangUp()
			return ctx.Err()
		}
		return nil
	}
	if _, err := d.CreateShipment(ctx, enginetest.Order("A-1")); err != nil {
		t.Fatal(err)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("it is %s", sh.Booking)
	}
}

// A panic inside a purchase takes nobody down: the shipment stays unsettled, and its job finds out.
func TestAPanicIsAnError(t *testing.T) {
	for _, op := range []string{enginetest.OpQuote, enginetest.OpShip, enginetest.OpVoid, enginetest.OpReturn} {
		d := enginetest.New(t, enginetest.Options{}).Account("acme")
		c := d.Fake("courier", "courier")
		d.Boston(c, d.House("house", "House Courier", "us"))
		back := d.Service(c, "back", "Comes back", waybill.Incoming)
		d.Rule("courier first", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"prefer","provider":"courier"}]`)
		d.Courier.After = func(_ context.Context, at, _ string) error {
			if at == op {
				panic("boom")
			}
			return nil
		}
		sh := create(t, d, enginetest.Order("A-1"))
		switch op {
		case enginetest.OpQuote:
			if sh.Booking != waybill.Booked || sh.Provider.Name != "House Courier" {
				t.Errorf("quote: it is %s with %v", sh.Booking, sh.Provider)
			}
		case enginetest.OpShip:
			d.Courier.After = nil
			d.Drain()
			if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked || len(d.Courier.Sales()) != 1 {
				t.Errorf("ship: it is %s, %d were sold", sh.Booking, len(d.Courier.Sales()))
			}
		case enginetest.OpVoid:
			_, err := cancel(t, d, "A-1")
			if !waybill.AsError(err).Unsure {
				t.Errorf("void: %v", err)
			}
			d.Courier.After = nil
			d.After(time.Minute)
			if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled {
				t.Errorf("void: it is %s", sh.Booking)
			}
		case enginetest.OpReturn:
			_, err := bring(t, d, back.Number, inDays(d, 1))
			if !waybill.AsError(err).Unsure {
				t.Errorf("return: %v", err)
			}
			d.Courier.After = nil
			wait(d, time.Minute)
			if sh := get(t, d, "A-1"); len(sh.Returns) != 1 {
				t.Errorf("return: %d are told of", len(sh.Returns))
			}
		}
		if !strings.Contains(d.Log.String(), "panicked") {
			t.Errorf("%s: nobody was told", op)
		}
	}
}
