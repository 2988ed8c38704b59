package engine_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// comeback is an account on the courier with an incoming service, and a shipment A-1 that is booked.
func comeback(t *testing.T) (*enginetest.Desk, int64) { return comebackOn(t, enginetest.Options{}) }

func comebackOn(t *testing.T, o enginetest.Options) (*enginetest.Desk, int64) {
	d := enginetest.New(t, o).Account("acme")
	c := d.Fake("courier", "courier")
	d.Boston(c)
	back := d.Service(c, "back", "Comes back", waybill.Incoming)
	create(t, d, enginetest.Order("A-1"))
	return d, back.Number
}

func bring(t *testing.T, d *enginetest.Desk, service int64, expiry string) (engine.ReturnLabel, error) {
	t.Helper()
	return d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "A-1", Postcode: "02118", Service: service, Expiry: expiry, Reasons: []string{"too big"}})
}

func returnsOf(t *testing.T, d *enginetest.Desk, shipment waybill.ID) (list []waybill.Return) {
	t.Helper()
	err := d.World.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
		list, err = tx.Returns().Of(shipment)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// today is the date where the shipments of these tests leave from.
func today(d *enginetest.Desk) time.Time {
	zone, _ := time.LoadLocation("America/New_York")
	return d.World.Clock.Now().In(zone)
}

func inDays(d *enginetest.Desk, n int) string { return today(d).AddDate(0, 0, n).Format(time.DateOnly) }

func TestReturnsTurnTheWayRound(t *testing.T) {
	d, service := comeback(t)
	made, err := bring(t, d, service, inDays(d, 7))
	if err != nil {
		t.Fatal(err)
	}
	r := made.Return
	if r.Booking != waybill.Booked || r.From.Contact.Name != "Ray Receiver" || r.To.Contact.Name != "Ann Sender" || r.Tracking == "" || r.Number == 0 {
		t.Errorf("the return is %s, from %q to %q, %q, number %d", r.Booking, r.From.Contact.Name, r.To.Contact.Name, r.Tracking, r.Number)
	}
	if string(made.Label.Data[:4]) != "%PDF" || made.Label.Tracking != r.Tracking {
		t.Errorf("the label is %.4q of %q", made.Label.Data, made.Label.Tracking)
	}
	second, err := bring(t, d, service, inDays(d, 7))
	if err != nil || second.Return.ID == r.ID {
		t.Fatalf("a second return: %v", err)
	}
	sh := get(t, d, "A-1")
	if len(sh.Returns) != 2 || sh.Returns[0].Tracking != r.Tracking || sh.Returns[1].ID != second.Return.ID || sh.Returns[0].Price.Minor != 500 {
		t.Errorf("the shipment tells of %+v", sh.Returns)
	}
	// A customer's returns are no part of the outgoing label.
	one, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")})
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1"), Returns: true})
	if err != nil || pages(t, all.Data) != pages(t, one.Data) {
		t.Errorf("%v: %d pages with returns, %d without", err, pages(t, all.Data), pages(t, one.Data))
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.ReturnBooked {
		t.Errorf("the last event is %s", e.Kind)
	}
}

func pages(t *testing.T, pdf []byte) int {
	t.Helper()
	api.DisableConfigDir()
	n, err := api.PageCount(bytes.NewReader(pdf), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhoMayAskForAReturn(t *testing.T) {
	d, service := comeback(t)
	british := enginetest.Order("GB")
	british.Approve = true
	british.Shipment.To.Address = waybill.Address{Street1: "1 High St", City: "Bristol", Postcode: "BS1 4QA", Country: "GB"}
	create(t, d, british)
	for _, postcode := range []string{"BS1 4QA", "bs14qa", " bs1  4Qa "} {
		_, err := d.CreateReturn(t.Context(), engine.CreateReturn{Reference: "GB", Postcode: postcode, Service: service, Expiry: inDays(d, 1)})
		if err != nil {
			t.Errorf("%q: %v", postcode, err)
		}
	}
	for _, in := range []engine.CreateReturn{
		{Reference: "GB", Postcode: "BS1 4QB"}, {Reference: "gb", Postcode: "BS1 4QA"}, {Reference: "", Postcode: ""}, {Reference: "unheard-of", Postcode: "x"},
	} {
		in.Service, in.Expiry = service, inDays(d, 1)
		_, err := d.CreateReturn(t.Context(), in)
		wantReason(t, err, waybill.ReasonUnknownShipment)
	}
	_, err := bring(t, d, service+1000, inDays(d, 1))
	wantReason(t, err, waybill.ReasonUnknownService, "service")
}

// A label expires today at the earliest and in thirty days at the latest, by the sender's own calendar.
func TestExpiryAtItsEdges(t *testing.T) {
	d, service := comeback(t)
	// Half past ten at night in New York: tomorrow already in Greenwich.
	d.World.Clock.Set(time.Date(2026, 3, 10, 2, 30, 0, 0, time.UTC))
	for expiry, ok := range map[string]bool{
		"2026-03-08": false, "2026-03-09": true, "2026-03-10": true, "2026-04-08": true, "2026-04-09": false,
		"": false, "10/03/2026": false, "2026-02-30": false, "2026-3-9": false,
	} {
		_, err := bring(t, d, service, expiry)
		if ok && err != nil {
			t.Errorf("%q: %v", expiry, err)
		} else if !ok {
			wantReason(t, err, waybill.ReasonExpiry, "expiry")
		}
	}
}

func TestAReturnServiceNobodyOffers(t *testing.T) {
	d, service := comeback(t)
	if _, err := d.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: "courier", Paused: true}); err != nil {
		t.Fatal(err)
	}
	_, err := bring(t, d, service, inDays(d, 1))
	wantReason(t, err, waybill.ReasonNoConnection)
	if n := len(returnsOf(t, d, get(t, d, "A-1").ID)); n != 0 {
		t.Errorf("%d returns are stored", n)
	}
}

func TestTheCarrierRefusesAReturn(t *testing.T) {
	d, service := comeback(t)
	d.Courier.Before = enginetest.Refuse(enginetest.OpReturn, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	_, err := bring(t, d, service, inDays(d, 1))
	wantReason(t, err, waybill.ReasonCarrierAddress)
	sh := get(t, d, "A-1")
	made := returnsOf(t, d, sh.ID)
	if len(made) != 1 || made[0].Booking != waybill.Failed || made[0].Failure.Message != "no such street" || len(sh.Returns) != 0 {
		t.Errorf("stored: %+v; the shipment tells of %+v", made, sh.Returns)
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.ReturnFailed || e.Facts.Message != "no such street" {
		t.Errorf("the event is %s %q", e.Kind, e.Facts.Message)
	}
}

// A return whose answer was lost is looked up, found, and kept with its label: one is sold.
func TestALostReturnIsLookedUp(t *testing.T) {
	d, service := comeback(t)
	d.Courier.After = enginetest.Refuse(enginetest.OpReturn, enginetest.Lost())
	_, err := bring(t, d, service, inDays(d, 1))
	if !waybill.AsError(err).Unsure {
		t.Fatalf("%v", err)
	}
	wait(d, time.Minute)
	sh := get(t, d, "A-1")
	if len(sh.Returns) != 1 || len(d.Courier.Sales()) != 2 {
		t.Fatalf("the shipment tells of %d returns, %d were sold", len(sh.Returns), len(d.Courier.Sales())-1)
	}
	link := d.Vault.Link("return", sh.Returns[0].ID, d.World.Clock.Now().Add(time.Hour))
	if file, err := d.World.Engine.OpenLink(t.Context(), link); err != nil || string(file.Data[:4]) != "%PDF" {
		t.Errorf("its label: %v", err)
	}
}

// One that the carrier does not know is refused after the waiting time; what it sold after that is given
// back.
func TestAReturnThatWasNeverBought(t *testing.T) {
	d, service := comeback(t)
	d.Courier.Before = enginetest.Refuse(enginetest.OpReturn, enginetest.Lost())
	_, err := bring(t, d, service, inDays(d, 1))
	if !waybill.AsError(err).Unsure {
		t.Fatal(err)
	}
	d.Courier.Before = nil
	wait(d, 3*time.Minute)
	sh := get(t, d, "A-1")
	if made := returnsOf(t, d, sh.ID); made[0].Booking != waybill.Failed || sh.Booking != waybill.Booked || len(sh.Returns) != 0 {
		t.Errorf("the return is %s, the shipment %s with %d returns", made[0].Booking, sh.Booking, len(sh.Returns))
	}
}

func TestALateReturnIsGivenBack(t *testing.T) {
	d, service := comeback(t)
	d.Courier.Before = during(d, enginetest.OpReturn, func() {
		d.Courier.Before = nil
		wait(d, 3*time.Minute)
	})
	_, err := bring(t, d, service, inDays(d, 1))
	wantReason(t, err, waybill.ReasonBookingFailed)
	d.Drain()
	sh := get(t, d, "A-1")
	if sh.Booking != waybill.Booked || len(sh.Returns) != 0 || d.Courier.Live() != 1 {
		t.Errorf("the shipment is %s with %d returns; %d live sales, want the outgoing one", sh.Booking, len(sh.Returns), d.Courier.Live())
	}
	onlyPurchase(t, d, waybill.Voided)
}

// A stuck return is decided by a person, and never touches the shipment it belongs to.
func TestAPersonDecidesAReturn(t *testing.T) {
	for _, bought := range []bool{true, false} {
		d, service := comeback(t)
		d.Courier.After = enginetest.Refuse(enginetest.OpReturn, enginetest.Lost())
		d.Courier.Before = enginetest.Refuse(enginetest.OpFind, waybill.E("courier", waybill.ReasonCarrierOutage, "down"))
		_, _ = bring(t, d, service, inDays(d, 1))
		wait(d, 12*time.Hour)
		d.Courier.Before, d.Courier.After = nil, nil
		before := get(t, d, "A-1")
		p := onlyPurchase(t, d, waybill.Stuck)
		sh, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: bought, Numbers: lastSold(d)})
		if err != nil || sh.Booking != waybill.Booked || sh.Tracking != before.Tracking || sh.Purchase != before.Purchase {
			t.Fatalf("bought %t: %v, the shipment is %s with %q", bought, err, sh.Booking, sh.Tracking)
		}
		made := returnsOf(t, d, sh.ID)[0]
		if bought && (made.Booking != waybill.Booked || made.Tracking != lastSold(d)[0] || len(sh.Returns) != 1) {
			t.Errorf("the return is %s with %q", made.Booking, made.Tracking)
		}
		if !bought && made.Booking != waybill.Failed {
			t.Errorf("the return is %s", made.Booking)
		}
	}
}

func TestReturnsByTheHouse(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	house := d.House("house", "House Courier", "us")
	d.Boston(house)
	back := d.Service(house, incomingCode(t, d, house), "Comes back", waybill.Incoming)
	sh := create(t, d, enginetest.Order("A-1"))
	made, err := bring(t, d, back.Number, inDays(d, 30))
	if err != nil || made.Return.Tracking == "" || made.Return.Tracking == sh.Tracking {
		t.Fatalf("%v: %q", err, made.Return.Tracking)
	}
	// The return is followed on its own: the shipment stays where it is.
	after := scan(t, d, made.Return.Tracking, waybill.Delivered)
	if r := returnsOf(t, d, sh.ID)[0]; r.Transit != waybill.Delivered || after.Transit != waybill.LabelMade {
		t.Errorf("the return is %s, the shipment %s", r.Transit, after.Transit)
	}
}

// incomingCode is the service of the house's card that brings parcels back.
func incomingCode(t *testing.T, d *enginetest.Desk, c waybill.Connection) string {
	t.Helper()
	driver, _ := d.World.Engine.Carriers.Driver("house")
	for _, info := range driver.Catalogue(c.Settings) {
		if info.Direction == waybill.Incoming {
			return info.Code
		}
	}
	t.Fatal("the card brings nothing back")
	return ""
}

// A rule may want a return label with each parcel: it is made once, whatever goes wrong in between, and
// printed with the outgoing one.
func TestARuleAttachesAReturn(t *testing.T) {
	cases := map[string]func(*enginetest.Courier){
		"at once":          func(*enginetest.Courier) {},
		"the answer lost":  func(c *enginetest.Courier) { c.After = onceAfter(enginetest.OpReturn, enginetest.Lost()) },
		"nothing was sold": func(c *enginetest.Courier) { c.Before = onceAfter(enginetest.OpReturn, enginetest.Lost()) },
		"an outage, before": func(c *enginetest.Courier) {
			c.Before = onceAfter(enginetest.OpReturn, waybill.E("c", waybill.ReasonCarrierOutage, "down"))
		},
	}
	for name, trouble := range cases {
		t.Run(name, func(t *testing.T) {
			d := enginetest.New(t, enginetest.Options{}).Account("acme")
			c := d.Fake("courier", "courier")
			d.Boston(c)
			d.Service(c, "back", "Comes back", waybill.Incoming)
			d.Rule("with a way back", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"return_service","service":`+itoa(serviceNumber(t, d))+`}]`)
			trouble(d.Courier)
			create(t, d, enginetest.Order("A-1"))
			wait(d, 30*time.Minute)
			sh := get(t, d, "A-1")
			live := 0
			for _, sale := range d.Courier.Sales() {
				if sale.Back && !sale.Voided {
					live++
				}
			}
			if len(sh.Returns) != 1 || live != 1 {
				t.Fatalf("%d returns, %d sold", len(sh.Returns), live)
			}
			one, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")})
			if err != nil {
				t.Fatal(err)
			}
			view, err := d.ViewShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
			if err != nil || pages(t, one.Data) != 1 || pages(t, view.Label.Data) != 2 {
				t.Errorf("%v: %d pages in all, %d outgoing", err, pages(t, view.Label.Data), pages(t, one.Data))
			}
		})
	}
}

// onceAfter answers an operation with an error the first time.
func onceAfter(op string, err error) func(context.Context, string, string) error {
	done := false
	return func(_ context.Context, at, _ string) error {
		if at != op || done {
			return nil
		}
		done = true
		return err
	}
}

func serviceNumber(t *testing.T, d *enginetest.Desk) int64 {
	t.Helper()
	all, err := d.AllServices(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(err, len(all))
	}
	return all[0].Number
}

// A shipment that was cancelled while it was bought gets no way back.
func TestNoReturnForWhatIsGivenBack(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.Fake("courier", "courier")
	d.Boston(c)
	d.Service(c, "back", "Comes back", waybill.Incoming)
	d.Rule("with a way back", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"return_service","service":`+itoa(serviceNumber(t, d))+`}]`)
	d.Courier.Before = during(d, enginetest.OpShip, func() { _, _ = cancel(t, d, "A-1") })
	create(t, d, enginetest.Order("A-1"))
	wait(d, time.Hour)
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled || d.Courier.Asked(enginetest.OpReturn) != 0 {
		t.Errorf("it is %s; returns were asked for %d times", sh.Booking, d.Courier.Asked(enginetest.OpReturn))
	}
}
