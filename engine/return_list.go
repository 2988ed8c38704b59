package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/store"
)

// ReturnQuery selects returns.
type ReturnQuery = store.ReturnQuery

// ListReturns asks for a part of the list of returns: of one shipment, or of all.
type ListReturns struct {
	Query store.ReturnQuery
	// Of, when set, is the shipment whose returns are listed.
	Of   Ref
	Page store.Page
}

// ListReturns lists returns, newest first unless the page says otherwise. To an actor that is bound to a connection
// those of others are left out, so that a page may hold fewer than asked for.
func (s Session) ListReturns(ctx context.Context, in ListReturns) (list store.Slice[waybill.Return], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		q := in.Query
		if in.Of != (Ref{}) {
			sh, err := find(tx, in.Of)
			if err != nil {
				return err
			}
			q.Shipment = sh.ID
		}
		if list, err = tx.Returns().Find(q, in.Page); err != nil {
			return err
		}
		list.Items = slices.DeleteFunc(list.Items, func(r waybill.Return) bool { return !usesConnection(s.Actor, r.Provider) })
		return nil
	})
	return list, err
}
