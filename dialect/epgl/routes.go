package epgl

import (
	"waybill/dialect"
	"waybill/engine"
)

// The operations, as the fault table, metrics and logs know them.
const (
	opToken   = "authenticate"
	opDeclare = "create"
	opInvoice = "issue_invoice"
)

func routes() dialect.Routes {
	return dialect.Routes{
		"POST /api/v1/auth/authenticate":     {Op: opToken, Open: true, Call: dialect.Do(decodeToken, issueToken, encodeToken)},
		"POST /api/v1/shipment/create":       {Op: opDeclare, Call: dialect.Do(decodeDeclare, engine.Session.DeclareShipment, encodeDeclared)},
		"POST /api/v1/shipment/issueInvoice": {Op: opInvoice, Call: dialect.Do(decodeInvoice, issue, encodeInvoiced)},
	}
}
