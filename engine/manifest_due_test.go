package engine_test

import (
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestPeopleAreWarnedWithinAMinuteOfItsBecomingTrue: whether time passes, a parcel is booked late, or the cut-off is set,
// or put forward, after the parcel was booked.
func TestPeopleAreWarnedWithinAMinuteOfItsBecomingTrue(t *testing.T) {
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		cutoff := func(at string) {
			t.Helper()
			places, err := d.ListLocations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l := places[slices.IndexFunc(places, func(l waybill.Location) bool { return l.ExternalID == "7709" })]
			_, err = engine.Locations.Change(d.Session, t.Context(), engine.ChangeRecord[waybill.Location]{
				Ref: engine.RecordRef{ID: l.ID}, Change: func(l *waybill.Location) error { l.Cutoff, l.Hours = at, nil; return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		warned := func() (names []string) {
			t.Helper()
			events, err := d.ReadEvents(t.Context(), engine.ReadEvents{Limit: 1000, Kinds: []waybill.EventKind{waybill.ManifestDue}})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events.Items {
				names = append(names, e.Facts.Shipments...)
			}
			slices.Sort(names)
			return slices.Compact(names) // a warning names all that waits
		}
		told := func(when string, want ...string) {
			t.Helper()
			if got := warned(); !slices.Equal(got, want) {
				t.Errorf("%s: told of %v, want %v", when, got, want)
			}
		}
		soon := func(in time.Duration) string { return d.Clock.Now().Add(in).In(boston).Format("15:04") }

		cutoff("")
		sent(t, d, "A", "cr")
		d.After(time.Hour)
		told("without a cut-off")
		cutoff(soon(3 * time.Hour))
		d.After(time.Minute)
		told("three hours before")
		cutoff(soon(40 * time.Minute))
		d.After(time.Minute)
		told("a minute after the cut-off was put forward", "A")
		sent(t, d, "B", "cr")
		told("before the minute is over", "A")
		d.After(time.Minute)
		told("a minute after another was booked", "A", "B")
		cutoff(soon(2 * time.Hour))
		sent(t, d, "C", "cr")
		d.After(59 * time.Minute)
		told("before the hour", "A", "B")
		d.After(2 * time.Minute)
		told("when an hour is left", "A", "B", "C")
	})
}
