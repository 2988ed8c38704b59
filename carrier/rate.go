package carrier

import (
	"context"
	"slices"

	"waybill"
)

// Quote prices a shipment; empty without an error means that the carrier has nothing for it. A rate
// without a service or a price in a currency is no offer and is left out, and so is one whose price can be none. Errors: Invalid when the
// shipment cannot be asked about, ReasonCarrierAbility, and the carrier's own.
func (c *Carrier) Quote(ctx context.Context, r QuoteRequest) ([]waybill.Rate, error) {
	quoter, ok := c.adapter.(Quoter)
	if !ok {
		return nil, c.lacks("quote", Quotes)
	}
	if err := c.refuse("quote", checkShipment(r.Shipment)); err != nil {
		return nil, err
	}
	if done, err := c.unquoted(ctx, r); done {
		return nil, err
	}
	rates, err := read(about(ctx, "", r.Shipment.ID), c, "quote", quoteTime, func(ctx context.Context) ([]waybill.Rate, error) {
		return quoter.Quote(ctx, r)
	})
	if err != nil {
		return nil, err
	}
	offers := make([]waybill.Rate, 0, len(rates))
	for _, rate := range rates {
		switch {
		case rate.Service == "" || len(rate.Total.Currency) != 3 || beyond(rate):
			if r.Refused != nil && rate.Service != "" {
				r.Refused(rate.Service, "its price of "+rate.Total.String()+" can be none")
			}
			c.log.Warn("rate left out", "op", c.driver.Name+".quote", "service", rate.Service, "total", rate.Total.String())
		case len(r.Services) > 0 && !slices.Contains(r.Services, rate.Service):
		default:
			offers = append(offers, rate)
		}
	}
	return c.thinned(r, offers), nil
}

// beyond reports whether a rate's price, or a line of it, is no price that anything can have. A line may be a
// discount.
func beyond(rate waybill.Rate) bool {
	return rate.Total.Beyond() || slices.ContainsFunc(rate.Charges, func(line waybill.Charge) bool {
		return line.Amount.Minor > waybill.MostMoney || line.Amount.Minor < -waybill.MostMoney
	})
}
