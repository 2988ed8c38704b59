package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// GetPurchase reads one purchase.
func (s Session) GetPurchase(ctx context.Context, id waybill.ID) (p waybill.Purchase, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p, err = tx.Purchases().Get(id)
		return err
	})
	return p, err
}

// Hold is money that is set aside, and the purchase that it is set aside for.
type Hold struct {
	Entry    waybill.Entry
	Purchase waybill.Purchase
}

// ListHolds lists what is set aside in the account's wallet of a currency, oldest first: the purchases whose end is not
// known yet.
func (s Session) ListHolds(ctx context.Context, currency string) (list []Hold, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		open, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent, waybill.Unsure, waybill.Stuck}, 1000)
		if err != nil {
			return err
		}
		var found []Hold
		for _, p := range open {
			if p.Hold == "" || p.Booking != nil || p.Account != s.Actor.Account || p.Sold.Currency != currency {
				continue
			}
			entry, err := tx.Wallet().Get(p.Hold)
			if err != nil {
				return err
			}
			found = append(found, Hold{entry, p})
		}
		list = found
		return nil
	})
	return list, err
}
