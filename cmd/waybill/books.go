package main

import (
	"context"
	"fmt"
	"strings"

	"waybill"
	"waybill/app"
)

type booksCmd struct {
	Adjust booksAdjust `cmd:"" help:"Note what a carrier billed for a purchase after all; the wallet pays or gets the difference."`
	Audit  booksAudit  `cmd:"" help:"Add up all entries of all wallets and compare; it fails when something does not agree."`
}

type booksAdjust struct {
	Purchase string `arg:"" help:"Purchase: see 'waybill purchases --state bought'."`
	Amount   string `arg:"" help:"What the carrier billed for it in all."`
	Currency string `arg:"" help:"Three letters."`
	Cause    string `help:"Why, in words." required:""`
}

// Run adjusts a purchase. It is the operator's to do: who borrows a connection does not say what its lender was billed.
func (a booksAdjust) Run(c *cli) error {
	price, err := money(a.Amount, a.Currency)
	if err != nil {
		return err
	}
	return ask(c, "wallet.adjust", app.AdjustPurchase{Purchase: waybill.ID(a.Purchase), Price: price, Cause: a.Cause}, func(e waybill.Entry) table {
		if e.ID == "" {
			return table{text: "nothing was to be paid"}
		}
		return moved(string(e.Kind), e.Amount, e.After)
	})
}

type booksAudit struct{}

// Run audits all wallets of the installation.
func (booksAudit) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var out app.WalletAudit
		if err := desk.Do(ctx, "", "wallet.audit", struct{}{}, &out); err != nil {
			return err
		}
		if err := c.print(out, table{text: fmt.Sprintf("%d wallets, %d flaws", len(out.Wallets), len(out.Flaws))}); err != nil {
			return err
		}
		if len(out.Flaws) > 0 {
			return fmt.Errorf("the books do not agree:\n  %s", strings.Join(out.Flaws, "\n  "))
		}
		return nil
	})
}

// money reads an amount as people write it, with no more places than the currency has.
func money(amount, currency string) (waybill.Money, error) {
	d, err := waybill.ParseDecimal(amount)
	currency = strings.ToUpper(strings.TrimSpace(currency))
	if !waybill.KnownCurrency(currency) {
		return waybill.Money{}, fmt.Errorf("%q is no currency: give an amount and three letters, such as 500.00 INR", currency)
	}
	scale := int64(1)
	for range waybill.Exponent(currency) {
		scale *= 10
	}
	minor, ok := d.Scaled(scale, 1)
	finer, _ := d.Scaled(1000*scale, 1)
	if err != nil || !ok || finer != 1000*minor { // rounded, or beyond all measure
		return waybill.Money{}, fmt.Errorf("%q is no amount in %s, which has %d decimal places", amount, currency, waybill.Exponent(currency))
	}
	return waybill.Money{Minor: minor, Currency: currency}, nil
}
