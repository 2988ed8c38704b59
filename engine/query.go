package engine

import "waybill/store"

// What lists are asked by, under the engine's own name: dialects see the engine and not the store.
type (
	ShipmentQuery = store.ShipmentQuery
	Page          = store.Page
	Term          = store.Term
	State         = store.State
	Order         = store.Order
)

// The sort fields of a list.
const (
	ByCreated = store.ByCreated
	ByUpdated = store.ByUpdated
)

// The fields of a term: what a shipment can be found by besides its columns.
const (
	TermReference2 = store.TermReference2
	TermChannel    = store.TermChannel
	TermCarrier    = store.TermCarrier
	TermCountry    = store.TermCountry
	TermParcels    = store.TermParcels
	TermGrams      = store.TermGrams
	TermValue      = store.TermValue
	TermPostcode   = store.TermPostcode
	TermLine1      = store.TermLine1
	TermLine2      = store.TermLine2
	TermLine3      = store.TermLine3
	TermCity       = store.TermCity
	TermState      = store.TermState
	TermPhone      = store.TermPhone
	TermEmail      = store.TermEmail
	TermCompany    = store.TermCompany
	TermFirst      = store.TermFirst
	TermLast       = store.TermLast
	TermTracking   = store.TermTracking
)

// Fold is how the text of a term is compared: lower case, spaces squeezed, ends trimmed.
func Fold(s string) string { return store.Fold(s) }
