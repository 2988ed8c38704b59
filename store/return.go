package store

import (
	"time"

	"waybill"
)

// Returns keeps returns; one that stands alone has the shipment "". ByNumber answers NotFound with
// ReasonUnknownRecord.
type Returns interface {
	Child[waybill.Return]
	ByNumber(number int64) (waybill.Return, error)
	ByTracking(number string) ([]waybill.Return, error)
	// Find lists by cursor, as Shipments.Find does.
	Find(ReturnQuery, Page) (Slice[waybill.Return], error)
}

// ReturnQuery selects returns: every member that is set must hold.
type ReturnQuery struct {
	Shipment    waybill.ID
	UpdatedFrom time.Time
}
