package waybill

import "time"

// Transit is where a parcel is on its way. Returned is never delivered.
type Transit string

// The closed list of transit states.
const (
	TransitNone     Transit = "none"
	LabelMade       Transit = "label_made"
	PickupScheduled Transit = "pickup_scheduled"
	Assigned        Transit = "assigned"
	Unassigned      Transit = "unassigned"
	PickupStarted   Transit = "pickup_started"
	PickedUp        Transit = "picked_up"
	InTransit       Transit = "in_transit"
	AtDepot         Transit = "at_depot"
	OutForDelivery  Transit = "out_for_delivery"
	AtLocation      Transit = "at_location"
	Delayed         Transit = "delayed"
	AttemptFailed   Transit = "attempt_failed"
	Redelivery      Transit = "redelivery"
	Delivered       Transit = "delivered"
	CollectionPoint Transit = "collection_point"
	Undeliverable   Transit = "undeliverable"
	Returning       Transit = "returning"
	Returned        Transit = "returned"
	Exception       Transit = "exception"
	TransitVoided   Transit = "voided"  // the carrier says the label was cancelled
	TransitUnknown  Transit = "unknown" // a word of the carrier's we do not know
)

// Transits lists every state, in the order a parcel usually meets them.
var Transits = []Transit{
	TransitNone, LabelMade, PickupScheduled, Assigned, Unassigned, PickupStarted, PickedUp, InTransit, AtDepot,
	OutForDelivery, AtLocation, Delayed, AttemptFailed, Redelivery, Delivered, CollectionPoint, Undeliverable,
	Returning, Returned, Exception, TransitVoided, TransitUnknown,
}

// Final reports whether nothing more is expected: such parcels are asked after no more.
func (t Transit) Final() bool { return t == Delivered || t == Returned || t == TransitVoided }

// Scan is one thing a carrier saw.
type Scan struct {
	At        time.Time
	Status    Transit
	Code      string // the carrier's own
	Text      string
	Reason    string // of a failed attempt
	Place     string
	Point     *Point
	Recipient string
	Raw       string
}

// Tracking is what a carrier says of one number: scans oldest first.
type Tracking struct {
	Number    string
	Status    Transit
	Scans     []Scan
	Expected  *time.Time
	Recipient string
	Charged   int64 // grams the carrier says it bills; 0: it does not say
	Unknown   bool  // the carrier does not know the number (yet)
}

// Tracker follows one parcel: when to ask next, and what is known.
type Tracker struct {
	Row
	Shipment   ID
	Return     ID
	Connection ID
	Parcel     int
	CarrierID  string // the carrier's id of the shipment, where numbers are not enough
	Track      Tracking
	Due        time.Time
	Open       bool
	Failures   int
	Magic      string // the word that a simulated parcel was sent under: how it fares
}
