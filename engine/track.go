package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// applyTracking adds new scans to a tracker and moves its shipment (or return) along. Scans come
// late, twice and out of order: each counts once, and the latest by its own time tells the status.
func (s Session) applyTracking(tx store.Tx, t *waybill.Tracker, heard waybill.Tracking) error {
	if err := s.weighed(tx, t, heard.Charged); err != nil {
		return err
	}
	expected := heard.Expected != nil && (t.Track.Expected == nil || !t.Track.Expected.Equal(*heard.Expected))
	if expected {
		t.Track.Expected = heard.Expected
	}
	slip, err := slipAfter(tx, *t, heard.Scans)
	if err != nil {
		return err
	}
	fresh := merge(&t.Track, heard.Scans, tx.Now(), slip)
	if len(fresh) == 0 && !expected {
		return nil
	}
	if t.Track.Status.Final() { // one that was closed is never opened again
		t.Open = false
	}
	if t.Return != "" {
		return s.moveReturn(tx, *t, fresh)
	}
	return s.moveShipment(tx, *t, fresh)
}

// slipAfter is from when on a scan's time is a slip of who made it. Simulated parcels have a clock of their own, and
// their scans none.
func slipAfter(tx store.Tx, t waybill.Tracker, heard []waybill.Scan) (time.Time, error) {
	slip := tx.Now().Add(scanAhead)
	ahead := func(scan waybill.Scan) bool { return scan.At.After(slip) }
	if !slices.ContainsFunc(heard, ahead) && !slices.ContainsFunc(t.Track.Scans, ahead) {
		return slip, nil
	}
	c, err := tx.Connections().Get(t.Connection)
	if err == nil && c.Mode == waybill.ModeSimulator {
		slip = time.Time{}
	}
	return slip, err
}

// merge puts new scans among the known ones, oldest first, and answers the new ones in that order. One from after slip
// counts as of the moment that it is heard, now, so that it is not the latest for as long as it is ahead.
func merge(track *waybill.Tracking, heard []waybill.Scan, now, slip time.Time) (fresh []waybill.Scan) {
	all := slices.Clone(track.Scans)
	for _, scan := range heard {
		if !slices.ContainsFunc(all, func(old waybill.Scan) bool { return sameScan(old, scan) }) {
			all = append(all, scan)
			fresh = append(fresh, scan)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	all = inOrder(all, len(track.Scans), now, slip)
	fresh = inOrder(fresh, 0, now, slip)
	places := make([]int, len(fresh)) // found before anything is read anew: a scan without a code is known by its status
	for i := range fresh {
		places[i] = slices.IndexFunc(all, func(scan waybill.Scan) bool { return sameScan(scan, fresh[i]) })
	}
	cameBack(all)
	takenAway(all)
	for i, at := range places {
		fresh[i] = all[at]
	}
	track.Scans = all
	for _, scan := range all {
		if scan.Status != waybill.TransitUnknown {
			track.Status = scan.Status
		}
		track.Recipient = firstOf(scan.Recipient, track.Recipient)
	}
	return fresh
}

// inOrder are scans by their times. Of those from after slip the known ones, which are the first, stay behind what they
// are behind, and the others are of now.
func inOrder(scans []waybill.Scan, known int, now, slip time.Time) []waybill.Scan {
	type timed struct {
		scan waybill.Scan
		at   time.Time
	}
	list := make([]timed, len(scans))
	for i, scan := range scans {
		switch at := scan.At; {
		case slip.IsZero() || !at.After(slip):
			list[i] = timed{scan, at}
		case i >= known:
			list[i] = timed{scan, now}
		case i > 0:
			list[i] = timed{scan, list[i-1].at}
		default:
			list[i] = timed{scan, time.Time{}}
		}
	}
	slices.SortStableFunc(list, func(a, b timed) int { return a.at.Compare(b.at) })
	out := make([]waybill.Scan, len(list))
	for i, t := range list {
		out[i] = t.scan
	}
	return out
}

// cameBack reads a delivery at the end of the way back as what it is: the parcel was returned to its
// sender. Carriers call that a delivery.
func cameBack(scans []waybill.Scan) {
	back := false
	for i := range scans {
		switch scans[i].Status {
		case waybill.Returning, waybill.Returned:
			back = true
		case waybill.Delivered:
			if back {
				scans[i].Status = waybill.Returned
			}
		}
	}
}

// takenAway reads a shipment that waits again after a courier was given as what it is: the courier was taken
// away. Carriers show it as it was before.
func takenAway(scans []waybill.Scan) {
	given := false
	for i := range scans {
		switch scans[i].Status {
		case waybill.Assigned, waybill.PickupStarted:
			given = true
		case waybill.LabelMade:
			if given {
				scans[i].Status, given = waybill.Unassigned, false
			}
		}
	}
}

// sameScan compares what a carrier says of a scan. Our reading of it (its status) counts only where the
// carrier gave no code.
func sameScan(a, b waybill.Scan) bool {
	return a.At.Equal(b.At) && a.Code == b.Code && a.Place == b.Place && (a.Code != "" || a.Status == b.Status)
}

// TrackShipment asks the carrier after a shipment's parcels now, whatever is due.
func (s Session) TrackShipment(ctx context.Context, in GetShipment) (waybill.Shipment, error) {
	var trackers []waybill.Tracker
	var provider waybill.ID
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		if sh.Booking != waybill.Booked || sh.Provider == nil {
			return waybill.E("track", waybill.ReasonNotBookable, "only a booked shipment can be tracked; this one is %s", words(string(sh.Booking)))
		}
		all, err := tx.Trackers().Of(sh.ID)
		if err != nil {
			return err
		}
		trackers = slices.DeleteFunc(all, func(t waybill.Tracker) bool { return t.Return != "" || !t.Open })
		provider = sh.Provider.Connection
		return nil
	})
	if err != nil {
		return waybill.Shipment{}, err
	}
	connection, _, shut, err := s.reopen(ctx, provider)
	if err == nil {
		err = shut
	}
	if err == nil {
		err = s.pollAll(ctx, connection, trackers, s.Clock.Now())
	}
	if err != nil {
		return waybill.Shipment{}, err
	}
	return s.GetShipment(ctx, in)
}

// moveShipment takes the shipment along: with several parcels it is where the parcel furthest behind
// is. Each new scan is an event.
func (s Session) moveShipment(tx store.Tx, t waybill.Tracker, fresh []waybill.Scan) error {
	sh, err := tx.Shipments().Get(t.Shipment)
	if err != nil {
		return err
	}
	set, err := s.setup(tx, sh.Account)
	if err != nil {
		return err
	}
	trackers, err := together(tx, t)
	if err != nil {
		return err
	}
	sh.Transit = furthestBehind(trackers)
	if n := len(t.Track.Scans); n > 0 {
		sh.TransitNote = t.Track.Scans[n-1].Text
	}
	if t.Track.Expected != nil {
		sh.EstimatedDrop.Ends = t.Track.Expected
	}
	pickup, delivery := moments(trackers, sh.Transit)
	if sh.Booking != waybill.Declared || sh.ActualPickup == nil { // when it was collected is declared, not seen
		sh.ActualPickup = pickup
	}
	sh.ActualDelivery = delivery
	if err := tx.Shipments().Put(&sh); err != nil {
		return err
	}
	if err := s.leftUnlisted(tx, sh); err != nil {
		return err
	}
	for i := range fresh {
		facts := waybill.Facts{
			Transit: fresh[i].Status, Message: fresh[i].Text, Note: fresh[i].Reason, Carrier: carrierName(sh),
			Tracking: t.Track.Number, Scan: &fresh[i],
		}
		if err := s.emit(tx, set, waybill.ShipmentTracked, &sh, facts); err != nil {
			return err
		}
	}
	return nil
}

// together lists the trackers of all parcels that travel with one, as that now is.
func together(tx store.Tx, t waybill.Tracker) ([]waybill.Tracker, error) {
	all, err := travelling(tx, t)
	if err != nil {
		return nil, err
	}
	list := []waybill.Tracker{t}
	for _, other := range all {
		if other.ID != t.ID && other.Return == t.Return {
			list = append(list, other)
		}
	}
	return list, nil
}

// travelling lists who follows a shipment, its returns included, or a return.
func travelling(tx store.Tx, t waybill.Tracker) ([]waybill.Tracker, error) {
	if t.Return == "" {
		return tx.Trackers().Of(t.Shipment)
	}
	r, err := tx.Returns().Get(t.Return)
	if err != nil {
		return nil, err
	}
	return returnTrackers(tx, r, t.Connection)
}

// moments are when the first parcel was collected, and, once all are delivered, when the last one was.
func moments(trackers []waybill.Tracker, at waybill.Transit) (pickup, delivery *time.Time) {
	for _, t := range trackers {
		for i := range t.Track.Scans {
			scan := &t.Track.Scans[i]
			if carried(scan.Status) && (pickup == nil || scan.At.Before(*pickup)) {
				pickup = &scan.At
			}
			if at == waybill.Delivered && scan.Status == waybill.Delivered && (delivery == nil || scan.At.After(*delivery)) {
				delivery = &scan.At
			}
		}
	}
	return pickup, delivery
}

// carried reports whether a parcel in this state has left its sender.
func carried(t waybill.Transit) bool {
	switch t {
	case "", waybill.TransitNone, waybill.LabelMade, waybill.PickupScheduled, waybill.Assigned, waybill.Unassigned, waybill.PickupStarted,
		waybill.TransitVoided, waybill.TransitUnknown:
		return false
	}
	return true
}

// foremost is where the parcel is that stands most in the way of giving back, or changing, what travels as one: one
// that is at its end or on its last way, else one that has left its sender. A voided label stands in nobody's way.
func foremost(at waybill.Transit, trackers []waybill.Tracker) waybill.Transit {
	for _, t := range trackers {
		status := t.Track.Status
		switch {
		case gone(at):
			return at
		case status != waybill.TransitVoided && (gone(status) || carried(status)):
			if gone(status) || !carried(at) {
				at = status
			}
		}
	}
	return at
}

// foremostOf is [foremost] of a shipment, whose returns travel apart.
func foremostOf(tx store.Tx, sh waybill.Shipment) (waybill.Transit, error) {
	all, err := tx.Trackers().Of(sh.ID)
	all = slices.DeleteFunc(all, func(t waybill.Tracker) bool { return t.Return != "" })
	return foremost(sh.Transit, all), err
}

// gone reports whether a parcel in this state can no longer be called back.
func gone(t waybill.Transit) bool { return t.Final() || t == waybill.OutForDelivery }

// furthestBehind is the state of the parcel furthest behind. Delivered is furthest ahead, so that a
// shipment is delivered only when all of it is; a voided label does not travel and holds nobody back.
func furthestBehind(trackers []waybill.Tracker) waybill.Transit {
	progress := func(t waybill.Transit) int {
		switch t {
		case waybill.Delivered:
			return len(waybill.Transits)
		case waybill.TransitVoided:
			return len(waybill.Transits) + 1
		}
		return slices.Index(waybill.Transits, t)
	}
	status := trackers[0].Track.Status
	for _, t := range trackers[1:] {
		if progress(t.Track.Status) < progress(status) {
			status = t.Track.Status
		}
	}
	return status
}
