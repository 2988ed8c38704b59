package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/store"
)

// find reads a shipment by whichever name was given. One that is another connection's than the actor is bound
// to is not there.
func find(tx store.Tx, ref Ref) (sh waybill.Shipment, err error) {
	switch {
	case ref.ID != "":
		sh, err = tx.Shipments().Get(ref.ID)
	case ref.Number != 0:
		sh, err = tx.Shipments().ByNumber(ref.Number)
	case ref.Tracking != "":
		return findTracking(tx, ref.Tracking)
	default:
		if bad := badReference(ref.Reference); bad != "" {
			return sh, waybill.E("find", waybill.ReasonBadID, "%s", bad)
		}
		if sh, err = tx.Shipments().ByReference(ref.Reference); waybill.IsCode(err, waybill.NotFound) {
			sh, err = findDeclared(tx, ref.Reference, err)
		}
	}
	if err == nil && !mayFind(tx.Actor(), sh) {
		return waybill.Shipment{}, waybill.E("find", waybill.ReasonUnknownShipment, "there is no such shipment")
	}
	tx.Actor().Subject.Saw(sh)
	return sh, err
}

// findDeclared reads the newest shipment that was declared under a number: who declared it, or looks for it, knows no
// other name of it. Missing is the error when there is none.
func findDeclared(tx store.Tx, number string, missing error) (waybill.Shipment, error) {
	list, err := tx.Shipments().ByTracking(number)
	if err != nil {
		return waybill.Shipment{}, err
	}
	for _, sh := range list {
		if sh.Booking == waybill.Declared {
			return sh, nil
		}
	}
	return waybill.Shipment{}, missing
}

// findTracking reads the newest shipment that has a parcel of this number: carriers use numbers again.
func findTracking(tx store.Tx, number string) (waybill.Shipment, error) {
	list, err := tx.Shipments().ByTracking(number)
	if err != nil {
		return waybill.Shipment{}, err
	}
	for _, sh := range list {
		if mayFind(tx.Actor(), sh) {
			tx.Actor().Subject.Saw(sh)
			return sh, nil
		}
	}
	return waybill.Shipment{}, waybill.E("find", waybill.ReasonUnknownShipment, "no shipment has the tracking number %q", number)
}

// mayFind reports whether the shipment is one of the connection that the actor is bound to, booked with it or
// meant for it. An actor that is bound to none finds all.
func mayFind(actor waybill.Actor, sh waybill.Shipment) bool {
	return actor.Connection == "" || sh.Choice.Connection == actor.Connection || usesConnection(actor, sh.Provider)
}

// usesConnection reports whether a provider is the connection that the actor is bound to, if it is to one.
func usesConnection(actor waybill.Actor, p *waybill.Provider) bool {
	return actor.Connection == "" || (p != nil && p.ExternalID == actor.Connection)
}

// GetShipment reads one shipment.
func (s Session) GetShipment(ctx context.Context, in GetShipment) (sh waybill.Shipment, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err = find(tx, in.Ref)
		return err
	})
	return sh, err
}

// ShipmentHistory reads a shipment and all that happened to it.
func (s Session) ShipmentHistory(ctx context.Context, in GetShipment) (h ShipmentHistory, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if h.Shipment, err = find(tx, in.Ref); err != nil {
			return err
		}
		h.Events, err = tx.Events().Of(h.Shipment.ID)
		return err
	})
	return h, err
}

// ViewShipment reads a shipment with its history, its tags and, when it is booked, its labels as PDF.
// It changes nothing and leaves no trace.
func (s Session) ViewShipment(ctx context.Context, in GetShipment) (ShipmentView, error) {
	h, err := s.ShipmentHistory(ctx, in)
	if err != nil {
		return ShipmentView{}, err
	}
	view := ShipmentView{Shipment: h.Shipment, Events: h.Events}
	if view.Tags, err = s.tagsOf(ctx, h.Shipment); err != nil {
		return ShipmentView{}, err
	}
	if h.Shipment.Booking != waybill.Booked {
		return view, nil
	}
	file, err := s.GetLabel(ctx, GetLabel{Ref: Ref{ID: h.Shipment.ID}, Format: waybill.PDF, Returns: true})
	switch {
	case err == nil:
		view.Label = &file
	case !waybill.IsCode(err, waybill.NotFound) && waybill.ReasonOf(err) != waybill.ReasonFormat:
		return ShipmentView{}, err
	}
	return view, nil
}

func (s Session) tagsOf(ctx context.Context, sh waybill.Shipment) (tags []waybill.Tag, err error) {
	if len(sh.Tags) == 0 {
		return nil, nil
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, sh.Account)
		if err != nil {
			return err
		}
		found := make([]waybill.Tag, 0, len(sh.Tags))
		for _, number := range sh.Tags {
			for _, t := range set.tags {
				if t.Number == number {
					found = append(found, t)
				}
			}
		}
		tags = found
		return nil
	})
	return tags, err
}

// ListShipments lists shipments that fit a query. To an actor that is bound to a connection those of others
// are left out, so that a page may hold fewer than asked for.
func (s Session) ListShipments(ctx context.Context, in ListShipments) (list ShipmentList, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		in := in // the query is made anew when the closure runs again
		if err = byName(tx, &in); err != nil {
			return err
		}
		if err = tagged(tx, &in.Query, in.Tags); err != nil {
			return err
		}
		if list.Slice, err = tx.Shipments().Find(in.Query, in.Page); err != nil {
			return err
		}
		list.Items = slices.DeleteFunc(list.Items, func(sh waybill.Shipment) bool { return !mayFind(s.Actor, sh) })
		switch {
		case in.Count && s.Actor.Connection != "":
			list.Total, list.Exact, err = countFound(tx, in.Query)
		case in.Count:
			list.Total, list.Exact, err = tx.Shipments().Count(in.Query, MaxCount)
		}
		return err
	})
	return list, err
}

// countFound counts what an actor that is bound to a connection finds.
func countFound(tx store.Tx, q store.ShipmentQuery) (n int, exact bool, err error) {
	for sh, err := range tx.Shipments().Each(q) {
		if err != nil {
			return 0, false, err
		}
		if mayFind(tx.Actor(), sh) {
			n++
		}
	}
	return n, true, nil
}

// MaxCount is how far a list is counted.
const MaxCount = 10_000_000

// words is a state as a person says it.
func words(state string) string { return strings.ReplaceAll(state, "_", " ") }

func carrierName(sh waybill.Shipment) string {
	if sh.Provider == nil {
		return ""
	}
	return sh.Provider.DisplayName
}
