package engine

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"waybill"
	"waybill/store"
)

// Carriers and customs are told one currency, that of a shipment's value: what is in it is priced in that one too.

// checkPrices refuses prices in another currency than the value's. A value that nobody told is in that of the prices.
func checkPrices(verb string, value *waybill.Amount, items []waybill.Item) error {
	named := func(i waybill.Item) bool { return i.Currency != "" && (i.Price != "" || i.SalePrice != "") }
	if first := slices.IndexFunc(items, named); first >= 0 && (value.Value == "" || value.Currency == "") {
		value.Currency = items[first].Currency
	}
	var wrong []waybill.FieldError
	for i, item := range items {
		if !named(item) || item.Currency == value.Currency {
			continue
		}
		member := "].price.currency"
		if item.Price == "" {
			member = "].sale_price.currency"
		}
		wrong = append(wrong, otherCurrency("items["+itoa(i)+member, item.Currency, value.Currency))
	}
	return waybill.FieldErrors(verb, wrong)
}

// checkRepriced is checkPrices for a change. Prices that it leaves as they were stay in their currency.
func checkRepriced(before waybill.Shipment, now *waybill.Shipment) error {
	if now.Value.Currency == before.Value.Currency && reflect.DeepEqual(now.Items, before.Items) {
		return nil
	}
	if reflect.DeepEqual(now.Items, before.Items) {
		for _, i := range now.Items {
			was := cmp.Or(i.Currency, before.Value.Currency)
			if (i.Price != "" || i.SalePrice != "") && was != "" && was != now.Value.Currency {
				return waybill.FieldErrors("edit", []waybill.FieldError{otherCurrency("value.currency", now.Value.Currency, was)})
			}
		}
	}
	return checkPrices("edit", &now.Value, now.Items)
}

func otherCurrency(path, currency, wanted string) waybill.FieldError {
	return waybill.FieldError{
		Path: path, Rule: waybill.RuleEnum, Value: currency, Limit: wanted, Message: "the value and the prices of a shipment are in one currency, here " + wanted,
	}
}

// ownCurrency is what amounts without a currency are in.
func (s Session) ownCurrency(ctx context.Context) (currency string, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		o := &order{set: set, location: set.home()}
		if o.location != nil {
			o.shipment.From.Address = o.location.Address
		}
		currency = o.currency()
		return nil
	})
	return currency, err
}

// inCurrency gives a product's price the currency that is meant where it names none, so that it is still in that one when
// the account has another.
func inCurrency(p *waybill.Product, meant string) {
	if p.Price != "" && p.Currency == "" {
		p.Currency = meant
	}
}
