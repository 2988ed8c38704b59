package waybill

import "time"

// ManifestState is how far a manifest has come.
type ManifestState string

// requested → closed | refused | unsure | stuck; unsure → closed | refused | stuck; stuck → closed | refused, which a
// person decides.
const (
	ManifestRequested ManifestState = "requested" // the carrier is being told
	ManifestClosed    ManifestState = "closed"    // it has the list
	ManifestRefused   ManifestState = "refused"   // it certainly does not: the parcels wait for another
	ManifestUnsure    ManifestState = "unsure"    // no answer came: the carrier is asked whether it has it
	ManifestStuck     ManifestState = "stuck"     // nobody can find out but a person
)

// ManifestStates lists every state.
var ManifestStates = []ManifestState{ManifestRequested, ManifestClosed, ManifestRefused, ManifestUnsure, ManifestStuck}

// Open reports whether nobody knows yet how it ends.
func (s ManifestState) Open() bool {
	return s == ManifestRequested || s == ManifestUnsure || s == ManifestStuck
}

// Manifest is the list of the parcels that a carrier takes over at a location on a day. It is written, with the
// parcels that are on it, before the carrier is told, so that it is never told twice.
type Manifest struct {
	Row
	Location    ID
	LocationKey string // external id
	TimeZone    string // of the location
	Connection  ID
	Provider    Provider // who takes them, as the account knows it
	Day         string   // they are to leave, YYYY-MM-DD, in the location's time zone
	State       ManifestState
	Key         string // ours, in the carrier's reference field
	CarrierID   string // the carrier's number of it
	Shipments   int    // on it when it was closed
	Parcels     int
	Grams       int64
	Closed      *time.Time
	Tries       int // how often the carrier was asked what became of it
	Reason      Reason
	Error       string
	Fault       *CarrierFault // what the carrier said
	Digest      string        // of the request with its key: an equal one is the same manifest
	CreatedBy   string
	Deadline    time.Time // of the call
}

// ConsignmentState is whether a booked shipment is still to be handed over.
type ConsignmentState string

// ready ↔ voiding → voided; ready → gone.
const (
	ConsignmentReady   ConsignmentState = ""
	ConsignmentVoiding ConsignmentState = "voiding" // the carrier is asked to take the booking back
	ConsignmentVoided  ConsignmentState = "voided"
	ConsignmentGone    ConsignmentState = "gone" // the carrier has it already, and was told by no manifest
)

// Consignment is a booked shipment on its way to the carrier's hands: which day it is to leave a location, and the one
// manifest that it is on.
type Consignment struct {
	Shipment   ID
	Account    ID
	Purchase   ID
	Connection ID
	Location   ID
	Day        string // YYYY-MM-DD, in the location's time zone
	Manifest   ID     // empty: none yet
	State      ConsignmentState
	Parcels    int
	Grams      int64
	Booked     time.Time
}
