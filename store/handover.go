package store

import (
	"time"

	"waybill"
)

// Pickups keeps visits of carriers.
type Pickups interface {
	Table[waybill.Pickup]
	// Find lists by cursor, as Shipments.Find does.
	Find(PickupQuery, Page) (Slice[waybill.Pickup], error)
	// Open lists those of a connection to a location on a day that may still come, oldest first. One of them at
	// most is requested or unsure: a second one is Conflict, ReasonTaken. No location: to all of them.
	Open(connection, location waybill.ID, day string) ([]waybill.Pickup, error)
	// From lists the confirmed ones of a connection on a day or later, oldest first.
	From(connection waybill.ID, day string) ([]waybill.Pickup, error)
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
	Latest                        time.Time // when the last of it was booked
	Account, Connection, Location waybill.ID
	Day                           string
	Shipments, Parcels            int
}
