package waybill

import "time"

// PickupState is how far a pickup has come.
type PickupState string

// requested → confirmed | failed | unsure; unsure → confirmed | failed, which a person decides; confirmed →
// cancelled.
const (
	PickupRequested PickupState = "requested" // the carrier is being asked
	PickupConfirmed PickupState = "confirmed" // it comes
	PickupCancelled PickupState = "cancelled" // called off
	PickupFailed    PickupState = "failed"    // it certainly does not come
	PickupUnsure    PickupState = "unsure"    // no answer came, and carriers cannot be asked: a person finds out
)

// PickupStates lists every state.
var PickupStates = []PickupState{PickupRequested, PickupConfirmed, PickupCancelled, PickupFailed, PickupUnsure}

// Pickup is a carrier's visit to a location, to fetch parcels within a window of one day. It is written before the
// carrier is asked, so that it is never asked twice.
type Pickup struct {
	Row
	Location     ID
	LocationKey  string // external id
	TimeZone     string // of the location
	Connection   ID
	Provider     Provider // who comes, as the account knows it
	Day          string   // of the visit, YYYY-MM-DD, in the location's time zone
	Ready        time.Time
	Close        time.Time
	Parcels      int
	Weight       Weight // of all together; may be unknown
	Services     []string
	State        PickupState
	Key          string // ours, in the carrier's reference field
	Place        string // the alias under which the carrier knows the location
	CarrierID    string // the carrier's number of the visit
	Price        Money  // what the carrier charges for coming; zero: nothing, or it does not say
	Sold         Money  // what the account pays for it
	Reason       Reason
	Error        string
	Fault        *CarrierFault // what the carrier said
	CancelWanted bool          // the carrier was asked to call it off and has not answered
	Digest       string        // of the request with its key: an equal one is the same pickup
	CreatedBy    string
	CancelledBy  string
	Deadline     time.Time // of the call
}
