package waybill

import "time"

// EventKind is what sort of thing happened.
type EventKind string

// The closed list of kinds. A dialect has a word for each, or says that it has none.
const (
	ShipmentCreated    EventKind = "shipment.created"
	ShipmentChanged    EventKind = "shipment.changed"
	ShipmentRated      EventKind = "shipment.rated"
	ShipmentHeld       EventKind = "shipment.held"
	ShipmentIgnored    EventKind = "shipment.ignored"
	ShipmentNoProvider EventKind = "shipment.no_provider"
	ShipmentUnsettled  EventKind = "shipment.unsettled" // a purchase was reserved; the carrier is called
	ShipmentPending    EventKind = "shipment.pending"   // the caller was answered before it was settled
	ShipmentBooked     EventKind = "shipment.booked"
	ShipmentFailed     EventKind = "shipment.failed"
	ShipmentCancelled  EventKind = "shipment.cancelled"
	CancelRequested    EventKind = "shipment.cancel_requested"
	CancelRefused      EventKind = "shipment.cancel_refused"
	ShipmentTracked    EventKind = "shipment.tracked"
	ShipmentFellBack   EventKind = "shipment.fell_back"
	ShipmentRetried    EventKind = "shipment.retried"
	ShipmentDeclared   EventKind = "shipment.declared" // someone else carries it; declared for the first time or anew
	ShipmentInvoiced   EventKind = "shipment.invoiced" // who carries it has charged for it
	ShipmentRebilled   EventKind = "shipment.rebilled" // the carrier bills another amount than was bought for
	LabelPrinted       EventKind = "label.printed"
	ReturnCreated      EventKind = "return.created"
	ReturnBooked       EventKind = "return.booked"
	ReturnFailed       EventKind = "return.failed"
	ReturnCancelled    EventKind = "return.cancelled"
	ReturnTracked      EventKind = "return.tracked"
	PickupAsked        EventKind = "pickup.requested"
	PickupBooked       EventKind = "pickup.confirmed"
	PickupRefused      EventKind = "pickup.failed"
	PickupInDoubt      EventKind = "pickup.unsure"
	PickupCalledOff    EventKind = "pickup.cancelled"
	ManifestTaken      EventKind = "manifest.closed"
	ManifestRejected   EventKind = "manifest.refused"
	ManifestInDoubt    EventKind = "manifest.stuck" // nobody but a person can find out what became of it
	ManifestDue        EventKind = "manifest.due"   // the cut-off is near, and booked parcels are on no manifest
	WebhookTested      EventKind = "webhook.test"   // nothing happened: somebody wants to see a webhook
	PurchaseUnsure     EventKind = "purchase.unsure"
	PurchaseStuck      EventKind = "purchase.stuck"
	PurchaseSettled    EventKind = "purchase.settled"
	PurchaseVoided     EventKind = "purchase.voided"
	PurchaseOrphaned   EventKind = "purchase.orphaned"
)

// EventKinds lists every kind.
var EventKinds = []EventKind{
	ShipmentCreated, ShipmentChanged, ShipmentRated, ShipmentHeld, ShipmentIgnored, ShipmentNoProvider,
	ShipmentUnsettled, ShipmentPending, ShipmentBooked, ShipmentFailed, ShipmentCancelled, CancelRequested, CancelRefused,
	ShipmentTracked, ShipmentFellBack, ShipmentRetried, ShipmentDeclared, ShipmentInvoiced, ShipmentRebilled, LabelPrinted,
	ReturnCreated, ReturnBooked, ReturnFailed, ReturnCancelled, ReturnTracked,
	PickupAsked, PickupBooked, PickupRefused, PickupInDoubt, PickupCalledOff, ManifestTaken, ManifestRejected, ManifestInDoubt, ManifestDue, WebhookTested,
	PurchaseUnsure, PurchaseStuck, PurchaseSettled, PurchaseVoided, PurchaseOrphaned,
}

// Event is something that happened, written in the transaction that made it true.
type Event struct {
	ID        ID
	Account   ID
	Kind      EventKind
	Shipment  ID // the subject, or its shipment; of what has none, such as a pickup, that itself
	Return    ID
	Purchase  ID
	Pickup    ID
	Manifest  ID
	At        time.Time
	Actor     string // name of who did it
	ActorKind ActorKind
	IP        string
	Dialect   string
	Facts     Facts
	// Subject is the whole shipment as it then was: set for created, booked, failed and cancelled,
	// and for every event on its way to a webhook.
	Subject *Shipment
}

// Facts are the changed facts of an event: only those that apply are set.
type Facts struct {
	Booking   Booking
	Transit   Transit
	Reason    Reason
	Message   string        // in words, for a person
	Fault     *CarrierFault // what a carrier said that failed
	Note      string
	Carrier   string // display name
	Service   string
	Tracking  string
	Scan      *Scan
	Fields    []string // which members changed
	Price     *Money
	Was       *Money // the price before
	Candidate int    // how many rates came in
	Format    LabelFormat
	Shipments []string // references, or ids, of those meant
}

// Subscription is an endpoint that wants to hear of events in a dialect's words.
type Subscription struct {
	Row
	Name       string
	URL        string
	Dialect    string
	Kinds      []EventKind // empty: every kind the dialect speaks
	Statuses   []string    // empty: every status, else only these words of the dialect
	Shipment   ID          // set: hears of this shipment alone
	Token      string      // static header value, sealed like Secret
	Secret     []byte      // sealed; signs the body
	OldSecret  []byte      // sealed; signs too until OldUntil
	OldUntil   time.Time
	Paused     bool
	PauseCause string
	Failures   int // deliveries buried since the last success
}

// Delivery is one event on its way to one endpoint, with every attempt.
type Delivery struct {
	Row
	Subscription ID
	Event        ID
	Kind         EventKind
	Shipment     ID
	URL          string
	Body         []byte
	Header       map[string]string
	State        string // pending, delivered, dead, skipped
	Attempts     []Attempt
}

// Attempt is one try to deliver.
type Attempt struct {
	At      time.Time
	Took    time.Duration
	Status  int // HTTP status; 0 when no answer came
	Error   string
	Excerpt string // the first bytes of the answer
}
