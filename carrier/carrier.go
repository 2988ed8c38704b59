// Package carrier is the port to the world: what Waybill asks of a carrier, and what all carriers
// have in common.
//
// An implementer writes an [Adapter] and a [Driver] in a folder of its own; callers hold a [Carrier].
// The suite in carriertest decides whether an adapter keeps the promises made here.
package carrier

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"waybill"
)

// Adapter introduces a carrier's minimum; everything else is an ability it has by having the method.
//
// Implementations are safe for concurrent use and keep no state that a restart would miss. They
// return only *waybill.Error: Hard when the same request will fail again, Transient when it may
// succeed later, Unsure when the effect may have happened although no answer said so. They never
// retry a purchase, never change what they were given, and put no secret into an error or a log.
type Adapter interface {
	// Ship buys one shipment. Key travels in the carrier's own reference field, so that Find can tell
	// later whether a purchase went through. Labels come back in the wanted format, or in the nearest
	// the carrier has; one a parcel. An answer that never came is Unsure.
	Ship(context.Context, ShipRequest) (Booking, error)
	// Track asks after parcels; the answers are in the order of the numbers. A number the carrier does
	// not know is answered with Unknown set, not with an error.
	Track(context.Context, TrackRequest) ([]waybill.Tracking, error)
}

// The abilities beyond the minimum. A carrier that has none of Quoter needs a rate card.
type (
	// Quoter prices a shipment. Services it cannot offer are left out; an empty answer without an error
	// means "nothing for this shipment".
	Quoter interface {
		Quote(context.Context, QuoteRequest) ([]waybill.Rate, error)
	}
	// Voider gives a purchase back. "Already void" is success. A refusal is ReasonCancelRefused.
	Voider interface {
		Void(context.Context, VoidRequest) error
	}
	// Returner buys a label that brings a parcel back.
	Returner interface {
		Return(context.Context, ReturnRequest) (Booking, error)
	}
	// Collector asks the carrier to come and fetch parcels.
	Collector interface {
		Collect(context.Context, CollectRequest) (Collection, error)
		CancelCollection(ctx context.Context, id string) error
	}
	// Manifester is told which parcels it takes over at a place, and closes the list: they are now its to fetch. It is
	// told once; an answer that never came is Unsure.
	Manifester interface {
		Manifest(context.Context, ManifestRequest) (Closing, error)
	}
	// ManifestFinder tells whether a list with our key was closed. Found: the closing, with its papers where the carrier
	// still has them. Surely not there: an error with code NotFound. Any other error: not known yet.
	ManifestFinder interface {
		FindManifest(context.Context, FindManifestRequest) (Closing, error)
	}
	// Finder tells whether a purchase with our key went through. Found: the booking, complete with
	// labels where the carrier still has them. Surely not there: an error with code NotFound. Any other
	// error: not known yet.
	Finder interface {
		Find(ctx context.Context, request FindRequest) (Booking, error)
	}
	// Claimer knows how the carrier writes its numbers, and says what is wrong with those that a person tells: paths
	// numbers[i] and carrier_id.
	Claimer interface {
		Claim(ClaimRequest) []waybill.FieldError
	}
	// Labeller fetches the label of an earlier purchase again, perhaps in another format.
	Labeller interface {
		Label(ctx context.Context, request LabelRequest) ([]waybill.Label, error)
	}
	// Numberer hands out tracking numbers ahead of booking. The engine keeps a pool of them for each
	// connection and passes one a parcel in ShipRequest.Numbers; when the pool is empty there are none, and the
	// carrier gives its own.
	Numberer interface {
		Numbers(ctx context.Context, n int) ([]string, error)
	}
	// Registrar takes a place into the carrier's books, from which it may then collect. The alias is the
	// name it is known by there, and travels in the request's Place. A place that is there already is success.
	Registrar interface {
		Register(context.Context, RegisterRequest) (alias string, err error)
	}
	// Editor tells the carrier what has changed of a booked shipment. What it cannot take is refused as a
	// whole, with ReasonFrozen or the carrier's own reason.
	Editor interface {
		Edit(context.Context, EditRequest) error
	}
	// Redeliverer tells the carrier what to do with a parcel that could not be delivered.
	Redeliverer interface {
		Redeliver(context.Context, RedeliverRequest) error
	}
	// Pusher reads what the carrier pushed to our hook address.
	Pusher interface {
		Pushed(header map[string][]string, body []byte) ([]waybill.Tracking, error)
	}
)

// QuoteRequest is a shipment to be priced. Direction Incoming prices the way back: From is then the door that
// the parcel is fetched from. Services limits the answer when not empty. Refused, when not
// nil, is told of each service that is left out and why, in words for a decision's trace, before Quote
// returns; carriers that give no reasons do not call it.
type QuoteRequest struct {
	Shipment  waybill.Shipment
	Direction waybill.Direction // empty: Outgoing
	Services  []string
	Now       time.Time
	Refused   func(service, why string)
}

// ShipRequest is a purchase: a shipment, the service chosen, the offer it was chosen from, our key.
// When the driver is Local, Numbers holds one reserved serial number a parcel, as a plain decimal; how a
// tracking number is made of it is the driver's business, and the answer is in Booking.Numbers. Of a Numberer
// they are numbers of its pool, one a parcel or none. Place is the alias of a Registrar's place of collection.
type ShipRequest struct {
	Shipment waybill.Shipment
	Service  string
	Rate     waybill.Rate
	Key      string
	Label    waybill.LabelSpec
	Numbers  []string
	Place    string
	Now      time.Time
}

// Booking is what was bought: the facts that are stored, and the labels and papers that travel beside.
type Booking struct {
	waybill.Receipt
	Labels    []waybill.Label
	Documents []Paper
}

// Paper is another document of a booking, such as a customs form.
type Paper struct {
	Kind   waybill.DocumentKind
	Format waybill.LabelFormat
	Data   []byte
}

// TrackRequest asks after numbers of one connection. Of a simulated one, Ahead is how far the test clock of their
// account is ahead, Now is by that clock, and Lives is what is known of each parcel; of parcels without one, nothing is.
type TrackRequest struct {
	Numbers []string
	Now     time.Time
	Ahead   time.Duration
	Lives   []Life
}

// VoidRequest names a purchase to be given back. Magic is the word it was bought under: see [MagicOf].
type VoidRequest struct {
	CarrierID string
	Numbers   []string
	Key       string
	Magic     string
}

// FindRequest asks what became of a purchase. Numbers are those that were passed with it, Token that of the
// offer it was made from, where a carrier knows an accepted offer by that. Magic is the word it was bought under.
type FindRequest struct {
	Key     string
	Token   string
	Numbers []string
	Since   time.Time // not booked before
	Service string
	Parcels int
	Label   waybill.LabelSpec
	Magic   string
}

// LabelRequest asks for labels again. Shipment, Service and Now are those of the purchase: a Local
// driver keeps nothing and draws from them; a carrier that keeps labels does not need them.
type LabelRequest struct {
	CarrierID string
	Numbers   []string
	Label     waybill.LabelSpec
	Shipment  *waybill.Shipment
	Service   string
	Now       time.Time
	Magic     string        // the word that the shipment was bought under
	Waited    time.Duration // since then, by the test clock of a simulated one
}

// ReturnRequest buys the way back. The return's From is where it is fetched or handed in, mostly the recipient
// of the original; Original is nil when it stands alone. Numbers and Place are as in [ShipRequest]; Place is
// where it goes.
type ReturnRequest struct {
	Return   waybill.Return
	Original *waybill.Shipment
	Service  string
	Rate     waybill.Rate
	Key      string
	Label    waybill.LabelSpec
	Numbers  []string
	Place    string
	Now      time.Time
}

// RegisterRequest is a place to be taken into the carrier's books. Name is unique to the location and fit to
// be its alias.
type RegisterRequest struct {
	Location waybill.Location
	Name     string
}

// EditRequest is a booked shipment as it shall be. Changed names what is different: "to", "parcels", "items",
// "cod", "instructions", "pickup_time", "delivery_time".
type EditRequest struct {
	CarrierID string
	Numbers   []string
	Key       string
	Shipment  waybill.Shipment
	Changed   []string
}

// RedeliverRequest names parcels that could not be delivered. On is the day to try again, YYYY-MM-DD; empty:
// as soon as possible. Return: the parcel is one that was to be fetched.
type RedeliverRequest struct {
	Numbers []string
	On      string
	Return  bool
}

// CollectRequest asks for a pickup at a place within a window.
type CollectRequest struct {
	At       waybill.Party
	Ready    time.Time
	Close    time.Time
	Parcels  int
	Weight   waybill.Weight
	Services []string
	Key      string
	Place    string // alias of a Registrar's place
}

// Collection is a pickup the carrier confirmed.
type Collection struct {
	ID    string
	Ready time.Time
	Close time.Time
	Price waybill.Money
}

// ManifestRequest closes the list of the parcels that leave a place on a day, YYYY-MM-DD as the clocks there show. When the
// driver is Local, Number is a reserved serial number, as a plain decimal. Place is the alias of a Registrar's place.
type ManifestRequest struct {
	Name   string // of the place
	At     waybill.Party
	Zone   *time.Location
	Day    string
	Lines  []ManifestLine
	Key    string
	Number string
	Place  string
	Now    time.Time
}

// ManifestLine is one shipment of a list.
type ManifestLine struct {
	CarrierID   string
	Numbers     []string // one a parcel
	Reference   string
	Name        string // of the recipient
	Postcode    string
	Country     string
	Service     string
	ServiceName string
	Grams       int64
	Weights     []int64 // of each parcel, in grams
}

// Parcels counts the parcels of all lines.
func (r ManifestRequest) Parcels() (n int) {
	for _, line := range r.Lines {
		n += len(line.Numbers)
	}
	return n
}

// Grams is the weight of all lines together.
func (r ManifestRequest) Grams() (sum int64) {
	for _, line := range r.Lines {
		sum += line.Grams
	}
	return sum
}

// FindManifestRequest asks what became of a list. Numbers are those of its parcels.
type FindManifestRequest struct {
	Key     string
	Day     string
	Place   string
	Numbers []string
	Since   time.Time // not closed before
}

// Closing is a list the carrier has taken: its own number of it, and its papers.
type Closing struct {
	ID        string
	Documents []Paper
}

// ServiceInfo is one service of a carrier, as its driver lists it.
type ServiceInfo struct {
	Code      string
	Name      string
	Direction waybill.Direction
	Abilities []string // options it can carry out: see Abilities
}

// Abilities an option of a shipment asks for: what a service must list to be eligible. They are the
// root's words, under the names that drivers write.
const (
	CanSignature  = waybill.CanSignature
	CanAdult      = waybill.CanAdult
	CanInsurance  = waybill.CanInsurance
	CanCOD        = waybill.CanCOD
	CanCold       = waybill.CanCold
	CanDangerous  = waybill.CanDangerous
	CanMultiPiece = waybill.CanMultiPiece
)

// Driver introduces one carrier: who it is, what it must be told, how to open it.
type Driver struct {
	Name     string        // "ups": folder, config key and URL segment are the same word
	Title    string        // "UPS"
	NoLabel  bool          // prints none: an on-demand courier, who takes what he is given, and may give one number for all of it
	Local    bool          // a pure function without outside effect: booked in one transaction
	Settings []Setting     // one list feeds the command line, forms, the docs and the check in Open
	Services []ServiceInfo // static list; nil: from the settings (a rate card), see Catalogue
	// Catalogue lists the services that a connection's settings define; nil: Services.
	Catalogue func(Settings) []ServiceInfo
	Formats   []waybill.LabelFormat // what the carrier itself can print
	Budget    int                   // requests a minute that polling may spend by default
	// Kind is an adapter of the driver's type, which may be nil: its methods tell what the carrier can do before any
	// connection is opened. Nil: nothing is said.
	Kind Adapter
	// Card is how the rate card in the driver's settings is worked on; nil: there is none.
	Card *Card
	Open func(Settings, Env) (Adapter, error)
}

// Card is a rate card that a driver keeps in its settings as JSON, parts of which travel as CSV tables for people with
// spreadsheets. Everything that is wrong is told at once, with the path of the member, or the row and column.
type Card struct {
	Setting string   // which setting it is
	Tables  []string // the parts, such as zones and rates
	Check   func(card []byte) error
	// Starts is when a card says that it becomes valid.
	Starts func(card []byte) (time.Time, error)
	Export func(card []byte, table string, out io.Writer) error
	// Import puts a table in the place of what the card has of it.
	Import func(card []byte, table string, in io.Reader) ([]byte, error)
}

// Setting is one thing a carrier must be told about a connection.
type Setting struct {
	Name     string // "client_secret"
	Title    string
	Help     string
	Secret   bool
	Required bool
	Default  string
}

// Settings are a connection's values by setting name.
type Settings map[string]string

// Env is what the platform lends an adapter; it takes nothing else from the world.
type Env struct {
	HTTP  *http.Client
	Base  string // empty: the carrier's real address; else a simulator or test system, with its path
	Mode  waybill.Mode
	Clock waybill.Clock
	Log   *slog.Logger
	// Witness is told of every operation when it has ended; nil: nobody is. It is no adapter's business.
	Witness func(context.Context, Operation)
}
