package store

import (
	"time"

	"waybill"
)

// Deliveries keeps webhook deliveries.
type Deliveries interface {
	Table[waybill.Delivery]
	Of(subscription waybill.ID, state string, limit int) ([]waybill.Delivery, error) // newest first
	About(shipment waybill.ID) ([]waybill.Delivery, error)                           // oldest first
	// Find lists by cursor, as Shipments.Find does.
	Find(DeliveryQuery, Page) (Slice[waybill.Delivery], error)
}

// DeliveryQuery selects deliveries: every member that is set must hold.
type DeliveryQuery struct {
	Subscription waybill.ID
	States       []string
	From, To     time.Time // created, both inclusive
	UpdatedFrom  time.Time
}

// Events reads what happened.
type Events interface {
	// Of lists a shipment's events, oldest first.
	Of(shipment waybill.ID) ([]waybill.Event, error)
	// Since lists events after a cursor ("" from the start), oldest first, and the cursor to go on from: of those that
	// happened at that time or later, where one is given.
	Since(cursor string, at time.Time, limit int) ([]waybill.Event, string, error)
	// Latest is the cursor behind all events there are now; "" when there are none.
	Latest() (string, error)
}

// AuditQuery selects entries of the audit log: every member that is set must hold.
type AuditQuery struct {
	Kind   string
	Record waybill.ID
	From   time.Time // written at that time or later
}

// Audit keeps who changed the set-up. There is no way to change an entry or take one away.
type Audit interface {
	// Add puts an entry at the end. Its id must be new.
	Add(waybill.AuditEntry) error
	// Find lists what the actor sees, newest first unless the page says otherwise.
	Find(AuditQuery, Page) (Slice[waybill.AuditEntry], error)
}
