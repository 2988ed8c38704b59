package waybill

// Return brings parcels back: from a shipment or standing alone, several a shipment. It has parcels,
// a label or a pickup at the door, and a tracking of its own, and may expire. Shiptheory's return label,
// Shiplee's reverse order and LynkUp's return request are all this.
type Return struct {
	Row
	Shipment  ID // empty: stands alone
	Reference string
	From      Party // who sends it back
	To        Party
	Location  ID // where it goes, when that is a location of the account
	Parcels   []Parcel
	Items     []Item
	Options   Options // insurance, cash to be paid out
	Service   int64   // number of the incoming service
	Expiry    string  // YYYY-MM-DD; empty: none
	Reasons   []string
	Dialect   string
	CreatedBy string
	Booking   Booking // Draft until somebody is asked to carry it
	Transit   Transit
	Failure   *Failure
	Provider  *Provider
	Tracking  string
	CarrierID string // the carrier's own id of what it sold
	Bought    Money
	Sold      Money // what the account pays: bought plus markup
	Attempt   int   // purchases so far
	Purchase  ID
	Fetched   bool   // the carrier comes for it; no label needs to be printed by the sender
	Attached  bool   // made with the outgoing label, by a rule
	Cancelled string // who cancelled it
}

// Filed is what the events and documents of a return are filed under: its shipment, or itself where it stands
// alone.
func (r Return) Filed() ID {
	if r.Shipment == "" {
		return r.ID
	}
	return r.Shipment
}
