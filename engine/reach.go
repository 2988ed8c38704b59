package engine

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/geo"
	"waybill/store"
)

// Reach asks to which of some postal codes of a country parcels can be sent with the actor's connection.
type Reach struct {
	Country   string
	Postcodes []string
	From      waybill.Party // where they leave; zero: where parcels of the connection do
}

// reachGrams is the weight of the parcel whose rates are asked for: one that every service takes.
const reachGrams = 1000

// Reach lists those that exist and that a parcel of a kilogram has a rate to, in the order of the question. Only
// carriers that are pure functions are asked for rates; of the others all that exist are listed, since asking them
// thousands of times would cost the account its budget. An actor that is bound to no connection is
// Forbidden, ReasonForeign.
func (s Session) Reach(ctx context.Context, in Reach) ([]string, error) {
	var connection waybill.Connection
	origin := in.From
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		found := set.connectionByKey(s.Actor.Connection)
		if found == nil {
			return foreignConnection(s.Actor.Connection)
		}
		connection = *found
		if at := set.homeOf(s.Actor.Connection); at != nil && in.From.Address == (waybill.Address{}) {
			origin = waybill.Party{Contact: at.Contact, Address: at.Address}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	opened, err := s.open(connection)
	if err != nil {
		return nil, err
	}
	locate(&origin.Address)
	reached := []string{}
	for _, code := range in.Postcodes {
		if geo.Covers(in.Country) {
			if _, exists := geo.Locate(in.Country, code, "", ""); !exists {
				continue
			}
		}
		ok, err := s.reaches(ctx, opened, origin, waybill.Address{Country: in.Country, Postcode: code})
		if err != nil {
			return nil, err
		}
		if ok {
			reached = append(reached, code)
		}
	}
	return reached, nil
}

func (s Session) reaches(ctx context.Context, c *carrier.Carrier, origin waybill.Party, to waybill.Address) (bool, error) {
	if !c.Driver().Local {
		return true, nil
	}
	locate(&to)
	sample := waybill.Shipment{From: origin, To: waybill.Party{Address: to}, Parcels: []waybill.Parcel{{Weight: waybill.WeightOf(reachGrams)}}}
	rates, err := c.Quote(ctx, carrier.QuoteRequest{Shipment: sample, Now: s.Clock.Now()})
	return len(rates) > 0, err
}
