package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// reversible is an account on the courier, with a shipment A-1 that is booked.
func reversible(t *testing.T, o enginetest.Options) *enginetest.Desk {
	d := enginetest.New(t, o).Account("acme")
	c := d.Fake("courier", "courier")
	d.Boston(c)
	create(t, d, enginetest.Order("A-1"))
	return d
}

// standing is a return that belongs to no shipment.
func standing() engine.DraftReturn {
	order := enginetest.Order("R-1").Shipment
	return engine.DraftReturn{Return: waybill.Return{
		Reference: "R-1", From: order.To, Parcels: order.Parcels, Reasons: []string{"too big"},
	}}
}

func draftReturn(t *testing.T, d *enginetest.Desk, in engine.DraftReturn) waybill.Return {
	t.Helper()
	r, err := d.DraftReturn(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var toBoston = engine.Place{ExternalID: "7709"}

func bookReturn(t *testing.T, d *enginetest.Desk, r waybill.Return) (waybill.Return, error) {
	t.Helper()
	return d.BookReturn(t.Context(), engine.BookReturn{Ref: engine.RefReturn{Number: r.Number}, To: toBoston})
}

func getReturn(t *testing.T, d *enginetest.Desk, id waybill.ID) waybill.Return {
	t.Helper()
	r, err := d.GetReturn(t.Context(), engine.RefReturn{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A return that stands alone: drafted, rated, booked, labelled, tracked, and found by each of its names.
func TestAReturnStandsAlone(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	draft := draftReturn(t, d, standing())
	if draft.Booking != waybill.Draft || draft.Number == 0 || draft.Shipment != "" || d.Courier.Asked(enginetest.OpReturn) != 0 {
		t.Fatalf("%s, number %d, of %q", draft.Booking, draft.Number, draft.Shipment)
	}
	offers, err := d.RateReturn(t.Context(), engine.RateReturn{Ref: engine.RefReturn{Number: draft.Number}, To: toBoston})
	if err != nil || len(offers.Candidates) != 1 || offers.Candidates[0].Sold.Minor != 500 || offers.Candidates[0].Rank != 1 {
		t.Fatalf("%v: offers %+v", err, offers.Candidates)
	}
	if way := offers.Shipment; way.From.Contact.Name != "Ray Receiver" || way.To.Contact.Name != "Ann Sender" || way.LocationKey != "7709" {
		t.Errorf("the way back is from %q to %q %q", way.From.Contact.Name, way.To.Contact.Name, way.LocationKey)
	}
	if again := getReturn(t, d, draft.ID); again.Version != draft.Version {
		t.Error("asking for prices changed the return")
	}
	r, err := bookReturn(t, d, draft)
	if err != nil || r.Booking != waybill.Booked || r.Tracking == "" || r.Sold.Minor != 500 || r.To.Contact.Name != "Ann Sender" {
		t.Fatalf("%v: %s %q sold for %v to %q", err, r.Booking, r.Tracking, r.Sold, r.To.Contact.Name)
	}
	for _, ref := range []engine.RefReturn{{ID: r.ID}, {Number: r.Number}, {Tracking: r.Tracking}} {
		file, err := d.ReturnLabel(t.Context(), ref)
		if err != nil || pages(t, file.Data) != 1 || file.Tracking != r.Tracking {
			t.Errorf("%+v: %v", ref, err)
		}
	}
	d.Courier.Scan(r.Tracking, waybill.Scan{At: d.World.Clock.Now().Add(time.Minute), Status: waybill.PickedUp, Text: "Fetched"})
	wait(d, 8*time.Hour)
	if r = getReturn(t, d, r.ID); r.Transit != waybill.PickedUp {
		t.Errorf("it is %s", r.Transit)
	}
	var said []string
	for _, e := range eventsOf(t, d, r.Filed()) {
		if e.Return != r.ID || e.Account != r.Account {
			t.Errorf("%s is of %q", e.Kind, e.Return)
		}
		said = append(said, string(e.Kind))
	}
	if got := strings.Join(said, " "); got != "return.created return.booked return.tracked" {
		t.Error(got)
	}
	_, err = d.GetReturn(t.Context(), engine.RefReturn{Number: 987654321})
	wantReason(t, err, waybill.ReasonUnknownShipment)
	other := d.World.Account("other")
	_, err = other.GetReturn(t.Context(), engine.RefReturn{Number: r.Number})
	wantReason(t, err, waybill.ReasonUnknownShipment)
}

func eventsOf(t *testing.T, d *enginetest.Desk, filed waybill.ID) (list []waybill.Event) {
	t.Helper()
	err := d.World.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
		list, err = tx.Events().Of(filed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A return of a shipment takes from it what the caller left out, and is mentioned on it once it is booked.
func TestADraftOfAShipment(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	sh := get(t, d, "A-1")
	r := draftReturn(t, d, engine.DraftReturn{Original: ref("A-1"), Tracking: sh.Tracking})
	if r.Shipment != sh.ID || r.From.Contact.Name != "Ray Receiver" || r.To.Contact.Name != "Ann Sender" || r.Location == "" || r.Parcels[0].Tracking != "" {
		t.Errorf("%+v", r)
	}
	if n := len(get(t, d, "A-1").Returns); n != 0 {
		t.Errorf("a draft is mentioned %d times", n)
	}
	booked, err := d.BookReturn(t.Context(), engine.BookReturn{Ref: engine.RefReturn{ID: r.ID}})
	if err != nil || booked.Booking != waybill.Booked {
		t.Fatalf("%v: %s", err, booked.Booking)
	}
	if list := get(t, d, "A-1").Returns; len(list) != 1 || list[0].Tracking != booked.Tracking {
		t.Errorf("the shipment tells of %+v", list)
	}
	_, err = d.DraftReturn(t.Context(), engine.DraftReturn{Original: ref("A-1"), Tracking: "X"})
	wantReason(t, err, waybill.ReasonMismatch, "tracking")
	_, err = d.DraftReturn(t.Context(), engine.DraftReturn{Original: ref("A-1"), To: engine.Place{ExternalID: "nowhere"}})
	wantReason(t, err, waybill.ReasonUnknownLocation, "to")
	_, err = d.DraftReturn(t.Context(), engine.DraftReturn{Original: ref("B-9")})
	wantReason(t, err, waybill.ReasonUnknownShipment)
	_, err = d.DraftReturn(t.Context(), engine.DraftReturn{})
	wantReason(t, err, waybill.ReasonFields, "from.country")
}

// What is undeliverable goes to the return location, and so does what is sent back.
func TestReturnsGoToTheReturnLocation(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.Fake("courier", "courier")
	home := d.Boston(c)
	depot := home
	depot.Row, depot.ExternalID, depot.Contact.Name = waybill.Row{}, "DEPOT", "Returns Desk"
	depot, err := d.SaveLocation(t.Context(), depot)
	if err != nil {
		t.Fatal(err)
	}
	order := enginetest.Order("A-1")
	order.Return = "DEPOT"
	create(t, d, order)
	if r := draftReturn(t, d, engine.DraftReturn{Original: ref("A-1")}); r.To.Contact.Name != "Returns Desk" || r.Location != depot.ID {
		t.Errorf("it goes to %q at %q", r.To.Contact.Name, r.Location)
	}
}

func TestWhichReturnsMayBeBooked(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	r := draftReturn(t, d, standing())
	book := func(change func(*engine.BookReturn)) error {
		in := engine.BookReturn{Ref: engine.RefReturn{Number: r.Number}, To: toBoston}
		change(&in)
		_, err := d.BookReturn(t.Context(), in)
		return err
	}
	wantReason(t, book(func(in *engine.BookReturn) { in.Ref.Number = 1 }), waybill.ReasonUnknownShipment)
	wantReason(t, book(func(in *engine.BookReturn) { in.To.ExternalID = "nowhere" }), waybill.ReasonUnknownLocation, "to")
	wantReason(t, book(func(in *engine.BookReturn) { in.Service = "By Balloon" }), waybill.ReasonUnknownService, "service")
	wantReason(t, book(func(in *engine.BookReturn) {
		in.Pick = func(waybill.Shipment, waybill.Candidate) bool { return false }
	}), waybill.ReasonUnknownRate)
	if now := getReturn(t, d, r.ID); now.Booking != waybill.Draft || now.Version != r.Version || d.Courier.Asked(enginetest.OpReturn) != 0 {
		t.Errorf("it is %s", now.Booking)
	}
	if err := book(func(in *engine.BookReturn) { in.Service = "back" }); err != nil {
		t.Fatal(err)
	}
	err := book(func(*engine.BookReturn) {})
	wantReason(t, err, waybill.ReasonAlreadyBooked, "tracking")
	if said := waybill.AsError(err).Fields[0].Value; said != getReturn(t, d, r.ID).Tracking {
		t.Errorf("the refusal names %q", said)
	}
}

// A refused return says why and may be booked again, as another purchase.
func TestARefusedReturnIsBookedAgain(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	draft := draftReturn(t, d, standing())
	d.Courier.Before = enginetest.Refuse(enginetest.OpReturn, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	r, err := bookReturn(t, d, draft)
	if err != nil || r.Booking != waybill.Failed || r.Failure.Message != "no such street" {
		t.Fatalf("%v: %s %+v", err, r.Booking, r.Failure)
	}
	d.Courier.Before = nil
	r, err = bookReturn(t, d, draft)
	if err != nil || r.Booking != waybill.Booked || r.Attempt != 2 || r.Failure != nil {
		t.Errorf("%v: %s after %d attempts", err, r.Booking, r.Attempt)
	}
}

// A lost answer is found out by a job: the return is booked once.
func TestALostAnswerOfADraftedReturn(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	draft := draftReturn(t, d, standing())
	d.Courier.After = onceAfter(enginetest.OpReturn, enginetest.Lost())
	r, err := bookReturn(t, d, draft)
	if err != nil || r.Booking != waybill.Unsettled {
		t.Fatalf("%v: %s", err, r.Booking)
	}
	_, err = bookReturn(t, d, draft)
	wantReason(t, err, waybill.ReasonUnsettled)
	_, err = d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}})
	wantReason(t, err, waybill.ReasonUnsettled)
	wait(d, time.Minute)
	if r = getReturn(t, d, r.ID); r.Booking != waybill.Booked || len(d.Courier.Sales()) != 2 {
		t.Errorf("it is %s, %d were sold", r.Booking, len(d.Courier.Sales())-1)
	}
	if file, err := d.ReturnLabel(t.Context(), engine.RefReturn{ID: r.ID}); err != nil || pages(t, file.Data) != 1 {
		t.Errorf("its label: %v", err)
	}
}

func TestTwoBookingsOfAReturnAtOnce(t *testing.T) { onBoth(t, twoBookingsOfAReturnAtOnce) }

func twoBookingsOfAReturnAtOnce(t *testing.T, o enginetest.Options) {
	d := reversible(t, o)
	house := d.World.Account("house")
	house.Boston(house.House("house", "House Courier", "us"))
	for _, desk := range []*enginetest.Desk{d, house} {
		draft := draftReturn(t, desk, standing())
		const callers = 5
		errs := make([]error, callers)
		var group sync.WaitGroup
		for i := range callers {
			group.Go(func() {
				_, errs[i] = desk.BookReturn(t.Context(), engine.BookReturn{Ref: engine.RefReturn{ID: draft.ID}, To: toBoston})
			})
		}
		group.Wait()
		booked := 0
		for _, err := range errs {
			switch waybill.ReasonOf(err) {
			case "":
				booked++
			case waybill.ReasonAlreadyBooked, waybill.ReasonUnsettled:
			default:
				t.Error(err)
			}
		}
		if r := getReturn(t, desk, draft.ID); booked != 1 || r.Booking != waybill.Booked || r.Attempt != 1 {
			t.Errorf("%d booked it; it is %s after %d attempts", booked, r.Booking, r.Attempt)
		}
	}
	if n := d.Courier.Asked(enginetest.OpReturn); n != 1 {
		t.Errorf("the courier was asked %d times", n)
	}
}

// The process ends while a return is being bought, or given back: a job finishes it.
func TestAStrandedReturn(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	draft := draftReturn(t, d, standing())
	d.Courier.Before = during(d, enginetest.OpReturn, func() {
		d.Courier.Before = nil
		wait(d, time.Minute) // the job looks, and the sale is not there yet
	})
	r, err := bookReturn(t, d, draft)
	if err != nil || r.Booking != waybill.Booked {
		t.Fatalf("%v: %s", err, r.Booking)
	}
	sales := d.Courier.Live()
	d.Courier.Before = func(ctx context.Context, op, key string) error {
		if op == enginetest.OpVoid && d.Courier.Asked(op) < 4 {
			return waybill.E("courier", waybill.ReasonCarrierOutage, "down")
		}
		return nil
	}
	if _, err := d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}}); !waybill.AsError(err).Unsure {
		t.Fatal(err)
	}
	wait(d, time.Hour)
	if r = getReturn(t, d, r.ID); r.Booking != waybill.Cancelled || d.Courier.Live() != sales-1 {
		t.Errorf("it is %s, %d live", r.Booking, d.Courier.Live())
	}
}

// Both real carriers price the way back with their services that bring parcels back, and book what was picked.
func TestRealCarriersBringBack(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("house", "House Courier", "us"), d.Ups("ups"))
	r := draftReturn(t, d, standing())
	offers, err := d.RateReturn(t.Context(), engine.RateReturn{Ref: engine.RefReturn{ID: r.ID}, To: toBoston})
	if err != nil {
		t.Fatal(err)
	}
	best := map[string]waybill.Candidate{}
	for _, c := range offers.Candidates {
		if _, better := best[c.Provider.Carrier]; c.Rank > 0 && !better {
			best[c.Provider.Carrier] = c
		}
	}
	for _, carrier := range []string{"house", "ups"} {
		offer, ok := best[carrier]
		if !ok || offer.Sold.Minor <= 0 {
			t.Fatalf("%s offers nothing: %+v", carrier, offers.Steps)
		}
		r := draftReturn(t, d, standing())
		booked, err := d.BookReturn(t.Context(), engine.BookReturn{
			Ref: engine.RefReturn{ID: r.ID}, To: toBoston, Service: offer.Provider.ServiceName,
			Pick: func(_ waybill.Shipment, c waybill.Candidate) bool { return c.Provider.Carrier == carrier },
		})
		if err != nil || booked.Booking != waybill.Booked || booked.Provider.ServiceName != offer.Provider.ServiceName {
			t.Fatalf("%s: %v: %s %+v", carrier, err, booked.Booking, booked.Failure)
		}
		if file, err := d.ReturnLabel(t.Context(), engine.RefReturn{ID: booked.ID}); err != nil || pages(t, file.Data) != 1 {
			t.Errorf("%s: its label: %v", carrier, err)
		}
	}
	if name := best["ups"].Provider.ServiceName; !strings.Contains(name, "Return") {
		t.Errorf("UPS offers %q", name)
	}
}

// A carrier that comes for the parcel brings his own label: there is none to be printed.
func TestAFetchedReturn(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	d.Courier.Fetches = true
	r, err := bookReturn(t, d, draftReturn(t, d, standing()))
	if err != nil || r.Booking != waybill.Booked || !r.Fetched {
		t.Fatalf("%v: %s, fetched %t", err, r.Booking, r.Fetched)
	}
	_, err = d.ReturnLabel(t.Context(), engine.RefReturn{ID: r.ID})
	wantReason(t, err, waybill.ReasonNoLabel)
	back := d.Service(waybill.Connection{Name: "courier", Carrier: "courier"}, "back", "Comes back", waybill.Incoming)
	made, err := d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 7)})
	if err != nil || made.Return.Tracking == "" || len(made.Label.Data) != 0 {
		t.Errorf("%v: %q with %d bytes of label", err, made.Return.Tracking, len(made.Label.Data))
	}
	if shown := get(t, d, "A-1").Returns; len(shown) != 1 || !shown[0].Unlabelled {
		t.Errorf("shown as %+v", shown)
	}
	if _, err := d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{Tracking: made.Return.Tracking}}); err != nil {
		t.Error(err)
	}
}
