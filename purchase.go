package waybill

import "time"

// PurchaseState is how one attempt to book stands.
type PurchaseState string

// intent → bought | refused | unsure | stuck; unsure → bought | refused | stuck; bought → voiding → voided |
// bought | stuck; orphan → voiding → voided | orphan | stuck. stuck waits for a person, and so does an orphan that stays
// one. What is stuck on its way back is voided, bought or an orphan again when a person says so.
const (
	Intent  PurchaseState = "intent"
	Bought  PurchaseState = "bought"
	Refused PurchaseState = "refused"
	Unsure  PurchaseState = "unsure"
	Stuck   PurchaseState = "stuck"
	Voiding PurchaseState = "voiding"
	Voided  PurchaseState = "voided"
	Orphan  PurchaseState = "orphan" // bought after we had given it up: void it
)

var purchaseMoves = map[PurchaseState][]PurchaseState{
	"":      {Intent, Bought, Refused},
	Intent:  {Bought, Refused, Unsure, Stuck},
	Unsure:  {Bought, Refused, Stuck},
	Stuck:   {Bought, Refused, Voiding, Voided, Orphan},
	Refused: {Orphan},
	Bought:  {Voiding},
	Voiding: {Voided, Bought, Orphan, Stuck},
	Orphan:  {Voiding},
}

// May reports whether a purchase may go from this state to the other.
func (s PurchaseState) May(to PurchaseState) bool {
	for _, m := range purchaseMoves[s] {
		if m == to {
			return true
		}
	}
	return false
}

// Purchase is one attempt to book one shipment (or return) with one carrier. It is written before
// the carrier is called, so that no crash can forget that money may have been spent.
type Purchase struct {
	Row
	Shipment   ID
	Return     ID // set when a return is bought
	Sequence   int
	Connection ID
	Service    string
	Key        string // ours, in the carrier's reference field: <shipment id>-<sequence>
	State      PurchaseState
	Rate       Rate
	Sold       Money
	Charges    []Charge // what Sold consists of
	Counted    bool     // against the connection's spend limit
	Hold       ID       // the wallet entry that set the money aside; empty: not paid from the wallet
	Numbers    []string // taken from the connection's pool, one a parcel; empty: the carrier gives its own
	Place      string   // the alias under which the carrier knows the place of collection
	Booking    *Receipt
	Reason     Reason
	Error      string
	Fault      *CarrierFault // of the last failure: what the carrier said
	Tries      int           // how often settlement was attempted
	Deadline   time.Time
}

// Receipt is what a carrier sold: its own id, a tracking number a parcel, and the price really charged.
// Labels travel beside it and are kept as documents.
type Receipt struct {
	CarrierID   string
	Numbers     []string // one a parcel, in order
	TrackingURL string
	Price       Money
	Charges     []Charge
	Delivery    *time.Time
	Pickup      *time.Time
	Warnings    []string
	Fetched     bool // of a return: the carrier comes for it, and no label needs to be printed by the sender
}
