package engine

import (
	"waybill"
	"waybill/store"
)

// TopUp pays money into the account's wallet; a negative amount pays it back, and never more than is available.
type TopUp struct {
	Amount    waybill.Money
	Cause     string // in words: "bank transfer 2026-11-21"
	Key, Hash string // as in CreateShipment: a top-up is never made twice
}

// Statement asks for a wallet's entries.
type Statement struct {
	Currency string
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
