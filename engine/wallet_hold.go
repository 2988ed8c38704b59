package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// How a purchase is paid from the account's wallet: held before the carrier is called, captured when it sold,
// released when it did not, refunded when it was given back. Each is the last act of the transaction that makes
// it true, since it locks the wallet's row. All of them leave a purchase alone that no wallet pays for.

// validBilling refuses a connection that is billed to a wallet without saying in which currency.
func validBilling(c waybill.Connection) error {
	var problems []waybill.FieldError
	wrong := func(path string, rule waybill.FieldRule, value, message string) {
		problems = append(problems, waybill.FieldError{Path: path, Rule: rule, Value: value, Message: message})
	}
	switch {
	case c.Billed != "" && c.Billed != waybill.BilledWallet:
		wrong("billed", waybill.RuleEnum, c.Billed, "a connection is billed to the wallet or not at all")
	case c.Billed == "":
	case !waybill.KnownCurrency(c.Floor.Currency):
		wrong("floor", waybill.RuleRequired, c.Floor.Currency, "a floor with its currency is needed, such as 0 EUR")
	case c.Floor.Minor < 0 || c.Floor.Minor > waybill.MostMoney:
		wrong("floor", waybill.RuleRange, c.Floor.String(), "the floor must not be less than zero, nor beyond all measure")
	}
	return waybill.FieldErrors("connection", problems)
}

// billed marks a purchase that the account's wallet pays for, when it is made. One whose price is not known yet
// holds nothing, needs the floor all the same, and is charged when the price is.
func (s Session) billed(p *waybill.Purchase, c waybill.Connection) {
	if c.Billed != waybill.BilledWallet {
		return
	}
	if p.Sold == (waybill.Money{}) {
		p.Sold.Currency = c.Floor.Currency
	}
	if p.Sold.Currency == c.Floor.Currency {
		p.Hold = s.IDs.New()
	}
}

// hold sets the price aside; InsufficientFunds, ReasonBalance when less than the price or than the connection's
// floor is available.
func (s Session) hold(tx store.Tx, p *waybill.Purchase, c waybill.Connection) error {
	if err := s.count(tx, p, c); err != nil {
		return err
	}
	if p.Hold == "" || c.Billed != waybill.BilledWallet {
		return nil
	}
	entry := s.entryOf(p, waybill.EntryHold, p.Sold, "booked with "+firstOf(c.DisplayName, c.Name))
	entry.ID = p.Hold
	err := tx.Wallet().Post(&entry, c.Floor.Minor)
	if waybill.ReasonOf(err) == waybill.ReasonBalance {
		return lowBalance(p.Sold, c.Floor)
	}
	return err
}

// walletLow begins every sentence that says so.
const walletLow = "the wallet holds less than"

// lowBalance is the refusal of a booking that the wallet does not allow.
func lowBalance(price, floor waybill.Money) *waybill.Error {
	need := waybill.Money{Minor: max(price.Minor, floor.Minor), Currency: floor.Currency}
	e := waybill.E("wallet", waybill.ReasonBalance, walletLow+" the %s that are needed", need)
	e.Fields = []waybill.FieldError{{Path: "wallet", Rule: waybill.RuleRange, Limit: string(need.Decimal()), Message: e.Message}}
	return e
}

// capture spends what was held for a purchase. What the carrier charged beyond is taken too, even if the wallet
// has less: the parcel is on its way.
func (s Session) capture(tx store.Tx, p *waybill.Purchase) error {
	if err := s.recount(tx, p); err != nil {
		return err
	}
	if p.Hold == "" {
		return nil
	}
	held, err := tx.Wallet().Get(p.Hold)
	if err != nil {
		return err
	}
	entry := s.entryOf(p, waybill.EntryCapture, p.Sold, "booked")
	entry.Hold = p.Hold
	if err := tx.Wallet().Post(&entry, 0); err != nil || p.Sold.Minor <= held.Amount.Minor {
		return err
	}
	beyond := p.Sold
	beyond.Minor -= held.Amount.Minor
	more := s.entryOf(p, waybill.EntryAdjustment, beyond, "the carrier charged more than it had quoted")
	return tx.Wallet().Post(&more, 0)
}

// release frees what was held for a purchase that did not happen.
func (s Session) release(tx store.Tx, p *waybill.Purchase) error {
	if err := s.recount(tx, p); err != nil {
		return err
	}
	if p.Hold == "" {
		return nil
	}
	entry := s.entryOf(p, waybill.EntryRelease, waybill.Money{Currency: p.Sold.Currency}, "not booked")
	entry.Hold = p.Hold
	return tx.Wallet().Post(&entry, 0)
}

// givenBack is why a purchase is refunded that its carrier took back.
const givenBack = "cancelled"

// refund gives back all that a purchase has cost; a purchase that cost nothing, or was refunded, changes nothing.
func (s Session) refund(tx store.Tx, p *waybill.Purchase, cause string) error {
	if err := s.recount(tx, p); err != nil {
		return err
	}
	if p.Hold == "" {
		return nil
	}
	entries, err := tx.Wallet().Of(p.ID)
	if err != nil {
		return err
	}
	spent := waybill.Money{Currency: p.Sold.Currency}
	for _, e := range entries {
		for _, posting := range e.Postings {
			if posting.Book == waybill.BookSpent {
				spent.Minor += posting.Minor
			}
		}
	}
	if spent.Minor <= 0 {
		return nil
	}
	entry := s.entryOf(p, waybill.EntryRefund, spent, cause)
	return tx.Wallet().Post(&entry, 0)
}

func (s Session) entryOf(p *waybill.Purchase, kind waybill.EntryKind, amount waybill.Money, cause string) waybill.Entry {
	return waybill.Entry{
		Row: waybill.Row{ID: s.IDs.New(), Account: p.Account}, Kind: kind, Amount: amount,
		Purchase: p.ID, Shipment: p.Shipment, Return: p.Return, Cause: cause, Actor: s.Actor.Name,
	}
}

// pay moves the wallet from what is stored of an attempt to what is being stored: purchases that were closed
// free their holds, the one that was opened gets its own, and one that sold is spent.
func (s Session) pay(tx store.Tx, a *attempt, p *waybill.Purchase) error {
	for i := range a.closed {
		if err := s.release(tx, &a.closed[i]); err != nil {
			return err
		}
	}
	if p.ID == "" || p.State == a.state {
		return nil
	}
	if a.state == "" && p.State != waybill.Refused {
		if err := s.hold(tx, p, a.connection); err != nil {
			return err
		}
	}
	switch p.State {
	case waybill.Bought:
		return s.capture(tx, p)
	case waybill.Refused:
		return s.release(tx, p)
	}
	return nil
}

// purse is what an account's wallets have available, by currency, as far as its connections are billed to them.
type purse map[string]int64

func (s Session) purse(ctx context.Context, account waybill.ID, connections []waybill.Connection) (purse, error) {
	currencies := map[string]bool{}
	for _, c := range connections {
		if c.Billed == waybill.BilledWallet {
			currencies[c.Floor.Currency] = true
		}
	}
	if len(currencies) == 0 {
		return nil, nil
	}
	var found purse
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p := purse{}
		for currency := range currencies {
			b, err := tx.Wallet().Balance(account, currency)
			if err != nil {
				return err
			}
			p[currency] = b.Available
		}
		found = p
		return nil
	})
	return found, err
}

// refuses says why the wallet cannot pay a connection's price; empty: it can, or need not.
func (p purse) refuses(c waybill.Connection, price waybill.Money) string {
	switch {
	case c.Billed != waybill.BilledWallet:
		return ""
	case price.Currency != c.Floor.Currency:
		return "its price is in " + price.Currency + ", the wallet is in " + c.Floor.Currency
	case p[c.Floor.Currency] < max(price.Minor, c.Floor.Minor):
		return waybill.AsError(lowBalance(price, c.Floor)).Message
	}
	return ""
}
