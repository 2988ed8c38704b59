package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

// ListDeclarations asks for a part of what couriers declared.
type ListDeclarations struct {
	Shipment Ref       // empty: of all
	Updated  time.Time // only those that changed at that time or later
	Page     store.Page
}

// ListDeclarations lists what couriers declared to the actor's accounts.
func (s Session) ListDeclarations(ctx context.Context, in ListDeclarations) (part store.Slice[waybill.Declaration], err error) {
	query := store.DeclarationQuery{UpdatedFrom: in.Updated}
	if in.Shipment != (Ref{}) {
		sh, err := s.GetShipment(ctx, GetShipment{Ref: in.Shipment})
		if err != nil {
			return part, err
		}
		query.Shipment = sh.ID
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		part, err = tx.Declarations().Find(query, in.Page)
		return err
	})
	return part, err
}

// GetDeclaration reads one by its id or licence.
func (s Session) GetDeclaration(ctx context.Context, ref RecordRef) (d waybill.Declaration, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if ref.ID != "" {
			d, err = tx.Declarations().Get(ref.ID)
			return err
		}
		d, err = tx.Declarations().ByLicence(s.Actor.Account, ref.Key)
		return err
	})
	return d, err
}
