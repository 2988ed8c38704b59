package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// RecordScan is what our own drivers saw: a scan of a parcel of a house connection.
type RecordScan struct {
	Number string // tracking number
	Scan   waybill.Scan
}

// RecordScan notes a scan of a parcel, or of one that comes back, by its tracking number. One that nobody carries any
// more is refused: ReasonNotBookable.
func (s Session) RecordScan(ctx context.Context, in RecordScan) (sh waybill.Shipment, err error) {
	if err := s.mayNote(in.Scan); err != nil {
		return sh, err
	}
	var by waybill.ID
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := trackerOf(tx, in.Number)
		if err != nil {
			return err
		}
		by = t.Connection
		if err := onItsWay(tx, t); err != nil {
			return err
		}
		if err := s.noteScan(tx, t, in.Scan); err != nil || t.Shipment == "" {
			return err
		}
		found, err := tx.Shipments().Get(t.Shipment)
		sh = found
		return err
	})
	if err == nil {
		s.driven(ctx, by, in.Scan, in.Number)
	}
	return sh, err
}

// RecordScans notes one scan of many parcels of house connections. Those that nobody carries any more are passed over.
func (s Session) RecordScans(ctx context.Context, in RecordScans) (noted []string, err error) {
	if err := s.mayNote(in.Scan); err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(in.Numbers, pollChunk) {
		some, err := s.scanChunk(ctx, in, chunk)
		if err != nil {
			return noted, err
		}
		noted = append(noted, some...)
	}
	return noted, nil
}

func (s Session) scanChunk(ctx context.Context, in RecordScans, numbers []string) (noted []string, err error) {
	by := map[waybill.ID]string{}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		var done []string
		for _, number := range numbers {
			t, err := trackerOf(tx, number)
			if waybill.IsCode(err, waybill.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			passed := len(in.From) > 0 && !slices.Contains(in.From, t.Track.Status)
			if own, err := s.ownDrivers(tx, t.Connection); err != nil {
				return err
			} else if passed || !own {
				continue
			}
			if booking, err := bookingOf(tx, t); err != nil {
				return err
			} else if !travels(booking) {
				continue
			}
			if err := s.noteScan(tx, t, in.Scan); err != nil {
				return err
			}
			done = append(done, number)
			by[t.Connection] = number
		}
		noted = done
		return nil
	})
	if err == nil {
		for connection, number := range by {
			s.driven(ctx, connection, in.Scan, number)
		}
	}
	return noted, err
}

// onItsWay refuses a scan of a parcel that nobody carries any more.
func onItsWay(tx store.Tx, t waybill.Tracker) error {
	booking, err := bookingOf(tx, t)
	if err == nil && !travels(booking) {
		err = waybill.E("scan", waybill.ReasonNotBookable, "the parcel %s is not on its way: it is %s", t.Track.Number, words(string(booking)))
	}
	return err
}

// bookingOf is how what a parcel belongs to stands: its shipment, or its return.
func bookingOf(tx store.Tx, t waybill.Tracker) (waybill.Booking, error) {
	if t.Return != "" {
		r, err := tx.Returns().Get(t.Return)
		return r.Booking, err
	}
	sh, err := tx.Shipments().Get(t.Shipment)
	return sh.Booking, err
}

// travels reports whether parcels of such a booking are on their way, or can be.
func travels(booking waybill.Booking) bool {
	return booking == waybill.Booked || booking == waybill.Declared
}

// ownDrivers reports whether a connection's parcels are carried by people of our own.
func (e *Engine) ownDrivers(tx store.Tx, connection waybill.ID) (bool, error) {
	c, err := tx.Connections().Get(connection)
	if err != nil {
		return false, err
	}
	driver, ok := e.Carriers.Driver(c.Carrier)
	return ok && driver.Local, nil
}

// scanAhead is how far ahead of ours the clock of who scans may be: zones differ by up to 26 hours.
const scanAhead = 48 * time.Hour

// Our own drivers' clocks are right to some minutes, and a parcel is scanned when it has been booked.
const (
	ownAhead  = 15 * time.Minute
	ownBefore = 24 * time.Hour // a clock's zone may be the wrong one
)

// mayHappen refuses a scan of a parcel of our own that cannot have been made when it says.
func (s Session) mayHappen(t waybill.Tracker, scan waybill.Scan) error {
	why := ""
	switch {
	case scan.At.IsZero():
	case scan.At.After(s.Clock.Now().Add(ownAhead)):
		why = "the scan is more than 15 minutes ahead of now"
	case scan.At.Before(t.Created.Add(-ownBefore)):
		why = "the scan is more than a day before the parcel was booked, at " + t.Created.UTC().Format(time.RFC3339)
	}
	if why == "" {
		return nil
	}
	return waybill.FieldErrors("scan", []waybill.FieldError{{Path: "at", Rule: waybill.RuleRange, Value: scan.At.Format(time.RFC3339), Message: why}})
}

// mayNote refuses a scan by hand whose time is a slip: it would be the latest for as long as that is ahead.
func (s Session) mayNote(scan waybill.Scan) error {
	if err := s.mayScan(scan.Status); err != nil {
		return err
	}
	if scan.At.After(s.Clock.Now().Add(scanAhead)) {
		return waybill.FieldErrors("scan", []waybill.FieldError{{
			Path: "at", Rule: waybill.RuleRange, Value: scan.At.Format(time.RFC3339), Message: "the scan is more than two days ahead of now",
		}})
	}
	return nil
}

func (s Session) mayScan(status waybill.Transit) error {
	if err := s.mayShip("scan"); err != nil {
		return err
	}
	if !slices.Contains(waybill.Transits, status) {
		return waybill.FieldErrors("scan", []waybill.FieldError{{
			Path: "status", Rule: waybill.RuleEnum, Value: string(status), Message: "no such transit status",
		}})
	}
	return nil
}

// noteScan adds a scan, made now unless it says when, to what is known of a parcel.
func (s Session) noteScan(tx store.Tx, t waybill.Tracker, scan waybill.Scan) error {
	if scan.At.IsZero() {
		scan.At = tx.Now()
	}
	if err := s.applyTracking(tx, &t, waybill.Tracking{Number: t.Track.Number, Scans: []waybill.Scan{scan}}); err != nil {
		return err
	}
	return tx.Trackers().Put(&t)
}

// trackerOf finds who follows a number, in any of its spellings.
func trackerOf(tx store.Tx, number string) (t waybill.Tracker, err error) {
	for _, spelled := range spellings(number) {
		if t, err = trackerAs(tx, spelled); !waybill.IsCode(err, waybill.NotFound) {
			return t, err
		}
	}
	return t, waybill.E("scan", waybill.ReasonUnknownShipment, "no shipment has the tracking number %q", number)
}

// spellings are what a number that somebody typed or scanned may be kept as: as it is, as its barcode holds it, and
// without spaces, hyphens and small letters.
func spellings(number string) []string {
	list := []string{number}
	add := func(spelled string) {
		if spelled != "" && !slices.Contains(list, spelled) {
			list = append(list, spelled)
		}
	}
	for _, r := range label.Readings(number) {
		if r.Checked || r.Form == label.FormLabel {
			add(r.Number)
		}
	}
	squeezed := strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(number))
	add(squeezed)
	add(strings.ToUpper(squeezed))
	return list
}

// trackerAs finds who follows a number, the newest first: carriers use numbers again after years. An actor
// that is bound to a connection finds only what travels with that.
func trackerAs(tx store.Tx, number string) (waybill.Tracker, error) {
	var newest waybill.Tracker
	connections, err := tx.Connections().All()
	if err != nil {
		return newest, err
	}
	bound := tx.Actor().Connection
	for _, c := range connections {
		if bound != "" && c.ExternalID != bound {
			continue
		}
		t, err := tx.Trackers().ByNumber(c.ID, number)
		if err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return newest, err
		}
		if err == nil && (newest.ID == "" || t.Created.After(newest.Created)) {
			newest = t
		}
	}
	if newest.ID == "" {
		return newest, waybill.E("scan", waybill.ReasonUnknownShipment, "no shipment has the tracking number %q", number)
	}
	return newest, nil
}
