package waybill

import "time"

// Erased is what stands where a person was.
const Erased = "[erased]"

// ErasureState is how far an erasure has come.
type ErasureState string

// The closed list of states.
const (
	ErasureRunning ErasureState = "running"
	ErasureWaiting ErasureState = "waiting" // for shipments that are still under way
	ErasureDone    ErasureState = "done"
)

// Erasure is somebody's wish to be forgotten: who was meant, as long as it is not done, and afterwards the receipt.
type Erasure struct {
	Row
	State    ErasureState
	Wanted   []byte         // whom: sealed, and gone when it is done and the logs were gone through again
	Erased   map[string]int // how many records of which kind were erased
	Deferred []ID           // shipments that are under way: they are erased when they have ended
	Actor    string
	Done     *time.Time
}

// Retention is for how many days an account keeps what. 0: as long as the account is there; of logs, as long as the
// installation keeps them. The audit log and the entries of wallets are always kept.
type Retention struct {
	Shipments  int // personal data of shipments and returns, from their creation
	Documents  int // labels and other papers, from the creation of their shipment
	Events     int
	Deliveries int // of webhooks, that have ended
	Requests   int // the logs of requests and of calls to carriers
}
