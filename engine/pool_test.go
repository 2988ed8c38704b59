package engine_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

func left(t *testing.T, d *enginetest.Desk, connection waybill.ID) (n int) {
	t.Helper()
	err := d.World.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
		n, err = tx.Pool().Left(connection)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Numbers are fetched before they are needed, rest a while, and are used once each; without any the carrier gives
// its own.
func TestNumbersAreFetchedAhead(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.Fake("courier", "ahead")
	d.Boston(c)
	if sh := create(t, d, enginetest.Order("A-0")); sh.Tracking != "CR000001" {
		t.Errorf("with an empty pool the number is %s", sh.Tracking)
	}
	d.Drain()
	if n := left(t, d, c.ID); n != 200 || d.Courier.Asked(enginetest.OpNumbers) != 1 {
		t.Fatalf("%d numbers are there after %d calls", n, d.Courier.Asked(enginetest.OpNumbers))
	}
	if sh := create(t, d, enginetest.Order("A-1")); sh.Tracking[:2] != "CR" {
		t.Errorf("a number that rests was used: %s", sh.Tracking)
	}
	d.After(2 * time.Minute)
	in := enginetest.Order("A-2")
	in.Shipment.Parcels = append(in.Shipment.Parcels, in.Shipment.Parcels[0])
	sh := create(t, d, in)
	if sh.Parcels[0].Tracking != "CN000001" || sh.Parcels[1].Tracking != "CN000002" {
		t.Errorf("the parcels are %s and %s", sh.Parcels[0].Tracking, sh.Parcels[1].Tracking)
	}
	if p := purchases(t, d, waybill.Bought); !slices.ContainsFunc(p, func(p waybill.Purchase) bool {
		return slices.Equal(p.Numbers, []string{"CN000001", "CN000002"})
	}) {
		t.Error("no purchase remembers the numbers it was made with")
	}
	d.After(time.Hour) // the sweep
	if n := left(t, d, c.ID); n != 198 {
		t.Errorf("%d are left", n)
	}
}

func TestNumbersAreRefilledAndNeverUsedTwice(t *testing.T) { onBoth(t, numbersOnce) }

func numbersOnce(t *testing.T, o enginetest.Options) {
	d := enginetest.New(t, o).Account("acme")
	c := d.Fake("courier", "ahead")
	d.Boston(c)
	d.Drain()
	d.After(2 * time.Minute)
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for worker := range 4 {
		wait.Go(func() {
			for i := range 6 {
				in := enginetest.Order(itoa(int64(worker)) + "-" + itoa(int64(i)))
				for range 4 {
					in.Shipment.Parcels = append(in.Shipment.Parcels, in.Shipment.Parcels[0])
				}
				sh, err := d.CreateShipment(t.Context(), in)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, p := range sh.Parcels {
					if seen[p.Tracking] {
						t.Errorf("%s was used twice", p.Tracking)
					}
					seen[p.Tracking] = true
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	d.Drain()
	if n := left(t, d, c.ID); len(seen) != 120 || n != 280 {
		t.Errorf("%d numbers were used, %d are left", len(seen), n)
	}
}

// A lost answer is looked up by the numbers it was bought with.
func TestTheLookUpKnowsTheNumbers(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("courier", "ahead"))
	d.Drain()
	d.After(2 * time.Minute)
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	if sh := create(t, d, enginetest.Order("A-1")); sh.Booking != waybill.Unsettled {
		t.Fatal(sh.Booking)
	}
	d.Drain()
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Booked || sh.Tracking != "CN000001" {
		t.Errorf("settled: %s %s", sh.Booking, sh.Tracking)
	}
}

// A place is told to the carrier once, and once more when it has moved.
func TestAPlaceIsRegisteredOnce(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	place := d.Boston(d.Fake("courier", "ahead"))
	create(t, d, enginetest.Order("A-1"))
	create(t, d, enginetest.Order("A-2"))
	if n := len(d.Courier.Places()); n != 1 {
		t.Fatalf("it was registered %d times", n)
	}
	place.Address.Street1 = "1 New Street"
	if _, err := d.SaveLocation(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	create(t, d, enginetest.Order("A-3"))
	inline := enginetest.Order("A-4")
	inline.Location, inline.Shipment.From = "", inline.Shipment.To
	create(t, d, inline)
	places, sales := d.Courier.Places(), d.Courier.Sales()
	if len(places) != 2 || places[0].Name == places[1].Name || places[1].Location.Address.Street1 != "1 New Street" {
		t.Fatalf("registered: %+v", places)
	}
	for i, want := range []string{places[0].Name, places[0].Name, places[1].Name, ""} {
		if sales[i].Place != want {
			t.Errorf("sale %d leaves from %q, want %q", i+1, sales[i].Place, want)
		}
	}
}

// What a carrier says of a place is kept; another carrier may follow, and nothing was bought of the first.
func TestAPlaceThatIsNotTaken(t *testing.T) {
	d := fakeFirst(t, "ahead")
	no := waybill.E("courier", waybill.ReasonCarrier, "refused")
	no.Fault = &waybill.CarrierFault{Message: "Pincode 560001 is not serviceable"}
	d.Courier.Before = enginetest.Refuse(enginetest.OpRegister, no)
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Failed || sh.Failure.Reason != waybill.ReasonRegistration || sh.Failure.Fault == nil || sh.Failure.Fault.Message != no.Fault.Message {
		t.Errorf("it is %s: %+v", sh.Booking, sh.Failure)
	}
	create(t, d, draft("D-1"))
	_, err := d.BookShipment(t.Context(), engine.BookShipment{Ref: ref("D-1"), From: fromBoston})
	wantReason(t, err, waybill.ReasonRegistration)
	if fault := waybill.AsError(err).Fault; fault == nil || fault.Message != no.Fault.Message {
		t.Errorf("the carrier's words are %+v", fault)
	}
	if d.Courier.Asked(enginetest.OpShip) != 0 || get(t, d, "D-1").Booking != waybill.Draft {
		t.Error("a purchase was tried from a place that the carrier does not know")
	}
}

func TestAnotherCarrierFollowsOneThatTakesNoPlace(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("strict", "ahead"), d.Fake("easy", "courier"))
	d.Rule("strict first", `{"field":"destination.country","op":"is","value":"US"}`, `[{"do":"prefer","provider":"strict"}]`)
	d.Courier.Before = enginetest.Refuse(enginetest.OpRegister, waybill.E("courier", waybill.ReasonCarrier, "refused"))
	sh := create(t, d, enginetest.Order("A-1"))
	if sh.Booking != waybill.Booked || sh.Provider.ExternalID != "easy" {
		t.Errorf("it is %s by %+v", sh.Booking, sh.Provider)
	}
	if said := kinds(t, d, "A-1"); said != "shipment.created shipment.rated shipment.fell_back shipment.unsettled shipment.booked" {
		t.Errorf("its history is %s", said)
	}
}

// What a carrier was told, and what it handed out, is one system's and one customer's: with other credentials the place is
// registered anew and the numbers are others. Another name of the connection changes nothing of it.
func TestAnotherCustomerBeginsAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		c := d.Fake("courier", "ahead")
		d.Boston(c)
		create(t, d, enginetest.Order("A-1"))
		d.Drain()
		c.DisplayName = "Another name"
		d.Connect(engine.SaveConnection{Connection: c})
		create(t, d, enginetest.Order("A-2"))
		if n := left(t, d, c.ID); n != 200 || len(d.Courier.Places()) != 1 {
			t.Errorf("under another name %d numbers are left, and it is registered %d times", n, len(d.Courier.Places()))
		}
		d.Connect(engine.SaveConnection{Connection: c, Secrets: carrier.Settings{"password": "hunter3"}})
		if n := left(t, d, c.ID); n != 0 {
			t.Errorf("%d numbers of the old customer are left", n)
		}
		create(t, d, enginetest.Order("A-3"))
		create(t, d, enginetest.Order("A-4"))
		if n := len(d.Courier.Places()); n != 2 {
			t.Errorf("it is registered %d times", n)
		}
	})
}
