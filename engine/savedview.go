package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// SavedViews are the lists that people of the account want to see again. One that is not shared is its owner's alone.
var SavedViews = Records[waybill.SavedView, waybill.SavedView]{
	table: store.Tx.SavedViews, draft: itself[waybill.SavedView], prepare: prepareView,
	hidden: func(s Session, v waybill.SavedView) bool { return !v.Shared && v.Owner != s.Actor.ID },
	inUse:  func(_ store.Tx, s Session, v waybill.SavedView) error { return s.mayTouch(v) },
}

func prepareView(ctx context.Context, s Session, v waybill.SavedView, row waybill.Row) (waybill.SavedView, error) {
	if row.Version == 0 {
		v.Owner = s.Actor.ID
	}
	return v, firstError(needed("name", v.Name), s.mayTouch(v))
}

// mayTouch lets the owner of a view change it, and whoever may set up.
func (s Session) mayTouch(v waybill.SavedView) error {
	if v.Owner == s.Actor.ID || s.Actor.May(waybill.ScopeSetup) {
		return nil
	}
	return waybill.E("view", waybill.ReasonRole, "somebody else shares this view: who made it may change it, and who may set up")
}
