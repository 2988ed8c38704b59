package engine

import (
	"time"

	"waybill"
	"waybill/store"
)

// Ref names a shipment by whichever of its names an API shows. Exactly one is set. An actor that is bound to a
// connection finds only shipments of that connection.
type Ref struct {
	Reference string // the caller's
	ID        waybill.ID
	Number    int64  // from the sequence: Shiplee's order id
	Tracking  string // of any of its parcels; the newest shipment that has it
}

// CreateShipment asks for a shipment to be stored, decided and booked.
type CreateShipment struct {
	// Shipment carries what the caller gave: references, parties, parcels, items, choice, options, times.
	// The engine fills in the rest.
	Shipment waybill.Shipment
	Named    Named // records of the account
	// Location is the external id or id of the place the parcels leave from. Empty: Shipment.From was given inline, or the
	// account's default location is meant.
	Location string
	// Return is the external id or id of the place undeliverable parcels go to; empty: the location's own.
	Return string
	// Rate is the id of the offer to be booked, as in BookShipment; empty: rules choose.
	Rate string
	// Key is the caller's Idempotency-Key; Hash is of the decoded input.
	Key, Hash string
	// Approve: store it held, for a person to release (Shiptheory's mark_for_approval).
	Approve bool
	// RulesRequired: a shipment that no rule wants is stored as ignored, and nothing is tried.
	RulesRequired bool
	// MustLocate: an address whose postal code is unknown is refused and nothing is stored.
	MustLocate bool
	// Draft stores the order and asks nobody: it has no location and no carrier until BookShipment. A draft
	// with the reference of a draft made from an equal request (by Hash) is that draft; of any other shipment
	// it is a duplicate.
	Draft bool
	// Strict refuses what no carrier could carry out: to book it needs an address and weights, and its times lie ahead.
	Strict bool
	// Hook is an address that hears of this shipment alone, in this dialect's words; empty: none.
	Hook string
}

// ListShipments asks for a part of a list.
type ListShipments struct {
	Query store.ShipmentQuery
	Page  store.Page
	Tags  []string // that carry one of these tags: names, numbers or ids
	// Carrier is the name, external id or id of a connection: shipments that go with it; empty: all.
	Carrier string
	// Places are locations that they leave from, by external id or id; none: all.
	Places []string
	// Count asks for the number of all matches, exact up to MaxCount.
	Count bool
}

// ShipmentList is the part asked for. Total is set when it was asked for.
type ShipmentList struct {
	store.Slice[waybill.Shipment]
	Total int
	Exact bool
}

// EditShipment changes a shipment as Change says. Change must be pure; it may run twice.
type EditShipment struct {
	Ref    Ref
	Change func(*waybill.Shipment)
	Named  Named // of what Change writes
	// Location moves the shipment to another location by its external id or id.
	Location *string
	// Return names another place for undeliverable parcels by its external id or id.
	Return *string
	// Version is the one that is to be changed: another is Conflict, ReasonVersion. 0: any.
	Version int64
	// Force stores what the carrier would not take any more. Parcels stay frozen all the same.
	Force      bool
	MustLocate bool
	Strict     bool // as in CreateShipment
}

// CancelShipment gives a shipment up, at the carrier too.
type CancelShipment struct {
	Ref     Ref
	Note    string
	Version int64 // as in EditShipment
}

// RetryShipment places a shipment again that found no carrier or was refused.
type RetryShipment struct {
	Ref     Ref
	Version int64 // that the caller saw; 0: whatever is there
	Strict  bool  // as in CreateShipment
	// Release: one that is held, too (LynkUp's retry). Else BookShipment alone releases it.
	Release bool
	again   bool // nobody asked for it: the account has such shipments tried again
}

// GetShipment reads one.
type GetShipment struct{ Ref Ref }

// ShipmentView is a shipment with its history and, when booked, its labels as one PDF.
type ShipmentView struct {
	Shipment waybill.Shipment
	Events   []waybill.Event
	Tags     []waybill.Tag
	Label    *LabelFile
}

// ShipmentHistory is a shipment with everything that happened to it, oldest first.
type ShipmentHistory struct {
	Shipment waybill.Shipment
	Events   []waybill.Event
}

// GetLabel asks for the labels of a booked shipment, all parcels in one file where the format allows.
type GetLabel struct {
	Ref    Ref
	Format waybill.LabelFormat // empty: pdf
	DPI    int                 // 0: as booked
	// Returns appends the labels of returns that a rule attached.
	Returns bool
	// Printed notes in the history that the label was printed.
	Printed bool
}

// LabelFile is labels ready to be sent: a PDF of all, or the ZPL of all, or one PNG.
type LabelFile struct {
	Format   waybill.LabelFormat
	Data     []byte
	Tracking string
	Shipment waybill.Shipment
}

// CreateReturn asks for a label that brings a parcel back.
type CreateReturn struct {
	Reference string // of the original shipment
	Postcode  string // must match the original's destination, case and spaces ignored
	Service   int64  // number of the incoming service
	Expiry    string // YYYY-MM-DD, today to 30 days on
	Reasons   []string
	Key, Hash string // as in CreateShipment
}

// ReturnLabel is a booked return with its label.
type ReturnLabel struct {
	Return waybill.Return
	Label  LabelFile
}

// ListServices asks for the services of a direction.
type ListServices struct{ Direction waybill.Direction }

// ServiceListing is a service with the increments of the connections that offer it.
type ServiceListing struct {
	waybill.Service
	Increments []int
}

// ListSetup asks for set-up records (package sizes, products, tags) sorted and paged by number.
type ListSetup struct {
	Sort      string // field of the noun, lower case; empty: creation
	Ascending bool
	Page      int // from 1
	Limit     int
}

// SetupList is a page of set-up records.
type SetupList[T any] struct {
	Items []T
	Total int
}

// PutProduct stores a product: New inserts (its SKU must be free), else Change edits the one named.
type PutProduct struct {
	New    *waybill.Product
	SKU    string
	Change func(*waybill.Product)
}

// PutTag stores a tag: New inserts (its name must be free), else Change edits the one numbered.
type PutTag struct {
	New    *waybill.Tag
	Number int64
	Change func(*waybill.Tag)
}

// PickingList asks for a printable list of what is in shipments.
type PickingList struct{ References []PickRef }

// PickRef names shipments by reference or by second reference.
type PickRef struct{ Reference, Reference2 string }

// Credentials are what someone shows to get a token.
type Credentials struct {
	Dialect string
	Kind    waybill.ActorKind // user or client
	ID      string            // e-mail or client id
	Secret  string
	// APIKey: Secret is the key of a user, not the password.
	APIKey bool
	IP     string
	Origin string // of the web page that asks, when one does
	// Connection binds the token to one connection of the account by its external id (ReasonForeign when the
	// account has none such); empty: to none.
	Connection string
	Scopes     []string      // of the role that the token shall be held to; none: all of it
	TTL        time.Duration // how long the token is good; zero: Config.TokenTTL
}

// Token is a signed statement of who someone is, good for one dialect and account.
type Token struct {
	Text    string
	Issued  time.Time
	Expires time.Time
	Actor   waybill.Actor
	User    *waybill.User // whose it is, when it is a user's; without hashes
}

// The verbs, each in its feature's file:
//
//	ship.go     CreateShipment(CreateShipment) waybill.Shipment
//	retry.go    RetryShipment(RetryShipment) waybill.Shipment
//	view.go     GetShipment(GetShipment) waybill.Shipment; ViewShipment(GetShipment) ShipmentView
//	            ShipmentHistory(GetShipment) ShipmentHistory; ListShipments(ListShipments) ShipmentList
//	edit.go     EditShipment(EditShipment) waybill.Shipment
//	cancel.go   CancelShipment(CancelShipment) waybill.Shipment
//	label.go    GetLabel(GetLabel) LabelFile
//	return.go   CreateReturn(CreateReturn) ReturnLabel
//	service.go  ListServices(ListServices) []ServiceListing
//	setup.go    ListPackageSizes(ListSetup) SetupList[waybill.PackageSize]
//	            ListProducts(ListSetup), GetProduct(sku string) waybill.Product, PutProduct(PutProduct) waybill.Product
//	            ListTags(ListSetup), GetTag(number int64) waybill.Tag, PutTag(PutTag) waybill.Tag, DeleteTag(number int64) struct{}
//	pick.go     PickingList(PickingList) []byte (PDF)
//	gate.go     Gate.IssueToken(Credentials) Token; Gate.Authenticate(dialect, token string, from Caller) waybill.Actor
//
// A shipment that was stored but not booked is a value, not an error: see waybill.Shipment.Refusal.
