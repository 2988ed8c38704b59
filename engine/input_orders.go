package engine

import "waybill"

// Place names a location of the account: by its external id or id, or by its number where that is set.
type Place struct {
	ExternalID string
	Number     int64
}

// RateShipment asks what a stored shipment would cost, from a location of the account. It books nothing and
// changes nothing.
type RateShipment struct {
	Ref  Ref
	From Place
	// Unpaid: what the wallet holds is no matter (Shiplee tells prices without looking at it).
	Unpaid bool
}

// Offers are the rates for a shipment or return, ranked by the account's rules; those with Rejected set cannot be
// bought and say why, and so do Steps for the connections that gave none.
type Offers struct {
	Shipment   waybill.Shipment // of a return: the way back as a shipment
	Candidates []waybill.Candidate
	Terms      []Terms // of each candidate, in the same order
	Missing    []Missing
	Steps      []waybill.Step
}

// BookShipment books a stored shipment that nobody carries yet, from a location, with the offer that the caller
// picked. It is checked in this order, each with its reason: the balance of the wallets of the account's
// wallet-billed connections against their floors (ReasonBalance, when Prepaid), the shipment
// (ReasonUnknownShipment), the location (ReasonUnknownLocation), whether it is booked
// (ReasonAlreadyBooked, with the tracking number) or being booked (ReasonUnsettled), whether any connection has
// the service named (ReasonUnknownService), registration (ReasonRegistration), rates and the pick
// (ReasonUnknownRate). Rates are asked for anew. A shipment that was stored but not booked is a value.
type BookShipment struct {
	Ref     Ref
	From    Place
	Prepaid bool
	// Service is the name of the service, as rates show it; empty: any.
	Service string
	// Pick says which of the offers is meant: the first, by rank, for which it is true. Nil: the first.
	Pick func(waybill.Shipment, waybill.Candidate) bool
	// Wish says the same in names of the account.
	Wish Wish
	// Rate is the id of the offer that is meant, by its Terms; empty: any. It is booked no dearer and for no later day
	// than it was told, or not at all (ReasonRateExpired).
	Rate string
	// Key, Hash as in CreateShipment.
	Key, Hash string
	// Version is the one that the caller saw; 0: whatever is there.
	Version int64
	Strict  bool // as in CreateShipment
}

// RefReturn names a return by whichever of its names an API shows. Exactly one is set.
type RefReturn struct {
	ID       waybill.ID
	Number   int64
	Tracking string
}

// DraftReturn stores a return that nobody is asked to carry yet. Return carries From, Parcels, Items, Options,
// Reasons, Expiry as the caller gave them; the engine fills in the rest.
type DraftReturn struct {
	Return waybill.Return
	// Original is the shipment it brings back; zero: it stands alone.
	Original Ref
	// Tracking, when set, must be a number of the original (ReasonMismatch).
	Tracking string
	// To is where it goes; zero: back to where the original came from.
	To        Place
	Key, Hash string
	// Boxes are the package sizes of parcels, as in Named.
	Boxes map[int]string
	// Book books it at once: what is refused leaves nothing behind. Of it To, Service, Pick, Wish and Rate are looked at, and
	// what is wrong with them is told below "book.". Nil: nobody is asked to carry it yet.
	Book *BookReturn
}

// RateReturn asks what a stored return would cost.
type RateReturn struct {
	Ref RefReturn
	To  Place // zero: as drafted
	// Unpaid: as in RateShipment.
	Unpaid bool
}

// BookReturn books a drafted return; its checks and their order are those of BookShipment, with the return in
// place of the shipment.
type BookReturn struct {
	Ref       RefReturn
	To        Place // zero: as drafted
	Prepaid   bool
	Service   string
	Pick      func(waybill.Shipment, waybill.Candidate) bool
	Wish      Wish
	Rate      string // as in BookShipment
	Key, Hash string
	Strict    bool // as in CreateShipment
}

// CancelReturn gives a return up, at the carrier too; what was paid for it comes back as the carrier allows.
type CancelReturn struct {
	Ref  RefReturn
	Note string
}

// TrackNumbers asks what is known of parcels by their tracking numbers, outgoing, coming back or declared.
type TrackNumbers struct {
	Numbers []string
	// Fresh asks the carriers now, whatever is due; one that fails is passed over.
	Fresh bool
}

// Tracked is what is known of one number, in the place of the question. Found is false for a number that no
// shipment or return of the account (or of the actor's connection) has.
type Tracked struct {
	Number   string
	Found    bool
	Shipment waybill.Shipment // of a return: the original, when there is one
	Return   *waybill.Return  // set: the number is the return's
	Tracking waybill.Tracking
	Events   []waybill.Event // of the shipment, oldest first
}

// RecordScans notes one scan of many parcels of house connections. Those unknown, or further than From, are
// passed over; the numbers it was noted for are answered, in order.
type RecordScans struct {
	Numbers []string
	Scan    waybill.Scan
	From    []waybill.Transit // only parcels that are here; empty: wherever they are
}

// DeclareShipment declares a shipment that someone else carries: the first time, or in full anew under the same
// number. Declaration carries what was declared; Row, Client and Shipment are filled in.
type DeclareShipment struct{ Declaration waybill.Declaration }

// Declared is a declaration and the shipment it hangs on. Fresh: it was declared for the first time.
type Declared struct {
	Declaration waybill.Declaration
	Shipment    waybill.Shipment
	Fresh       bool
}

// InvoiceShipment adds an invoice to a declaration of the actor's (ReasonUnknownShipment when there is none).
// An invoice with a number that the declaration has replaces that one.
type InvoiceShipment struct {
	Number  string
	Invoice waybill.Invoice
}

// The verbs, each in its feature's file:
//
//	book.go     RateShipment(RateShipment) Offers; BookShipment(BookShipment) waybill.Shipment
//	hook.go     SetHookToken(SetHookToken) string
//	declare.go  DeclareShipment(DeclareShipment) Declared; InvoiceShipment(InvoiceShipment) Declared
//	numbers.go  TrackNumbers(TrackNumbers) []Tracked
//	scan.go     RecordScan(RecordScan) waybill.Shipment; RecordScans(RecordScans) []string
//	wallet.go   TopUp(TopUp) waybill.Entry; Statement(Statement) WalletStatement; Balances() []waybill.Balance
//	            AdjustPurchase(AdjustPurchase) waybill.Entry
//	reverse.go  DraftReturn(DraftReturn) waybill.Return; GetReturn(RefReturn) waybill.Return
//	            RateReturn(RateReturn) Offers; BookReturn(BookReturn) waybill.Return
//	            CancelReturn(CancelReturn) waybill.Return; ReturnLabel(RefReturn) LabelFile
