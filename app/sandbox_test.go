package app

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/internal/fixture"
	"waybill/store"
)

// A playground is a running demo on a clock of its own: every simulator, and a token of each API.
type playground struct {
	*town
	clock   *fixture.Manual
	account waybill.ID
	entered time.Time            // when the tokens were got
	peddler string               // one of them
	later   []func(t *testing.T) // looks at what goes on while others are forced
}

// limits are how long an answer, rates and a purchase may take, on the machine's own clock.
type limits struct{ answer, rating, purchase time.Duration }

// calm is longer than anything takes that is not meant to.
var calm = limits{time.Minute, time.Minute, time.Minute}

// play starts it on a database of its own; empty: on SQLite.
func play(t *testing.T, database string, within limits) *playground {
	t.Helper()
	cfg := fresh(t)
	cfg.Demo, cfg.Database = true, database
	clock := fixture.NewManual(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)) // a Monday
	a, err := New(t.Context(), cfg, Parts{Clock: clock, Log: slog.New(slog.DiscardHandler), Random: func(int64) int64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	a.Engine.Answer, a.Engine.Rating, a.Engine.Purchase = within.answer, within.rating, within.purchase
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &playground{town: &town{running: &running{App: a, t: t, url: server.URL}, token: map[string]string{"native": DemoKey}}, clock: clock}
	p.account = idOf(t, a, DemoAccount)
	payment := engine.TopUp{Amount: waybill.Money{Minor: 1_000_000_00, Currency: "INR"}, Cause: "test", Key: "test"}
	if _, err := seat(t, a, DemoAccount).TopUp(t.Context(), payment); err != nil {
		t.Fatal(err)
	}
	p.logIn(t)
	return p
}

// drain does what is due.
func (p *playground) drain(t *testing.T) {
	t.Helper()
	if err := p.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// found is a shipment as it is stored, with its purchases and what follows its parcels.
func (p *playground) found(t *testing.T, reference string) (sh waybill.Shipment, purchases []waybill.Purchase, trackers []waybill.Tracker, steps []waybill.Step) {
	t.Helper()
	sh = p.shipment(t, reference)
	err := p.Store.View(t.Context(), waybill.System(p.account), func(tx store.Tx) (err error) {
		if purchases, err = tx.Purchases().Of(sh.ID); err != nil {
			return err
		}
		decisions, err := tx.Decisions().Of(sh.ID)
		for _, d := range decisions {
			steps = append(steps, d.Steps...)
		}
		if err == nil {
			trackers, err = tx.Trackers().Of(sh.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sh, purchases, trackers, steps
}

// TestTheTestClockMovesWhatIsSimulated: ordinary parcels of remote simulators and of the house courier go on with it,
// events are told, a step moves one parcel alone, and what is live is not touched.
func TestTheTestClockMovesWhatIsSimulated(t *testing.T) {
	p := play(t, "", calm)
	for _, api := range []string{"native", "shiplee", "shiptheory"} { // UPS, Delhivery, the house courier
		if status := forcers[api](t, p, "plain-"+api, charm{name: "Ann Plain"}); status >= 300 {
			t.Fatalf("%s: %d", api, status)
		}
	}
	forcers["native"](t, p, "stepped", charm{name: "Sue Stepped"})
	stepped := p.shipment(t, "stepped")
	for _, want := range []string{"picked_up", "in_transit", "at_depot", "out_for_delivery"} {
		if want == "out_for_delivery" {
			if got := at(p.must(t, 200, "GET", "/lynkup/shipments/stepped", p.token["lynkup"], nil), "status"); got != "IN_TRANSIT" {
				t.Errorf("at the depot LynkUp shows it as %v", got)
			}
		}
		if got := at(p.must(t, 200, "POST", "/api/v1/sandbox/parcels/"+stepped.Tracking+"/advance", DemoKey, nil), "transit"); got != want {
			t.Errorf("stepped to %v, want %s", got, want)
		}
	}
	done := p.must(t, 200, "POST", "/api/v1/sandbox/parcels/"+stepped.Tracking+"/advance", DemoKey, map[string]any{"to": "delivered", "recipient": "Neighbour"})
	if at(done, "transit") != "delivered" || at(done, "shipment_transit") != "delivered" || at(done, "reference") != "stepped" {
		t.Errorf("%v", done)
	}
	if got := p.shipment(t, "plain-native").Transit; got != waybill.LabelMade {
		t.Errorf("a step moved another parcel to %s", got)
	}
	moved := p.must(t, 200, "POST", "/api/v1/sandbox/clock", DemoKey, map[string]any{"advance": "240h"})
	if at(moved, "ahead_seconds") != 864000.0 || at(moved, "moved") != 3.0 {
		t.Errorf("%v", moved)
	}
	for _, api := range []string{"native", "shiplee", "shiptheory"} {
		sh, _, trackers, _ := p.found(t, "plain-"+api)
		if sh.Transit != waybill.Delivered {
			t.Errorf("%s: it is %s", api, sh.Transit)
		}
		if got := at(p.must(t, 200, "GET", "/lynkup/shipments/plain-"+api, p.token["lynkup"], nil), "status"); got != "ORDER_DELIVERED" {
			t.Errorf("%s: LynkUp shows it as %v", api, got)
		}
		seen := at(p.must(t, 200, "GET", "/shiptheory/v1/shipments/plain-"+api, p.token["shiptheory"], nil), "shipment")
		if at(seen, "status") != "Complete" || at(seen, "tracking_number") != sh.Tracking { // which knows no more than that it was booked
			t.Errorf("%s: Shiptheory shows it as %v", api, seen)
		}
		if api == "native" && strings.HasPrefix(trackers[0].Track.Scans[0].Code, "SIM-") {
			t.Error("what UPS's simulator tells was made up")
		}
		history, err := seat(t, p.App, DemoAccount).ShipmentHistory(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: sh.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(history.Events, func(e waybill.Event) bool { return e.Kind == waybill.ShipmentTracked }) {
			t.Errorf("%s: nobody was told", api)
		}
	}
	if got := at(p.must(t, 200, "GET", "/api/v1/sandbox/clock", DemoKey, nil), "now"); got != "2026-12-03T15:00:00Z" {
		t.Errorf("the clock shows %v", got)
	}
	back := p.must(t, 200, "POST", "/api/v1/sandbox/clock", DemoKey, map[string]any{"reset": true})
	if at(back, "ahead_seconds") != 0.0 || p.shipment(t, "plain-native").Transit != waybill.Delivered {
		t.Errorf("%v", back)
	}
	for _, wrong := range []map[string]any{{}, {"advance": "1h", "reset": true}, {"advance": "-1h"}, {"advance": "9000h"}, {"set": "2020-01-01T00:00:00Z"}} {
		if status, said := p.ask(t, "POST", "/api/v1/sandbox/clock", DemoKey, wrong); status != 422 {
			t.Errorf("%v: %d %v", wrong, status, said)
		}
	}
}
