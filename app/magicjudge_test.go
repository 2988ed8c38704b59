package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

// refusedFor is the reason that a refusal is stored with.
var refusedFor = map[string]waybill.Reason{
	"refuse-address": waybill.ReasonCarrierAddress, "refuse-service": waybill.ReasonCarrier, "refuse-weight": waybill.ReasonCarrier,
	"refuse-account": waybill.ReasonBookingFailed, "outage": waybill.ReasonBookingFailed, "rate-limit": waybill.ReasonBookingFailed,
}

// judge holds what became of a booking against its row.
func (p *playground) judge(t *testing.T, s row, api, reference string, status int) {
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
	switch s.word {
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
		p.later = append(p.later, func(t *testing.T) {
			eventually(t, reference+" is booked", func() bool { return p.shipment(t, reference).Booking == waybill.Booked })
		})
	case "lost-answer", "garbage":
		is(waybill.Unsettled)
		p.drain(t)
		is(waybill.Booked)
	case "label-missing", "label-later":
		is(waybill.Unsettled)
		p.drain(t)
		is(waybill.Booked)
		p.unlabelled(t, reference)
		p.clock.Advance(15 * time.Minute)
		if s.word == "label-missing" {
			p.unlabelled(t, reference)
			return
		}
		for range 2 { // fetched, and then kept
			p.labelled(t, reference)
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
		if s.word == "void-outage" {
			refused = waybill.ReasonCarrierOutage
		}
		if answer < 400 || at(said, "reason") != string(refused) {
			t.Errorf("cancelled with %d: %v", answer, said)
		}
		if is(waybill.Booked); sh.CancelWanted != (s.word == "void-outage") {
			t.Errorf("a cancellation is wanted: %v", sh.CancelWanted)
		}
	default:
		if want := refusedFor[s.word]; want != "" {
			is(waybill.Failed)
			if sh.Failure.Reason != want {
				t.Errorf("it failed by %s, want %s", sh.Failure.Reason, want)
			}
			if status < 400 && (api == "lynkup" || api == "shiplee") { // the others say so inside
				t.Errorf("a refusal is answered with %d", status)
			}
			return
		}
		if s.ends == "" {
			t.Fatalf("nobody says what becomes of %q: say it here", s.word)
		}
		is(waybill.Booked)
		if len(trackers) != 1 || trackers[0].Magic != s.word || sh.Transit != waybill.LabelMade {
			t.Errorf("%s, followed by %+v", sh.Transit, trackers)
		}
	}
}

// arrived holds where a parcel stopped against its row.
func (p *playground) arrived(t *testing.T, s row, reference string) {
	t.Helper()
	sh, _, trackers, _ := p.found(t, reference)
	if len(trackers) != 1 || string(sh.Transit) != s.ends {
		t.Fatalf("it is %s instead of %s: %+v", sh.Transit, s.ends, trackers)
	}
	track, told := trackers[0].Track, map[string]int{}
	for _, scan := range track.Scans {
		told[scan.Code+scan.At.String()]++
	}
	if len(told) != len(track.Scans) {
		t.Errorf("a scan counts twice: %v", told)
	}
	p.lived(t, s, sh, track)
}

// lived holds how a parcel came to its end against its row: what tells rows apart that end alike.
func (p *playground) lived(t *testing.T, s row, sh waybill.Shipment, track waybill.Tracking) {
	t.Helper()
	last := waybill.Scan{}
	if n := len(track.Scans); n > 0 {
		last = track.Scans[n-1]
	}
	told := p.told(t, sh.ID)
	is := func(what string, holds bool) {
		t.Helper()
		if !holds {
			t.Errorf("%s: told of %v, last %+v, by %q, charged for %d g", what, told, last, track.Recipient, track.Charged)
		}
	}
	way := []waybill.Transit{waybill.PickedUp, waybill.InTransit, waybill.AtDepot, waybill.OutForDelivery, waybill.Delivered}
	switch s.word {
	case "untracked":
		is("nothing is known", len(track.Scans) == 0)
	case "strange-scan":
		is("the last scan is in nobody's words", last.Status == waybill.TransitUnknown)
	case "attempt-absent":
		is("nobody was at home", last.Reason == "customer_not_home")
	case "attempt-refused":
		is("it was refused", last.Reason == "refused")
	case "attempt-address":
		is("the address is wrong", last.Reason == "wrong_address")
	case "attempt-closed":
		is("it was closed", last.Reason == "closed")
	case "delivered":
		is("the recipient took it", track.Recipient == "Recipient" && slices.Equal(told, way))
	case "delivered-neighbour":
		is("a neighbour took it", track.Recipient == "Neighbour")
	case "delivered-safe-place":
		is("it lies in the letterbox", track.Recipient == "" && last.Place == "Letterbox")
	case "reweighed":
		is("it was weighed anew", track.Charged == 25_000)
	case "scans-late", "scans-out-of-order", "scans-repeated": // asked after once, at the end
		is("each scan is told once, in order", slices.Equal(told, way))
	case "pushes-delayed", "pushes-repeated":
		is("each scan is told once, as it was pushed", slices.Equal(told, way))
	case "pushes-late":
		is("the collection is told last", slices.Equal(told, append(slices.Clone(way[1:]), way[0])))
	case "pushes-out-of-order":
		back := slices.Clone(way)
		slices.Reverse(back)
		is("the scans are told in reverse", slices.Equal(told, back))
	default:
		if s.ends == string(waybill.Delivered) || s.ends == string(waybill.AttemptFailed) {
			t.Errorf("nothing tells it from other rows that end at %s: say here what does", s.ends)
		}
	}
}

// told are the statuses that the events of a shipment tell of, in the order in which they were told.
func (p *playground) told(t *testing.T, id waybill.ID) (list []waybill.Transit) {
	t.Helper()
	history, err := seat(t, p.App, DemoAccount).ShipmentHistory(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: id}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range history.Events {
		if e.Kind == waybill.ShipmentTracked {
			list = append(list, e.Facts.Transit)
		}
	}
	return list
}

// labelled insists on a label, unlabelled on there being none.
func (p *playground) labelled(t *testing.T, reference string) {
	t.Helper()
	file, err := p.Engine.As(waybill.System(p.account)).GetLabel(t.Context(), engine.GetLabel{Ref: engine.Ref{Reference: reference}})
	if err != nil || !strings.HasPrefix(string(file.Data), "%PDF") {
		t.Errorf("there is no label: %v", err)
	}
}

func (p *playground) unlabelled(t *testing.T, reference string) {
	t.Helper()
	_, err := p.Engine.As(waybill.System(p.account)).GetLabel(t.Context(), engine.GetLabel{Ref: engine.Ref{Reference: reference}})
	if waybill.ReasonOf(err) != waybill.ReasonNoLabel {
		t.Errorf("there is a label: %v", err)
	}
}
