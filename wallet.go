package waybill

// Book is one of the four books of a wallet. Every entry moves money between two of them, so that the
// postings of an entry, and of all entries, sum to zero.
type Book string

// The closed list of books.
const (
	BookFunding   Book = "funding"   // the world outside: what was paid in, as a negative balance
	BookAvailable Book = "available" // what may be spent
	BookHeld      Book = "held"      // set aside for purchases whose end is not known yet
	BookSpent     Book = "spent"     // what carriers were paid
)

// Books lists every book.
var Books = []Book{BookFunding, BookAvailable, BookHeld, BookSpent}

// EntryKind is why money moved.
type EntryKind string

// The closed list of kinds. A hold has exactly one end: a capture or a release.
const (
	EntryTopUp      EntryKind = "top_up"     // paid in
	EntryPayOut     EntryKind = "pay_out"    // paid back to the customer
	EntryHold       EntryKind = "hold"       // set aside before a carrier is called
	EntryCapture    EntryKind = "capture"    // the carrier sold: the hold is spent, what it was too large by is free again
	EntryRelease    EntryKind = "release"    // the carrier did not sell: the hold is free again
	EntryRefund     EntryKind = "refund"     // a purchase was given back
	EntryAdjustment EntryKind = "adjustment" // the carrier charged another amount than was held; may pass the floor
)

// EntryKinds lists every kind.
var EntryKinds = []EntryKind{EntryTopUp, EntryPayOut, EntryHold, EntryCapture, EntryRelease, EntryRefund, EntryAdjustment}

// Posting is one side of an entry: what a book gained (positive) or lost, in minor units.
type Posting struct {
	Book  Book
	Minor int64
}

// Entry is one movement of money in an account's wallet of one currency. Amount is never negative but for an
// adjustment in the customer's favour.
type Entry struct {
	Row
	Kind     EntryKind
	Amount   Money
	Postings []Posting // two or three; they sum to zero
	Hold     ID        // of a capture or release: the hold it ends
	Purchase ID        // whose money it is; empty for what is paid in and out
	Shipment ID
	Return   ID
	Cause    string // in words: what for
	Actor    string // who did it
	After    int64  // what is available after it
}

// Balance is what an account's wallet of one currency holds, in minor units.
type Balance struct {
	Account   ID
	Currency  string
	Funding   int64 // negative: what was paid in, less what was paid out
	Available int64
	Held      int64
	Spent     int64
}

// Sum is always zero.
func (b Balance) Sum() int64 { return b.Funding + b.Available + b.Held + b.Spent }

// Post makes the two or three postings of an entry. Held is the amount of the hold that a capture or release
// ends; of other kinds it is ignored. A capture spends at most what was held: what a carrier charges beyond is
// an adjustment of its own.
func Post(kind EntryKind, minor, held int64) []Posting {
	move := func(from, to Book, minor int64) []Posting { return []Posting{{from, -minor}, {to, minor}} }
	switch kind {
	case EntryTopUp:
		return move(BookFunding, BookAvailable, minor)
	case EntryPayOut:
		return move(BookAvailable, BookFunding, minor)
	case EntryHold:
		return move(BookAvailable, BookHeld, minor)
	case EntryCapture:
		spent := min(minor, held)
		postings := move(BookHeld, BookSpent, spent)
		if rest := held - spent; rest > 0 {
			postings[0].Minor -= rest
			postings = append(postings, Posting{BookAvailable, rest})
		}
		return postings
	case EntryRelease:
		return move(BookHeld, BookAvailable, held)
	case EntryRefund:
		return move(BookSpent, BookAvailable, minor)
	case EntryAdjustment:
		return move(BookAvailable, BookSpent, minor)
	}
	return nil
}
