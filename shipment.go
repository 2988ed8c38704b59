package waybill

import (
	"encoding/json"
	"time"
)

// Booking is how far a shipment has come with the carriers. Transit is where the parcel is; the two
// move on their own.
type Booking string

// The closed list of booking states, and which follow which: see [Booking.May].
const (
	Draft      Booking = "draft"       // stored, nobody asked
	Held       Booking = "held"        // waits for a person
	Rating     Booking = "rating"      // rates are in; only in histories
	NoProvider Booking = "no_provider" // nobody will carry it
	Unsettled  Booking = "unsettled"   // a purchase is under way, its end not known yet
	Booked     Booking = "booked"
	Failed     Booking = "failed"    // every purchase was refused
	Ignored    Booking = "ignored"   // no rule wanted it (Shiptheory's word); nothing was tried
	Cancelled  Booking = "cancelled" // by the caller
	Declared   Booking = "declared"  // someone else carries it
)

// Bookings lists every booking state.
var Bookings = []Booking{Draft, Held, Rating, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled, Declared}

// moves lists the legal changes of the booking state.
var moves = map[Booking][]Booking{
	"":         {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Declared},
	Draft:      {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled},
	Held:       {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled},
	NoProvider: {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled},
	Failed:     {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled},
	Ignored:    {Draft, Held, NoProvider, Unsettled, Booked, Failed, Ignored, Cancelled},
	Unsettled:  {Unsettled, Booked, Failed, Held, Cancelled},
	Booked:     {Booked, Cancelled},
	Cancelled:  {Cancelled},
	Declared:   {Declared},
}

// May reports whether a shipment in this state may go to the other.
func (b Booking) May(to Booking) bool {
	for _, m := range moves[b] {
		if m == to {
			return true
		}
	}
	return false
}

// Open reports whether a shipment may be (re)tried: nothing was bought and nothing is under way.
func (b Booking) Open() bool {
	return b == Draft || b == Held || b == NoProvider || b == Failed || b == Ignored
}

// Window is a span of time, open at either end.
type Window struct{ Starts, Ends *time.Time }

// Parcel is one box. Its size and weight are the caller's own figures.
type Parcel struct {
	SizeNumber  int64  // the package size it was given by, 0 for none
	Name        string // a preset's name, or "custom"
	Size        Size
	Weight      Weight
	Items       int // how many things are in it
	Description string
	Temperature string // "none", "refrigerated"…
	Barcode     string // the caller's own
	Contents    []string
	Tracking    string // the carrier's number of this parcel, once booked
	SSCC        string
}

// Commodity is what customs wants to know of a thing.
type Commodity struct {
	Code        string // tariff number
	Description string
	Country     string // of manufacture
	Composition string
	MID         string // manufacturer identification
}

// Item is a line of what is in the shipment.
type Item struct {
	SKU       string
	Title     string
	Quantity  int
	Size      Size
	Weight    Weight // of one
	Price     Decimal
	SalePrice Decimal
	Currency  string // of both prices; empty: that of the shipment's value
	Commodity Commodity
	Extra     json.RawMessage // members only the caller knows, kept and given back
}

// Choice restricts who may carry a shipment: the caller's own words, before any rule.
type Choice struct {
	Service   int64  // a service number (Shiptheory's delivery_service); 0: none
	Increment int    // which connection of that carrier, from 1; 0: the first
	Proposed  []Pick // LynkUp's proposedProviders
	// Connection pins one connection by its external id and skips carrier rules (Peddler's CARRIER_ID).
	Connection string
}

// Pick names a provider, and perhaps services of it.
type Pick struct {
	Provider string
	Services []string
}

// Options are what the caller wants done beyond carrying. An option no service offers rejects that
// service; it is never dropped on the way.
type Options struct {
	Signature      string // "", "not_required", "required", "adult" or the caller's word
	Temperature    string // "", "none", else what the carrier must keep
	DangerousGoods bool
	Insurance      Amount
	COD            Amount
	Enhancement    string // the carrier's own extra, by the caller's id
	Format         string // the carrier's own format, by the caller's id
	ShipDate       string // YYYY-MM-DD
	PIN            bool   // handed over only against a one-time password
	Contents       string // what sort of goods: food, alcohol, books… in small letters; empty: goods
	Undeliverable  string // what becomes of a parcel that nobody takes: see [UndeliverableReturn]
	Letterbox      bool   // fits through a letterbox
}

// What becomes of a parcel that nobody takes. Empty: the carrier's custom, which is to bring it back.
const (
	UndeliverableReturn  = "return"
	UndeliverableDispose = "dispose"
	UndeliverableDonate  = "donate"
)

// Provider is who carries a booked shipment, as the account knows it.
type Provider struct {
	Connection  ID
	ExternalID  string
	Carrier     string // driver
	Name        string
	DisplayName string
	Service     string // code
	ServiceName string
	ServiceNo   int64
	Mode        Mode
	NoLabel     bool // an on-demand courier, who prints none: there is none to be had
}

// Failure is why the last try ended without a booking.
type Failure struct {
	Reason  Reason
	Message string
	Fault   *CarrierFault // what the carrier said; nil: none was asked
	Needed  Decimal       // where the wallet held too little: what it would have to hold
	At      time.Time
}

// Shipment is one order to carry parcels from one place to another: the centre of everything. It
// is changed only by the engine's verbs.
type Shipment struct {
	Row
	Reference  string // the caller's, unique in the account, exact bytes
	Reference2 string
	Reference3 string
	Group      string
	Channel    string // sales channel
	Method     string // what the buyer chose in the shop: Shiptheory's channel_shipservice_name
	Metadata   string // free text that rules match exactly
	Dialect    string // the API it came in through
	CreatedBy  string // the name of who created it
	CreatedIP  string
	Placed     *time.Time // the caller's own creation time
	Locale     string
	Tenant     string // what LynkUp shows; of the account
	Brand      string // external id

	Location       ID
	LocationKey    string // external id; empty when the sender was given inline
	TimeZone       string
	From           Party
	To             Party
	Billing        *Party // who pays the order, where that is somebody else
	ReturnTo       *Party
	ReturnKey      string // external id of the return location
	ReturnName     string
	Value          Amount
	Parcels        []Parcel
	TotalWeight    Weight // as given, when the caller gave one for all
	ParcelCount    int    // as given
	Items          []Item
	Choice         Choice
	Options        Options
	Label          LabelSpec
	Instructions   string // to the deliverer
	PickupNotes    string
	Attributes     json.RawMessage // the caller's free keys
	Extra          json.RawMessage // members only one dialect knows, kept and given back
	Tags           []int64
	PickupTime     Window
	DeliveryTime   Window
	EstimatedPick  Window
	EstimatedDrop  Window
	ActualPickup   *time.Time
	ActualDelivery *time.Time

	Booking      Booking
	Transit      Transit
	TransitNote  string
	Failure      *Failure
	Provider     *Provider
	Tracking     string // the first parcel's number
	TrackingURL  string
	Bought       Money       // what the carrier charges
	Charges      []Charge    // what Sold consists of
	Sold         Money       // what the account pays: bought plus markup
	Attempt      int         // purchases so far
	Purchase     ID          // the current or last one
	Returns      []ReturnRef // made from it, oldest first
	CancelWanted bool
	Hooked       bool   // a webhook endpoint of its own hears of it
	Digest       string // of the request a draft was made from: an equal one is the same order
	CancelledBy  string
	Notices      []string // what the caller should know although the request was carried out
}

// ReturnRef is what a shipment shows of a return made from it.
type ReturnRef struct {
	ID          ID
	Tracking    string
	TrackingURL string
	Price       Money // what the account pays
	Expiry      string
	Unlabelled  bool // the carrier comes for it and gave no label
}

// Grams is the weight of all parcels: the total as given, else the sum.
func (s Shipment) Grams() int64 {
	if s.TotalWeight.Value != "" {
		return s.TotalWeight.Grams()
	}
	var sum int64
	for _, p := range s.Parcels {
		sum += p.Weight.Grams()
	}
	return sum
}

// Refusal is the failure of a shipment that was stored but not booked, as an error: for the APIs that
// answer such a create with one. Nil when there is none.
func (s Shipment) Refusal() error {
	if s.Failure == nil || (s.Booking != NoProvider && s.Booking != Failed) {
		return nil
	}
	e := s.Failure.AsError("ship")
	if e.Fault != nil && s.Provider != nil {
		e.Fault.Carrier = s.Provider.Name
	}
	return e
}

// AsError is the failure as the error it was.
func (f Failure) AsError(op string) *Error {
	e := E(op, f.Reason, "%s", f.Message)
	if f.Fault != nil {
		e.RetryAfter = f.Fault.Wait
		if said := *f.Fault; said.Message != "" {
			e.Fault = &said
		}
	}
	if f.Needed != "" {
		e.Fields = []FieldError{{Path: "wallet", Rule: RuleRange, Limit: string(f.Needed), Message: f.Message}}
	}
	return e
}
