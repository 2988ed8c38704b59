// Package store is the port to memory: what Waybill asks of a database, and what it promises in turn.
//
// Promises of an implementation:
//   - What Update acknowledged survives kill -9 and power loss; what it refused left nothing behind.
//   - A closure sees one consistent snapshot, plus its own writes, and one time: Tx.Now.
//   - A Tx sees and writes only records whose account its actor sees; another account's record is
//     answered like one that does not exist (NotFound). Where a key, number or reference could mean
//     records of several accounts, the one of the actor's own account is meant.
//   - A record is replaced only if its Version is still the stored one; else Conflict, ReasonVersion.
//   - A unique key in use is Conflict, ReasonTaken (ReasonDuplicate for a shipment's reference).
//   - An error inside a closure is sticky: every later call of the Tx fails, and Update returns it. A
//     reading call's NotFound or Invalid is an answer and dooms nothing.
//   - A record that Put has changed has its Row back as it was when the Update comes to nothing.
//   - A refusal is answered when what it saw is durable, like a success.
//   - Text is compared and sorted by its bytes, times are kept in whole microseconds, in UTC.
//   - Events are read in the order their transactions became visible, none skipped.
//   - A job is held by one worker at a time; finishing it with a stale attempt fails with Conflict.
//     Of a lane's jobs one is out at a time, the oldest; until it is done or buried, also while it waits
//     to be tried again, the others wait.
//   - Too many waiting Updates are TooManyRequests, ReasonQueueFull; a database that is full or read-only is
//     Unavailable, ReasonDiskFull; one that does not answer is Unavailable, ReasonDatabase, and Unsure when
//     it fell silent during the commit.
//
// Promises of a caller: closures do no I/O, hashing or encoding, take under 50 ms, assign variables they
// captured only as their last act (they may run twice), and never call Update inside Update. Every
// record and job has an id of its own before it is stored.
package store

import (
	"context"
	"time"

	"waybill"
)

// Store keeps everything.
type Store interface {
	// View runs the closure on one consistent snapshot. It must not write.
	View(context.Context, waybill.Actor, func(Tx) error) error
	// Update runs the closure; all of it happens or none. When the caller's context ends while the
	// outcome is open, the error is Unsure.
	Update(context.Context, waybill.Actor, func(Tx) error) error
	Queue() Queue
	Blobs() Blobs
	// Scrub has the files hold nothing any more of what was removed or replaced. What it costs is for a job, and no request.
	Scrub(context.Context) error
	// Numbers reserves n consecutive record numbers (gaps are allowed) and answers the first.
	Numbers(ctx context.Context, n int) (int64, error)
	// Ready reports why the store cannot take writes; nil when it can.
	Ready(context.Context) error
	Close() error
}

// Tx is one transaction. Tables of set-up nouns are small and read whole; shipments and what grows
// with them have finders of their own.
type Tx interface {
	Now() time.Time
	Actor() waybill.Actor

	Accounts() Keyed[waybill.Account]           // key: name, unique in the installation; an account belongs to itself
	Users() Keyed[waybill.User]                 // key: e-mail in lower case, unique in the installation
	Clients() Keyed[waybill.Client]             // key: client id, unique in the installation
	APIKeys() Keyed[waybill.APIKey]             // key: hash, unique in the installation; no part of the set-up that Epoch counts
	Brands() Keyed[waybill.Brand]               // key: external id
	Locations() Keyed[waybill.Location]         // key: external id
	Connections() Keyed[waybill.Connection]     // key: external id; a lent one is seen by the borrower too
	Services() Keyed[waybill.Service]           // key: direction/carrier/name
	PackageSizes() Keyed[waybill.PackageSize]   // key: name
	Products() Products                         // key: SKU
	Tags() Keyed[waybill.Tag]                   // key: name
	Addresses() Keyed[waybill.SavedAddress]     // key: reference; no part of the set-up that Epoch counts
	Rules() Keyed[waybill.Rule]                 // key: name; as they were kept before RuleSets, and read where there is none
	RuleDrafts() Keyed[waybill.RuleDraft]       // key: draft; one an account
	Subscriptions() Keyed[waybill.Subscription] // key: name, when it has one
	Logins() Keyed[waybill.Login]               // key: hash, unique in the installation; no part of the set-up that Epoch counts
	SavedViews() Keyed[waybill.SavedView]       // key: name; no part of the set-up that Epoch counts
	Erasures() Keyed[waybill.Erasure]           // key: none; no part of the set-up that Epoch counts
	Registrations() Keyed[waybill.Registration] // key: connection/location; no part of the set-up that Epoch counts
	Proofs() Keyed[waybill.Proof]               // key: connection/mode/kind; no part of the set-up that Epoch counts

	// KeyUsed notes when an API key was last used. The key does not change by it: neither its version nor when it was updated.
	KeyUsed(key waybill.APIKey, at time.Time) error

	Shipments() Shipments
	Decisions() Child[waybill.Decision] // of a shipment
	Purchases() Purchases
	Documents() Child[waybill.Document] // of a shipment
	Returns() Returns
	Pickups() Pickups
	Manifests() Manifests
	Consignments() Consignments
	Declarations() Declarations
	Hooks() Child[waybill.Subscription] // endpoints that hear of one shipment alone
	Pool() Pool
	RuleSets() Versions[waybill.RuleSet]      // of an account; a new one is a change of its set-up
	RateCards() Versions[waybill.CardVersion] // of a connection
	Spending() Spending
	Wallet() Ledger
	Trackers() Trackers
	Deliveries() Deliveries
	Events() Events
	Audit() Audit
	Requests() Requests
	Calls() Calls
	Keys() Keys
	Forgetting() Forgetting

	// Settled is the time before which no record can appear any more; zero where that is so of all times.
	Settled() (time.Time, error)
	// Epoch counts the changes of an account's set-up nouns (parents' loans included): a cache filled at
	// an epoch is good while the epoch stands.
	Epoch(account waybill.ID) (int64, error)
	Emit(waybill.Event) error
	// Enqueue adds a job; one whose Key is already open is quietly not added.
	Enqueue(waybill.Job) error
	// Finish removes a job as part of this transaction; a stale Attempt is Conflict.
	Finish(waybill.Job) error
	// Unqueue removes an open job of the actor's accounts by its key, whoever holds it.
	Unqueue(key string) error
	// Hurry makes due now what waits in a lane: of the actor's accounts, the job about the subject and those before
	// it, or all where the subject is "". Their order stays, and one that a worker holds is left to it. It says whether
	// there is such a job.
	Hurry(lane string, subject waybill.ID) (bool, error)
}

// Table keeps records of one noun.
type Table[T any] interface {
	Get(waybill.ID) (T, error)         // NotFound, ReasonUnknownRecord
	GetMany([]waybill.ID) ([]T, error) // those that exist, in the order asked for
	Put(*T) error                      // Version 0 inserts; else replaces that version. Sets Version, Created and Updated
	Delete(waybill.ID, int64) error    // Conflict when the version moved on
}

// Keyed is a small table of set-up records, unique by key and by number within the account; an empty key
// and number 0 are none. A number that was brought along from elsewhere is not given out by Numbers again.
type Keyed[T any] interface {
	Table[T]
	ByKey(key string) (T, error)
	ByNumber(number int64) (T, error)
	All() ([]T, error) // all that the actor sees, oldest first
}

// Child is a table of records that hang on a shipment.
type Child[T any] interface {
	Table[T]
	Of(shipment waybill.ID) ([]T, error) // oldest first
}

// Order is how shipments are listed.
type Order string

// The sort fields.
const (
	ByCreated Order = "created"
	ByUpdated Order = "updated"
)

// Page asks for a part of a list: newest first unless Ascending. After and Before are cursors of the
// slice that was answered; at most one is set. Offset pages by number (Shiptheory). A cursor is bound to
// the whole query, its times included: who fills in a time from the clock keeps it beside the cursor.
type Page struct {
	Limit     int
	Order     Order
	Ascending bool
	After     string
	Before    string
	Offset    int
	// Settled leaves out of an Ascending list what a write that is still under way may yet come before: who goes on from
	// its end misses nothing.
	Settled bool
}

// Slice is a part of a list, with cursors to what lies after and before it; empty: nothing there. While
// Next (or, going back, Prev) is set the list goes on, even if Items are fewer than asked for, or none:
// where what matches is far between, a page ends early rather than read on.
type Slice[T any] struct {
	Items []T
	Next  string
	Prev  string
}
