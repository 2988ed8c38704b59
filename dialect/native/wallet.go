package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// walletOut is what a wallet holds.
type walletOut struct {
	Account   string `json:"account" doc:"Id of the account; one of a child where a parent asks."`
	Currency  string `json:"currency"`
	Available money  `json:"available" doc:"May be spent."`
	Held      money  `json:"held" doc:"Set aside for purchases whose end is not known yet."`
	Spent     money  `json:"spent"`
	PaidIn    money  `json:"paid_in" doc:"Less what was paid out."`
}

// movement is one movement of money.
type movement struct {
	Number    int64     `json:"number" doc:"Counts the wallet's entries, from 1 without a gap."`
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"top_up,pay_out,hold,capture,release,refund,adjustment"`
	Amount    money     `json:"amount"`
	After     money     `json:"available_after"`
	Cause     string    `json:"cause,omitempty"`
	Actor     string    `json:"actor,omitempty"`
	Hold      string    `json:"hold_id,omitempty" doc:"Of a capture or release: the hold that it ends."`
	Purchase  string    `json:"purchase_id,omitempty"`
	Shipment  string    `json:"shipment_id,omitempty"`
	Return    string    `json:"return_id,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

type holdOut struct {
	ID        string    `json:"id"`
	Amount    money     `json:"amount"`
	Purchase  string    `json:"purchase_id"`
	State     string    `json:"state" enum:"intent,unsure,stuck" doc:"Of the purchase."`
	Shipment  string    `json:"shipment_id,omitempty"`
	Return    string    `json:"return_id,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

type holdsIn struct {
	Currency string `path:"currency" pattern:"^[A-Z]{3}$" format:"currency" doc:"ISO 4217." example:"INR"`
	Since
}

type statementIn struct {
	Currency string `path:"currency" pattern:"^[A-Z]{3}$" format:"currency" doc:"ISO 4217." example:"INR"`
	Cursor   string `query:"cursor" maxLength:"1000" doc:"next_cursor or prev_cursor of an answer; sort must be the same."`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most."`
	Sort     string `query:"sort" enum:"created,-created" default:"-created" doc:"- for the newest first."`
	Since
}

type topUpIn struct {
	Currency string `path:"currency" pattern:"^[A-Z]{3}$" format:"currency" doc:"ISO 4217." example:"INR"`
	Body     struct {
		Amount int64  `json:"amount" doc:"In minor units of the wallet's currency, which the path names; below zero it is paid back, and never more than is available." example:"500000"`
		Cause  string `json:"cause" minLength:"1" maxLength:"200" doc:"In words."`
	}
}

func wallets(a *api) {
	const tag = "Wallet"
	op(a, operation{
		ID: "list-wallets", Method: "GET", Path: "/wallets", Tag: tag, Summary: "What is in the account's wallets", Scope: waybill.ScopeRead,
	}, func(_ *call, in *struct{ Since }) (time.Time, error) { return in.UpdatedSince, nil }, engine.Session.Wallets,
		func(_ *call, all []waybill.Balance) *one[list[walletOut]] { return inFull(all, showBalance) })
	op(a, operation{
		ID: "get-statement", Method: "GET", Path: "/wallets/{currency}/entries", Tag: tag, Summary: "The statement of a wallet", Scope: waybill.ScopeRead,
	}, func(_ *call, in *statementIn) (engine.Statement, error) {
		return engine.Statement{Currency: in.Currency, Since: in.UpdatedSince, Page: Paged{Cursor: in.Cursor, Limit: in.Limit, Sort: in.Sort}.page()}, nil
	}, engine.Session.Statement, func(c *call, s engine.WalletStatement) *many[movement] {
		return listed(c, s.Entries.Items, s.Entries.Next, s.Entries.Prev, showMovement)
	})
	op(a, operation{
		ID: "list-holds", Method: "GET", Path: "/wallets/{currency}/holds", Tag: tag, Summary: "What is set aside, and for which purchases", Scope: waybill.ScopeRead,
	}, func(_ *call, in *holdsIn) (since[string], error) {
		return since[string]{in.Currency, in.UpdatedSince}, nil
	},
		changedSince(engine.Session.ListHolds, func(h engine.Hold) time.Time { return h.Purchase.Updated }),
		func(_ *call, all []engine.Hold) *one[list[holdOut]] { return inFull(all, showHold) })
	op(a, operation{
		ID: "top-up-wallet", Method: "POST", Path: "/wallets/{currency}/top-ups", Tag: tag, Summary: "Book a payment", Status: 201, Scope: waybill.ScopeAdmin, Keyed: true,
		About:   "A payment with an Idempotency-Key is booked once, however late it is told again.",
		Example: map[string]any{"amount": 500000, "cause": "bank transfer"},
	}, func(c *call, in *topUpIn) (engine.TopUp, error) {
		e := engine.TopUp{Amount: waybill.Money{Minor: in.Body.Amount, Currency: in.Currency}, Cause: in.Body.Cause}
		if key := c.IdempotencyKey(); key != "" {
			e.Key = Name + " " + key
		}
		return e, nil
	}, engine.Session.TopUp, func(_ *call, e waybill.Entry) *one[movement] { return &one[movement]{showMovement(e)} })
}

func showBalance(b waybill.Balance) walletOut {
	in := func(minor int64) money { return money{minor, b.Currency} }
	return walletOut{string(b.Account), b.Currency, in(b.Available), in(b.Held), in(b.Spent), in(-b.Funding)}
}

func showMovement(e waybill.Entry) movement {
	return movement{
		e.Number, string(e.ID), string(e.Kind), showMoney(e.Amount), money{e.After, e.Amount.Currency}, e.Cause, e.Actor, string(e.Hold), string(e.Purchase), string(e.Shipment),
		string(e.Return), e.Created,
	}
}

func showHold(h engine.Hold) holdOut {
	return holdOut{
		string(h.Entry.ID), showMoney(h.Entry.Amount), string(h.Purchase.ID), string(h.Purchase.State), string(h.Purchase.Shipment),
		string(h.Purchase.Return), h.Entry.Created,
	}
}
