package house

import (
	"context"
	"strings"

	"waybill"
	"waybill/carrier"
)

// pickupPrefix begins the id of every pickup; the key of the request follows.
const pickupPrefix = "PU-"

// Collect confirms any window at no charge: the drivers find their pickups in Waybill.
func (a *Adapter) Collect(_ context.Context, r carrier.CollectRequest) (carrier.Collection, error) {
	if r.Key == "" {
		return carrier.Collection{}, waybill.FieldErrors("house.collect", []waybill.FieldError{{
			Path: "key", Rule: waybill.RuleRequired, Message: "a pickup needs a key to be known by",
		}})
	}
	return carrier.Collection{
		ID: pickupPrefix + r.Key, Ready: r.Ready, Close: r.Close, Price: waybill.Money{Currency: a.card.Currency()},
	}, nil
}

// CancelCollection succeeds for any pickup that Collect could have confirmed: as with Void there is
// nothing to undo here.
func (a *Adapter) CancelCollection(_ context.Context, id string) error {
	if !strings.HasPrefix(id, pickupPrefix) {
		return waybill.E("house.collect", waybill.ReasonUnknownRecord, "%q is no pickup of the house courier", id)
	}
	return nil
}
