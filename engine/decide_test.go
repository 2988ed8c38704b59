package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func explain(t *testing.T, d *enginetest.Desk, reference string) string {
	t.Helper()
	lines, err := d.Explain(t.Context(), engine.GetShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func wantTold(t *testing.T, d *enginetest.Desk, reference string, parts ...string) {
	t.Helper()
	story := explain(t, d, reference)
	for _, part := range parts {
		if !strings.Contains(story, part) {
			t.Errorf("the story of %s does not tell %q:\n%s", reference, part, story)
		}
	}
}

func retry(t *testing.T, d *enginetest.Desk, reference string) waybill.Shipment {
	t.Helper()
	sh, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref(reference)})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// release retries one that is held, as LynkUp does.
func release(t *testing.T, d *enginetest.Desk, reference string) waybill.Shipment {
	t.Helper()
	sh, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref(reference), Release: true})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// The story names every rule with why it did or did not match, and every rate with why it is out.
func TestExplainTellsEveryRuleAndRate(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	paused := d.Fake("lame", "mute")
	d.Boston(d.Fake("courier", "courier"), paused)
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "lame", Paused: true, Reason: "contract ended"}); err != nil {
		t.Fatal(err)
	}
	d.Rule("heavy goods", `{"field":"weight","op":"gt","value":"500 kg"}`, `[{"do":"exclude","provider":"courier"}]`)
	d.Rule("never fast", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"exclude","service":"fast"}]`)
	create(t, d, enginetest.Order("A-1"))
	wantTold(t, d, "A-1", "lame", "contract ended", "heavy goods", "never fast", "courier / Standard", "Fast")
}

func TestHoldAndRelease(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Rule("look at it", `{"field":"metadata","op":"is","value":"odd"}`, `[{"do":"hold","reason":"odd order"}]`)
	in := enginetest.Order("A-1")
	in.Shipment.Metadata = "odd"
	if sh := create(t, d, in); sh.Booking != waybill.Held || sh.Provider != nil || sh.Refusal() != nil {
		t.Fatalf("it is %s with %v", sh.Booking, sh.Provider)
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.ShipmentHeld || e.Facts.Message != "odd order" {
		t.Errorf("the event is %s %q", e.Kind, e.Facts.Message)
	}
	if len(d.Courier.Sales()) != 0 {
		t.Error("something was bought for a held shipment")
	}
	_, err := d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonNotRetryable)
	if sh := release(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("released it is %s", sh.Booking)
	}
	in = enginetest.Order("A-2")
	in.Approve = true
	if sh := create(t, d, in); sh.Booking != waybill.Held || d.Courier.Asked(enginetest.OpQuote) != 1 {
		t.Errorf("for approval it is %s, and rates were asked for %d times", sh.Booking, d.Courier.Asked(enginetest.OpQuote))
	}
	if sh := release(t, d, "A-2"); sh.Booking != waybill.Booked {
		t.Errorf("approved it is %s", sh.Booking)
	}
}

func TestApprovalComesBeforeLackOfCarriers(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston()
	in := enginetest.Order("A-1")
	in.Approve = true
	if sh := create(t, d, in); sh.Booking != waybill.Held {
		t.Errorf("it is %s", sh.Booking)
	}
}

func TestNoRuleWantsIt(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Rule("GB only", `{"field":"destination.country","op":"is","value":"GB"}`, `[{"do":"prefer","provider":"courier"}]`)
	in := enginetest.Order("A-1")
	in.RulesRequired = true
	if sh := create(t, d, in); sh.Booking != waybill.Ignored || sh.Refusal() != nil {
		t.Fatalf("it is %s, %v", sh.Booking, sh.Refusal())
	}
	if d.Courier.Asked(enginetest.OpQuote) != 0 {
		t.Error("an ignored shipment was offered to a carrier")
	}
	if sh := retry(t, d, "A-1"); sh.Booking != waybill.Booked {
		t.Errorf("retried by a person it is %s", sh.Booking)
	}
	in = enginetest.Order("A-2")
	if sh := create(t, d, in); sh.Booking != waybill.Booked {
		t.Errorf("where no rule is required it is %s", sh.Booking)
	}
}

func TestEveryProviderIsPaused(t *testing.T) {
	d := fakeFirst(t, "courier")
	pause := func(paused bool) {
		if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "courier", Paused: paused}); err != nil {
			t.Fatal(err)
		}
	}
	pause(true)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.NoProvider || waybill.ReasonOf(sh.Refusal()) != waybill.ReasonNoConnection || !strings.Contains(sh.Failure.Message, "paused") {
		t.Fatalf("it is %s: %v", sh.Booking, sh.Refusal())
	}
	pause(false)
	if sh := retry(t, d, "A-1"); sh.Booking != waybill.Booked || sh.Failure != nil {
		t.Errorf("resumed: %s, %v", sh.Booking, sh.Failure)
	}
}

// What no service offers is refused with its reason, never dropped on the way to the carrier.
func TestOptionsThatNobodyOffers(t *testing.T) {
	cases := map[string]func(*waybill.Shipment){
		"dangerous goods":              func(s *waybill.Shipment) { s.Options.DangerousGoods = true },
		"cash on delivery":             func(s *waybill.Shipment) { s.Options.COD = waybill.Amount{Value: "10", Currency: "USD"} },
		"insurance":                    func(s *waybill.Shipment) { s.Options.Insurance = waybill.Amount{Value: "10", Currency: "USD"} },
		"the temperature refrigerated": func(s *waybill.Shipment) { s.Parcels[0].Temperature = "refrigerated" },
	}
	d := fakeFirst(t, "courier")
	for words, change := range cases {
		in := enginetest.Order(words)
		change(&in.Shipment)
		sh := create(t, d, in)
		if sh.Booking != waybill.NoProvider || waybill.ReasonOf(sh.Refusal()) != waybill.ReasonNoRate {
			t.Errorf("%s: it is %s", words, sh.Booking)
		}
		wantTold(t, d, words, "does not offer "+words)
	}
	in := enginetest.Order("signed")
	in.Shipment.Options.Signature = "required"
	if sh := create(t, d, in); sh.Booking != waybill.Booked || sh.Provider.Service != "fast" {
		t.Errorf("only the fast one takes signatures: %s %v", sh.Booking, sh.Provider)
	}
}

func TestALabelThatCannotBeHad(t *testing.T) {
	d := fakeFirst(t, "courier")
	in := enginetest.Order("A-1")
	in.Shipment.Label.Format = "tiff"
	sh := create(t, d, in)
	if sh.Booking != waybill.NoProvider || len(d.Courier.Sales()) != 0 || !strings.Contains(sh.Failure.Message, "cannot be had as tiff") {
		t.Errorf("it is %s: %v", sh.Booking, sh.Failure)
	}
}

// A service number chooses among all of the account's connections, increments among their instances; a
// disabled service, or one that a connection does not have enabled, is not there.
func TestServicesAndIncrements(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	connect := func(id string, increment int, services ...string) waybill.Connection {
		return d.Connect(engine.SaveConnection{Connection: waybill.Connection{
			ExternalID: id, Carrier: "courier", Name: "Courier", DisplayName: id, Mode: waybill.ModeLive, Increment: increment, Services: services,
		}})
	}
	first, second := connect("first", 1), connect("second", 2, "std")
	d.Boston(first)
	std := d.Service(first, "std", "Plain", waybill.Outgoing)
	fast := d.Service(first, "fast", "Quick", waybill.Outgoing)
	book := func(reference string, service int64, increment int) waybill.Shipment {
		t.Helper()
		in := enginetest.Order(reference)
		in.Shipment.Choice.Service, in.Shipment.Choice.Increment = service, increment
		return create(t, d, in)
	}
	if sh := book("A-1", fast.Number, 0); sh.Booking != waybill.Booked || sh.Provider.ServiceNo != fast.Number || sh.Provider.ServiceName != "Quick" || sh.Provider.Connection != first.ID {
		t.Errorf("by number: %s %+v", sh.Booking, sh.Provider)
	}
	if sh := book("A-2", std.Number, 2); sh.Provider == nil || sh.Provider.Connection != second.ID {
		t.Errorf("increment 2: %+v", sh.Provider)
	}
	if sh := book("A-3", fast.Number, 2); sh.Booking != waybill.NoProvider {
		t.Errorf("the second does not have the fast one: %s %+v", sh.Booking, sh.Provider)
	}
	if sh := book("A-4", std.Number, 3); sh.Booking != waybill.NoProvider || !strings.Contains(sh.Failure.Message, "Courier") {
		t.Errorf("there is no third: %s %v", sh.Booking, sh.Failure)
	}
	listed, err := d.ListServices(t.Context(), engine.ListServices{Direction: waybill.Outgoing})
	if err != nil || len(listed) != 2 || !slices.Equal(listed[0].Increments, []int{1, 2}) || !slices.Equal(listed[1].Increments, []int{1}) {
		t.Errorf("listed: %v %+v", err, listed)
	}
	fast.Disabled = true
	if _, err := d.SaveService(t.Context(), fast); err != nil {
		t.Fatal(err)
	}
	if sh := book("A-5", fast.Number, 0); sh.Provider == nil || sh.Provider.Service != "std" {
		t.Errorf("a disabled service is no choice, rules decide: %+v", sh.Provider)
	}
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "first", Paused: true}); err != nil {
		t.Fatal(err)
	}
	if listed, _ = d.ListServices(t.Context(), engine.ListServices{Direction: waybill.Outgoing}); len(listed) != 1 || !slices.Equal(listed[0].Increments, []int{2}) {
		t.Errorf("paused connections are not listed: %+v", listed)
	}
}

// ownBudget is a world whose callers are answered as soon as elsewhere.
var ownBudget = enginetest.Options{Config: func(c *engine.Config) { c.Answer, c.Rating = 0, 0 }}

// With a carrier that takes 10 s at every turn, the caller is answered within the budget of DECISIONS 1, and
// the booking goes on. Time passes only while everybody waits.
func TestTheTimeBudget(t *testing.T) {
	for op, budget := range map[string]time.Duration{enginetest.OpQuote: 2 * time.Second, enginetest.OpShip: 4500 * time.Millisecond} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := enginetest.New(t, ownBudget).Account("acme")
				d.Boston(d.Fake("courier", "courier"), d.House("house", "House Courier", "us"))
				d.Rule("courier first", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"prefer","provider":"courier"}]`)
				d.Courier.Before = slow(op, 10*time.Second)
				began := time.Now()
				sh := create(t, d, enginetest.Order("A-1"))
				if took := time.Since(began); took != budget {
					t.Errorf("the caller waited %v", took)
				}
				if op == enginetest.OpQuote {
					if sh.Booking != waybill.Booked || sh.Provider.Name != "House Courier" {
						t.Errorf("it is %s with %v; the slow one costs its rates only", sh.Booking, sh.Provider)
					}
					wantTold(t, d, "A-1", "no answer in time")
					return
				}
				if sh.Booking != waybill.Unsettled || sh.Tracking != "" {
					t.Fatalf("it is %s", sh.Booking)
				}
				if err := d.World.Engine.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked || len(d.Courier.Sales()) != 1 {
					t.Errorf("in the end it is %s", sh.Booking)
				}
			})
		})
	}
}

func slow(op string, d time.Duration) func(context.Context, string, string) error {
	return func(ctx context.Context, at, _ string) error {
		if at != op {
			return nil
		}
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
