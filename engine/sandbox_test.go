package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ups/upssim"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// magic is an order to somebody with a magic name.
func magic(reference, word string) engine.CreateShipment {
	in := enginetest.Order(reference)
	in.Shipment.To.Contact.Name = "Magic " + word
	return in
}

func item(l engine.Checklist, kind waybill.ProofKind) engine.CheckItem {
	i := slices.IndexFunc(l.Items, func(i engine.CheckItem) bool { return i.Kind == kind })
	if i < 0 {
		return engine.CheckItem{}
	}
	return l.Items[i]
}

// TestMagicIsPlainTextOffTheSimulator: on a sandbox and on a live connection every word is somebody's name.
func TestMagicIsPlainTextOffTheSimulator(t *testing.T) {
	for _, mode := range []waybill.Mode{waybill.ModeSandbox, waybill.ModeLive} {
		d := enginetest.New(t, enginetest.Options{}).Account("acme")
		ups, van := d.Ups("ups"), d.House("van", "Van", "us")
		for _, c := range []*waybill.Connection{&ups, &van} { // the simulator's address stands for the carrier's
			c.Mode = mode
			*c = d.Connect(engine.SaveConnection{Connection: *c})
		}
		d.Boston(ups, van)
		for _, s := range carrier.Spells {
			for _, c := range []string{"ups", "van"} {
				in := magic(c+"-"+s.Word, s.Word)
				in.Shipment.Choice.Connection = c
				in.Shipment.Value = waybill.Amount{Value: s.MagicAmount(), Currency: "USD"}
				sh, err := d.CreateShipment(t.Context(), in)
				if err != nil || sh.Booking != waybill.Booked {
					t.Fatalf("%s: %s by %s: %s, %v", mode, s.Word, c, sh.Booking, err)
				}
				if followed := trackers(t, d, sh.ID); followed[0].Magic != "" {
					t.Errorf("%s: %s is remembered", mode, s.Word)
				}
			}
		}
		refused := magic("voided", "void-refused")
		refused.Shipment.Choice.Connection = "ups"
		sh, err := d.CreateShipment(t.Context(), refused)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: sh.ID}}); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		moved, err := d.MoveTestClock(t.Context(), engine.MoveClock{Advance: 240 * time.Hour})
		if err != nil || moved.Moved != 0 {
			t.Errorf("%s: the test clock moved %d parcels: %v", mode, moved.Moved, err)
		}
		_, err = d.StepParcel(t.Context(), engine.StepParcel{Number: sh.Tracking, To: waybill.Delivered})
		wantReason(t, err, waybill.ReasonNotBookable)
	}
}

// TestATestKeyLeavesAloneWhatIsLive: whatever a test key asks for, no live carrier hears of it, and nothing that a live
// carrier has is written.
func TestATestKeyLeavesAloneWhatIsLive(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	ups, van := d.Ups("ups"), d.House("van", "Van", "us")
	for _, c := range []*waybill.Connection{&ups, &van} {
		c.Mode = waybill.ModeLive
		*c = d.Connect(engine.SaveConnection{Connection: *c})
	}
	home := d.Boston(ups, van)
	test := d.Session
	test.Actor.Test = true
	for _, c := range []waybill.Connection{ups, van} {
		in := enginetest.Order(c.ExternalID)
		in.Shipment.Choice.Connection = c.ExternalID
		sh, err := d.CreateShipment(t.Context(), in)
		if err != nil || sh.Booking != waybill.Booked {
			t.Fatal(sh.Booking, err)
		}
		before := d.UPS.State().Calls
		at := engine.Ref{ID: sh.ID}
		now := d.Clock.Now()
		for what, do := range map[string]func() error{
			"track":  func() error { _, err := test.TrackShipment(t.Context(), engine.GetShipment{Ref: at}); return err },
			"cancel": func() error { _, err := test.CancelShipment(t.Context(), engine.CancelShipment{Ref: at}); return err },
			"edit": func() error {
				_, err := test.EditShipment(t.Context(), engine.EditShipment{Ref: at, Change: func(s *waybill.Shipment) {
					s.To.Contact.Name = "Somebody Else"
				}})
				return err
			},
			"scan": func() error {
				_, err := test.RecordScan(t.Context(), engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: waybill.Delivered}})
				return err
			},
			"scans": func() error {
				noted, err := test.RecordScans(t.Context(), engine.RecordScans{Numbers: []string{sh.Tracking}, Scan: waybill.Scan{Status: waybill.Delivered}})
				if err == nil && len(noted) == 0 { // those of other carriers are passed over
					return waybill.E("scan", waybill.ReasonRole, "passed over")
				}
				return err
			},
			"step": func() error {
				_, err := test.StepParcel(t.Context(), engine.StepParcel{Number: sh.Tracking, To: waybill.Delivered})
				if waybill.ReasonOf(err) == waybill.ReasonNotBookable {
					err = waybill.E("step", waybill.ReasonRole, "not simulated")
				}
				return err
			},
			"pickup": func() error {
				_, err := test.BookPickup(t.Context(), engine.BookPickup{
					Location: engine.Place{ExternalID: home.ExternalID}, Connection: c.ExternalID, Parcels: 1,
					Ready: now.Add(2 * time.Hour), Close: now.Add(6 * time.Hour),
				})
				return err
			},
			"test call": func() error {
				_, err := test.TestConnection(t.Context(), engine.TestConnection{Ref: engine.RecordRef{Key: c.ExternalID}})
				return err
			},
			"check": func() error {
				_, err := test.CheckConnection(t.Context(), engine.CheckConnection{Ref: engine.RecordRef{Key: c.ExternalID}, Live: true})
				return err
			},
			"approval": func() error {
				_, err := test.ApproveConnection(t.Context(), engine.Approve{Ref: engine.RecordRef{Key: c.ExternalID}, On: now})
				return err
			},
			"pause": func() error {
				_, err := test.PauseConnection(t.Context(), engine.PauseConnection{ExternalID: c.ExternalID, Paused: true})
				return err
			},
		} {
			if err := do(); waybill.ReasonOf(err) != waybill.ReasonRole {
				t.Errorf("%s by %s: %v", what, c.ExternalID, err)
			}
		}
		fresh := enginetest.Order("fresh-" + c.ExternalID)
		fresh.Shipment.Choice.Connection = c.ExternalID
		if sh, err := test.CreateShipment(t.Context(), fresh); err == nil && sh.Booking != waybill.NoProvider {
			t.Errorf("a test key booked with %s: %s", c.ExternalID, sh.Booking)
		}
		if _, err := test.MoveTestClock(t.Context(), engine.MoveClock{Advance: 240 * time.Hour}); err != nil {
			t.Error(err)
		}
		for op, n := range d.UPS.State().Calls {
			if n != before[op] {
				t.Errorf("%s: the carrier was called: %s", c.ExternalID, op)
			}
		}
		after, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: at})
		if err != nil || after.Version != sh.Version {
			t.Errorf("%s: the live shipment was written: %v", c.ExternalID, err)
		}
	}
}

// TestATestKeyDoesNotEndAnUnsettledLiveBooking: a wish to cancel would be carried out by a job, which may call the
// carrier, and a word on how it ended would be written into its books.
func TestATestKeyDoesNotEndAnUnsettledLiveBooking(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.Fake("courier", "courier"))
	d.Courier.After = enginetest.Refuse(enginetest.OpShip, enginetest.Lost())
	sh, err := d.CreateShipment(t.Context(), enginetest.Order("lost"))
	if err != nil || sh.Booking != waybill.Unsettled {
		t.Fatal(sh.Booking, err)
	}
	test := d.Session
	test.Actor.Test = true
	_, err = test.CancelShipment(t.Context(), engine.CancelShipment{Ref: engine.Ref{ID: sh.ID}})
	wantReason(t, err, waybill.ReasonRole)
	_, err = test.DecidePurchase(t.Context(), engine.Decide{Purchase: sh.Purchase, Bought: true, Numbers: []string{"N"}})
	wantReason(t, err, waybill.ReasonRole)
	d.Drain()
	if after, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: sh.ID}}); err != nil || after.Booking != waybill.Booked || d.Courier.Live() != 1 {
		t.Errorf("it is %s, %d sold: %v", after.Booking, d.Courier.Live(), err)
	}
}

// TestTheChecklistIsComputed: from nothing, by what happens, on both databases; another mode begins anew.
func TestTheChecklistIsComputed(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		ups := d.Ups("ups")
		d.Boston(ups)
		at := engine.RecordRef{Key: "ups"}
		list := func() engine.Checklist {
			t.Helper()
			l, err := d.GetChecklist(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		for _, i := range list().Items {
			if i.State != engine.CheckMissing || i.Next == "" {
				t.Errorf("from the start %+v", i)
			}
		}
		check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: at})
		if err != nil || !check.Passed || check.Left != "" || len(check.Steps) != 6 {
			t.Fatalf("%+v, %v", check, err)
		}
		after, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: check.Shipment.ID}})
		if err != nil || after.Booking != waybill.Cancelled {
			t.Errorf("what was bought is %s: %v", after.Booking, err)
		}
		for kind, want := range map[waybill.ProofKind]engine.CheckState{
			waybill.ProofLogin: engine.CheckDone, waybill.ProofRates: engine.CheckDone, waybill.ProofBooked: engine.CheckDone, waybill.ProofPrinted: engine.CheckDone,
			waybill.ProofScanned: engine.CheckDone, waybill.ProofVoided: engine.CheckDone, waybill.ProofTracked: engine.CheckMissing,
			waybill.ProofPushed: engine.CheckMissing, waybill.ProofPickup: engine.CheckMissing, waybill.ProofApproved: engine.CheckMissing,
		} {
			if i := item(check.Checklist, kind); i.State != want {
				t.Errorf("%s is %s, want %s", kind, i.State, want)
			}
		}
		if i := item(check.Checklist, waybill.ProofScanned); i.Proof.Subject != check.Shipment.ID || !strings.Contains(i.Proof.Note, check.Shipment.Tracking) {
			t.Errorf("%+v", i)
		}
		moving, err := d.CreateShipment(t.Context(), magic("moving", "in-transit"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.MoveTestClock(t.Context(), engine.MoveClock{Advance: 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		if i := item(list(), waybill.ProofTracked); i.State != engine.CheckDone {
			t.Errorf("%+v", i)
		}
		day := d.Clock.Now().Truncate(24 * time.Hour)
		if l, err := d.ApproveConnection(t.Context(), engine.Approve{Ref: at, On: day, Note: "by telephone"}); err != nil ||
			!item(l, waybill.ProofApproved).Proof.At.Equal(day) || item(l, waybill.ProofApproved).Proof.By != "tester" {
			t.Errorf("%+v, %v", l, err)
		}
		if _, err := d.ApproveConnection(t.Context(), engine.Approve{Ref: at, On: day.AddDate(0, 1, 0)}); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("approved in a month: %v", err)
		}
		if l, err := d.ApproveConnection(t.Context(), engine.Approve{Ref: at}); err != nil || item(l, waybill.ProofApproved).State != engine.CheckMissing {
			t.Errorf("%+v, %v", l, err)
		}
		log, err := d.ListAudit(t.Context(), engine.ListAudit{Page: store.Page{Limit: 100, Order: store.ByCreated}})
		kinds := map[string]int{}
		for _, e := range log.Items {
			kinds[e.Kind+" "+string(e.Action)]++
		}
		if err != nil || kinds["approval created"] != 1 || kinds["approval deleted"] != 1 || kinds["account changed"] != 1 {
			t.Errorf("%v, %v", kinds, err)
		}
		for _, old := range []time.Time{time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), day.AddDate(0, 0, 1)} {
			if _, err := d.ApproveConnection(t.Context(), engine.Approve{Ref: at, On: old}); waybill.ReasonOf(err) != waybill.ReasonFields {
				t.Errorf("approved on %s: %v", old.Format(time.DateOnly), err)
			}
		}
		done := func() (n int) {
			for _, i := range list().Items {
				if i.State == engine.CheckDone {
					n++
				}
			}
			return n
		}
		shown := done()
		account := ups.Settings["account_number"]
		for what, change := range map[string]func(*engine.SaveConnection){
			"another account number": func(c *engine.SaveConnection) { c.Settings["account_number"] = "Z9Y8X7" },
			"other credentials":      func(c *engine.SaveConnection) { c.Secrets = map[string]string{"client_secret": "another"} },
		} {
			next := engine.SaveConnection{Connection: ups}
			change(&next)
			d.Connect(next)
			if n := done(); n != 0 {
				t.Errorf("with %s %d items are done", what, n)
			}
			ups.Settings["account_number"] = account
			d.Connect(engine.SaveConnection{Connection: ups, Secrets: map[string]string{"client_secret": upssim.DefaultClientSecret}})
			if n := done(); n != shown {
				t.Errorf("as it was before %s: %d items are done, not %d", what, n, shown)
			}
		}
		ups.Mode = waybill.ModeSandbox
		_, err = d.SaveConnection(t.Context(), engine.SaveConnection{Connection: ups})
		wantReason(t, err, waybill.ReasonInUse)
		if !strings.Contains(err.Error(), "1 parcels or purchases of it are open: moving") {
			t.Error(err)
		}
		if _, err := d.StepParcel(t.Context(), engine.StepParcel{Number: moving.Tracking, To: waybill.Delivered}); err != nil {
			t.Fatal(err)
		}
		d.Connect(engine.SaveConnection{Connection: ups})
		if n := done(); n != 0 {
			t.Errorf("in another mode %d items are done", n)
		}
	})
}

// TestALiveConnectionIsBoughtFromOnlyWhenAsked, and what cannot be given back is said.
func TestALiveConnectionIsBoughtFromOnlyWhenAsked(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	ups := d.Ups("ups")
	ups.Mode = waybill.ModeLive
	d.Boston(d.Connect(engine.SaveConnection{Connection: ups}))
	at := engine.RecordRef{Key: "ups"}
	for range 2 {
		check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: at})
		if err != nil || !check.Passed || check.Lowest.Minor == 0 || check.Shipment.ID != "" || len(d.UPS.State().Shipments) != 0 {
			t.Fatalf("%+v, %v", check, err)
		}
	}
	check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: at, Live: true})
	if err != nil || !check.Passed || len(d.UPS.State().Shipments) != 1 || !d.UPS.State().Shipments[0].Voided {
		t.Fatalf("%+v, %v", check, err)
	}
	if i := item(check.Checklist, waybill.ProofScanned); i.State != engine.CheckMissing {
		t.Errorf("nobody scanned, and it is %s", i.State)
	}
	if err := d.UPS.Mischief().Set("void", "outage", 0); err != nil {
		t.Fatal(err)
	}
	check, err = d.CheckConnection(t.Context(), engine.CheckConnection{Ref: at, Live: true})
	if err != nil || check.Passed || check.Left == "" || check.Left != check.Shipment.Purchase {
		t.Fatalf("%+v, %v", check, err)
	}
	d.UPS.Mischief().Clear()
	d.After(time.Hour)
	if after, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: check.Shipment.ID}}); err != nil || after.Booking != waybill.Cancelled {
		t.Errorf("it was never given back: %s, %v", after.Booking, err)
	}
}

// TestPushesComeInTheirOwnTime: a simulated carrier that tells by itself is heard scan by scan, when and in the order in
// which it pushes, also after the parcel has arrived; a push that comes again is no news; and the checklist knows of it.
func TestPushesComeInTheirOwnTime(t *testing.T) {
	const picked, moving, depot, van, door = waybill.PickedUp, waybill.InTransit, waybill.AtDepot, waybill.OutForDelivery, waybill.Delivered
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		d.Boston(d.Ups("ups"))
		ids := map[string]waybill.ID{}
		for _, word := range []string{"pushes-delayed", "pushes-late", "pushes-repeated", "pushes-out-of-order"} {
			sh, err := d.CreateShipment(t.Context(), magic(word, word))
			if err != nil || sh.Booking != waybill.Booked {
				t.Fatalf("%v: %s", err, sh.Booking)
			}
			ids[word] = sh.ID
		}
		moved := time.Duration(0)
		for _, step := range []struct {
			hours int
			told  map[string][]waybill.Transit
		}{
			{5, map[string][]waybill.Transit{"pushes-delayed": nil, "pushes-late": nil, "pushes-repeated": {picked}, "pushes-out-of-order": nil}},
			{11, map[string][]waybill.Transit{"pushes-delayed": {picked}, "pushes-late": {moving}, "pushes-repeated": {picked, moving}, "pushes-out-of-order": nil}},
			{35, map[string][]waybill.Transit{
				"pushes-delayed": {picked, moving, depot}, "pushes-late": {moving, depot, van, door},
				"pushes-repeated": {picked, moving, depot, van, door}, "pushes-out-of-order": {door},
			}},
			{41, map[string][]waybill.Transit{
				"pushes-delayed": {picked, moving, depot, van, door}, "pushes-late": {moving, depot, van, door},
				"pushes-repeated": {picked, moving, depot, van, door}, "pushes-out-of-order": {door, van},
			}},
			{70, map[string][]waybill.Transit{
				"pushes-delayed": {picked, moving, depot, van, door}, "pushes-late": {moving, depot, van, door, picked},
				"pushes-repeated": {picked, moving, depot, van, door}, "pushes-out-of-order": {door, van, depot, moving, picked},
			}},
		} {
			by := time.Duration(step.hours)*time.Hour - moved
			if _, err := d.MoveTestClock(t.Context(), engine.MoveClock{Advance: by}); err != nil {
				t.Fatal(err)
			}
			moved += by
			for word, want := range step.told {
				history, err := d.ShipmentHistory(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: ids[word]}})
				if err != nil {
					t.Fatal(err)
				}
				var told []waybill.Transit
				for _, e := range history.Events {
					if e.Kind == waybill.ShipmentTracked {
						told = append(told, e.Facts.Transit)
					}
				}
				if !slices.Equal(told, want) {
					t.Errorf("%s is told of %v after %d hours, want %v", word, told, step.hours, want)
				}
				sh := get(t, d, word)
				if slices.Contains(told, door) && sh.Transit != door {
					t.Errorf("%s has arrived and is %s", word, sh.Transit)
				}
			}
		}
		for word, id := range ids {
			if all := trackers(t, d, id); all[0].Open || len(all[0].Track.Scans) != 5 {
				t.Errorf("%s is still followed: %+v", word, all[0])
			}
		}
		l, err := d.GetChecklist(t.Context(), engine.RecordRef{Key: "ups"})
		if err != nil || item(l, waybill.ProofPushed).State != engine.CheckDone {
			t.Errorf("%v: %+v", err, item(l, waybill.ProofPushed))
		}
	})
}

// TestALabelThatComesLaterIsFetched: none until it is made, by the test clock; then it is fetched once, by whoever asks
// first, and kept; in the file of many it is among the others. What was erased is not fetched again.
func TestALabelThatComesLaterIsFetched(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		d.Boston(d.Ups("ups"))
		for _, reference := range []string{"L-1", "L-2", "L-3"} {
			if _, err := d.CreateShipment(t.Context(), magic(reference, "label-later")); err != nil {
				t.Fatal(err)
			}
		}
		d.After(time.Minute)
		label := func(reference string) error {
			_, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref(reference)})
			return err
		}
		if sh := get(t, d, "L-1"); sh.Booking != waybill.Booked || sh.Tracking == "" {
			t.Fatalf("it is %s, number %q", sh.Booking, sh.Tracking)
		}
		wantReason(t, label("L-1"), waybill.ReasonNoLabel)
		if e := waybill.AsError(label("L-1")); e.RetryAfter <= 0 || e.RetryAfter > 10*time.Minute {
			t.Errorf("it says to ask again after %s", e.RetryAfter)
		}
		if _, err := d.MoveTestClock(t.Context(), engine.MoveClock{Advance: 10 * time.Minute}); err != nil {
			t.Fatal(err)
		}
		errs := make(chan error)
		for range 4 {
			go func() { errs <- label("L-1") }()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		papers, err := d.ShipmentDocuments(t.Context(), engine.GetShipment{Ref: ref("L-1")})
		if err != nil || len(papers) != 1 || papers[0].Tracking != get(t, d, "L-1").Tracking {
			t.Errorf("%v: fetched by four at once, kept as %+v", err, papers)
		}
		if _, err := d.PrintLabels(t.Context(), engine.PrintLabels{Shipments: []engine.Ref{ref("L-1"), ref("L-2")}}); err != nil {
			t.Errorf("in a file of several: %v", err)
		}
		erased := get(t, d, "L-3").ID
		err = d.Store.Update(t.Context(), d.Actor, func(tx store.Tx) error {
			sh, err := tx.Shipments().Get(erased)
			if err == nil {
				sh.To.Contact.Name = waybill.Erased
				err = tx.Shipments().Put(&sh)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		wantReason(t, label("L-3"), waybill.ReasonNoLabel)
	})
}

// TestAHouseCourierBecomesReady: what a live connection of our own drivers has to show can be shown: nobody logs in to it
// or approves of it, and a driver's scan says that its parcels are followed.
func TestAHouseCourierBecomesReady(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		van := d.House("van", "Van", "us")
		van.Mode = waybill.ModeLive
		home := d.Boston(d.Connect(engine.SaveConnection{Connection: van}))
		at := engine.RecordRef{Key: "van"}
		check, err := d.CheckConnection(t.Context(), engine.CheckConnection{Ref: at, Live: true})
		if err != nil || !check.Passed || item(check.Checklist, waybill.ProofLogin).State != engine.CheckNotOffered {
			t.Fatalf("%v: %+v", err, check)
		}
		sh, err := d.CreateShipment(t.Context(), enginetest.Order("driven"))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.RecordOwnScan(t.Context(), engine.RecordScan{Number: sh.Tracking, Scan: waybill.Scan{Status: waybill.PickedUp}}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ResolveScan(t.Context(), engine.ResolveScan{Text: sh.Tracking}); err != nil {
			t.Fatal(err)
		}
		now := d.Clock.Now()
		if _, err := d.BookPickup(t.Context(), engine.BookPickup{
			Location: engine.Place{ExternalID: home.ExternalID}, Connection: "van", Parcels: 1, Ready: now.Add(2 * time.Hour), Close: now.Add(6 * time.Hour),
		}); err != nil {
			t.Fatal(err)
		}
		l, err := d.GetChecklist(t.Context(), at)
		if err != nil || !l.Ready {
			t.Errorf("%v: %+v", err, l.Items)
		}
	})
}
