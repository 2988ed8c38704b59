package main

import (
	"time"

	"waybill"
	"waybill/store"
)

// wallets: every hold has ended, once; the books follow from the entries; and what was spent is what the purchases
// have cost. It comes after all shipments.
func (a *audit) wallets() error {
	balances, err := a.tx.Wallet().Balances()
	if err != nil {
		return err
	}
	holds, spent := map[waybill.ID]int{}, int64(0)
	for _, b := range balances {
		slice, err := a.tx.Wallet().Entries(b.Account, b.Currency, time.Time{}, store.Page{Limit: 1_000_000, Ascending: true})
		if err != nil {
			return err
		}
		if b.Sum() != 0 || b.Held != 0 {
			a.t.Errorf("a wallet is %+v", b)
		}
		available := int64(0)
		for n, e := range slice.Items {
			for _, p := range e.Postings {
				if p.Book == waybill.BookAvailable {
					available += p.Minor
				}
			}
			if e.Number != int64(n+1) || e.After != available || available < 0 {
				a.t.Errorf("entry %d, numbered %d, leaves %d and says %d", n+1, e.Number, available, e.After)
			}
			switch {
			case e.Kind == waybill.EntryHold:
				holds[e.ID] += 0
			case e.Hold != "":
				holds[e.Hold]++
			}
		}
		if available != b.Available {
			a.t.Errorf("the entries leave %d, the wallet has %d", available, b.Available)
		}
		spent += b.Spent
	}
	for hold, ends := range holds {
		if ends != 1 {
			a.t.Errorf("the hold %s has %d ends", hold, ends)
		}
	}
	if len(holds) == 0 {
		a.t.Error("nothing was ever paid from a wallet")
	}
	if spent != a.cost || len(holds) != a.held {
		a.t.Errorf("%d were spent by %d holds; the purchases have cost %d by %d", spent, len(holds), a.cost, a.held)
	}
	return nil
}
