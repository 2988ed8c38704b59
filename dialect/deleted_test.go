package dialect_test

import (
	"net/http"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

// TestWhatWasStillToBeSentToADeletedEndpointEnds, with a word why, and nothing is buried: whether it waited for its next
// attempt, behind another one, for an endpoint that was paused, or was on its way.
func TestWhatWasStillToBeSentToADeletedEndpointEnds(t *testing.T) {
	for name, before := range map[string]func(*testing.T, *town, waybill.Subscription, *endpoint){
		"waiting": func(t *testing.T, w *town, _ waybill.Subscription, _ *endpoint) { w.work(t) },
		"paused": func(t *testing.T, w *town, s waybill.Subscription, _ *endpoint) {
			if _, err := w.desk.PauseSubscription(t.Context(), engine.PauseSubscription{ID: s.ID, Paused: true}); err != nil {
				t.Fatal(err)
			}
			w.work(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, e := found(t), listen(t)
			e.answers(http.StatusInternalServerError)
			s := w.subscribe(t, e, nil)
			ship(t, w.App, "A-1")
			ship(t, w.App, "A-2")
			before(t, w, s, e)
			listed := w.deliveries(t, s)
			heard := len(e.hears(t))
			if _, err := w.desk.DeleteSubscription(t.Context(), engine.DeleteSubscription{ID: s.ID}); err != nil {
				t.Fatal(err)
			}
			w.ended(t, listed, 2)
			if now := len(e.hears(t)); now != heard {
				t.Errorf("a deleted endpoint heard %d more", now-heard)
			}
		})
	}
}

// TestAnEndpointDeletedDuringAnAttemptIsNotTriedAgain: the attempt is kept.
func TestAnEndpointDeletedDuringAnAttemptIsNotTriedAgain(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError, http.StatusGone} {
		w, e := found(t), listen(t)
		s := w.subscribe(t, e, nil)
		var gone error
		e.answer = func(r http.ResponseWriter) {
			_, gone = w.desk.DeleteSubscription(t.Context(), engine.DeleteSubscription{ID: s.ID})
			r.WriteHeader(status)
		}
		ship(t, w.App, "A-1")
		listed := w.deliveries(t, s)
		w.work(t)
		if gone != nil {
			t.Fatal(gone)
		}
		if status == http.StatusOK {
			d, err := w.desk.GetDelivery(t.Context(), listed[0].ID)
			if err != nil || d.State != engine.DeliveryDelivered || depth(t, w) != 0 {
				t.Errorf("it was taken, and is %s: %v", d.State, err)
			}
			continue
		}
		w.Clock.Advance(pausedOrFirst)
		w.ended(t, listed, 1)
		if d, _ := w.desk.GetDelivery(t.Context(), listed[0].ID); d.Attempts[0].Status != status {
			t.Errorf("the attempt: %+v", d.Attempts)
		}
	}
}

// pausedOrFirst is past the wait of a job that failed once, or whose endpoint said it is gone.
const pausedOrFirst = 2 * time.Minute

// ended looks for deliveries that are over without having arrived, their jobs with them, and can be sent no more.
func (w *town) ended(t *testing.T, listed []waybill.Delivery, want int) {
	t.Helper()
	w.work(t)
	if len(listed) != want {
		t.Fatalf("%d deliveries, want %d", len(listed), want)
	}
	for _, was := range listed {
		d, err := w.desk.GetDelivery(t.Context(), was.ID)
		if err != nil || d.State != engine.DeliverySkipped || len(d.Attempts) == 0 {
			t.Errorf("%s is %s after %d attempts: %v", d.ID, d.State, len(d.Attempts), err)
		}
		if _, err := w.desk.ReplayDelivery(t.Context(), was.ID); waybill.ReasonOf(err) != waybill.ReasonUnknownRecord {
			t.Errorf("a replay: %v", err)
		}
	}
	buried, err := w.Engine.Store.Queue().Buried(t.Context(), 10)
	if err != nil || len(buried) != 0 || depth(t, w) != 0 {
		t.Errorf("%d jobs are buried and %d open: %v", len(buried), depth(t, w), err)
	}
}
