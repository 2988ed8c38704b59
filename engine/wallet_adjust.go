package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// AdjustPurchase notes the price that a carrier bills for a purchase after all. The wallet pays or gets the
// difference, and may come to less than nothing by it; no entry: there was no difference, or no wallet pays.
func (s Session) AdjustPurchase(ctx context.Context, in AdjustPurchase) (waybill.Entry, error) {
	if err := s.mayShip("purchase.adjust"); err != nil {
		return waybill.Entry{}, err
	}
	for try := 1; ; try++ {
		entry, err := s.adjust(ctx, in, nil)
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes {
			continue
		}
		return entry, err
	}
}

// adjust writes another price for a purchase that was made. Lines are what the carrier's price consists of.
func (s Session) adjust(ctx context.Context, in AdjustPurchase, lines []waybill.Charge) (entry waybill.Entry, err error) {
	var connection waybill.Connection
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(in.Purchase)
		if err != nil {
			return err
		}
		connection.ID = p.Connection
		return nil
	})
	if err == nil {
		connection, _, _, err = s.reopen(ctx, connection.ID) // one that is gone has no markup any more: that of then counts
	}
	if err != nil {
		return entry, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Purchases().Get(in.Purchase)
		if err != nil {
			return err
		}
		if err := in.check(p); err != nil {
			return err
		}
		was := p.Sold
		reprice(&p, connection, in.Price, lines)
		receipt := *p.Booking
		receipt.Price = in.Price
		p.Booking = &receipt
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := s.putRebilled(tx, p, was, in.Cause); err != nil || p.Hold == "" || p.Sold == was {
			return err
		}
		beyond := waybill.Money{Minor: p.Sold.Minor - was.Minor, Currency: was.Currency}
		posted := s.entryOf(&p, waybill.EntryAdjustment, beyond, in.Cause)
		if err := tx.Wallet().Post(&posted, 0); err != nil {
			return err
		}
		entry = posted
		return nil
	})
	return entry, err
}

// check refuses a price for what was not bought, and one that the wallet cannot pay in its currency.
func (in AdjustPurchase) check(p waybill.Purchase) error {
	if p.State != waybill.Bought || p.Booking == nil {
		return waybill.E("purchase.adjust", waybill.ReasonNotBookable, "purchase %s is %s; only one that was bought has a price", p.ID, p.State)
	}
	message := ""
	switch {
	case in.Price.Minor < 0 || in.Price.Minor > waybill.MostMoney:
		message = "the price must not be less than zero, nor beyond all measure"
	case in.Price.Currency != p.Booking.Price.Currency || p.Hold != "" && in.Price.Currency != p.Sold.Currency:
		message = "the price must be in " + p.Sold.Currency
	default:
		return nil
	}
	return waybill.FieldErrors("purchase.adjust", []waybill.FieldError{{
		Path: "price", Rule: waybill.RuleRange, Value: in.Price.String(), Message: message,
	}})
}

// putRebilled shows the new price on the shipment or return that was bought, and tells of it.
func (s Session) putRebilled(tx store.Tx, p waybill.Purchase, was waybill.Money, cause string) error {
	if p.Sold == was {
		return nil
	}
	facts := waybill.Facts{Price: &p.Sold, Was: &was, Message: cause}
	if p.Return != "" {
		r, err := tx.Returns().Get(p.Return)
		if err != nil {
			return err
		}
		r.Bought, r.Sold = p.Booking.Price, p.Sold
		if err := tx.Returns().Put(&r); err != nil || r.Shipment == "" {
			return err
		}
	}
	sh, err := tx.Shipments().Get(p.Shipment)
	if err != nil {
		return err
	}
	if p.Return == "" && sh.Purchase == p.ID {
		sh.Bought, sh.Sold, sh.Charges = p.Booking.Price, p.Sold, p.Charges
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
	}
	set, err := s.setup(tx, sh.Account)
	if err != nil {
		return err
	}
	return s.emit(tx, set, waybill.ShipmentRebilled, &sh, facts)
}
