package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// ListServices lists the account's services of a direction that an unpaused connection offers, with the
// increments of those connections.
func (s Session) ListServices(ctx context.Context, in ListServices) (list []ServiceListing, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		var found []ServiceListing
		for _, service := range set.services {
			if service.Direction != in.Direction || service.Disabled {
				continue
			}
			if increments := set.increments(service); len(increments) > 0 {
				found = append(found, ServiceListing{service, increments})
			}
		}
		list = found
		return nil
	})
	return list, err
}

// increments are the instance numbers of the connections that offer a service.
func (s *setup) increments(service waybill.Service) []int {
	var list []int
	for _, c := range s.connections {
		if c.Carrier == service.Driver && c.Name == service.Carrier && !c.Paused && offers(c, service.Code) {
			list = append(list, max(1, c.Increment))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// offers reports whether a connection has the service enabled.
func offers(c waybill.Connection, code string) bool {
	return len(c.Services) == 0 || slices.Contains(c.Services, code)
}

// secrets unseals a connection's secret settings. A lender's are used on the borrower's behalf and
// shown to nobody.
func (e *Engine) secrets(c waybill.Connection) (carrier.Settings, error) {
	if len(c.Sealed) == 0 {
		return carrier.Settings{}, nil
	}
	plain, err := e.Vault.Open(c.Sealed, secretContext(c.ID))
	if err != nil {
		return nil, err
	}
	return decodeSecrets(plain)
}
