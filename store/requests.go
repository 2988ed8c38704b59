package store

import (
	"time"

	"waybill"
)

// RequestQuery selects entries of the request log: every member that is set must hold.
type RequestQuery struct {
	Dialect   string
	Operation string
	Actor     waybill.ID // user, client or key
	RequestID string
	Shipment  waybill.ID
	Reference string
	StatusMin int // 400 and 499 are all refusals
	StatusMax int
	From, To  time.Time // came in, both inclusive
}

// Requests keeps the log of requests. Entries are added, and go when they are old; nothing changes them.
type Requests interface {
	// Add puts entries in. Their ids, accounts and times are as given.
	Add([]waybill.APIRequest) error
	Get(waybill.ID) (waybill.APIRequest, error) // NotFound, ReasonUnknownRecord
	// Find lists by cursor, as Shipments.Find does, the newest first unless Ascending. An actor of the installation finds
	// what came from nobody known.
	Find(RequestQuery, Page) (Slice[waybill.APIRequest], error)
	// Expire removes entries that came in before a time, at most limit of them, of an account (empty: of all); it answers how many.
	Expire(account waybill.ID, before time.Time, limit int) (int, error)
	// Erase removes the entries about a shipment; it answers how many.
	Erase(shipment waybill.ID) (int, error)
}

// CallQuery selects calls to carriers: every member that is set must hold. One of the first two is.
type CallQuery struct {
	Request  waybill.ID
	Shipment waybill.ID
}

// Calls keeps the log of calls to carriers.
type Calls interface {
	Add([]waybill.CarrierCall) error
	Get(waybill.ID) (waybill.CarrierCall, error) // NotFound, ReasonUnknownRecord
	// Of lists calls, oldest first, at most limit.
	Of(q CallQuery, limit int) ([]waybill.CarrierCall, error)
	// Recent answers how the latest calls since a time went, the newest first, at most limit.
	Recent(since time.Time, limit int) ([]CallOutcome, error)
	Expire(account waybill.ID, before time.Time, limit int) (int, error)
	Erase(shipment waybill.ID) (int, error)
}

// CallOutcome is how one call to a carrier went.
type CallOutcome struct {
	Account    waybill.ID // whose connection it is
	Connection waybill.ID
	Carrier    string
	Operation  string
	Failed     bool // the carrier's side failed
	Refused    bool // it said no
	Took       time.Duration
}

// Pulse is how an installation stands, for whoever watches it: nothing of an account in particular. Zero times: there is
// none such.
type Pulse struct {
	OldestUnsettled time.Time // the oldest purchase that was reserved and is not known to be bought or refused
	StuckPurchases  int       // that a person must decide
	OldestDue       time.Time // the job that has been due for longest, or the next to come
	BuriedJobs      int       // given up
	DeadEndpoints   int       // webhook endpoints that were paused because nothing arrived
	DeadLetters     int       // deliveries given up; counted to 10,000
	OldestPoll      time.Time // the open tracker of a polled connection that has been due for longest, or the next to come
	LastBackup      time.Time
}
