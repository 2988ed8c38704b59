package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// What is bought with a connection counts against its limit from the write that reserves the purchase, at the
// carrier's price, until the purchase is refused or given back. The counter is moved by one guarded statement in that
// write, so that of many who buy at once none goes over.

// nearLimit is the share of a limit, in per cent, from which its reader is warned.
const nearLimit = 80

// validSpend refuses a limit that cannot be kept.
func validSpend(l waybill.SpendLimit) error {
	switch {
	case l.Day < 0 || l.Day > waybill.MostMoney || l.Month < 0 || l.Month > waybill.MostMoney:
		return wrongField("spend_limit", waybill.RuleRange, "", "a limit must not be less than zero, nor beyond all measure")
	case l.Set() && !waybill.KnownCurrency(l.Currency):
		return wrongField("spend_limit.currency", waybill.RuleRequired, l.Currency, "a limit needs its currency, a code of ISO 4217")
	}
	return nil
}

// count reserves what a new purchase costs; CarrierRejected, ReasonSpendLimit when the connection's limit does not
// allow it.
func (s Session) count(tx store.Tx, p *waybill.Purchase, c waybill.Connection) error {
	if !p.Counted {
		return nil
	}
	err := tx.Spending().Count(p.Connection, p.ID, p.Rate.Total, c.Spend)
	if waybill.ReasonOf(err) == waybill.ReasonSpendLimit {
		return waybill.E("spend", waybill.ReasonSpendLimit, "the spend limit of %s does not allow it", firstOf(c.DisplayName, c.Name))
	}
	return err
}

// recount makes what a purchase counts for what it has cost in the end.
func (s Session) recount(tx store.Tx, p *waybill.Purchase) error {
	if !p.Counted {
		return nil
	}
	cost := p.Rate.Total
	if b := p.Booking; b != nil && b.Price.Currency != "" && !b.Price.Beyond() {
		cost = b.Price
	}
	if p.State == waybill.Refused || p.State == waybill.Voided {
		cost.Minor = 0
	}
	return tx.Spending().Count(p.Connection, p.ID, cost, waybill.SpendLimit{})
}

// Spent is how far the limits of a connection are used up. A limit of 0 is none.
type Spent struct {
	Connection waybill.Connection
	Limit      waybill.SpendLimit
	Day, Month int64     // bought so far, in minor units of the limit's currency
	At         time.Time // of the counters
	DayNear    bool      // 80 per cent or more of the limit
	MonthNear  bool
}

// Spending reads how far a connection's limits are used up. A lender's are nobody else's business.
func (s Session) Spending(ctx context.Context, ref RecordRef) (out Spent, err error) {
	c, err := Connections.find(s, ctx, ref)
	if err == nil {
		_, err = s.owner(c.Row)
	}
	if err != nil {
		return out, err
	}
	out = Spent{Connection: c, Limit: c.Spend}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		day, month, err := tx.Spending().Of(c.ID, c.Spend.Currency, tx.Now())
		out.Day, out.Month, out.At = day, month, tx.Now()
		return err
	})
	near := func(spent, limit int64) bool {
		return limit > 0 && waybill.Multiply(spent, 100) >= waybill.Multiply(limit, nearLimit)
	}
	out.DayNear, out.MonthNear = near(out.Day, c.Spend.Day), near(out.Month, c.Spend.Month)
	return out, err
}

// headroom is what may still be bought with connections that have a limit.
type headroom map[waybill.ID]int64

func (s Session) headroom(ctx context.Context, connections []waybill.Connection) (left headroom, err error) {
	if !slices.ContainsFunc(connections, func(c waybill.Connection) bool { return c.Spend.Set() }) {
		return nil, nil
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found := headroom{}
		for _, c := range connections {
			if !c.Spend.Set() {
				continue
			}
			day, month, err := tx.Spending().Of(c.ID, c.Spend.Currency, tx.Now())
			if err != nil {
				return err
			}
			found[c.ID] = waybill.MostMoney
			if c.Spend.Day > 0 {
				found[c.ID] = c.Spend.Day - day
			}
			if c.Spend.Month > 0 {
				found[c.ID] = min(found[c.ID], c.Spend.Month-month)
			}
		}
		left = found
		return nil
	})
	return left, err
}

// spentUp begins every sentence that says so. It names no amount: a borrower must not learn what the lender pays.
const spentUp = "its spend limit"

// unspent takes out connections whose limit is reached.
func (s Session) unspent(ctx context.Context, asked []waybill.Connection, missing []Missing) ([]waybill.Connection, []Missing) {
	left, err := s.headroom(ctx, asked)
	if err != nil {
		s.Log.Error("what was spent cannot be read", "error", waybill.Logged(err))
	}
	if left == nil {
		return asked, missing
	}
	var list []waybill.Connection
	for _, c := range asked {
		if c.Spend.Set() && left[c.ID] <= 0 {
			missing = append(missing, idleMissing(c, spentUp+" is reached"))
			continue
		}
		list = append(list, c)
	}
	return list, missing
}

// refuses says why a price cannot be bought within a connection's limit; empty: it can.
func (h headroom) refuses(c waybill.Connection, price waybill.Money) string {
	switch {
	case h == nil || !c.Spend.Set():
		return ""
	case price.Currency != c.Spend.Currency:
		return "its price is in " + price.Currency + ", the spend limit in " + c.Spend.Currency
	case h[c.ID] < price.Minor:
		return spentUp + " does not allow it"
	}
	return ""
}
