package store

import (
	"time"

	"waybill"
)

// Versions keeps what takes effect at a time, by its subject and by a number that counts from 1. They are added, never
// taken away.
type Versions[T any] interface {
	// Put adds a version, whose number must be new: else Conflict, ReasonVersion. Of one that is there it changes
	// whether it was withdrawn.
	Put(*T) error
	Get(subject waybill.ID, edition int64) (T, error)
	// Latest is the highest number; 0: there is none.
	Latest(subject waybill.ID) (int64, error)
	// From lists the version in force at a time, and those that take effect later, in that order. The first is not in
	// force yet where none is.
	From(subject waybill.ID, at time.Time) ([]T, error)
	// Find lists by cursor what changed at a time or later, the newest first unless the page says otherwise.
	Find(subject waybill.ID, since time.Time, page Page) (Slice[T], error)
}

// Spending counts what is bought with connections, by the day and month of UTC. Who may ask about a connection is the
// caller's business: a borrower counts at the lender's.
type Spending interface {
	// Count makes amount what a purchase counts for, at the time of its first count. What would go over a limit, and
	// is more than it counted before, is CarrierRejected, ReasonSpendLimit. Call it late in a closure: others wait.
	Count(connection, purchase waybill.ID, amount waybill.Money, limit waybill.SpendLimit) error
	// Of is what counts at a time, in a currency.
	Of(connection waybill.ID, currency string, at time.Time) (day, month int64, err error)
}
