package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// ResolveScan asks what a scanned text stands for.
type ResolveScan struct{ Text string }

// ThingKind is what sort of record a scan can stand for.
type ThingKind string

// The closed list of kinds.
const (
	ThingShipment ThingKind = "shipment"
	ThingReturn   ThingKind = "return"
	ThingProduct  ThingKind = "product"
)

// Thing is a record that a scanned text stands for: by which of its names, and what may be done with it now.
type Thing struct {
	Kind     ThingKind
	By       string // tracking_number, reference, reference2, id, sku, barcode
	Parcel   int    // which of its parcels was scanned, from 1; 0: all of it
	Shipment waybill.Shipment
	Return   waybill.Return
	Product  waybill.Product
	Actions  []string
}

// Resolved is what a scanned text stands for. One thing: that is it. Several: the text is ambiguous. None: nothing of
// the account is called that; Readings then say whose number it may be.
type Resolved struct {
	Text     string
	Readings []label.Reading
	Things   []Thing
}

// What may be done next with a thing.
const (
	ActionRate   = "rate"
	ActionBook   = "book"
	ActionRetry  = "retry"
	ActionEdit   = "edit"
	ActionCancel = "cancel"
	ActionLabel  = "label"
	ActionTrack  = "track"
	ActionReturn = "return"
	ActionScan   = "scan" // note what our own driver did with it
	ActionShip   = "ship" // make a shipment of it
)

// ambiguousAt is how many things are told at most.
const ambiguousAt = 20

// longestScan is more than any barcode holds that names one thing.
const longestScan = 500

// ResolveScan finds what a scanned text stands for: a tracking number in any form in which it is on a label, a
// reference, an id, a SKU. The numbers of parcels come first: where one fits, references that happen to read the same
// are told too.
func (s Session) ResolveScan(ctx context.Context, in ResolveScan) (out Resolved, err error) {
	readings := label.Readings(in.Text)
	if len(readings) == 0 || len(in.Text) > longestScan {
		return out, waybill.FieldErrors("resolve", []waybill.FieldError{{
			Path: "text", Rule: waybill.RuleEmpty, Message: "nothing was scanned, or more than names one thing",
		}})
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		r := resolver{tx: tx, engine: s.Engine}
		for _, reading := range readings {
			err := r.number(reading)
			switch {
			case err != nil:
			case reading.Form == label.FormLink:
				err = r.link(reading.Number)
			case reading.Form == label.FormGTIN:
				err = r.product(reading.Number)
			}
			if err != nil {
				return err
			}
		}
		for _, spelled := range spellings(readings[len(readings)-1].Number) {
			if slices.ContainsFunc(readings, func(known label.Reading) bool { return known.Number == spelled }) {
				continue
			}
			if err := r.number(label.Reading{Form: label.FormText, Number: spelled}); err != nil {
				return err
			}
		}
		if err := r.names(readings[len(readings)-1].Number); err != nil {
			return err
		}
		out = Resolved{Text: readings[len(readings)-1].Number, Readings: readings, Things: r.things}
		return nil
	})
	for _, t := range out.Things {
		if err == nil && t.Kind == ThingShipment && t.By == "tracking_number" && t.Shipment.Booking == waybill.Booked {
			s.provenBy(ctx, t.Shipment.Provider, waybill.ProofScanned, t.Shipment.ID, "read as "+t.Shipment.Tracking)
		}
	}
	return out, err
}

// resolver collects what a text stands for, each thing once.
type resolver struct {
	tx     store.Tx
	engine *Engine
	things []Thing
}

func (r *resolver) add(t Thing) {
	same := func(o Thing) bool {
		return o.Kind == t.Kind && o.Shipment.ID == t.Shipment.ID && o.Return.ID == t.Return.ID && o.Product.ID == t.Product.ID
	}
	if len(r.things) < ambiguousAt && !slices.ContainsFunc(r.things, same) {
		r.things = append(r.things, t)
	}
}

// number finds parcels that have a number: of those that had it, the newest, since carriers use numbers again.
func (r *resolver) number(reading label.Reading) error {
	sh, err := findTracking(r.tx, reading.Number)
	if err == nil { // also where the reference beside it is another: that of the shipment may have changed since it was printed
		return r.addShipment(sh, "tracking_number", parcelOf(sh, reading.Number))
	}
	if !waybill.IsCode(err, waybill.NotFound) {
		return err
	}
	returns, err := r.tx.Returns().ByTracking(reading.Number)
	if err != nil {
		return err
	}
	for _, back := range returns {
		if usesConnection(r.tx.Actor(), back.Provider) {
			return r.addReturn(back, "tracking_number")
		}
	}
	return nil
}

// parcelOf is which parcel has a number, from 1; 0: the shipment as a whole.
func parcelOf(sh waybill.Shipment, number string) int {
	return 1 + slices.IndexFunc(sh.Parcels, func(p waybill.Parcel) bool { return p.Tracking == number || p.SSCC == number })
}

// names finds what is called by a text: an id, a reference, a second reference, a SKU.
func (r *resolver) names(text string) error {
	if id := strings.ToLower(text); len(id) == 24 && strings.Trim(id, "0123456789abcdef") == "" {
		if err := r.id(waybill.ID(id)); err != nil {
			return err
		}
	}
	if badReference(text) == "" {
		sh, err := find(r.tx, Ref{Reference: text})
		if err == nil {
			err = r.addShipment(sh, "reference", 0)
		}
		if err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return err
		}
	}
	query := store.ShipmentQuery{Terms: []store.Term{{Field: store.TermReference2, Value: store.Fold(text)}}}
	slice, err := r.tx.Shipments().Find(query, store.Page{Limit: ambiguousAt, Order: store.ByCreated})
	if err != nil {
		return err
	}
	for _, sh := range slice.Items {
		if mayFind(r.tx.Actor(), sh) {
			if err := r.addShipment(sh, "reference2", 0); err != nil {
				return err
			}
		}
	}
	return r.product(text)
}

// link finds what an address ends in: the link to a label of ours, whether it is still good or not, or a name.
func (r *resolver) link(name string) error {
	if part := strings.Split(name, "."); len(part) == 4 && (part[0] == "label" || part[0] == "return") {
		return r.id(waybill.ID(part[1]))
	}
	return r.names(name)
}

func (r *resolver) id(id waybill.ID) error {
	sh, err := find(r.tx, Ref{ID: id})
	if err == nil {
		return r.addShipment(sh, "id", 0)
	}
	if !waybill.IsCode(err, waybill.NotFound) {
		return err
	}
	back, err := findReturn(r.tx, RefReturn{ID: id})
	if waybill.IsCode(err, waybill.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.addReturn(back, "id")
}

// product finds a product by its SKU, else by the barcode on it, which several may share.
func (r *resolver) product(text string) error {
	p, err := r.tx.Products().ByKey(text)
	if err == nil {
		r.add(Thing{Kind: ThingProduct, By: "sku", Product: p, Actions: []string{ActionShip, ActionEdit}})
		return nil
	}
	if !waybill.IsCode(err, waybill.NotFound) || len(r.things) > 0 {
		return ignoreMissing(err)
	}
	same, err := r.tx.Products().ByBarcode(text, ambiguousAt)
	for _, p := range same {
		r.add(Thing{Kind: ThingProduct, By: "barcode", Product: p, Actions: []string{ActionShip, ActionEdit}})
	}
	return err
}

func ignoreMissing(err error) error {
	if waybill.IsCode(err, waybill.NotFound) {
		return nil
	}
	return err
}

func (r *resolver) addShipment(sh waybill.Shipment, by string, parcel int) error {
	own, err := r.own(sh.Provider)
	if err != nil {
		return err
	}
	at, err := foremostOf(r.tx, sh)
	r.add(Thing{Kind: ThingShipment, By: by, Parcel: parcel, Shipment: sh, Actions: nextOf(sh.Booking, sh.Transit, at, sh.CancelWanted, own)})
	return err
}

func (r *resolver) addReturn(back waybill.Return, by string) error {
	own, err := r.own(back.Provider)
	if err != nil {
		return err
	}
	at := back.Transit
	if p := back.Provider; p != nil {
		var trackers []waybill.Tracker
		trackers, err = returnTrackers(r.tx, back, p.Connection)
		at = foremost(at, trackers)
	}
	actions := slices.DeleteFunc(nextOf(back.Booking, back.Transit, at, false, own), func(a string) bool {
		return a == ActionReturn || a == ActionEdit || a == ActionRetry || (a == ActionLabel && back.Fetched)
	})
	r.add(Thing{Kind: ThingReturn, By: by, Return: back, Actions: actions})
	return err
}

// own reports whether a provider's parcels are carried by people of our own.
func (r *resolver) own(p *waybill.Provider) (bool, error) {
	if p == nil {
		return false, nil
	}
	own, err := r.engine.ownDrivers(r.tx, p.Connection)
	return own, ignoreMissing(err)
}

// nextOf are the next legal actions of a shipment, or of a return, in the order in which a person would want them. At is
// where it is as a whole, ahead where the parcel is that stands most in the way of giving it back.
func nextOf(booking waybill.Booking, at, ahead waybill.Transit, cancelWanted, own bool) []string {
	switch {
	case booking == waybill.Unsettled && cancelWanted:
		return []string{}
	case booking == waybill.Unsettled:
		return []string{ActionCancel}
	case booking == waybill.Declared:
		return []string{ActionTrack}
	case booking == waybill.Draft, booking == waybill.Held:
		return []string{ActionRate, ActionBook, ActionEdit, ActionCancel}
	case booking.Open():
		return []string{ActionRetry, ActionRate, ActionBook, ActionEdit, ActionCancel}
	case booking != waybill.Booked:
		return []string{}
	}
	list := []string{ActionLabel, ActionTrack}
	if own && !at.Final() {
		list = append(list, ActionScan)
	}
	if !gone(ahead) && !(own && carried(ahead)) {
		list = append(list, ActionEdit)
		if !cancelWanted {
			list = append(list, ActionCancel)
		}
	}
	return append(list, ActionReturn)
}
