package engine

import (
	"slices"

	"waybill"
)

// sold is what an account pays for what a connection's carrier charges: with the connection's markup, and, when
// it is lent, the lender's.
func sold(price waybill.Money, account waybill.ID, c waybill.Connection) waybill.Money {
	price = price.Plus(c.Markup)
	for _, loan := range c.Lent {
		if loan.Account == account && c.Account != account {
			price = price.Plus(loan.Markup)
		}
	}
	return price
}

// resold is what the account pays when the carrier charges another price than it was sold at: with the markup of
// then, which is the connection's unless that was changed since.
func resold(p waybill.Purchase, c waybill.Connection, price waybill.Money) waybill.Money {
	was := p.Rate.Total
	if p.Booking != nil && p.Booking.Price.Currency != "" {
		was = p.Booking.Price
	}
	if price.Currency != was.Currency || p.Sold.Currency != was.Currency || was.Minor <= 0 || sold(was, p.Account, c) == p.Sold {
		return sold(price, p.Account, c)
	}
	return price.Times(p.Sold.Minor, was.Minor)
}

// reprice notes the price that a carrier really charges, in place of what it had quoted. A wallet pays in its own
// currency: a price in another leaves what was agreed, and so does one that can be none.
func reprice(p *waybill.Purchase, c waybill.Connection, price waybill.Money, lines []waybill.Charge) {
	if price.Currency == "" || price.Beyond() || p.Hold != "" && price.Currency != p.Sold.Currency {
		return
	}
	p.Sold = resold(*p, c, price)
	p.Charges = charges(lines, price, p.Sold)
}

// charges are the lines of a sold price: the carrier's, and the markup. They add up to it.
func charges(lines []waybill.Charge, price, sold waybill.Money) []waybill.Charge {
	sum := waybill.Money{Currency: price.Currency}
	for _, line := range lines {
		if line.Amount.Currency != price.Currency { // not one sum: the price stands for itself
			lines, sum.Minor = nil, 0
			break
		}
		sum.Minor += line.Amount.Minor
	}
	list := slices.Clone(lines)
	add := func(kind, name string, minor int64) {
		if minor != 0 {
			list = append(list, waybill.Charge{Kind: kind, Name: name, Amount: waybill.Money{Minor: minor, Currency: price.Currency}})
		}
	}
	if len(list) == 0 {
		add("base", "Freight", price.Minor)
	} else {
		add("other", "Other charges", price.Minor-sum.Minor)
	}
	add("markup", "Service charge", sold.Minor-price.Minor)
	return list
}
