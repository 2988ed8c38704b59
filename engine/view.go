package engine

import (
	"context"
	"strings"

	"waybill"
	"waybill/store"
)

// find reads a shipment by whichever name was given.
func find(tx store.Tx, ref Ref) (waybill.Shipment, error) {
	if ref.ID != "" {
		return tx.Shipments().Get(ref.ID)
	}
	if bad := badReference(ref.Reference); bad != "" {
		return waybill.Shipment{}, waybill.E("find", waybill.ReasonBadID, "%s", bad)
	}
	return tx.Shipments().ByReference(ref.Reference)
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

// ListShipments lists shipments that fit a query.
func (s Session) ListShipments(ctx context.Context, in ListShipments) (list ShipmentList, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if list.Slice, err = tx.Shipments().Find(in.Query, in.Page); err != nil {
			return err
		}
		if in.Count {
			list.Total, list.Exact, err = tx.Shipments().Count(in.Query, MaxCount)
		}
		return err
	})
	return list, err
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
