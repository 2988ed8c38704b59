package upssim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
	"waybill/internal/fixture"
)

func TestControlAPI(t *testing.T) {
	d := open(t, upssim.Options{})
	id := d.ship(order("CTRL", "1")).id()

	if got := d.control("POST", "mischief", doc{"operation": "ship", "kind": "outage", "count": 1}); got.status != 200 {
		t.Errorf("mischief = %s", got.body)
	}
	d.call("POST", "/api/shipments/v2409/ship", order("CTRL", "1").body).refused(t, 503, "10003", "unavailable")
	for _, wrong := range []doc{{"operation": "ship", "kind": "sulk"}, {"operation": "sheep", "kind": "drop"}, {"operation": "ship", "kind": "delay:soon"}} {
		if got := d.control("POST", "mischief", wrong); got.status != 400 || got.text("error") == "" {
			t.Errorf("mischief %v = %d %s", wrong, got.status, got.body)
		}
	}

	for _, want := range []string{"picked-up", "origin-scan", "departed"} {
		if got := d.control("POST", "parcels/"+id+"/advance", nil); got.text("status") != want {
			t.Errorf("advance = %s, want %s", got.body, want)
		}
	}
	if got := d.control("POST", "parcels/"+id+"/advance", doc{"to": "exception"}); got.text("status") != "exception" || got.text("next") != "arrived" {
		t.Errorf("advance to an exception = %s", got.body)
	}
	if got := d.control("POST", "parcels/"+id+"/advance", doc{"to": "delivered"}); got.text("status") != "delivered" {
		t.Errorf("advance to the door = %s", got.body)
	}
	if got := trail(d.track(id)); got != "M/MP P/PU I/OR I/DP X/YR I/AR I/DP I/AR I/YP I/OT D/FS" {
		t.Errorf("trail = %s", got)
	}
	for path, body := range map[string]doc{"parcels/" + id + "/advance": nil, "parcels/1Znone/advance": nil, "parcels/" + id + "/advance?": {"to": "eaten"}} {
		var in any
		if body != nil {
			in = body
		}
		if got := d.control("POST", path, in); got.status != 422 || got.text("error") == "" {
			t.Errorf("%s = %d %s", path, got.status, got.body)
		}
	}

	if got := d.control("POST", "clock", doc{"advance": "36h"}); got.text("now") != "2026-11-25T03:00:00Z" {
		t.Errorf("clock = %s", got.body)
	}
	state := d.control("GET", "state", nil)
	if state.at("bookings", "CTRL") != 1.0 || state.at("calls", "ship") != 2.0 || state.text("shipments", 0, "parcels", 0, "number") != id ||
		state.text("shipments", 0, "references", 0) != "CTRL" || state.text("effects", 0, "subject") != id || state.text("now") != "2026-11-25T03:00:00Z" {
		t.Errorf("state = %s", state.body)
	}
}

func TestAdvanceMovesTheRestOfThePlan(t *testing.T) {
	d := open(t, upssim.Options{})
	id := d.ship(order("EARLY", "1")).id()
	if _, err := d.sim.Advance(id, "out-for-delivery"); err != nil {
		t.Fatal(err)
	}
	d.later(9 * time.Hour)
	if got := statusOf(d.track(id)); got != "I 021" {
		t.Errorf("nine hours after the van left: %s", got)
	}
	d.later(2 * time.Hour)
	if got := statusOf(d.track(id)); got != "D 011" {
		t.Errorf("eleven hours after the van left: %s", got)
	}
}

// TestAKilledSimulatorRemembers opens the state file again without closing it first, as after a kill.
func TestAKilledSimulatorRemembers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ups.jsonl")
	clock := fixture.NewManual(monday)
	opts := upssim.Options{StateFile: file, Clock: clock}

	before := open(t, opts)
	first := before.ship(order("KEEP", "1", "2").set("ShipmentRequest.LabelSpecification.LabelImageFormat.Code", "GIF"))
	voided := before.ship(order("GONE", "1"))
	before.call("DELETE", voidPath+voided.id(), nil).wants(t, 200, "void")
	before.call("POST", "/api/pickupcreation/v2409/pickup", pickupOn("20261124").body).wants(t, 200, "pickup")
	before.call("POST", "/api/track/v2/subscription/standard/package", doc{"locale": "en_US", "trackingNumberList": []string{first.id()}}).wants(t, 200, "subscribe")
	if _, err := before.sim.Advance(first.id(), "origin-scan"); err != nil {
		t.Fatal(err)
	}
	before.sim.Mischief().Set(upssim.OpShip, fixture.Drop, 1)
	if _, err := before.try(order("DROPPED", "1")); err == nil {
		t.Fatal("the answer was not dropped")
	}
	torn, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := torn.WriteString(`{"shipment":{"id":"1Zha`); err != nil {
		t.Fatal(err)
	}
	torn.Close()

	after := open(t, opts)
	a, b := before.sim.State(), after.sim.State()
	if len(b.Shipments) != 3 || b.Bookings["KEEP"] != 1 || b.Bookings["DROPPED"] != 1 || !b.Shipments[1].Voided || len(b.Pickups) != 1 || len(b.Subscriptions) != 1 {
		t.Errorf("after the restart: %+v", b)
	}
	for i := range a.Shipments {
		if a.Shipments[i].ID != b.Shipments[i].ID || a.Shipments[i].Parcels[0] != b.Shipments[i].Parcels[0] {
			t.Errorf("shipment %d: %+v, then %+v", i, a.Shipments[i], b.Shipments[i])
		}
	}
	old := after.token
	after.token = before.token // a token sold before is good after
	if statusOf(after.track(first.id())) != "I 005" {
		t.Error("the parcel's way is forgotten")
	}
	after.token = old
	after.call("DELETE", voidPath+voided.id(), nil).refused(t, 400, "190117", "already")
	next := after.ship(order("NEW", "1"))
	for _, s := range a.Shipments {
		for _, p := range s.Parcels {
			if p.Number == next.id() {
				t.Errorf("number %s is given twice", p.Number)
			}
		}
	}
	got := after.call("POST", "/api/labels/v1/recovery", recoveryByReference("KEEP").body)
	if got.text("LabelRecoveryResponse", "LabelResults", 0, "LabelImage", "GraphicImage") != first.text("ShipmentResponse", "ShipmentResults", "PackageResults", 0, "ShippingLabel", "GraphicImage") {
		t.Error("the label drawn after the restart differs")
	}
	if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "1Zha") {
		t.Errorf("the torn line is still there (%v)", err)
	}
}

func TestAStateFileThatIsNoneIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ups.jsonl")
	if err := os.WriteFile(file, []byte("not a state file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := upssim.Open(upssim.Options{StateFile: file}); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error = %v, want one that names the line", err)
	}
}
