package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// TopUp pays money into the account's wallet; a negative amount pays it back, and never more than is available.
type TopUp struct {
	Amount waybill.Money
	Cause  string // in words: "bank transfer 2026-11-21"
	// Key, when set, names the payment: it is booked once, however often it is told and however late. The same key
	// for another amount is ReasonKeyReused.
	Key string
}

// Statement asks for a wallet's entries.
type Statement struct {
	Currency string
	Since    time.Time // only entries of this time or later
	Page     store.Page
}

// WalletStatement is a wallet's balance with a part of its entries.
type WalletStatement struct {
	Balance waybill.Balance
	Entries store.Slice[waybill.Entry]
}

// AdjustPurchase notes what a carrier really billed for a purchase: the wallet that paid for it pays or gets the
// difference, markup included.
type AdjustPurchase struct {
	Purchase waybill.ID
	Price    waybill.Money // what the carrier billed in all
	Cause    string
}

// TopUp books a payment to or from the account. InsufficientFunds, ReasonBalance for more paid back than is
// available.
func (s Session) TopUp(ctx context.Context, in TopUp) (waybill.Entry, error) {
	if err := s.mayShip("wallet"); err != nil {
		return waybill.Entry{}, err
	}
	if err := in.check(); err != nil {
		return waybill.Entry{}, err
	}
	entry := waybill.Entry{
		Row: waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account}, Kind: waybill.EntryTopUp, Amount: in.Amount, Cause: in.Cause, Actor: s.Actor.Name,
	}
	if in.Key != "" {
		entry.ID = paymentID(s.Actor.Account, in.Key)
	}
	if in.Amount.Minor < 0 {
		entry.Kind, entry.Amount.Minor = waybill.EntryPayOut, -in.Amount.Minor
	}
	known, err := s.payment(ctx, in, entry)
	if known.ID != "" || err != nil {
		return known, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		posted := entry
		if err := tx.Wallet().Post(&posted, 0); err != nil {
			return err
		}
		known = posted
		return s.noteChange(tx, nil, &posted)
	})
	if waybill.ReasonOf(err) == waybill.ReasonTaken { // told twice at the same moment
		return s.payment(ctx, in, entry)
	}
	return known, err
}

func (in TopUp) check() error {
	var problems []waybill.FieldError
	if in.Amount.Minor == 0 || in.Amount.Minor > waybill.MostMoney || in.Amount.Minor < -waybill.MostMoney {
		problems = append(problems, waybill.FieldError{
			Path: "amount", Rule: waybill.RuleRange, Value: in.Amount.String(), Message: "the amount must not be zero, nor beyond all measure",
		})
	}
	if !waybill.KnownCurrency(in.Amount.Currency) {
		problems = append(problems, waybill.FieldError{
			Path: "currency", Rule: waybill.RuleEnum, Value: in.Amount.Currency, Message: "an ISO 4217 code is needed, such as INR",
		})
	}
	if strings.TrimSpace(in.Cause) == "" {
		problems = append(problems, waybill.FieldError{Path: "cause", Rule: waybill.RuleRequired, Message: "an entry needs a cause"})
	}
	return waybill.FieldErrors("wallet", problems)
}

// payment is the entry that a key already stands for; none: it is new.
func (s Session) payment(ctx context.Context, in TopUp, want waybill.Entry) (known waybill.Entry, err error) {
	if in.Key == "" {
		return known, nil
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Wallet().Get(want.ID)
		if waybill.IsCode(err, waybill.NotFound) {
			return nil
		}
		known = found
		return err
	})
	if err == nil && known.ID != "" && (known.Kind != want.Kind || known.Amount != want.Amount || known.Cause != want.Cause) {
		return waybill.Entry{}, waybill.E("wallet", waybill.ReasonKeyReused, "the key was used before, for %s: %s", known.Amount, known.Cause)
	}
	if err == nil && known.ID != "" {
		s.Actor.Subject.Recall()
	}
	return known, err
}

// paymentID is the entry's id that follows from a payment's key, so that the database itself takes it once.
func paymentID(account waybill.ID, key string) waybill.ID {
	sum := sha256.Sum256([]byte("payment\x00" + string(account) + "\x00" + key))
	return waybill.ID(hex.EncodeToString(sum[:12]))
}

// Statement reads a wallet of the account: its balance and a part of its entries. One that was never used is all
// zero.
func (s Session) Statement(ctx context.Context, in Statement) (out WalletStatement, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		balance, err := tx.Wallet().Balance(s.Actor.Account, in.Currency)
		if err != nil {
			return err
		}
		entries, err := tx.Wallet().Entries(s.Actor.Account, in.Currency, in.Since, in.Page)
		if err != nil {
			return err
		}
		out = WalletStatement{balance, entries}
		return nil
	})
	return out, err
}

// Balances lists the wallets that the actor sees, by account and currency.
func (s Session) Balances(ctx context.Context) (list []waybill.Balance, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		list, err = tx.Wallet().Balances()
		return err
	})
	return list, err
}

// Wallets lists those of them that anything moved in at that time or later.
func (s Session) Wallets(ctx context.Context, since time.Time) (list []waybill.Balance, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		list = nil
		all, err := tx.Wallet().Balances()
		for _, b := range all {
			moved, err := tx.Wallet().Entries(b.Account, b.Currency, since, store.Page{Limit: 1})
			if err != nil {
				return err
			}
			if len(moved.Items) > 0 {
				list = append(list, b)
			}
		}
		return err
	})
	return list, err
}

// WalletAudit holds the wallets that the actor sees against their own entries. Flaws is empty when every balance
// is the sum of what moved, and every sum is zero.
type WalletAudit struct {
	Wallets []waybill.Balance
	Flaws   []string
}

// AuditWallets adds up everything that ever moved, wallet by wallet and all together.
func (s Session) AuditWallets(ctx context.Context) (WalletAudit, error) {
	out, err := s.audit(ctx)
	if err != nil {
		return out, err
	}
	seen := map[waybill.ID]bool{}
	for _, b := range out.Wallets {
		if seen[b.Account] {
			continue
		}
		seen[b.Account] = true
		one, err := s.As(waybill.System(b.Account)).audit(ctx) // two faults could make up for each other
		if err != nil {
			return out, err
		}
		for _, flaw := range one.Flaws {
			out.Flaws = append(out.Flaws, "account "+string(b.Account)+": "+flaw)
		}
	}
	return out, nil
}

// audit compares balances and entries of one moment, by currency.
func (s Session) audit(ctx context.Context) (out WalletAudit, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		wallets, err := tx.Wallet().Balances()
		if err != nil {
			return err
		}
		sums, err := tx.Wallet().Sums()
		if err != nil {
			return err
		}
		out = WalletAudit{Wallets: wallets, Flaws: flaws(wallets, sums)}
		return nil
	})
	return out, err
}

func flaws(wallets []waybill.Balance, entries map[string]map[waybill.Book]int64) (list []string) {
	stored := map[string]map[waybill.Book]int64{}
	for _, b := range wallets {
		if b.Sum() != 0 {
			list = append(list, "the books in "+b.Currency+" do not sum to zero")
		}
		if stored[b.Currency] == nil {
			stored[b.Currency] = map[waybill.Book]int64{}
		}
		for book, minor := range map[waybill.Book]int64{
			waybill.BookFunding: b.Funding, waybill.BookAvailable: b.Available, waybill.BookHeld: b.Held, waybill.BookSpent: b.Spent,
		} {
			stored[b.Currency][book] += minor
		}
	}
	for currency := range entries {
		if stored[currency] == nil {
			list = append(list, "there are entries in "+currency+" and no wallet")
		}
	}
	for currency, books := range stored {
		for _, book := range waybill.Books {
			if have, want := books[book], entries[currency][book]; have != want {
				said := func(minor int64) string { return waybill.Money{Minor: minor, Currency: currency}.String() }
				list = append(list, string(book)+" is "+said(have)+", its entries come to "+said(want))
			}
		}
	}
	slices.Sort(list)
	return list
}
