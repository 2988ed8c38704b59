package engine

import (
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// consign notes which day a booked shipment leaves its location, so that it can go on a manifest, and has people
// warned if it does not. What leaves from no location of the account goes on none.
func (s Session) consign(tx store.Tx, a *attempt, documents []waybill.Document) error {
	sh, l := a.shipment, a.set.location(a.shipment.Location)
	if l == nil || a.carrier == nil || !a.carrier.Has(carrier.Manifests) {
		return nil
	}
	c := waybill.Consignment{
		Shipment: sh.ID, Account: sh.Account, Purchase: a.purchase.ID, Connection: a.purchase.Connection, Location: l.ID,
		Day: departsOn(sh, l, documents, tx.Now()), Parcels: len(sh.Parcels), Grams: sh.Grams(), Booked: tx.Now(),
	}
	if sh.CancelWanted {
		c.State = waybill.ConsignmentVoiding
	}
	if err := tx.Consignments().Add(c); err != nil {
		return err
	}
	return s.remind(tx, l, c)
}

// departsOn is the day a shipment leaves, where it leaves: the one that its label says, else the first on which it can
// leave that is not before what was wanted.
func departsOn(sh waybill.Shipment, l *waybill.Location, documents []waybill.Document, now time.Time) string {
	for _, d := range documents {
		if d.Face == nil {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d.Face.ShipDate); err == nil {
			return d.Face.ShipDate
		}
	}
	day := leavesOn(l, now)
	if starts := sh.PickupTime.Starts; starts != nil {
		day = max(day, starts.In(zoneOfLocation(l)).Format(time.DateOnly))
	}
	if _, err := time.Parse(time.DateOnly, sh.Options.ShipDate); err == nil {
		day = max(day, sh.Options.ShipDate)
	}
	return day
}

// cutoff is when the last parcels of a day can leave a location: its cut-off, else when it closes; false: nobody said.
func cutoff(l *waybill.Location, day string) (time.Time, bool) {
	zone := zoneOfLocation(l)
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return at, false
	}
	closes, _ := closing(l, at.Weekday())
	at, err = time.ParseInLocation(time.DateOnly+" 15:04", day+" "+firstOf(l.Cutoff, closes), zone)
	return at, err == nil
}

// consignmentOf is how a shipment stands with the manifests of its carrier; false: it is not kept there.
func consignmentOf(tx store.Tx, shipment waybill.ID) (waybill.Consignment, bool, error) {
	list, err := tx.Consignments().Of(shipment)
	if err != nil || len(list) == 0 {
		return waybill.Consignment{}, false, err
	}
	return list[0], true, nil
}

// markConsignment says whether a shipment is still to be handed over.
func markConsignment(tx store.Tx, shipment waybill.ID, state waybill.ConsignmentState) error {
	c, kept, err := consignmentOf(tx, shipment)
	if err != nil || !kept || c.State == state {
		return err
	}
	return tx.Consignments().Mark(c, state)
}

// leftUnlisted marks a shipment that its carrier has without having been told by a manifest: it goes on none any more. One
// that a driver has just picked up may still go on the sheet that he signs.
func (e *Engine) leftUnlisted(tx store.Tx, sh waybill.Shipment) error {
	if !pastPickup(sh.Transit) {
		return nil
	}
	c, kept, err := consignmentOf(tx, sh.ID)
	if err != nil || !kept || c.Manifest != "" || c.State != waybill.ConsignmentReady {
		return err
	}
	return tx.Consignments().Mark(c, waybill.ConsignmentGone)
}

// pastPickup reports whether a parcel has surely gone further than into its carrier's hands.
func pastPickup(t waybill.Transit) bool {
	switch t {
	case waybill.PickedUp, waybill.Delayed, waybill.Exception:
		return false
	}
	return carried(t)
}

// giveUp marks a shipment that is to be cancelled, unless its carrier is being told at this moment that it comes. On a
// closed manifest it stays, and the manifest says that it was cancelled.
func giveUp(tx store.Tx, shipment waybill.ID, state waybill.ConsignmentState) error {
	c, kept, err := consignmentOf(tx, shipment)
	if err != nil || !kept {
		return err
	}
	if c.Manifest != "" {
		m, err := tx.Manifests().Get(c.Manifest)
		if err != nil {
			return err
		}
		if m.State.Open() {
			return waybill.E("cancel", waybill.ReasonUnsettled, "the shipment is on manifest %s, and nobody knows yet whether the carrier has that", m.ID)
		}
	}
	return tx.Consignments().Mark(c, state)
}
