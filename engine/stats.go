package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// StatsField is something that shipments are counted by.
type StatsField string

// The closed list of fields.
const (
	StatsBooking  StatsField = "booking"
	StatsTransit  StatsField = "transit"
	StatsCarrier  StatsField = "carrier"
	StatsService  StatsField = "service"
	StatsLocation StatsField = "location"
	StatsAccount  StatsField = "account"
	StatsShipDate StatsField = "ship_date"
)

// StatsFields are all of them.
var StatsFields = []StatsField{StatsBooking, StatsTransit, StatsCarrier, StatsService, StatsLocation, StatsAccount, StatsShipDate}

// CountShipments asks how many shipments there are.
type CountShipments struct {
	By       []StatsField
	From, To string // ship dates, YYYY-MM-DD, both inclusive; empty: open
}

// StatsGroup is how many shipments have the same of what was asked by; the other members are empty. Name is the account's.
type StatsGroup struct {
	store.Tally
	Name string
}

// ShipmentStats is how many there are, in all and in groups, which are in the order of their values.
type ShipmentStats struct {
	By     []StatsField
	Total  int64
	Groups []StatsGroup
}

// CountShipments counts the shipments that the actor sees, its own and those of the children it was granted. It reads
// counters that are kept with every change, and no shipment.
func (s Session) CountShipments(ctx context.Context, in CountShipments) (out ShipmentStats, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	if s.Actor.Connection != "" { // counters do not know whose connection it was
		return out, waybill.E("stats", waybill.ReasonRole, "who is bound to one connection cannot count them all")
	}
	query := store.TallyQuery{From: in.From, To: in.To, ByDay: slices.Contains(in.By, StatsShipDate)}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		tallies, err := tx.Shipments().Tally(query)
		if err != nil {
			return err
		}
		stats := grouped(tallies, in.By)
		for i := range stats.Groups {
			g := &stats.Groups[i]
			if g.Account == "" {
				continue
			}
			account, err := tx.Accounts().Get(g.Account)
			if err != nil {
				return err
			}
			g.Name = account.Name
		}
		out = stats
		return nil
	})
	return out, err
}

func (in CountShipments) check() error {
	var problems []waybill.FieldError
	for _, day := range []struct{ path, value string }{{"query.from", in.From}, {"query.to", in.To}} {
		if _, err := time.Parse(time.DateOnly, day.value); err != nil && day.value != "" {
			problems = append(problems, waybill.FieldError{Path: day.path, Rule: waybill.RuleFormat, Value: day.value, Message: "is no day: write 2027-01-31"})
		}
	}
	return waybill.FieldErrors("stats", problems)
}

// grouped adds up what is the same in all that is asked by.
func grouped(tallies []store.Tally, by []StatsField) ShipmentStats {
	out := ShipmentStats{By: by}
	sums := map[store.Tally]int64{}
	for _, t := range tallies {
		out.Total += t.Count
		var key store.Tally
		for _, field := range by {
			switch field {
			case StatsBooking:
				key.Booking = t.Booking
			case StatsTransit:
				key.Transit = t.Transit
			case StatsCarrier:
				key.Carrier = t.Carrier
			case StatsService:
				key.Service = t.Service
			case StatsLocation:
				key.Location = t.Location
			case StatsAccount:
				key.Account = t.Account
			case StatsShipDate:
				key.Day = t.Day
			}
		}
		sums[key] += t.Count
	}
	for key, n := range sums {
		key.Count = n
		if n != 0 && len(by) > 0 {
			out.Groups = append(out.Groups, StatsGroup{Tally: key})
		}
	}
	slices.SortFunc(out.Groups, func(a, b StatsGroup) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Booking, b.Booking), cmp.Compare(a.Transit, b.Transit),
			strings.Compare(a.Carrier, b.Carrier), strings.Compare(a.Service, b.Service), strings.Compare(a.Location, b.Location))
	})
	return out
}

// mendStep is how many counters are mended in one transaction.
const mendStep = 200

// MendCounts recounts and takes from the counters what they are off by. What is counted meanwhile stays counted: a
// difference is found in one view of everything, and is the same however the counter moves on.
func (s Session) MendCounts(ctx context.Context) (mended []store.Tally, err error) {
	by := s.IDs.New()
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Shipments().Mending(by) })
	if err != nil {
		return nil, err
	}
	off, err := s.RecountShipments(ctx)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(off, mendStep) {
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return tx.Shipments().Mend(by, chunk) })
		if err != nil {
			return mended, err
		}
		mended = append(mended, chunk...)
	}
	return mended, nil
}

// RecountShipments counts the shipments themselves and answers the counters that are off, and by how much: none, when
// all is well. Of many shipments it takes a while.
func (s Session) RecountShipments(ctx context.Context) (off []store.Tally, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		off, err = tx.Shipments().Recount()
		return err
	})
	return off, err
}
