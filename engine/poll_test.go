package engine_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// beat is a carrier in memory: what it says of a parcel follows from the parcel's number and the time. It
// notes when each parcel is asked after, and holds the engine to its promises.
type beat struct {
	mu      sync.Mutex
	minutes map[string]map[int64]int // connection, minute: numbers asked after
	parcels map[string]*parcel
	faults  []string
	outage  bool
	calls   int
	during  func(number string) // happens while the carrier is asked
}

// parcel is what will happen to a parcel, and when it was asked after.
type parcel struct {
	number   string
	departs  time.Time // zero: it is on its way already
	expected time.Time
	goesOut  time.Time // out for delivery
	arrives  time.Time
	asked    time.Time
	told     waybill.Transit // last time
	asks     int
}

// What a parcel may wait from one question to the next. The engine's own pauses are a little shorter.
const (
	longestGap = 6 * time.Hour
	nearGap    = 80 * time.Minute // within a day of the day it is expected
	outGap     = 30 * time.Minute // while it is out for delivery
)

func (p *parcel) at(now time.Time) waybill.Tracking {
	t := waybill.Tracking{Number: p.number, Expected: &p.expected}
	scan := func(when time.Time, status waybill.Transit) {
		if !when.IsZero() && !when.After(now) {
			t.Scans = append(t.Scans, waybill.Scan{At: when, Status: status, Text: string(status)})
			t.Status = status
		}
	}
	scan(p.departs, waybill.InTransit)
	scan(p.goesOut, waybill.OutForDelivery)
	scan(p.arrives, waybill.Delivered)
	return t
}

// allowed is how long the parcel may go without a question, by what the carrier told last.
func (p *parcel) allowed() time.Duration {
	switch {
	case p.told == waybill.OutForDelivery:
		return outGap
	case p.asks > 0 && p.expected.Sub(p.asked) < 24*time.Hour:
		return nearGap
	}
	return longestGap
}

func (b *beat) fault(format string, args ...any) {
	if len(b.faults) < 20 {
		b.faults = append(b.faults, fmt.Sprintf(format, args...))
	}
}

// ask notes a question and answers it.
func (b *beat) ask(connection, number string, now time.Time) waybill.Tracking {
	if b.minutes[connection] == nil {
		b.minutes[connection] = map[int64]int{}
	}
	b.minutes[connection][now.Unix()/60]++
	p := b.parcels[number]
	if p == nil {
		return waybill.Tracking{Number: number, Unknown: true}
	}
	if p.told == waybill.Delivered {
		b.fault("%s was asked after at %s, though it was delivered", number, now.Format(time.TimeOnly))
	}
	if gap := now.Sub(p.asked); gap > p.allowed() {
		b.fault("%s (%s, expected %s) was asked after %v, allowed are %v", number, p.told, p.expected.Format(time.RFC3339), gap, p.allowed())
	}
	answer := p.at(now)
	p.asked, p.told = now, answer.Status
	p.asks++
	return answer
}

// adapter is one connection of the carrier.
type adapter struct {
	*beat
	connection string
}

func (a adapter) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.during != nil {
		a.during(r.Numbers[0])
	}
	var answers []waybill.Tracking
	for _, number := range r.Numbers {
		answers = append(answers, a.ask(a.connection, number, r.Now))
	}
	if a.calls++; a.outage && a.calls%3 == 0 {
		for _, number := range r.Numbers { // it counted the question, and the answer was lost
			a.parcels[number].told = ""
		}
		return nil, waybill.E("beat.track", waybill.ReasonCarrierOutage, "no answer")
	}
	return answers, nil
}

func (a adapter) Quote(_ context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	return []waybill.Rate{{Service: "B", ServiceName: "Beat", Total: waybill.Money{Minor: 100, Currency: "USD"}}}, nil
}

func (a adapter) Ship(_ context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	return carrier.Booking{
		Receipt: waybill.Receipt{CarrierID: r.Key, Numbers: []string{"FIRST-" + a.connection}, Price: waybill.Money{Minor: 100, Currency: "USD"}},
		Labels:  []waybill.Label{{Format: waybill.ZPL, DPI: 203, Data: []byte("^XA^XZ")}},
	}, nil
}

func (b *beat) driver(budget int) carrier.Driver {
	return carrier.Driver{
		Name: "beat", Title: "Beat", Budget: budget, Formats: []waybill.LabelFormat{waybill.ZPL},
		Settings: []carrier.Setting{{Name: "connection", Required: true}},
		Services: []carrier.ServiceInfo{{Code: "B", Name: "Beat", Direction: waybill.Outgoing}},
		Open: func(s carrier.Settings, _ carrier.Env) (carrier.Adapter, error) {
			return adapter{b, s["connection"]}, nil
		},
	}
}

// fleet is an account with open parcels on several connections of the carrier in memory.
type fleet struct {
	*enginetest.Desk
	*beat
	connections []waybill.Connection
	budget      int
}

// newFleet books a parcel by each connection, which starts its polling, and puts the others beside it
// straight into the store.
func newFleet(t *testing.T, connections, each, budget int) *fleet {
	f := &fleet{beat: &beat{minutes: map[string]map[int64]int{}, parcels: map[string]*parcel{}}, budget: budget}
	registry, err := carrier.NewRegistry(f.driver(budget))
	if err != nil {
		t.Fatal(err)
	}
	f.Desk = enginetest.New(t, enginetest.Options{Config: func(c *engine.Config) { c.Carriers = registry }}).Account("acme")
	for n := range connections {
		name := "beat-" + strconv.Itoa(n)
		c := f.Connect(engine.SaveConnection{Connection: waybill.Connection{
			ExternalID: name, Carrier: "beat", Name: name, Mode: waybill.ModeLive, LabelFormat: waybill.ZPL,
			Settings: map[string]string{"connection": name},
		}})
		f.Boston(c)
		f.parcels["FIRST-"+name] = f.plan("FIRST-"+name, 0)
		create(t, f.Desk, enginetest.Order("FIRST-"+name))
		f.fill(t, c, each-1)
		f.connections = append(f.connections, c)
	}
	return f
}

// plan is the life of a parcel: most are days away, some have just been booked, some come today, some are
// out for delivery.
func (f *fleet) plan(number string, n int) *parcel {
	start := f.World.Clock.Now()
	p := &parcel{number: number, asked: start, expected: start.Add(80*time.Hour + time.Duration(n%977)*time.Minute)}
	switch {
	case n%40 == 1: // out for delivery, and delivered within half a day
		p.departs, p.goesOut = start.Add(-20*time.Hour), start.Add(-time.Hour)
		p.arrives = start.Add(time.Duration(1+n%600) * time.Minute)
		p.expected = p.arrives
	case n%20 == 2: // comes today
		p.departs, p.goesOut = start.Add(-20*time.Hour), start.Add(time.Duration(60+n%400)*time.Minute)
		p.arrives = p.goesOut.Add(3 * time.Hour)
		p.expected = p.arrives
	case n%10 == 3: // comes tomorrow: delivery gets near meanwhile
		p.departs = start.Add(-20 * time.Hour)
		p.expected = start.Add(time.Duration(26*60+n%500) * time.Minute)
	case n%2 == 0:
		p.departs = start.Add(-20 * time.Hour)
	}
	return p
}

// fill stores booked shipments with a tracker each, a hundred in a transaction. Those on their way were
// asked after in the last hours, one after the other.
func (f *fleet) fill(t *testing.T, c waybill.Connection, n int) {
	start := f.World.Clock.Now()
	for first := 0; first < n; first += 100 {
		err := f.World.Store.Update(t.Context(), f.Actor, func(tx store.Tx) error {
			for i := first; i < min(n, first+100); i++ {
				number := fmt.Sprintf("%s-%06d", c.ExternalID, i)
				p := f.plan(number, i)
				f.parcels[number] = p
				id := f.World.Engine.IDs.New()
				sh := waybill.Shipment{
					Row: waybill.Row{ID: id, Account: f.Tenant.ID}, Reference: number, Booking: waybill.Booked, Transit: waybill.LabelMade,
					Tracking: number, Parcels: []waybill.Parcel{{Tracking: number}},
				}
				if err := tx.Shipments().Put(&sh); err != nil {
					return err
				}
				tracker := waybill.Tracker{
					Row: waybill.Row{ID: f.World.Engine.IDs.New(), Account: f.Tenant.ID}, Shipment: id, Connection: c.ID, Open: true,
					Track: waybill.Tracking{Number: number, Status: waybill.LabelMade},
					Due:   start.Add(time.Duration(i) * 5 * time.Hour / time.Duration(n)),
				}
				if !p.goesOut.IsZero() || p.expected.Sub(start) < 24*time.Hour {
					tracker.Due = start.Add(time.Duration(i%15) * time.Minute)
				}
				if err := tx.Trackers().Put(&tracker); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Every open parcel is asked after at least every six hours, sooner when its delivery is near, never once
// it was delivered, and no connection is asked more than its budget in any minute.
func TestOpenParcelsAreAskedAfterWithinTheirBudget(t *testing.T) {
	each, budget, span := 400, 4, 8*time.Hour
	switch {
	case os.Getenv("WAYBILL_TORTURE") != "":
		each, budget, span = 20_000, 150, 12*time.Hour
	case testing.Short():
		each, budget = 100, 1
	}
	const connections = 6
	f := newFleet(t, connections, each, budget)
	start := f.World.Clock.Now()
	for f.World.Clock.Now().Sub(start) < span {
		f.After(time.Minute)
	}
	f.judge(t, start)
}

// judge looks at what was asked in all, and at who has waited too long now.
func (f *fleet) judge(t *testing.T, start time.Time) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	now, asks, delivered := f.World.Clock.Now(), 0, 0
	for number, p := range f.parcels {
		asks += p.asks
		if p.told == waybill.Delivered {
			delivered++
		} else if wait := now.Sub(p.asked); wait > p.allowed() {
			f.fault("%s (%s) has waited for %v, allowed are %v", number, p.told, wait, p.allowed())
		}
	}
	most := 0
	for connection, minutes := range f.minutes {
		for minute, n := range minutes {
			most = max(most, n)
			if n > f.budget {
				f.fault("%s was asked after %d parcels in minute %d, its budget is %d", connection, n, minute-start.Unix()/60, f.budget)
			}
		}
	}
	t.Logf("%d parcels on %d connections: asked %d times in %v, at most %d a minute (budget %d), %d delivered",
		len(f.parcels), len(f.connections), asks, now.Sub(start), most, f.budget, delivered)
	if delivered == 0 || len(f.minutes) != len(f.connections) {
		t.Errorf("%d delivered, %d connections asked", delivered, len(f.minutes))
	}
	if len(f.faults) > 0 {
		t.Error(strings.Join(f.faults, "\n"))
	}
}

// A connection that is paused is asked about what was booked with it all the same.
func TestPausedConnectionsAreAskedAfterTheirParcels(t *testing.T) {
	f := newFleet(t, 1, 20, 3)
	if _, err := f.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "beat-0", Paused: true, Reason: "strike"}); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		f.After(time.Minute)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.minutes) != 1 {
		t.Errorf("%d connections were asked", len(f.minutes))
	}
}

// A carrier that fails has counted the question: the budget holds while it fails, and everyone is asked
// after in the end.
func TestAnOutageCostsItsMinute(t *testing.T) {
	f := newFleet(t, 2, 100, 3)
	f.outage = true
	start := f.World.Clock.Now()
	for f.World.Clock.Now().Sub(start) < 3*time.Hour {
		f.After(20 * time.Second) // a job that came back at once would ask again in the same minute
	}
	for connection, minutes := range f.minutes {
		for minute, n := range minutes {
			if n > f.budget {
				t.Errorf("%s was asked after %d parcels in minute %d, its budget is %d", connection, n, minute-start.Unix()/60, f.budget)
			}
		}
	}
	if f.calls < 150 {
		t.Errorf("the carrier was asked %d times in three hours", f.calls)
	}
}

// What comes in about a parcel while its carrier is being asked is kept, and the polling goes on.
func TestAScanWhileTheCarrierIsAsked(t *testing.T) {
	f := newFleet(t, 1, 5, 10)
	scanned := map[string]bool{}
	f.during = func(number string) {
		if scanned[number] {
			return
		}
		scanned[number] = true
		_, err := f.RecordScan(t.Context(), engine.RecordScan{Number: number, Scan: waybill.Scan{Status: waybill.AtDepot, Text: "seen at the gate"}})
		if err != nil {
			t.Error(err)
		}
	}
	for range 6 * 60 {
		f.After(time.Minute)
	}
	for number := range scanned {
		h, err := f.ShipmentHistory(t.Context(), engine.GetShipment{Ref: ref(number)})
		if err != nil {
			t.Fatal(err)
		}
		gate, carried := false, false
		for _, e := range h.Events {
			gate = gate || e.Facts.Message == "seen at the gate"
			carried = carried || e.Facts.Transit == waybill.InTransit
		}
		if p := f.parcels[number]; !gate || !p.departs.IsZero() && !carried {
			t.Errorf("%s: the scan at the gate is kept: %t; what the carrier said: %t", number, gate, carried)
		}
		if f.parcels[number].asks < 1 {
			t.Errorf("%s was never asked after", number)
		}
	}
	buried, err := f.World.Store.Queue().Buried(t.Context(), 10)
	if err != nil || len(buried) > 0 || len(scanned) == 0 {
		t.Errorf("buried %v, %v; %d parcels scanned", buried, err, len(scanned))
	}
}
