package engine

import (
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/geo"
	"waybill/label"
	"waybill/store"
)

// declaredParcels is how many parcels of a declaration are kept one by one. Couriers declare no parcel's own
// number or weight, so that more of them would say nothing more.
const declaredParcels = 100

// declaredShipment is a declaration as a shipment, without what only the store can tell.
func declaredShipment(d waybill.Declaration) waybill.Shipment {
	sh := waybill.Shipment{
		From: d.Sender, To: d.Receiver, Items: d.Items, TotalWeight: d.Weight, ParcelCount: d.Pieces,
		Booking: waybill.Declared, Tracking: d.Number,
	}
	sh.Options.COD = d.COD
	if !d.PickedUp.IsZero() {
		sh.PickupTime.Starts, sh.ActualPickup = &d.PickedUp, &d.PickedUp
	}
	for range min(max(d.Pieces, 1), declaredParcels) {
		sh.Parcels = append(sh.Parcels, waybill.Parcel{
			Name: "custom", Size: d.Size, Description: d.Goods, Items: 1, Tracking: d.Number,
		})
	}
	shareWeight(&sh)
	locate(&sh.From.Address)
	locate(&sh.To.Address)
	if from := sh.From.Address; from.Country != "" {
		if place, ok := geo.Locate(from.Country, from.Postcode, from.City, from.State); ok {
			sh.TimeZone = place.TimeZone
		}
	}
	return sh
}

// newDeclared fills in what the account knows and the courier does not.
func (s Session) newDeclared(set *setup, template waybill.Shipment, number int64) waybill.Shipment {
	sh := template
	sh.Row = waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account, Number: number}
	sh.Tenant, sh.Dialect, sh.CreatedBy, sh.CreatedIP = set.account.TenantID, s.Actor.Dialect, s.Actor.Name, s.Actor.IP
	sh.Channel, sh.Transit = set.account.Settings.ChannelName, waybill.TransitNone
	sh.Value.Currency = set.account.Settings.Currency
	sh.Reference = string(sh.ID) // a courier's number is no reference: the account's own orders may have it as theirs
	return sh
}

// redeclared is a declared shipment with all that was declared replaced; who and where it is stays.
func redeclared(old, template waybill.Shipment) waybill.Shipment {
	sh := template
	sh.Row, sh.Reference, sh.Channel, sh.Tenant = old.Row, old.Reference, old.Channel, old.Tenant
	sh.Dialect, sh.CreatedBy, sh.CreatedIP, sh.Value = old.Dialect, old.CreatedBy, old.CreatedIP, old.Value
	sh.Transit, sh.TransitNote, sh.ActualDelivery, sh.EstimatedDrop = old.Transit, old.TransitNote, old.ActualDelivery, old.EstimatedDrop
	sh.Returns, sh.Hooked = old.Returns, old.Hooked
	return sh
}

// declaredStates are the words a courier declares a state by, in small letters. Others are kept and move
// nothing.
var declaredStates = map[string]waybill.Transit{
	"pending": waybill.TransitNone, "in transit": waybill.InTransit, "out for delivery": waybill.OutForDelivery,
	"delivered": waybill.Delivered, "returned": waybill.Returned, "cancelled": waybill.TransitVoided,
}

// declaredScan marks a scan that a courier declared, in its Raw, apart from those a carrier's system told of.
const declaredScan = "declared"

// moveDeclared takes a declared shipment to its declared status, and sees to it that the carrier is asked
// after the parcel where that is one we know.
func (s Session) moveDeclared(tx store.Tx, set *setup, d waybill.Declaration, sh waybill.Shipment, before string) error {
	t, err := s.declaredTracker(tx, sh)
	if err != nil {
		return err
	}
	if t.Connection == "" {
		if err := s.followDeclared(tx, set, &t); err != nil {
			return err
		}
	}
	if err := s.applyTracking(tx, &t, declaredTracking(&t, d, tx.Now(), before)); err != nil {
		return err
	}
	t.Open = t.Connection != "" && !t.Track.Status.Final()
	return tx.Trackers().Put(&t)
}

// declaredTracker is the one tracker of a declared shipment, its parcels having one number.
func (s Session) declaredTracker(tx store.Tx, sh waybill.Shipment) (waybill.Tracker, error) {
	all, err := tx.Trackers().Of(sh.ID)
	for _, t := range all {
		if t.Return == "" {
			return t, err
		}
	}
	return waybill.Tracker{
		Row: waybill.Row{ID: s.IDs.New(), Account: sh.Account}, Shipment: sh.ID, Due: tx.Now(),
		Track: waybill.Tracking{Number: sh.Tracking, Status: waybill.TransitNone},
	}, err
}

// declaredTracking is what a declaration tells of its parcel: the status as a scan, unless it was declared
// before, and the promise where the date of delivery is still to come. A courier's later word counts more
// than his earlier ones, whatever their times; a carrier's own later scan counts more than his.
func declaredTracking(t *waybill.Tracker, d waybill.Declaration, now time.Time, before string) waybill.Tracking {
	heard := waybill.Tracking{Number: d.Number}
	at := now
	if d.Delivery != nil {
		if at = *d.Delivery; at.After(now) {
			heard.Expected, at = d.Delivery, now
		}
	}
	status, known := declaredStates[store.Fold(d.Status)]
	repeated := store.Fold(d.Status) == store.Fold(before) && (d.Delivery == nil || d.Delivery.After(now))
	if !known || repeated {
		return heard
	}
	text := strings.TrimSpace(d.Status)
	scan := waybill.Scan{At: at, Status: status, Code: text, Text: text, Raw: declaredScan}
	if slices.ContainsFunc(t.Track.Scans, func(old waybill.Scan) bool { return sameScan(old, scan) }) {
		return heard
	}
	scans := slices.Clone(t.Track.Scans)
	for i := range scans {
		if scans[i].Raw == declaredScan && scans[i].At.After(at) {
			scans[i].At = at
		}
	}
	t.Track.Scans, heard.Scans = scans, []waybill.Scan{scan}
	return heard
}

// numberForms tells by driver whether a number has the form and the check digit of the carrier's.
var numberForms = map[string]func(number string) bool{
	"ups": func(number string) bool {
		data, ok := strings.CutPrefix(number, "1Z")
		return ok && label.Valid(label.UPS, data)
	},
}

// followDeclared has a carrier we know asked after a declared parcel, through a connection of the account.
func (s Session) followDeclared(tx store.Tx, set *setup, t *waybill.Tracker) error {
	for _, c := range set.connections {
		known, ok := numberForms[c.Carrier]
		if !ok || c.Paused || !known(t.Track.Number) {
			continue
		}
		t.Connection, t.Due, t.Open = c.ID, tx.Now(), true
		if !s.Actor.Sees(c.Account) {
			return nil // a lender's: the sweep queues its job
		}
		return tx.Enqueue(s.pollJob(c, tx.Now().Add(pollEvery)))
	}
	return nil
}
