package engine_test

import (
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestCancelledReturns(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	give := func(id waybill.ID) (waybill.Return, error) {
		return d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: id}, Note: "changed her mind"})
	}
	draft := draftReturn(t, d, standing())
	r, err := give(draft.ID)
	if err != nil || r.Booking != waybill.Cancelled || r.Cancelled != "tester" {
		t.Errorf("%v: %s by %q", err, r.Booking, r.Cancelled)
	}
	_, err = give(draft.ID)
	wantReason(t, err, waybill.ReasonAlreadyCancelled)
	_, err = bookReturn(t, d, draft)
	wantReason(t, err, waybill.ReasonNotBookable)

	booked := func() waybill.Return {
		t.Helper()
		draft := draftReturn(t, d, engine.DraftReturn{Original: ref("A-1")})
		r, err := d.BookReturn(t.Context(), engine.BookReturn{Ref: engine.RefReturn{ID: draft.ID}})
		if err != nil || r.Booking != waybill.Booked {
			t.Fatalf("%v: %s", err, r.Booking)
		}
		return r
	}
	live := d.Courier.Live()
	kept := booked()
	r, err = give(booked().ID)
	if err != nil || r.Booking != waybill.Cancelled || d.Courier.Live() != live+1 {
		t.Fatalf("%v: %s, %d live", err, r.Booking, d.Courier.Live())
	}
	sh := get(t, d, "A-1")
	if len(sh.Returns) != 1 || sh.Returns[0].ID != kept.ID || sh.Booking != waybill.Booked {
		t.Errorf("the shipment is %s and tells of %+v", sh.Booking, sh.Returns)
	}
	for _, tr := range trackers(t, d, sh.ID) {
		if tr.Return == r.ID && tr.Open {
			t.Error("the cancelled return is followed still")
		}
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.ReturnCancelled || e.Facts.Note != "changed her mind" || e.Return != r.ID {
		t.Errorf("the last event is %s %q", e.Kind, e.Facts.Note)
	}
	// Cancelling the shipment leaves its returns.
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	if r := getReturn(t, d, kept.ID); r.Booking != waybill.Booked {
		t.Errorf("the return of a cancelled shipment is %s", r.Booking)
	}
}

// A void that is not answered is asked for again; one that is refused leaves the return booked.
func TestUnansweredAndRefusedVoidsOfReturns(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	r, err := bookReturn(t, d, draftReturn(t, d, standing()))
	if err != nil {
		t.Fatal(err)
	}
	cancelIt := func() error {
		_, err := d.CancelReturn(t.Context(), engine.CancelReturn{Ref: engine.RefReturn{ID: r.ID}})
		return err
	}
	d.Courier.Before = enginetest.Refuse(enginetest.OpVoid, waybill.E("courier", waybill.ReasonCancelRefused, "it was fetched"))
	wantReason(t, cancelIt(), waybill.ReasonCancelRefused)
	if r = getReturn(t, d, r.ID); r.Booking != waybill.Booked || r.Cancelled != "" {
		t.Errorf("it is %s, cancelled by %q", r.Booking, r.Cancelled)
	}
	d.Courier.Before, d.Courier.After = nil, onceAfter(enginetest.OpVoid, enginetest.Lost())
	if err := cancelIt(); !waybill.AsError(err).Unsure {
		t.Fatal(err)
	}
	wantReason(t, cancelIt(), waybill.ReasonUnsettled)
	wait(d, 2*time.Minute)
	if r = getReturn(t, d, r.ID); r.Booking != waybill.Cancelled || r.Cancelled != "tester" {
		t.Errorf("it is %s, cancelled by %q", r.Booking, r.Cancelled)
	}
	onlyPurchase(t, d, waybill.Voided)
}

// One key, one return: a repeat is told the same, another body is refused.
func TestKeysOfReturns(t *testing.T) { onBoth(t, keysOfReturns) }

func keysOfReturns(t *testing.T, o enginetest.Options) {
	d := reversible(t, o)
	in := standing()
	in.Key, in.Hash = "key-1", "hash"
	first, again := draftReturn(t, d, in), draftReturn(t, d, in)
	if first.ID != again.ID {
		t.Error("a repeat made another draft")
	}
	in.Hash = "other"
	_, err := d.DraftReturn(t.Context(), in)
	wantReason(t, err, waybill.ReasonKeyReused)
	book := engine.BookReturn{Ref: engine.RefReturn{ID: first.ID}, To: toBoston, Key: "key-2", Hash: "hash"}
	one, err1 := d.BookReturn(t.Context(), book)
	two, err2 := d.BookReturn(t.Context(), book)
	if err1 != nil || err2 != nil || one.Tracking != two.Tracking || d.Courier.Asked(enginetest.OpReturn) != 1 {
		t.Errorf("%v, %v: %q and %q", err1, err2, one.Tracking, two.Tracking)
	}
	back := d.Service(waybill.Connection{Name: "courier", Carrier: "courier"}, "back", "Comes back", waybill.Incoming)
	bring := func(key, hash string) (engine.ReturnLabel, error) {
		return d.CreateReturn(t.Context(), engine.CreateReturn{
			Reference: "A-1", Postcode: "02118", Service: back.Number, Expiry: inDays(d, 7), Key: key, Hash: hash,
		})
	}
	var group sync.WaitGroup
	made, errs := make([]engine.ReturnLabel, 4), make([]error, 4)
	for i := range made {
		group.Go(func() { made[i], errs[i] = bring("key-3", "hash") })
	}
	group.Wait()
	last, err := bring("key-3", "hash")
	if err != nil || len(last.Label.Data) == 0 {
		t.Fatal(err)
	}
	for i := range made {
		if pending := errs[i] != nil && waybill.AsError(errs[i]).Unsure; !pending && (errs[i] != nil || made[i].Return.ID != last.Return.ID) {
			t.Errorf("%v: %s, want %s", errs[i], made[i].Return.ID, last.Return.ID)
		}
	}
	if n := len(get(t, d, "A-1").Returns); n != 1 {
		t.Errorf("%d returns under one key", n)
	}
	_, err = bring("key-3", "other")
	wantReason(t, err, waybill.ReasonKeyReused)
	d.Courier.Before = enginetest.Refuse(enginetest.OpReturn, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	_, err = bring("key-4", "hash")
	wantReason(t, err, waybill.ReasonCarrierAddress)
	d.Courier.Before = nil
	_, err = bring("key-4", "hash")
	wantReason(t, err, waybill.ReasonCarrierAddress)
}
