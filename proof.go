package waybill

import "time"

// ProofKind is something that a connection has to show before parcels of customers go by it.
type ProofKind string

// The closed list of kinds.
const (
	ProofLogin    ProofKind = "login"    // the carrier took the credentials
	ProofRates    ProofKind = "rates"    // it told prices under the account's number
	ProofBooked   ProofKind = "booked"   // it sold a label
	ProofPrinted  ProofKind = "printed"  // a label was fetched to be printed
	ProofScanned  ProofKind = "scanned"  // and the number on it came back from a scanner
	ProofVoided   ProofKind = "voided"   // it took a purchase back
	ProofTracked  ProofKind = "tracked"  // it told of a parcel on its way
	ProofPushed   ProofKind = "pushed"   // it told so by itself
	ProofPickup   ProofKind = "pickup"   // it came, or said that it would
	ProofManifest ProofKind = "manifest" // it took a day's manifest
	ProofApproved ProofKind = "approved" // it approved of us: a person says so
)

// ProofKinds lists every kind, in the order of a checklist.
var ProofKinds = []ProofKind{
	ProofLogin, ProofRates, ProofBooked, ProofPrinted, ProofScanned, ProofVoided, ProofTracked, ProofPushed, ProofPickup, ProofManifest, ProofApproved,
}

// Proof is a fact about a connection: that something was seen to work, in one mode. It is noted when it happens, and
// never ticked by hand; the carrier's approval alone is what a person says.
type Proof struct {
	Row
	Connection ID
	Mode       Mode
	Access     string // digest of the system and credentials that it was seen with: it holds for no others
	Kind       ProofKind
	At         time.Time
	Subject    ID     // the shipment, purchase or pickup that shows it; empty: none
	Note       string // in words
	By         string // who said so, of an approval
}

// Key names a proof within its account.
func (p Proof) Key() string {
	return string(p.Connection) + "/" + string(p.Mode) + "/" + string(p.Kind)
}
