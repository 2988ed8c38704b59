package waybill

import (
	"errors"
	"time"
)

// JobKind is what sort of work a job is.
type JobKind string

// The closed list of kinds.
const (
	JobSettle   JobKind = "settle"   // find out how a purchase ended
	JobVoid     JobKind = "void"     // give a purchase back
	JobRetry    JobKind = "retry"    // place a shipment again (account setting AutoRetry)
	JobPoll     JobKind = "poll"     // ask one connection after its due parcels
	JobPushed   JobKind = "pushed"   // read what a carrier pushed
	JobDeliver  JobKind = "deliver"  // send one webhook
	JobReturn   JobKind = "return"   // make the return label a rule asked for
	JobSweep    JobKind = "sweep"    // retention
	JobNumbers  JobKind = "numbers"  // fetch numbers of a carrier ahead
	JobPickup   JobKind = "pickup"   // find out what became of a pickup that nobody answered, or call one off
	JobIndex    JobKind = "index"    // make shipments of an earlier version findable, and count them
	JobRebill   JobKind = "rebill"   // the carrier bills another weight: ask for the price of that
	JobManifest JobKind = "manifest" // find out what became of a manifest that nobody answered
	JobErase    JobKind = "erase"    // forget somebody
	JobClose    JobKind = "close"    // remove what a deleted account had
	JobRemind   JobKind = "remind"   // the cut-off is near: tell of booked parcels that are on no manifest
	JobSample   JobKind = "sample"   // give back what a check of a connection bought, where the check did not live to
)

// JobKinds lists every kind.
var JobKinds = []JobKind{JobSettle, JobVoid, JobRetry, JobPoll, JobPushed, JobDeliver, JobReturn, JobSweep, JobNumbers, JobPickup, JobIndex, JobRebill, JobManifest, JobRemind, JobErase, JobClose, JobSample}

// Job is work that must still be done. It is written in the transaction that made it necessary. Its
// due time is also its lease: a worker that claims it moves Due on, and a crash brings it back.
type Job struct {
	ID      ID
	Account ID
	Kind    JobKind
	Key     string // unique while open; a second one with the same key is not added
	Lane    string // jobs of one lane run one at a time, in order of their id; empty: none
	Subject ID     // purchase, connection, delivery…
	Due     time.Time
	Attempt int // counts claims: the fencing token
	Payload []byte
	Error   string // of the last attempt
	Buried  bool   // given up: a person looks
	Created time.Time
}

// ErrFinished is what a handler of jobs answers whose own transaction has removed the job: its effect
// and its end were one commit, and nothing is left to write.
var ErrFinished = errors.New("job: finished in its own transaction")
