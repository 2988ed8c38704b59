package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// mostOpen is how many open parcels are looked at, mostTold how many of them a refusal names.
const (
	mostOpen = 10_000
	mostTold = 10
)

// farOff is later than anything is due.
const farOff = 100 * 365 * 24 * time.Hour

// mayTurn refuses to make a connection more or less real while something that was bought with it is open: who carries it
// could not be asked after it any more, nor to take it back. Parcels of borrowers count too.
func (s Session) mayTurn(ctx context.Context, old, next waybill.Connection) error {
	if old.ID == "" || old.Mode == next.Mode {
		return nil
	}
	var open []string
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) (err error) {
		open, err = openWith(tx, old.ID)
		return err
	})
	if err != nil || len(open) == 0 {
		return err
	}
	which := strings.Join(open[:min(len(open), mostTold)], ", ")
	if len(open) > mostTold {
		which += " and others"
	}
	e := waybill.E("connection", waybill.ReasonInUse, "%d parcels or purchases of it are open: %s. It stays %s until they have arrived, are cancelled or settled; "+
		"make another connection for the other mode", len(open), which, old.Mode)
	e.Fields = []waybill.FieldError{{Path: "mode", Rule: waybill.RuleEmpty, Value: string(next.Mode), Limit: string(old.Mode), Message: e.Message}}
	return e
}

// openWith are what a connection carries that has not ended: parcels that are booked and neither delivered, cancelled nor
// given up, and purchases that are not settled. A shipment is named by its reference.
func openWith(tx store.Tx, connection waybill.ID) (names []string, err error) {
	seen := map[waybill.ID]bool{}
	add := func(sh waybill.Shipment, r waybill.Return) {
		if id := firstOf(string(sh.ID), string(r.ID)); id != "" && !seen[waybill.ID(id)] {
			seen[waybill.ID(id)] = true
			names = append(names, firstOf(sh.Reference, r.Tracking, id))
		}
	}
	trackers, err := tx.Trackers().Due(connection, tx.Now().Add(farOff), mostOpen)
	if err != nil {
		return nil, err
	}
	for _, t := range trackers {
		sh, r, err := boughtAs(tx, t.Shipment, t.Return)
		if err != nil {
			return nil, err
		}
		if (sh.Booking == waybill.Booked && !sh.Transit.Final()) || (r.Booking == waybill.Booked && !r.Transit.Final()) {
			add(sh, r)
		}
	}
	purchases, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent, waybill.Unsure, waybill.Stuck, waybill.Voiding, waybill.Orphan}, mostOpen)
	for _, p := range purchases {
		if p.Connection != connection {
			continue
		}
		sh, r, err := boughtAs(tx, p.Shipment, p.Return)
		if err != nil {
			return nil, err
		}
		add(sh, r)
	}
	slices.Sort(names)
	return names, err
}

// boughtAs is the shipment, or else the return, that a tracker or purchase is of.
func boughtAs(tx store.Tx, shipment, back waybill.ID) (sh waybill.Shipment, r waybill.Return, err error) {
	if back != "" {
		r, err = tx.Returns().Get(back)
	} else {
		sh, err = tx.Shipments().Get(shipment)
	}
	return sh, r, ignoreMissing(err)
}
