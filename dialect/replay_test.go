package dialect_test

import (
	"slices"
	"testing"
	"time"

	"waybill/engine"
)

func TestReplayingWhatIsStillToBeSentSendsItNowAndInOrder(t *testing.T) {
	w, e := found(t), listen(t)
	e.answers(500)
	s := w.subscribe(t, e, nil)
	for _, reference := range []string{"A-1", "A-2", "A-3"} {
		ship(t, w.App, reference)
	}
	for range 3 { // the third attempt is half an hour before the fourth
		w.work(t)
		w.Clock.Advance(5 * time.Minute)
	}
	w.work(t)
	listed := w.deliveries(t, s)
	if len(e.got) != 3 || len(listed) != 3 {
		t.Fatalf("%d messages of %d deliveries", len(e.got), len(listed))
	}
	replay := func(n int) {
		t.Helper()
		if d, err := w.desk.ReplayDelivery(t.Context(), listed[n].ID); err != nil || d.State != engine.DeliveryPending {
			t.Fatal(d.State, err)
		}
		w.work(t)
	}
	replay(1)
	if heard := e.hears(t); len(heard) != 4 || heard[3] != "shipment.created A-1" {
		t.Fatalf("the endpoint heard %v: the first comes before the second", heard)
	}
	w.Clock.Advance(time.Hour)
	w.work(t)
	if len(e.got) != 4 {
		t.Error("what was sent ahead of its time goes on with its schedule, and two hours follow the fourth attempt")
	}
	e.answers(200)
	replay(1)
	if heard := e.hears(t)[4:]; !slices.Equal(heard, []string{"shipment.created A-1", "shipment.created A-2", "shipment.created A-3"}) {
		t.Errorf("then it heard %v", heard)
	}
	for _, d := range w.deliveries(t, s) {
		if d.State != engine.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
	}
}

func TestARangeOfWhatIsStillToBeSentIsSentNowWhereThatIsAskedFor(t *testing.T) {
	w, e := found(t), listen(t)
	e.answers(500)
	s := w.subscribe(t, e, nil)
	ship(t, w.App, "A-1")
	ship(t, w.App, "A-2")
	w.work(t)
	e.answers(200)
	query := engine.DeliveryQuery{Subscription: s.ID}
	if n, err := w.desk.ReplayDeliveries(t.Context(), engine.ReplayDeliveries{Query: query}); n != 0 || err != nil {
		t.Errorf("%d are replayed that nobody asked for: %v", n, err)
	}
	w.work(t)
	if len(e.got) != 1 {
		t.Errorf("%d messages", len(e.got))
	}
	query.States = []string{engine.DeliveryPending}
	if n, err := w.desk.ReplayDeliveries(t.Context(), engine.ReplayDeliveries{Query: query}); n != 2 || err != nil {
		t.Errorf("%d are replayed: %v", n, err)
	}
	w.work(t)
	if heard := e.hears(t); !slices.Equal(heard, []string{"shipment.created A-1", "shipment.created A-1", "shipment.created A-2"}) {
		t.Error(heard)
	}
}
