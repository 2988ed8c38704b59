package waybill

// Return brings parcels back: from a shipment or standing alone, several a shipment. It has parcels,
// a label and a tracking of its own and expires.
type Return struct {
	Row
	Shipment  ID // empty: stands alone
	Reference string
	From      Party // who sends it back
	To        Party
	Parcels   []Parcel
	Service   int64 // number of the incoming service
	Expiry    string
	Reasons   []string
	Booking   Booking
	Transit   Transit
	Failure   *Failure
	Provider  *Provider
	Tracking  string
	Bought    Money
	Purchase  ID
	Attached  bool // made with the outgoing label, by a rule
}
