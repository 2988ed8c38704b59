package app

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/fixture"
	"waybill/store"
)

// A playground is a running demo on a clock of its own: every simulator, and a token of each API.
type playground struct {
	*town
	clock   *fixture.Manual
	account waybill.ID
}

func play(t *testing.T) *playground {
	t.Helper()
	cfg := fresh(t)
	cfg.Demo = true
	clock := fixture.NewManual(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)) // a Monday
	a, err := New(t.Context(), cfg, Parts{Clock: clock, Log: slog.New(slog.DiscardHandler), Random: func(int64) int64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &playground{town: &town{running: &running{App: a, t: t, url: server.URL}, token: map[string]string{"native": DemoKey}}, clock: clock}
	p.account = idOf(t, a, DemoAccount)
	a.Engine.Answer, a.Engine.Rating, a.Engine.Purchase = 700*time.Millisecond, 400*time.Millisecond, 1500*time.Millisecond
	p.do(DemoAccount, "wallet.top-up", TopUp{Amount: waybill.Money{Minor: 1_000_000_00, Currency: "INR"}, Cause: "test", Key: "test"}, nil)
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

// forcers book through their API with a recipient of that name, and tell the HTTP status of the booking.
var forcers = map[string]func(t *testing.T, p *playground, reference, name string) int{
	"native": func(t *testing.T, p *playground, reference, name string) int {
		status, _ := p.ask(t, "POST", "/api/v1/shipments", DemoKey, map[string]any{
			"reference": reference, "location": "7709", "book": map[string]any{},
			"to": map[string]any{
				"name": name, "phone": "+1 617-555-0101", "street1": "725 Albany Street", "city": "Boston", "state": "MA", "postcode": "02118", "country": "US",
			},
			"parcels": []any{map[string]any{"weight": map[string]any{"value": 2, "unit": "kg"}, "size": map[string]any{"length": 20, "width": 15, "height": 10, "unit": "cm"}}},
		})
		return status
	},
	"lynkup": func(t *testing.T, p *playground, reference, name string) int {
		status, _ := p.ask(t, "POST", "/lynkup/shipments", p.token["lynkup"], lynkupOrder(reference, name))
		return status
	},
	"shiptheory": func(t *testing.T, p *playground, reference, name string) int {
		book := shiptheoryBook(reference)
		first, last, _ := strings.Cut(name, " ")
		recipient := book["recipient"].(map[string]any)
		recipient["firstname"], recipient["lastname"] = first, last
		status, _ := p.ask(t, "POST", "/shiptheory/v1/shipments", p.token["shiptheory"], book)
		return status
	},
	"peddler": func(t *testing.T, p *playground, reference, name string) int {
		status, _ := p.ask(t, "POST", peddlerCall("createShipments"), p.carrier(t, DemoCarrier), []any{map[string]any{
			"metaData":        reference,
			"deliveryAddress": map[string]any{"name": name, "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"},
		}})
		return status
	},
	"shiplee": func(t *testing.T, p *playground, reference, name string) int {
		order := shipleeOrder(reference)
		order["name"] = name
		added := p.must(t, 201, "POST", "/shiplee/order", p.token["shiplee"], order)
		status, _ := p.ask(t, "POST", "/shiplee/create_shipment", p.token["shiplee"], map[string]any{
			"orderId": at(added, "order_id"), "warehouseId": DemoWarehouse, "action": "book_shipment", "shipmentType": "forward",
			"carrierId": "delhivery_e_prepaid", "carrierName": "Delhivery Express",
		})
		return status
	},
}

// TestEveryMagicValueIsForced forces each row of the table through native and through every dialect that books: with a
// carrier that is called through three of them, with one that is not through all five.
func TestEveryMagicValueIsForced(t *testing.T) {
	p := play(t)
	apis := []string{"native", "lynkup", "shiplee", "shiptheory", "peddler"}
	name := func(api string, s carrier.Spell) string { return "magic-" + api + "-" + s.Word }
	var moving []func()
	for _, s := range carrier.Spells {
		p.clock.Advance(time.Minute) // no API is asked more often than it allows
		p.logIn(t)
		for _, api := range apis {
			if s.Called && (api == "shiptheory" || api == "peddler") { // these go by the house courier here
				continue
			}
			t.Run(s.Word+" through "+api, func(t *testing.T) {
				reference := name(api, s)
				status := forcers[api](t, p, reference, s.MagicRecipient())
				if status >= 500 && api != "shiplee" {
					t.Errorf("answered with %d", status)
				}
				p.judge(t, s, api, reference, status)
			})
			if s.Word == "hang" || s.Word == "lost-for-good" { // these take longer than a token is good
				p.logIn(t)
			}
			if s.Moment == carrier.OnItsWay || s.Moment == carrier.AtDelivery {
				moving = append(moving, func() {
					t.Run(s.Word+" through "+api+" arrives", func(t *testing.T) { p.arrived(t, s, name(api, s)) })
				})
			}
		}
	}
	p.must(t, 200, "POST", "/api/v1/sandbox/clock", DemoKey, map[string]any{"advance": "96h"})
	for _, arrive := range moving {
		arrive()
	}
}

// refusedFor is the reason that a refusal is stored with.
var refusedFor = map[string]waybill.Reason{
	"refuse-address": waybill.ReasonCarrierAddress, "refuse-service": waybill.ReasonCarrier, "refuse-weight": waybill.ReasonCarrier,
	"refuse-account": waybill.ReasonBookingFailed, "outage": waybill.ReasonBookingFailed, "rate-limit": waybill.ReasonBookingFailed,
}

// judge holds what became of a booking against its row.
func (p *playground) judge(t *testing.T, s carrier.Spell, api, reference string, status int) {
	t.Helper()
	sh, purchases, trackers, steps := p.found(t, reference)
	if sh.Dialect != api {
		t.Errorf("it came in through %s", sh.Dialect)
	}
	is := func(want waybill.Booking) {
		t.Helper()
		if sh, _, _, _ = p.found(t, reference); sh.Booking != want {
			t.Fatalf("it is %s instead of %s: %+v", sh.Booking, want, sh.Failure)
		}
	}
	switch s.Word {
	case "no-rates", "rates-outage", "rates-slow":
		if sh.Booking.Open() && len(purchases) == 0 { // Shiplee's order stays the draft that it was
			break
		}
		t.Errorf("it is %s, with %d purchases", sh.Booking, len(purchases))
	case "rates-partial":
		if api == "shiplee" { // its caller names the service, which is the one that is missing
			is(waybill.Draft)
			return
		}
		is(waybill.Booked)
		if api == "peddler" { // it names one, so that none of several is missing
			return
		}
		if !slices.ContainsFunc(steps, func(s waybill.Step) bool { return strings.Contains(s.Detail, "not to be had between") }) {
			t.Errorf("no service is missing: %+v", steps)
		}
	case "hang":
		is(waybill.Unsettled)
		p.clock.Advance(5 * time.Minute)
		p.drain(t)
		if _, purchases, _, _ = p.found(t, reference); purchases[0].State != waybill.Refused { // another may have taken it by now
			t.Errorf("the purchase is %s", purchases[0].State)
		}
	case "slow":
		is(waybill.Unsettled)
		eventually(t, "the slow booking is booked", func() bool { return p.shipment(t, reference).Booking == waybill.Booked })
	case "lost-answer", "garbage", "label-missing":
		is(waybill.Unsettled)
		p.drain(t)
		is(waybill.Booked)
		if s.Word == "label-missing" {
			_, err := p.Engine.As(waybill.System(p.account)).GetLabel(t.Context(), GetLabel{Ref: Ref{Reference: reference}})
			if waybill.ReasonOf(err) != waybill.ReasonNoLabel {
				t.Errorf("there is a label: %v", err)
			}
		}
	case "lost-for-good":
		is(waybill.Unsettled)
		for range 15 {
			p.clock.Advance(65 * time.Minute)
			p.drain(t)
		}
		if _, purchases, _, _ = p.found(t, reference); purchases[0].State != waybill.Stuck {
			t.Errorf("the purchase is %s", purchases[0].State)
		}
	case "dearer":
		is(waybill.Booked)
		quoted := purchases[0].Rate.Total.Minor
		if sh.Bought.Minor != quoted+(quoted+3)/4 {
			t.Errorf("quoted %d, charged %s", quoted, sh.Bought)
		}
	case "void-refused", "void-outage":
		is(waybill.Booked)
		answer, said := p.ask(t, "DELETE", "/api/v1/shipments/"+reference, DemoKey, nil)
		refused := waybill.ReasonCancelRefused
		if s.Word == "void-outage" {
			refused = waybill.ReasonCarrierOutage
		}
		if answer < 400 || at(said, "reason") != string(refused) {
			t.Errorf("cancelled with %d: %v", answer, said)
		}
		if is(waybill.Booked); sh.CancelWanted != (s.Word == "void-outage") {
			t.Errorf("a cancellation is wanted: %v", sh.CancelWanted)
		}
	default:
		if want := refusedFor[s.Word]; want != "" {
			is(waybill.Failed)
			if sh.Failure.Reason != want {
				t.Errorf("it failed by %s, want %s", sh.Failure.Reason, want)
			}
			if status < 400 && (api == "lynkup" || api == "shiplee") { // the others say so inside
				t.Errorf("a refusal is answered with %d", status)
			}
			return
		}
		is(waybill.Booked)
		if len(trackers) != 1 || trackers[0].Magic != s.Word || sh.Transit != waybill.LabelMade {
			t.Errorf("%s, followed by %+v", sh.Transit, trackers)
		}
	}
}

// arrived holds where a parcel stopped against its row.
func (p *playground) arrived(t *testing.T, s carrier.Spell, reference string) {
	t.Helper()
	sh, _, trackers, _ := p.found(t, reference)
	if len(trackers) != 1 || sh.Transit != s.Status {
		t.Fatalf("it is %s instead of %s: %+v", sh.Transit, s.Status, trackers)
	}
	track, told := trackers[0].Track, map[string]int{}
	for _, scan := range track.Scans {
		told[scan.Code+scan.At.String()]++
	}
	if len(told) != len(track.Scans) {
		t.Errorf("a scan counts twice: %v", told)
	}
	last := waybill.Scan{}
	if n := len(track.Scans); n > 0 {
		last = track.Scans[n-1]
	}
	switch s.Word {
	case "untracked":
		if len(track.Scans) > 0 {
			t.Errorf("%+v", track)
		}
	case "reweighed":
		if track.Charged != 25_000 {
			t.Errorf("charged for %d g", track.Charged)
		}
	case "delivered-neighbour":
		if track.Recipient != "Neighbour" {
			t.Errorf("taken by %q", track.Recipient)
		}
	case "attempt-absent", "attempt-refused", "attempt-address", "attempt-closed":
		if last.Reason == "" {
			t.Errorf("no reason: %+v", last)
		}
	}
}

// TestTheTestClockMovesWhatIsSimulated: ordinary parcels of remote simulators and of the house courier go on with it,
// events are told, a step moves one parcel alone, and what is live is not touched.
func TestTheTestClockMovesWhatIsSimulated(t *testing.T) {
	p := play(t)
	for _, api := range []string{"native", "shiplee", "shiptheory"} { // UPS, Delhivery, the house courier
		if status := forcers[api](t, p, "plain-"+api, "Ann Plain"); status >= 300 {
			t.Fatalf("%s: %d", api, status)
		}
	}
	forcers["native"](t, p, "stepped", "Sue Stepped")
	stepped := p.shipment(t, "stepped")
	for _, want := range []string{"picked_up", "in_transit", "at_depot", "out_for_delivery"} {
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
		if api == "native" && strings.HasPrefix(trackers[0].Track.Scans[0].Code, "SIM-") {
			t.Error("what UPS's simulator tells was made up")
		}
		var history ShipmentHistory
		p.do(DemoAccount, "shipment.history", GetShipment{Ref: Ref{ID: sh.ID}}, &history)
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
