package lynkup

import (
	"waybill/dialect"
	"waybill/engine"
)

// The operations, as fault tables, metrics and logs know them.
const (
	opToken   = "token"
	opCreate  = "create"
	opList    = "list"
	opGet     = "get"
	opEdit    = "edit"
	opCancel  = "cancel"
	opHistory = "history"
	opRetry   = "retry"
)

// externalID is the path parameter that names a shipment: the caller's own orderExternalId.
const externalID = "shipment_external_id"

func routes() dialect.Routes {
	return dialect.Routes{
		"POST /ent-services/security/v1/oauth/token": {Op: opToken, Open: true, Call: dialect.Do(decodeToken, issueToken, encodeToken)},
		"POST /shipments":                                      {Op: opCreate, Call: dialect.Do(decodeCreate, engine.Session.CreateShipment, encodePlaced)},
		"POST /shipments/list":                                 {Op: opList, Call: dialect.Do(decodeList, list, encodeList)},
		"GET /shipments/{shipment_external_id}":                {Op: opGet, Call: dialect.Do(decodeGet, engine.Session.GetShipment, encodeOrder)},
		"PUT /shipments/{shipment_external_id}":                {Op: opEdit, Call: dialect.Do(decodeEdit, engine.Session.EditShipment, encodeOrder)},
		"DELETE /shipments/{shipment_external_id}":             {Op: opCancel, Call: dialect.Do(decodeCancel, engine.Session.CancelShipment, encodeOrder)},
		"GET /shipments/{shipment_external_id}/status-history": {Op: opHistory, Call: dialect.Do(decodeGet, history, encodeHistory)},
		"POST /shipments/{shipment_external_id}/retry":         {Op: opRetry, Call: dialect.Do(decodeRetry, engine.Session.RetryShipment, encodePlaced)},
	}
}

// named is the shipment that the path names.
func named(r *dialect.Request) engine.Ref { return engine.Ref{Reference: r.Params[externalID]} }
