package main

import (
	"context"
	"fmt"
	"strings"

	"waybill"
	"waybill/client"
)

type walletCmd struct {
	Balance walletBalance `cmd:"" default:"withargs" help:"Show what the account's wallets hold."`
	Entries walletEntries `cmd:"" help:"List what moved in a wallet, newest first."`
	Holds   walletHolds   `cmd:"" help:"List what is set aside, and for which purchases."`
	TopUp   walletTopUp   `cmd:"" name:"top-up" help:"Book a payment into a wallet, or back out of it."`
}

// figure is an amount without its currency, which the line names.
func figure(m client.Money) string {
	return string(waybill.Money{Minor: m.Amount, Currency: m.Currency}.Decimal())
}

type walletBalance struct{}

// Run lists the account's wallets.
func (walletBalance) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListWalletOut, error) {
		return api.ListWallets(ctx, client.ListWalletsParams{}, opt)
	}, func(list *client.ListWalletOut) table {
		t := table{head: []string{"CURRENCY", "AVAILABLE", "HELD", "SPENT", "PAID IN"}}
		for _, w := range list.Items {
			t.rows = append(t.rows, []string{
				w.Currency, figure(w.Available), figure(w.Held), figure(w.Spent), figure(w.PaidIn),
			})
		}
		return t
	})
}

// purse names a wallet; the account's only one needs no name.
type purse struct {
	Currency string `arg:"" optional:"" help:"Wallet, such as INR; needed when there are several."`
}

// currency finds out which is meant.
func (p purse) currency(ctx context.Context, api *client.Client) (string, error) {
	if p.Currency != "" {
		return strings.ToUpper(p.Currency), nil
	}
	list, err := api.ListWallets(ctx, client.ListWalletsParams{})
	switch {
	case err != nil:
		return "", err
	case len(list.Items) != 1:
		return "", fmt.Errorf("the account has %d wallets: say which currency", len(list.Items))
	}
	return list.Items[0].Currency, nil
}

type walletEntries struct {
	purse
	Oldest bool `help:"Oldest first."`
	part
}

// Run lists entries.
func (a walletEntries) Run(c *cli) error {
	params := client.GetStatementParams{Limit: a.Limit, Cursor: a.After}
	if a.Oldest {
		params.Sort = "created"
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListMovement, error) {
		currency, err := a.currency(ctx, api)
		if err != nil {
			return nil, err
		}
		return api.GetStatement(ctx, currency, params, opt)
	}, func(list *client.ListMovement) table {
		t := table{head: []string{"NO", "AT", "KIND", "AMOUNT", "AVAILABLE AFTER", "PURCHASE", "BY", "CAUSE"}}
		for _, m := range list.Items {
			t.rows = append(t.rows, []string{
				fmt.Sprint(m.Number), moment(&m.CreatedAt), m.Kind, price(&m.Amount), figure(m.AvailableAfter), m.PurchaseID, m.Actor, m.Cause,
			})
		}
		return t.continued(list.NextCursor)
	})
}

type walletHolds struct{ purse }

// Run lists holds.
func (a walletHolds) Run(c *cli) error {
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListHoldOut, error) {
		currency, err := a.currency(ctx, api)
		if err != nil {
			return nil, err
		}
		return api.ListHolds(ctx, currency, client.ListHoldsParams{}, opt)
	}, func(list *client.ListHoldOut) table {
		t := table{head: []string{"HOLD", "AT", "AMOUNT", "PURCHASE", "STATE", "SHIPMENT"}}
		for _, h := range list.Items {
			t.rows = append(t.rows, []string{h.ID, moment(&h.CreatedAt), price(&h.Amount), h.PurchaseID, h.State, h.ShipmentID})
		}
		return t
	})
}

type walletTopUp struct {
	Amount   string `arg:"" help:"Such as 5000.00."`
	Currency string `arg:"" help:"Three letters, such as INR."`
	Back     bool   `help:"Pay it back to the customer; never more than is available."`
	Cause    string `help:"What for, in words." required:""`
	Key      string `help:"Name of the payment, such as the bank's reference: told twice, it is booked once." placeholder:"TEXT"`
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
	body := client.TopUpInBody{Amount: amount.Minor, Cause: a.Cause}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.Movement, error) {
		return api.TopUpWallet(ctx, amount.Currency, body, opt, client.WithKey(a.Key))
	}, func(m *client.Movement) table {
		return moved(m.Kind, waybill.Money{Minor: m.Amount.Amount, Currency: m.Amount.Currency}, m.AvailableAfter.Amount)
	})
}

// moved says what an entry left.
func moved(kind string, amount waybill.Money, after int64) table {
	return table{text: fmt.Sprintf("%s of %s is booked; %s are available",
		strings.ReplaceAll(kind, "_", " "), amount, waybill.Money{Minor: after, Currency: amount.Currency})}
}
