package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// prepaid refuses a booking before anything else is looked at, where no wallet could pay for it: every connection that
// could make it is paid from a wallet that has less than the connection's floor.
func (s Session) prepaid(ctx context.Context, at Place, service string) error {
	s, err := s.at(ctx, at)
	if err != nil {
		return err
	}
	var set *setup
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return err
	}
	able := s.ableToBook(set, at, service)
	p, err := s.purse(ctx, set.account.ID, able)
	if err != nil {
		return err
	}
	var low error
	for _, c := range able {
		switch {
		case c.Billed != waybill.BilledWallet || p[c.Floor.Currency] >= max(c.Floor.Minor, 0):
			return nil
		case low == nil:
			low = lowBalance(waybill.Money{}, c.Floor)
		}
	}
	return low
}

// ableToBook are the connections that a booking may be made with: of those assigned to the place, or of all where none is
// or the place is not known, those that have the service named. A service that nobody has is found out later, so
// it leaves all of them.
func (s Session) ableToBook(set *setup, at Place, service string) []waybill.Connection {
	able := set.connections
	if l := set.placeOf(at); l != nil && len(l.Connections) > 0 {
		able = nil
		for _, c := range set.connections {
			if slices.Contains(l.Connections, c.ID) {
				able = append(able, c)
			}
		}
	}
	offered := s.offered(set)
	var having []waybill.Connection
	for _, c := range able {
		if slices.ContainsFunc(offered[c.ID], func(v rule.Service) bool { return strings.EqualFold(v.Name, service) }) {
			having = append(having, c)
		}
	}
	if len(having) == 0 {
		return able
	}
	return having
}
