package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// PickingList draws what is in the shipments named, as one PDF. Names that fit nothing are refused
// together.
func (s Session) PickingList(ctx context.Context, in PickingList) ([]byte, error) {
	var found []waybill.Shipment
	var missing []waybill.FieldError
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, missing = nil, nil
		for i, ref := range in.References {
			list, err := pick(tx, ref)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				missing = append(missing, waybill.FieldError{
					Path: "shipments[" + itoa(i) + "]", Rule: waybill.RuleExists, Value: firstOf(ref.Reference, ref.Reference2),
					Message: "no shipment has the reference " + firstOf(ref.Reference, ref.Reference2),
				})
			}
			found = append(found, list...)
		}
		return nil
	})
	if err == nil {
		err = waybill.FieldErrors("pick", missing)
	}
	if err != nil {
		return nil, err
	}
	return label.PickingList("Picking list", found)
}

func pick(tx store.Tx, ref PickRef) ([]waybill.Shipment, error) {
	if ref.Reference != "" {
		sh, err := find(tx, Ref{Reference: ref.Reference})
		if waybill.IsCode(err, waybill.NotFound) || waybill.ReasonOf(err) == waybill.ReasonBadID {
			return nil, nil
		}
		return []waybill.Shipment{sh}, err
	}
	query := store.ShipmentQuery{Terms: []store.Term{{Field: store.TermReference2, Value: store.Fold(ref.Reference2)}}}
	slice, err := tx.Shipments().Find(query, store.Page{Limit: 100})
	return slices.DeleteFunc(slice.Items, func(sh waybill.Shipment) bool { return !mayFind(tx.Actor(), sh) }), err
}
