package engine

import (
	"context"
	"errors"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// lateLabels fetches the labels of a booking that came without: some carriers sell first and print later. None: the
// carrier has none, or gives none a second time. What was erased is not fetched again.
func (s Session) lateLabels(ctx context.Context, sh waybill.Shipment) ([]waybill.Document, error) {
	if sh.Provider == nil || sh.Provider.NoLabel || sh.To.Contact.Name == waybill.Erased {
		return nil, nil
	}
	a := &attempt{shipment: sh}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if a.purchase, err = tx.Purchases().Get(sh.Purchase); err != nil {
			return err
		}
		a.set, err = s.setup(tx, sh.Account)
		return err
	})
	if err == nil {
		a.connection, a.carrier, _, err = s.reopen(ctx, a.purchase.Connection)
	}
	if err != nil || a.carrier == nil || a.local() || a.purchase.Booking == nil || !a.carrier.Has(carrier.Relabels) || !s.Actor.Reaches(a.connection.Mode) {
		return nil, ignoreMissing(err)
	}
	booking := *a.purchase.Booking
	labels, err := a.carrier.Label(ctx, carrier.LabelRequest{
		CarrierID: booking.CarrierID, Numbers: booking.Numbers, Label: labelSpec(a.set, sh, a.connection), Shipment: &sh, Service: a.purchase.Service,
		Now: a.purchase.Created, Magic: carrier.MagicOf(sh), Waited: s.Clock.Now().Add(a.set.account.Ahead).Sub(a.purchase.Created),
	})
	if waybill.IsCode(err, waybill.CarrierRejected) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	documents, err := s.documents(ctx, a, carrier.Booking{Receipt: booking, Labels: labels})
	if err != nil {
		return nil, err
	}
	return s.keepLate(ctx, sh, documents)
}

// keepLate stores labels that were fetched, once: whoever fetched them at the same time has the same ids for them.
func (s Session) keepLate(ctx context.Context, sh waybill.Shipment, documents []waybill.Document) (kept []waybill.Document, err error) {
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		known, err := labelsOf(tx, sh, false)
		if err != nil || len(known) > 0 {
			kept = known
			return err
		}
		fresh := slices.Clone(documents)
		for i := range fresh {
			fresh[i].ID = versionID("label", sh.Purchase, int64(i))
			if err := tx.Documents().Put(&fresh[i]); err != nil {
				return err
			}
		}
		kept = fresh
		return nil
	})
	if waybill.IsCode(err, waybill.Conflict) {
		err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			kept, err = labelsOf(tx, sh, false)
			return err
		})
	}
	return kept, err
}

// fetchLate fetches the labels of those shipments to be printed that are booked and have none. Why one has none is told
// when they are printed.
func (s Session) fetchLate(ctx context.Context, in PrintLabels) error {
	var bare []waybill.Shipment
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		bare = nil
		for _, ref := range in.Shipments {
			sh, labels, err := printable(tx, ref, false)
			var why *refusal
			if err != nil && !errors.As(err, &why) {
				return err
			}
			if sh.Booking == waybill.Booked && len(labels) == 0 {
				bare = append(bare, sh)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, sh := range bare {
		if _, err := s.lateLabels(ctx, sh); err != nil && waybill.ReasonOf(err) != waybill.ReasonNoLabel {
			return err
		}
	}
	return nil
}

// isLabel tells a shipment's own labels from those of its returns.
func isLabel(d waybill.Document) bool { return d.Kind == waybill.DocumentLabel }
