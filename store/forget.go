package store

import (
	"time"

	"waybill"
)

// Forgetting takes away what need not be kept any longer, in chunks. What money and law need is not in its reach: the
// entries of wallets and the audit log.
type Forgetting interface {
	// Upto is until which creation the shipments of an account have been seen to, for one kind of what is kept.
	Upto(account waybill.ID, kind string) (time.Time, error)
	Reached(account waybill.ID, kind string, upto time.Time) error
	// Events removes events of an account from before a time, the oldest first; Deliveries those that have ended.
	// They answer how many went.
	Events(account waybill.ID, before time.Time, limit int) (int, error)
	Deliveries(account waybill.ID, before time.Time, limit int) (int, error)
	// Rewrite puts an event in the place of the one of its id, shipment and account.
	Rewrite(event waybill.Event) error
	// Requests removes entries of the request log by their ids, and the calls to carriers that they caused.
	Requests(ids []waybill.ID) error
	// Unused are those of the blobs that no document has, but for what is filed under a shipment or belongs to an account.
	Unused(blobs []string, but waybill.ID) ([]string, error)
	// Blobs are those of the documents that Account would remove next.
	Blobs(account waybill.ID, limit int) ([]string, error)
	// Account removes up to limit records of each sort of an account, but for its own record and for what money and
	// law need. It answers how many went: none, and all are gone.
	Account(account waybill.ID, limit int) (int, error)
}
