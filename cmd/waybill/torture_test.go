package main

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/app"
	"waybill/carrier/ups/upssim"
	"waybill/client"
	"waybill/engine"
	"waybill/internal/fixture"
)

// long tells whether there is time: `make torture` has it.
var long = os.Getenv("WAYBILL_TORTURE") != ""

// later is by how much the clock of a server that tidies up is ahead: beyond every deadline of a purchase
// and every pause of its settlement.
const later = 10 * time.Minute

// ordeal is one purchase whose process is killed on the way.
type ordeal struct {
	name      string
	reference string
	point     string // where the process stops itself; empty: it is killed when it has answered
	location  string
	recipient string // whose name makes the simulated carrier misbehave
	spoil     string // how lookups misbehave until the process is gone
	cancel    bool   // what is killed is the cancellation
	taken     bool   // the driver has the parcel already: the carrier will not give it back
}

// ordeals has at least one for every numbered point.
func ordeals() []ordeal {
	var list []ordeal
	add := func(o ordeal, points ...string) {
		for _, p := range points {
			for _, when := range []string{".before", ".after"} {
				one := o
				one.point = p + when
				one.name = strings.TrimSpace(one.point + " " + o.name)
				list = append(list, one)
			}
		}
	}
	add(ordeal{location: fromHouse}, "local")
	add(ordeal{location: fromUPS}, "reserve", "call", "settle")
	add(ordeal{location: fromUPS, recipient: "Limit Lane", name: "then the courier"}, "refused")
	add(ordeal{location: fromBoth, recipient: "Limit Lane", name: "then the other UPS"}, "refused")
	add(ordeal{location: fromUPS, recipient: "Drop Dover"}, "unsure", "lookup")
	add(ordeal{location: fromUPS, recipient: "Drop Dover", spoil: string(fixture.Outage)}, "again")
	add(ordeal{location: fromUPS, cancel: true}, "cancel", "void", "voided")
	add(ordeal{location: fromUPS, cancel: true, taken: true}, "kept")
	add(ordeal{location: fromReturn}, "return.reserve", "return.call", "return.settle")
	list = append(list,
		ordeal{name: "the carrier books and hangs", location: fromUPS, recipient: "Hang Hollow"},
		ordeal{name: "the carrier hangs and does not book", location: fromUPS, recipient: "Stall Stella"},
		ordeal{name: "the carrier hangs when it is asked again", location: fromUPS, recipient: "Drop Dover", spoil: string(fixture.Hang)},
	)
	for i := range list {
		list[i].reference = fmt.Sprintf("T%02d-", i) // the simulator's books are read by it
	}
	return list
}

func TestTortureKnowsEveryPoint(t *testing.T) {
	var covered []string
	for _, o := range ordeals() {
		covered = append(covered, o.point)
	}
	for _, point := range engine.CrashPoints {
		if strings.HasPrefix(point, "manifest.") {
			continue // engine's own test stops a process there
		}
		if !slices.Contains(covered, point) {
			t.Errorf("no ordeal stops the process at %s", point)
		}
	}
}

// Whenever the process is killed in the middle of a purchase: what was acknowledged is there, nothing is
// bought twice, nothing is half-written.
func TestTortureAtEveryPoint(t *testing.T) {
	world := newWorld(t)
	queue := make(chan ordeal)
	var wait sync.WaitGroup
	for range 4 { // they mostly wait for one another's disk
		wait.Go(func() {
			for o := range queue {
				t.Run(o.name, func(t *testing.T) { world.suffer(t, o) })
			}
		})
	}
	for _, o := range ordeals() {
		queue <- o
	}
	close(queue)
	wait.Wait()
}

// world is a simulated UPS, and a data folder that was set up and never used.
type world struct {
	sim      *process
	template string
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{sim: simulators(t), template: t.TempDir()}
	setUp(t, installation{data: w.template}, w.sim)
	return w
}

// suffer lets one purchase go wrong and looks at what became of it.
func (w world) suffer(t *testing.T, o ordeal) {
	sim, i := w.sim, installation{data: copyFolder(t, w.template)}
	if o.spoil != "" { // it concerns everyone who asks this simulator
		sim = simulators(t)
		connect(t, i, sim)
		sim.tell("mischief", map[string]any{"operation": upssim.OpTrackReference, "kind": o.spoil})
	}
	reference := o.reference
	recipient := o.recipient
	if recipient == "" {
		recipient = "Ray Receiver"
	}
	node := i.serve(t, "WAYBILL_CRASH_AT="+o.point)
	s := newShop(t, node)
	status, placed, lost := s.create(reference, o.location, recipient)
	cancelled := false
	if o.cancel {
		s.must(http.StatusCreated, status, placed, lost)
		if o.taken {
			sim.tell("parcels/"+placed.TrackingID+"/advance", map[string]string{"to": "picked-up"})
		}
		status, _, err := s.cancel(reference)
		cancelled = err == nil && status == http.StatusOK
	}
	if o.point == "" {
		s.must(http.StatusCreated, status, placed, lost)
		node.kill()
	} else if !node.died() {
		t.Fatalf("the process never came by %s:\n%s", o.point, node.output())
	}
	if o.spoil != "" {
		sim.calm()
	}

	node = i.serveLater(t, later)
	s = newShop(t, node)
	if lost != nil { // whoever got no answer asks again
		if again, _, err := s.create(reference, o.location, recipient); err != nil || again >= 500 {
			t.Errorf("asked again: %d, %v", again, err)
		}
	}
	sh := i.settled(t, reference, o.location == fromReturn)
	if lost == nil && status == http.StatusCreated {
		now := s.here(reference)
		if now.ID != placed.ID || placed.TrackingID != "" && now.TrackingID != placed.TrackingID {
			t.Errorf("acknowledged was %+v, there is %+v", placed, now)
		}
	}
	if cancelled && sh.Booking != "cancelled" {
		t.Errorf("its cancellation was acknowledged, and it is %s", sh.Booking)
	}
	if !o.cancel && sh.Booking != "booked" {
		t.Errorf("it ended %s: %+v", sh.Booking, sh.Failure)
	}
	node.stop()
	i.examine(t, sim.sim().of(reference))
}

// settled waits until nothing about a shipment is open any more.
func (i installation) settled(t testing.TB, reference string, withReturn bool) (sh *client.ShipmentOut) {
	t.Helper()
	cfg := app.Defaults()
	cfg.Data = i.data
	here, err := app.OpenLocalAPI(t.Context(), cfg, "")
	if err != nil {
		t.Fatal(err)
	}
	api, err := client.New(here.Address, here.Token)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the purchases of "+reference+" are settled", func() bool {
		left, err := api.ListPurchases(t.Context(), client.ListPurchasesParams{State: []string{"intent", "unsure", "voiding", "orphan"}})
		if err != nil {
			t.Fatal(err)
		}
		if sh, err = api.GetShipment(t.Context(), reference); err != nil {
			t.Fatal(err)
		}
		return len(left.Items) == 0 && sh.Booking != "unsettled" && (!withReturn || len(sh.Returns) > 0)
	})
	return sh
}

// of are the simulator's bookings under a reference.
func (s simState) of(prefix string) (mine simState) {
	for _, b := range s.Shipments {
		if slices.ContainsFunc(b.References, func(r string) bool { return strings.HasPrefix(r, prefix) }) {
			mine.Shipments = append(mine.Shipments, b)
		}
	}
	return mine
}

// calm ends the simulator's mischief.
func (p *process) calm() {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodDelete, p.base+"/_sim/mischief", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if status, _, err := exchange(request); err != nil || status >= 300 {
		p.t.Fatalf("simulator: %d, %v", status, err)
	}
}

// Killed again and again while many order at once: everything acknowledged is there, nothing is there twice.
func TestTortureUnderLoad(t *testing.T) {
	rounds := 2
	if long {
		rounds = 20
	}
	sim, i := simulators(t), installation{data: t.TempDir()}
	setUp(t, i, sim)
	var asked, answered []string // references
	numbers := map[string]string{}
	var mu sync.Mutex
	for round := range rounds {
		node := i.serve(t)
		s := newShop(t, node)
		var wait sync.WaitGroup
		for worker := range 16 {
			location := []string{fromHouse, fromUPS}[worker%2]
			wait.Go(func() {
				for n := 0; ; n++ {
					reference := fmt.Sprintf("L-%d-%d-%d", round, worker, n)
					status, o, err := s.create(reference, location, "Ray Receiver")
					mu.Lock()
					asked = append(asked, reference)
					if err == nil && status == http.StatusCreated {
						answered = append(answered, reference)
						numbers[reference] = o.TrackingID
					}
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		wanted := (round + 1) * 40
		until(t, "enough orders were taken", func() bool { mu.Lock(); defer mu.Unlock(); return len(answered) >= wanted })
		node.kill()
		wait.Wait()
	}
	node := i.serveLater(t, later)
	s := newShop(t, node)
	for _, reference := range asked {
		if !slices.Contains(answered, reference) {
			if status, _, err := s.create(reference, fromUPS, "Ray Receiver"); err != nil || status >= 500 {
				t.Errorf("%s asked again: %d, %v", reference, status, err)
			}
		}
	}
	for _, reference := range asked {
		i.settled(t, reference, false)
	}
	for _, reference := range answered {
		now := s.here(reference)
		if number := numbers[reference]; number != "" && now.TrackingID != number {
			t.Errorf("%s was acknowledged as %s, and is %s", reference, number, now.TrackingID)
		}
	}
	t.Logf("%d kills; %d orders asked for, %d acknowledged", rounds, len(asked), len(answered))
	node.stop()
	i.examine(t, sim.sim())
}
