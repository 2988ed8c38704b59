package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// How many shipments a back-test looks at, and how many of them in one reading.
const (
	mostBacktest  = 200
	backtestChunk = 20
)

// BacktestRules asks what rules would have decided for the account's last shipments.
type BacktestRules struct {
	RuleChoice     // none: those in force
	Last       int // at most 200
}

// Backtest is what became of it. Differences are the new prices less the old, by currency.
type Backtest struct {
	Cases       []BacktestCase // newest first
	Changed     int
	Differences []waybill.Money
}

// BacktestCase is one shipment: what was decided then, and what the rules would decide on the rates of then.
type BacktestCase struct {
	Shipment   waybill.Shipment
	Then, Now  BacktestOutcome
	Changed    bool
	Difference *waybill.Money // of two bookings in one currency
	NotAsked   []string       // connections that the rules would ask and that told no rate then: they might win
}

// BacktestOutcome is how a decision ended: book with an offer, hold, ignore or no_provider.
type BacktestOutcome struct {
	Outcome string
	Reason  string
	Offer   *waybill.Candidate
}

// BacktestRules asks nobody and changes nothing: it decides anew on the shipments as they are stored and on the rates
// that came in for them.
func (s Session) BacktestRules(ctx context.Context, in BacktestRules) (out Backtest, err error) {
	rules, some, err := s.chosen(ctx, in.RuleChoice)
	if err != nil {
		return out, err
	}
	set, err := s.world(ctx)
	if err != nil {
		return out, err
	}
	if !some {
		rules = set.rules
	}
	page := store.Page{}
	for left := min(max(in.Last, 1), mostBacktest); left > 0; {
		page.Limit = min(left, backtestChunk)
		var slice store.Slice[waybill.Shipment]
		decisions := map[waybill.ID]waybill.Decision{}
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			if slice, err = tx.Shipments().Find(store.ShipmentQuery{}, page); err != nil {
				return err
			}
			for _, sh := range slice.Items {
				all, err := tx.Decisions().Of(sh.ID)
				if err != nil {
					return err
				}
				if len(all) > 0 {
					decisions[sh.ID] = all[len(all)-1]
				}
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		for _, sh := range slice.Items {
			if d, ok := decisions[sh.ID]; ok && sh.Account == set.account.ID {
				out.Cases = append(out.Cases, s.replay(set, rules, sh, d))
			}
		}
		left -= page.Limit
		if page.After = slice.Next; page.After == "" {
			break
		}
	}
	out.sum()
	return out, nil
}

// sum adds the differences up.
func (b *Backtest) sum() {
	for _, c := range b.Cases {
		if c.Changed {
			b.Changed++
		}
		if c.Difference == nil || c.Difference.Minor == 0 {
			continue
		}
		at := slices.IndexFunc(b.Differences, func(m waybill.Money) bool { return m.Currency == c.Difference.Currency })
		if at < 0 {
			at, b.Differences = len(b.Differences), append(b.Differences, waybill.Money{Currency: c.Difference.Currency})
		}
		b.Differences[at].Minor += c.Difference.Minor
	}
}

// replay decides about a shipment once more, at the time and on the rates of then.
func (s Session) replay(set *setup, rules rule.Set, sh waybill.Shipment, d waybill.Decision) BacktestCase {
	c := BacktestCase{Shipment: sh, Then: BacktestOutcome{Outcome: d.Outcome, Reason: d.Reason, Offer: best(d.Candidates)}}
	o := &order{set: set, shipment: sh, location: set.location(sh.Location), anyone: true}
	if o.location == nil {
		o.location = &waybill.Location{}
	}
	asked := o.assigned()
	facts := s.facts(o, asked, d.Created)
	selection := rules.Before(facts)
	var offers []waybill.Candidate
	for _, offer := range d.Candidates {
		if k := set.connection(offer.Connection); k != nil && !strings.HasPrefix(offer.Rejected, walletLow) {
			offer.Rejected, offer.Rank = s.keptOut(set, sh, *k, offer.Rate), 0
			offers = append(offers, offer)
		}
	}
	ranking := rules.After(selection, offers)
	switch {
	case selection.Hold != "" || ranking.Hold != "":
		c.Now = BacktestOutcome{Outcome: outcomeHold, Reason: firstOf(selection.Hold, ranking.Hold)}
	case selection.Ignore != "" || ranking.Ignore != "":
		c.Now = BacktestOutcome{Outcome: outcomeIgnore, Reason: firstOf(selection.Ignore, ranking.Ignore)}
	case best(ranking.Candidates) != nil:
		c.Now = BacktestOutcome{Outcome: outcomeBook, Offer: best(ranking.Candidates)}
	default:
		c.Now = BacktestOutcome{Outcome: outcomeNone, Reason: "none of the rates of then is left"}
	}
	for _, k := range selection.Connections {
		told := slices.ContainsFunc(d.Candidates, func(offer waybill.Candidate) bool { return offer.Connection == k.Provider.Connection })
		if !told && c.Now.Outcome != outcomeHold && c.Now.Outcome != outcomeIgnore {
			c.NotAsked = append(c.NotAsked, k.Provider.ExternalID)
		}
	}
	c.compare()
	return c
}

// compare says whether the two outcomes differ, and by how much.
func (c *BacktestCase) compare() {
	then, now := c.Then.Offer, c.Now.Offer
	c.Changed = c.Then.Outcome != c.Now.Outcome
	if then == nil || now == nil {
		return
	}
	c.Changed = c.Changed || then.Connection != now.Connection || then.Rate.Service != now.Rate.Service
	if then.Sold.Currency == now.Sold.Currency {
		c.Difference = &waybill.Money{Minor: now.Sold.Minor - then.Sold.Minor, Currency: now.Sold.Currency}
	}
}

// best is the offer ranked first; nil: there is none.
func best(offers []waybill.Candidate) *waybill.Candidate {
	for i := range offers {
		if offers[i].Rank == 1 {
			return &offers[i]
		}
	}
	return nil
}
