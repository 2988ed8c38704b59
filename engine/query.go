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
