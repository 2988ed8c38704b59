package waybill

import (
	"slices"
	"strings"
	"time"
)

// Charge is one line of a price.
type Charge struct {
	Kind   string // base, fuel, remote_area, residential, signature, insurance, cod, tax, markup, discount, other
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
	Chargeable  int64    // grams the price rests on: the larger of physical and volumetric; 0 unknown
	Token       string   // the carrier's id of this offer, handed back when it is bought
	Abilities   []string // options the service can carry out: see [CanSignature] and those after it
}

// Abilities: what a service must list to carry a shipment whose options ask for it. A temperature
// other than [CanCold] is asked for by the caller's own word.
const (
	CanSignature  = "signature"
	CanAdult      = "adult_signature"
	CanInsurance  = "insurance"
	CanCOD        = "cod"
	CanCold       = "refrigerated"
	CanDangerous  = "dangerous_goods"
	CanMultiPiece = "multi_piece"
	CanPIN        = "pin"
	CanDispose    = "undeliverable_dispose"
	CanDonate     = "undeliverable_donate"
)

// Signatures are the words for what the deliverer brings back, in our own API. Vendors' callers have words of their own.
var Signatures = []string{"not_required", "required", "adult"}

// Needs lists the abilities that a shipment's options ask of a service, each once. A temperature is asked for
// by the caller's own word in small letters; "none" and "ambient" ask for nothing. A signature in any word
// but "", "none" and "not_required" is one; one that names an adult is an adult's.
func (s *Shipment) Needs() []string {
	var list []string
	add := func(asked bool, ability string) {
		if asked && !slices.Contains(list, ability) {
			list = append(list, ability)
		}
	}
	signature := strings.ToLower(s.Options.Signature)
	adult := strings.Contains(signature, "adult")
	add(adult, CanAdult)
	add(!adult && signature != "" && signature != "none" && signature != "not_required", CanSignature)
	add(s.Options.Insurance.Value.Positive(), CanInsurance)
	add(s.Options.COD.Value.Positive(), CanCOD)
	warm := func(word string) bool { return word == "" || word == "none" || word == "ambient" }
	word := strings.ToLower(s.Options.Temperature)
	add(!warm(word), word)
	for i := range s.Parcels {
		word = strings.ToLower(s.Parcels[i].Temperature)
		add(!warm(word), word)
	}
	add(s.Options.DangerousGoods, CanDangerous)
	add(s.Options.PIN, CanPIN)
	add(s.Options.Undeliverable == UndeliverableDispose, CanDispose)
	add(s.Options.Undeliverable == UndeliverableDonate, CanDonate)
	add(len(s.Parcels) > 1 || (len(s.Parcels) == 0 && s.ParcelCount > 1), CanMultiPiece)
	return list
}

// Candidate is a rate of one connection on its way through the decision.
type Candidate struct {
	Connection ID
	Provider   Provider
	Rate       Rate
	Sold       Money
	Charges    []Charge // what Sold consists of: the carrier's charges and the account's markup
	Rejected   string   // why it is out; empty: still in
	Rank       int      // 1 is the winner; 0 not ranked
}

// Step is one line of a decision's story, in the order things happened.
type Step struct {
	Stage   string // which part of the decision: see [StageSelect]
	Subject string // the rule, connection or service it is about
	Outcome string // how it ended: see [StepMatched]
	Detail  string // in words
}

// The stages of a decision.
const (
	StageSelect   = "select"   // who is asked for rates
	StageRule     = "rule"     // what the account's rules say
	StageRate     = "rate"     // which rates came in and stayed
	StageRank     = "rank"     // which of them is best
	StageFallback = "fallback" // what happened when the best one failed
)

// The outcomes of a step.
const (
	StepMatched    = "matched"     // all of a rule's criteria hold
	StepNotMatched = "not_matched" // the detail names the criterion that does not
	StepApplied    = "applied"     // an action of a matching rule took effect
	StepOverruled  = "overruled"   // an action gave way to a more important rule
	StepSkipped    = "skipped"     // the caller's own choice left nothing to decide
	StepRejected   = "rejected"    // a connection, service or rate is out
	StepAnswered   = "answered"    // a carrier sent rates
	StepFailed     = "failed"      // a carrier gave no answer that could be used
	StepRefused    = "refused"     // a carrier would not book
	StepNone       = "none"        // nothing more may be tried
	StepRanked     = "ranked"
	StepChosen     = "chosen"
)

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
	Fixed      bool  // the caller or a rule named the service: no other is tried
	Rules      int64 // version of the rules that decided; 0: none was ever published
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
