package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

type walletCmd struct {
	Balance   walletBalance   `cmd:"" help:"Show what the account's wallets hold."`
	TopUp     walletTopUp     `cmd:"" name:"top-up" help:"Book a payment into a wallet, or back out of it."`
	Statement walletStatement `cmd:"" help:"List what moved in a wallet, newest first."`
	Adjust    walletAdjust    `cmd:"" help:"Note what a carrier billed for a purchase after all; the wallet pays or gets the difference."`
	Audit     walletAudit     `cmd:"" help:"Add up all entries of all wallets and compare; it fails when something does not agree."`
}

// money reads an amount as people write it, with no more places than the currency has.
func money(amount, currency string) (waybill.Money, error) {
	d, err := waybill.ParseDecimal(amount)
	currency = strings.ToUpper(strings.TrimSpace(currency))
	if len(currency) != 3 {
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

func inMinor(minor int64, currency string) string {
	return string(waybill.Money{Minor: minor, Currency: currency}.Decimal())
}

type walletBalance struct{}

// Run lists the account's wallets.
func (walletBalance) Run(c *cli) error {
	return ask(c, "wallet.balance", struct{}{}, func(all []waybill.Balance) table {
		t := table{head: []string{"CURRENCY", "AVAILABLE", "HELD", "SPENT", "PAID IN"}}
		for _, b := range all {
			t.rows = append(t.rows, []string{
				b.Currency, inMinor(b.Available, b.Currency), inMinor(b.Held, b.Currency), inMinor(b.Spent, b.Currency), inMinor(-b.Funding, b.Currency),
			})
		}
		return t
	})
}

type walletTopUp struct {
	Amount   string `arg:"" help:"Such as 5000.00."`
	Currency string `arg:"" help:"Three letters, such as INR."`
	Back     bool   `help:"Pay it back to the customer; never more than is available."`
	Cause    string `help:"What for, in words." required:""`
	Key      string `help:"Name of the payment, such as the bank's reference: told twice, it is booked once."`
}

// Run books the payment.
func (a walletTopUp) Run(c *cli) error {
	amount, err := money(a.Amount, a.Currency)
	if err != nil {
		return err
	}
	if amount.Minor < 0 {
		return fmt.Errorf("an amount is not negative: say --back to pay it back")
	}
	if a.Back {
		amount.Minor = -amount.Minor
	}
	return ask(c, "wallet.top-up", app.TopUp{Amount: amount, Cause: a.Cause, Key: a.Key}, moved)
}

// moved says what an entry left.
func moved(e waybill.Entry) table {
	if e.ID == "" {
		return table{text: "nothing was to be paid"}
	}
	return table{text: fmt.Sprintf("%s of %s is booked; %s are available",
		strings.ReplaceAll(string(e.Kind), "_", " "), e.Amount, waybill.Money{Minor: e.After, Currency: e.Amount.Currency})}
}

type walletStatement struct {
	Currency string `arg:"" optional:"" help:"Wallet; needed when there are several."`
	Limit    int    `help:"So many entries." default:"50"`
	After    string `help:"Go on after this cursor, which the last page printed." placeholder:"CURSOR"`
	Oldest   bool   `help:"Oldest first."`
}

// Run lists entries.
func (a walletStatement) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		in := app.Statement{Currency: strings.ToUpper(a.Currency)}
		in.Page = app.Page{Limit: a.Limit, After: a.After, Ascending: a.Oldest}
		if in.Currency == "" {
			var all []waybill.Balance
			if err := desk.Do(ctx, c.Account, "wallet.balance", struct{}{}, &all); err != nil {
				return err
			}
			if len(all) != 1 {
				return fmt.Errorf("the account has %d wallets: say which currency", len(all))
			}
			in.Currency = all[0].Currency
		}
		var out app.WalletStatement
		if err := desk.Do(ctx, c.Account, "wallet.statement", in, &out); err != nil {
			return err
		}
		return c.print(out, entries(out))
	})
}

func entries(out app.WalletStatement) table {
	b := out.Balance
	t := table{
		text: fmt.Sprintf("%s available, %s held", waybill.Money{Minor: b.Available, Currency: b.Currency}, waybill.Money{Minor: b.Held, Currency: b.Currency}),
		head: []string{"NO", "AT", "KIND", "AMOUNT", "AVAILABLE AFTER", "PURCHASE", "BY", "CAUSE"},
	}
	for _, e := range out.Entries.Items {
		t.rows = append(t.rows, []string{
			fmt.Sprint(e.Number), e.Created.Format(time.RFC3339), string(e.Kind), string(e.Amount.Decimal()), inMinor(e.After, b.Currency),
			string(e.Purchase), e.Actor, e.Cause,
		})
	}
	if out.Entries.Next != "" {
		t.text += "; there is more: --after " + out.Entries.Next
	}
	return t
}

type walletAdjust struct {
	Purchase string `arg:"" help:"Purchase: see 'waybill purchase list --state bought'."`
	Amount   string `arg:"" help:"What the carrier billed for it in all."`
	Currency string `arg:"" help:"Three letters."`
	Cause    string `help:"Why, in words." required:""`
}

// Run adjusts a purchase.
func (a walletAdjust) Run(c *cli) error {
	price, err := money(a.Amount, a.Currency)
	if err != nil {
		return err
	}
	return ask(c, "wallet.adjust", app.AdjustPurchase{Purchase: waybill.ID(a.Purchase), Price: price, Cause: a.Cause}, moved)
}

type walletAudit struct{}

// Run audits all wallets of the installation.
func (walletAudit) Run(c *cli) error {
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
