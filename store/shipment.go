package store

import (
	"iter"
	"time"

	"waybill"
)

// ShipmentQuery selects shipments: every member that is set must hold. It is closed: no expression tree.
type ShipmentQuery struct {
	References []string
	Locations  []string // external ids
	Group      string
	Booking    []waybill.Booking
	Transit    []waybill.Transit
	// States selects pairs of both axes: a shipment matches when any pair does. Empty Transit: any.
	States      []State
	CreatedFrom time.Time // inclusive
	CreatedTo   time.Time // inclusive
	UpdatedFrom time.Time
	UpdatedTo   time.Time
	PickupFrom  time.Time // pickup window starts at or after
	DropTo      time.Time // delivery window ends at or before
	// Terms are equality filters on folded (lower-case, single-spaced) values, by term field: see Terms.
	Terms []Term
	// Words are what Wanted makes of a text: of each group a term of the field must begin with one of the values.
	Words [][]Term
}

// State is a pair of both axes.
type State struct {
	Booking waybill.Booking
	Transit waybill.Transit
}

// Term is one searchable value of a shipment.
type Term struct{ Field, Value string }

// Shipments keeps shipments. Get answers NotFound with ReasonUnknownShipment.
type Shipments interface {
	Table[waybill.Shipment]
	ByReference(reference string) (waybill.Shipment, error)
	ByNumber(number int64) (waybill.Shipment, error)
	ByTracking(number string) ([]waybill.Shipment, error)
	// Find lists by cursor. The cursor is bound to query and order: another's is Invalid, ReasonBadCursor.
	Find(ShipmentQuery, Page) (Slice[waybill.Shipment], error)
	// Count counts to max and says whether that is all.
	Count(q ShipmentQuery, max int) (n int, exact bool, err error)
	Each(ShipmentQuery) iter.Seq2[waybill.Shipment, error]
	// Tally says how many there are of each sort, from counters that are kept with every change.
	Tally(TallyQuery) ([]Tally, error)
	// Recount counts the shipments themselves, and answers the counters that are off and by how much.
	Recount() ([]Tally, error)
	// Mending says who mends the counters now, before it has them recounted; Mend takes from them what they are off by.
	// Only who came last may: to another it is Conflict, ReasonTaken.
	Mending(by waybill.ID) error
	Mend(by waybill.ID, off []Tally) error
	// Reindex brings the next n shipments of an earlier version up to date with what they are found by and counted
	// under. Done: there are none left.
	Reindex(n int) (done bool, err error)
}

// Purchases keeps purchases.
type Purchases interface {
	Child[waybill.Purchase]
	// InState lists purchases in any of the states, oldest first.
	InState(states []waybill.PurchaseState, limit int) ([]waybill.Purchase, error)
}

// Pool keeps tracking numbers that a carrier handed out ahead of booking, for each connection. A number is
// taken once, whatever becomes of the purchase it is taken for: with the transaction that takes it.
type Pool interface {
	// Add puts numbers in; those that were ever in are quietly left out. Usable is when they may be taken.
	Add(connection waybill.ID, numbers []string, usable time.Time) error
	// Take takes n numbers, the oldest first; fewer are there: none.
	Take(connection waybill.ID, n int) ([]string, error)
	// Drop takes all that are left, for nobody.
	Drop(connection waybill.ID) error
	// Left counts the numbers that can still be taken, those not usable yet included.
	Left(connection waybill.ID) (int, error)
}

// Ledger keeps wallets. Every entry's postings sum to zero, and so do all books of a wallet, at all times.
type Ledger interface {
	// Post adds an entry to the wallet of its account and currency, which is made with its first. Postings and
	// After are filled in. What takes money that is not available is InsufficientFunds, ReasonBalance, and so
	// is a hold where less than floor is available; adjustments alone may go below zero. A hold that is
	// ended a second time is Conflict, ReasonTaken. It is one guarded statement: call it last in a closure, so
	// that others wait for the wallet's row no longer than they must.
	Post(entry *waybill.Entry, floor int64) error
	Get(waybill.ID) (waybill.Entry, error)
	// Balance of a wallet that does not exist is all zero.
	Balance(account waybill.ID, currency string) (waybill.Balance, error)
	// Balances lists the wallets the actor sees, by account and currency.
	Balances() ([]waybill.Balance, error)
	// Of lists what moved for a purchase, oldest first.
	Of(purchase waybill.ID) ([]waybill.Entry, error)
	// Entries lists a wallet's entries, newest first unless the page says otherwise.
	Entries(account waybill.ID, currency string, since time.Time, page Page) (Slice[waybill.Entry], error)
	// Sums adds up all postings of all wallets the actor sees, by currency, book by book, from the entries and
	// not from the balances: an auditor compares both.
	Sums() (map[string]map[waybill.Book]int64, error)
}

// Trackers keeps what is being followed.
type Trackers interface {
	Child[waybill.Tracker]
	ByNumber(connection waybill.ID, number string) (waybill.Tracker, error)
	// Due lists open trackers of a connection that are due, the longest due first.
	Due(connection waybill.ID, now time.Time, limit int) ([]waybill.Tracker, error)
	// OldestDue is when the connection's next tracker is due; zero when none is open.
	OldestDue(connection waybill.ID) (time.Time, error)
	// Taken answers which of the numbers parcels of a connection have had since a time, whoever's they are: a connection's
	// numbers are one space for all who share it. Until the commit no other Taken answers for the same numbers.
	Taken(connection waybill.ID, numbers []string, since time.Time) ([]string, error)
}
