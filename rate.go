package waybill

import "time"

// Charge is one line of a price.
type Charge struct {
	Kind   string // base, fuel, remote_area, residential, signature, insurance, cod, tax, discount, other
	Name   string
	Amount Money
}

// Rate is an offer of a carrier to carry one shipment: an estimate until it is bought.
type Rate struct {
	Service     string // carrier's code
	ServiceName string
	Total       Money // what the carrier will charge
	Charges     []Charge
	TransitDays int // working days; 0 unknown
	Delivery    *time.Time
	Pickup      *time.Time
	Expires     *time.Time
	Token       string // the carrier's id of this offer, handed back when it is bought
	Abilities   []string
}

// Candidate is a rate of one connection on its way through the decision.
type Candidate struct {
	Connection ID
	Provider   Provider
	Rate       Rate
	Sold       Money
	Rejected   string // why it is out; empty: still in
	Rank       int    // 1 is the winner; 0 not ranked
}

// Step is one line of a decision's story, in the order things happened.
type Step struct {
	Stage   string // select, rate, rule, rank, fallback
	Subject string // the rule, connection or service it is about
	Outcome string // matched, not_matched, applied, rejected, failed, chosen…
	Detail  string // in words
}

// Decision is why a shipment goes the way it goes: kept with it for good.
type Decision struct {
	Row
	Shipment   ID
	Attempt    int
	Candidates []Candidate
	Steps      []Step
	Outcome    string // book, hold, ignore, no_provider
	Reason     string
	Printer    string
	ReturnBy   int64 // number of the return service to attach, 0 none
	Fallback   Fallback
	Fixed      bool // the caller or a rule named the service: no other is tried
}

// Fallback is how far a second choice may be from the first (DECISIONS 1: the same or an earlier
// promise and at most 20 % dearer, unless a rule says otherwise).
type Fallback struct {
	Off          bool
	MaxExtra     int64 // per mille over the winner's price
	MaxExtraAbs  *Money
	LaterAllowed bool
	Latest       *time.Time
	Services     []string
	Attempts     int // purchases in all, at most 3
}

// Rule is one of an account's shipping rules, as stored. Package rule gives When and Then their
// meaning; they are JSON so that any builder can edit them.
type Rule struct {
	Row
	Name       string
	Importance int // higher wins
	Suspended  bool
	When       []byte // JSON condition tree
	Then       []byte // JSON list of actions
}
