package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

const startDay = "2026-11-21" // of storetest.Start, in Boston

// dock is a desk whose location 7709 sends with a courier that takes manifests, one that cannot be asked after them, one
// that takes none, and the house.
func dock(t *testing.T, o enginetest.Options) *enginetest.Desk {
	d := enginetest.New(t, o).Account("shop")
	l := d.Boston(d.Fake("cr", "courier"), d.Fake("forgets", "forgetful"), d.Fake("mute", "mute"), d.House("van", "Van", "us"))
	l.Cutoff = "16:30"
	if _, err := d.SaveLocation(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return d
}

// sent books an order with a connection, which must work.
func sent(t *testing.T, d *enginetest.Desk, reference, connection string) waybill.Shipment {
	t.Helper()
	in := enginetest.Order(reference)
	in.Shipment.Choice.Connection = connection
	sh, err := d.CreateShipment(t.Context(), in)
	if err != nil || sh.Booking != waybill.Booked {
		t.Fatalf("%s: %s, %v", reference, sh.Booking, err)
	}
	return sh
}

func scope(connection string) engine.ManifestScope {
	return engine.ManifestScope{Location: "7709", Connection: connection}
}

func closing(t *testing.T, d *enginetest.Desk, in engine.ManifestScope) waybill.Manifest {
	t.Helper()
	m, err := d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: in})
	if err != nil {
		t.Fatal(err, waybill.AsError(err).Fields)
	}
	return m
}

// on lists the references on a manifest.
func on(t *testing.T, d *enginetest.Desk, m waybill.Manifest) (names []string) {
	t.Helper()
	list, err := d.ManifestShipments(t.Context(), engine.ManifestShipments{ID: m.ID, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range list.Items {
		names = append(names, line.Reference)
	}
	slices.Sort(names)
	return names
}

// rest is why each does not go along, by reference.
func rest(p engine.ManifestPlan) map[string]string {
	why := map[string]string{}
	for _, r := range p.Rest {
		why[r.Reference] = r.Why
	}
	return why
}

// TestManifestIsClosedOnceAndLateParcelsGoOnASecond also says of everything that does not go along why.
func TestManifestIsClosedOnceAndLateParcelsGoOnASecond(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		a, b := sent(t, d, "A", "cr"), sent(t, d, "B", "cr")
		gone := sent(t, d, "gone", "cr")
		if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: gone.ID}}); err != nil {
			t.Fatal(err)
		}
		sent(t, d, "other carrier", "mute")
		later := enginetest.Order("tomorrow")
		later.Shipment.Choice.Connection, later.Shipment.Options.ShipDate = "cr", "2026-11-22"
		create(t, d, later)
		draft := enginetest.Order("held")
		draft.Approve = true
		create(t, d, draft)
		plan, err := d.PlanManifest(t.Context(), scope("cr"))
		if err != nil || len(plan.Lines) != 2 || plan.Day != startDay || plan.Cutoff == nil || plan.Lines[0].Reference != "A" || plan.Lines[0].Tracking != a.Tracking {
			t.Fatalf("%+v, %v", plan, err)
		}
		want := map[string]string{"gone": engine.BarCancelled, "tomorrow": engine.BarShipDate, "held": engine.BarNotBooked}
		if got := rest(plan); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the rest: %v, want %v", got, want)
		}
		in := engine.CloseManifest{ManifestScope: scope("cr"), Key: "k1", Hash: "h1"}
		m, err := d.CloseManifest(t.Context(), in)
		if err != nil || m.State != waybill.ManifestClosed || m.CarrierID == "" || m.Parcels != 2 || m.Grams != a.Grams()+b.Grams() || m.Closed == nil {
			t.Fatalf("%+v, %v", m, err)
		}
		if lists := d.Courier.Lists(); len(lists) != 1 || lists[0].Day != startDay || len(lists[0].Lines) != 2 || lists[0].Lines[0].Numbers[0] != a.Tracking || lists[0].Lines[0].Postcode != "02118" {
			t.Errorf("the carrier was told %+v", lists)
		}
		again, err := d.CloseManifest(t.Context(), in)
		if err != nil || again.ID != m.ID || d.Courier.Asked(enginetest.OpManifest) != 1 {
			t.Errorf("told again: %v, %v", again.ID, err)
		}
		in.Hash = "other"
		if _, err := d.CloseManifest(t.Context(), in); waybill.ReasonOf(err) != waybill.ReasonKeyReused {
			t.Errorf("another request with the key: %v", err)
		}
		if _, err := d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: scope("cr")}); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("closed with nothing on it: %v", err)
		}
		if file, err := d.ManifestDocument(t.Context(), m.ID); err != nil || file.Format != waybill.PDF || !strings.HasPrefix(string(file.Data), "%PDF") {
			t.Errorf("the carrier's document: %v", err)
		}
		list, err := d.GetChecklist(t.Context(), engine.RecordRef{Key: "cr"})
		if shown := item(list, waybill.ProofPickup); err != nil || shown.State != engine.CheckDone || shown.Proof.Subject != m.ID {
			t.Errorf("the checklist does not know that the carrier took a manifest: %+v, %v", shown, err)
		}
		sent(t, d, "late", "cr")
		d.Clock.Advance(time.Second)
		second := closing(t, d, scope("cr"))
		if got := on(t, d, second); second.ID == m.ID || !slices.Equal(got, []string{"late"}) || !slices.Equal(on(t, d, m), []string{"A", "B"}) {
			t.Errorf("on the second: %v", got)
		}
		plan, err = d.PlanManifest(t.Context(), scope("cr"))
		if got := rest(plan); err != nil || len(plan.Lines) != 0 || got["A"] != engine.BarOnManifest || got["late"] != engine.BarOnManifest {
			t.Errorf("then: %+v, %v", got, err)
		}
		next := scope("cr")
		next.Day = "2026-11-22"
		if got := on(t, d, closing(t, d, next)); !slices.Equal(got, []string{"tomorrow"}) {
			t.Errorf("tomorrow's: %v", got)
		}
		moments, err := d.ShipmentTimeline(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: a.ID}})
		if err != nil || !slices.ContainsFunc(moments, func(x engine.Moment) bool { return x.Manifest != nil && x.Manifest.ID == m.ID && x.Actor == "tester" }) {
			t.Errorf("the timeline tells of no manifest: %v", err)
		}
		if list, err := d.ListManifests(t.Context(), engine.ListManifests{Location: "7709", Connection: "cr", Day: startDay, Page: store.Page{Limit: 9}}); err != nil || len(list.Items) != 2 || list.Items[0].ID != second.ID {
			t.Errorf("the list: %+v, %v", list.Items, err)
		}
	})
}

// TestManifestLost: after an answer that never came the carrier is not told again, but asked; until it is known how it
// ended nothing on it is cancelled or goes on another.
func TestManifestLost(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		a := sent(t, d, "A", "cr")
		d.Courier.After = enginetest.Refuse(enginetest.OpManifest, enginetest.Lost())
		m := closing(t, d, scope("cr"))
		if m.State != waybill.ManifestUnsure {
			t.Fatal(m.State)
		}
		sent(t, d, "late", "cr")
		if _, err := d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: scope("cr")}); waybill.ReasonOf(err) != waybill.ReasonUnsettled {
			t.Errorf("told again blindly: %v", err)
		}
		if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: a.ID}}); waybill.ReasonOf(err) != waybill.ReasonUnsettled {
			t.Errorf("cancelled in doubt: %v", err)
		}
		d.Courier.After = nil
		d.Drain()
		if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestClosed || m.CarrierID != d.Courier.Lists()[0].ID || d.Courier.Asked(enginetest.OpManifest) != 1 {
			t.Fatalf("%+v", m)
		}
		if _, err := d.ManifestDocument(t.Context(), m.ID); err != nil {
			t.Errorf("the document that was found: %v", err)
		}
		if got := on(t, d, closing(t, d, scope("cr"))); !slices.Equal(got, []string{"late"}) {
			t.Errorf("the late one: %v", got)
		}
		// The carrier takes it back after the manifest: the manifest says so.
		if sh, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: a.ID}}); err != nil || sh.Booking != waybill.Cancelled {
			t.Fatal(sh.Booking, err)
		}
		if list, err := d.ManifestShipments(t.Context(), engine.ManifestShipments{ID: m.ID, Limit: 9}); err != nil || len(list.Items) != 1 || list.Items[0].State != waybill.ConsignmentVoided {
			t.Errorf("a cancelled one on a closed manifest: %+v, %v", list.Items, err)
		}
	})
}

// TestManifestNobodyTook: a lost request that the carrier does not know of is refused after a while, not at once, and its
// parcels are free.
func TestManifestNobodyTook(t *testing.T) {
	d := dock(t, enginetest.Options{})
	sent(t, d, "A", "cr")
	d.Courier.Before = enginetest.Refuse(enginetest.OpManifest, enginetest.Lost())
	m := closing(t, d, scope("cr"))
	d.Courier.Before = nil
	d.Drain()
	if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestUnsure {
		t.Errorf("believed at once: %s", m.State)
	}
	d.After(5 * time.Minute)
	if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestRefused || m.Error == "" {
		t.Errorf("%+v", m)
	}
	if second := closing(t, d, scope("cr")); second.State != waybill.ManifestClosed || !slices.Equal(on(t, d, second), []string{"A"}) {
		t.Errorf("%+v", second)
	}
}

// TestManifestStuck: what a carrier cannot be asked about, a person decides.
func TestManifestStuck(t *testing.T) {
	d := dock(t, enginetest.Options{})
	for name, c := range map[string]struct {
		spoil  func()
		closed bool
		want   waybill.ManifestState
	}{
		"it has it":     {func() { d.Courier.After = enginetest.Refuse(enginetest.OpManifest, enginetest.Lost()) }, true, waybill.ManifestClosed},
		"it has it not": {func() { d.Courier.Before = enginetest.Refuse(enginetest.OpManifest, enginetest.Lost()) }, false, waybill.ManifestRefused},
	} {
		sh := sent(t, d, name, "forgets")
		c.spoil()
		m := closing(t, d, scope("forgets"))
		d.Courier.Before, d.Courier.After = nil, nil
		d.After(time.Hour)
		if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestStuck {
			t.Fatalf("%s: %s", name, m.State)
		}
		if _, err := d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID, Closed: true}); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("%s: closed without a number: %v", name, err)
		}
		decided, err := d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID, Closed: c.closed, CarrierID: "X-1"})
		if err != nil || decided.State != c.want {
			t.Errorf("%s: %s, %v", name, decided.State, err)
		}
		if _, err := d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID}); waybill.ReasonOf(err) != waybill.ReasonNotRetryable {
			t.Errorf("%s: decided twice: %v", name, err)
		}
		plan, err := d.PlanManifest(t.Context(), engine.ManifestScope{Location: "7709", Connection: "forgets", Shipments: []engine.Ref{{ID: sh.ID}}})
		if err != nil || (len(plan.Lines) == 1) == c.closed {
			t.Errorf("%s: can go on another: %d, %v", name, len(plan.Lines), err)
		}
		if !c.closed {
			closing(t, d, scope("forgets"))
		}
	}
}

// TestManifestRefused: what the carrier will not take is told, and waits for another.
func TestManifestRefused(t *testing.T) {
	d := dock(t, enginetest.Options{})
	sent(t, d, "A", "cr")
	d.Courier.Before = enginetest.Refuse(enginetest.OpManifest, waybill.E("courier", waybill.ReasonCarrier, "the counter is shut"))
	if m := closing(t, d, scope("cr")); m.State != waybill.ManifestRefused || m.Error != "the counter is shut" || len(on(t, d, m)) != 0 {
		t.Errorf("%+v", m)
	}
	d.Courier.Before = nil
	for name, c := range map[string]struct {
		in   engine.ManifestScope
		want waybill.Reason
		path string
	}{
		"no such location":   {engine.ManifestScope{Location: "nowhere", Connection: "cr"}, waybill.ReasonUnknownLocation, "location"},
		"no such connection": {engine.ManifestScope{Location: "7709", Connection: "nobody"}, waybill.ReasonNoConnection, "connection"},
		"takes none":         {scope("mute"), waybill.ReasonCarrierAbility, ""},
		"a day beyond years": {engine.ManifestScope{Location: "7709", Connection: "cr", Day: "9999-12-31"}, waybill.ReasonFields, "ship_date"},
		"no day":             {engine.ManifestScope{Location: "7709", Connection: "cr", Day: "today"}, waybill.ReasonFields, "ship_date"},
		"a day past":         {engine.ManifestScope{Location: "7709", Connection: "cr", Day: "2026-11-18"}, waybill.ReasonFields, "ship_date"},
		"nobody's shipment":  {engine.ManifestScope{Location: "7709", Connection: "cr", Shipments: []engine.Ref{{Reference: "A"}, {Reference: "Z"}}}, waybill.ReasonFields, "shipments[1]"},
	} {
		_, err := d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: c.in})
		if waybill.ReasonOf(err) != c.want || c.path != "" && waybill.AsError(err).Fields[0].Path != c.path {
			t.Errorf("%s: %v %+v", name, err, waybill.AsError(err).Fields)
		}
	}
	stranger := d.World.Account("stranger")
	m := closing(t, d, scope("cr"))
	if _, err := stranger.GetManifest(t.Context(), m.ID); !waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("a stranger reads it: %v", err)
	}
	if _, err := stranger.ManifestDocument(t.Context(), m.ID); !waybill.IsCode(err, waybill.NotFound) {
		t.Errorf("a stranger reads its document: %v", err)
	}
	if due, err := stranger.DueManifests(t.Context(), struct{}{}); err != nil || len(due) != 0 {
		t.Errorf("a stranger sees what is due: %v, %v", due, err)
	}
	d.Session.Actor.Role = waybill.RoleReadOnly
	if _, err := d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: scope("cr")}); waybill.ReasonOf(err) != waybill.ReasonRole {
		t.Errorf("who may only read closes: %v", err)
	}
}

// TestManifestAbandoned: a call that never came back leaves a question for the carrier, not a request for ever; a late
// answer is heard.
func TestManifestAbandoned(t *testing.T) {
	d := dock(t, enginetest.Options{})
	sent(t, d, "A", "forgets")
	d.World.Engine.Answer = time.Millisecond
	release := make(chan struct{})
	d.Courier.Before = func(_ context.Context, op, _ string) error {
		if op == enginetest.OpManifest {
			<-release
		}
		return nil
	}
	m := closing(t, d, scope("forgets"))
	if m.State != waybill.ManifestRequested {
		t.Fatal(m.State)
	}
	if _, err := d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID}); waybill.ReasonOf(err) != waybill.ReasonNotRetryable {
		t.Errorf("decided while the carrier is asked: %v", err)
	}
	d.After(time.Minute)
	if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestStuck {
		t.Errorf("%s", m.State)
	}
	close(release)
	if err := d.World.Engine.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, _ = d.GetManifest(t.Context(), m.ID); m.State != waybill.ManifestClosed {
		t.Errorf("a late answer came to nothing: %s", m.State)
	}
}

// TestManifestsAtOnce: of many who close at once one is heard, and every parcel is on one manifest.
func TestManifestsAtOnce(t *testing.T) {
	for _, connection := range []string{"cr", "van"} {
		t.Run(connection, func(t *testing.T) {
			onBoth(t, func(t *testing.T, o enginetest.Options) {
				d := dock(t, o)
				for n := range 6 {
					sent(t, d, fmt.Sprint("P", n), connection)
				}
				day := scope(connection)
				if due, err := d.DueManifests(t.Context(), struct{}{}); err != nil || len(due) != 1 || due[0].Shipments != 6 {
					t.Fatalf("due: %+v, %v", due, err)
				} else {
					day.Day = due[0].Day
				}
				var wait sync.WaitGroup
				made, errs := make([]waybill.Manifest, 8), make([]error, 8)
				for i := range made {
					wait.Go(func() { made[i], errs[i] = d.CloseManifest(t.Context(), engine.CloseManifest{ManifestScope: day}) })
				}
				wait.Wait()
				closed := 0
				for i, err := range errs {
					switch waybill.ReasonOf(err) {
					case "":
						if closed++; made[i].Shipments != 6 {
							t.Errorf("%+v", made[i])
						}
					case waybill.ReasonUnsettled, waybill.ReasonFields:
					default:
						t.Error(err)
					}
				}
				if closed != 1 {
					t.Errorf("%d were closed", closed)
				}
			})
		})
	}
}

// TestManifestWarning: before the cut-off people are told once of what is on no manifest, and again only of what is new;
// what was left behind goes along the next day.
func TestManifestWarning(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		warnings := func() (list [][]string) {
			events, err := d.ReadEvents(t.Context(), engine.ReadEvents{Limit: 1000, Kinds: []waybill.EventKind{waybill.ManifestDue}})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events.Items {
				slices.Sort(e.Facts.Shipments)
				list = append(list, e.Facts.Shipments)
			}
			return list
		}
		told := func(want ...[]string) {
			t.Helper()
			if got := warnings(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("told of %v, want %v", got, want)
			}
		}
		boston, _ := time.LoadLocation("America/New_York")
		until := func(hour, minute int) {
			now := d.Clock.Now().In(boston)
			d.After(time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, boston).Sub(now))
		}
		sent(t, d, "A", "cr")
		sent(t, d, "B", "cr")
		sent(t, d, "M", "mute")
		if due, err := d.DueManifests(t.Context(), struct{}{}); err != nil || len(due) != 1 || due[0].Shipments != 2 || due[0].Late || due[0].Cutoff == nil || due[0].LocationKey != "7709" {
			t.Errorf("due: %+v, %v", due, err)
		}
		until(15, 29)
		told()
		until(15, 30)
		told([]string{"A", "B"})
		until(15, 50)
		told([]string{"A", "B"})
		one := scope("cr")
		one.Shipments = []engine.Ref{{Reference: "A"}}
		closing(t, d, one)
		sent(t, d, "C", "cr")
		until(16, 0)
		told([]string{"A", "B"}, []string{"B", "C"})
		sent(t, d, "D", "cr")
		closing(t, d, scope("cr")) // B, C and D
		until(16, 20)
		told([]string{"A", "B"}, []string{"B", "C"})
		sent(t, d, "left behind", "cr")
		until(16, 45)
		if late := sent(t, d, "after the cut-off", "cr"); late.Booking != waybill.Booked {
			t.Fatal(late.Booking)
		}
		plan, err := d.PlanManifest(t.Context(), scope("cr"))
		if got := rest(plan); err != nil || got["after the cut-off"] != engine.BarShipDate || len(plan.Lines) != 1 {
			t.Errorf("after the cut-off: %v, %v", got, err)
		}
		d.After(20 * time.Hour)
		if due, err := d.DueManifests(t.Context(), struct{}{}); err != nil || len(due) != 2 || !due[0].Late || due[1].Late {
			t.Errorf("due the next day: %+v, %v", due, err)
		}
		if plan, _ := d.PlanManifest(t.Context(), scope("cr")); rest(plan)["left behind"] != engine.BarShipDate {
			t.Errorf("what was left behind goes along unasked: %v", rest(plan))
		}
		all := scope("cr")
		all.Earlier = true
		if got := on(t, d, closing(t, d, all)); !slices.Equal(got, []string{"after the cut-off", "left behind"}) {
			t.Errorf("with what was left behind: %v", got)
		}
	})
}
