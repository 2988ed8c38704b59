package shiplee

import (
	"waybill/dialect"
	"waybill/engine"
)

// The operations, as the fault table, metrics and logs know them.
const (
	opLogin        = "login"
	opOrder        = "order"
	opReverse      = "reverse_order"
	opRates        = "rates"
	opBook         = "create_shipment"
	opReverseBook  = "reverse_create_shipment"
	opAddWarehouse = "add_warehouse"
	opWarehouses   = "get_warehouses"
	opTrack        = "track_shipment"
	opLabel        = "shipping_label"
	opCancel       = "cancel_shipment"
)

// routes are the vendor's endpoints; the last three are ours.
func routes() dialect.Routes {
	return dialect.Routes{
		"POST /login":                   {Op: opLogin, Open: true, Call: dialect.Do(decodeLogin, login, encodeLogin)},
		"POST /order":                   {Op: opOrder, Call: dialect.Do(decodeOrder, engine.Session.CreateShipment, encodeOrder)},
		"POST /reverse_order":           {Op: opReverse, Call: dialect.Do(decodeReverse, engine.Session.DraftReturn, encodeReverse)},
		"POST /rates":                   {Op: opRates, Call: dialect.Do(decodeRates, rates, encodeRates)},
		"POST /create_shipment":         {Op: opBook, Call: dialect.Do(decodeBook, book, encodeBook)},
		"POST /reverse_create_shipment": {Op: opReverseBook, Call: dialect.Do(decodeReverseBook, reverseBook, encodeReverseBook)},
		"POST /add_warehouse":           {Op: opAddWarehouse, Call: dialect.Do(decodeWarehouse, addWarehouse, encodeWarehouse)},
		"GET /get_warehouses":           {Op: opWarehouses, Call: dialect.Do(decodeWarehouses, listWarehouses, encodeWarehouses)},
		"GET /track_shipment":           {Op: opTrack, Call: dialect.Do(decodeTrack, track, encodeTrack)},
		"GET /shipping_label":           {Op: opLabel, Call: dialect.Do(decodeLabel, label, encodeLabel)},
		"POST /cancel_shipment":         {Op: opCancel, Call: dialect.Do(decodeCancel, cancel, encodeCancel)},
	}
}
