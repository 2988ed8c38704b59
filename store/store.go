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
	"iter"
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
}

// Slice is a part of a list, with cursors to what lies after and before it; empty: nothing there. While
// Next (or, going back, Prev) is set the list goes on, even if Items are fewer than asked for, or none:
// where what matches is far between, a page ends early rather than read on.
type Slice[T any] struct {
	Items []T
	Next  string
	Prev  string
}

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

// Products keeps what is sold.
type Products interface {
	Keyed[waybill.Product]
	// ByBarcode lists those with a barcode, however it is written, see [Article]: the actor's own first, at most limit.
	ByBarcode(barcode string, limit int) ([]waybill.Product, error)
}

// Purchases keeps purchases.
type Purchases interface {
	Child[waybill.Purchase]
	// InState lists purchases in any of the states, oldest first.
	InState(states []waybill.PurchaseState, limit int) ([]waybill.Purchase, error)
}

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

// Pickups keeps visits of carriers.
type Pickups interface {
	Table[waybill.Pickup]
	// Find lists by cursor, as Shipments.Find does.
	Find(PickupQuery, Page) (Slice[waybill.Pickup], error)
	// Open lists those of a connection to a location on a day that may still come, oldest first. One of them at
	// most is requested or unsure: a second one is Conflict, ReasonTaken.
	Open(connection, location waybill.ID, day string) ([]waybill.Pickup, error)
}

// PickupQuery selects pickups: every member that is set must hold.
type PickupQuery struct {
	Location    waybill.ID
	Connection  waybill.ID
	States      []waybill.PickupState
	UpdatedFrom time.Time
}

// Manifests keeps the lists of what carriers take over.
type Manifests interface {
	Table[waybill.Manifest]
	// Find lists by cursor, as Shipments.Find does.
	Find(ManifestQuery, Page) (Slice[waybill.Manifest], error)
	// Open reads the one of a connection, a location and a day that nobody knows the end of; NotFound when there is none.
	// A second one is Conflict, ReasonTaken.
	Open(account, connection, location waybill.ID, day string) (waybill.Manifest, error)
}

// ManifestQuery selects manifests: every member that is set must hold.
type ManifestQuery struct {
	Location    waybill.ID
	Connection  waybill.ID
	Day         string
	States      []waybill.ManifestState
	UpdatedFrom time.Time
}

// Consignments keeps which booked shipments leave a location on a day, and the one manifest that each is on.
type Consignments interface {
	// Add puts one in. A shipment has one at most: that of a later purchase takes the place of an earlier one's, and the
	// same again changes nothing.
	Add(waybill.Consignment) error
	// Of reads those of the shipments, in no order; a shipment may have none.
	Of(shipments ...waybill.ID) ([]waybill.Consignment, error)
	// Leaving lists those that leave a location, the earliest booked first.
	Leaving(q LeavingQuery, limit int) ([]waybill.Consignment, error)
	// On lists what is on a manifest by the shipments' ids, those after one of them ("" all).
	On(manifest, after waybill.ID, limit int) ([]waybill.Consignment, error)
	// Claim puts shipments, each named once, on a manifest. If any is on one already, or is given up, it is Conflict,
	// ReasonTaken.
	Claim(manifest waybill.ID, shipments []waybill.ID) error
	// Release takes everything off a manifest.
	Release(manifest waybill.ID) error
	// Mark changes the state of one; Conflict, ReasonVersion when its manifest or state are not those that were read.
	Mark(waybill.Consignment, waybill.ConsignmentState) error
	// Warn notes that people are told of what waits, and answers how many of them they had not been told of.
	Warn(LeavingQuery) (int, error)
	// Waiting counts what leaves on any of the days and is on no manifest, by day, connection and location.
	Waiting(days []string) ([]Waiting, error)
}

// LeavingQuery selects what leaves a location with a connection on any of the days: what waits for a manifest, else what
// is on one or given up.
type LeavingQuery struct {
	Account, Connection, Location waybill.ID
	Days                          []string
	Waiting                       bool
}

// Waiting is how much of a connection, a location and a day is on no manifest.
type Waiting struct {
	Account, Connection, Location waybill.ID
	Day                           string
	Shipments, Parcels            int
}

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

// Pool keeps tracking numbers that a carrier handed out ahead of booking, for each connection. A number is
// taken once, whatever becomes of the purchase it is taken for: with the transaction that takes it.
type Pool interface {
	// Add puts numbers in; those that were ever in are quietly left out. Usable is when they may be taken.
	Add(connection waybill.ID, numbers []string, usable time.Time) error
	// Take takes n numbers, the oldest first; fewer are there: none.
	Take(connection waybill.ID, n int) ([]string, error)
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
	Entries(account waybill.ID, currency string, page Page) (Slice[waybill.Entry], error)
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
}

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
	// Since lists events after a cursor ("" from the start), oldest first, and the cursor to go on from.
	Since(cursor string, limit int) ([]waybill.Event, string, error)
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

// Key is an idempotency record: what a caller's key stands for.
type Key struct {
	Account waybill.ID
	Surface string // dialect
	Key     string
	Hash    string // of the decoded input
	Verb    string
	Running bool
	Subject waybill.ID // the outcome
	Reason  waybill.Reason
	Answer  string // what was answered, sealed and in base64, where no record stands for it that can be shown again
	Expires time.Time
}

// Keys keeps idempotency records.
type Keys interface {
	// Get reads a key of the actor's account; one that has expired is not there.
	Get(surface, key string) (Key, bool, error)
	// Put inserts or replaces. A Running key replaces only what this transaction has read, or what has
	// expired: of several who begin at once all but one get Conflict, ReasonKeyRunning.
	Put(Key) error
	Expire(now time.Time, limit int) (int, error)
}

// Queue hands out jobs. It acts for the whole installation. A buried job keeps neither its key nor its lane.
type Queue interface {
	// Claim takes up to n due jobs of the kinds (nil: all), at most one a lane, fair between accounts,
	// and moves their due time on by the lease.
	Claim(ctx context.Context, kinds []waybill.JobKind, n int, lease time.Duration) ([]waybill.Job, error)
	Extend(ctx context.Context, job waybill.Job, lease time.Duration) error
	// Done removes a job whose effect was committed before; a stale Attempt is Conflict.
	Done(ctx context.Context, job waybill.Job) error
	Retry(ctx context.Context, job waybill.Job, at time.Time, why error) error
	Bury(ctx context.Context, job waybill.Job, why error) error
	// NextDue is when the next unburied job is due; zero when there is none.
	NextDue(ctx context.Context, kinds []waybill.JobKind) (time.Time, error)
	// Buried lists jobs given up, newest first. Depth counts open jobs by kind with the oldest due time.
	Buried(ctx context.Context, limit int) ([]waybill.Job, error)
	Depth(ctx context.Context) (map[waybill.JobKind]int, error)
	// Wake is signalled when jobs may be due sooner than thought, here or on another node.
	Wake() <-chan struct{}
}

// Blobs keeps bytes by their SHA-256. Put has them on durable storage before it returns.
type Blobs interface {
	Put(ctx context.Context, data []byte) (sum string, err error)
	Get(ctx context.Context, sum string) ([]byte, error)
	// Delete removes a blob; one that is not there is fine. Nothing may have it.
	Delete(ctx context.Context, sum string) error
}
