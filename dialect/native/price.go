package native

import (
	"cmp"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
)

// unitPrice is what one thing costs. Shops price small things in fractions of the minor unit, and what another API was
// told is not rounded: exact is all of such a price.
type unitPrice struct {
	Amount   int64  `json:"amount" minimum:"0" doc:"In minor units, halves rounded up." example:"1999"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" format:"currency" doc:"ISO 4217. XXX is shown where nobody said one." example:"GBP"`
	Exact    number `json:"exact,omitempty" minimum:"0" doc:"Only of a price with fractions of the minor unit: all of it, in major units. It must round to amount: 20 EUR cents and 0.1995 are one price."`
}

// noCurrency is ISO 4217's word for it.
const noCurrency = "XXX"

const notExact = "expected the price in major units, which rounds to amount"

// Resolve refuses what [money] refuses, and an exact price that is another one.
func (p unitPrice) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	wrong := money{p.Amount, p.Currency}.Resolve(nil, at)
	if exact := (waybill.Amount{Value: waybill.Decimal(p.Exact), Currency: p.Currency}); p.Exact != "" && (exact.Beyond() || exact.Money().Minor != p.Amount) {
		wrong = append(wrong, &huma.ErrorDetail{Location: at.With("exact"), Message: notExact, Value: p.Exact})
	}
	return wrong
}

func (p *unitPrice) decimal() waybill.Decimal {
	switch {
	case p == nil:
		return ""
	case p.Exact != "":
		return waybill.Decimal(p.Exact)
	}
	return waybill.Money{Minor: p.Amount, Currency: p.Currency}.Decimal()
}

// in is the currency of a price, or of the other one.
func (p *unitPrice) in(other *unitPrice) string {
	switch {
	case p != nil:
		return p.Currency
	case other != nil:
		return other.Currency
	}
	return ""
}

func showPrice(price waybill.Decimal, currency string) *unitPrice {
	if price == "" {
		return nil
	}
	m := waybill.Amount{Value: price, Currency: cmp.Or(currency, noCurrency)}.Money()
	shown := &unitPrice{Amount: m.Minor, Currency: m.Currency}
	if !price.Equal(m.Decimal()) {
		shown.Exact = number(price)
	}
	return shown
}

// wrong tells what is wrong with a price.
func (p *unitPrice) wrong(path string) (wrong []waybill.FieldError) {
	if p == nil {
		return nil
	}
	return details(p.Resolve(nil, huma.NewPathBuffer([]byte(path), len(path))))
}

// prices tells what is wrong with what items cost. Which currency a shipment is in the engine knows.
func prices(list []item) (wrong []waybill.FieldError) {
	for n, i := range list {
		path := "items[" + itoa(n) + "]."
		wrong = append(append(wrong, i.Price.wrong(path+"price")...), i.SalePrice.wrong(path+"sale_price")...)
		if i.Price != nil && i.SalePrice != nil && i.Price.Currency != i.SalePrice.Currency {
			wrong = append(wrong, waybill.FieldError{
				Path: path + "sale_price.currency", Rule: waybill.RuleEnum, Value: i.SalePrice.Currency, Limit: i.Price.Currency,
				Message: "both prices of a thing are in one currency, here " + i.Price.Currency,
			})
		}
	}
	return wrong
}
