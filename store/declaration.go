package store

import (
	"time"

	"waybill"
)

// Declarations keeps what couriers declared. A number is unique for a client, a licence in an account.
type Declarations interface {
	Child[waybill.Declaration]
	// Find lists by cursor, as Shipments.Find does.
	Find(DeclarationQuery, Page) (Slice[waybill.Declaration], error)
	ByNumber(client waybill.ID, number string) (waybill.Declaration, error)
	ByLicence(account waybill.ID, licence string) (waybill.Declaration, error)
}

// DeclarationQuery selects declarations: every member that is set must hold.
type DeclarationQuery struct {
	Shipment    waybill.ID
	UpdatedFrom time.Time
}
