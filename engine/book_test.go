package engine_test

import (
	"slices"
	"sync"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

var fromBoston = engine.Place{ExternalID: "7709"}

func TestRatesOfADraft(t *testing.T) {
	d := fakeFirst(t, "courier")
	before := create(t, d, draft("D-1"))
	offers, err := d.RateShipment(t.Context(), engine.RateShipment{Ref: engine.Ref{Number: before.Number}, From: fromBoston})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range offers.Candidates {
		names = append(names, c.Provider.ServiceName)
	}
	if !slices.Equal(names, []string{"Standard", "Fast"}) || offers.Shipment.From.Address.City != "Boston" {
		t.Errorf("offered %v from %s", names, offers.Shipment.From.Address.City)
	}
	if after := get(t, d, "D-1"); after.Version != before.Version {
		t.Error("asking for rates changed the draft")
	}
	_, err = d.RateShipment(t.Context(), engine.RateShipment{Ref: ref("D-1"), From: engine.Place{Number: 4711}})
	wantReason(t, err, waybill.ReasonUnknownLocation, "location")
	_, err = d.RateShipment(t.Context(), engine.RateShipment{Ref: engine.Ref{Number: 4711}, From: fromBoston})
	wantReason(t, err, waybill.ReasonUnknownShipment)
}

func TestBookWhatTheCallerPicked(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, draft("D-1"))
	in := engine.BookShipment{Ref: ref("D-1"), From: fromBoston, Service: "Fast", Key: "k", Hash: "h", Pick: func(sh waybill.Shipment, c waybill.Candidate) bool {
		return sh.Reference == "D-1" && c.Rate.Service == "fast"
	}}
	sh, err := d.BookShipment(t.Context(), in)
	if err != nil || sh.Booking != waybill.Booked || sh.Provider.Service != "fast" || sh.LocationKey != "7709" {
		t.Fatalf("%v: %s by %+v", err, sh.Booking, sh.Provider)
	}
	if again, err := d.BookShipment(t.Context(), in); err != nil || again.ID != sh.ID {
		t.Errorf("the repeat with the key: %v", err)
	}
	in.Key = ""
	_, err = d.BookShipment(t.Context(), in)
	wantReason(t, err, waybill.ReasonAlreadyBooked, "tracking")
	if number := waybill.AsError(err).Fields[0].Value; number != sh.Tracking {
		t.Errorf("it is said to be booked as %s, it is %s", number, sh.Tracking)
	}
	if len(d.Courier.Sales()) != 1 {
		t.Errorf("%d were sold", len(d.Courier.Sales()))
	}
}

// Callers rely on which of several mistakes is told.
func TestTheOrderOfABookingsChecks(t *testing.T) {
	d := fakeFirst(t, "ahead")
	usd := waybill.Money{Minor: 100, Currency: "USD"}
	never := func(waybill.Shipment, waybill.Candidate) bool { return false }
	nowhere := engine.Place{ExternalID: "nowhere"}
	in := engine.BookShipment{Ref: ref("D-1"), From: nowhere, Prepaid: true, Service: "Nonsense", Pick: never}
	want := func(reason waybill.Reason) {
		t.Helper()
		_, err := d.BookShipment(t.Context(), in)
		wantReason(t, err, reason)
	}
	connections, err := d.ListConnections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(connections, d.Fake("prepaid", "courier")) {
		want(waybill.ReasonUnknownShipment) // as long as one is paid otherwise
		c.Billed, c.Floor = waybill.BilledWallet, usd
		d.Connect(engine.SaveConnection{Connection: c})
	}
	want(waybill.ReasonBalance)
	topUp(t, d, 100_000)
	want(waybill.ReasonUnknownShipment)
	create(t, d, draft("D-1"))
	want(waybill.ReasonUnknownLocation)
	create(t, d, enginetest.Order("B-1"))
	in.From, in.Ref = fromBoston, ref("B-1")
	want(waybill.ReasonAlreadyBooked)
	in.Ref = ref("D-1")
	want(waybill.ReasonUnknownService)
	d.Boston(d.Fake("elsewhere", "ahead"))
	in.Service = "Fast"
	d.Courier.Before = enginetest.Refuse(enginetest.OpRegister, waybill.E("courier", waybill.ReasonCarrier, "no such pincode"))
	want(waybill.ReasonRegistration)
	d.Courier.Before = nil
	want(waybill.ReasonUnknownRate)
	if sh := get(t, d, "D-1"); sh.Booking != waybill.Draft || sh.Version != 1 {
		t.Errorf("the draft is %s version %d after refusals", sh.Booking, sh.Version)
	}
	if sales := len(d.Courier.Sales()); sales != 1 {
		t.Errorf("%d were sold", sales)
	}
}

// What the wallet cannot pay leaves the draft as it was, whether its rate is known to be too high or another
// spends the money first.
func TestABookingThatTheWalletCannotPay(t *testing.T) {
	d := fakeFirst(t, "courier")
	c := d.Fake("courier", "courier")
	c.Billed, c.Floor = waybill.BilledWallet, waybill.Money{Minor: 100, Currency: "USD"}
	d.Connect(engine.SaveConnection{Connection: c})
	create(t, d, draft("D-1"))
	if _, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: 800, Currency: "USD"}, Cause: "a test"}); err != nil {
		t.Fatal(err)
	}
	in := engine.BookShipment{Ref: ref("D-1"), From: fromBoston, Prepaid: true, Service: "Fast"}
	_, err := d.BookShipment(t.Context(), in)
	wantReason(t, err, waybill.ReasonBalance)
	in.Service = "Standard"
	in.Pick = func(waybill.Shipment, waybill.Candidate) bool { // while the rates are looked at, the money goes
		_, err := d.TopUp(t.Context(), engine.TopUp{Amount: waybill.Money{Minor: -700, Currency: "USD"}, Cause: "back"})
		return err == nil || waybill.ReasonOf(err) == waybill.ReasonBalance
	}
	_, err = d.BookShipment(t.Context(), in)
	wantReason(t, err, waybill.ReasonBalance)
	if sh := get(t, d, "D-1"); sh.Booking != waybill.Draft || sh.Version != 1 || len(d.Courier.Sales()) != 0 {
		t.Errorf("the draft is %s version %d, %d were sold", sh.Booking, sh.Version, len(d.Courier.Sales()))
	}
}

// A carrier's refusal leaves the shipment failed, in the carrier's own words, and no other service is tried in
// place of the one named. It can be booked again.
func TestABookingThatIsRefusedCanBeRepeated(t *testing.T) {
	d := fakeFirst(t, "courier")
	create(t, d, draft("D-1"))
	no := waybill.E("courier", waybill.ReasonCarrierAddress, "no such street")
	no.Fault = &waybill.CarrierFault{Message: "Consignee street is not serviceable"}
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, no)
	in := engine.BookShipment{Ref: ref("D-1"), From: fromBoston, Service: "Standard"}
	sh, err := d.BookShipment(t.Context(), in)
	if err != nil || sh.Booking != waybill.Failed || sh.Failure.Fault == nil || sh.Failure.Fault.Message != no.Fault.Message || waybill.ReasonOf(sh.Refusal()) != waybill.ReasonCarrierAddress {
		t.Fatalf("%v: %s, %+v", err, sh.Booking, sh.Failure)
	}
	if n := d.Courier.Asked(enginetest.OpShip); n != 1 {
		t.Errorf("%d services were tried", n)
	}
	d.Courier.Before = nil
	if sh, err = d.BookShipment(t.Context(), in); err != nil || sh.Booking != waybill.Booked || sh.Failure != nil {
		t.Errorf("again: %v, %s", err, sh.Booking)
	}
}

// A location without connections of its own is served by all of the account.
func TestAPlaceWithoutConnections(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Fake("courier", "courier")
	place := d.Boston()
	create(t, d, draft("D-1"))
	sh, err := d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: engine.Place{Number: place.Number}})
	if err != nil || sh.Booking != waybill.Booked {
		t.Fatalf("%v: %s", err, sh.Booking)
	}
}

func TestTwoBookingsOfADraftBookOnce(t *testing.T) { onBoth(t, twoBookingsOfADraft) }

func twoBookingsOfADraft(t *testing.T, o enginetest.Options) {
	w := enginetest.New(t, o)
	for _, driver := range []string{"house", "courier"} {
		d := w.Account(driver)
		if driver == "house" {
			d.Boston(d.House("house", "House Courier", "us"))
		} else {
			d.Boston(d.Fake("courier", "courier"))
		}
		create(t, d, draft("D-1"))
		var wait sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wait.Go(func() {
				_, errs[i] = d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: fromBoston})
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			switch waybill.ReasonOf(err) {
			case "":
				won++
			case waybill.ReasonAlreadyBooked, waybill.ReasonUnsettled:
			default:
				t.Errorf("%s: %v", driver, err)
			}
		}
		bought, err := d.ListPurchases(t.Context(), []waybill.PurchaseState{waybill.Bought})
		if won != 1 || err != nil || len(bought) != 1 {
			t.Errorf("%s: %d bookings won, %d purchases, %v", driver, won, len(bought), err)
		}
	}
}
