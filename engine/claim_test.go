package engine_test

import (
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// lender is a parent with a connection that its child books with, too.
func lender(t *testing.T, o enginetest.Options, driver string) (parent, child *enginetest.Desk) {
	w := enginetest.New(t, o)
	parent, child = w.Account("parent"), w.Account("child")
	child.Tenant.Parent = parent.Tenant.ID
	account, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"}).SaveAccount(t.Context(), child.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	child.Tenant = account
	parent.Session.Actor.Grants = []waybill.ID{account.ID}
	lent := parent.Fake("courier", driver)
	if _, err := parent.LendConnection(t.Context(), engine.LendConnection{ExternalID: "courier", To: account.ID}); err != nil {
		t.Fatal(err)
	}
	parent.Boston(lent)
	child.Boston(lent)
	return parent, child
}

// fields are the paths, rules and messages of what is wrong.
func fields(t *testing.T, err error) string {
	t.Helper()
	e := waybill.AsError(err)
	if err == nil || e.Reason != waybill.ReasonFields {
		t.Fatalf("it is taken, or refused otherwise: %v", err)
	}
	told := ""
	for _, f := range e.Fields {
		told += f.Path + " " + string(f.Rule) + " " + f.Message + "\n"
	}
	return told
}

// A borrower's word on a purchase never takes a parcel of the lender's, and he is told no more than of a number that is
// nobody's, whether the carrier can be asked at that moment or not.
func TestABorrowerCannotClaimTheLendersParcel(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		parent, child := lender(t, o, "courier")
		theirs := create(t, parent, enginetest.Order("P-1"))
		p := stuck(t, child, "C-1")
		mine := lastSold(child)
		word := func(id string, numbers ...string) error {
			_, err := child.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, CarrierID: id, Numbers: numbers})
			return err
		}
		child.Courier.Before = enginetest.Refuse(enginetest.OpFind, waybill.E("courier", waybill.ReasonCarrierOutage, "down"))
		for _, number := range []string{theirs.Tracking, "CR999999"} {
			wantReason(t, word("", number), waybill.ReasonCarrierOutage)
		}
		child.Courier.Before = nil
		taken, unknown := fields(t, word("", theirs.Tracking)), fields(t, word("", "CR999999"))
		if taken != unknown {
			t.Errorf("of the lender's number is told %q, of nobody's %q", taken, unknown)
		}
		taken, unknown = fields(t, word(string(theirs.ID)+"-1", mine...)), fields(t, word("nobody's", mine...))
		if taken != unknown {
			t.Errorf("of the lender's id is told %q, of nobody's %q", taken, unknown)
		}
		if onlyPurchase(t, child, waybill.Stuck).Version != p.Version || child.Courier.Asked(enginetest.OpLabel) != 0 {
			t.Error("something was written, or a label was fetched")
		}
		if err := word(p.Key, mine...); err != nil {
			t.Errorf("his own parcel: %v", err)
		}
		if _, err := cancel(t, child, "C-1"); err != nil || parent.Courier.Live() != 1 {
			t.Errorf("given back: %v, %d are live", err, parent.Courier.Live())
		}
	})
}

// What the lender bought is his alone also where the carrier cannot be asked: a borrower is not believed at all then.
func TestABorrowerOfACarrierThatCannotBeAskedIsNotBelieved(t *testing.T) {
	parent, child := lender(t, enginetest.Options{}, "mute")
	theirs := create(t, parent, enginetest.Order("P-1"))
	p := stuck(t, child, "C-1")
	for _, number := range []string{theirs.Tracking, "X1"} {
		_, err := child.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{number}})
		wantReason(t, err, waybill.ReasonCarrierAbility)
	}
	_, err := parent.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{theirs.Tracking}})
	if told := fields(t, err); told != "numbers[0] exists the carrier has no such number for this purchase\n" {
		t.Errorf("the lender is told %q", told)
	}
	sh, err := parent.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{"X1"}})
	if err != nil || sh.Tracking != "X1" {
		t.Errorf("the lender's word: %v, %q", err, sh.Tracking)
	}
}

// A slip of the pen does not give two parcels of one connection one number, also when both are told at once; after a year
// a number may come again.
func TestANumberIsOneParcels(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		d.Boston(d.Fake("mute", "mute"))
		other := create(t, d, enginetest.Order("A-0"))
		first := stuck(t, d, "A-1")
		stuck2(t, d, "A-2")
		for _, in := range []engine.Decide{
			{Purchase: first.ID, Bought: true, Numbers: []string{other.Tracking}},
			{Purchase: first.ID, Bought: true, CarrierID: other.Tracking, Numbers: []string{"N1"}},
		} {
			_, err := d.DecidePurchase(t.Context(), in)
			fields(t, err)
		}
		var both sync.WaitGroup
		var told [2]error
		for i, p := range purchases(t, d, waybill.Stuck) {
			both.Go(func() {
				_, told[i] = d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{"N1"}})
			})
		}
		both.Wait()
		if (told[0] == nil) == (told[1] == nil) {
			t.Fatalf("of two parcels with one number: %v, %v", told[0], told[1])
		}
		left := onlyPurchase(t, d, waybill.Stuck)
		_, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: left.ID, Bought: true, Numbers: []string{"N1"}})
		fields(t, err)
		d.World.Clock.Advance(366 * 24 * time.Hour)
		if _, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: left.ID, Bought: true, Numbers: []string{"N1"}}); err != nil {
			t.Errorf("a year later: %v", err)
		}
	})
}

// stuck2 leaves a second purchase with nobody knowing its end.
func stuck2(t *testing.T, d *enginetest.Desk, reference string) {
	t.Helper()
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, enginetest.Order(reference))
	wait(d, 12*time.Hour)
	d.Courier.After = nil
	if n := len(purchases(t, d, waybill.Stuck)); n != 2 {
		t.Fatalf("%d purchases wait for a person", n)
	}
}

// Several parcels of one purchase have a number each.
func TestAClaimNamesEachParcelOnce(t *testing.T) {
	d := fakeFirst(t, "mute")
	in := enginetest.Order("A-1")
	in.Shipment.Parcels = append(in.Shipment.Parcels, in.Shipment.Parcels[0])
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	create(t, d, in)
	d.Drain()
	p := onlyPurchase(t, d, waybill.Stuck)
	_, err := d.DecidePurchase(t.Context(), engine.Decide{Purchase: p.ID, Bought: true, Numbers: []string{"X1", "X1"}})
	wantReason(t, err, waybill.ReasonFields, "numbers[1]")
}

// A visit's number is one pickup's, on whatever day, and who borrows the connection cannot say what it is.
func TestAVisitsNumberIsClaimedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		parent, child := lender(t, o, "courier")
		theirs, err := parent.BookPickup(t.Context(), coming(parent.World, "courier"))
		if err != nil {
			t.Fatal(err)
		}
		doubt := func(d *enginetest.Desk) waybill.Pickup {
			d.Courier.After = enginetest.Refuse(enginetest.OpCollect, enginetest.Lost())
			in := coming(d.World, "courier")
			in.Ready, in.Close = in.Ready.AddDate(0, 0, 1), in.Close.AddDate(0, 0, 1)
			p, err := d.BookPickup(t.Context(), in)
			d.Courier.After = nil
			if err != nil || p.State != waybill.PickupUnsure {
				t.Fatal(p.State, err)
			}
			return p
		}
		word := func(d *enginetest.Desk, p waybill.Pickup, number string) error {
			_, err := d.DecidePickup(t.Context(), engine.DecidePickup{ID: p.ID, Confirmed: true, CarrierID: number})
			return err
		}
		his := doubt(child)
		if taken, unknown := fields(t, word(child, his, theirs.CarrierID)), fields(t, word(child, his, "PU-999")); taken != unknown {
			t.Errorf("of the lender's visit is told %q, of nobody's %q", taken, unknown)
		}
		mine := doubt(parent)
		fields(t, word(parent, mine, theirs.CarrierID))
		if err := word(parent, mine, "PU-998"); err != nil {
			t.Error(err)
		}
		fields(t, word(parent, his, "PU-998"))
		if err := word(parent, his, "PU-999"); err != nil {
			t.Error(err)
		}
	})
}

// So is a manifest's.
func TestAManifestsNumberIsClaimedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		sent(t, d, "A-1", "forgets")
		first := closing(t, d, scope("forgets"))
		d.Courier.After = enginetest.Refuse(enginetest.OpManifest, enginetest.Lost())
		sent(t, d, "A-2", "forgets")
		m := closing(t, d, scope("forgets"))
		d.Courier.After = nil
		d.After(time.Hour)
		_, err := d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID, Closed: true, CarrierID: first.CarrierID})
		fields(t, err)
		if m, err = d.DecideManifest(t.Context(), engine.DecideManifest{ID: m.ID, Closed: true, CarrierID: "X-1"}); err != nil || m.State != waybill.ManifestClosed {
			t.Errorf("%s, %v", m.State, err)
		}
	})
}
